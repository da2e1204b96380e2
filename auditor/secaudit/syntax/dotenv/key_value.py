"""The dialect of python-decouple and of Starlette's Config: a line is split at its first ``=``.

Both strip blanks and one pair of quotes, and know neither ``export`` nor comments after a value
nor references. A byte order mark becomes part of the first key; ``decode`` has removed it from
the text, so ``parse`` puts it back there.
"""

from secaudit.patterns import lazy
from secaudit.syntax.dotenv.building import Builder, Pieces

_LINE = lazy(r"[^\r\n]+")
_MIN_QUOTED = 2


def parse(builder: Builder) -> None:
    """Read the file line by line."""
    for match in _LINE.finditer(builder.text):
        start, end = _strip(builder.text, match.start(), match.end())
        mark = "\ufeff" if builder.marked and match.start() == 0 else ""
        if mark:  # not a blank, so that blanks behind it belong to the key, and not a comment
            start = 0
        line = mark + builder.text[start:end]
        if not line or line.startswith("#"):
            continue
        at = line.find("=")
        if at < 0:
            builder.drop(start, end, "there is no equals sign")
            continue
        _assign(builder, start, start + at - len(mark), end, mark)


def _assign(builder: Builder, start: int, equals: int, end: int, mark: str) -> None:
    key_start, key_end = _strip(builder.text, start, equals)
    value_start, value_end = _strip(builder.text, equals + 1, end)
    value = builder.text[value_start:value_end]
    if len(value) >= _MIN_QUOTED and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    if value_start == value_end:
        value_start = value_end = equals + 1
    key = (mark + builder.text[start:equals]).strip()
    builder.add(Pieces(key, key_start, key_end, value, value_start, value_end, (value,)))


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    return start, max(start, start + len(part.strip()))
