"""Annotations of pydantic fields: what a type accepts, as far as the auditor knows it."""

import ast
from typing import Any, Final

from secaudit.evaluation.control import Frame, ProgramError
from secaudit.evaluation.expressions import evaluate
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import ClassData, External, Instance, Value, plain
from secaudit.facts import Unknown
from secaudit.records import NamedTuple

_MAX_DEPTH = 12


class TypeSpec(NamedTuple):
    """One type. ``kind`` is a scalar name, list, tuple, set, dict, model, enum, literal, union."""

    kind: str
    items: tuple["TypeSpec", ...] = ()  # element types, or the members of a union
    cls: ClassData | None = None  # of a model or enumeration
    values: tuple[Any, ...] = ()  # of a literal
    constraints: tuple[tuple[str, Any], ...] = ()  # min_length, ge, ...
    undecoded: bool = False  # NoDecode
    validators: tuple[tuple[str, Value], ...] = ()  # Annotated BeforeValidator/AfterValidator

    @property
    def complex(self) -> bool:
        """Say whether pydantic-settings decodes its text as JSON."""
        if self.kind == "union":
            return any(item.complex for item in self.items)
        kinds = {"list", "tuple", "fixed-tuple", "set", "frozenset", "dict", "model", "sequence"}
        return self.kind in kinds

    @property
    def optional(self) -> bool:
        """Say whether None is among the values."""
        return self.kind == "any" or (self.kind == "union" and NONE in self.items)


_SCALARS: Final = {
    "builtins.str": "str",
    "builtins.int": "int",
    "builtins.float": "float",
    "builtins.bool": "bool",
    "builtins.bytes": "bytes",
    "builtins.object": "any",
    "typing.Any": "any",
    "typing.Text": "str",
    "datetime.timedelta": "timedelta",
    "pathlib.Path": "path",
    "pydantic.SecretStr": "secret",
    "pydantic.types.SecretStr": "secret",
    "pydantic.StrictStr": "str",
    "pydantic.StrictBool": "strict-bool",
    "pydantic.EmailStr": "email",
    "pydantic.networks.EmailStr": "email",
    "pydantic.DirectoryPath": "path",
    "pydantic.FilePath": "path",
    "pydantic.PositiveInt": "positive-int",
    "pydantic.NonNegativeInt": "non-negative-int",
    "pydantic.PositiveFloat": "positive-float",
    "pydantic.ImportString": "other",
}
_BOUNDED: Final = {
    "positive-int": ("int", ("gt", 0)),
    "non-negative-int": ("int", ("ge", 0)),
    "positive-float": ("float", ("gt", 0)),
}
_URLS: Final = frozenset(
    (
        *("AnyUrl", "AnyHttpUrl", "HttpUrl", "PostgresDsn", "RedisDsn", "AmqpDsn", "MongoDsn"),
        *("MySQLDsn", "MariaDBDsn", "KafkaDsn", "CockroachDsn", "NatsDsn", "ClickHouseDsn"),
        *("WebsocketUrl", "AnyWebsocketUrl", "FileUrl", "FtpUrl", "SnowflakeDsn"),
    )
)
_CONTAINERS: Final = {
    "builtins.list": "list",
    "typing.List": "list",
    "typing.Sequence": "sequence",
    "collections.abc.Sequence": "sequence",
    "typing.Iterable": "other",
    "builtins.tuple": "tuple",
    "typing.Tuple": "tuple",
    "builtins.set": "set",
    "typing.Set": "set",
    "builtins.frozenset": "frozenset",
    "typing.FrozenSet": "frozenset",
    "builtins.dict": "dict",
    "typing.Dict": "dict",
    "typing.Mapping": "dict",
    "collections.abc.Mapping": "dict",
}
_ENUMS: Final = ("enum.Enum", "enum.StrEnum", "enum.IntEnum")
_MODELS: Final = ("pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.v1.BaseModel")
_SETTINGS: Final = (
    "pydantic_settings.BaseSettings",
    "pydantic.v1.BaseSettings",
    "pydantic.BaseSettings",
)
NONE: Final = TypeSpec("none")
OTHER: Final = TypeSpec("other")


def resolve(
    interpreter: Interpreter, frame: Frame, node: ast.expr | None, depth: int = 0
) -> TypeSpec:
    """Return what an annotation accepts; ``other`` when the auditor does not know the type."""
    if node is None or depth > _MAX_DEPTH:
        return OTHER
    if isinstance(node, ast.Constant):
        return _constant(interpreter, frame, node, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left = resolve(interpreter, frame, node.left, depth + 1)
        return _union([left, resolve(interpreter, frame, node.right, depth + 1)])
    if isinstance(node, ast.Subscript):
        return _subscript(interpreter, frame, node, depth)
    value = _evaluated(interpreter, frame, node)
    if value is None:
        return OTHER
    alias = _alias(interpreter, value)
    return _named(value) if alias is None else resolve(interpreter, *alias, depth + 1)


def _constant(interpreter: Interpreter, frame: Frame, node: ast.Constant, depth: int) -> TypeSpec:
    if node.value is None:
        return NONE
    if isinstance(node.value, str):
        try:
            inner = ast.parse(node.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return OTHER
        return resolve(interpreter, frame, ast.copy_location(inner, node), depth + 1)
    return OTHER


def _evaluated(interpreter: Interpreter, frame: Frame, node: ast.expr) -> Value | None:
    try:
        return evaluate(interpreter, frame, node)
    except ProgramError:
        return None


def _alias(interpreter: Interpreter, value: Value) -> tuple[Frame, ast.expr] | None:
    """Return where a type alias such as ``Origins = Annotated[...]`` is written, and its frame."""
    if not isinstance(value.data, External) or value.place is None:
        return None
    node = value.place.node
    if not isinstance(node, ast.Subscript):
        return None
    syntax = value.place.module
    owner = next((one for one in interpreter.modules.values() if one.syntax is syntax), None)
    return None if owner is None else (Frame(owner), node)


def _named(value: Value) -> TypeSpec:
    data = value.data
    if isinstance(data, ClassData):
        names = data.externals()
        if any(name in _ENUMS for name in names):
            return TypeSpec("enum", cls=data)
        if any(name in _MODELS or name in _SETTINGS for name in names):
            return TypeSpec("model", cls=data)
        return OTHER
    if not isinstance(data, External):
        return OTHER
    name = data.name.replace("pydantic.v1.", "pydantic.")
    if name in _SCALARS:
        kind = _SCALARS[name]
        if kind in _BOUNDED:
            plain_kind, bound = _BOUNDED[kind]
            return TypeSpec(plain_kind, constraints=(bound,))
        return TypeSpec(kind)
    if name in _CONTAINERS:
        return TypeSpec(_CONTAINERS[name])
    if name.startswith("pydantic") and name.rpartition(".")[2] in _URLS:
        return TypeSpec("url", values=(name.rpartition(".")[2],))
    return OTHER


def _subscript(interpreter: Interpreter, frame: Frame, node: ast.Subscript, depth: int) -> TypeSpec:
    outer = _evaluated(interpreter, frame, node.value)
    name = outer.data.name if outer is not None and isinstance(outer.data, External) else ""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    short = name.rpartition(".")[2]
    if short == "Literal":
        return _literal(interpreter, frame, parts)
    if short == "Optional":
        return _union([resolve(interpreter, frame, parts[0], depth + 1), NONE])
    if short == "Union":
        return _union([resolve(interpreter, frame, part, depth + 1) for part in parts])
    if short == "Annotated":
        return _annotated(interpreter, frame, parts, depth)
    if short in {"Final", "ClassVar"}:
        return (
            TypeSpec("class-variable")
            if short == "ClassVar"
            else resolve(interpreter, frame, parts[0], depth + 1)
        )
    if name in _CONTAINERS:
        if _CONTAINERS[name] == "tuple" and not _variadic(parts):
            return TypeSpec(
                "fixed-tuple", tuple(resolve(interpreter, frame, part, depth + 1) for part in parts)
            )
        items = [p for p in parts if not (isinstance(p, ast.Constant) and p.value is ...)]
        kinds = tuple(resolve(interpreter, frame, part, depth + 1) for part in items)
        return TypeSpec(_CONTAINERS[name], kinds)
    return OTHER


def _variadic(parts: list[ast.expr]) -> bool:
    return len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is ...  # noqa: PLR2004 - tuple[x, ...]


def _literal(interpreter: Interpreter, frame: Frame, parts: list[ast.expr]) -> TypeSpec:
    values = [_evaluated(interpreter, frame, part) for part in parts]
    plains = [Unknown("") if value is None else plain(value) for value in values]
    if any(isinstance(one, Unknown) for one in plains):
        return OTHER
    return TypeSpec("literal", values=tuple(plains))


def _union(members: list[TypeSpec]) -> TypeSpec:
    flat: list[TypeSpec] = []
    for member in members:
        flat.extend(member.items if member.kind == "union" else [member])
    return flat[0] if len(flat) == 1 else TypeSpec("union", tuple(flat))


_METADATA: Final = {
    "pydantic.BeforeValidator": "before",
    "pydantic.functional_validators.BeforeValidator": "before",
    "pydantic.AfterValidator": "after",
    "pydantic.functional_validators.AfterValidator": "after",
}


def _annotated(
    interpreter: Interpreter, frame: Frame, parts: list[ast.expr], depth: int
) -> TypeSpec:
    spec = resolve(interpreter, frame, parts[0], depth + 1)
    for part in parts[1:]:
        value = _evaluated(interpreter, frame, part)
        data = None if value is None else value.data
        if isinstance(data, External):
            if data.name.rpartition(".")[2] == "NoDecode":
                spec = spec._replace(undecoded=True)
            else:
                return OTHER
        elif isinstance(data, Instance) and data.type_name == "pydantic.Field":
            spec = with_constraints(spec, data.state["call"])
        elif isinstance(data, Instance) and data.type_name in _METADATA:
            call: Call = data.state["call"]
            function = call.argument(0, "func")
            if function is None:
                return OTHER
            entry = (_METADATA[data.type_name], function)
            spec = spec._replace(validators=(*spec.validators, entry))
        elif not (isinstance(data, Instance) and data.type_name == "typing_extensions.Doc"):
            return OTHER
    return spec


_CONSTRAINTS: Final = (
    *("min_length", "max_length", "ge", "gt", "le", "lt", "multiple_of"),
    *("pattern", "regex"),  # the second is version 1's
)


def with_constraints(spec: TypeSpec, call: Call) -> TypeSpec:
    """Return a type with the constraints of a ``Field(...)`` call."""
    found = [(name, plain(call.keywords[name])) for name in _CONSTRAINTS if name in call.keywords]
    if plain(call.keywords.get("strict", Value(False))) is not False:
        return OTHER
    return spec._replace(constraints=(*spec.constraints, *found))


def describe(spec: TypeSpec) -> str:
    """Return a type's short name for reports."""
    if spec.kind == "union":
        return " | ".join(describe(item) for item in spec.items)
    if spec.kind in {"model", "enum"} and spec.cls is not None:
        return spec.cls.name
    if spec.kind == "url":
        return str(spec.values[0])
    names = {
        "secret": "SecretStr",
        "none": "None",
        "other": "",
        "path": "Path",
        "email": "EmailStr",
    }
    name = names.get(spec.kind, spec.kind.removeprefix("fixed-"))
    if spec.items:
        return f"{name}[{', '.join(describe(item) for item in spec.items)}]"
    return name
