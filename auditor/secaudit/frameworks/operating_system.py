"""``os`` and ``pathlib``: the process environment and paths."""

import posixpath
from collections.abc import Callable
from typing import Any, Final

from secaudit.evaluation.candidates import candidates_of
from secaudit.evaluation.containers import update
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.methods import call_method
from secaudit.evaluation.operators import derive
from secaudit.evaluation.paths import path_of, stands
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import DictData, External, Place, Value, plain, unknown
from secaudit.facts import GENERATED, Candidate, Unknown
from secaudit.frameworks.reading import variable


def _name(interpreter: Interpreter, key: Value) -> str | None:
    """Return the name of a variable; one that is not known means any may be read."""
    name = _written(key)
    if name is None:
        interpreter.environment.searched = True
    return name


def _written(key: Value) -> str | None:
    """Return a key that is a text; the symbol of a library stands for one that is not known."""
    name = None if isinstance(key.data, External) else plain(key)
    return name if isinstance(name, str) else None


def _getenv(call: Call) -> Value:
    """``os.getenv(key, default=None)``, ``os.environ.get(key, default=None)``."""
    key = call.argument(0, "key")
    name = None if key is None else _name(call.interpreter, key)
    if name is None:
        return unknown("reads a variable whose name is not known", call.place)
    default = call.argument(1, "default") or Value(None, call.place)
    return variable(call.interpreter, name, default, call.place)


def _environ_item(interpreter: Interpreter, _receiver: Value, key: Value, place: Place) -> Value:
    return _item(interpreter, key, place)


def _item(interpreter: Interpreter, key: Value, place: Place) -> Value:
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
    """``os.environ[key] = value``."""
    if interpreter.ignored(0):
        return
    name = _written(key)
    if name is None:
        interpreter.environment.disturb(Unknown("a variable of a name that is not known was set"))
        return
    if interpreter.level:
        _unsure(interpreter, name, place)
        return
    literal = bool(value.place) and not value.candidates
    own = Candidate("assignment", plain(value), None, place.location(), literal)
    if value.candidates and value.candidates == interpreter.environment.peek(name):
        return  # `os.environ.update(os.environ)`
    for candidate in reversed(value.candidates or (own,)):
        interpreter.environment.add(name, candidate, override=True)


def _unsure(interpreter: Interpreter, name: str, place: Place) -> None:
    """Make a variable Unknown that a branch sets or deletes which nobody knows to run."""
    reason = Unknown("set under an undecided condition")
    candidate = Candidate("assignment", reason, None, place.location(), literal=False)
    interpreter.environment.add(name, candidate, override=True)


def _setdefault(call: Call) -> Value:
    interpreter, environment = call.interpreter, call.interpreter.environment
    key, default = call.argument(0, "key"), call.argument(1, "value")
    name = None if key is None else _name(interpreter, key)
    if name is None or default is None:
        return unknown("sets a variable whose name is not known", call.place)
    if not interpreter.level:
        for candidate in candidates_of(default, "assignment"):
            environment.add(name, candidate, override=False)
    elif not interpreter.ignored(0) and not environment.peek(name):
        _unsure(interpreter, name, call.place)
    return variable(interpreter, name, default, call.place)


def _pop(call: Call) -> Value:
    """``os.environ.pop(key, default)`` and ``del os.environ[key]``."""
    interpreter = call.interpreter
    key = call.argument(0, "key") or Value(None)
    forgiving = len(call.arguments) > 1
    value = _getenv(call) if forgiving else _item(interpreter, key, call.place)
    name = _written(key)
    if interpreter.ignored(0) or name is None:
        return value
    if not interpreter.level:
        interpreter.environment.remove(name)
    elif interpreter.environment.peek(name):
        _unsure(interpreter, name, call.place)
    return value


def _update(call: Call) -> Value:
    """``os.environ.update(mapping or pairs, **variables)`` and ``os.environ |= mapping``."""
    interpreter = call.interpreter
    fresh = DictData({})
    update(fresh, call)
    if fresh.rest is not None and not interpreter.ignored(0):
        interpreter.environment.disturb(fresh.rest)
    for name, value in fresh.items.items():
        _set_environ(interpreter, Value(None), Value(name), value, call.place)
    return Value(None, call.place)


def _clear(call: Call) -> Value:
    interpreter = call.interpreter
    for name in interpreter.environment.names():
        _pop(call._replace(arguments=[Value(name), Value(None)]))
    return Value(None, call.place)


def _variables(interpreter: Interpreter, place: Place | None) -> Value:
    """Return all variables; a program that looks through them may read any."""
    environment = interpreter.environment
    environment.searched = True
    items = {
        name: Value(found[0].value, place, found, (name,))
        for name in environment.names()
        if (found := environment.peek(name))
    }
    return interpreter.dict_value(items, place, environment.disturbed)


def _of_variables(method: str) -> Callable[[Call], Value]:
    def handle(call: Call) -> Value:
        return call_method(call.interpreter, _variables(call.interpreter, call.place), method, call)

    return handle


def _has(interpreter: Interpreter, key: Value, place: Place) -> Value:
    """``key in os.environ``."""
    name = _name(interpreter, key)
    if name is None:
        return unknown("looks for a variable whose name is not known", place)
    found = interpreter.environment.lookup(name)
    if found and isinstance(found[0].value, Unknown):
        return Value(found[0].value, place, (), (name,))
    return Value(bool(found), place, tuple(one._replace(value=True) for one in found), (name,))


def _path(call: Call) -> Value:
    """``Path(*parts)``."""
    parts = [plain(argument) for argument in call.arguments]
    if not all(isinstance(part, str) for part in parts):
        return unknown("a path that is not known", call.place)
    return Value(path_of(*parts), call.place)


def _join(call: Call) -> Value:
    parts = [plain(argument) for argument in call.arguments]
    if not parts or not all(isinstance(part, str) for part in parts):
        return unknown("a path that is not known", call.place)
    return Value(posixpath.join(*parts), call.place)


def _of_path(function: Callable[[str], Any]) -> Callable[[Call], Value]:
    """Return what applies a pure function of texts to the path that is given."""

    def answer(call: Call) -> Value:
        given = call.arguments[0] if call.arguments else Value(None)
        path = plain(given)
        if not isinstance(path, str):
            return unknown("a path that is not known", call.place)
        return derive(function, call.place, given._replace(data=path))

    return answer


def _absolute(call: Call) -> Value:
    root = call.interpreter.world.root
    return _of_path(lambda path: posixpath.normpath(posixpath.join(root, path)))(call)


def _asks(question: str) -> Callable[[Call], Value]:
    """Return what answers whether something stands at a path."""

    def answer(call: Call) -> Value:
        path = plain(call.arguments[0]) if call.arguments else None
        if not isinstance(path, str):
            return unknown("a path that is not known", call.place)
        return stands(call.interpreter, path, question, call.place)

    return answer


def _working_directory(call: Call) -> Value:
    return Value(call.interpreter.world.root, call.place)


def _working_path(call: Call) -> Value:
    return Value(path_of(call.interpreter.world.root), call.place)


def _random(call: Call) -> Value:
    return unknown(GENERATED, call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    "os.environ.setdefault": _setdefault,
    "os.environ.pop": _pop,
    "os.environ.update": _update,
    "os.environ.clear": _clear,
    **{f"os.environ.{name}": _of_variables(name) for name in ("copy", "items", "keys", "values")},
    "os.path.join": _join,
    **{
        f"os.path.{function.__name__}": _of_path(function)
        for function in (posixpath.dirname, posixpath.basename, posixpath.normpath, posixpath.isabs)
    },
    "os.path.abspath": _absolute,
    "os.path.realpath": _absolute,
    "os.path.exists": _asks("exists"),
    "os.path.isfile": _asks("is_file"),
    "os.path.isdir": _asks("is_dir"),
    "os.getcwd": _working_directory,
    "os.urandom": _random,
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.Path.cwd": _working_path,
}
_CONSTANTS: Final = {"curdir": ".", "pardir": "..", "sep": "/", "extsep": ".", "linesep": "\n"}


def _constant(_interpreter: Interpreter, name: str, place: Place) -> Value:
    return Value(_CONSTANTS[name], place)


EXTERNALS: Final = {
    f"{module}.{name}": _constant for module in ("os", "os.path") for name in _CONSTANTS
}
ITEMS: Final = {"os.environ": _environ_item}
MAPPINGS: Final = {"os.environ": _variables}
CONTAINS: Final = {"os.environ": _has}
SET_ITEMS: Final = {"os.environ": _set_environ}
