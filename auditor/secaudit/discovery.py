"""From paths to a Project: which files there are, of which kind, in which project. No meaning."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from secaudit.errors import AuditError
from secaudit.finding import Problem
from secaudit.kinds import (
    Kind,
    is_flask_configuration,
    kind_of_content,
    kind_of_name,
    kind_of_read,
    matches,
    relevant,
)
from secaudit.options import Options
from secaudit.records import NamedTuple

MAXIMUM_BYTES: Final = 2 * 1024 * 1024
MAXIMUM_FILES: Final = 10_000
MAXIMUM_ENTRIES: Final = 1_000_000  # names met in one walk, whatever their kind
_PASSED_OVER: Final = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        ".bzr",
        ".jj",
        "CVS",
        ".circleci",
        ".vscode",
        ".idea",
        ".zed",
        "node_modules",
        "site-packages",
        "bower_components",
        "__pycache__",
        ".venv",
        "venv",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
        ".cache",
        ".uv-cache",  # where pipelines of GitLab keep it, below the project
        ".eggs",
        ".direnv",
        ".pixi",
        ".terraform",
    ]
)
_MARKERS: Final = frozenset(("pyproject.toml", "setup.cfg", "manage.py"))


class SourceFile(NamedTuple):
    """One file to audit. ``explicit`` files were named on the command line."""

    path: str  # absolute
    kind: Kind
    explicit: bool


class Root(NamedTuple):
    """One project: files never combine across projects."""

    path: str  # absolute folder
    files: tuple[SourceFile, ...]


class Project(NamedTuple):
    """Everything discovery found."""

    roots: tuple[Root, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    overlay: Mapping[str, bytes] = {}

    def files(self) -> tuple[SourceFile, ...]:
        """Return the files of all roots."""
        return tuple(file for root in self.roots for file in root.files)

    def read(self, path: str) -> bytes:
        """Return the content of a file, at most 2 MiB.

        Raises:
            AuditError: when it cannot be read, is no regular file or is too large.
        """
        return read(path, self.overlay)


def read(path: str, overlay: Mapping[str, bytes] = {}) -> bytes:
    """Return the content of a regular file, at most 2 MiB, or what ``overlay`` holds for it.

    Opening never blocks (a FIFO without a writer would) and the kind is checked on the open file.

    Raises:
        AuditError: when it cannot be read, is no regular file or is too large.
    """
    if path in overlay:
        data = overlay[path]
    else:
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a path"
            raise AuditError(f"cannot be read: {reason}", path=path) from None
        # Checked before there is a stream: Python refuses to make one of a folder.
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise AuditError("is not a regular file", path=path)
        with os.fdopen(descriptor, "rb") as stream:
            data = stream.read(MAXIMUM_BYTES + 1)
    if len(data) > MAXIMUM_BYTES:
        raise AuditError("is larger than 2 MiB", "exclude it with --exclude", path=path)
    return data


def discover(paths: Sequence[str], options: Options) -> Project:
    """Find the files to audit below ``paths`` and sort them into projects.

    Raises:
        AuditError: when there is nothing to audit.
    """
    problems: list[Problem] = []
    found: dict[str, tuple[SourceFile, str]] = {}  # by path: the file and its fallback root
    absolute = [os.path.abspath(path) for path in paths]  # noqa: PTH100 - pathlib costs start-up
    files = [path for path in absolute if not os.path.isdir(path)]  # noqa: PTH112 - see above
    shared = _shared_folder(files)
    for path in absolute:
        try:
            if os.path.isdir(path) and path not in options.overlay:  # noqa: PTH112 - see above
                for file in _walk(path, options, problems, len(found)):
                    found.setdefault(file.path, (file, path))
            else:
                found[path] = (_named(path, options), shared)
        except AuditError as error:
            problems.append(Problem(error.path or path, error.line, error.message))
    if not found and not problems:
        raise AuditError(
            f"nothing to audit in {', '.join(paths)}",
            "name settings modules, env files, Compose files or a folder that holds some",
        )
    return Project(_roots(found), tuple(problems), (), options.overlay)


def pulled(
    project: Project, opened: Iterable[Iterable[str]], faulty: Iterable[str]
) -> list[SourceFile]:
    """Return the env files that code loads besides the project's, and other files with faults.

    ``faulty``: paths of findings, among them start scripts and data files that code reads.
    """
    known = {file.path for file in project.files()}
    env = {path for paths in opened for path in paths} - known
    others = set(faulty) - known - env
    found = [SourceFile(path, "env", explicit=False) for path in sorted(env)]
    more = (SourceFile(path, kind_of_read(path), explicit=False) for path in sorted(others))
    return [*found, *more]


def _named(path: str, options: Options) -> SourceFile:
    """Return the file a user named, whatever its name."""
    kind = kind_of_content(path, read(path, options.overlay))
    if kind is None:
        raise AuditError(
            "is no kind of file that secaudit reads",
            "see the list of kinds in the manual",
            path=path,
        )
    return SourceFile(path, kind, explicit=True)


def _walk(top: str, options: Options, problems: list[Problem], before: int) -> Iterator[SourceFile]:
    """Yield the files below a folder that are worth parsing, in path order."""
    count = before
    for path, relative, linked in sorted(entries(top, options.exclude, problems)):
        kind = kind_of_name(relative)
        if kind is None:
            continue
        try:
            if linked and not _leads_to_file(path, top):
                continue
            if count >= MAXIMUM_FILES:
                problems.append(Problem(top, None, f"holds more than {MAXIMUM_FILES} files"))
                return
            count += 1
            if _worth_parsing(path, kind, options.overlay):
                if kind == "ini" and is_flask_configuration(path, read(path, options.overlay)):
                    kind = "python"
                yield SourceFile(path, kind, explicit=False)
        except AuditError as error:
            problems.append(Problem(path, error.line, error.message))


def _leads_to_file(link: str, top: str) -> bool:
    """Say whether a symbolic link leads to a file below the folder."""
    target = os.path.realpath(link)
    return _inside(target, top) and os.path.isfile(target)  # noqa: PTH113 - pathlib costs start-up


def _worth_parsing(path: str, kind: Kind, overlay: Mapping[str, bytes]) -> bool:
    """Search a file's bytes; one that is too large fails the run only when it is relevant."""
    try:
        return relevant(kind, read(path, overlay))
    except AuditError:
        if not os.path.isfile(path):  # noqa: PTH113 - pathlib costs start-up
            raise
        with open(path, "rb") as stream:  # noqa: PTH123 - pathlib costs start-up
            if relevant(kind, stream.read(MAXIMUM_BYTES)):
                raise
        return False


def entries(
    top: str, exclude: tuple[str, ...], problems: list[Problem]
) -> Iterator[tuple[str, str, bool]]:
    """Yield (path, path below ``top``, is a link) of every file, never entering a linked folder."""
    folders, seen = [top], 0
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                names = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            problems.append(Problem(folder, None, f"cannot be read: {error.strerror}"))
            continue
        if folder != top and any(entry.name == "pyvenv.cfg" for entry in names):
            continue  # a virtual environment, whatever its name
        seen += len(names)
        if seen > MAXIMUM_ENTRIES:
            problems.append(Problem(top, None, f"holds more than {MAXIMUM_ENTRIES} entries"))
            return
        for entry in names:
            relative = os.path.relpath(entry.path, top).replace(os.sep, "/")
            if matches(relative, exclude):
                continue
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _PASSED_OVER:
                    folders.append(entry.path)
            else:
                yield entry.path, relative, entry.is_symlink()


def _roots(found: Mapping[str, tuple[SourceFile, str]]) -> tuple[Root, ...]:
    """Group the files by the nearest folder with a project marker."""
    cache: dict[str, str | None] = {}
    groups: dict[str, list[SourceFile]] = {}
    targets = {os.path.realpath(path) for path, (file, _) in found.items() if not _is_link(path)}
    for path in sorted(found):
        file, fallback = found[path]
        if not file.explicit and _is_link(path) and os.path.realpath(path) in targets:
            continue  # the file behind the link is audited under its own name
        root = _marked(os.path.dirname(path), cache) or fallback  # noqa: PTH120 - see above
        groups.setdefault(root, []).append(file)
    return tuple(Root(path, tuple(files)) for path, files in sorted(groups.items()))


def _is_marker(name: str) -> bool:
    """Say whether a file of this name makes its folder a project."""
    return name in _MARKERS or (name.startswith("requirements") and name.endswith(".txt"))


def _marked(folder: str, cache: dict[str, str | None]) -> str | None:
    """Return the nearest folder at or above ``folder`` with a project marker.

    The search ends at a repository's root, the home folder and shared folders, whose markers
    belong to someone else.
    """
    if folder in cache:
        return cache[folder]
    result: str | None = None
    if folder not in _shared_places():
        try:
            names = os.listdir(folder)  # noqa: PTH208 - pathlib costs start-up
        except OSError:
            names = []
        if any(map(_is_marker, names)):
            result = folder
        elif ".git" not in names:
            result = _marked(os.path.dirname(folder), cache)  # noqa: PTH120 - see above
    cache[folder] = result
    return result


def _shared_places() -> set[str]:
    """Return folders that are nobody's project."""
    return {"/", "/tmp", "/var/tmp", "/home", os.path.expanduser("~")}  # noqa: PTH111, S108 - names


def _shared_folder(files: Sequence[str]) -> str:
    """Return the root of files without a marker: the working directory if it holds them all."""
    here = os.getcwd()  # noqa: PTH109 - pathlib costs start-up
    if not files or all(_inside(path, here) for path in files):
        return here
    return os.path.commonpath([os.path.dirname(path) for path in files])  # noqa: PTH120 - see above


def _inside(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _is_link(path: str) -> bool:
    return os.path.islink(path)  # noqa: PTH114 - pathlib costs start-up
