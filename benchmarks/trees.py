"""Writes the projects that the auditor's benchmarks read: small and ordinary, or large."""

from pathlib import Path
from typing import Final

_SETTINGS: Final = """\
from datetime import timedelta

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_prefix="SHOP_")

    environment: str = "production"
    debug: bool = False
    secret_key: SecretStr
    database_url: str = "postgresql+psycopg://shop@db/shop?sslmode=require"
    cors_origins: list[str] = Field(default_factory=list)
    access_lifetime: timedelta = timedelta(minutes=15)
    page_size: int = 50


settings = Settings()
"""

_ENV: Final = """\
# written by the deployment
SHOP_ENVIRONMENT=production
SHOP_SECRET_KEY=q7Zt0mJm8yQ3v5cW2nR9bX4kL6pD1sFh
SHOP_CORS_ORIGINS=["https://shop.example.org"]
SHOP_DATABASE_URL="postgresql+psycopg://shop:vK93jfLq0Zx@db.internal/shop?sslmode=require"
SHOP_PAGE_SIZE=100
"""

_COMPOSE: Final = """\
services:
  web:
    image: registry.example.org/shop:1.4.2
    env_file: .env
    ports: ["127.0.0.1:8000:8000"]
    read_only: true
"""

_MODULE: Final = '''\
"""Module {number} of a large application."""

import json
import logging
from collections import OrderedDict

logger = logging.getLogger(__name__)


class Repository{number}:
    """Keeps rows in memory."""

    def __init__(self, limit: int = {number}) -> None:
        self.limit = limit
        self.rows: OrderedDict[str, dict[str, object]] = OrderedDict()

    def add(self, key: str, row: dict[str, object]) -> None:
        if len(self.rows) >= self.limit:
            self.rows.popitem(last=False)
        self.rows[key] = row
        logger.debug("added %s", key)

    def dump(self) -> str:
        return json.dumps(list(self.rows.values()), sort_keys=True)


def total(values: list[float]) -> float:
    result = 0.0
    for value in values:
        if value > 0:
            result += value
    return result
'''

_READER: Final = '''\
"""Integration {number}: reads its own variables."""

import os

import requests

BASE_URL = os.getenv("PARTNER_{number}_URL", "https://partner{number}.example.org")
API_KEY = os.environ["PARTNER_{number}_KEY"]


def fetch(path: str) -> dict[str, object]:
    answer = requests.get(BASE_URL + path, headers={{"Authorization": API_KEY}}, timeout=5)
    answer.raise_for_status()
    return answer.json()
'''


def write_small_project(root: Path) -> None:
    """Write a project of one settings module, its env file and a Compose file."""
    root.mkdir(parents=True)
    root.joinpath("settings.py").write_text(_SETTINGS)
    root.joinpath(".env").write_text(_ENV)
    root.joinpath("compose.yaml").write_text(_COMPOSE)


def write_tree(root: Path, *, modules: int, env_files: int) -> None:
    """Write a project of ``modules`` Python files, one in ten reading variables, and env files."""
    write_small_project(root)
    root.joinpath("pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    for number in range(modules - 1):
        package = root / "shop" / f"part{number % 40:02}"
        package.mkdir(parents=True, exist_ok=True)
        text = (_READER if number % 10 == 0 else _MODULE).format(number=number)
        package.joinpath(f"module_{number:04}.py").write_text(text)
    for number in range(env_files - 1):
        folder = root / "deploy" / f"site{number:02}"
        folder.mkdir(parents=True)
        folder.joinpath(".env.production").write_text(
            _ENV + f"PARTNER_{number * 10}_KEY=k{number:02}Zt0mJm8yQ3v5cW2nR9bX4kL6\n"
        )
