"""``os`` and ``pathlib``: the process environment and paths."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.candidates import candidates_of
from secaudit.evaluation.operators import derive
from secaudit.evaluation.runtime import Call, Interpreter, ProgramError
from secaudit.evaluation.values import PathData, Place, Value, plain, unknown
from secaudit.facts import Candidate, Unknown
from secaudit.frameworks.reading import variable


def _name(interpreter: Interpreter, key: Value) -> str | None:
    """Return the name of a variable; one that is not known means any may be read."""
    name = plain(key)
    if isinstance(name, str):
        return name
    interpreter.environment.searched = True
    return None


def _getenv(call: Call) -> Value:
    """``os.getenv(key, default=None)``, ``os.environ.get(key, default=None)``."""
    key = call.argument(0, "key")
    name = None if key is None else _name(call.interpreter, key)
    if name is None:
        return unknown("reads a variable whose name is not known", call.place)
    default = call.argument(1, "default") or Value(None, call.place)
    return variable(call.interpreter, name, default, call.place)


def _environ_item(interpreter: Interpreter, _receiver: Value, key: Value, place: Place) -> Value:
    """``os.environ[key]``: raises inside ``try``, is an error of the setting elsewhere."""
    name = _name(interpreter, key)
    if name is None:
        return unknown("reads a variable whose name is not known", place)
    value = variable(interpreter, name, None, place)
    if value.error is not None and interpreter.handlers:
        raise ProgramError("KeyError", name, place)
    return value


def _set_environ(
    interpreter: Interpreter, _receiver: Value, key: Value, value: Value, place: Place
) -> None:
    name = _name(interpreter, key)
    if name is None:
        return
    text = plain(value)
    if interpreter.ignored(0):
        return
    if interpreter.level:
        text = Unknown("set under an undecided condition")
    literal = bool(value.place) and not value.candidates
    candidate = Candidate("assignment", text, None, place.location(), literal)
    interpreter.environment.add(name, candidate, override=True)


def _setdefault(call: Call) -> Value:
    key, default = call.argument(0, "key"), call.argument(1, "value")
    name = None if key is None else _name(call.interpreter, key)
    if name is None or default is None:
        return unknown("sets a variable whose name is not known", call.place)
    for candidate in candidates_of(default, "assignment"):
        call.interpreter.environment.add(name, candidate, override=False)
    return variable(call.interpreter, name, None, call.place)


def _pop(call: Call) -> Value:
    value = _getenv(call)
    key = plain(call.arguments[0]) if call.arguments else None
    if isinstance(key, str) and not call.interpreter.level:
        call.interpreter.environment.remove(key)
    return value


def _everything(call: Call) -> Value:
    call.interpreter.environment.searched = True
    return unknown("all variables of the environment", call.place)


def _path(call: Call) -> Value:
    """``Path(*parts)``."""
    parts = [plain(argument) for argument in call.arguments]
    if not all(isinstance(part, str) for part in parts):
        return unknown("a path that is not known", call.place)
    text = "."
    for part in parts:
        text = part if part.startswith("/") or text == "." else f"{text.rstrip('/')}/{part}"
    return Value(PathData(text), call.place)


def _join(call: Call) -> Value:
    joined = _path(call)
    return joined._replace(data=joined.data.text) if joined.known else joined


def _dirname(call: Call) -> Value:
    path = plain(call.arguments[0]) if call.arguments else None
    if not isinstance(path, str):
        return unknown("a path that is not known", call.place)
    return Value(path.rpartition("/")[0] or ("/" if path.startswith("/") else ""), call.place)


def _basename(call: Call) -> Value:
    return derive(lambda path: str(path).rpartition("/")[2], call.place, call.arguments[0])


def _absolute(call: Call) -> Value:
    path = plain(call.arguments[0]) if call.arguments else None
    if not isinstance(path, str) or path.startswith("~"):
        return unknown("a path that is not known", call.place)
    return Value(call.interpreter.world.absolute(path), call.place)


def _exists(call: Call) -> Value:
    path = plain(call.arguments[0]) if call.arguments else None
    if not isinstance(path, str):
        return unknown("a path that is not known", call.place)
    return Value(call.interpreter.world.exists(path), call.place)


def _working_directory(call: Call) -> Value:
    return Value(call.interpreter.world.root, call.place)


def _working_path(call: Call) -> Value:
    return Value(PathData(call.interpreter.world.root), call.place)


def _random(call: Call) -> Value:
    return unknown("generated anew at each start", call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    "os.environ.setdefault": _setdefault,
    "os.environ.pop": _pop,
    "os.environ.copy": _everything,
    "os.environ.items": _everything,
    "os.environ.keys": _everything,
    "os.environ.values": _everything,
    "os.path.join": _join,
    "os.path.dirname": _dirname,
    "os.path.basename": _basename,
    "os.path.abspath": _absolute,
    "os.path.realpath": _absolute,
    "os.path.exists": _exists,
    "os.path.isfile": _exists,
    "os.getcwd": _working_directory,
    "os.urandom": _random,
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.Path.cwd": _working_path,
}
ITEMS: Final = {"os.environ": _environ_item}
SET_ITEMS: Final = {"os.environ": _set_environ}
