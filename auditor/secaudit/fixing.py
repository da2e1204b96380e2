"""Applying fixes: edits on the original bytes, kept only when a second audit confirms them."""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from secaudit.errors import AuditError
from secaudit.excerpts import Source
from secaudit.finding import Edit, Finding, Fix, Report
from secaudit.judging import shown_edit
from secaudit.kinds import kind_of_content
from secaudit.location import Location
from secaudit.options import Options
from secaudit.outcome import relative
from secaudit.pipeline import Audit
from secaudit.records import NamedTuple
from secaudit.redaction import hide, redacted
from secaudit.reporters.common import plural, safe
from secaudit.syntax.text import LINE_END

_MAXIMUM_ATTEMPTS: Final = 200  # audits that are run to find the fixes that do not hold
_CONTEXT: Final = 2  # unchanged lines around a change in a diff

Audits = Callable[[Mapping[str, bytes]], Report]


class Change(NamedTuple):
    """A file's content before and after, and the difference as it may be shown."""

    path: str
    before: bytes
    after: bytes
    diff: str


class Fixed(NamedTuple):
    """The outcome of fixing: changes, the findings they close, and what was refused and why."""

    changes: tuple[Change, ...]
    closed: tuple[Finding, ...]
    refused: tuple[tuple[Finding, str], ...]


class Text(NamedTuple):
    """A file as text, and all that is needed to write it back as it was."""

    text: str
    encoding: str
    mark: bytes
    starts: tuple[int, ...]  # offset of each line

    def span(self, edit: Edit) -> tuple[int, int]:
        """Return the offsets an edit replaces.

        Raises:
            AuditError: when the edit lies outside the text.
        """
        place = edit.location
        start = self._offset(place.line, place.column)
        end = self._offset(place.end_line, place.end_column)
        if not 0 <= start <= end <= len(self.text):
            raise AuditError("the edit lies outside the file", path=place.path, line=place.line)
        return start, end

    def _offset(self, line: int, column: int) -> int:
        if not 1 <= line <= len(self.starts):
            return -1
        return self.starts[line - 1] + column - 1

    def newline(self) -> str:
        """Return the line end the file uses."""
        match = LINE_END.search(self.text)
        return match[0] if match else "\n"


def read_text(path: str, data: bytes) -> Text:
    """Decode a file as its parser does.

    Raises:
        AuditError: when its bytes are no text in its encoding.
    """
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    encoding = "utf-8"
    try:
        if path.endswith(".py"):
            import tokenize  # noqa: PLC0415 - only to fix Python files

            encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
            encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        text = data[len(mark) :].decode(encoding)
    except (UnicodeDecodeError, SyntaxError, LookupError):
        raise AuditError("its encoding cannot be kept", path=path) from None
    starts = (0, *(match.end() for match in LINE_END.finditer(text)))
    return Text(text, encoding, mark, starts)


def apply_edits(path: str, data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return the bytes of a file with edits applied; all else stays as it was.

    Raises:
        AuditError: when edits overlap, lie outside the file or cannot be encoded.
    """
    text = read_text(path, data)
    newline = text.newline()
    pieces, position = [], 0
    for start, end, edit in sorted(
        ((*text.span(edit), edit) for edit in edits), key=lambda item: item[:2]
    ):
        if start < position:
            raise AuditError("the edits overlap", path=path, line=edit.location.line)
        replacement = generated(edit.location) if edit.secret else edit.replacement
        pieces += [text.text[position:start], LINE_END.sub(newline, replacement)]
        position = end
    pieces.append(text.text[position:])
    try:
        return text.mark + "".join(pieces).encode(text.encoding)
    except UnicodeEncodeError:
        raise AuditError("the edit cannot be written in its encoding", path=path) from None


@cache
def generated(_place: Location) -> str:
    """Return the fresh secret for one place: the same in the trial audit and in the file.

    64 characters of URL-safe base 64, 48 random bytes: long enough for HS512, and without
    characters that any dialect of env files would quote or expand.
    """
    from secrets import token_urlsafe  # noqa: PLC0415 - only for fixes that write a secret

    return token_urlsafe(48)


def fix(audit: Audit, options: Options, again: Audits) -> Fixed:
    """Choose the fixes that may be applied, apply them together, keep those that hold.

    A fix holds when a second audit no longer reports its finding and reports nothing new.
    """
    chosen: list[Finding] = []
    refused: list[tuple[Finding, str]] = []
    for finding in audit.report.findings:
        if finding.fix is None or (finding.fix.safety == "unsafe" and not options.unsafe_fixes):
            continue
        reason = _conflict(audit, chosen, finding.fix)
        if reason:
            refused.append((finding, reason))
        else:
            chosen.append(finding)
    if chosen and not _holds(audit, chosen, again):
        chosen, withdrawn = _one_by_one(audit, chosen, again)
        refused += withdrawn
    edits = [edit for finding in chosen for edit in _edits(finding)]
    changes = tuple(_changes(audit, edits))
    return Fixed(changes, tuple(chosen), tuple(refused))


def _edits(finding: Finding) -> tuple[Edit, ...]:
    return finding.fix.edits if finding.fix is not None else ()


def _conflict(audit: Audit, chosen: Sequence[Finding], fix: Fix) -> str:
    """Return why a fix cannot join those already chosen; the same edit twice is one edit."""
    known = [edit for finding in chosen for edit in _edits(finding)]
    try:
        _contents(audit, [*known, *(edit for edit in fix.edits if edit not in known)])
    except AuditError as error:
        return error.message
    return ""


def _contents(audit: Audit, edits: Sequence[Edit]) -> dict[str, bytes]:
    """Return the new content of every file that the edits touch."""
    by_path: dict[str, list[Edit]] = {}
    for edit in dict.fromkeys(edits):
        by_path.setdefault(edit.location.path, []).append(edit)
    return {
        path: apply_edits(path, audit.project.read(path), some) for path, some in by_path.items()
    }


def _holds(audit: Audit, chosen: Sequence[Finding], again: Audits) -> bool:
    """Say whether an audit of the fixed files lacks these findings and has no new ones."""
    edits = [edit for finding in chosen for edit in _edits(finding)]
    report = again(_contents(audit, edits))
    before = _tally(audit.report)
    after = _tally(report)
    expected = before - Counter(finding.fingerprint for finding in chosen)
    return not after - expected and not set(report.problems) - set(audit.report.problems)


def _tally(report: Report) -> Counter[str]:
    suppressed = (one.finding.fingerprint for one in report.suppressed)
    return Counter(finding.fingerprint for finding in report.findings) + Counter(suppressed)


def _one_by_one(
    audit: Audit, chosen: Sequence[Finding], again: Audits
) -> tuple[list[Finding], list[tuple[Finding, str]]]:
    """Add one fix after the other, withdrawing each that does not hold beside those before it."""
    kept: list[Finding] = []
    refused: list[tuple[Finding, str]] = []
    for attempt, finding in enumerate(chosen):
        if attempt >= _MAXIMUM_ATTEMPTS:
            refused.append((finding, "too many fixes at once; run again"))
        elif _holds(audit, [*kept, finding], again):
            kept.append(finding)
        else:
            refused.append((finding, "the finding stays, or another one appears"))
    return kept, refused


def _changes(audit: Audit, edits: Sequence[Edit]) -> Iterator[Change]:
    for path, after in sorted(_contents(audit, edits).items()):
        before = audit.project.read(path)
        some = [edit for edit in dict.fromkeys(edits) if edit.location.path == path]
        yield Change(path, before, after, diff(audit, path, before, some))


def diff(audit: Audit, path: str, data: bytes, edits: Sequence[Edit]) -> str:
    """Return a unified diff with every secret hidden; a line that may not be shown is masked."""
    from difflib import unified_diff  # noqa: PLC0415 - only to show a diff

    text = read_text(path, data)
    kinds = {file.path: file.kind for file in audit.project.files()}
    kind = kinds.get(path) or kind_of_content(path, data) or ""
    masks = _masks(text, Source(path, data, audit.secrets, kind))
    before = _masked(text.text, masks)
    planned = sorted((*text.span(edit), shown_edit(edit)) for edit in edits)
    pieces, position = [], 0
    for start, end, replacement in planned:
        pieces.append(_masked(text.text, _clipped(masks, position, start), position, start))
        pieces.append(hide(replacement, audit.secrets.find(replacement)))
        position = end
    end = len(text.text)
    pieces.append(_masked(text.text, _clipped(masks, position, end), position, end))
    name = safe(relative(path))
    lines = unified_diff(
        _shown(before), _shown("".join(pieces)), f"a/{name}", f"b/{name}", n=_CONTEXT, lineterm=""
    )
    return "".join(f"{line}\n" for line in lines)


def _shown(text: str) -> list[str]:
    lines = LINE_END.split(text)
    return [safe(line) for line in (lines if lines[-1] else lines[:-1])]


def _masks(text: Text, source: Source) -> list[tuple[int, int]]:
    """Return the offsets to hide in the whole text: secrets, and lines that may not be shown."""
    found: list[tuple[int, int]] = []
    for number, start in enumerate(text.starts, 1):
        masks = source.masks(number)
        line = source.lines[number - 1]
        if masks is None:
            masks = [(0, len(line))] if line.strip() else []
        found += [(start + left, start + right) for left, right in masks]
    return found


def _clipped(masks: Sequence[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    clipped = ((max(left, start), min(right, end)) for left, right in masks)
    return [(left, right) for left, right in clipped if left < right]


def _masked(
    text: str, masks: Sequence[tuple[int, int]], start: int = 0, end: int | None = None
) -> str:
    """Return a part of the text with what is masked replaced by its length."""
    pieces, position = [], start
    for left, right in masks:
        pieces += [text[position:left], redacted(text[left:right])]
        position = right
    return "".join([*pieces, text[position : len(text) if end is None else end]])


def told(fixed: Fixed, *, written: bool) -> str:
    """Return in words what was fixed and what was refused."""
    verb = "fixed" if written else "would fix"
    lines = [f"{verb} {plural(len(fixed.closed), 'finding')}"]
    lines += [
        f"not fixed: {finding.code} at {safe(relative(finding.location.path))}:"
        f"{finding.location.line}: {reason}"
        for finding, reason in fixed.refused
    ]
    return "".join(f"secaudit: {line}\n" for line in lines)
