"""Accepting findings: comments beside the fault, and the configuration's ignore tables."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from secaudit import selection
from secaudit.discovery import Project, SourceFile
from secaudit.errors import AuditError
from secaudit.excerpts import quoted, split_lines
from secaudit.facts import Facts, Observation
from secaudit.finding import Finding, Suppressed
from secaudit.judging import Judged
from secaudit.kinds import matches
from secaudit.location import Location
from secaudit.options import Ignore, Options
from secaudit.patterns import lazy
from secaudit.records import NamedTuple
from secaudit.registry import find

_COMMENT: Final = lazy(r"[#;]\s*secaudit:\s*(?P<text>.*)$")
_IGNORE: Final = lazy(r"ignore\[(?P<codes>[^\]]*)\]\s*(?P<reason>.*)$")
_UNTIL: Final = lazy(r"(?:^|\s)until=(?P<date>\S+)")
_DATE: Final = lazy(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_ALONE: Final = frozenset({"env", "ini", "dockerfile"})  # a trailing comment is part of a value

_LONGEST_SPAN: Final = 1_000  # lines of a finding that are searched for comments


class Comment(NamedTuple):
    """One ``# secaudit: ignore[...]`` comment. ``fault`` says what is wrong with it."""

    location: Location
    alone: bool  # nothing else on its line
    selectors: tuple[str, ...]
    reason: str
    until: str
    fault: str


class Outcome(NamedTuple):
    """What suppression leaves: findings still open, accepted ones, and remarks for SUP rules."""

    open: list[Judged]
    suppressed: list[Suppressed]
    remarks: tuple[Observation, ...]


def split_until(text: str) -> tuple[str, str, str]:
    """Split a reason into (reason, ISO date or "", what is wrong or "")."""
    match = _UNTIL.search(text)
    if match is None:
        return text.strip(), "", "" if text.strip() else "it gives no reason"
    reason = (text[: match.start()] + text[match.end() :]).strip()
    if not _DATE.fullmatch(match["date"]):
        return reason, "", "until= takes a date such as 2027-01-31"
    return reason, match["date"], "" if reason else "it gives no reason"


def comments(path: str, text: str, kind: str) -> Iterator[Comment]:
    """Yield the suppression comments of a file."""
    if "secaudit:" not in text:
        return
    for number, column, comment, alone in _comment_lines(text, kind):
        match = _COMMENT.match(comment)
        if match is None:
            continue
        place = Location(path, number, column, number, column + len(comment.rstrip()))
        ignore = _IGNORE.match(match["text"])
        if ignore is None:
            yield Comment(place, alone, (), "", "", "write it as ignore[CODE] reason")
            continue
        selectors = tuple(part.strip() for part in ignore["codes"].split(",") if part.strip())
        reason, until, fault = split_until(ignore["reason"])
        if not selectors:
            fault = "it names no rule"
        for selector in selectors:
            if not selection.codes(selector):
                fault = f"{selector} names no rule"
        yield Comment(place, alone, selectors, reason, until, fault)


def _comment_lines(text: str, kind: str) -> Iterator[tuple[int, int, str, bool]]:
    """Yield (line, column, comment, nothing else on the line) of a file."""
    if kind == "python":
        yield from _python_comments(text)
        return
    for number, line in enumerate(split_lines(text), 1):
        match = _COMMENT.search(line)
        if match is None or (match[0][0] == ";" and kind != "ini"):
            continue
        if any(start < match.start() < end for start, end in quoted(line)):
            continue  # within a value
        alone = not line[: match.start()].strip()
        if alone or (kind not in _ALONE and line[match.start() - 1].isspace()):
            yield number, match.start() + 1, match[0], alone


def _python_comments(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Yield a module's comments; one that only looks like a comment stands in a string."""
    import tokenize  # noqa: PLC0415 - only for files with a suppression in them
    from io import StringIO  # noqa: PLC0415 - see above

    try:
        for token in tokenize.generate_tokens(StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                line, offset = token.start
                yield line, offset + 1, token.string, not token.line[:offset].strip()
    except (tokenize.TokenError, SyntaxError):
        return  # the parser reports what is wrong with the file


def read_comments(files: Iterable[SourceFile], project: Project) -> list[Comment]:
    """Return the suppression comments of all files; one that cannot be read has none."""
    found: list[Comment] = []
    for file in files:
        with suppress(AuditError):
            data = project.read(file.path)
            if b"secaudit:" in data:
                found += comments(file.path, data.decode("utf-8-sig", "replace"), file.kind)
    return found


def apply(
    judged: Sequence[Judged], files: Sequence[SourceFile], project: Project, options: Options
) -> Outcome:
    """Sort findings into open and accepted, by the comments in ``files`` and the configuration."""
    written = read_comments(files, project)
    by_line: dict[tuple[str, int], list[Comment]] = {}
    for comment in written:
        by_line.setdefault((comment.location.path, comment.location.line), []).append(comment)
    kinds = {file.path: file.kind for file in files}
    folder = options.config_path.rpartition("/")[0]
    today = time.strftime("%Y-%m-%d", time.gmtime())
    used: set[Location] = set()
    still_open: list[Judged] = []
    suppressed: list[Suppressed] = []
    for one in judged:
        finding = one.finding
        accepted = _by_comment(finding, by_line, kinds) or _by_table(
            finding, options.ignores, folder
        )
        if accepted is None:
            still_open.append(one)
            continue
        kind, reason, until, place = accepted
        used.add(place)
        if until and until < today:
            still_open.append(one)
        else:
            suppressed.append(Suppressed(finding, kind, reason, place))
    remarks = [
        *_comment_remarks(written, used, today),
        *_table_remarks(options.ignores, used, today),
    ]
    return Outcome(still_open, suppressed, tuple(remarks))


_Accepted = tuple[str, str, str, Location]  # kind, reason, until, place


def _by_comment(
    finding: Finding,
    written: Mapping[tuple[str, int], Sequence[Comment]],
    kinds: Mapping[str, str],
) -> _Accepted | None:
    place = finding.location
    above_only = kinds.get(place.path) in _ALONE
    last = place.line - 1 if above_only else min(place.end_line, place.line + _LONGEST_SPAN)
    for line in range(place.line - 1, last + 1):
        for comment in written.get((place.path, line), ()):
            if not _selects(comment.selectors, finding):
                continue
            if line >= place.line or comment.alone:
                return "inline", comment.reason, comment.until, comment.location
    return None


def _by_table(finding: Finding, ignores: Sequence[Ignore], folder: str) -> _Accepted | None:
    path = finding.location.path
    relative = path[len(folder) :].lstrip("/") if path.startswith(folder + "/") else path
    for ignore in ignores:
        if ignore.path and not matches(relative, (ignore.path,)):
            continue
        if _selects((ignore.selector,), finding):
            return "configuration", ignore.reason, ignore.until, ignore.location
    return None


def _selects(selectors: Sequence[str], finding: Finding) -> bool:
    return any(finding.code in selection.codes(selector) for selector in selectors)


def _comment_remarks(
    written: Sequence[Comment], used: set[Location], today: str
) -> Iterator[Observation]:
    for comment in written:
        subject = ",".join(comment.selectors)
        if comment.fault:
            detail = {"fault": comment.fault}
            yield Observation("suppression-malformed", comment.location, subject, detail)
        if comment.until and comment.until < today:
            detail = {"until": comment.until}
            yield Observation("suppression-expired", comment.location, subject, detail)
        elif comment.location not in used and comment.selectors:
            yield _unused(comment.location, comment.selectors)


def _table_remarks(
    ignores: Sequence[Ignore], used: set[Location], today: str
) -> Iterator[Observation]:
    for ignore in ignores:
        if ignore.until and ignore.until < today:
            detail = {"until": ignore.until}
            yield Observation("suppression-expired", ignore.location, ignore.selector, detail)
        elif ignore.location not in used:
            yield _unused(ignore.location, (ignore.selector,))


def _unused(place: Location, selectors: Sequence[str]) -> Observation:
    codes = sorted(code for selector in selectors for code in selection.codes(selector))
    return Observation("suppression-unused", place, ",".join(selectors), {"codes": codes})


def facts_of(
    remarks: Sequence[Observation],
    chosen: Collection[str],
    pedantic: bool,  # noqa: FBT001 - an option handed through
    profiles: Collection[str],
) -> Facts:
    """Return the remarks as facts of the run itself, without those about rules that did not run.

    A rule ran when it was chosen and has a severity in every profile of this run: a comment that
    production needs is not unused because an audit of development has no use for it.
    """

    def ran(code: str) -> bool:
        rule = find(code)
        if rule is None or code not in chosen or (rule.pedantic and not pedantic):
            return False
        return all(getattr(rule.severities, profile) is not None for profile in profiles)

    kept = [
        remark
        for remark in remarks
        if remark.kind != "suppression-unused" or any(map(ran, remark.detail["codes"]))
    ]
    return Facts("", "unknown", (), tuple(kept))
