"""What a field of a settings class is given: its names, looked up in one source after another."""

from collections.abc import Callable
from typing import Any, Final

from secaudit.evaluation.runtime import Interpreter
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
from secaudit.frameworks.pydantic_tables import (
    Config,
    Source,
    Table,
    process_table,
    secret_source,
)
from secaudit.frameworks.pydantic_types import NONE
from secaudit.records import NamedTuple

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


def _from_source(
    interpreter: Interpreter, config: Config, field: Field, source: Source
) -> Node | None:
    table = source.table
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
        if source.rest is not None:
            return Leaf(source.rest, (), "")
    if found is not None:
        interpreter.environment.touch(found[0])
    if not (field.spec.complex or path):
        return None if found is None else leaf(config, found, found[1].value)
    node = None if found is None else decoded(config, field.spec, found, path)
    if isinstance(node, Leaf):
        return None if node is NULL else node
    if source.rest is not None and config.delimiter:
        return Leaf(source.rest, (), "")  # it may have some of the keys
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


def sources_of(interpreter: Interpreter, config: Config, files: list[Table]) -> dict[str, Source]:
    """Return what each source gives.

    Several env files are one table: the last file that has a key gives it. pydantic 1 makes one
    table of them and the process environment, and looks names up and decodes only then.
    """
    process, disturbed = process_table(interpreter, config), interpreter.environment.disturbed
    unread = config.env_files if isinstance(config.env_files, Unknown) else None
    flat: Table = {}
    for table in reversed(files):
        flat |= table
    environment = Source(process, disturbed)
    if config.version_1:
        behind = flat if disturbed is None else {}  # the process may have any of its names
        environment = Source(behind | process, disturbed or unread)
    return {
        "env_settings": environment,
        _FILES: Source(flat, unread),
        _SECRETS: secret_source(interpreter, config),
    }


class Inputs(NamedTuple):
    """All that may give the fields of one object a value."""

    order: list[str]  # of the sources, the strongest first
    sources: dict[str, Source]
    arguments: dict[str, Node]  # of the constructor, by name


def given_to(interpreter: Interpreter, config: Config, field: Field, inputs: Inputs) -> Node | None:
    """Return what the constructor and the sources give a field, the strongest first."""
    sources = inputs.sources
    arguments = inputs.arguments
    argument = _refused(arguments, config, field) or _argument(arguments, config, field)
    if _fails(argument):
        return argument

    def under(rules: Config, of: dict[str, Source], given: Node | None = argument) -> Node | None:
        return _merged(interpreter, rules, field, inputs.order, of, given)

    if config.version_1:
        return _given_1(interpreter, config, field, under, sources)
    if not (field.choices and config.by_name and config.by_alias):
        return under(config, sources)
    aliases = config._replace(by_name=False)
    aliased = under(aliases, sources)
    names = [config.normal(one) for one, _ in names_of(aliases, field)]
    sources = {  # a source that has an alias is not asked for the field's name
        name: source
        for name, source in sources.items()
        if not any(one in source.table for one in names)
    }
    named = under(config._replace(by_alias=False), sources, None)
    if aliased is None or _fails(named):
        return named
    if named is None or argument is not None or config.extra != "forbid":
        return aliased
    reason = f"start-up refuses {field.name} beside its alias"
    return Leaf(Unknown(reason), (), "", reason)


def _given_1(
    interpreter: Interpreter,
    config: Config,
    field: Field,
    under: Callable[[Config, dict[str, Source]], Node | None],
    sources: dict[str, Source],
) -> Node | None:
    """Return what pydantic 1 gives a field, with the text of an env file that it shadows."""
    node = under(config, {name: one for name, one in sources.items() if name != _FILES})
    if not isinstance(node, Leaf):
        return node
    behind = _from_source(interpreter, config, field, sources[_FILES])
    if not isinstance(behind, Leaf):
        return node
    more = [one for one in behind.candidates if one not in node.candidates]
    return node._replace(candidates=(*node.candidates, *more))


def _merged(  # noqa: PLR0913, PLR0917 - where to look, for what, and what is given already
    interpreter: Interpreter,
    config: Config,
    field: Field,
    order: list[str],
    sources: dict[str, Source],
    argument: Node | None,
) -> Node | None:
    node: Node | None = None
    for source in reversed(order):
        found: Node | None = None
        if source == "init_settings":
            found = argument
        elif source in sources:
            rules, asked = config, field
            if source == _SECRETS:
                rules = config._replace(delimiter="", lenient=config.version_1)
                asked = _in_secrets(config, field)
            found = _from_source(interpreter, rules, asked, sources[source])
        if found is not None and not _fails(node):
            node = found if node is None else merge(found, node)
    return node


def _in_secrets(config: Config, field: Field) -> Field:
    """Return a field as ``secrets_dir`` looks for it.

    pydantic 1 takes the last of several names there, and decodes no union but an optional type.
    """
    if not config.version_1:
        return field
    spec = field.spec
    members = [item for item in spec.items if item != NONE] if spec.kind == "union" else []
    spec = spec._replace(undecoded=spec.undecoded or len(members) > 1)
    return field._replace(written_env=field.written_env[::-1], spec=spec)


def _fails(node: Node | None) -> bool:
    """Return whether a source stops start-up: each decodes by itself, needed or not."""
    return isinstance(node, Leaf) and node.error is not None


def _argument(arguments: dict[str, Node], config: Config, field: Field) -> Node | None:
    """Return the constructor's argument: by alias, by the name where that is no alias's place."""
    names = [choice[0] for choice in field.choices]
    if not names or config.by_name:
        names.append(field.name)
    return next((arguments[name] for name in names if name in arguments), None)


def _refused(arguments: dict[str, Node], config: Config, field: Field) -> Leaf | None:
    """Return the error of an argument by the name of a field that has an alias instead."""
    named = field.name in arguments and field.choices and not config.by_name
    if not named or config.extra != "forbid" or field.name in {one[0] for one in field.choices}:
        return None
    reason = f"start-up refuses the argument {field.name}, whose field has an alias"
    return Leaf(Unknown(reason), (), "", reason)
