"""Looks at functions that nothing calls: factories and handlers hold an application's wiring."""

import ast

from secaudit.evaluation.calls import invoke, run_body
from secaudit.evaluation.expressions import evaluate
from secaudit.evaluation.runtime import (
    LOOKING,
    Call,
    Frame,
    Interpreter,
    OutOfBoundsError,
    ProgramError,
)
from secaudit.evaluation.values import (
    ClassData,
    External,
    FunctionData,
    Instance,
    Place,
    Value,
    unknown,
)
from secaudit.facts import Unknown

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
        before = interpreter.grant()
        try:
            _look(interpreter, function)
        except ProgramError:
            continue
        except OutOfBoundsError:
            interpreter.stopped.append(Place(function.frame.module.syntax, function.node))
        finally:
            interpreter.limit = before
            interpreter.level, interpreter.condition = 0, ""


def _of_settings(interpreter: Interpreter, function: FunctionData) -> bool:
    owner = function.frame.owner
    return owner is not None and owner.node in interpreter.handled


def _look(interpreter: Interpreter, function: FunctionData) -> None:
    node = function.node
    if isinstance(node, ast.Lambda):
        return
    outer: Frame = function.frame
    spec = node.args
    names: dict[str, Value] = {}
    parameters = [*spec.posonlyargs, *spec.args]
    offset = len(parameters) - len(function.defaults)
    for index, parameter in enumerate(parameters):
        default = function.defaults[index - offset] if index >= offset else None
        names[parameter.arg] = _parameter(interpreter, outer, parameter, default)
    for parameter, default in zip(spec.kwonlyargs, function.keyword_defaults, strict=True):
        names[parameter.arg] = _parameter(interpreter, outer, parameter, default)
    place = Place(outer.module.syntax, node)
    for extra in (spec.vararg, spec.kwarg):
        if extra is not None:
            names[extra.arg] = unknown("an argument of a caller that is not known", place)
    run_body(interpreter, Frame(outer.module, names, outer, outer.owner), node)


def _parameter(
    interpreter: Interpreter, frame: Frame, parameter: ast.arg, default: Value | None
) -> Value:
    """Return what a parameter most certainly is: its injected dependency, its type, its default."""
    place = Place(frame.module.syntax, parameter)
    injected = _dependency(interpreter, frame, parameter, default)
    if injected is not None:
        return injected
    if default is not None and default.data is not None:
        return default
    typed = _of_type(interpreter, frame, parameter.annotation, place)
    if typed is not None and (default is None or _is_project_object(typed)):
        return typed
    return default or unknown("an argument of a caller that is not known", place)


def _is_project_object(value: Value) -> bool:
    return isinstance(value.data, Instance) and value.data.cls is not None


def _dependency(
    interpreter: Interpreter, frame: Frame, parameter: ast.arg, default: Value | None
) -> Value | None:
    """Return what FastAPI's ``Depends(get_settings)`` injects."""
    marker = default
    annotation = parameter.annotation
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        for item in annotation.slice.elts[1:]:
            if isinstance(item, ast.Call):
                marker = evaluate(interpreter, frame, item)
    if marker is None or not isinstance(marker.data, Instance):
        return None
    if marker.data.type_name != "fastapi.Depends":
        return None
    given: Call = marker.data.state["call"]
    function = given.argument(0, "dependency")
    if function is None or not isinstance(function.data, FunctionData):
        return None
    return invoke(function, given._replace(arguments=[], keywords={}))


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
