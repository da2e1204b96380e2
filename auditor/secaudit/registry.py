"""The ordered table of rules, and the loading of those that a deployment needs.

``python -m secaudit.registry`` rewrites the table from the rule files; a test compares them. The
table spares every run the import of rules that have nothing to look at.
"""

import sys
from collections.abc import Collection
from importlib import import_module
from typing import Final

from secaudit.rule import Rule
from secaudit.rules_table import RULES_TABLE

#: Families in the order of the documentation.
FAMILIES: Final[dict[str, str]] = {
    "SEC": "secrets",
    "CRED": "accounts",
    "DBG": "debugging",
    "DOC": "API documentation",
    "CORS": "cross-origin requests",
    "HOST": "hosts and proxies",
    "TLS": "transport",
    "HEAD": "response headers",
    "COOKIE": "cookies and CSRF",
    "AUTH": "tokens and access",
    "LIMIT": "consumption",
    "GUARD": "start-up guards",
    "NET": "network exposure",
    "DRIFT": "names and files",
    "DIALECT": "how files are read",
    "SUP": "suppressions",
    "TPL": "generated projects, by `secaudit template`",
}


def load(chosen: Collection[str], concepts: Collection[str], kinds: Collection[str]) -> list[Rule]:
    """Import and return, in order, the rules of these codes that have something to look at.

    Args:
        chosen: codes.
        concepts: of the settings that there are.
        kinds: of the observations that there are.
    """
    present = {*concepts, *kinds}
    return [
        _load(module)
        for code, _, module, applies_to in RULES_TABLE
        if code in chosen and (not applies_to or not present.isdisjoint(applies_to))
    ]


def load_all() -> list[Rule]:
    """Import and return every rule, in order."""
    return [_load(module) for _, _, module, _ in RULES_TABLE]


def find(code_or_name: str) -> Rule | None:
    """Return one rule by its code (in any case) or its name."""
    for code, name, module, _ in RULES_TABLE:
        if code_or_name.upper() == code or code_or_name == name:
            return _load(module)
    return None


def family_of(code: str) -> str:
    """Return the family prefix of a code: ``CORS001`` is of ``CORS``."""
    return code.rstrip("0123456789")


def _load(module: str) -> Rule:
    rule: Rule = import_module(f"secaudit.rules.{module}").RULE
    return rule


def _found() -> list[tuple[Rule, str]]:
    """Import every rule file of the package, ordered by family and code."""
    from pathlib import Path  # noqa: PLC0415 - the generator only; too dear for a run

    root = Path(__file__).parent / "rules"
    modules = [
        f"{path.parent.name}.{path.stem}"
        for path in root.glob("*/*.py")
        if not path.stem.startswith("_")
    ]
    order = list(FAMILIES)
    rules = [(_load(module), module) for module in modules]
    return sorted(rules, key=lambda pair: (order.index(family_of(pair[0].code)), pair[0].code))


def render_table() -> str:
    """Return the source of ``rules_table.py`` as the rule files make it."""
    lines = [
        '"""Code, name, module and applicability of each rule: made by secaudit.registry."""',
        "",
        "from typing import Final",
        "",
        "RULES_TABLE: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (",
    ]
    for rule, module in _found():
        lines += [
            "    (",
            f'        "{rule.code}",',
            f'        "{rule.name}",',
            f'        "{module}",',
            f"        {_tuple(rule.applies_to)},",
            "    ),",
        ]
    return "\n".join([*lines, ")", ""])


def _tuple(names: tuple[str, ...]) -> str:
    """Return the source of a tuple as the formatter leaves it."""
    if len(names) < 2:  # noqa: PLR2004 - the formatter breaks lines from two items on
        return f'("{names[0]}",)' if names else "()"
    return "(\n" + "".join(f'            "{name}",\n' for name in names) + "        )"


def main() -> None:
    """Rewrite ``rules_table.py``, unless it is what the rule files make it already."""
    path = __file__.replace("registry.py", "rules_table.py")
    with open(path, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - no pathlib here
        file.write(render_table())
    sys.stdout.write(f"{len(_found())} rules\n")


if __name__ == "__main__":
    main()
