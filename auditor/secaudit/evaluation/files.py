"""Text files that a program reads whole: a mounted secret, a key, a version."""

from secaudit.evaluation.bounds import MAX_TEXT
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import Place, Value, unknown
from secaudit.facts import Candidate
from secaudit.syntax.text import whole


def text_of_file(interpreter: Interpreter, path: str, place: Place, *, binary: bool) -> Value:
    """Return the text of a file as the program reads it, with the place where its value stands.

    Unknown when the project has no such file: whoever runs the program puts it there.

    Raises:
        ProgramError: it has no such file, and the program handles that.
    """
    text = interpreter.world.text(path)
    if text is None:
        check_there(interpreter, path, place)
        return unknown("reads a file that the project does not have", place)
    if len(text) > MAX_TEXT:
        return unknown("reads a large file", place)
    data = text.encode() if binary else text
    written = whole(text, interpreter.world.absolute(path))
    source = Candidate("secrets-dir", data, written.value, written.location, literal=True)
    return Value(data, place, (source,))


def check_there(interpreter: Interpreter, path: str, place: Place) -> None:
    """Raise what opening a file raises that is not there, in a program that may handle it."""
    world = interpreter.world
    if not interpreter.handlers or interpreter.level:
        return
    if not world.exists(path) and not world.hidden(path):
        raise ProgramError("FileNotFoundError", f"no such file: {path}", place)
