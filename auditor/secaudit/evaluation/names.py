"""Reads and writes names: locals, enclosing functions, module globals, builtins."""

import builtins

from secaudit.evaluation.control import Frame, ProgramError
from secaudit.evaluation.runtime import Interpreter, slot_of
from secaudit.evaluation.values import External, Place, Value, unknown

_BUILTINS = frozenset(dir(builtins))


def read_name(interpreter: Interpreter, frame: Frame, name: str, place: Place) -> Value:
    """Return the value of a name.

    Raises:
        ProgramError: no such name exists.
    """
    found = _find_local(frame, name)
    if found is not None:
        return found
    namespace = frame.module.namespace
    if name in namespace:
        value = namespace[name]
        if value.source is None:
            return value._replace(source=slot_of(frame.module, name))
        return value
    if name == "__name__":
        return unknown("how the module is started", place)
    if name == "__file__":
        return Value(frame.module.path, place)
    if frame.module.rest is not None:
        return Value(frame.module.rest, place)
    if name in _BUILTINS:
        return Value(External(f"builtins.{name}"), place)
    if interpreter.level:
        return unknown(f"{name} may not be defined", place)
    raise ProgramError("NameError", name, place)


def _find_local(frame: Frame, name: str) -> Value | None:
    current: Frame | None = frame
    innermost = True
    while current is not None and not current.is_module():
        visible = (
            innermost or current.owner is None or current.owner.namespace is not current.locals
        )
        if visible and name in current.locals and name not in current.globals:
            return current.locals[name]
        innermost = False
        current = current.parent
    return None


def enclosing(frame: Frame, name: str) -> Frame | None:
    """Return the frame of the enclosing function that has a name, as ``nonlocal`` finds it."""
    current = frame.parent
    while current is not None and not current.is_module():
        if name in current.outer:
            return current.outer[name]
        function = current.owner is None or current.owner.namespace is not current.locals
        if function and name in current.locals:
            return current
        current = current.parent
    return None


def write_name(interpreter: Interpreter, frame: Frame, name: str, value: Value) -> None:
    """Bind a name where the running code would bind it."""
    if name in frame.globals or frame.is_module():
        frame.module.imported.discard(name)
    if name in frame.globals:
        if not interpreter.ignored(0):
            frame.module.namespace[name] = value
    elif name in frame.outer:
        # A join of branches looks at the innermost names only.
        frame.outer[name].locals[name] = interpreter.settled(value, 0, value.place)
    else:
        frame.locals[name] = value
