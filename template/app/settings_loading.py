"""Reads the settings and names every fault at once, with the secaudit code that covers it."""

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from dotenv import dotenv_values
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings
from pydantic_settings import SettingsError as UndecodableError

from .settings import Settings
from .settings_policy import Fault, Serving, insecure, unservable
from .settings_tree import SettingsTree

PREFIX: Final = "APP_"
SERVICE_PREFIX: Final = "APP_SERVICE__"
# Kubernetes describes every service of the namespace, one named "app" or "app-db" among them.
_KUBERNETES: Final = re.compile(
    r"APP_([A-Z0-9]+_)*?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9]+)*"
    r"|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)"
)
_CODE: Final = re.compile(r"[A-Z]+\d{3}")
_UNKNOWN: Final = "DRIFT005"
_MISSING: Final = "DRIFT002"
# Of settings whose type alone refuses what the rule reports.
_CODES: Final = {
    "APP_TOKENS__ALGORITHM": "AUTH004",
    "APP_TOKENS__ACCESS_TTL_SECONDS": "AUTH003",
    "APP_PASSWORDS__MIN_LENGTH": "AUTH009",
    "APP_LIMITS__BODY_BYTES": "LIMIT005",
    "APP_LIMITS__UPLOAD_BYTES": "LIMIT006",
}
# The prefix under which the process environment has nothing, for settings from values alone.
_NO_PREFIX: Final = "\0"


class SettingsError(Exception):
    """The settings are not fit to start with; its text is for a terminal and holds no value."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def names_of(model: type[BaseModel], prefix: str = PREFIX) -> list[str]:
    """Return the variables of a settings model, in the order of its fields."""
    names: list[str] = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names += names_of(kind, f"{prefix}{name.upper()}__")
        else:
            names.append(f"{prefix}{name.upper()}")
    return names


def required_of(model: type[BaseModel], prefix: str = PREFIX) -> list[str]:
    """Return the variables of a settings model that have no default."""
    names: list[str] = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names += required_of(kind, f"{prefix}{name.upper()}__") if field.is_required() else []
        elif field.is_required():
            names.append(f"{prefix}{name.upper()}")
    return names


def unreadable(env_file: Path) -> Fault | None:
    """Return why a file cannot be read, if it cannot: its settings must not be lost in silence.

    A pipe is left alone: what is read from it is gone.
    """
    reason, code = None, ""
    if env_file.is_dir():
        reason = "is a folder; a container makes one where the file that it mounts is missing"
    elif env_file.is_file():
        try:
            marked = env_file.read_text("utf-8").startswith("\ufeff")
        except UnicodeDecodeError:
            reason = "is no UTF-8 text"
        except OSError:
            reason = "cannot be read"
        else:
            if marked:
                reason = "starts with a byte order mark, which its first name would begin with"
                code = "DIALECT001"
    return None if reason is None else Fault((env_file.name,), reason, code)


def read_variables(env_file: Path) -> dict[str, str]:
    """Return the ``APP_`` variables of ``env_file`` and of the process environment, which wins.

    Names come in upper case, as settings are found whatever their case. What Kubernetes puts into
    the process environment is left out.
    """
    in_file = _prefixed(dotenv_values(env_file))
    in_process = _prefixed(os.environ)
    return in_file | {
        name: value for name, value in in_process.items() if not _KUBERNETES.fullmatch(name)
    }


def _prefixed(source: Mapping[str, str | None]) -> dict[str, str]:
    return {
        name.upper(): value or ""
        for name, value in source.items()
        if name.upper().startswith(PREFIX)
    }


def load_settings(
    env_file: Path = Path(".env"),
    *,
    service: type[BaseSettings] | None = None,
    serving: Serving | None = None,
) -> Settings:
    """Return the settings that ``env_file`` and the process environment make.

    Args:
        env_file: a file of the python-dotenv dialect, which need not exist.
        service: the class of the owner's own ``APP_SERVICE__`` settings.
        serving: how the service is about to be served, when it is.

    Raises:
        SettingsError: names every setting at fault, in the file and the environment alike.
    """
    fault = unreadable(env_file)
    if fault is not None:
        raise SettingsError([fault])
    variables = read_variables(env_file)
    known = set(names_of(Settings))
    own = set(names_of(service, SERVICE_PREFIX)) if service else set()
    faults = [
        Fault((name,), "is no setting of this service", _UNKNOWN)
        for name in sorted(set(variables) - known - own)
    ]
    found, settings = _probe({name: variables[name] for name in variables if name in known})
    named = {name for fault in found for name in fault.names}
    together = [*insecure(settings), *(unservable(settings, serving) if serving else ())]
    faults += found
    faults += [fault for fault in together if named.isdisjoint(fault.names)]
    if service is not None:
        faults += _service_faults(service, env_file)
    if faults:
        raise SettingsError(faults)
    return Settings(_env_file=env_file)


def _probe(variables: Mapping[str, str]) -> tuple[list[Fault], SettingsTree]:
    """Return every fault of single settings, and the tree with defaults in the place of those.

    A fault hides others of its group from pydantic, so the faulty are taken out until none is left.
    """
    values: dict[str, Any] = {"tokens": {}}
    for name, value in variables.items():
        *groups, field = name.removeprefix(PREFIX).lower().split("__")
        (values.setdefault(groups[0], {}) if groups else values)[field] = value
    faults: list[Fault] = []
    while True:
        try:
            return faults, SettingsTree(_env_prefix=_NO_PREFIX, _env_file=None, **values)
        except ValidationError as error:
            for details in error.errors(include_url=False, include_input=False):
                paths = _paths(details)
                fault = _fault(details, paths)
                faults += [] if fault in faults else [fault]  # each member of a list has its own
                for path in paths:
                    _take_out(values, path)


def _paths(details: ErrorDetails) -> list[tuple[str, ...]]:
    """Return the settings a pydantic error is about, each as (group, field) or (field,)."""
    where = tuple(part for part in details["loc"] if isinstance(part, str))[:2]
    fields = details.get("ctx", {}).get("fields", ())
    return [(*where, field) for field in fields] or [where]


def _fault(details: ErrorDetails, paths: list[tuple[str, ...]]) -> Fault:
    names = tuple(PREFIX + "__".join(path).upper() for path in paths)
    if details["type"] == "missing":
        return Fault(names, "is required; `env --write` makes secrets", _MISSING)
    kind = details["type"]
    code = kind if _CODE.fullmatch(kind) else _CODES.get(names[0], "")
    return Fault(names, details["msg"], code)


def _take_out(values: dict[str, Any], path: tuple[str, ...]) -> None:
    *groups, field = path
    group = values.setdefault(groups[0], {}) if groups else values
    for name in (field, f"{field}_file"):  # one fault, wherever the value comes from
        group.pop(name, None)
    if field.startswith("signing_keys"):
        # The only setting without a default: any sound key lets the others be checked.
        group.pop("algorithm", None)
        group["signing_keys"] = [secrets.token_urlsafe(48)]


def _service_faults(service: type[BaseSettings], env_file: Path) -> list[Fault]:
    try:
        service(_env_file=env_file)
    except ValidationError as error:
        return [
            Fault((SERVICE_PREFIX + "__".join(map(str, details["loc"])).upper(),), details["msg"])
            for details in error.errors(include_url=False, include_input=False)
        ]
    except UndecodableError as error:
        return [Fault((f"{SERVICE_PREFIX}*",), str(error))]
    return []
