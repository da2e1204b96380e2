"""The places pydantic-settings reads, each as a table of names: environment, env files, secrets."""

from os.path import join
from typing import Any

from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import ClassData, Value, plain
from secaudit.facts import Candidate, Unknown
from secaudit.frameworks.pydantic_fields import (
    checks_defaults,
    config_method,
    config_of,
    populates_by_name,
    text_list,
)
from secaudit.records import NamedTuple
from secaudit.syntax.dotenv import effective, resolve
from secaudit.syntax.text import whole

Table = dict[str, tuple[str, Candidate]]  # normalised name -> name as written, what it gives


class Source(NamedTuple):
    """One place that gives values; ``rest`` is Unknown when it may have further names."""

    table: Table
    rest: Unknown | None = None


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
    own_decoding: bool  # by a method parse_env_var, which is not evaluated
    lenient: bool  # a union's text that is no JSON stays a text
    partial: bool  # a default object keeps the values that are not given
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
    partial = merged.get("nested_model_default_partial_update") is True and not version_1
    if partial and populates_by_name(merged):  # names and aliases of a default then mix
        unknown = unknown or Unknown("partial defaults of fields with two names")
    return Config(
        prefix=str(merged.get("env_prefix") or ""),
        delimiter=str(merged.get("env_nested_delimiter") or ""),
        max_split=int(merged.get("env_nested_max_split") or 0),
        case_sensitive=merged.get("case_sensitive") is True,
        ignore_empty=merged.get("env_ignore_empty") is True,
        none_text=merged.get("env_parse_none_str"),
        decoding=merged.get("enable_decoding") is not False,
        by_name=populates_by_name(merged),
        by_alias=merged.get("validate_by_alias") is not False,
        extra=str(merged.get("extra") or "forbid").rpartition(".")[2],
        env_files=text_list(merged.get("env_file")),
        secret_folders=text_list(merged.get("secrets_dir")),
        version_1=version_1,
        prefix_target=str(merged.get("env_prefix_target") or "variable"),
        validate_default=checks_defaults(cls, merged),
        own_decoding=version_1 and config_method(cls, "parse_env_var") is not None,
        lenient=True,
        partial=partial,
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


def secret_source(interpreter: Interpreter, config: Config) -> Source:
    """Return the files of ``secrets_dir`` by normalised name, those of the last folder first.

    A folder that is not in the project may have any file: whoever runs the program mounts it. Of a
    single file that is mounted and not in the project, the name is known and the text is not.
    """
    if isinstance(config.secret_folders, Unknown):
        return Source({}, config.secret_folders)
    table: Table = {}
    rest: Unknown | None = None
    for folder in config.secret_folders:
        names = interpreter.world.names(folder)
        if names is None:  # nobody knows which files of the folders before it count
            rest = Unknown(f"a file of {folder}, which is not in the project, may give it")
            table = {}
        found: Table = {}
        for name in names or ():
            candidate = _secret(interpreter, join(folder, name))
            if candidate is not None and config.normal(name) in found:
                reason = Unknown(f"{folder} has it in several cases of letters")
                candidate = candidate._replace(value=reason)  # the first that the system lists
            if candidate is not None:
                found[config.normal(name)] = (name, candidate)
        table |= found
    return Source(table, rest)


def _secret(interpreter: Interpreter, path: str) -> Candidate | None:
    """Return what a file of secrets says, None for a folder."""
    if interpreter.world.hidden(path):
        reason = Unknown(f"{path} is mounted and not in the project")
        return Candidate("secrets-dir", reason, None, None, literal=False)
    text = interpreter.world.text(path)
    if text is None:
        return None
    written = whole(text, interpreter.world.absolute(path))
    return Candidate("secrets-dir", written.value, written.value, written.location, literal=True)
