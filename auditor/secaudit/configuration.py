"""The configuration file: where it is, what it may say, and errors that name the nearest key."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from secaudit import selection
from secaudit.discovery import read
from secaudit.errors import AuditError
from secaudit.location import Location
from secaudit.options import PROFILES, TABLE, Declared, Ignore, Option, Options
from secaudit.records import NamedTuple
from secaudit.suppression import split_until

NAMES: Final = ("secaudit.toml", "pyproject.toml")  # of two in one folder the first is read
TABLES: Final[dict[str, str]] = {
    "ignore": "Accepted rules: CODE = reason, or CODE = {reason, until}.",
    "per-path-ignores": "Accepted rules below paths: a table CODE = reason for each glob.",
    "per-path-profiles": "Profile of the deployments below paths: GLOB = profile.",
    "deployments": "Declared deployments, one table each.",
}
DEPLOYMENT_KEYS: Final[dict[str, str]] = {
    "settings": "Settings module: a file or a dotted name.",
    "env-files": "Env files, the later over the earlier.",
    "env": "Variables of the process environment: a table NAME = value.",
    "profile": "Profile of the deployment.",
}
_KEYS: Final[dict[str, Option]] = {o.name: o for o in TABLE if o.configurable}


class Configuration(NamedTuple):
    """A configuration that was read, in the fields of Options; empty when there is none."""

    path: str
    fields: dict[str, Any]


class _File(NamedTuple):
    path: str
    text: str

    def place(self, *keys: str) -> Location:
        """Return the line on which the innermost of ``keys`` is written, as well as can be told."""
        key = re.escape(keys[-1])
        pattern = re.compile(rf"^[^#\n]*(?<![\w-])[\"']?{key}(?![\w-])", re.MULTILINE)
        start = 0
        for outer in keys[:-1]:
            found = re.compile(
                rf"^\s*\[.*{re.escape(outer)}|^\s*{re.escape(outer)}\s*=", re.MULTILINE
            ).search(self.text, start)
            start = found.start() if found else start
        match = pattern.search(self.text, start)
        if match is None:
            return Location(self.path, 1, 1, 1, 1)
        line = self.text.count("\n", 0, match.end()) + 1
        column = match.end() - (self.text.rfind("\n", 0, match.end()) + 1) + 1
        begin = max(column - len(keys[-1]), 1)
        return Location(self.path, line, begin, line, column)


def load(paths: Sequence[str], explicit: str, *, isolated: bool) -> Configuration:
    """Read the configuration of the project that ``paths`` are in.

    Args:
        paths: what is audited; the search starts at the folder they share and goes up to the
            root of the repository.
        explicit: a file named by ``--config``, or empty.
        isolated: read none.

    Raises:
        AuditError: when it cannot be read or says something unknown.
    """
    if isolated:
        return Configuration("", {})
    if explicit:
        path = os.path.abspath(explicit)  # noqa: PTH100 - pathlib costs start-up
        table = _table(path, read(path))
        if table is None:
            raise AuditError("has no [tool.secaudit] table", path=path)
        return Configuration(path, _fields(_File(path, read(path).decode()), table))
    for folder in _upwards(paths):
        for name in NAMES:
            path = os.path.join(folder, name)  # noqa: PTH118 - pathlib costs start-up
            if os.path.isfile(path):  # noqa: PTH113 - see above
                data = read(path)
                table = _table(path, data)
                if table is not None:
                    return Configuration(path, _fields(_File(path, data.decode()), table))
    return Configuration("", {})


def passed_over(folders: Iterable[str], options: Options) -> Iterator[str]:
    """Yield a note for each project whose own configuration does not count in this run.

    One run has one configuration; what a project deep inside says of itself must not silence the
    run around it. Who names a file with ``--config``, or wants none, knows that.
    """
    if options.config or options.isolated:
        return
    for folder in folders:
        for name in NAMES:
            path = os.path.join(folder, name)  # noqa: PTH118 - pathlib costs start-up
            if path == options.config_path or not os.path.isfile(path):  # noqa: PTH113 - see above
                continue
            try:
                own = _table(path, read(path))
            except AuditError:
                continue  # a pyproject.toml that does not parse is a problem of its own
            if own is not None:
                used = f"this run uses {options.config_path or 'none'}"
                yield f"{path}: this configuration is not read, {used}; name it with --config"


def _upwards(paths: Sequence[str]) -> Iterator[str]:
    """Yield the shared folder of the paths and its parents, up to a repository's root."""
    absolute = [os.path.abspath(path) for path in paths]  # noqa: PTH100 - pathlib costs start-up
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in absolute]  # noqa: PTH112, PTH120 - see above
    folder = os.path.commonpath(folders)
    while True:
        yield folder
        parent = os.path.dirname(folder)  # noqa: PTH120 - see above
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):  # noqa: PTH110, PTH118 - see above
            return
        folder = parent


def _table(path: str, data: bytes) -> dict[str, Any] | None:
    """Return the table of ours in a TOML file, None when it has none."""
    own = not path.endswith("pyproject.toml")
    if not own and b"secaudit" not in data:
        return None  # spares every run without a configuration the import of a TOML parser
    import tomllib  # noqa: PLC0415 - see above

    try:
        document = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        if not own and b"[tool.secaudit" not in data:
            return None
        line = re.search(r"at line (\d+)", str(error))
        where = int(line[1]) if line else None
        raise AuditError("is no valid TOML", "see the line named", path=path, line=where) from None
    if own:
        return document
    tool = document.get("tool")
    table = tool.get("secaudit") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def _fields(file: _File, table: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a configuration table into fields of Options."""
    fields: dict[str, Any] = {"config_path": file.path}
    ignores: list[Ignore] = []
    for key, value in table.items():
        if key in _KEYS:
            fields[key.replace("-", "_")] = _value(file, _KEYS[key], value)
        elif key == "ignore":
            ignores += _ignores(file, (key,), value, "")
        elif key == "per-path-ignores":
            for path, accepted in _items(file, (key,), value):
                ignores += _ignores(file, (key, path), accepted, path)
        elif key == "per-path-profiles":
            fields["path_profiles"] = tuple(
                (path, _choice(file, (key, path), profile, PROFILES))
                for path, profile in _items(file, (key,), value)
            )
        elif key == "deployments":
            fields["deployments"] = tuple(
                _deployment(file, name, declared) for name, declared in _items(file, (key,), value)
            )
        else:
            raise _unknown(file, (key,), [*_KEYS, *TABLES])
    selection.checked(fields.get("select", ()), "select")
    if fields.get("baseline"):
        fields["baseline"] = os.path.join(os.path.dirname(file.path), fields["baseline"])  # noqa: PTH118, PTH120 - pathlib costs start-up
    fields["ignores"] = tuple(ignores)
    return fields


def _value(file: _File, option: Option, value: object) -> object:
    keys = (option.name,)
    if option.kind == "flag":
        if not isinstance(value, bool):
            raise _wrong(file, keys, "true or false")
        return value
    if option.kind == "list":
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _wrong(file, keys, "a list of strings")
        return tuple(value)
    if option.choices:
        return _choice(file, keys, value, option.choices)
    return _text(file, keys, value)


def _ignores(file: _File, keys: tuple[str, ...], value: object, path: str) -> Iterator[Ignore]:
    for selector, accepted in _items(file, keys, value):
        inner = (*keys, selector)
        if not selection.codes(selector):
            hint = selection.nearest_hint(selector)
            raise _error(file, inner, f"{selector} names no rule", hint)
        if isinstance(accepted, dict):
            for key in accepted:
                if key not in {"reason", "until"}:
                    raise _unknown(file, (*inner, key), ["reason", "until"])
            until = f" until={accepted['until']}" if "until" in accepted else ""
            accepted = f"{accepted.get('reason', '')}{until}"  # noqa: PLW2901 - one form from here on
        reason, until, fault = split_until(_text(file, inner, accepted))
        if fault:
            raise _error(file, inner, f"the ignore of {selector} is not valid: {fault}")
        yield Ignore(selector, reason, until, path, file.place(*inner))


def _deployment(file: _File, name: str, value: object) -> Declared:
    keys = ("deployments", name)
    table = dict(_items(file, keys, value))
    for key in table:
        if key not in DEPLOYMENT_KEYS:
            raise _unknown(file, (*keys, key), list(DEPLOYMENT_KEYS))
    folder = os.path.dirname(file.path)  # noqa: PTH120 - pathlib costs start-up
    settings = _text(file, (*keys, "settings"), table.get("settings", ""))
    if settings.endswith(".py"):
        settings = os.path.join(folder, settings)  # noqa: PTH118 - see above
    files = table.get("env-files", [])
    if not isinstance(files, list) or not all(isinstance(item, str) for item in files):
        raise _wrong(file, (*keys, "env-files"), "a list of strings")
    env = dict(_items(file, (*keys, "env"), table.get("env", {})))
    return Declared(
        name,
        settings,
        tuple(os.path.join(folder, item) for item in files),  # noqa: PTH118 - see above
        tuple((key, _text(file, (*keys, "env", key), item)) for key, item in env.items()),
        _choice(file, (*keys, "profile"), table.get("profile", "auto"), PROFILES),
    )


def _items(file: _File, keys: tuple[str, ...], value: object) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        raise _wrong(file, keys, "a table")
    yield from value.items()


def _text(file: _File, keys: tuple[str, ...], value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(file, keys, "a string")
    return value


def _choice(file: _File, keys: tuple[str, ...], value: object, choices: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise _wrong(file, keys, "one of " + ", ".join(choices))
    return value


def _wrong(file: _File, keys: tuple[str, ...], wanted: str) -> AuditError:
    return _error(file, keys, f"{'.'.join(keys)} takes {wanted}")


def _unknown(file: _File, keys: tuple[str, ...], known: Sequence[str]) -> AuditError:
    from secaudit.suggestions import nearest  # noqa: PLC0415 - difflib only for mistakes

    near = nearest(keys[-1], known)
    hint = f"did you mean {near}?" if near else f"known: {', '.join(sorted(known))}"
    return _error(file, keys, f"unknown configuration key {'.'.join(keys)}", hint)


def _error(file: _File, keys: tuple[str, ...], message: str, hint: str = "") -> AuditError:
    return AuditError(message, hint, path=file.path, line=file.place(*keys).line)
