"""AUTH014: a data store asks nobody for a password."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_BY_ITSELF = Severities("low", "info")  # a cache of the deployment's own network


def check(facts: Facts) -> Iterator[Match]:
    """Yield stores that run without a password; NET001 reports published ones."""
    published = {seen.detail["service"] for seen in facts.seen("port-published")}
    for seen in facts.seen("store-without-auth"):
        if seen.detail["service"] not in published:
            yield Match(
                seen,
                f"{seen.detail['service']} asks nobody for a password",
                severities=None if seen.detail["told"] else _BY_ITSELF,
            )


RULE = Rule(
    code="AUTH014",
    name="store-without-authentication",
    summary="a data store runs without authentication",
    severities=Severities("medium", "low"),
    applies_to=("store-without-auth",),
    owasp=("API8:2023",),
    cwe=(306,),
    asvs=("13.2.1",),
    explanation="""\
`POSTGRES_HOST_AUTH_METHOD: trust`, `ALLOW_EMPTY_PASSWORD` and `xpack.security.enabled: false`
let every container of the network, and whoever can make one of them send a request, read all
data.

Give the store a password and pass it as a secret.""",
    bad=(
        Example(
            {
                "compose.yaml": (
                    "services:\n  api:\n    build: .\n  db:\n    image: postgres:17\n"
                    "    environment:\n      POSTGRES_HOST_AUTH_METHOD: trust\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "compose.yaml": (
                    "services:\n  api:\n    build: .\n  db:\n    image: postgres:17\n"
                    "    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n"
                )
            }
        ),
    ),
    check=check,
)
