"""Paths as plain strings: pathlib would cost start-up time."""

import os.path


def name_of(path: str) -> str:
    """Return the last part of a path."""
    return os.path.basename(path)  # noqa: PTH119 - see the module's docstring


def folder_of(path: str) -> str:
    """Return a path without its last part."""
    return os.path.dirname(path)  # noqa: PTH120 - see the module's docstring


def join(folder: str, path: str) -> str:
    """Return ``path`` as seen from ``folder``, absolute and without ``..``."""
    return os.path.normpath(os.path.join(folder, path))  # noqa: PTH118 - see the module's docstring


def relative(path: str, root: str) -> str:
    """Return a path as seen from the project root."""
    return os.path.relpath(path, root)


def dotted_name(path: str, root: str) -> str:
    """Return the dotted name of a module below the project root."""
    inner = path.removeprefix(root).strip("/").removesuffix(".py")
    return inner.removesuffix("/__init__").replace("/", ".")


def is_file(path: str) -> bool:
    """Say whether a regular file is there."""
    return os.path.isfile(path)  # noqa: PTH113 - see the module's docstring


def is_folder(path: str) -> bool:
    """Say whether a folder is there."""
    return os.path.isdir(path)  # noqa: PTH112 - see the module's docstring
