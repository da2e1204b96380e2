"""Fields and configuration of pydantic classes, merged over their base classes."""

import ast
from typing import Any

from secaudit.evaluation.expressions import evaluate
from secaudit.evaluation.runtime import Call, Interpreter
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
from secaudit.frameworks.pydantic_types import NONE, OTHER, TypeSpec, resolve, with_constraints
from secaudit.records import NamedTuple

Choice = tuple[str, tuple[Any, ...]]  # a name, and the path inside its decoded value

SETTINGS_V1 = frozenset({"pydantic.BaseSettings", "pydantic.v1.BaseSettings"})
SETTINGS = SETTINGS_V1 | {"pydantic_settings.BaseSettings", "pydantic_settings.main.BaseSettings"}
MODELS = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.v1.BaseModel"})


class Field(NamedTuple):
    """One field. ``default`` is None when it is required."""

    name: str
    spec: TypeSpec
    default: Value | None
    factory: Value | None
    choices: tuple[Choice, ...]  # alias names; empty when the field's own name counts
    written_env: tuple[str, ...]  # Field(env=...), which v2 ignores
    place: Place
    validate_default: Any = None  # what Field(...) says about it, None where it says nothing


def is_settings(cls: ClassData) -> bool:
    """Say whether a class reads its fields from the environment."""
    return any(name in SETTINGS for name in cls.externals())


def is_version_1(cls: ClassData) -> bool:
    """Say whether pydantic 1 rules hold: decided by where the base class is imported from."""
    return any(name in SETTINGS_V1 or name == "pydantic.v1.BaseModel" for name in cls.externals())


def checks_defaults(cls: ClassData, config: dict[str, Any]) -> bool:
    """Say whether defaults are validated too: settings do it unless told otherwise."""
    key = "validate_all" if is_version_1(cls) else "validate_default"
    return config.get(key, is_settings(cls)) is True


def fields_of(interpreter: Interpreter, cls: ClassData) -> dict[str, Field]:
    """Return the fields of a class in declaration order, those of base classes first."""
    found: dict[str, Field] = {}
    for ancestor in reversed(cls.lineage()):
        for name, annotation in ancestor.annotations.items():
            if name.startswith("_") or name == "model_config":
                continue
            field = _field(interpreter, ancestor, name, annotation)
            if field is not None:
                found[name] = _optional_1(field) if is_version_1(cls) else field
        if is_version_1(cls):
            _add_inferred(ancestor, found)
    if is_version_1(cls):
        _rename(found, config_of(cls).get("fields"))
    return found


def _rename(found: dict[str, Field], written: Any) -> None:  # noqa: ANN401 - a configuration value
    """Give fields the variables of pydantic 1's ``fields = {"name": {"env": "NAME"}}``."""
    for name, options in written.items() if isinstance(written, dict) else ():
        variables = options.get("env") if isinstance(options, dict) else None
        if name in found and variables:
            names = (variables,) if isinstance(variables, str) else tuple(map(str, variables))
            found[name] = found[name]._replace(written_env=names)


def config_method(cls: ClassData, name: str) -> FunctionData | None:
    """Return a method of the class ``Config``, where pydantic 1 looks for its hooks."""
    for ancestor in cls.lineage():
        inner = ancestor.namespace.get("Config")
        method = inner.data.find(name) if inner and isinstance(inner.data, ClassData) else None
        if method is not None and isinstance(method.data, FunctionData):
            return method.data
    return None


def _optional_1(field: Field) -> Field:
    """Let a field with the default None hold None, as pydantic 1 does whatever its type says."""
    if field.default is None or field.default.data is not None or field.spec.optional:
        return field
    return field._replace(spec=TypeSpec("union", (field.spec, NONE)))


def _add_inferred(cls: ClassData, found: dict[str, Field]) -> None:
    """Add pydantic 1 fields that have a default but no annotation."""
    for name, value in cls.namespace.items():
        known = name in found or name.startswith("_") or name in cls.annotations
        if known or isinstance(value.data, ClassData | FunctionData | External | Instance):
            continue
        kind = type(value.data).__name__
        if kind in {"str", "int", "float", "bool"} and value.place is not None:
            found[name] = Field(name, TypeSpec(kind), value, None, (), (), value.place)


def _field(
    interpreter: Interpreter, cls: ClassData, name: str, annotation: ast.expr
) -> Field | None:
    spec = resolve(interpreter, cls.scope, annotation)
    if spec.kind == "class-variable":
        return None
    place = Place(cls.module.syntax, annotation)
    written = cls.namespace.get(name)
    call = _field_call(written)
    if call is None:
        inner = _annotated_field(interpreter, cls, annotation)
        if inner is None:
            if written is None and spec.optional and is_version_1(cls):
                written = Value(None, place)  # version 2 demands a value
            return Field(name, spec, written, None, (), (), place)
        field = _from_call(name, spec, inner, place)
        return field if written is None else field._replace(default=written)
    return _from_call(name, with_constraints(spec, call), call, place)


def _field_call(written: Value | None) -> Call | None:
    if written is None or not isinstance(written.data, Instance):
        return None
    if written.data.type_name != "pydantic.Field":
        return None
    return written.data.state["call"]  # type: ignore[no-any-return]


def _annotated_field(interpreter: Interpreter, cls: ClassData, annotation: ast.expr) -> Call | None:
    """Return the ``Field(...)`` inside ``Annotated[type, Field(...)]``."""
    if not (isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple)):
        return None
    for part in annotation.slice.elts[1:]:
        if isinstance(part, ast.Call):
            call = _field_call(evaluate(interpreter, cls.scope, part))
            if call is not None:
                return call
    return None


def _from_call(name: str, spec: TypeSpec, call: Call, place: Place) -> Field:
    default = call.argument(0, "default")
    if default is not None and default.data is ...:
        default = None
    factory = call.keywords.get("default_factory")
    alias = call.keywords.get("validation_alias") or call.keywords.get("alias")
    env = plain(call.keywords.get("env", Value(None)))
    names: tuple[str, ...] = (env,) if isinstance(env, str) else ()
    if isinstance(env, list):
        names = tuple(str(item) for item in env)
    if call.rest is not None:
        spec, default = OTHER, Value(call.rest, place)
    checks = plain(call.keywords.get("validate_default", Value(None)))
    return Field(name, spec, default, factory, _choices(alias), names, place, checks)


def _choices(alias: Value | None) -> tuple[Choice, ...]:
    if alias is None or alias.data is None:
        return ()
    data = alias.data
    if isinstance(data, Instance) and data.type_name == "pydantic.AliasChoices":
        call: Call = data.state["call"]
        return tuple(choice for item in call.arguments for choice in _choices(item))
    if isinstance(data, Instance) and data.type_name == "pydantic.AliasPath":
        path = [plain(item) for item in data.state["call"].arguments]
        return ((str(path[0]), tuple(path[1:])),) if path else ()
    text = plain(alias)
    return ((text, ()),) if isinstance(text, str) else (("", ()),)


def config_of(cls: ClassData) -> dict[str, Any]:
    """Return the merged configuration: plain values, Unknown where not determined.

    Of several base classes version 2 lets the last one say most, version 1 the first.
    """
    if is_version_1(cls):
        merged: dict[str, Any] = {}
        for ancestor in reversed(cls.lineage()):
            merged |= _own_config(ancestor)
        return merged
    merged = {}
    for base in cls.bases:
        if isinstance(base.data, ClassData):
            merged |= config_of(base.data)
    return merged | _own_config(cls)


def _own_config(cls: ClassData) -> dict[str, Any]:
    """Return what a class writes itself: ``model_config``, ``class Config``, keywords."""
    own: dict[str, Any] = {}
    written = cls.namespace.get("model_config")
    if written is not None:
        if isinstance(written.data, DictData):
            own |= {str(key): plain(item) for key, item in written.data.items.items()}
            if written.data.rest is not None:
                own["?"] = written.data.rest
        else:
            own["?"] = Unknown("a configuration that is not known")
    inner = cls.namespace.get("Config")
    if inner is not None and isinstance(inner.data, ClassData):
        for layer in reversed(inner.data.lineage()):
            own |= {
                key: plain(item)
                for key, item in layer.namespace.items()
                if not isinstance(item.data, FunctionData)
            }
    return own | {key: plain(item) for key, item in cls.arguments.items()}


def populates_by_name(config: dict[str, Any]) -> bool:
    """Say whether a field with an alias may be given by its own name too."""
    keys = ("populate_by_name", "validate_by_name", "allow_population_by_field_name")
    return any(bool(config.get(key)) for key in keys)


def text_list(value: Any) -> list[str] | Unknown:  # noqa: ANN401 - a configuration value
    """Return ``env_file`` as a list of paths."""
    if value is None:
        return []
    if isinstance(value, Unknown):  # a tuple itself
        return value
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return list(value)
    return Unknown("env files that are not known")
