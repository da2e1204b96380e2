"""Configuration files without code: each key of TOML, YAML, JSON and INI is a setting."""

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from secaudit.facts import Candidate, Setting, Unknown
from secaudit.kinds import Kind
from secaudit.naming import Meaning, from_text, in_unit, meaning_of
from secaudit.options import Options
from secaudit.planning import paths, profiles
from secaudit.planning.deployment import Deployment
from secaudit.planning.profiles import Signal
from secaudit.planning.reading import Reader
from secaudit.syntax.tree import Mapping, Node, Scalar, leaves, plain

_REFERENCE = re.compile(r"\$\{|\{\{|\{%|^@\w+ |%\(|^\$[A-Z_]+$|^!?ENV\b|<%")
_SHARED = frozenset({"default", "defaults", "global", "base", "common"})
_TOOLS = (  # tables of pyproject.toml that say where packages come from
    re.compile(r"tool\.uv\.(index\.\d+\.url|index-url|extra-index-url|default-index)"),
    re.compile(r"tool\.uv(\.pip)?\.(index-url|extra-index-url|index\.\d+\.url)"),
    re.compile(r"tool\.(poetry|pdm)\.source\.\d+\.url"),
)
_TRUSTED = re.compile(r"(tool\.uv(\.pip)?\.allow-insecure-host|.*\btrusted-host)")
_CONTAINER = re.compile(  # tables that only hold the application's settings together
    r"^(app|application|server|api|service|settings|config|main|web|project|common)\.",
    re.IGNORECASE,
)
_MAX_SETTINGS = 5000


def deployments(
    root: str, files: Iterable[tuple[str, Kind]], reader: Reader, options: Options
) -> list[Deployment]:
    """Return one deployment for each file, or for each environment it has a section for."""
    found = []
    for path, kind in files:
        for tree in _trees(path, kind, reader):
            for section, mapping in _sections(tree):
                deployment = _deployment(root, path, section, mapping, options)
                if deployment is not None:
                    found.append(deployment)
    return found


def _trees(path: str, kind: Kind, reader: Reader) -> list[Mapping]:
    parser = import_module(f"secaudit.syntax.{kind}").parse  # only the formats that are there
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
    root: str, path: str, section: str, mapping: Mapping, options: Options
) -> Deployment | None:
    relative = paths.relative(path, root)
    settings = _settings(paths.name_of(path), mapping)
    if not settings:
        return None
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


def _settings(file: str, mapping: Mapping) -> list[Setting]:
    tool = file == "pyproject.toml"
    found = []
    for path, key, node in leaves(mapping):
        name = ".".join(path)
        if tool and not _is_source(name):
            continue
        found.append(_setting(name, key, node, ".".join(path[:-1])))
        if len(found) >= _MAX_SETTINGS:
            break
    return found


def _is_source(name: str) -> bool:
    return any(pattern.fullmatch(name) for pattern in (*_TOOLS, _TRUSTED))


def _setting(name: str, key: Scalar, node: Node, table: str) -> Setting:
    """Return a key as a setting, its value in the unit of its concept; one table is one group."""
    written = plain(node)
    raw = node.raw if isinstance(node, Scalar) else None
    value = Unknown("a reference that the program expands") if _refers(written) else written
    meaning = meaning_of(name) or meaning_of(_CONTAINER.sub("", name))
    if _TRUSTED.fullmatch(name):
        meaning, value = Meaning("tls.verify", inverted=False, service=""), False
    elif _is_source(name):
        meaning = Meaning("service.url", inverted=False, service="packages")
    elif meaning is not None:
        value = in_unit(meaning, name, from_text(meaning, value))
    service = meaning.service if meaning else ""
    cookie = service if meaning and meaning.concept.startswith("cookie.") else ""
    candidate = Candidate("config-file", value, raw, node.location, literal=True)
    place = node.location if node.location.line else key.location
    return Setting(
        name,
        meaning.concept if meaning else "",
        f"{node.location.path}:{table}:{cookie}",
        type(value).__name__,
        value,
        (candidate,),
        place,
        (),
        None,
        (),
        service,
    )


def _refers(value: Any) -> bool:  # noqa: ANN401 - any data
    if isinstance(value, list):
        return any(_refers(item) for item in value)
    return isinstance(value, Unknown) or (
        isinstance(value, str) and _REFERENCE.search(value) is not None
    )
