"""pydantic and pydantic-settings: how classes of settings get their values."""

import ast
from collections.abc import Callable
from typing import Any, Final

from secaudit.evaluation.calls import call_function
from secaudit.evaluation.control import Frame, ProgramError, RefusedError
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    ClassData,
    FunctionData,
    Instance,
    ListData,
    Place,
    Value,
    merge_parts,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import Unknown
from secaudit.frameworks.pydantic_fields import (
    MODELS,
    SETTINGS,
    Field,
    config_method,
    fields_of,
    is_settings,
    is_version_1,
)
from secaudit.frameworks.pydantic_models import Builder, build_nested, wrap
from secaudit.frameworks.pydantic_nodes import Leaf, Node
from secaudit.frameworks.pydantic_sources import STANDARD, given_to, names_of, sources_of
from secaudit.frameworks.pydantic_tables import Config, Table, file_tables, read_config
from secaudit.frameworks.standard_library import library_object


def _make_settings(cls: ClassData, call: Call) -> Value:
    """``Settings(...)``: arguments, process environment, env files, defaults."""
    interpreter = call.interpreter
    interpreter.state.setdefault("built", set()).add(id(cls.node))
    config = read_config(cls, call.keywords, version_1=is_version_1(cls))
    order = _source_order(interpreter, cls, call)
    fields = fields_of(interpreter, cls)
    if config.unknown is not None or order is None or call.rest is not None or cls.open_bases():
        return _all_unknown(cls, call, fields, config.unknown)
    files = file_tables(interpreter, config)
    sources = sources_of(interpreter, config, files)
    nodes: dict[str, Node] = {}
    names: dict[str, tuple[str, ...]] = {}
    for name, field in fields.items():
        node = given_to(call, config, field, order, sources)
        if node is not None:
            nodes[name] = node
        names[name] = tuple(
            one if config.case_sensitive else one.upper() for one, _ in names_of(config, field)
        )
    refused = _note_fields(interpreter, cls, config, fields, files)
    builder = Builder(
        cls,
        call,
        check_defaults=config.validate_default,
        version_1=config.version_1,
        exact=config.case_sensitive,
    )
    instance = builder.build(nodes, names)
    instance.state["paths"] = _paths(fields)
    if interpreter.replaceable and (refused or _is_refused(instance)):
        raise RefusedError("ValidationError", f"start-up refuses {cls.name}", call.place)
    interpreter.instances.append(instance)
    return Value(instance, call.place)


def _source_order(interpreter: Interpreter, cls: ClassData, call: Call) -> list[str] | None:
    """Return the sources, strongest first; None when the class adds one that is not known."""
    written = cls.find("settings_customise_sources")
    method = config_method(cls, "customise_sources") if written is None else written.data
    if method is None:
        return list(STANDARD)
    if not isinstance(method, FunctionData):
        return None
    frame: Frame = method.frame
    place = Place(frame.module.syntax, method.node)
    spec = method.node.args
    names = [argument.arg for argument in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
    markers = {name: Value(Instance(f"source.{name}"), place) for name in names[1:]}
    if "settings_cls" in markers:
        markers["settings_cls"] = Value(cls, place)
    bound = method.bound(Value(cls, place))
    try:
        result = call_function(bound, Call(interpreter, frame, place, [], markers))
    except ProgramError:
        return None
    if not isinstance(result.data, ListData) or result.data.rest is not None:
        return None
    found = [
        item.data.type_name.removeprefix("source.")
        for item in result.data.items
        if isinstance(item.data, Instance)
    ]
    known = len(found) == len(result.data.items) and set(found) <= set(STANDARD)
    del call
    return found if known else None


def _all_unknown(
    cls: ClassData, call: Call, fields: dict[str, Field], reason: Unknown | None
) -> Value:
    reason = reason or Unknown("settings come from a source that is not known")
    instance = Instance(cls.name, cls, call.interpreter.level)
    instance.state["types"] = {}
    for name, field in fields.items():
        instance.attributes[name] = Value(reason, field.place)
    call.interpreter.environment.searched = True
    call.interpreter.instances.append(instance)
    return Value(instance, call.place)


def _note_fields(
    interpreter: Interpreter,
    cls: ClassData,
    config: Config,
    fields: dict[str, Field],
    files: list[Table],
) -> bool:
    """Note dead ``Field(env=)`` and refused keys; returns whether there are refused ones."""
    for name, field in fields.items():
        actual = names_of(config, field)[0][0]
        for written in field.written_env:
            if not config.version_1 and written.lower() != actual.lower():
                interpreter.observe(
                    "field-env-ignored",
                    field.place.location(),
                    name,
                    field=name,
                    written=written,
                    actual=actual.upper(),
                )
    refused = False
    if config.extra != "forbid" or config.version_1:
        return refused
    known = {config.normal(one) for field in fields.values() for one, _ in names_of(config, field)}
    starts = [
        config.normal(f"{one}{config.delimiter}")
        for field in fields.values()
        if field.spec.complex and config.delimiter
        for one, _ in names_of(config, field)
    ]
    for table in files:
        for key, (written, candidate) in table.items():
            if config.prefix and key in fields:  # the library passes over unprefixed field names
                continue
            nested = any(key.startswith(one) for one in starts)
            given = isinstance(candidate.value, str) and candidate.value != ""
            if key in known or nested or not given or candidate.location is None:
                continue
            refused = True
            interpreter.observe(
                "key-refused", candidate.location, written, key=written, cls=cls.name
            )
    return refused


def _paths(fields: dict[str, Field]) -> dict[str, str]:
    """Return fields with an ``AliasPath``, and what it says: ``jwt.secret_key``.

    An item of a list means what one of its kind does: ``SECRET_KEYS``, 0 is a ``SECRET_KEY``.
    """
    found: dict[str, str] = {}
    for name, field in fields.items():
        for given, path in field.choices:
            if path:
                text = ".".join(step for step in (given, *path) if isinstance(step, str))
                found[name] = text if isinstance(path[-1], str) else text.rstrip("sS")
    return found


def _is_refused(instance: Instance) -> bool:
    """Say whether some value of an object, or of one inside it, stops start-up."""
    return any(
        value.error is not None or (isinstance(value.data, Instance) and _is_refused(value.data))
        for value in instance.attributes.values()
    )


def _make_model(cls: ClassData, call: Call) -> Value:
    """``Model(...)`` of a class that does not read the environment."""
    if call.rest is not None or cls.open_bases():
        return unknown("an object whose values are not known", call.place)
    nodes: dict[str, Node] = {name: Leaf(v, (), "") for name, v in call.keywords.items()}
    return Value(build_nested(cls, nodes, call), call.place)


def _config_dict(call: Call) -> Value:
    return call.interpreter.dict_value(dict(call.keywords), call.place, call.rest)


def _wrapping(name: str) -> Callable[[Call], Value]:
    def make(call: Call) -> Value:
        return wrap(name, call.arguments[0]) if call.arguments else unknown("no text", call.place)

    return make


def _unwrap(receiver: Value, instance: Instance, call: Call) -> Value:
    """``secret.get_secret_value()``: the same setting, as text."""
    inner: Value | None = instance.state.get("plain")
    if inner is None:
        return unknown("a wrapped value that is not known", call.place)
    return inner._replace(source=receiver.source, parts=receiver.parts)


def _build_url(call: Call) -> Value:
    """``PostgresDsn.build(scheme=, username=, password=, host=, port=, path=)``."""
    given: dict[str, Any] = {name: plain(value) for name, value in call.keywords.items()}
    if (
        call.rest is not None
        or call.arguments
        or any(isinstance(part, Unknown) for part in given.values())
    ):
        return unknown("a URL whose parts are not known", call.place)
    user = given.get("username", given.get("user"))
    password, host, port = given.get("password"), given.get("host"), given.get("port")
    login = f"{user or ''}{f':{password}' if password else ''}@" if user or password else ""
    path = str(given.get("path") or "").removeprefix("/")
    query = f"?{given['query']}" if given.get("query") else ""
    tail = f"/{path}" if path else ""
    text = f"{given.get('scheme')}://{login}{host or ''}{f':{port}' if port else ''}{tail}{query}"
    parts = list(call.keywords.values())
    value = Value(text, call.place, (), merge_variables(parts), None, merge_parts(parts))
    return wrap("pydantic.AnyUrl", value)


def _finish(interpreter: Interpreter) -> None:
    """Make one object of every settings class that nobody makes one of.

    One that code offers beside another, and does not choose in this deployment, stays unmade.
    """
    built: set[int] = interpreter.state.setdefault("built", set())
    bases = {id(a.node) for cls in interpreter.classes for a in cls.lineage()[1:]}
    unmade = [
        cls
        for cls in interpreter.classes
        if is_settings(cls) and id(cls.node) not in built and id(cls.node) not in bases
    ]
    chosen = any(is_settings(cls) and id(cls.node) in built for cls in interpreter.classes)
    offered = _offered(interpreter) if unmade and chosen else set()
    for cls in unmade:
        if cls.name in offered:
            continue
        place = Place(cls.module.syntax, cls.node)
        _make_settings(cls, Call(interpreter, Frame(cls.module), place, [], {}))


def _offered(interpreter: Interpreter) -> set[str]:
    """Return the names that code calls, or holds ready in a display or a conditional."""
    found: set[str] = set()
    for module in interpreter.modules.values():
        for node in ast.walk(module.syntax.tree):
            places: list[ast.expr] = []
            if isinstance(node, ast.Call):
                places = [node.func]
            elif isinstance(node, ast.Dict):
                places = node.values
            elif isinstance(node, ast.List | ast.Tuple):
                places = node.elts
            elif isinstance(node, ast.IfExp):
                places = [node.body, node.orelse]
            found |= {getattr(one, "id", getattr(one, "attr", "")) for one in places}
    return found


_NAMES: Final = (
    "pydantic",
    "pydantic.v1",
    "pydantic.types",
    "pydantic.networks",
    "pydantic.fields",
)
_URL_TYPES: Final = (
    "PostgresDsn",
    "AnyUrl",
    "AnyHttpUrl",
    "HttpUrl",
    "RedisDsn",
    "MongoDsn",
    "AmqpDsn",
    "MySQLDsn",
    "MultiHostUrl",
    "Url",
)

CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "pydantic_settings.SettingsConfigDict": _config_dict,
    "pydantic.ConfigDict": _config_dict,
    "pydantic.field_validator": library_object("pydantic.field_validator"),
    "pydantic.validator": library_object("pydantic.validator"),
    "pydantic.v1.validator": library_object("pydantic.validator"),
    "pydantic.model_validator": library_object("pydantic.model_validator"),
    "pydantic.root_validator": library_object("pydantic.root_validator"),
    "pydantic.v1.root_validator": library_object("pydantic.root_validator"),
    "pydantic.AliasChoices": library_object("pydantic.AliasChoices"),
    "pydantic.AliasPath": library_object("pydantic.AliasPath"),
    "pydantic.BeforeValidator": library_object("pydantic.BeforeValidator"),
    "pydantic.AfterValidator": library_object("pydantic.AfterValidator"),
    "pydantic.computed_field": lambda call: (
        call.arguments[0] if call.arguments else library_object("pydantic.computed_field")(call)
    ),
    **{f"{prefix}.Field": library_object("pydantic.Field") for prefix in _NAMES},
    **{f"{prefix}.SecretStr": _wrapping("pydantic.SecretStr") for prefix in _NAMES},
    **{
        f"{prefix}.{name}": _wrapping("pydantic.AnyUrl") for prefix in _NAMES for name in _URL_TYPES
    },
    **{
        f"{prefix}.{name}.build": _build_url
        for prefix in (*_NAMES, "pydantic_core")
        for name in _URL_TYPES
    },
}
METHODS: Final = {
    "pydantic.SecretStr.get_secret_value": _unwrap,
    "pydantic.AnyUrl.unicode_string": _unwrap,
    "pydantic.AnyUrl.__str__": _unwrap,
}
BASES: Final[dict[str, Callable[[ClassData, Call], Value]]] = {
    **dict.fromkeys(SETTINGS, _make_settings),
    **dict.fromkeys(MODELS, _make_model),
}
FINISH: Final = _finish
