"""Logins that nothing limits: what counts as a login, and what counts as a limiter."""

from typing import Any

import pytest

FASTAPI = "from fastapi import APIRouter, FastAPI\napp = FastAPI()\nrouter = APIRouter()\n"
FLASK = "from flask import Blueprint, Flask\napp = Flask(__name__)\nbp = Blueprint('a', 'a')\n"
STARLETTE = "from starlette.applications import Starlette\nfrom starlette.routing import Route\n"
LOGIN = "@router.post('/login')\ndef login(): ...\n"


def paths(evaluated: Any, files: dict[str, str]) -> list[str]:  # noqa: ANN401 - a fixture
    """Return the paths of the logins that are noted."""
    return [one.detail["path"] for one in evaluated(files).facts.seen("login-unlimited")]


@pytest.mark.parametrize(
    ("source", "path"),
    [
        (FASTAPI + LOGIN, "/login"),
        (FASTAPI + "@app.post('/api/v1/token')\ndef f(): ...\n", "/api/v1/token"),
        (FASTAPI + "@app.post('/login/access-token')\ndef f(): ...\n", "/login/access-token"),
        (FASTAPI + "@router.api_route('/sign-in', methods=['POST'])\ndef f(): ...\n", "/sign-in"),
        (FASTAPI + "@router.post('')\ndef f(form: OAuth2PasswordRequestForm): ...\n", "/"),
        (FASTAPI + "app.include_router(users.get_auth_router(b))\n", "get_auth_router()"),
        (FLASK + "@bp.route('/login', methods=['GET', 'POST'])\ndef f(): ...\n", "/login"),
        (FLASK + "@bp.post('/auth/signin')\ndef f(): ...\n", "/auth/signin"),
        (
            STARLETTE + "app = Starlette(routes=[Route('/login', str, methods=['POST'])])\n",
            "/login",
        ),
    ],
)
def test_what_is_a_login(evaluated: Any, source: str, path: str) -> None:  # noqa: ANN401
    found = evaluated({"app.py": source}).facts.seen("login-unlimited")
    assert [one.detail["path"] for one in found] == [path]
    assert "(" in source.splitlines()[found[0].location.line - 1]
    assert paths(evaluated, {"routes.py": source, "app.py": "from routes import app\n"}) == [path]


@pytest.mark.parametrize(
    "source",
    [
        FASTAPI + "@app.get('/login')\ndef f(): ...\n",
        FASTAPI + "@app.post('/devices/token')\ndef f(): ...\n",
        FASTAPI + "@app.post('/login-history')\ndef f(): ...\n",
        FLASK + "@bp.route('/login')\ndef f(): ...\n",
        "def test(client):\n    client.post('/login')\n" + FASTAPI,
        LOGIN,
    ],
)
def test_what_is_none(evaluated: Any, source: str) -> None:  # noqa: ANN401
    assert paths(evaluated, {"app.py": source}) == []


@pytest.mark.parametrize(
    "code",
    [
        "from slowapi import Limiter",
        "from fastapi_limiter.depends import RateLimiter",
        "import limits.ratelimit",
        "class LoginThrottle: ...",
        "def f(): user.failed_attempts += 1",
        "def f(): raise HTTPException(status_code=429)",
        "def f(): raise HTTPException(status.HTTP_429_TOO_MANY_REQUESTS)",
        "app.add_middleware(Guard, rate_limit=5)",
        "def f(): hcaptcha.verify(1)",
    ],
)
def test_what_limits(evaluated: Any, code: str) -> None:  # noqa: ANN401
    assert paths(evaluated, {"app.py": f"{FASTAPI}{LOGIN}{code}\n"}) == []
    imported = {"guard.py": code + "\n", "app.py": f"import guard\n{FASTAPI}{LOGIN}"}
    assert paths(evaluated, imported) == []


@pytest.mark.parametrize("text", ["# rate_limit", "'''Add a rate limiter.'''", "LIMIT = 4290"])
def test_a_comment_limits_nothing(evaluated: Any, text: str) -> None:  # noqa: ANN401
    assert paths(evaluated, {"app.py": f"{FASTAPI}{LOGIN}{text}\n"}) == ["/login"]
