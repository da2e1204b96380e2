"""What a program prints and logs: secrets, objects that hold some, and texts that are masked."""

from typing import Any

import pytest

HEAD = """\
import logging
from dataclasses import dataclass
from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    title: str = "shop"
    secret_key: str
    api_token: SecretStr


class Masked(BaseSettings):
    secret_key: SecretStr


class Plain:
    def __init__(self):
        self.SECRET_KEY = settings.secret_key


@dataclass
class Data:
    secret_key: str


settings = Settings()
masked = Masked()
plain = Plain()
data = Data(settings.secret_key)
log = logging.getLogger()
"""


def logged(evaluated: Any, line: str) -> list[str]:  # noqa: ANN401 - a fixture
    """Return the secrets that a line shows, by name."""
    given = {"SECRET_KEY": "q3ZkT8wLr5Xn0cVb", "API_TOKEN": "q3ZkT8wLr5Xn0cVc"}
    facts = evaluated({"settings.py": f"{HEAD}{line}\n"}, given).facts
    return [one.subject for one in facts.observations if one.kind == "secret-logged"]


@pytest.mark.parametrize(
    "line",
    [
        "print(settings.secret_key)",
        "log.info('key %s', settings.secret_key)",
        "print(f'key {settings.secret_key}')",
        "print('key ' + settings.secret_key)",
        "print('key %s of %s' % (settings.secret_key, settings.title))",
        "log.info('key {}'.format(settings.secret_key))",
        "log.info('key {key}'.format(key=settings.secret_key))",
        "print(settings)",
        "log.debug(settings)",
        "print(f'with {settings}')",
        "print(settings.model_dump())",
        "log.info('%s', settings.dict())",
        "print(settings.model_dump_json())",
        "print(vars(settings))",
        "print(settings.__dict__)",
        "print(str(settings))",
        "print(data)",
        "print(masked.secret_key.get_secret_value())",
    ],
)
def test_what_shows_a_secret(evaluated: Any, line: str) -> None:  # noqa: ANN401 - a fixture
    assert len(logged(evaluated, line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "print(settings.title)",
        "print(settings.api_token)",
        "print(masked)",
        "print(masked.secret_key)",
        "print(masked.model_dump())",
        "print(plain)",
        "print(settings.model_dump(exclude={'secret_key'}))",
        "print(len(settings.secret_key))",
        "print('secret_key')",
        "print('key has %d' % len(settings.secret_key))",
        "print('key ' + mask(settings.secret_key))",
    ],
)
def test_what_shows_none(evaluated: Any, line: str) -> None:  # noqa: ANN401 - a fixture
    assert logged(evaluated, line) == []


def test_a_key_that_is_made_anew_is_one_fault_wherever_it_reaches(evaluated: Any) -> None:  # noqa: ANN401 - a fixture
    source = "import secrets, jwt\nSECRET_KEY = secrets.token_hex(32)\njwt.encode({}, SECRET_KEY)\n"
    (seen,) = evaluated({"app.py": source}).facts.seen("secret-per-process")
    assert (seen.subject, seen.location.line) == ("SECRET_KEY", 2)
    assert seen.detail["purpose"] == "signing"
    fernet = f"{source}from cryptography.fernet import Fernet\nFernet(SECRET_KEY)\n"
    (seen,) = evaluated({"app.py": fernet}).facts.seen("secret-per-process")
    assert (seen.subject, seen.detail["purpose"]) == ("SECRET_KEY", "encryption")
