"""Makes objects of pydantic classes: from arguments, and for settings from the environment."""

from typing import TYPE_CHECKING

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
    unknown,
)
from secaudit.facts import Unknown
from secaudit.frameworks.pydantic_fields import Field, config_method, fields_of, is_version_1
from secaudit.frameworks.pydantic_models import Builder, build_nested
from secaudit.frameworks.pydantic_nodes import Leaf, Node, as_node
from secaudit.frameworks.pydantic_sources import (
    STANDARD,
    Inputs,
    given_to,
    names_of,
    sources_of,
)
from secaudit.frameworks.pydantic_tables import Config, Table, file_tables, read_config

if TYPE_CHECKING:
    from secaudit.frameworks.pydantic_init import Make


def make_settings(cls: ClassData, call: Call) -> Value:
    """Return ``Settings(...)``, an object of a class that reads the environment.

    Raises:
        RefusedError: the class refuses its values, and code makes other settings then.
    """
    interpreter = call.interpreter
    interpreter.state.setdefault("built", set()).add(id(cls.node))
    made = _by_own_init(cls, call, _settings) or _settings(cls, call)
    if interpreter.replaceable and _is_refused(made):
        raise RefusedError("ValidationError", f"start-up refuses {cls.name}", call.place)
    interpreter.instances.append(made)
    return Value(made, call.place)


def make_model(cls: ClassData, call: Call) -> Value:
    """Return ``Model(...)``, an object of a class that does not read the environment."""
    made = _by_own_init(cls, call, _model) or _model(cls, call)
    if made is None:
        return unknown("an object whose values are not known", call.place)
    if _is_configuration(cls, call):
        call.interpreter.instances.append(made)
    return Value(made, call.place)


def _by_own_init(cls: ClassData, call: Call, make: "Make") -> Instance | None:
    if cls.find("__init__") is None:
        return None
    from secaudit.frameworks.pydantic_init import by_own_init  # noqa: PLC0415 - few classes have one

    return by_own_init(cls, call, make)


def _is_configuration(cls: ClassData, call: Call) -> bool:
    """Say whether code fills a model by hand with the settings of the program.

    Its name says so; so does where it is made, or a variable of the environment among its values.
    """
    named = any(word in cls.name.lower() for word in ("config", "settings"))
    given = any(value.variables for value in call.keywords.values())
    return named and (given or call.frame.is_module())


def _model(cls: ClassData, call: Call) -> Instance | None:
    if call.rest is not None or cls.open_bases():
        return None
    nodes: dict[str, Node] = {name: Leaf(v, (), "") for name, v in call.keywords.items()}
    return build_nested(cls, nodes, call)


def _settings(cls: ClassData, call: Call) -> Instance:
    """Fill an object from arguments, the process environment, env files and defaults."""
    interpreter = call.interpreter
    config = read_config(cls, call.keywords, version_1=is_version_1(cls))
    order = _source_order(interpreter, cls)
    fields = fields_of(interpreter, cls)
    if config.unknown is not None or order is None or call.rest is not None or cls.open_bases():
        return _all_unknown(cls, call, fields, config.unknown)
    strange = _strange(config, fields, call.keywords)
    if strange:
        reason = Unknown(f"start-up refuses {strange}, which is no field of {cls.name}")
        return _all_unknown(cls, call, fields, reason)
    files = file_tables(interpreter, config)
    nodes: dict[str, Node] = {}
    names: dict[str, tuple[str, ...]] = {}
    given: dict[str, Node] = {
        name: as_node(one) if config.partial else Leaf(one, (), "")
        for name, one in call.keywords.items()
    }
    inputs = Inputs(order, sources_of(interpreter, config, files), given)
    for name, field in fields.items():
        node = given_to(interpreter, config, field, inputs)
        if node is not None:
            nodes[name] = node
        names[name] = tuple(
            one if config.case_sensitive else one.upper() for one, _ in names_of(config, field)
        )
    _note_dead_names(interpreter, config, fields)
    refused = _note_refused(interpreter, cls, config, fields, files)
    builder = Builder(
        cls,
        call,
        check_defaults=config.validate_default,
        version_1=config.version_1,
        exact=config.case_sensitive,
    )
    builder.partial = config.partial
    instance = builder.build(nodes, names)
    instance.state["paths"] = _paths(fields)
    instance.state["refused"] = refused
    return instance


def _strange(config: Config, fields: dict[str, Field], arguments: dict[str, Value]) -> str:
    """Return an argument that a class refuses since it has no such field, else ``""``."""
    if config.extra != "forbid" or config.version_1:
        return ""
    names = {one for field in fields.values() for one, _ in field.choices} | set(fields)
    names |= {name.lower() for name in names}
    given = (name for name in arguments if not name.startswith("_"))
    return next((name for name in given if name.lower() not in names), "")


def _source_order(interpreter: Interpreter, cls: ClassData) -> list[str] | None:
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
    return found if known else None


def _all_unknown(
    cls: ClassData, call: Call, fields: dict[str, Field], reason: Unknown | None
) -> Instance:
    reason = reason or Unknown("settings come from a source that is not known")
    instance = Instance(cls.name, cls, call.interpreter.level)
    instance.state["types"] = {}
    for name, field in fields.items():
        instance.attributes[name] = Value(reason, field.place)
    call.interpreter.environment.searched = True
    return instance


def _note_dead_names(interpreter: Interpreter, config: Config, fields: dict[str, Field]) -> None:
    """Note ``Field(env=)``, which version 2 passes over."""
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


def _note_refused(
    interpreter: Interpreter,
    cls: ClassData,
    config: Config,
    fields: dict[str, Field],
    files: list[Table],
) -> bool:
    """Note the keys of env files that a class refuses; returns whether there are any."""
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
    return instance.state.get("refused", False) or any(
        value.error is not None or (isinstance(value.data, Instance) and _is_refused(value.data))
        for value in instance.attributes.values()
    )
