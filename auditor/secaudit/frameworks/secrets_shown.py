"""Secrets that a program prints, logs or makes anew at each start."""

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from secaudit.evaluation.expressions import evaluate
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import ClassData, Instance, Value
from secaudit.facts import GENERATED, Setting, Unknown
from secaudit.location import Location
from secaudit.naming import SECRET_CONCEPTS

_DUMPS: Final = frozenset({"model_dump", "model_dump_json", "dict", "json"})  # of a pydantic model
_DEEPEST: Final = 20  # of a text put together in a call
_ENCRYPTING: Final = "encryption.key"


def show(call: Call) -> None:
    """Remember what a call prints or logs: its arguments, and what texts among them are made of."""
    interpreter = call.interpreter
    interpreter.shown.extend((value, call.place) for value in call.arguments)
    node = call.place.node
    for argument in node.args if isinstance(node, ast.Call) else ():
        for inner in _pieces(argument, 0):
            interpreter.shown.append((evaluate(interpreter, call.frame, inner), call.place))
        dumped = _dumped(argument)
        if dumped is not None:
            interpreter.shown.append((evaluate(interpreter, call.frame, dumped), call.place))


def _pieces(node: ast.expr, depth: int) -> Iterator[ast.expr]:
    """Yield the names in a text that is put together: f-strings, ``+``, ``%`` and ``format``."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    elif isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.Tuple):
        parts = node.elts
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "format":
        parts = [*node.args, *(keyword.value for keyword in node.keywords)]
    for part in parts:
        if isinstance(part, ast.Name | ast.Attribute):
            yield part
        elif depth < _DEEPEST:
            yield from _pieces(part, depth + 1)


def _dumped(node: ast.expr) -> ast.expr | None:
    """Return the object behind ``settings.model_dump()``, ``vars(settings)`` and their like."""
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return node.value
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute) and node.func.attr in _DUMPS and not node.args:
        return None if node.keywords else node.func.value
    is_vars = isinstance(node.func, ast.Name) and node.func.id in {"vars", "repr", "str"}
    return node.args[0] if is_vars and node.args else None


def observe(interpreter: Interpreter, settings: tuple[Setting, ...]) -> None:
    """Note secrets per process, and settings with secrets that are printed or logged."""
    _generated(interpreter, settings)
    secrets = {
        (setting.location): setting.name
        for setting in settings
        if setting.concept in SECRET_CONCEPTS or setting.concept == "database.url"
    }
    for value, place in interpreter.shown:
        for name in [secrets[one] for part in _parts(value) for one in _origins(part, secrets)][:1]:
            interpreter.observe("secret-logged", place.location(), name, name=name)


def _generated(interpreter: Interpreter, settings: tuple[Setting, ...]) -> None:
    """Note each place that makes a key anew once, by the name it is given first.

    ``SECRET_KEY = token_hex(32)`` is one fault, also where it reaches ``jwt.encode``.
    """
    keys: dict[Location, Setting] = {}
    for setting in settings:
        made = isinstance(setting.value, Unknown) and setting.value.reason == GENERATED
        if not made or setting.concept not in {"signing.secret", _ENCRYPTING}:
            continue
        first = keys.setdefault(setting.location, setting)
        if setting.concept == _ENCRYPTING != first.concept:  # the worse of two uses
            keys[setting.location] = setting._replace(name=first.name)
    for place, setting in keys.items():
        if not _is_kept(interpreter, setting):
            purpose = "encryption" if setting.concept == _ENCRYPTING else "signing"
            interpreter.observe("secret-per-process", place, setting.name, purpose=purpose)


def _parts(value: Value) -> Iterable[Value]:
    """Return what a text of a value shows: the fields of a model, nothing of a SecretStr."""
    instance = value.data
    if not isinstance(instance, Instance):
        return (value,)
    if instance.type_name == "pydantic.SecretStr":
        return ()
    if instance.cls is None or not _shows_fields(instance.cls):
        return ()
    return [part for field in instance.attributes.values() for part in _parts(field)]


def _shows_fields(cls: ClassData) -> bool:
    """Say whether the text of an object lists its fields: models and dataclasses."""
    decorators = [ast.unparse(one) for one in cls.node.decorator_list]
    return any("dataclass" in one for one in decorators) or any(
        name.startswith("pydantic") for name in cls.externals()
    )


def _origins(value: Value, secrets: dict[Location, str]) -> list[Location]:
    """Return where a value stands, as the setting that has it says, if that is a secret's place."""
    origins = [one.location for one in value.candidates if one.location is not None][:1]
    if not origins and value.place is not None:
        origins = [value.place.location()]
    return [one for one in origins if one in secrets]


def _is_kept(interpreter: Interpreter, setting: Setting) -> bool:
    """Say whether the module that makes a key also writes a file: the key outlives the process."""
    module = interpreter.modules.get(setting.location.path)
    return module is not None and any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"write", "write_text", "write_bytes"}
        for node in ast.walk(module.syntax.tree)
    )
