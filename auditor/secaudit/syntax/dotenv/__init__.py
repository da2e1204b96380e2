"""Env files, each read the way one loader reads them: one dialect a module.

Dialects: ``python-dotenv`` (also pydantic-settings, Flask, environs, uvicorn),
``django-environ``, ``django-environ-comments`` (``parse_comments=True``, and release 0.11),
``decouple``, ``starlette``, ``compose``, ``docker`` (``docker run --env-file``) and ``bash``.
"""

from importlib import import_module
from typing import Final

from secaudit.syntax.dotenv.building import Builder
from secaudit.syntax.dotenv.expansion import Lookup, effective, expand, resolve
from secaudit.syntax.dotenv.model import Dropped, Entry, EnvFile, Part, Reference, Resolved
from secaudit.syntax.text import decode

__all__ = [
    "DIALECTS",
    "Dropped",
    "Entry",
    "EnvFile",
    "Lookup",
    "Part",
    "Reference",
    "Resolved",
    "effective",
    "expand",
    "parse",
    "resolve",
]

DIALECTS: Final[dict[str, str]] = {  # dialect: the module that reads it, imported on demand
    "python-dotenv": "python_dotenv",
    "django-environ": "django_environ",
    "django-environ-comments": "django_environ",
    "decouple": "key_value",
    "starlette": "key_value",
    "compose": "compose",
    "docker": "docker",
    "bash": "bash",
}


def parse(data: bytes, path: str, dialect: str) -> EnvFile:
    """Read an env file in a dialect of ``DIALECTS``.

    Raises:
        AuditError: the file is too large or no UTF-8 text.
    """
    text = decode(data, path)
    builder = Builder(text, path, dialect, marked=data.startswith(b"\xef\xbb\xbf"))
    reader = import_module(f"secaudit.syntax.dotenv.{DIALECTS[dialect]}")
    reader.parse(builder)
    return builder.finish()
