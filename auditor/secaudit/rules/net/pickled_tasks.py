"""NET005: workers unpickle what stands in the queue."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list
from secaudit.rule import Example, Match, Rule, Severities

_PICKLE: Final = frozenset({"pickle", "application/x-python-serialize"})
_SENT: Final = Severities("low", "low")  # a worker refuses what it was not told to accept


def check(facts: Facts) -> Iterator[Match]:
    """Yield workers that accept pickles; programs that send them, where nobody says who accepts."""
    accepted = facts.of("tasks.accepted")
    for setting in accepted:
        if _PICKLE.intersection(as_list(setting.value)):
            yield Match(setting, "workers run whatever stands in the queue as a pickle")
    if not accepted:
        for setting in facts.of("tasks.serializer"):
            if setting.value in _PICKLE:
                message = f"{setting.name} sends pickles, which workers had better not accept"
                yield Match(setting, message, severities=_SENT)


RULE = Rule(
    code="NET005",
    name="pickled-tasks",
    summary="task workers unpickle what stands in the queue",
    severities=Severities("medium", "medium", "low"),
    applies_to=("tasks.accepted", "tasks.serializer"),
    owasp=("API8:2023",),
    cwe=(502,),
    asvs=("1.5.2",),
    explanation="""\
Reading a pickle runs code that stands in it. Whoever can write to the broker, through a guessed
password, an open port or another service that shares it, runs code in every worker.

Keep Celery's defaults, `task_serializer = "json"` and `accept_content = ["json"]`, and send what
JSON cannot hold as text, or by its key in the database.""",
    bad=(
        Example({"celeryconfig.py": 'task_serializer = "pickle"\naccept_content = ["pickle"]\n'}),
        Example(
            {
                "worker.py": (
                    "import os\n\nfrom celery import Celery\n\n"
                    'app = Celery("worker", broker=os.environ["BROKER_URL"])\n'
                    'app.conf.update(accept_content=["json", "pickle"])\n'
                )
            }
        ),
    ),
    good=(
        Example({"celeryconfig.py": 'task_serializer = "json"\naccept_content = ["json"]\n'}),
        Example({"celeryconfig.py": 'task_serializer = "pickle"\naccept_content = ["json"]\n'}),
    ),
    check=check,
    references=("https://docs.celeryq.dev/en/stable/userguide/security.html",),
)
