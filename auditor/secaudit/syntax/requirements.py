"""pip's requirements files: words by logical line, without comments.

Source: pip's documentation, "Requirements File Format".
"""

from secaudit.patterns import lazy
from secaudit.syntax.text import LINE_END, LineIndex, Text, decode

_COMMENT = lazy(r"(^|\s)#.*")
_WORD = lazy(r"""(?:"[^"]*"|'[^']*'|[^\s"'])+""")


def parse(data: bytes, path: str) -> tuple[tuple[Text, ...], ...]:
    """Return the words of each line that has some; a backslash joins lines.

    Raises:
        AuditError: it is too large or not UTF-8.
    """
    text = decode(data, path)
    index = LineIndex(text, path)
    lines: list[list[Text]] = [[]]
    start = 0
    for end_of_line in [*LINE_END.finditer(text), None]:
        end = end_of_line.start() if end_of_line else len(text)
        line = _COMMENT.sub("", text[start:end])
        goes_on = line.endswith("\\")
        for word in _WORD.finditer(line.removesuffix("\\")):
            place = index.location(start + word.start(), start + word.end())
            lines[-1].append(Text(word[0].replace('"', "").replace("'", ""), place))
        if not goes_on:
            lines.append([])
        start = end_of_line.end() if end_of_line else end
    return tuple(tuple(words) for words in lines if words)
