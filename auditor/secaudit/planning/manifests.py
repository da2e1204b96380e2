"""Kubernetes manifests: the variables that containers are given, and the secrets among them.

Source: the Kubernetes API reference, ConfigMap v1, Secret v1 and Container v1. What another object
gives (``valueFrom``) is looked up in the cluster and not known here.
"""

import base64
from collections.abc import Iterator
from typing import Final

from secaudit.facts import Candidate, Observation, Setting, Unknown
from secaudit.naming import SECRET_CONCEPTS, meaning_of
from secaudit.options import Options
from secaudit.planning import commands, layers, paths, profiles
from secaudit.planning.deployment import Deployment
from secaudit.planning.layers import Environment
from secaudit.planning.profiles import Signal
from secaudit.planning.settings import of_container
from secaudit.syntax.text import Text
from secaudit.syntax.tree import Mapping, Node, Scalar, Sequence

_DATA: Final = {"ConfigMap": ("data",), "Secret": ("stringData", "data")}
_SECRETS: Final = SECRET_CONCEPTS | {"database.url"}
_DEEPEST: Final = 8  # of the containers in a CronJob there are five levels


def is_manifest(tree: Mapping) -> bool:
    """Say whether a document is an object of Kubernetes."""
    return isinstance(tree.get("apiVersion"), Scalar) and isinstance(tree.get("kind"), Scalar)


def objects(tree: Mapping) -> list[Mapping]:
    """Return the objects of a document: one, or the items of a ``List``."""
    items = tree.get("items")
    if _text(tree.get("kind")) != "List" or not isinstance(items, Sequence):
        return [tree]
    return [item for item in items.items if isinstance(item, Mapping)]


def deployment(root: str, path: str, tree: Mapping, options: Options) -> Deployment | None:
    """Return what an object gives its containers as a deployment without code, None for nothing."""
    kind, name = _text(tree.get("kind")), _text(_inner(tree, "metadata", "name"))
    environment: Environment = dict(_data(kind, tree))
    settings: list[Setting] = []
    for container in _containers(tree, 0):
        environment |= dict(_variables(container))
        settings += _privileges(container)
        settings += commands.settings(commands.flattened(_words(container)))
    if not environment and not settings:
        return None
    relative = paths.relative(path, root)
    title = f"{kind}/{name}"
    namespace = _text(_inner(tree, "metadata", "namespace"))
    signals = [
        *profiles.selectors(layers.values(environment)),
        Signal(relative, profiles.of_file(relative)),
        Signal(f"namespace {namespace}", profiles.of_value(namespace)),
    ]
    return Deployment(
        f"{relative} {title}",
        root,
        profiles.chosen(options, [path], signals),
        (),
        layers.merged([layers.given(options.env), environment]),
        options.env_dialect,
        tuple(settings),
        tuple(_secrets(title, environment)),
    )


def _inner(tree: Mapping, *keys: str) -> Node | None:
    node: Node | None = tree
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _text(node: Node | None) -> str:
    return str(node.value) if isinstance(node, Scalar) and node.value is not None else ""


def _data(kind: str, tree: Mapping) -> Iterator[tuple[str, tuple[Candidate, ...]]]:
    """Yield the entries of a ConfigMap or Secret; those named like files are files."""
    for table in _DATA.get(kind, ()):
        node = tree.get(table)
        for name, (_, value) in (node.items if isinstance(node, Mapping) else {}).items():
            if isinstance(value, Scalar) and "." not in name:
                yield name, (_candidate(value, encoded=kind == "Secret" and table == "data"),)


def _candidate(node: Scalar, *, encoded: bool) -> Candidate:
    value = node.value if isinstance(node.value, Unknown) else _text(node)
    if encoded and isinstance(value, str):
        try:
            value = base64.b64decode(value, validate=True).decode().strip()
        except ValueError:
            value = Unknown("not base64 of a text")
    return Candidate("process-environment", value, node.raw, node.location, literal=True)


def _containers(node: Node, depth: int) -> Iterator[Mapping]:
    """Yield the containers of a pod, wherever the object holds its template."""
    if not isinstance(node, Mapping) or depth > _DEEPEST:
        return
    for name, (_, value) in node.items.items():
        if name in {"containers", "initContainers"} and isinstance(value, Sequence):
            yield from (item for item in value.items if isinstance(item, Mapping))
        elif name in {"spec", "template", "jobTemplate"}:
            yield from _containers(value, depth + 1)


def _variables(container: Mapping) -> Iterator[tuple[str, tuple[Candidate, ...]]]:
    """Yield the variables that are written out under ``env``."""
    env = container.get("env")
    for item in env.items if isinstance(env, Sequence) else ():
        value = item.get("value") if isinstance(item, Mapping) else None
        name = _text(item.get("name")) if isinstance(item, Mapping) else ""
        if name and isinstance(value, Scalar):
            yield name, (_candidate(value, encoded=False),)


def _words(container: Mapping) -> list[Text]:
    """Return the command of a container and its arguments."""
    lists = (container.get("command"), container.get("args"))
    items = [item for one in lists if isinstance(one, Sequence) for item in one.items]
    return [Text(_text(item), item.location) for item in items if isinstance(item, Scalar)]


def _privileges(container: Mapping) -> Iterator[Setting]:
    """Yield what the security context says: privileged, or the user with number 0."""
    privileged = _inner(container, "securityContext", "privileged")
    if isinstance(privileged, Scalar) and privileged.value is True:
        yield of_container("privileged", "container.privileged", True, privileged)
    user = _inner(container, "securityContext", "runAsUser")
    if isinstance(user, Scalar) and user.value == 0:
        yield of_container("runAsUser", "container.user", "", user)


def _secrets(title: str, environment: Environment) -> Iterator[Observation]:
    """Yield the variables whose names say that the value is a secret."""
    for name, found in environment.items():
        meaning, one = meaning_of(name), found[0]
        known = isinstance(one.value, str) and one.value != ""
        if known and one.location and meaning and meaning.concept in _SECRETS:
            detail = {"name": name, "object": title, "value": one.value}
            yield Observation("secret-in-manifest", one.location, name, detail)
