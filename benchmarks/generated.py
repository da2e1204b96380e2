"""The generated service with two routes of its own, as `serve` runs it in production."""

import json
import shutil
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
KEY: Final = "d3Vq9sLk2Zx7Rw5Nf0Tb8Hy4Jm6Pc1Ga"
PASSWORD: Final = "seven brown boxes of chalk"  # noqa: S105 - an account that lives for seconds

_ROUTES: Final = '''\
"""Two routes, which answer alike: one for everyone, one for users."""

from typing import Annotated

from pydantic import Field

from app.routing_fastapi import Router
from app.security.access import public, user
from app.security.schemas import Output


class Address(Output):
    """Part of the answer."""

    street: str = "12 Wharf Lane"
    city: str = "Bristol"
    country: str = "GB"


class Person(Output):
    """What is answered."""

    id: int = 7
    name: str = "Ada Example"
    email: str = "ada@example.org"
    active: bool = True
    tags: Annotated[list[str], Field(max_length=3)] = ["maths", "engines", "letters"]
    address: Address = Address()


router = Router("/v1")


@router.get("/open", access=public)
async def read_open() -> Person:
    """Answer everyone."""
    return Person()


@router.get("/mine", access=user)
async def read_mine() -> Person:
    """Answer users."""
    return Person()
'''


def write_service(folder: Path) -> None:
    """Copy the template and add the routes where a user would."""
    skipped = shutil.ignore_patterns("__pycache__", "*.jinja", "data", "tests", ".*_cache", "*.db")
    shutil.copytree(ROOT / "template", folder, ignore=skipped)
    (folder / "app" / "measured.py").write_text(_ROUTES)
    service = folder / "app" / "service.py"
    text = service.read_text()
    before = "(items_v1.router, items_v2.router)"
    if before not in text:
        raise ValueError("app/service.py no longer lists its routers as expected")
    text = text.replace(before, "(measured.router, items_v1.router, items_v2.router)")
    service.write_text(text.replace("from .api.v1", "from . import measured\nfrom .api.v1", 1))


def variables(folder: Path, store_url: str = "memory://") -> dict[str, str]:
    """Return the service's environment: production, with quotas that a load test never meets."""
    quotas = {
        f"APP_LIMITS__{name}": "900000000/minute" for name in ("PUBLIC", "AUTHENTICATED", "ADMIN")
    }
    return quotas | {
        "PYTHONPATH": str(folder),
        "APP_ENVIRONMENT": "production",
        "APP_ACCOUNTS__REGISTRATION": "open",
        "APP_TOKENS__SIGNING_KEYS": json.dumps([KEY]),
        "APP_HTTP__ALLOWED_HOSTS": '["127.0.0.1"]',
        "APP_HTTP__FORCE_HTTPS": "false",
        "APP_CORS__ALLOW_ORIGINS": '["https://app.example.org"]',
        "APP_LIMITS__STORE_URL": store_url,
        "APP_DATABASE__URL": f"sqlite+aiosqlite:///{folder}/data/app.db",
    }
