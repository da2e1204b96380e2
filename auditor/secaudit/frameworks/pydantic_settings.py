"""pydantic and pydantic-settings: how classes of settings get their values."""

import ast
from collections.abc import Callable
from typing import Any, Final

from secaudit.evaluation.control import Frame
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    ClassData,
    Instance,
    Place,
    Value,
    merge_parts,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import Unknown
from secaudit.frameworks.pydantic_fields import MODELS, SETTINGS, is_settings
from secaudit.frameworks.pydantic_methods import FAMILY, METHODS_OF_MODELS, absent
from secaudit.frameworks.pydantic_objects import make_model, make_settings
from secaudit.frameworks.pydantic_values import wrap
from secaudit.frameworks.standard_library import library_object
from secaudit.syntax.python import last_name


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
        make_settings(cls, Call(interpreter, Frame(cls.module), place, [], {}))


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
            found |= {last_name(one) for one in places}
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
    **METHODS_OF_MODELS,
}
ABSENT: Final = {FAMILY: absent}
BASES: Final[dict[str, Callable[[ClassData, Call], Value]]] = {
    **dict.fromkeys(SETTINGS, make_settings),
    **dict.fromkeys(MODELS, make_model),
}
FINISH: Final = _finish
