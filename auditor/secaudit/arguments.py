"""The fast parser of the command line: no help, no completion, no import."""

from typing import Any

from secaudit.options import COMMANDS, Option, of_command
from secaudit.records import NamedTuple


class Usage(Exception):  # noqa: N818 - not an error of ours; the typer application words it
    """The command line cannot be understood by the fast parser."""


class Invocation(NamedTuple):
    """A parsed command line: the command, its words, and the options that were given."""

    command: str
    words: tuple[str, ...]
    given: dict[str, Any]  # by field name of Options, in the type of the field


def parse(argv: list[str]) -> Invocation:
    """Parse a command line without help, completion or any import.

    Raises:
        Usage: for anything but a well-formed command line; the typer application explains it.
    """
    if not argv or argv[0] not in COMMANDS:
        raise Usage
    command, rest = argv[0], list(reversed(argv[1:]))
    table = of_command(command)
    by_flag = {f"--{option.name}": option for option in table}
    by_flag |= {f"-{option.short}": option for option in table if option.short}
    words: list[str] = []
    occurrences: list[tuple[Option, str]] = []
    given: dict[str, Any] = {}
    while rest:
        token = rest.pop()
        if token == "--":  # noqa: S105 - the end of the options
            words += reversed(rest)
            break
        if token == "-" or not token.startswith("-"):  # noqa: S105 - standard input
            words.append(token)
            continue
        option, value = _option(token, by_flag, rest)
        occurrences.append((option, value))
    # --exit-zero holds wherever it stands beside --fail-on.
    for option, value in sorted(occurrences, key=lambda one: one[0].name == "exit-zero"):
        record(given, option, value)
    return Invocation(command, tuple(words), given)


def _option(token: str, by_flag: dict[str, Option], rest: list[str]) -> tuple[Option, str]:
    """Split an option token from its value, taking it from ``rest`` where it stands apart."""
    flag, equals, value = token.partition("=")
    if not token.startswith("--"):
        flag, value = token[:2], token[2:]
    option = by_flag.get(flag)
    if option is None:
        raise Usage
    if option.kind in {"flag", "count"}:
        if equals and token.startswith("--"):
            raise Usage
        if value:  # -qv: the rest of a cluster
            rest.append(f"-{value}")
        return option, ""
    if not value and not equals:
        if not rest:
            raise Usage
        value = rest.pop()
    return option, value


def record(given: dict[str, Any], option: Option, value: str) -> None:
    """Add one occurrence of an option to ``given``.

    Raises:
        Usage: when the value is none of the option's choices.
    """
    field = option.name.replace("-", "_")
    if option.name == "exit-zero":
        given["fail_on"] = "never"
    elif option.kind == "flag":
        given[field] = True
    elif option.kind == "count":
        given[field] = given.get(field, 0) + 1
    elif option.kind == "list":
        parts = tuple(part.strip() for part in value.split(",") if part.strip())
        given[field] = given.get(field, ()) + parts
    elif option.kind == "repeat":
        given[field] = (*given.get(field, ()), value)
    elif option.choices and value not in option.choices:
        raise Usage
    else:
        given[field] = value
