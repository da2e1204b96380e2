"""Configuration files without code: each key of TOML, YAML, JSON and INI is a setting.

Objects of Kubernetes among them are read as such.
"""

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from secaudit.budget import Budget
from secaudit.facts import Candidate, Setting, Unknown
from secaudit.kinds import Kind
from secaudit.naming import Meaning, from_text, in_unit, meaning_of
from secaudit.options import Options
from secaudit.planning import manifests, packages, paths, profiles, server_files
from secaudit.planning.deployment import Deployment
from secaudit.planning.profiles import Signal
from secaudit.planning.reading import Reader
from secaudit.planning.settings import written
from secaudit.syntax.tree import MAX_VISITS, Mapping, Node, Scalar, leaves, plain, refers

_SHARED = frozenset({"default", "defaults", "global", "base", "common"})
_CONTAINER = re.compile(  # tables that only hold the application's settings together
    r"^(default|app|application|server|api|service|settings|config|main|web|project|common)\.",
    re.IGNORECASE,
)
_MAX_SETTINGS = 100_000


def deployments(
    root: str, files: Iterable[tuple[str, Kind]], reader: Reader, options: Options
) -> list[Deployment]:
    """Return one deployment for each file, or for each environment it has a section for."""
    found = []
    for path, kind in files:
        for tree in _trees(path, kind, reader):
            if manifests.is_manifest(tree) or kind == "manifest":
                objects = manifests.objects(tree)
                given = (manifests.deployment(root, path, one, options) for one in objects)
                found += [one for one in given if one is not None]
                continue
            budget = Budget(MAX_VISITS)
            for section, mapping in _sections(tree):
                settings = _settings(paths.name_of(path), mapping, budget)
                if settings:
                    found.append(_deployment(root, path, section, settings, options))
            if budget.left <= 0:
                reader.problem(path, None, "holds more values than are read; split or exclude it")
    return found


def _trees(path: str, kind: Kind, reader: Reader) -> list[Mapping]:
    syntax = "yaml" if kind == "manifest" else kind
    parser = import_module(f"secaudit.syntax.{syntax}").parse  # only the formats that are there
    node: Node | tuple[Node, ...] | None = reader.parse(path, parser)
    documents = [node] if isinstance(node, Mapping) else node if isinstance(node, tuple) else []
    return [one for one in documents if isinstance(one, Mapping)]


def _sections(tree: Mapping) -> list[tuple[str, Mapping]]:
    """Split a file with one table an environment (``[default]``, ``[production]``), as dynaconf's.

    The shared table lies under each environment's own.
    """
    names = [name for name, (_, value) in tree.items.items() if isinstance(value, Mapping)]
    environments = [name for name in names if profiles.of_value(name) != profiles.UNKNOWN]
    shared = [name for name in names if name.lower() in _SHARED]
    if not environments or len(environments) + len(shared) < len(tree.items):
        return [("", tree)]
    below: dict[str, tuple[Scalar, Node]] = {}
    for name in shared:
        value = tree.get(name)
        below |= value.items if isinstance(value, Mapping) else {}
    found = []
    for name in environments:
        value = tree.get(name)
        if isinstance(value, Mapping):
            found.append((name, Mapping({**below, **value.items}, value.location)))
    return found


def _deployment(
    root: str, path: str, section: str, settings: list[Setting], options: Options
) -> Deployment:
    relative = paths.relative(path, root)
    values = {one.name.replace(".", "_"): one.value for one in settings}
    signals = [
        *profiles.selectors(values),
        Signal(relative, profiles.of_file(relative)),
        *([Signal(section, profiles.of_value(section))] if section else []),
    ]
    example = profiles.of_file(relative) == profiles.EXAMPLE
    profile = profiles.chosen(options, [path], signals, example=example)
    name = f"{relative} [{section}]" if section else relative
    return Deployment(name, root, profile, settings=tuple(settings))


def _settings(file: str, mapping: Mapping, budget: Budget) -> list[Setting]:
    """Return the settings of a table; uses up ``budget``, which all tables of a file share."""
    own_keys = _own_keys(file)
    found: list[Setting] = []
    for path, key, node in leaves(mapping, budget):
        name, value = ".".join(path), plain(node, budget)
        told = own_keys(name, value) if own_keys is not None else None
        if own_keys is not None and told is None:
            continue
        if len(found) >= _MAX_SETTINGS:
            budget.spend(budget.left)
            break
        found.append(_setting(name, key, node, value, ".".join(path[:-1]), told))
    return found


def _own_keys(file: str) -> Callable[[str, Any], tuple[Meaning, Any] | None] | None:
    """Return what gives the keys of a file their meaning where its reader alone does."""
    if packages.is_tool_file(file):
        return packages.meaning_of_key
    return server_files.meaning_of_key if server_files.is_server_file(file) else None


def _setting(  # noqa: PLR0913, PLR0917 - what a setting consists of
    name: str,
    key: Scalar,
    node: Node,
    data: Any,  # noqa: ANN401 - any data
    table: str,
    told: tuple[Meaning, Any] | None,
) -> Setting:
    """Return a key as a setting, its value in the unit of its concept; one table is one group.

    ``told``: the meaning and value of a key that its file gives a meaning of its own.
    """
    raw = node.raw if isinstance(node, Scalar) else None
    value = Unknown("a reference that the program expands") if refers(data) else data
    inner = _CONTAINER.sub("", name)
    meaning = meaning_of(name) or (meaning_of(inner) if inner != name else None)
    if told is not None and not isinstance(value, Unknown):
        meaning, value = told
    elif meaning is not None:
        value = in_unit(meaning, name, from_text(meaning, value))
    service = meaning.service if meaning else ""
    cookie = service if meaning and meaning.concept.startswith("cookie.") else ""
    candidate = Candidate("config-file", value, raw, node.location, literal=True)
    place = node.location if node.location.line else key.location
    concept = meaning.concept if meaning else ""
    group = f"{node.location.path}:{table}:{cookie}"
    return written(name, concept, group, place, candidate, service=service)
