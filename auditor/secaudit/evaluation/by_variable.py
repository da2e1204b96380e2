"""What a setting means whose own name says nothing: by the variable it holds, or by its value.

``DB = os.environ["DATABASE_URL"]`` is a DSN; ``local = os.environ["ENV"] == "dev"`` names no
environment.
"""

from typing import Any, Final

from secaudit.facts import Candidate, Setting, Unknown
from secaudit.naming import Meaning, from_text, meaning_of, normalised, tells_unit
from secaudit.patterns import lazy

_STORE: Final = lazy(
    r"(postgres(ql)?|mysql|mariadb|mongodb|rediss?|amqps?|mssql|oracle|clickhouse)(\+\w+)?://[^\s/]+\S*"
)


def unit_by_variable(name: str, variables: tuple[str, ...], given: Candidate | None) -> str:
    """Return the name that tells a setting's unit: its own, or the one of the variable it holds.

    ``token_ttl = int(os.environ["TOKEN_TTL_HOURS"])`` is in hours.
    """
    if len(variables) != 1 or given is None or tells_unit(normalised(name)):
        return name
    as_given = given.raw is None or str(given.value) == given.raw.strip()
    return variables[0] if as_given and tells_unit(normalised(variables[0])) else name


def telling(setting: Setting) -> str:
    """Return the variable that tells what a setting means, ``""`` where none does.

    Of several that may give its value, such as the names of ``AliasChoices``, the first with a
    meaning; those that mean different things tell nothing, nor does a value made of several.
    """
    first, *others = setting.variables or ("",)
    if not others:
        return first
    if not setting.candidates or setting.candidates[0].layer == "assignment":
        return ""
    known = {name: meaning for name in setting.variables if (meaning := meaning_of(name))}
    agree = len({(one.concept, one.inverted) for one in known.values()}) == 1
    return next(iter(known)) if agree else ""


def meaning_by_variable(setting: Setting, name: str) -> Meaning | None:
    """Return the meaning of a setting that holds a variable, None where it says nothing either.

    The setting has to be the variable's value, as it is or as most loaders read it.
    """
    data = setting.value
    meaning = meaning_of(name)
    if meaning is None:
        is_url = isinstance(data, str) and _STORE.fullmatch(data)
        return Meaning("database.url", inverted=False, service="") if is_url else None
    if not setting.candidates or isinstance(data, Unknown):
        return None
    first = setting.candidates[0]
    given = first.value if first.raw is None else first.raw.strip()
    read = from_text(meaning, given)
    if isinstance(data, str) and isinstance(read, list):
        return None  # a list that is still one text
    return meaning if identical(data, read) or str(data) == str(given) else None


def identical(one: Any, two: Any) -> bool:  # noqa: ANN401 - values of any type
    """Say whether two values are equal and of one type, unlike ``True`` and ``1``."""
    return one is two or (type(one) is type(two) and bool(one == two))
