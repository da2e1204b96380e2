"""Whether `.env` and the settings of the project's version are in step."""

import os
import re
from collections.abc import Iterator
from typing import Final

from secaudit.discovery import read
from secaudit.facts import Observation
from secaudit.location import Location
from secaudit.syntax import dotenv
from secaudit.template.answers import Answers

_EXAMPLE: Final = ".env.example"  # names every setting; those without a default are no comments
_NAMED: Final = re.compile(r"^(?P<comment>#?)(?P<name>APP_[A-Z0-9_]+)=", re.MULTILINE)
_OWN: Final = "APP_SERVICE__"  # the service's own settings
_PRODUCTION_ONLY: Final = frozenset({"APP_HTTP__ALLOWED_HOSTS"})


def out_of_step(given: Answers) -> Iterator[Observation]:
    """Yield required variables that `.env` lacks, and variables that no setting has.

    Raises:
        AuditError: a file cannot be read.
    """
    path, example = f"{given.folder}/.env", f"{given.folder}/{_EXAMPLE}"
    if not os.path.lexists(path) or not os.path.lexists(example):
        return
    named = list(_NAMED.finditer(read(example).decode("utf-8", "replace")))
    known = {match["name"] for match in named}
    required = {match["name"] for match in named if not match["comment"]}
    file = dotenv.parse(read(path), path, "python-dotenv")
    values = {entry.key.upper(): entry.value for entry in file.entries}
    if values.get("APP_ENVIRONMENT") in {"development", "test"}:
        required -= _PRODUCTION_ONLY
    for name in sorted(required):
        if not {name, f"{name}_FILE", name.partition("__")[0]} & values.keys():
            detail = {"reason": "is required and the file lacks it"}
            yield Observation("env-out-of-step", Location(path, 1, 1, 1, 2), name, detail)
    groups = {name.partition("__")[0] for name in known if "__" in name}
    for entry in file.entries:
        name = entry.key.upper()
        if name.startswith("APP_") and not name.startswith(_OWN) and name not in known | groups:
            detail = {"reason": "is no setting of this version: the service will not start"}
            yield Observation("env-out-of-step", entry.key_location, name, detail)
