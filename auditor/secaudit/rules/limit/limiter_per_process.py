"""LIMIT003: each worker counts for itself."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import workers_of
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield in-memory stores of limiters where several workers run."""
    workers = workers_of(facts)
    if workers < 2:  # noqa: PLR2004 - one worker shares its memory with nobody
        return
    for setting in facts.of("limit.store"):
        if str(setting.value).startswith(("memory://", "async+memory://")):
            yield Match(
                setting, f"{workers} workers count for themselves: limits are that much higher"
            )


RULE = Rule(
    code="LIMIT003",
    name="limiter-per-process",
    summary="an in-memory limiter counts in each of several workers",
    severities=Severities("medium", "low"),
    applies_to=("limit.store",),
    owasp=("API4:2023",),
    cwe=(770, 799),
    asvs=("2.4.1",),
    explanation="""\
`memory://` keeps the counters in the process. With four workers a client gets four times the
limit, and a restart forgets all counts.

Use a shared store such as `redis://`.""",
    bad=(
        Example(
            {
                ".env": "RATELIMIT_STORAGE_URI=memory://\nWEB_CONCURRENCY=4\n",
            }
        ),
    ),
    good=(
        Example({".env": "RATELIMIT_STORAGE_URI=memory://\nWEB_CONCURRENCY=1\n"}),
        Example({".env": "RATELIMIT_STORAGE_URI=redis://redis:6379/1\nWEB_CONCURRENCY=4\n"}),
    ),
    check=check,
)
