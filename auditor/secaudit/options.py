"""One table of options, read by the parser, the help, the configuration and the reference page."""

from collections.abc import Mapping
from typing import Final, Literal

from secaudit.location import Location
from secaudit.records import NamedTuple

FORMATS: Final = ("text", "json", "sarif", "github", "junit", "markdown", "html")
PROFILES: Final = ("auto", "production", "development", "test", "example")
THRESHOLDS: Final = ("info", "low", "medium", "high", "critical", "never")
DIALECTS: Final = (
    "auto",
    "python-dotenv",
    "django-environ",
    "decouple",
    "starlette",
    "compose",
    "bash",
)
AUDITS: Final = ("config", "explain")  # the commands that audit files
REPORTS: Final = ("config", "template")  # the commands that report findings


# What help and the reference add to options that may be given several times, by their kind.
SEVERAL: Final = {"list": " Comma separated, repeatable.", "repeat": " Repeatable."}


class Command(NamedTuple):
    """One command: the words that follow it, what it does, and what the words are."""

    words: str
    summary: str
    detail: str = ""


COMMANDS: Final[dict[str, Command]] = {
    "config": Command(
        "[PATHS]...",
        "Audit settings, env files and deployment files.",
        "PATHS are files or folders, the current folder if none is named; - is standard input.",
    ),
    "template": Command(
        "[DIR]",
        "Check a generated project against its template.",
        "DIR is the project, the current folder if none is named.",
    ),
    "rules": Command("", "List the rules."),
    "explain": Command(
        "CODE-OR-NAME-OR-SETTING [PATHS]...",
        "Explain a rule, or where the value of a setting comes from.",
        "PATHS are files or folders in which a setting is looked up; a rule needs none.",
    ),
}


class Option(NamedTuple):
    """One option of the command line.

    ``name`` is the long flag without dashes and, where ``configurable``, the configuration key.
    A ``list`` option is repeatable and comma separated, a ``repeat`` option only repeatable.
    """

    name: str
    kind: Literal["flag", "count", "text", "choice", "list", "repeat"]
    help: str
    short: str = ""
    metavar: str = ""
    choices: tuple[str, ...] = ()
    default: str = ""
    commands: tuple[str, ...] = ("config",)
    configurable: bool = False


TABLE: Final[tuple[Option, ...]] = (
    Option(
        "format",
        "choice",
        "Form of the report.",
        "f",
        "FORMAT",
        FORMATS,
        "text",
        REPORTS,
    ),
    Option(
        "format",
        "choice",
        "Form of the list of rules.",
        "f",
        "FORMAT",
        ("text", "json", "markdown"),
        "text",
        ("rules",),
    ),
    Option(
        "output",
        "text",
        "Write the report to this file, atomically.",
        "o",
        "FILE",
        commands=REPORTS,
    ),
    Option(
        "profile",
        "choice",
        "What the audited deployment is for; auto infers it.",
        "",
        "PROFILE",
        PROFILES,
        "auto",
        AUDITS,
        configurable=True,
    ),
    Option(
        "fail-on",
        "choice",
        "Exit with 1 when a finding is at least this severe.",
        "",
        "SEVERITY",
        THRESHOLDS,
        "medium",
        REPORTS,
        configurable=True,
    ),
    Option("exit-zero", "flag", "The same as --fail-on never.", commands=REPORTS),
    Option(
        "select",
        "list",
        "Only these rules: codes, names or prefixes.",
        "",
        "CODES",
        commands=REPORTS,
        configurable=True,
    ),
    Option(
        "ignore",
        "list",
        "Not these rules: codes, names or prefixes.",
        "",
        "CODES",
        commands=REPORTS,
    ),
    Option(
        "exclude",
        "list",
        "Pass over paths that match these patterns.",
        "",
        "GLOBS",
        (),
        "",
        AUDITS,
        configurable=True,
    ),
    Option(
        "env",
        "repeat",
        "A variable of the deployment's process environment; NAME alone copies this shell's.",
        "",
        "NAME[=VALUE]",
        (),
        "",
        AUDITS,
    ),
    Option(
        "env-dialect",
        "choice",
        "Read env files as this loader does; auto takes the loader the code uses.",
        "",
        "DIALECT",
        DIALECTS,
        "auto",
        AUDITS,
        configurable=True,
    ),
    Option(
        "stdin-filename",
        "text",
        "The name under which standard input (-) is audited.",
        "",
        "NAME",
        (),
        "",
        AUDITS,
    ),
    Option(
        "baseline",
        "text",
        "Accept the findings recorded in this file.",
        "",
        "FILE",
        configurable=True,
    ),
    Option("write-baseline", "text", "Record the findings in this file.", "", "FILE"),
    Option("fix", "flag", "Apply safe fixes."),
    Option("unsafe-fixes", "flag", "Let --fix and --diff include unsafe fixes."),
    Option("diff", "flag", "Show what --fix would change; change nothing."),
    Option("show-settings", "flag", "Also list the effective settings."),
    Option(
        "pedantic",
        "flag",
        "Also report overridden insecure defaults and values that could not be determined.",
        configurable=True,
    ),
    Option(
        "config",
        "text",
        "Read the configuration from this file.",
        "",
        "FILE",
        (),
        "",
        AUDITS,
    ),
    Option("isolated", "flag", "Read no configuration file.", commands=AUDITS),
    Option("quiet", "count", "Findings only: no summary, no notes.", "q", commands=REPORTS),
    Option(
        "verbose",
        "count",
        "Also why values are unknown; a trace when secaudit itself fails.",
        "v",
        commands=("config", "explain", "template"),
    ),
    Option("no-color", "flag", "No colour.", commands=("config", "explain", "rules", "template")),
)


class Ignore(NamedTuple):
    """An accepted rule from the configuration: everywhere, or only under ``path`` patterns."""

    selector: str  # code, name or prefix
    reason: str
    until: str  # ISO date, or ""
    path: str  # glob from the configuration's folder, or "" for everywhere
    location: Location


class Declared(NamedTuple):
    """One ``[tool.secaudit.deployments.NAME]`` table; paths are absolute."""

    name: str
    settings: str  # a Python file or dotted module, or ""
    env_files: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    profile: str  # "auto" when not declared


class Options(NamedTuple):
    """All a run depends on besides the files: command line over configuration over default."""

    format: str = "text"
    output: str = ""
    profile: str = "auto"
    fail_on: str = "medium"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()  # NAME alone is resolved already
    env_dialect: str = "auto"
    stdin_filename: str = ""
    baseline: str = ""
    write_baseline: str = ""
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    show_settings: bool = False
    pedantic: bool = False
    config: str = ""
    isolated: bool = False
    quiet: int = 0
    verbose: int = 0
    no_color: bool = False
    # from the configuration only
    ignores: tuple[Ignore, ...] = ()
    path_profiles: tuple[tuple[str, str], ...] = ()  # (glob, profile), the first that matches
    deployments: tuple[Declared, ...] = ()
    config_path: str = ""  # the configuration that was read, or ""
    # contents that stand in for files: standard input, and files with fixes not yet written
    overlay: Mapping[str, bytes] = {}


def of_command(command: str) -> tuple[Option, ...]:
    """Return the options of a command, in the order of the help."""
    return tuple(option for option in TABLE if command in option.commands)
