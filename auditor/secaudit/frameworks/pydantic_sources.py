"""What a field of a settings class is given: its names, looked up in one source after another."""

from collections.abc import Callable
from typing import Any, Final

from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.facts import Candidate, Unknown
from secaudit.frameworks.pydantic_fields import Choice, Field
from secaudit.frameworks.pydantic_nodes import (
    NULL,
    Leaf,
    Node,
    decoded,
    explode,
    explode_1,
    leaf,
    merge,
)
from secaudit.frameworks.pydantic_tables import Config, Table, process_table, secret_table

_FILES: Final = "dotenv_settings"
_SECRETS: Final = "file_secret_settings"  # knows no nested keys
STANDARD: Final = ("init_settings", "env_settings", _FILES, _SECRETS)  # strongest first


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


def _from_table(
    interpreter: Interpreter, config: Config, field: Field, table: Table
) -> Node | None:
    names = names_of(config, field)
    found: tuple[str, Candidate] | None = None
    path: tuple[Any, ...] = ()
    for name, path in names:  # noqa: B007 - the path of the name that is found
        any_case = not config.case_sensitive
        interpreter.environment.touch(_shown(config, name), any_case=any_case)
        entry = table.get(config.normal(name))
        if entry is not None and entry[1].value is not None:
            found = entry
            break
    if found is not None:
        interpreter.environment.touch(found[0])
    if not (field.spec.complex or path):
        return None if found is None else leaf(config, found, found[1].value)
    node = None if found is None else decoded(config, field.spec, found, path)
    if isinstance(node, Leaf):
        return None if node is NULL else node
    known = [name for name, _ in names]
    exploded = (
        explode_1(interpreter, config, known, table)
        if config.version_1
        else explode(interpreter, config, field, known, table)
    )
    if node is None or isinstance(exploded, Leaf):
        return exploded or None
    return merge(exploded, node)


def _shown(config: Config, name: str) -> str:
    return name if config.case_sensitive else name.upper()


def source_tables(
    interpreter: Interpreter, config: Config, files: list[Table]
) -> tuple[dict[str, Table], Unknown | None]:
    """Return the table of each source, and why a file of ``secrets_dir`` cannot be known.

    Several env files are one table: the last file that has a key gives it. pydantic 1 makes one
    table of them and the process environment, and looks names up and decodes only then.
    """
    process = process_table(interpreter, config)
    flat: Table = {}
    for table in reversed(files):
        flat |= table
    tables = {"env_settings": flat | process if config.version_1 else process, _FILES: flat}
    secrets = secret_table(interpreter, config)
    if isinstance(secrets, Unknown):
        return tables, secrets
    tables[_SECRETS] = secrets
    return tables, None


def given_to(
    call: Call, config: Config, field: Field, order: list[str], tables: dict[str, Table]
) -> Node | None:
    """Return what the constructor and the sources give a field, the strongest first."""
    argument = _refused(call, config, field) or _argument(call, config, field)
    if _fails(argument):
        return argument

    def under(names: Config, found: dict[str, Table], given: Node | None = argument) -> Node | None:
        return _merged(call.interpreter, names, field, order, found, given)

    if config.version_1:
        return _given_1(call, config, field, under, tables)
    if not (field.choices and config.by_name and config.by_alias):
        return under(config, tables)
    aliases = config._replace(by_name=False)
    aliased = under(aliases, tables)
    names = [config.normal(one) for one, _ in names_of(aliases, field)]
    tables = {  # a source that has an alias is not asked for the field's name
        source: table
        for source, table in tables.items()
        if not any(name in table for name in names)
    }
    named = under(config._replace(by_alias=False), tables, None)
    if aliased is None or _fails(named):
        return named
    if named is None or argument is not None or config.extra != "forbid":
        return aliased
    reason = f"start-up refuses {field.name} beside its alias"
    return Leaf(Unknown(reason), (), "", reason)


def _given_1(
    call: Call,
    config: Config,
    field: Field,
    under: Callable[[Config, dict[str, Table]], Node | None],
    tables: dict[str, Table],
) -> Node | None:
    """Return what pydantic 1 gives a field, with the text of an env file that it shadows."""
    node = under(config, {name: table for name, table in tables.items() if name != _FILES})
    if not isinstance(node, Leaf):
        return node
    behind = _from_table(call.interpreter, config, field, tables[_FILES])
    if not isinstance(behind, Leaf):
        return node
    more = [one for one in behind.candidates if one not in node.candidates]
    return node._replace(candidates=(*node.candidates, *more))


def _merged(  # noqa: PLR0913, PLR0917 - where to look, for what, and what is given already
    interpreter: Interpreter,
    config: Config,
    field: Field,
    order: list[str],
    tables: dict[str, Table],
    argument: Node | None,
) -> Node | None:
    node: Node | None = None
    for source in reversed(order):
        found: Node | None = None
        if source == "init_settings":
            found = argument
        elif source in tables:
            rules = config if source != _SECRETS else config._replace(delimiter="")
            found = _from_table(interpreter, rules, field, tables[source])
        if found is not None and not (_fails(node) and not config.version_1):
            node = found if node is None else merge(found, node)
    return node


def _fails(node: Node | None) -> bool:
    """Return whether a source stops start-up: each decodes by itself, needed or not."""
    return isinstance(node, Leaf) and node.error is not None


def _argument(call: Call, config: Config, field: Field) -> Node | None:
    """Return the constructor's argument: by alias, by the name where that is no alias's place."""
    names = [choice[0] for choice in field.choices]
    if not names or config.by_name:
        names.append(field.name)
    for name in names:
        if name in call.keywords:
            return Leaf(call.keywords[name], (), "")
    return None


def _refused(call: Call, config: Config, field: Field) -> Leaf | None:
    """Return the error of an argument by the name of a field that has an alias instead."""
    named = field.name in call.keywords and field.choices and not config.by_name
    if not named or config.extra != "forbid" or field.name in {one[0] for one in field.choices}:
        return None
    reason = f"start-up refuses the argument {field.name}, whose field has an alias"
    return Leaf(Unknown(reason), (), "", reason)
