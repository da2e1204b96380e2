"""LIMIT005: request bodies may be of any size."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_LARGE: Final = 100 * 1024 * 1024


def check(facts: Facts) -> Iterator[Match]:
    """Yield body caps that were removed or are above 100 MiB."""
    for setting in facts.of("limit.body"):
        if setting.value is None:
            yield Match(setting, "request bodies may be of any size")
        elif isinstance(setting.value, int) and setting.value > _LARGE:
            yield Match(setting, f"request bodies may have {setting.value // 1024**2} MiB")


RULE = Rule(
    code="LIMIT005",
    name="unbounded-body",
    summary="request bodies have no cap, or one above 100 MiB",
    severities=Severities("low", "info"),
    applies_to=("limit.body",),
    owasp=("API4:2023",),
    cwe=(770, 400),
    asvs=("5.2.1",),
    explanation="""\
The body of a JSON request is read into memory before it is looked at. Without a cap a few large
ones fill it. Flask has no cap of its own; an application that takes files must set
`MAX_CONTENT_LENGTH`.

Cap bodies at what the API needs, one MiB for most, and stream uploads.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "DATA_UPLOAD_MAX_MEMORY_SIZE = None\n"
                )
            }
        ),
        Example(
            {
                "app.py": (
                    "from flask import Flask, request\n\napp = Flask(__name__)\n\n\n"
                    '@app.post("/photos")\n'
                    'def upload():\n    return store(request.files["photo"])\n'
                )
            }
        ),
        Example(
            {
                "app.py": (
                    "from flask import Flask\n\napp = Flask(__name__)\n"
                    'app.config.from_pyfile("settings.cfg")\n'
                ),
                "settings.cfg": "MAX_CONTENT_LENGTH = None\n",
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "DATA_UPLOAD_MAX_MEMORY_SIZE = 2621440\n"
                )
            }
        ),
    ),
    check=check,
)
