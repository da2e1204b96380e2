"""LIMIT007: the server reads request lines or headers of any size."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_LARGE: Final = 64 * 1024


def check(facts: Facts) -> Iterator[Match]:
    """Yield caps of a request's head that were removed or are above 64 KiB."""
    for setting in facts.of("limit.head"):
        if not isinstance(setting.value, int) or isinstance(setting.value, bool):
            continue
        part = setting.name.removeprefix("limit_request_")
        what = "request lines" if part == "line" else "headers"
        if setting.value == 0:
            yield Match(setting, f"{what} may be of any size")
        elif setting.value > _LARGE:
            yield Match(setting, f"{what} may have {setting.value // 1024} KiB")


RULE = Rule(
    code="LIMIT007",
    name="unbounded-head",
    summary="request lines or headers have no cap, or one above 64 KiB",
    severities=Severities("low", "info"),
    applies_to=("limit.head",),
    owasp=("API4:2023",),
    cwe=(770, 400),
    explanation="""\
gunicorn reads the request line and each header into memory before it calls the application, so
that no limit of the application protects it. Zero removes its own caps of 4094 and 8190 bytes.

Delete the line. Cookies or tokens that do not fit are too large for the proxies on the way too.""",
    bad=(
        Example({"gunicorn.conf.py": "limit_request_line = 0\n"}),
        Example({"gunicorn.conf.py": "limit_request_field_size = 1048576\n"}),
    ),
    good=(
        Example(
            {"gunicorn.conf.py": "limit_request_line = 8190\nlimit_request_field_size = 16380\n"}
        ),
    ),
    check=check,
)
