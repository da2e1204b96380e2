"""Start scripts that a command names: what they run takes the command's place."""

from collections.abc import Sequence
from typing import Final

from secaudit.facts import Candidate, Unknown
from secaudit.planning import layers
from secaudit.planning.commands import flattened
from secaudit.planning.filesystem import Filesystem
from secaudit.planning.layers import Environment
from secaudit.planning.reading import Reader
from secaudit.records import NamedTuple
from secaudit.syntax import shell
from secaudit.syntax.text import Text

_SUFFIXES: Final = (".sh", ".bash")
_SHELLS: Final = frozenset({"sh", "bash", "dash", "ash"})
_ARGUMENTS: Final = frozenset({"$@", "$*"})
_DEEPEST: Final = 3  # a script that starts a script
_SEPARATOR: Final = ";"


class Followed(NamedTuple):
    """The words that run in the end, and the variables that the scripts on the way set.

    ``strong`` replaces variables that are there, ``weak`` only sets those that are not.
    """

    words: tuple[Text, ...]
    strong: Environment
    weak: Environment


def followed(words: Sequence[Text], files: Filesystem, reader: Reader) -> Followed:
    """Return what a command runs, looking into the start scripts that it names.

    Args:
        words: the command.
        files: of the container or machine that it runs in.
        reader: for the scripts of the project; others stay unread.
    """
    result = Followed(tuple(words), {}, {})
    for _ in range(_DEEPEST):
        inner = _inside(result.words, files, reader)
        if inner is None:
            break
        strong = layers.merged([inner.strong, result.strong])
        result = Followed(inner.words, strong, layers.merged([inner.weak, result.weak]))
    return result


def _inside(words: Sequence[Text], files: Filesystem, reader: Reader) -> Followed | None:
    """Return what the first script of a command runs, None when it names none."""
    words = flattened(words)
    for position, word in enumerate(words):
        if not (position == 0 or word.value.endswith(_SUFFIXES) or _is_shell(words, position)):
            continue
        path = files.source(word.value, reader.allowed) if word.value else None
        if path is None or not (path.endswith(_SUFFIXES) or _is_script(path, reader)):
            continue
        script = reader.parse(path, shell.parse)
        if script is not None and all(map(_is_known, script.sourced)):
            return _run(script, words[:position], words[position + 1 :])
    return None


def _is_known(sourced: str) -> bool:
    """Say whether a file that a script reads into itself hides nothing of the environment.

    An ``.env`` counts as given without the script, and a virtual environment sets no setting.
    """
    name = sourced.rpartition("/")[2]
    return name == "activate" or name.startswith(".env") or name.endswith(".env")


def _is_shell(words: Sequence[Text], position: int) -> bool:
    return words[position - 1].value.rpartition("/")[2] in _SHELLS


def _is_script(path: str, reader: Reader) -> bool:
    """Say whether a file without a telling name starts with the line of a shell script."""
    found = reader.parse(path, lambda data, _: data[:64].split(b"\n")[0])
    return found is not None and found.startswith(b"#!") and found.rstrip().endswith(b"sh")


def _run(script: shell.Script, before: Sequence[Text], arguments: Sequence[Text]) -> Followed:
    words: list[Text] = [word for word in before if _keeps(word)]
    for position, command in enumerate(script.commands):
        words += [Text(_SEPARATOR, command[0].location)] if position else []
        for word in command:
            words += arguments if word.value in _ARGUMENTS else [word]
    strong: Environment = {}
    weak: Environment = {}
    for one in script.variables:
        value = Unknown("a value of the shell") if one.value is None else one.value.value
        place = None if one.value is None else one.value.location
        raw = None if one.value is None else one.value.value
        candidate = Candidate("process-environment", value, raw, place, one.value is not None)
        (weak if one.weak else strong)[one.name] = (candidate,)
    return Followed(tuple(words), strong, weak)


def _keeps(word: Text) -> bool:
    """Say whether a word before the script still counts: the shell and its options do not."""
    return word.value.rpartition("/")[2] not in _SHELLS and not word.value.startswith("-")
