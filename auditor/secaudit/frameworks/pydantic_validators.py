"""Validators of pydantic classes, run on the values at hand; a guard that raises is noted."""

import ast
from typing import Any

from secaudit.evaluation.calls import call_function, invoke
from secaudit.evaluation.control import Frame, ProgramError
from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    External,
    FunctionData,
    Instance,
    Place,
    Value,
    plain,
)
from secaudit.facts import Unknown
from secaudit.frameworks.pydantic_fields import Field
from secaudit.frameworks.pydantic_guards import Validated, note_guard, note_idle_guard
from secaudit.frameworks.pydantic_nodes import Leaf, Node, collapse

_FIELD = {"pydantic.field_validator", "pydantic.functional_validators.field_validator"}
_FIELD_1 = {"pydantic.validator", "pydantic.v1.validator"}
_MODEL = {"pydantic.model_validator", "pydantic.functional_validators.model_validator"}
_MODEL_1 = {"pydantic.root_validator", "pydantic.v1.root_validator"}


def _decorators(cls: ClassData, names: set[str]) -> list[tuple[FunctionData, Call | None]]:
    """Return functions with one of these decorators: base classes first, overridden ones gone."""
    found: dict[str, tuple[FunctionData, Call | None]] = {}
    for ancestor in reversed(cls.lineage()):
        for name, value in ancestor.namespace.items():
            if not isinstance(value.data, FunctionData):
                continue
            for decorator in value.data.decorators:
                data = decorator.data
                if isinstance(data, Instance) and data.type_name in names:
                    found[name] = (value.data, data.state["call"])
                elif isinstance(data, External) and data.name in names:
                    found[name] = (value.data, None)
    return list(found.values())


def _option(call: Call | None, name: str, default: Any) -> Any:  # noqa: ANN401 - a keyword's value
    if call is None or name not in call.keywords:
        return default
    return plain(call.keywords[name])


def run_field(builder: Validated, field: Field, value: Value, moment: str) -> Value:
    """Run the validators of a field that belong before or after its conversion."""
    for mode, annotated in field.spec.validators:
        if mode == moment:
            value = _apply(builder, annotated, value)
    chosen: list[FunctionData] = []
    for function, call in _for_field(builder, field):
        mode = _option(call, "mode", "before" if _option(call, "pre", False) else "after")
        if mode in {"wrap", "plain"} or _option(call, "each_item", False) is not False:
            return value._replace(data=Unknown("a validator that is not evaluated"))
        if mode == moment:
            chosen.append(function)
    if moment == "before" and not builder.version_1:  # version 1 runs them as they are written
        chosen.reverse()
    for method in chosen:
        if isinstance(value.data, Unknown):
            return value
        value = _call(builder, method, value, field)
        note_idle_guard(builder, method, field)
    return value


def _for_field(builder: Validated, field: Field) -> list[tuple[FunctionData, Call | None]]:
    """Return the validators of a field; version 1 puts those of all fields behind its own."""
    own: list[tuple[FunctionData, Call | None]] = []
    shared: list[tuple[FunctionData, Call | None]] = []
    for function, call in _decorators(builder.cls, _FIELD | _FIELD_1):
        names = [] if call is None else [plain(argument) for argument in call.arguments]
        if field.name in names or "*" in names:
            late = builder.version_1 and field.name not in names
            (shared if late else own).append((function, call))
    return own + shared


def run_on_default(builder: Validated, field: Field) -> bool:
    """Say whether a validator demands to see the default too: ``@validator(..., always=True)``."""
    return any(_option(call, "always", False) is True for _, call in _for_field(builder, field))


def _apply(builder: Validated, function: Value, value: Value) -> Value:
    if isinstance(value.data, Unknown):
        return value
    call = builder.call._replace(arguments=[value], keywords={}, rest=None)
    return _keep(invoke(function, call), value)


def _call(builder: Validated, method: FunctionData, value: Value, field: Field) -> Value:
    """Call a validator method with the value, and what it asks for: info, values."""
    interpreter = builder.interpreter
    place = Place(method.frame.module.syntax, method.node)
    data = DictData(dict(builder.instance.attributes), None, interpreter.level)
    info = Instance("pydantic.ValidationInfo", None, interpreter.level)
    info.attributes = {"data": Value(data, place), "field_name": Value(field.name, place)}
    spec = method.node.args
    names = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    static = method.decorated_by("builtins.staticmethod")
    arguments = [] if static else [Value(builder.cls, place)]
    arguments.append(value)
    rest = names[len(arguments) :]
    keywords: dict[str, Value] = {}
    if rest:
        arguments.append(Value(data, place) if rest[0] == "values" else Value(info, place))
    if spec.kwonlyargs and spec.kwonlyargs[0].arg == "values":
        keywords["values"] = Value(data, place)
    frame: Frame = method.frame
    result = call_function(
        method, Call(interpreter, frame, place, arguments[: len(names)], keywords)
    )
    return _keep(result, value)


def _keep(result: Value, value: Value) -> Value:
    """Give a validator's result the provenance of what it was given."""
    if result.data is value.data or not value.candidates:
        return result._replace(error=value.error)
    if result.candidates:
        if len(result.candidates) >= len(value.candidates):
            return result
        shown = (*result.candidates, *value.candidates[len(result.candidates) :])
        return result._replace(candidates=shown, variables=value.variables)
    written = result.place is not None and isinstance(result.place.node, ast.Constant)
    if written and result.known and result.data is not None:
        return result  # the code's own value; None means what was given is nothing
    first = value.candidates[0]._replace(value=plain(result))
    shown = (first, *value.candidates[1:])
    return result._replace(candidates=shown, variables=value.variables, place=value.place)


def before_model(
    builder: Validated, nodes: dict[str, Node]
) -> tuple[dict[str, Node], list[ProgramError]]:
    """Run validators that see the given values before any field is read; return refusals too."""
    refusals: list[ProgramError] = []
    for function in early(builder):
        given = {key: _shown(node, function) for key, node in nodes.items()}
        try:
            result = show(builder, function, given)
        except ProgramError as error:
            refusals.append(error)
            continue
        if not isinstance(result.data, DictData) or result.data.rest is not None:
            unknown = Leaf(Unknown("a validator changes it"), (), "")
            return dict.fromkeys(nodes, unknown), refusals
        for key, value in result.data.items.items():
            if key not in given or value.data is not given[key].data:
                nodes = {**nodes, str(key): Leaf(value, (), "")}
    return nodes, refusals


def early(builder: Validated) -> list[FunctionData]:
    """Return the validators that see what is given to the model, before any field is read."""
    return [
        function
        for function, call in _decorators(builder.cls, _MODEL | _MODEL_1)
        if _option(call, "mode", "") == "before" or _option(call, "pre", False) is True
    ]


def _shown(node: Node, function: FunctionData) -> Value:
    place = Place(function.frame.module.syntax, function.node)
    return Value(collapse(node) if isinstance(node, dict) else plain(node.data), place)


def show(builder: Validated, function: FunctionData, given: dict[str, Value]) -> Value:
    """Return what an early validator makes of given values; raises when it refuses them."""
    place = Place(function.frame.module.syntax, function.node)
    data = DictData(dict(given), None, builder.interpreter.level)
    arguments = [Value(builder.cls, place), Value(data, place)]
    frame: Frame = function.frame
    return call_function(function, Call(builder.interpreter, frame, place, arguments, {}))


def after_model(builder: Validated) -> None:
    """Run validators that see the finished object, and ``model_post_init``."""
    functions = [
        (function, call)
        for function, call in _decorators(builder.cls, _MODEL | _MODEL_1)
        if _option(call, "mode", "after") == "after" and not _option(call, "pre", False)
    ]
    late = builder.cls.find("model_post_init")
    pairs = [(function, function.decorated_by(*_MODEL_1)) for function, _ in functions]
    if late is not None and isinstance(late.data, FunctionData):
        pairs.append((late.data, False))
    for function, old in pairs:
        _run_after(builder, function, old=old)


def _run_after(builder: Validated, function: FunctionData, *, old: bool) -> None:
    place = Place(function.frame.module.syntax, function.node)
    this = Value(builder.instance, place)
    arguments = [this]
    if old:
        data = DictData(dict(builder.instance.attributes), None, builder.interpreter.level)
        arguments = [Value(builder.cls, place), Value(data, place)]
    elif len(function.node.args.args) > 1:
        arguments.append(Value(None, place))
    frame: Frame = function.frame
    try:
        result = call_function(function, Call(builder.interpreter, frame, place, arguments, {}))
    except ProgramError as error:
        note_guard(builder, "", error)
        return
    if old and isinstance(result.data, DictData):
        for name, value in result.data.items.items():
            if name in builder.instance.attributes:
                builder.instance.attributes[name] = value
