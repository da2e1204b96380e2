"""Paths as values: their parts, their methods, and what stands where they lead."""

from secaudit.evaluation.files import text_of_file
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import ListData, Method, PathData, Place, Value, plain, unknown

_QUESTIONS = frozenset({"exists", "is_file", "is_dir"})


def attribute(receiver: Value, data: PathData, name: str, place: Place) -> Value:
    """Return an attribute of a path, or its method."""
    tail = data.text.rstrip("/").rpartition("/")[2]
    if name == "parent":
        return receiver._replace(data=PathData(_parent(data.text)))
    if name == "name":
        return Value(tail, place)
    if name == "stem":
        return Value(tail.rsplit(".", 1)[0] or tail, place)
    if name == "suffix":
        return Value(f".{tail.rsplit('.', 1)[1]}" if "." in tail[1:] else "", place)
    if name == "parents":
        parents = []
        current = data.text
        while _parent(current) != current:
            current = _parent(current)
            parents.append(Value(PathData(current), place))
        return Value(ListData(parents, "tuple"), place)
    return Value(Method(receiver, name), place)


def _parent(text: str) -> str:
    """Return the path above; ``/`` and ``.`` are their own parents."""
    head = text.rstrip("/").rpartition("/")[0]
    return head or ("/" if text.startswith("/") else ".")


def call_method(
    interpreter: Interpreter, receiver: Value, data: PathData, name: str, call: Call
) -> Value:
    """Return what a method of a path returns."""
    place = call.place
    if name in {"resolve", "absolute", "expanduser"}:
        return receiver._replace(place=place)
    if name == "joinpath":
        parts = [plain(argument) for argument in call.arguments]
        if all(isinstance(part, str) for part in parts):
            return Value(PathData("/".join([data.text.rstrip("/"), *parts])), place)
    if name in _QUESTIONS:
        return Value(stands(interpreter, data.text, name), place)
    if name in {"read_text", "read_bytes"}:
        return text_of_file(interpreter, data.text, place, binary=name == "read_bytes")
    if name in {"as_posix", "__str__"}:
        return Value(data.text, place)
    return unknown(f"calls .{name}() of a path", place)


def stands(interpreter: Interpreter, path: str, question: str) -> bool:
    """Answer ``exists``, ``is_file`` or ``is_dir`` for a path: the project is all there is.

    A mounted file stands in its place, also when nobody knows what is in it.
    """
    world = interpreter.world
    if question != "is_dir" and (world.exists(path) or world.hidden(path)):
        return True
    return question != "is_file" and world.names(path) is not None
