"""LIMIT006: uploads may be of any size."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities, is_absent

_LARGE: Final = 1024**3


def check(facts: Facts) -> Iterator[Match]:
    """Yield upload caps that were removed or are above one GiB."""
    for setting in facts.of("limit.upload"):
        if is_absent(setting):
            continue
        if setting.value is None or setting.value == 0:
            yield Match(setting, "uploads may be of any size")
        elif isinstance(setting.value, int) and setting.value > _LARGE:
            yield Match(setting, f"uploads may have {setting.value // _LARGE} GiB")


RULE = Rule(
    code="LIMIT006",
    name="unbounded-upload",
    summary="uploads have no cap, or one above 1 GiB",
    severities=Severities("low", "info"),
    applies_to=("limit.upload",),
    owasp=("API4:2023",),
    cwe=(770, 400),
    asvs=("5.2.1",),
    explanation="""\
Uploads without a cap fill the disk, and the workers that receive them answer nobody else.

Cap them at what the feature needs.""",
    bad=(Example({".env": "MAX_UPLOAD_SIZE=10737418240\n"}),),
    good=(Example({".env": "MAX_UPLOAD_SIZE=10485760\n"}),),
    check=check,
)
