"""What the variables of a deployment lack, and the random secrets that fill the gaps."""

import json
from pathlib import Path
from typing import Final, get_args

from dotenv import dotenv_values
from pydantic_settings import BaseSettings

from .security.keys import Algorithm, new_key
from .settings import Settings
from .settings_loading import (
    PREFIX,
    SERVICE_PREFIX,
    names_of,
    read_variables,
    required_of,
)

_KEYS: Final = "APP_TOKENS__SIGNING_KEYS"


def missing_variables(env_file: Path) -> list[str]:
    """Return the names that the settings need and neither the file nor the environment has."""
    variables = read_variables(env_file)
    needed = required_of(Settings)
    if variables.get("APP_ENVIRONMENT", "production") == "production":
        needed.append("APP_HTTP__ALLOWED_HOSTS")
    return [name for name in needed if not variables.keys() & {name, f"{name}_FILE"}]


def unknown_variables(env_file: Path, service: type[BaseSettings]) -> list[str]:
    """Return the ``APP_`` names of the file that no setting has."""
    known = {*names_of(Settings), *names_of(service, SERVICE_PREFIX)}
    names = {name.upper() for name in dotenv_values(env_file)}
    return sorted(name for name in names if name.startswith(PREFIX) and name not in known)


def secret_lines_for(env_file: Path) -> list[str]:
    """Return a line with a fresh random value for each secret that is missing."""
    if _KEYS not in missing_variables(env_file):
        return []
    wanted = read_variables(env_file).get("APP_TOKENS__ALGORITHM")
    algorithm: Algorithm = "HS256"
    for known in get_args(Algorithm):
        algorithm = known if known == wanted else algorithm
    return [f"{_KEYS}={json.dumps([new_key(algorithm)])}"]
