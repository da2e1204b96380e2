"""The generated service with two routes of its own, as `serve` runs it in production."""

import json
import shutil
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
KEY: Final = "d3Vq9sLk2Zx7Rw5Nf0Tb8Hy4Jm6Pc1Ga"
PASSWORD: Final = "seven brown boxes of chalk"  # noqa: S105 - an account that lives for seconds

_MODELS: Final = '''\
"""Two routes, which answer alike: one for everyone, one for users."""

from typing import Annotated

from pydantic import Field

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
'''

_ROUTES: Final = {
    "fastapi": '''

from app.routing_fastapi import Router

router = Router("/v1")


@router.get("/open", access=public)
async def read_open() -> Person:
    """Answer everyone."""
    return Person()


@router.get("/mine", access=user)
async def read_mine() -> Person:
    """Answer users."""
    return Person()
''',
    "starlette": '''

from app.routing_starlette import Request, Router, get


async def read_open(_request: Request) -> Person:
    """Answer everyone."""
    return Person()


async def read_mine(_request: Request) -> Person:
    """Answer users."""
    return Person()


router = Router(
    get("/v1/open", read_open, access=public, answer=Person),
    get("/v1/mine", read_mine, access=user, answer=Person),
)
''',
}
_EXTENSION_POINT: Final = {
    "fastapi": ("service.py", "from .api.v1"),
    "starlette": ("service_starlette.py", "from .routes.v1"),
}


def write_service(folder: Path, framework: str = "fastapi") -> None:
    """Copy the template of one framework and add the routes where a user would."""
    skipped = shutil.ignore_patterns("__pycache__", "*.jinja", "data", "tests", ".*_cache", "*.db")
    shutil.copytree(ROOT / "template", folder, ignore=skipped)
    app = folder / "app"
    (app / "project.toml").write_text(f'factory = "app.main_{framework}:create_app"\n')
    (app / "measured.py").write_text(_MODELS + _ROUTES[framework])
    name, first_import = _EXTENSION_POINT[framework]
    text = (app / name).read_text()
    before = "(items_v1.router, items_v2.router)"
    if before not in text or first_import not in text:
        raise ValueError(f"app/{name} no longer imports and lists its routers as expected")
    text = text.replace(before, "(measured.router, items_v1.router, items_v2.router)")
    text = text.replace(first_import, f"from . import measured\n{first_import}", 1)
    (app / "service.py").write_text(text)


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
