"""Libraries the evaluator knows: one a file, loaded when code names one of its symbols.

A framework module offers tables; every one is optional:

- ``CALLS``: dotted name -> ``(call) -> Value``
- ``METHODS``: ``type.method`` -> ``(receiver, instance, call) -> Value``
- ``ATTRIBUTES``: ``type.attribute`` -> ``(interpreter, instance, place) -> Value``
- ``ABSENT``: family of project classes -> ``(interpreter, instance, name, place) -> Value | None``
  for attributes that are no field
- ``EXTERNALS``: dotted name -> ``(interpreter, place) -> Value`` for attributes of libraries
- ``ITEMS``: type or dotted name -> ``(interpreter, receiver, key, place) -> Value``
- ``SET_ATTRIBUTES``, ``SET_ITEMS``: the same for assignments
- ``MAPPINGS``: dotted name of a symbol that is a mapping -> ``(interpreter, place) -> Value``
- ``CONTAINS``: the same -> ``(interpreter, key, place) -> Value``, whether it has the key
- ``BASES``: dotted name of a base class -> ``(cls, call) -> Value``
- ``CLASS_ATTRIBUTES``: base class -> ``(interpreter, cls, name, place) -> Value | None``
- ``ITERATIONS``: base class -> ``(cls, interpreter, place) -> Value``, what a loop over it sees
- ``FINISH``: ``(interpreter) -> None``, run when all code was evaluated
"""

from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from secaudit.evaluation.calls import MISFITS
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    ClassData,
    External,
    Instance,
    Method,
    Place,
    Value,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_MODULES: Final[dict[str, tuple[str, ...]]] = {  # top package of a library: who knows it
    "builtins": ("python_builtins", "files"),
    "super": ("python_builtins",),
    "io": ("files",),
    "os": ("operating_system",),
    "pathlib": ("operating_system",),
    "datetime": ("standard_library", "moments"),
    "time": ("moments",),
    "json": ("standard_library", "data_readers"),
    **dict.fromkeys(("tomllib", "tomli", "toml", "yaml"), ("data_readers",)),
    "configparser": ("ini_files",),
    "sys": ("standard_library",),
    "secrets": ("standard_library",),
    "uuid": ("standard_library",),
    "urllib": ("standard_library", "clients"),
    "functools": ("standard_library",),
    "enum": ("enumerations",),
    "dataclasses": ("standard_library",),
    "attr": ("structs",),
    "attrs": ("structs",),
    "msgspec": ("structs",),
    "typing": ("standard_library",),
    "random": ("standard_library",),
    "ast": ("standard_library",),
    "distutils": ("standard_library",),
    "setuptools": ("standard_library",),
    "logging": ("standard_library", "log_levels"),
    "hashlib": ("fast_hashes",),
    "werkzeug": ("fast_hashes", "servers"),
    "aiohttp": ("certificates", "clients"),
    "urllib3": ("certificates",),
    "redis": ("certificates", "data_stores"),
    "ssl": ("clients", "certificates"),
    "base64": ("standard_library",),
    "string": ("standard_library",),
    "dotenv": ("dotenv",),
    "environ": ("environ",),
    "environs": ("environs",),
    "decouple": ("decouple",),
    "dynaconf": ("dynaconf",),
    "dj_database_url": ("dj_database_url",),
    "django": ("django_objects",),
    "rest_framework": ("rest_framework",),
    "flask": ("flask", "flask_configuration"),
    "flask_cors": ("flask_extensions",),
    "flask_talisman": ("flask_extensions",),
    "flask_limiter": ("flask_extensions",),
    "quart": ("flask",),
    "quart_cors": ("flask_extensions",),
    "litestar": ("litestar",),
    "slowapi": ("slowapi",),
    "strawberry": ("graphql",),
    "ariadne": ("graphql",),
    **dict.fromkeys(("graphene_django", "flask_graphql", "graphql_server"), ("graphql",)),
    "fastapi": ("starlette",),
    "starlette": ("starlette", "starlette_config"),
    **dict.fromkeys(("uvicorn", "hypercorn", "granian", "waitress"), ("servers",)),
    "jwt": ("tokens",),
    "jose": ("tokens",),
    "joserfc": ("tokens",),
    "authlib": ("tokens",),
    "fastapi_users": ("tokens",),
    "itsdangerous": ("tokens",),
    **dict.fromkeys(("passlib", "pwdlib", "bcrypt"), ("passwords",)),
    **dict.fromkeys(
        (
            *("sqlalchemy", "sqlmodel", "databases", "psycopg2", "psycopg", "psycopg_pool"),
            *("asyncpg", "pymysql", "aiomysql", "MySQLdb", "mysql", "pymongo", "motor"),
            *("aioredis", "clickhouse_connect", "minio"),
        ),
        ("data_stores",),
    ),
    **dict.fromkeys(
        ("aio_pika", "pika", "kombu", "kafka", "aiokafka", "confluent_kafka"), ("brokers",)
    ),
    **dict.fromkeys(
        ("elasticsearch", "opensearchpy", "neo4j", "influxdb_client", "qdrant_client"),
        ("http_stores",),
    ),
    **dict.fromkeys(
        ("grpc", "ldap", "ldap3", "paramiko", "asyncssh", "hvac", "boto3", "sentry_sdk"),
        ("upstreams",),
    ),
    **dict.fromkeys(("smtplib", "aiosmtplib", "fastapi_mail"), ("mail",)),
    **dict.fromkeys(("requests", "httpx", "websockets", "http", "cryptography"), ("clients",)),
    "celery": ("celery",),
    "pydantic": ("pydantic_settings",),
    "pydantic_core": ("pydantic_settings",),
    "pydantic_settings": ("pydantic_settings",),
}
_LOADED: Final[dict[str, Any]] = {}


def _table(name: str, table: str, key: str) -> Any:  # noqa: ANN401 - entries of several kinds
    """Return the entry ``key`` of a table of the modules that know the library of ``name``."""
    for module_name in _MODULES.get(name.split(".", 1)[0], ()):
        module = _LOADED.get(module_name)
        if module is None:
            module = _LOADED[module_name] = import_module(f"secaudit.frameworks.{module_name}")
        entry = getattr(module, table, {}).get(key)
        if entry is not None:
            return entry
    return None


def call_external(name: str, call: Call) -> Value:
    """Return what calling a library function or class returns."""
    handler: Callable[[Call], Value] | None = _table(name, "CALLS", name)
    if handler is None:
        if name.startswith("logging.") and name.rpartition(".")[2] in _LOGGING:
            return _logged(call)
        return unknown(f"calls {name.removeprefix('builtins.')}()", call.place)
    try:
        return handler(call)
    except MISFITS:
        return unknown(f"calls {name} with arguments that do not fit", call.place)


def call_unknown(name: str, call: Call) -> Value | None:
    """Return what a method of an object of unknown type does, where its name tells."""
    if name in _TELLING:
        return _told(name, call)
    if name in _LOGGING:
        return _logged(call)
    return None


def _told(name: str, call: Call) -> Value | None:
    from secaudit.frameworks import sinks, starlette  # noqa: PLC0415 - only these names need it

    if name == "set_cookie" and (call.arguments or call.keywords):
        return sinks.cookie(call)
    if name == "add_middleware" and call.arguments:
        return starlette.add_middleware(Value(None), Instance("unknown"), call)
    if name == "form" and "max_part_size" in call.keywords:  # of a request of Starlette
        sinks.record(call, "request.form", (sinks.Argument("max_part_size", "limit.body"),))
    return None


_TELLING: Final = frozenset({"set_cookie", "add_middleware", "form"})
_LOGGING: Final = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log"})


def _logged(call: Call) -> Value:
    """Remember what is logged."""
    from secaudit.frameworks.secrets_shown import show  # noqa: PLC0415 - only calls of loggers

    show(call)
    return unknown("what a logger returns", call.place)


def call_method(receiver: Value, instance: Instance, name: str, call: Call) -> Value:
    """Return what a method of a library object returns."""
    kind = instance.state.get("family", instance.type_name)
    key = f"{kind}.{name}"
    handler: Callable[[Value, Instance, Call], Value] | None = _table(kind, "METHODS", key)
    if handler is None:
        return unknown(f"calls {key}()", call.place)
    try:
        return handler(receiver, instance, call)
    except MISFITS:
        return unknown(f"calls {key} with arguments that do not fit", call.place)


def attribute(
    interpreter: Interpreter, receiver: Value, instance: Instance, name: str, place: Place
) -> Value | None:
    """Return an attribute of a library object, None when it is a method or not known."""
    key = f"{instance.type_name}.{name}"
    handler = _table(instance.type_name, "ATTRIBUTES", key)
    if handler is not None:
        made: Value = handler(interpreter, instance, place)
        return made
    if instance.cls is None and _table(instance.type_name, "METHODS", key) is not None:
        return Value(Method(receiver, name), place)
    family = instance.state.get("family", "")
    absent = _table(family, "ABSENT", family)
    return None if absent is None else absent(interpreter, instance, name, place)


def external_attribute(
    interpreter: Interpreter, owner: str, name: str, place: Place
) -> Value | None:
    """Return an attribute of a library symbol that stands for a value."""
    handler = _table(owner, "EXTERNALS", f"{owner}.{name}") or _table(
        owner, "EXTERNALS", f"{owner}.*"
    )
    return None if handler is None else handler(interpreter, name, place)


def external_subscript(
    interpreter: Interpreter, name: str, key: Value, place: Place
) -> Value | None:
    """Return an item of a library symbol, such as ``os.environ[key]``."""
    handler = _table(name, "ITEMS", name)
    return None if handler is None else handler(interpreter, Value(External(name)), key, place)


def subscript(
    interpreter: Interpreter, receiver: Value, instance: Instance, key: Value, place: Place
) -> Value | None:
    """Return an item of a library object."""
    handler = _table(instance.type_name, "ITEMS", instance.type_name)
    return None if handler is None else handler(interpreter, receiver, key, place)


def mapping(interpreter: Interpreter, name: str, place: Place | None) -> Value | None:
    """Return the entries of a library symbol that is a mapping, such as ``os.environ``."""
    handler = _table(name, "MAPPINGS", name)
    return None if handler is None else handler(interpreter, place)


def contains(interpreter: Interpreter, name: str, key: Value, place: Place) -> Value | None:
    """Say whether a library symbol that is a mapping has a key."""
    handler = _table(name, "CONTAINS", name)
    return None if handler is None else handler(interpreter, key, place)


def set_attribute(
    interpreter: Interpreter, instance: Instance, name: str, value: Value, place: Place
) -> bool:
    """Note an assignment to an attribute of a library object; False when none is interested."""
    handler = _table(instance.type_name, "SET_ATTRIBUTES", f"{instance.type_name}.{name}")
    if handler is None:
        return False
    handler(interpreter, instance, value, place)
    return True


def set_item(
    interpreter: Interpreter, receiver: Value, key: Value, value: Value, place: Place
) -> None:
    """Note an assignment to an item of a library object."""
    data = receiver.data
    name = data.type_name if isinstance(data, Instance) else data.name
    handler = _table(name, "SET_ITEMS", name)
    if handler is not None:
        handler(interpreter, receiver, key, value, place)


def make_instance(cls: ClassData, call: Call) -> Value | None:
    """Return an object of a project class that derives from a library class."""
    for base in cls.externals():
        handler: Callable[[ClassData, Call], Value] | None = _table(base, "BASES", base)
        if handler is not None:
            return handler(cls, call)
    return None


def class_attribute(
    interpreter: Interpreter, cls: ClassData, name: str, place: Place
) -> Value | None:
    """Return a class attribute where a library base class gives it a meaning of its own."""
    for base in cls.externals():
        handler = _table(base, "CLASS_ATTRIBUTES", base)
        if handler is not None:
            found: Value | None = handler(interpreter, cls, name, place)
            return found
    return None


def iteration(interpreter: Interpreter, cls: ClassData, place: Place | None) -> Value | None:
    """Return what a loop over a class sees, where a library gives it items."""
    for base in cls.externals():
        handler = _table(base, "ITERATIONS", base)
        if handler is not None:
            found: Value = handler(cls, interpreter, place)
            return found
    return None


def finish(interpreter: Interpreter) -> None:
    """Let every library that was met say its last word; look at what is written without one."""
    for cls in interpreter.classes:  # a class may be defined and never called
        for base in cls.externals():
            _table(base, "BASES", base)
    for module in list(_LOADED.values()):
        last = getattr(module, "FINISH", None)
        if last is not None:
            with suppress(ProgramError):  # an object that cannot be made hides no other
                last(interpreter)
    modules = list(interpreter.modules.values())
    if any("llow-" in module.syntax.text for module in modules):
        from secaudit.frameworks import cors_headers  # noqa: PLC0415 - only code with headers

        cors_headers.look(interpreter)
    if any(mark in module.syntax.text for module in modules for mark in _ERRORS):
        from secaudit.frameworks import error_details  # noqa: PLC0415 - only code that handles them

        error_details.look(interpreter)
    if any("min_length" in module.syntax.text for module in modules):
        from secaudit.frameworks import password_fields  # noqa: PLC0415 - only code with lengths

        password_fields.look(interpreter)
    if any("authjwt_cookie" in module.syntax.text for module in modules):
        from secaudit.frameworks import authjwt  # noqa: PLC0415 - only code with its settings

        authjwt.look(interpreter)


_ERRORS: Final = ("format_exc", "exception_handler", "errorhandler", "error_handler")
