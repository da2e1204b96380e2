"""Paths as values: their parts, their methods, and what stands where they lead."""

import posixpath

from secaudit.evaluation.files import text_of_file
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import ListData, Method, PathData, Place, Value, plain, unknown

_QUESTIONS = frozenset({"exists", "is_file", "is_dir"})


def path_of(*parts: str) -> PathData:
    """Return the path that pathlib makes of these parts: without ``.`` and doubled slashes."""
    text = posixpath.join("", *parts)
    kept = (part for part in text.split("/") if part not in {"", "."})
    return PathData(("/" if text.startswith("/") else "") + "/".join(kept) or ".")


def joined(data: PathData, call: Call) -> Value:
    """Return what calling a path of django-environ returns: a text, the parts joined to it."""
    parts = [plain(argument) for argument in call.arguments]
    if not all(isinstance(part, str) for part in parts):
        return unknown("joins a path with what is not known", call.place)
    return Value(posixpath.normpath(posixpath.join(data.text, *parts)), call.place)


def above(data: PathData, levels: int) -> PathData:
    """Return the path so many levels above."""
    for _ in range(min(levels, data.text.count("/") + 1)):
        data = _parent(data)
    return data


def attribute(receiver: Value, data: PathData, name: str, place: Place) -> Value:
    """Return an attribute of a path, or its method."""
    tail = "" if data.text == "." else data.text.rpartition("/")[2]
    if name == "parent":
        return receiver._replace(data=_parent(data))
    if name == "name":
        return Value(tail, place)
    if name in {"stem", "suffix"}:
        dot = tail.rfind(".")
        dot = dot if 0 < dot < len(tail) - 1 else len(tail)
        return Value(tail[:dot] if name == "stem" else tail[dot:], place)
    if name == "parents":
        parents = []
        while _parent(data) != data:
            data = _parent(data)
            parents.append(Value(data, place))
        return Value(ListData(parents, "tuple"), place)
    return Value(Method(receiver, name), place)


def _parent(data: PathData) -> PathData:
    """Return the path above; ``/`` and ``.`` are their own parents."""
    head = data.text.rpartition("/")[0]
    return PathData(head or ("/" if data.text.startswith("/") else "."))


def call_method(
    interpreter: Interpreter, receiver: Value, data: PathData, name: str, call: Call
) -> Value:
    """Return what a method of a path returns."""
    place = call.place
    if name in {"resolve", "absolute"}:
        whole = posixpath.join(interpreter.world.root, data.text)
        whole = posixpath.normpath(whole) if name == "resolve" else whole
        return receiver._replace(data=path_of(whole), place=place)
    if name == "expanduser" and not data.text.startswith("~"):
        return receiver._replace(place=place)
    if name in {"joinpath", "path"}:  # of pathlib, of django-environ
        parts = [plain(argument) for argument in call.arguments]
        if all(isinstance(part, str) for part in parts):
            return Value(path_of(data.text, *parts), place)
    if name in _QUESTIONS:
        return stands(interpreter, data.text, name, place)
    if name in {"read_text", "read_bytes"}:
        return text_of_file(interpreter, data.text, place, binary=name == "read_bytes")
    if name in {"as_posix", "__str__"}:
        return Value(data.text, place)
    return unknown(f"calls .{name}() of a path", place)


def stands(interpreter: Interpreter, path: str, question: str, place: Place) -> Value:
    """Answer ``exists``, ``is_file`` or ``is_dir`` for a path, of which ``""`` leads nowhere.

    The project and what is mounted are all the files there are; folders there may be others.
    """
    world = interpreter.world
    is_file = bool(path) and (world.exists(path) or world.hidden(path))
    if is_file or not path or question == "is_file":
        return Value(is_file and question != "is_dir", place)
    root = f"{world.root}/"
    whole = posixpath.normpath(posixpath.join(root, path)).rstrip("/") + "/"
    if world.names(path) is not None or root.startswith(whole):
        return Value(True, place)
    if question == "exists" or whole.startswith(root):
        return Value(False, place)
    return unknown("whether a folder outside the project exists", place)
