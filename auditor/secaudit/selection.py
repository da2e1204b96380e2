"""Which rules a selector means: a code, a name, or a prefix of codes."""

from functools import lru_cache

from secaudit.errors import AuditError
from secaudit.rules_table import RULES_TABLE


@lru_cache(maxsize=1024)
def codes(selector: str) -> frozenset[str]:
    """Return the codes that a selector stands for; none when it names no rule."""
    text = selector.strip()
    return frozenset(
        code
        for code, name, _, _ in RULES_TABLE
        if text and (name == text.lower() or code.startswith(text.upper()))
    )


def checked(selectors: tuple[str, ...], origin: str) -> frozenset[str]:
    """Return the codes that some selectors stand for together.

    Args:
        selectors: codes, names or prefixes.
        origin: where they were written, for the message.

    Raises:
        AuditError: for a selector that names no rule, with the nearest that does.
    """
    chosen: set[str] = set()
    for selector in selectors:
        found = codes(selector)
        if not found:
            raise AuditError(f"{origin}: {selector!r} names no rule", nearest_hint(selector))
        chosen |= found
    return frozenset(chosen)


def chosen(
    select: tuple[str, ...], ignore: tuple[str, ...], *, template: bool = False
) -> frozenset[str]:
    """Return the codes of the rules that run.

    Args:
        select: only these; every rule when empty.
        ignore: not these.
        template: whether a generated project is held against its template; those rules run then
            and no others, so that a suppression is judged only by the command it is for.

    Raises:
        AuditError: for a selector that names no rule.
    """
    every = frozenset(code for code, _, _, _ in RULES_TABLE if code.startswith("TPL") is template)
    wanted = checked(select, "--select") & every if select else every
    return wanted - checked(ignore, "--ignore")


def nearest_hint(selector: str) -> str:
    """Return a hint that names the nearest rule, family or the command that lists them."""
    from secaudit.suggestions import nearest  # noqa: PLC0415 - difflib only for mistakes

    names = [name for _, name, _, _ in RULES_TABLE]
    every = [code for code, _, _, _ in RULES_TABLE] + names
    every += sorted({code.rstrip("0123456789") for code, _, _, _ in RULES_TABLE})
    near = nearest(selector.upper(), every) or nearest(selector.lower(), names)
    return f"did you mean {near}?" if near else "`secaudit rules` lists them"
