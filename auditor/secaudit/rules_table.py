"""Code, name, module and applicability of each rule: made by secaudit.registry."""

from typing import Final

RULES_TABLE: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = ()
