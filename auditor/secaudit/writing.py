"""Writing files so that a reader sees the old content or the new, never a part."""

import os
import stat

from secaudit.errors import AuditError


def write(path: str, text: str) -> None:
    """Write a report or a baseline.

    Raises:
        AuditError: when it cannot be written.
    """
    try:
        if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - start-up
            with open(path, "w", encoding="utf-8", newline="\n") as stream:  # noqa: PTH123 - a device
                stream.write(text)
            return
        umask = os.umask(0o077)
        os.umask(umask)
        mode = _mode(path, 0o666 & ~umask)
        _swap(os.path.realpath(path), text.encode("utf-8", "backslashreplace"), mode)
    except OSError as error:
        raise AuditError(f"cannot be written: {error.strerror}", path=path) from None


def replace(path: str, before: bytes, after: bytes) -> None:
    """Replace a file's content, keeping its mode; a link stays a link.

    Raises:
        AuditError: when it is not what was audited any more, or cannot be written.
    """
    target = os.path.realpath(path)
    try:
        with open(target, "rb") as stream:  # noqa: PTH123 - pathlib costs start-up
            if stream.read() != before:
                raise AuditError("has changed since it was audited", "run again", path=path)
        _swap(target, after, _mode(target, 0o600))
    except OSError as error:
        raise AuditError(f"cannot be written: {error.strerror}", path=path) from None


def _mode(path: str, default: int) -> int:
    try:
        return stat.S_IMODE(os.stat(path).st_mode)  # noqa: PTH116 - pathlib costs start-up
    except FileNotFoundError:
        return default


def _swap(target: str, data: bytes, mode: int) -> None:
    """Write beside the target and rename over it."""
    beside = f"{target}.{os.getpid()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(beside, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        os.chmod(beside, mode)  # noqa: PTH101 - pathlib costs start-up
        os.replace(beside, target)  # noqa: PTH105 - see above
    except BaseException:
        os.unlink(beside)  # noqa: PTH108 - see above
        raise
