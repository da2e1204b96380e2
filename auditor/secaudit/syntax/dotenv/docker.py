"""The dialect of ``docker run --env-file`` and Compose's ``format: raw``: nothing is interpreted.

Everything after the first ``=`` is the value, quotes and trailing blanks included; a name without
``=`` is taken from the environment.
"""

from secaudit.patterns import lazy
from secaudit.syntax.dotenv.building import Builder, Pieces
from secaudit.syntax.dotenv.model import Reference

_LINE = lazy(r"[^\n]+")


def parse(builder: Builder) -> None:
    """Read the file line by line; a name with blanks makes docker refuse the file."""
    for match in _LINE.finditer(builder.text):
        whole = match[0].removesuffix("\r")
        line = whole.lstrip()
        start = match.start() + len(whole) - len(line)
        if not line or line.startswith("#"):
            continue
        key, equals, value = line.partition("=")
        end = start + len(key)
        if not key or " " in key or "\t" in key:
            builder.fail(start, "a variable name is empty or contains a blank")
        elif not equals:
            inherit = (Reference(key, "inherit", (), key),)
            builder.add(Pieces(key, start, end, None, end, end, inherit))
        else:
            stop = end + 1 + len(value)
            builder.add(Pieces(key, start, end, value, end + 1, stop, (value,)))
