"""What each command does: from a parsed command line to the texts and the status of a run."""

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from secaudit import configuration
from secaudit.arguments import Invocation
from secaudit.discovery import MAXIMUM_BYTES
from secaudit.errors import AuditError
from secaudit.excerpts import Excerpt, Source
from secaudit.finding import SEVERITIES, Report
from secaudit.kinds import kind_of_content
from secaudit.location import Location
from secaudit.options import Options
from secaudit.outcome import relative
from secaudit.records import NamedTuple
from secaudit.reporters.common import View, safe

if TYPE_CHECKING:
    from secaudit.pipeline import Audit, Watch

_WIDE: Final = 100  # columns where there is no terminal to ask


class Result(NamedTuple):
    """What a command leaves to print, and its exit status."""

    stdout: str
    stderr: str
    status: int


def config(invocation: Invocation) -> Result:
    """Audit files and folders."""
    from secaudit.pipeline import run  # noqa: PLC0415 - not needed to list rules

    paths, options = _options(invocation)
    if options.unsafe_fixes and not (options.fix or options.diff):
        raise AuditError("--unsafe-fixes writes nothing alone", "add --fix or --diff")
    if options.fix and options.overlay:
        raise AuditError("--fix cannot write to standard input", "use --diff")
    audit = run(paths, options, _watch())
    notes, diff = "", ""
    if options.fix or options.diff:
        from secaudit import fixing  # noqa: PLC0415 - only when asked for

        fixed = fixing.fix(audit, options, partial(_again, paths, options))
        diff = "".join(change.diff for change in fixed.changes) if options.diff else ""
        if not options.diff:
            from secaudit.writing import replace  # noqa: PLC0415 - see above

            for change in fixed.changes:
                replace(change.path, change.before, change.after)
            audit = run(paths, options)
        notes = fixing.told(fixed, written=not options.diff)
    if options.write_baseline:
        from secaudit import baseline, writing  # noqa: PLC0415 - only for a baseline

        writing.write(options.write_baseline, baseline.render(audit.judged))
    return _reported(audit.report, options, _view(audit, options), diff, notes)


def _watch() -> "Watch":
    """Return what sees the deployments go by: a line that tells a terminal how far a run is."""
    if not sys.stderr.isatty():
        return iter
    from secaudit.progress import watch  # noqa: PLC0415 - only for terminals

    return partial(watch, stream=sys.stderr)


def _again(paths: list[str], options: Options, contents: Mapping[str, bytes]) -> Report:
    """Audit once more with changed contents."""
    from secaudit.pipeline import audit  # noqa: PLC0415 - see config

    return audit(paths, options._replace(overlay={**options.overlay, **contents}))


def _reported(report: Report, options: Options, view: View, diff: str, notes: str) -> Result:
    """Render a report and decide the exit status.

    Whoever records a baseline has not asked to read what is in it: one line says what it accepts.
    """
    text_form = options.format == "text"
    recorded = bool(options.write_baseline) and text_form and not options.output
    text = "" if recorded else _rendered(report, options.format, view)
    stderr = notes
    if text_form:
        text += diff
    else:
        stderr += diff
    if recorded or not text_form:
        stderr += _outcome(report, options)
    if options.output:
        from secaudit.writing import write  # noqa: PLC0415 - only when asked for

        write(options.output, text)
        text = ""
    return Result(text, stderr, _status(report, options))


def _rendered(report: Report, form: str, view: View) -> str:
    from importlib import import_module  # noqa: PLC0415 - one format a run

    text: str = import_module(f"secaudit.reporters.{form}").render(report, view)
    return text


def _outcome(report: Report, options: Options) -> str:
    """Return what a terminal is told beside a report for programs, nothing with ``--quiet``."""
    if options.quiet:
        return ""
    from secaudit.reporters.text import summary  # noqa: PLC0415 - not for the text format

    lines = [
        f"secaudit: {safe(relative(one.path))}: {safe(one.message)}" for one in report.problems
    ]
    recorded = f", recorded in {safe(options.write_baseline)}" if options.write_baseline else ""
    return "".join(f"{line}\n" for line in [*lines, summary(report) + recorded])


def _status(report: Report, options: Options) -> int:
    if report.problems:
        return 2
    if options.write_baseline or options.fail_on == "never":
        return 0
    threshold = SEVERITIES.index(options.fail_on)
    return int(any(SEVERITIES.index(one.severity) >= threshold for one in report.findings))


def explain(invocation: Invocation) -> Result:
    """Explain a rule, or where a setting's value comes from."""
    from secaudit.reporters import explanation  # noqa: PLC0415 - not needed for an audit

    if not invocation.words:
        raise AuditError("explain takes a rule or a setting", "secaudit explain CORS001")
    subject, *paths = invocation.words
    if not paths:
        return Result(explanation.rule(subject, _columns(terminal=sys.stdout.isatty())), "", 0)
    from secaudit.pipeline import run  # noqa: PLC0415 - only with paths

    named, options = _options(invocation._replace(words=tuple(paths)))
    audit = run(named, options)
    text = explanation.setting(subject, audit.facts, audit.secrets, _view(audit, options))
    return Result(text, "", 2 if audit.report.problems else 0)


def rules(invocation: Invocation) -> Result:
    """List the rules."""
    from secaudit.reporters import catalogue  # noqa: PLC0415 - not needed for an audit

    if invocation.words:
        raise AuditError("rules takes no arguments", "secaudit explain shows one rule")
    width = _columns(terminal=True) if sys.stdout.isatty() else None
    return Result(catalogue.render(invocation.given.get("format", "text"), width), "", 0)


def template(invocation: Invocation) -> Result:
    """Check a generated project against its template."""
    if len(invocation.words) > 1:
        raise AuditError("template takes one folder")
    from secaudit import template as generated  # noqa: PLC0415 - not needed for an audit

    folder = invocation.words[0] if invocation.words else "."
    options = generated.options_of(folder, invocation.given)
    audit = generated.check(folder, options)
    return _reported(audit.report, options, _view(audit, options), "", "")


_OF_CHECKOUT: Final = "SEC016"  # modes of files are those of the checkout
_NO_CI: Final = frozenset({"", "0", "false"})
COMMANDS: Final[dict[str, Callable[[Invocation], Result]]] = {
    "config": config,
    "template": template,
    "rules": rules,
    "explain": explain,
}


def _options(invocation: Invocation) -> tuple[list[str], Options]:
    """Return the paths and the options of a run: command line over configuration over default."""
    given: dict[str, Any] = dict(invocation.given)
    paths = list(invocation.words) or ["."]
    given["env"] = _environment(given.get("env", ()))
    if "-" in paths:
        name = given.get("stdin_filename")
        if not name:
            raise AuditError("standard input has no name", "add --stdin-filename NAME")
        data = sys.stdin.buffer.read(MAXIMUM_BYTES + 1)
        given["overlay"] = {os.path.abspath(name): data}  # noqa: PTH100 - pathlib costs start-up
        paths = [name if path == "-" else path for path in paths]
    elif given.get("stdin_filename"):
        raise AuditError("--stdin-filename needs - among the paths")
    isolated = given.get("isolated", False)
    if isolated and given.get("config"):
        raise AuditError("--config and --isolated exclude each other")
    found = configuration.load(paths, given.get("config", ""), isolated=isolated)
    options = Options(**{**found.fields, **given})
    if os.environ.get("CI", "").lower() not in _NO_CI:
        options = options._replace(ignore=(*options.ignore, _OF_CHECKOUT))
    return paths, options


def _environment(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Split NAME=VALUE; NAME alone copies one variable of this shell, nothing where it has none."""
    pairs = []
    for word in words:
        name, equals, value = word.partition("=")
        if not name:
            raise AuditError("--env takes NAME=VALUE or NAME")
        if equals:
            pairs.append((name, value))
        elif name in os.environ:
            pairs.append((name, os.environ[name]))
    return tuple(pairs)


def _view(audit: "Audit", options: Options) -> View:
    """Return how and for whom to render."""
    terminal = not options.output and sys.stdout.isatty()
    plain = options.no_color or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    encoding = "utf-8" if options.output else getattr(sys.stdout, "encoding", None) or "ascii"
    return View(
        excerpt=_excerpts(audit),
        root=_repository(),
        color=terminal and not plain,
        ascii="utf" not in encoding.lower(),
        width=_columns(terminal=terminal),
        quiet=options.quiet > 0,
        verbose=options.verbose > 0,
        show_settings=options.show_settings,
    )


def _excerpts(audit: "Audit") -> Callable[[Location], Excerpt | None]:
    """Return what shows a line of source; nothing of a file that could not be parsed."""
    sources: dict[str, Source | None] = {}
    broken = {problem.path for problem in audit.report.problems}
    kinds = {file.path: file.kind for file in audit.project.files()}

    def excerpt(location: Location) -> Excerpt | None:
        path = location.path
        if path not in sources:
            sources[path] = None
            if path not in broken:
                try:
                    data = audit.project.read(path)
                except AuditError:
                    return None
                kind = kinds.get(path) or kind_of_content(path, data) or ""
                sources[path] = Source(path, data, audit.secrets, kind)
        source = sources[path]
        return source.excerpt(location) if source is not None else None

    return excerpt


def _columns(*, terminal: bool) -> int:
    if not terminal:
        return _WIDE
    try:
        return max(os.get_terminal_size(sys.stdout.fileno()).columns, 40)
    except OSError:
        return _WIDE


def _repository() -> str:
    """Return the root of the repository around the working directory, or that directory."""
    here = folder = os.getcwd()  # noqa: PTH109 - pathlib costs start-up
    while not os.path.exists(os.path.join(folder, ".git")):  # noqa: PTH110, PTH118 - see above
        parent = os.path.dirname(folder)  # noqa: PTH120 - see above
        if parent == folder:
            return here
        folder = parent
    return folder
