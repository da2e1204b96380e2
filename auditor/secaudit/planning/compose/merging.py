"""Merges the trees of Compose files (Compose Specification, section Merge)."""

from secaudit.syntax.tree import Mapping, Node, Scalar, Sequence

_REPLACED = frozenset({"command", "entrypoint", "test"})
_KEYED = frozenset({"environment", "args", "labels", "annotations", "sysctls", "extra_hosts"})
_LISTED = frozenset({"env_file", "dns", "tmpfs"})


_DEPTH = 4  # below a service; deeper entries are replaced: aliases could make them countless


def merged(base: Node, over: Node, key: str = "", depth: int = 0) -> Node:
    """Return ``over`` on top of ``base``; ``key`` is the name both stand under.

    Mappings merge, sequences are appended, ``environment`` and its like merge by variable in both
    of their forms, commands are replaced. ``!override`` replaces whatever the kind is.
    """
    if over.tag == "!override" or key in _REPLACED:
        return over
    if isinstance(over, Scalar) and over.value is None:
        return base
    if key == "build":
        base, over = _build(base), _build(over)
    elif key in _KEYED:
        base, over = keyed(base), keyed(over)
    elif key in _LISTED:
        base, over = listed(base), listed(over)
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return _mappings(base, over, depth) if depth < _DEPTH else over
    if isinstance(base, Sequence) and isinstance(over, Sequence):
        return Sequence((*base.items, *over.items), over.location)
    return over


def _mappings(base: Mapping, over: Mapping, depth: int) -> Mapping:
    items = dict(base.items)
    for name, (key, value) in over.items.items():
        if value.tag == "!reset":
            items.pop(name, None)
        elif name in items:
            items[name] = (key, merged(items[name][1], value, name, depth + 1))
        else:
            items[name] = (key, value)
    return Mapping(items, base.location)


def without_resets(node: Mapping, depth: int = 0) -> Mapping:
    """Return a service without the entries that ``!reset`` empties."""
    items = {}
    for name, (key, value) in node.items.items():
        if value.tag != "!reset":
            if isinstance(value, Mapping) and depth < _DEPTH:
                value = without_resets(value, depth + 1)  # noqa: PLW2901 - the same entry, cleaned
            items[name] = (key, value)
    return Mapping(items, node.location, node.tag)


def keyed(node: Node) -> Mapping:
    """Return ``KEY: value`` and ``- KEY=value`` alike as a mapping.

    A list item without an equals sign has the value None: it is passed through from the
    environment that Compose runs in.
    """
    if isinstance(node, Mapping):
        return node
    items: dict[str, tuple[Scalar, Node]] = {}
    for item in node.items if isinstance(node, Sequence) else ():
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            continue
        name, equals, value = item.value.partition("=")
        items.pop(name, None)
        key = item._replace(value=name)
        items[name] = (key, _part(item, value) if equals else item._replace(value=None))
    return Mapping(items, node.location)


def _part(item: Scalar, value: str) -> Scalar:
    """Return the value half of a ``KEY=value`` item with its own place, where it can be told."""
    quoted = item.raw[:1] in {"'", '"'}
    inner = item.raw[1:-1] if quoted else item.raw
    place = item.location
    if inner != item.value or place.line != place.end_line:
        return item._replace(value=value)  # escapes or several lines: the whole item
    end = place.end_column - (1 if quoted else 0)
    location = place._replace(column=end - len(value), end_column=end)
    return Scalar(value, value, location)


def listed(node: Node) -> Sequence:
    """Return a scalar or sequence as a sequence."""
    return node if isinstance(node, Sequence) else Sequence((node,), node.location)


def _build(node: Node) -> Node:
    if isinstance(node, Scalar):
        return Mapping({"context": (node, node)}, node.location)
    return node
