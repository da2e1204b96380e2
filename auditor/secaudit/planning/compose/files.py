"""Loads Compose files: which belong together, ``include`` and ``extends``; a tree of services."""

from collections.abc import Callable, Iterable

from secaudit.patterns import lazy
from secaudit.planning import paths, profiles
from secaudit.planning.compose.merging import listed, merged, without_resets
from secaudit.planning.reading import Reader
from secaudit.records import NamedTuple
from secaudit.syntax.tree import Mapping, Node, Scalar, Sequence
from secaudit.syntax.yaml import parse

_BASE = lazy(r"(docker-|podman-)?compose\.ya?ml")
_OVERRIDE = lazy(r"(docker-|podman-)?compose\.override\.ya?ml")
_MAX_DEPTH = 20
_TABLES = ("secrets", "configs")


class Group(NamedTuple):
    """Compose files that run together, base first."""

    files: tuple[str, ...]
    profile_files: tuple[str, ...]  # those whose names may say what the deployment is for


class Services(NamedTuple):
    """The merged services of a group, and what else its files say.

    ``folders`` are those whose ``.env`` interpolation sees, ``tables`` the top-level ``secrets``
    and ``configs``.
    """

    items: dict[str, tuple[Scalar, Mapping]]
    folders: tuple[str, ...]
    tables: dict[str, Mapping]


def groups(files: Iterable[str], services_of: Callable[[str], Mapping | None]) -> list[Group]:
    """Sort the Compose files of a project into what is started together.

    Compose merges ``compose.override.yaml`` by itself. A further file (``compose.prod.yaml``)
    whose services all have an image or build of their own stands alone; one that only changes
    services of the base file is merged over it, without the override.
    """
    by_folder: dict[str, list[str]] = {}
    for path in sorted(files):
        by_folder.setdefault(paths.folder_of(path), []).append(path)
    found: list[Group] = []
    for members in by_folder.values():
        base = [path for path in members if _BASE.fullmatch(paths.name_of(path))]
        override = [path for path in members if _OVERRIDE.fullmatch(paths.name_of(path))]
        others = [path for path in members if path not in base and path not in override]
        if base:
            found.append(Group((*base[:1], *override[:1]), ()))
        elif override:
            found.append(Group((override[0],), ()))
        for path in others:
            services = services_of(path)
            alone = not base or (services is not None and _complete(services))
            found.append(Group((path,) if alone else (base[0], path), (path,)))
    return found


def _complete(services: Mapping) -> bool:
    return all(
        isinstance(service, Mapping)
        and any(key in service.items for key in ("image", "build", "extends"))
        for _, service in services.items.values()
    )


class Loader:
    """Loads groups of Compose files."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._trees: dict[str, Mapping | None] = {}

    def tree(self, path: str) -> Mapping | None:
        """Return the merged documents of one file; None when it is absent or unreadable."""
        if path not in self._trees:
            self._trees[path] = None
            if self.reader.allowed(path):
                documents = self.reader.parse(path, lambda data, name: parse(data, name, "compose"))
                tops = [node for node in documents or () if isinstance(node, Mapping)]
                if tops:
                    whole: Node = tops[0]
                    for top in tops[1:]:
                        whole = merged(whole, top)
                    self._trees[path] = whole if isinstance(whole, Mapping) else None
        return self._trees[path]

    def services_of(self, path: str) -> Mapping | None:
        """Return the ``services`` of one file as written."""
        tree = self.tree(path)
        services = tree.get("services") if tree else None
        return services if isinstance(services, Mapping) else None

    def load(self, files: Iterable[str], depth: int = 0) -> Services:
        """Return the services of files merged in order, with what they include and extend."""
        items: dict[str, tuple[Scalar, Mapping]] = {}
        folders: list[str] = []
        tables: dict[str, Mapping] = {}
        for path in files:
            folders.append(paths.folder_of(path))
            tree = self.tree(path)
            if tree is None:
                continue
            if depth < _MAX_DEPTH:
                for included in _included(tree, path):
                    inner = self.load(included, depth + 1)
                    items = {**inner.items, **items}
                    folders += inner.folders
                    tables = _tables(inner.tables, tables)
            tables = _tables(tables, tree.mappings(*_TABLES))
            services = self.services_of(path)
            for name, (key, service) in (services.items if services else {}).items():
                whole = self._extended(service, path, depth)
                if whole is None:
                    continue
                known = items.get(name)
                over = merged(known[1], whole, name) if known else whole
                if isinstance(over, Mapping):
                    items[name] = (known[0] if known else key, over)
        clean = {name: (key, without_resets(value)) for name, (key, value) in items.items()}
        return Services(clean, tuple(dict.fromkeys(folders)), tables)

    def _extended(self, service: Node, path: str, depth: int) -> Mapping | None:
        """Return a service on top of the one it extends."""
        if not isinstance(service, Mapping):
            return None
        extends = service.get("extends")
        if extends is None or depth >= _MAX_DEPTH:
            return service
        target, name = path, extends.value if isinstance(extends, Scalar) else None
        if isinstance(extends, Mapping):
            file, wanted = extends.get("file"), extends.get("service")
            name = wanted.value if isinstance(wanted, Scalar) else None
            if isinstance(file, Scalar) and isinstance(file.value, str):
                target = paths.join(paths.folder_of(path), file.value)
        services = self.services_of(target)
        base = services.get(name) if services and isinstance(name, str) else None
        if base is None:
            return service
        whole = self._extended(base, target, depth + 1)
        result = merged(whole, service) if whole else service
        return result if isinstance(result, Mapping) else service


def _tables(base: dict[str, Mapping], over: dict[str, Mapping]) -> dict[str, Mapping]:
    """Return top-level tables with those of a later file over them."""
    result = dict(base)
    for name, table in over.items():
        whole = merged(base[name], table) if name in base else table
        if isinstance(whole, Mapping):
            result[name] = whole
    return result


def _included(tree: Mapping, path: str) -> list[list[str]]:
    """Return the groups of files that ``include`` names, as absolute paths."""
    include = tree.get("include")
    found = []
    for entry in listed(include).items if include is not None else ():
        node = entry.get("path") if isinstance(entry, Mapping) else entry
        if isinstance(node, Scalar | Sequence):
            names = [item.value for item in listed(node).items if isinstance(item, Scalar)]
            folder = paths.folder_of(path)
            found.append([paths.join(folder, name) for name in names if isinstance(name, str)])
    return found


def profile_of(group: Group, root: str) -> str:
    """Return the profile that the names of further files give a group.

    An override without its base is what one developer adds on one machine.
    """
    named = [profiles.of_file(paths.relative(path, root)) for path in group.profile_files]
    base = profiles.of_file(paths.relative(group.files[0], root))
    if len(group.files) == 1 and _OVERRIDE.fullmatch(paths.name_of(group.files[0])):
        base = profiles.DEVELOPMENT
    return next((one for one in named if one != profiles.UNKNOWN), base)
