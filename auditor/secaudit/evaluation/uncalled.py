"""Looks at functions that nothing calls: factories and handlers hold an application's wiring."""

import ast
from datetime import timedelta

from secaudit.evaluation.bounds import MAX_DEPTH, OutOfBoundsError
from secaudit.evaluation.calls import invoke, run_body
from secaudit.evaluation.control import Frame, ProgramError
from secaudit.evaluation.expressions import evaluate
from secaudit.evaluation.runtime import LOOKING, Call, Interpreter
from secaudit.evaluation.values import (
    ClassData,
    External,
    FunctionData,
    Instance,
    Method,
    Place,
    Value,
    unknown,
)
from secaudit.facts import Unknown
from secaudit.naming import meaning_of
from secaudit.syntax.python import last_name

_MAX_FUNCTIONS = 5_000


def look_at_uncalled(interpreter: Interpreter) -> None:
    """Run the body of every function that did not run, for what it says about settings.

    What such a function changes outside itself is ignored: nobody knows whether it is called.
    """
    index = 0
    while index < len(interpreter.functions) and index < _MAX_FUNCTIONS:
        function = interpreter.functions[index]
        index += 1
        if id(function.node) in interpreter.called or _of_settings(interpreter, function):
            continue
        interpreter.called.add(id(function.node))
        interpreter.level, interpreter.depth = LOOKING, 0
        interpreter.condition = "in a function that is not called"
        before, disturbed = interpreter.grant(), interpreter.environment.disturbed
        try:
            _look(interpreter, function)
        except ProgramError:
            continue
        except OutOfBoundsError:
            interpreter.stopped.append(Place(function.frame.module.syntax, function.node))
        finally:
            interpreter.limit, interpreter.environment.disturbed = before, disturbed
            interpreter.level, interpreter.condition = 0, ""


def _of_settings(interpreter: Interpreter, function: FunctionData) -> bool:
    owner = function.frame.owner
    return owner is not None and owner.node in interpreter.handled


def _look(interpreter: Interpreter, function: FunctionData) -> None:
    node = function.node
    if isinstance(node, ast.Lambda):
        return
    outer: Frame = function.frame
    names = _parameters(interpreter, function)
    place = Place(outer.module.syntax, node)
    for extra in (node.args.vararg, node.args.kwarg):
        if extra is not None:
            names[extra.arg] = unknown("an argument of a caller that is not known", place)
    run_body(interpreter, Frame(outer.module, names, outer, outer.owner), node)


def _parameters(interpreter: Interpreter, function: FunctionData) -> dict[str, Value]:
    outer: Frame = function.frame
    spec = function.node.args
    names: dict[str, Value] = {}
    parameters = [*spec.posonlyargs, *spec.args]
    offset = len(parameters) - len(function.defaults)
    this = _receiver(interpreter, function)
    for index, parameter in enumerate(parameters):
        default = function.defaults[index - offset] if index >= offset else None
        if index == 0 and this is not None:
            names[parameter.arg] = Value(this, Place(outer.module.syntax, parameter))
        else:
            names[parameter.arg] = _parameter(interpreter, outer, parameter, default)
    for parameter, default in zip(spec.kwonlyargs, function.keyword_defaults, strict=True):
        names[parameter.arg] = _parameter(interpreter, outer, parameter, default)
    return names


def _receiver(interpreter: Interpreter, function: FunctionData) -> Instance | None:
    """Return the object a method is called on: one that code makes, else one as its class says.

    None for a function, and for a class that others derive from: they may say otherwise.
    """
    cls: ClassData | None = function.frame.owner
    node = function.node
    if cls is None or cls.find(function.name) is None or getattr(node, "decorator_list", None):
        return None
    objects = [one for one in (*interpreter.instances, *interpreter.objects) if one.cls is cls]
    if objects:
        return objects[0] if len(objects) == 1 else None  # nobody knows which of them it is
    made: dict[int, Instance | None] = interpreter.state.setdefault("receivers", {})
    if id(cls) not in made:
        family = [one for one in interpreter.classes if cls in one.lineage()]
        alone = len(family) == 1 and not cls.open_bases()
        made[id(cls)] = _as_declared(interpreter, cls) if alone and _holds_settings(cls) else None
    return made[id(cls)]


def _as_declared(interpreter: Interpreter, cls: ClassData) -> Instance:
    instance = Instance(cls.name, cls, interpreter.level)
    instance.state["open"] = True
    return instance


def _holds_settings(cls: ClassData) -> bool:
    """Say whether some attribute of a class, or one that ``__init__`` sets, means anything."""
    names = {name for name, one in cls.namespace.items() if not isinstance(one.data, FunctionData)}
    method = cls.namespace.get("__init__")
    if method is not None and isinstance(method.data, FunctionData):
        nodes = ast.walk(method.data.node)
        names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    durations = any(isinstance(one.data, timedelta) for one in cls.namespace.values())
    return durations or any(meaning_of(name) is not None for name in names)


def _parameter(
    interpreter: Interpreter, frame: Frame, parameter: ast.arg, default: Value | None
) -> Value:
    """Return what a parameter most certainly is: its injected dependency, its type, its default."""
    place = Place(frame.module.syntax, parameter)
    frame, annotation = _written_out(interpreter, frame, parameter.annotation)
    kind, *extras = _annotated(annotation)
    injected = _dependency(interpreter, frame, extras, default)
    if injected is not None and injected.known:
        return injected
    if injected is None and default is not None and default.data is not None:
        return default
    typed = _of_type(interpreter, frame, kind, place)
    if typed is not None and (injected or default is None or _is_project_object(typed)):
        return typed
    return injected or default or unknown("an argument of a caller that is not known", place)


def _is_project_object(value: Value) -> bool:
    return isinstance(value.data, Instance) and value.data.cls is not None


def _written_out(
    interpreter: Interpreter, frame: Frame, annotation: ast.expr | None
) -> tuple[Frame, ast.expr | None]:
    """Return what an alias such as ``Config = Annotated[...]`` stands for, and its frame."""
    if not isinstance(annotation, ast.Name | ast.Attribute):
        return frame, annotation
    place = evaluate(interpreter, frame, annotation).place
    if place is None or not isinstance(place.node, ast.Subscript):
        return frame, annotation
    for module in interpreter.modules.values():
        if module.syntax is place.module:
            return Frame(module), place.node
    return frame, annotation


def _annotated(annotation: ast.expr | None) -> list[ast.expr | None]:
    """Return the type of ``Annotated[type, ...]`` and its extras; another annotation alone."""
    if not isinstance(annotation, ast.Subscript) or last_name(annotation.value) != "Annotated":
        return [annotation]
    inside = annotation.slice
    return [*inside.elts] if isinstance(inside, ast.Tuple) else [annotation]


def _dependency(
    interpreter: Interpreter, frame: Frame, extras: list[ast.expr | None], default: Value | None
) -> Value | None:
    """Return what FastAPI's ``Depends(get_settings)`` injects, None for other parameters."""
    marker = default
    for item in extras:
        if isinstance(item, ast.Call):
            marker = evaluate(interpreter, frame, item)
    if marker is None or not isinstance(marker.data, Instance):
        return None
    if marker.data.type_name != "fastapi.Depends":
        return None
    given: Call = marker.data.state["call"]
    function = given.argument(0, "dependency")
    nested = interpreter.depth > MAX_DEPTH
    if nested or function is None or not isinstance(function.data, FunctionData):
        return unknown("a dependency that is not known", given.place)
    interpreter.depth += 1
    try:
        injected = _parameters(interpreter, function.data)
        made = invoke(function, given._replace(arguments=[], keywords=injected))
    except ProgramError:
        return unknown("a dependency that does not return", given.place)
    finally:
        interpreter.depth -= 1
    of_library = isinstance(made.data, Method | External)  # such as ``request.app.state.settings``
    return unknown("a part of a library's object", given.place) if of_library else made


def _of_type(
    interpreter: Interpreter, frame: Frame, annotation: ast.expr | None, place: Place
) -> Value | None:
    """Return the settings object or library object that an annotation promises."""
    node = annotation
    while isinstance(node, ast.BinOp):  # Settings | None
        node = node.left
    if isinstance(node, ast.Subscript):  # dict[str, Any]
        node = node.value
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    declared = evaluate(interpreter, frame, node).data
    if isinstance(declared, ClassData):
        for instance in (*interpreter.instances, *interpreter.objects):
            if instance.cls is declared:
                return Value(instance, place)
        return None
    if isinstance(declared, External) and declared.name in {"builtins.dict", "typing.Dict"}:
        rest = Unknown("entries of a caller that is not known")
        return interpreter.dict_value({}, place, rest)
    if isinstance(declared, External) and not declared.name.startswith(("builtins.", "typing.")):
        return Value(Instance(declared.name, None, interpreter.level), place)
    return None
