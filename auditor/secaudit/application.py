"""The typer application: help, completion and usage errors, made from the table of options."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

import typer

from secaudit import __version__
from secaudit.arguments import Invocation, Usage, record
from secaudit.options import Option, of_command

_SUMMARIES: Final[dict[str, str]] = {
    "config": "Audit settings, env files and deployment files; - reads standard input.",
    "template": "Check a generated project: version, advisories, edited files, .env drift.",
    "rules": "List the rules.",
    "explain": "Explain a rule; or, with PATHS, where the value of a setting comes from.",
}
_PATHS: Final[dict[str, tuple[str, str]]] = {
    "config": ("PATHS", "Files or folders; the current folder if none is named."),
    "template": ("DIR", "The generated project; the current folder if none is named."),
    "explain": ("PATHS", "Files or folders in which SETTING is looked up."),
}
_SUBJECT: Final = typer.Argument(metavar="CODE-OR-NAME-OR-SETTING", show_default=False)


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
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_version)
    for name, summary in _SUMMARIES.items():
        app.command(name, help=summary)(_command(name, receive))
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
                    raise typer.BadParameter(text, param_hint=f"--{table[field].name}") from None
        receive(Invocation(name, tuple(words), given))

    parameters = [_positional("subject", str, _SUBJECT, inspect.Parameter.empty)]
    metavar, what = _PATHS.get(name, ("PATHS", ""))
    paths = typer.Argument(metavar=metavar, help=what, show_default=False)
    several = [_positional("paths", list[str] | None, paths, None)]
    shown = {"explain": parameters + several, "rules": []}.get(name, several)
    options = [_parameter(field, option) for field, option in table.items()]
    command.__signature__ = inspect.Signature([*shown, *options])  # type: ignore[attr-defined]  # typer reads it
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
    info: Any,  # noqa: ANN401 - typer's
    default: object,
) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        annotation=Annotated[kind, info],
        default=default,
    )


def _parameter(field: str, option: Option) -> inspect.Parameter:
    flags = [f"--{option.name}", *([f"-{option.short}"] if option.short else [])]
    choices = f" One of {', '.join(option.choices)}." if option.choices else ""
    default = f" (default: {option.default})" if option.default else ""
    info = typer.Option(
        *flags,
        help=option.help + choices + default,
        metavar=option.metavar or None,
        count=option.kind == "count",
        show_default=False,
    )
    kinds: dict[str, Any] = {
        "flag": bool,
        "count": int,
        "text": str | None,
        "choice": Literal[option.choices] | None if option.choices else None,
        "list": list[str] | None,
        "repeat": list[str] | None,
    }
    defaults = {"flag": False, "count": 0}
    return inspect.Parameter(
        field,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[kinds[option.kind], info],
        default=defaults.get(option.kind),
    )
