"""python-dotenv: ``load_dotenv`` and ``dotenv_values``."""

from collections.abc import Callable
from os.path import dirname, join
from typing import Final

from secaudit.evaluation.runtime import LOOKING, Call, Interpreter
from secaudit.evaluation.values import Value, plain, unknown
from secaudit.facts import Candidate, Unknown
from secaudit.syntax.dotenv import EnvFile, Resolved, effective, resolve

_MAX_FOLDERS = 50


def file_candidates(
    interpreter: Interpreter, file: EnvFile, *, override: bool = True, interpolate: bool = True
) -> dict[str, Candidate]:
    """Return what an env file gives: one candidate a key, references expanded as its loader does.

    A reference to a variable that is not given makes an empty text: such a value is Unknown.
    """

    def environment(name: str) -> str | Unknown | None:
        given = interpreter.environment.peek(name)
        return given[0].value if given else None

    if not interpolate:
        entries = {e.key: Resolved(e, e.value) for e in file.entries if e.value is not None}
    else:
        entries = effective(resolve(file, environment, override=override))
    return {
        key: _candidate(resolved) for key, resolved in entries.items() if resolved.value is not None
    }


def _candidate(resolved: Resolved) -> Candidate:
    value: str | Unknown | None = resolved.value
    if value == "" and resolved.absent:
        value = Unknown(f"refers to {resolved.absent[0]}, which is not given")
    entry = resolved.entry
    literal = all(isinstance(part, str) for part in entry.parts)
    return Candidate("env-file", value, entry.raw, entry.value_location, literal)


def find_upwards(interpreter: Interpreter, start: str, name: str) -> str | None:
    """Return the nearest file ``name`` in ``start`` or a folder above it."""
    folder = start
    for _ in range(_MAX_FOLDERS):
        path = join(folder, name)
        if interpreter.world.exists(path):
            return path
        if dirname(folder) == folder:
            return None
        folder = dirname(folder)
    return None


def _located(call: Call, dialect: str = "python-dotenv") -> EnvFile | Unknown | None:
    """Return the file a call of ``load_dotenv`` reads."""
    given = call.argument(0, "dotenv_path")
    if call.argument(1, "stream") is not None:
        return Unknown("reads a stream")
    path = None if given is None else plain(given)
    if isinstance(path, Unknown):
        return path
    if not path:
        path = find_upwards(call.interpreter, dirname(call.frame.module.path), ".env")
        if path is None:
            return None
    return call.interpreter.world.open(str(path), dialect)


def load_file(
    interpreter: Interpreter, file: EnvFile, *, override: bool = False, interpolate: bool = True
) -> None:
    """Add the keys of an env file to the process environment."""
    interpreter.environment.exported.add(file.path)
    found = file_candidates(interpreter, file, override=override, interpolate=interpolate)
    for name, candidate in found.items():
        add(interpreter, name, candidate, override=override)


def add(interpreter: Interpreter, name: str, candidate: Candidate, *, override: bool) -> None:
    """Give a variable what a file says, unless nobody knows whether the file is read."""
    if 0 < interpreter.level < LOOKING:
        reason = Unknown("an env file is read under an undecided condition")
        candidate = candidate._replace(value=reason)
    interpreter.environment.add(name, candidate, override=override)


def load_unknown(call: Call, *, override: bool = False) -> Value:
    """Load a file that is not known: whatever is not given may now be set."""
    interpreter = call.interpreter
    reason = "loads an env file that is not known"
    interpreter.environment.searched = True
    interpreter.environment.disturb(
        Unknown(reason), override=override and not interpreter.ignored(0)
    )
    return unknown(reason, call.place)


def _flag(call: Call, name: str, position: int, *, default: bool) -> bool | None:
    value = call.argument(position, name)
    if value is None:
        return default
    data = plain(value)
    return None if isinstance(data, Unknown) else bool(data)


def _load_dotenv(call: Call) -> Value:
    interpreter = call.interpreter
    file = _located(call)
    override = _flag(call, "override", 3, default=False)
    interpolate = _flag(call, "interpolate", 4, default=True)
    if isinstance(file, Unknown) or override is None or interpolate is None:
        return load_unknown(call, override=override is not False)
    if file is None:
        return Value(False, call.place)
    load_file(interpreter, file, override=override, interpolate=interpolate)
    return Value(True, call.place)


def _dotenv_values(call: Call) -> Value:
    file = _located(call)
    if isinstance(file, Unknown):
        return Value(file, call.place)
    interpolate = _flag(call, "interpolate", 3, default=True)
    if file is None:
        return call.interpreter.dict_value({}, call.place)
    found = file_candidates(call.interpreter, file, interpolate=interpolate is not False)
    items = {}
    for name, candidate in found.items():
        call.interpreter.environment.touch(name)
        items[name] = Value(candidate.value, call.place, (candidate,), (name,))
    return call.interpreter.dict_value(items, call.place)


def _find_dotenv(call: Call) -> Value:
    """``find_dotenv(filename=".env", raise_error_if_not_found=False, usecwd=False)``."""
    name = plain(call.argument(0, "filename") or Value(".env"))
    from_root = _flag(call, "usecwd", 2, default=False)
    if not isinstance(name, str) or from_root is None:
        return unknown("looks for an env file that is not known", call.place)
    start = call.interpreter.world.root if from_root else dirname(call.frame.module.path)
    return Value(find_upwards(call.interpreter, start, name) or "", call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "dotenv.load_dotenv": _load_dotenv,
    "dotenv.main.load_dotenv": _load_dotenv,
    "dotenv.dotenv_values": _dotenv_values,
    "dotenv.find_dotenv": _find_dotenv,
}
