"""Where pydantic-settings looks for values: process environment, env files, in its own rules."""

from collections.abc import Iterator
from os.path import join
from typing import Any, NamedTuple, Union

from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import ClassData, Value, plain
from secaudit.facts import Candidate, Unknown
from secaudit.frameworks.pydantic_coercion import InvalidError, decode
from secaudit.frameworks.pydantic_fields import Choice, Field, config_of, fields_of, text_list
from secaudit.frameworks.pydantic_types import TypeSpec
from secaudit.location import Location
from secaudit.syntax.dotenv import effective, resolve


class Leaf(NamedTuple):
    """A given value: plain data or an evaluated value, and the places that give it, best first."""

    data: Any
    candidates: tuple[Candidate, ...]
    variable: str
    error: str | None = None


Node = Union[Leaf, dict[str, "Node"]]  # noqa: UP007 - a name in quotes cannot be an operand
Table = dict[str, tuple[str, Candidate]]  # normalised name -> name as written, what it gives


def collapse(node: Node) -> Any:  # noqa: ANN401 - plain data
    """Return a tree of given values as plain data."""
    if isinstance(node, dict):
        return {key: collapse(item) for key, item in node.items()}
    return plain(node.data)


class Config(NamedTuple):
    """The configuration keys that decide where values come from."""

    prefix: str
    delimiter: str
    max_split: int
    case_sensitive: bool
    ignore_empty: bool
    none_text: str | None
    decoding: bool
    by_name: bool
    by_alias: bool
    extra: str
    env_files: list[str] | Unknown
    secret_folders: list[str] | Unknown
    version_1: bool
    prefix_target: str
    validate_default: bool
    unknown: Unknown | None

    def normal(self, name: str) -> str:
        """Return a variable's name as it is compared."""
        return name if self.case_sensitive else name.lower()


def read_config(cls: ClassData, given: dict[str, Value], *, version_1: bool) -> Config:
    """Return the configuration of a settings class with the ``_``-arguments of its call."""
    merged = config_of(cls)
    merged |= {name[1:]: plain(value) for name, value in given.items() if name.startswith("_")}
    decisive = [value for key, value in merged.items() if key not in {"env_file", "secrets_dir"}]
    unknown = next((value for value in decisive if isinstance(value, Unknown)), None)
    by_name = bool(merged.get("populate_by_name") or merged.get("validate_by_name"))
    return Config(
        prefix=str(merged.get("env_prefix") or ""),
        delimiter=str(merged.get("env_nested_delimiter") or ""),
        max_split=int(merged.get("env_nested_max_split") or 0),
        case_sensitive=merged.get("case_sensitive") is True,
        ignore_empty=merged.get("env_ignore_empty") is True,
        none_text=merged.get("env_parse_none_str"),
        decoding=merged.get("enable_decoding") is not False,
        by_name=by_name or bool(merged.get("allow_population_by_field_name")),
        by_alias=merged.get("validate_by_alias") is not False,
        extra=str(merged.get("extra") or "forbid").rpartition(".")[2],
        env_files=text_list(merged.get("env_file")),
        secret_folders=text_list(merged.get("secrets_dir")),
        version_1=version_1,
        prefix_target=str(merged.get("env_prefix_target") or "variable"),
        validate_default=merged.get("validate_default", not version_1) is True
        or merged.get("validate_all") is True,
        unknown=unknown,
    )


def process_table(interpreter: Interpreter, config: Config) -> Table:
    """Return the process environment by normalised name."""
    table: Table = {}
    for name in interpreter.environment.names():
        candidates = interpreter.environment.peek(name)
        if not (config.ignore_empty and candidates[0].value == ""):
            table[config.normal(name)] = (name, candidates[0])
    return table


def file_tables(interpreter: Interpreter, config: Config) -> list[Table]:
    """Return the env files, the strongest (the last one named) first."""
    if isinstance(config.env_files, Unknown):
        return []

    def environment(name: str) -> str | Unknown | None:
        given = interpreter.environment.peek(name)
        return given[0].value if given else None

    tables: list[Table] = []
    for path in config.env_files:
        file = interpreter.world.open(path, "python-dotenv")
        if file is None:
            continue
        table: Table = {}
        for key, item in effective(resolve(file, environment, override=True)).items():
            value: Any = item.value
            if value == "" and item.absent:
                value = Unknown(f"refers to {item.absent[0]}, which is not given")
            if config.ignore_empty and value == "":
                continue
            entry = item.entry
            literal = all(isinstance(part, str) for part in entry.parts)
            place = entry.value_location
            table[config.normal(key)] = (
                key,
                Candidate("env-file", value, entry.raw, place, literal),
            )
        tables.insert(0, table)
    return tables


def secret_table(interpreter: Interpreter, config: Config) -> Table | Unknown:
    """Return the files of ``secrets_dir`` by normalised name, those of the last folder first.

    Unknown when a folder is not in the project: whoever runs the program mounts it.
    """
    if isinstance(config.secret_folders, Unknown):
        return config.secret_folders
    table: Table = {}
    for folder in config.secret_folders:
        names = interpreter.world.names(folder)
        if names is None:
            return Unknown(f"a file of {folder}, which is not in the project, may give it")
        for name in reversed(names):
            text = interpreter.world.text(join(folder, name))
            if text is not None:
                place = _place(interpreter.world.absolute(join(folder, name)), text)
                candidate = Candidate(
                    "secrets-dir", text.strip(), text.strip(), place, literal=True
                )
                table[config.normal(name)] = (name, candidate)
    return table


def _place(path: str, text: str) -> Location:
    """Return the span of a text without the blanks around it."""
    before = text[: len(text) - len(text.lstrip())]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    lines = text.strip().split("\n")
    end = column + len(lines[0]) if len(lines) == 1 else len(lines[-1]) + 1
    return Location(path, line, column, line + len(lines) - 1, end)


def names_of(config: Config, field: Field) -> list[Choice]:
    """Return the variables of a field, in the order they are tried."""
    if config.version_1 and field.written_env:
        return [(name, ()) for name in field.written_env]
    choices: list[Choice] = []
    if field.choices and config.by_alias:
        prefix = config.prefix if config.prefix_target in {"alias", "all"} else ""
        choices = [(prefix + name, path) for name, path in field.choices]
        if config.version_1:
            choices = []
    if not choices or config.by_name:
        prefix = config.prefix if config.prefix_target in {"variable", "all"} else ""
        choices.append((prefix + field.name, ()))
    return choices


def find(
    interpreter: Interpreter, config: Config, field: Field, tables: list[Table]
) -> Node | None:
    """Return what the sources give a field, the strongest first; deep-merged where it is nested."""
    merged: Node | None = None
    for table in reversed(tables):
        node = _from_table(interpreter, config, field, table)
        if node is not None:
            merged = node if merged is None else merge(node, merged)
    return merged


def merge(strong: Node, weak: Node) -> Node:
    """Merge two sources: dictionaries by key, anything else is replaced and remembered."""
    if isinstance(strong, dict) and isinstance(weak, dict):
        result: dict[str, Node] = dict(weak)
        for key, node in strong.items():
            result[key] = merge(node, weak[key]) if key in weak else node
        return result
    if isinstance(strong, Leaf) and isinstance(weak, Leaf):
        return strong._replace(candidates=(*strong.candidates, *weak.candidates))
    return strong


def _from_table(
    interpreter: Interpreter, config: Config, field: Field, table: Table
) -> Node | None:
    found: tuple[str, Candidate] | None = None
    path: tuple[Any, ...] = ()
    for name, path in names_of(config, field):  # noqa: B007 - the path of the name that is found
        interpreter.environment.touched.setdefault(_shown(config, name))
        entry = table.get(config.normal(name))
        if entry is not None and entry[1].value is not None:
            found = entry
            break
    if found is not None:
        interpreter.environment.touched.setdefault(found[0])
    if not (field.spec.complex or path):
        return None if found is None else _leaf(config, found, found[1].value)
    exploded = _explode(interpreter, config, field, table)
    if found is None:
        return exploded or None
    node = _decoded(config, field.spec, found, path)
    null = isinstance(node, Leaf) and node.data is None
    if null and not config.version_1:  # JSON null: as if it were not given
        return None
    if isinstance(node, dict) and exploded:
        return merge(exploded, node)
    return node


def _leaf(config: Config, entry: tuple[str, Candidate], data: Any) -> Leaf:  # noqa: ANN401 - plain data
    if config.none_text is not None and data == config.none_text:
        data = None
    return Leaf(data, (entry[1],), entry[0])


def _shown(config: Config, name: str) -> str:
    return name if config.case_sensitive else name.upper()


def _decoded(
    config: Config, spec: TypeSpec, entry: tuple[str, Candidate], path: tuple[Any, ...]
) -> Node:
    """Decode the text of a complex field."""
    text = entry[1].value
    plain_text = spec.undecoded or not (config.decoding or spec.kind == "anything")
    if isinstance(text, Unknown) or plain_text or not isinstance(text, str):
        return _leaf(config, entry, text)
    try:
        data = decode(text)
    except InvalidError as error:
        if spec.kind in {"union", "anything"}:
            return _leaf(config, entry, text)
        reason = f"{entry[0]} is decoded as JSON and is {error}"
        return Leaf(Unknown(reason), (entry[1],), entry[0], reason)
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return Leaf(Unknown("a path that is not in the value"), (entry[1],), entry[0])
    return _spread(entry, data)


def _spread(entry: tuple[str, Candidate], data: Any) -> Node:  # noqa: ANN401 - decoded JSON
    if isinstance(data, dict):
        return {str(key): _spread(entry, item) for key, item in data.items()}
    return Leaf(data, (entry[1],), entry[0])


def _explode(
    interpreter: Interpreter, config: Config, field: Field, table: Table
) -> dict[str, Node]:
    """Collect ``NAME__KEY`` variables of one field into a nested dictionary."""
    result: dict[str, Node] = {}
    if not config.delimiter:
        return result
    prefixes = [
        config.normal(name) + config.normal(config.delimiter) for name, _ in names_of(config, field)
    ]
    interpreter.environment.prefixes.update(dict.fromkeys(prefixes))
    for name, entry in table.items():
        prefix = next((one for one in prefixes if name.startswith(one)), None)
        if prefix is None or entry[1].value is None:
            continue
        rest = name[len(prefix) :]
        keys = (
            rest.split(config.normal(config.delimiter), config.max_split - 1)
            if config.max_split
            else (rest.split(config.normal(config.delimiter)))
        )
        spec: TypeSpec | None = field.spec
        names: list[str] = []
        for key in keys:
            step = _next(interpreter, config, spec, key)
            names.append(step[0])
            spec = step[1]
        if spec is None and field.spec.kind == "dict":
            spec = TypeSpec("anything")
        _put(config, result, names, spec, entry)
        if spec is not None:
            interpreter.environment.touched.setdefault(entry[0])
    return result


def _put(
    config: Config,
    result: dict[str, Node],
    names: list[str],
    spec: TypeSpec | None,
    entry: tuple[str, Candidate],
) -> None:
    target = result
    for key in names[:-1]:
        inner = target.get(key)
        if not isinstance(inner, dict):
            inner = target[key] = {}
        target = inner
    decodes = spec is not None and (spec.complex or spec.kind == "anything")
    if spec is not None and decodes and entry[1].value and isinstance(entry[1].value, str):
        node = _decoded(config, spec, entry, ())
        if isinstance(node, Leaf) and node.error is not None:
            node = Leaf(
                entry[1].value, (entry[1],), entry[0]
            )  # nested failures are left to validation
        known = target.get(names[-1])
        target[names[-1]] = merge(known, node) if isinstance(known, dict) else node
    elif not isinstance(target.get(names[-1]), dict) or entry[1].value:
        target[names[-1]] = _leaf(config, entry, entry[1].value)


def _next(
    interpreter: Interpreter, config: Config, spec: TypeSpec | None, key: str
) -> tuple[str, TypeSpec | None]:
    """Return the name of a sub-field as its model writes it, and its type."""
    for member in _members(spec):
        if member.kind == "dict":
            return key, member.items[1] if len(member.items) > 1 else TypeSpec("any")
        if member.kind == "model" and member.cls is not None:
            for name, field in fields_of(interpreter, member.cls).items():
                names = [choice[0] for choice in field.choices] or [name]
                for candidate in (*names, name):
                    if config.normal(candidate) == config.normal(key):
                        return names[0], field.spec
    return key, None


def _members(spec: TypeSpec | None) -> Iterator[TypeSpec]:
    if spec is not None:
        yield from spec.items if spec.kind == "union" else (spec,)
