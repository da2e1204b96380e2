"""The typer application: help, completion and usage errors, made from the table of options."""

import inspect
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand

from secaudit import __version__
from secaudit.arguments import Invocation, Usage, record
from secaudit.options import COMMANDS, SEVERAL, Option, of_command

# The words of commands stand in their usage and their description; listed as arguments, they
# would show the types of this module's signatures.
_WORDS: Final = typer.Argument(hidden=True)


class _Command(TyperCommand):
    """A command whose usage is written as everywhere else in the documentation."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - typer's
        """Return what follows the command's name in its usage."""
        return ["[OPTIONS]", *COMMANDS[self.name or ""].words.split()]


def parse(argv: list[str]) -> Invocation:
    """Parse a command line that the fast parser left alone.

    Raises:
        SystemExit: after help, completion or a usage error.
    """
    parsed: list[Invocation] = []
    try:
        build(parsed.append)(argv, prog_name="secaudit")
    except SystemExit:
        if not parsed:
            raise
    return parsed[0]


def build(receive: Callable[[Invocation], object]) -> typer.Typer:
    """Return the application; a command hands what it parsed to ``receive``."""
    app = typer.Typer(
        help="Finds security misconfiguration in Python API projects.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # no boxes: help is read in narrow terminals, logs and pipes
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_version)
    for name, (_, summary, detail) in COMMANDS.items():
        described = f"{summary}\n\n{detail}".rstrip()
        declare = app.command(name, cls=_Command, help=described, short_help=summary)
        declare(_command(name, receive))
    return app


def _version(
    *,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Find security misconfiguration in Python API projects."""
    if version:
        typer.echo(f"secaudit {__version__}")
        raise typer.Exit


def _command(name: str, receive: Callable[[Invocation], object]) -> Callable[..., None]:
    """Return a function whose signature is that of a command."""
    table = {option.name.replace("-", "_"): option for option in of_command(name)}

    def command(**values: Any) -> None:  # noqa: ANN401 - whatever the signature below says
        words = [values.pop("subject")] if "subject" in values else []
        words += values.pop("paths", None) or []
        given: dict[str, Any] = {}
        for field, value in values.items():
            for text in _occurrences(value):
                try:
                    record(given, table[field], text)
                except Usage:
                    known = ", ".join(table[field].choices)
                    hint = f"--{table[field].name}"
                    raise typer.BadParameter(
                        f"{text!r} is none of {known}", param_hint=hint
                    ) from None
        receive(Invocation(name, tuple(words), given))

    subject = _positional("subject", str, inspect.Parameter.empty)
    paths = _positional("paths", list[str] | None, None)
    words = {"explain": [subject, paths], "rules": []}.get(name, [paths])
    options = [_parameter(field, option) for field, option in table.items()]
    command.__signature__ = inspect.Signature([*words, *options])  # type: ignore[attr-defined]  # typer reads it
    return command


def _occurrences(value: object) -> list[str]:
    """Return the texts an option was given, one for each time it stands on the line."""
    if isinstance(value, list):
        return [str(item) for item in value]
    if isinstance(value, int):  # flags and counts: how often, without a text
        return [""] * int(value)
    return [] if value is None else [str(value)]


def _positional(
    name: str,
    kind: Any,  # noqa: ANN401 - a type expression
    default: object,
) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        annotation=Annotated[kind, _WORDS],
        default=default,
    )


def _parameter(field: str, option: Option) -> inspect.Parameter:
    flags = [f"--{option.name}", *([f"-{option.short}"] if option.short else [])]
    choices = f" One of {', '.join(option.choices)}." if option.choices else ""
    default = f" Default {option.default}." if option.default else ""
    info = typer.Option(
        *flags,
        help=f"{option.help}{choices}{default}{SEVERAL.get(option.kind, '')}",
        metavar=option.metavar or None,
        count=option.kind == "count",
        autocompletion=_completion(option.choices) if option.choices else None,
        show_default=False,
    )
    kinds: dict[str, Any] = {"flag": bool, "count": int}
    kinds |= dict.fromkeys(("list", "repeat"), list[str] | None)
    defaults = {"flag": False, "count": 0}
    return inspect.Parameter(
        field,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[kinds.get(option.kind, str | None), info],
        default=defaults.get(option.kind),
    )


def _completion(choices: Sequence[str]) -> Callable[[str], list[str]]:
    """Return what completes the beginning of a choice."""

    def complete(incomplete: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    return complete
