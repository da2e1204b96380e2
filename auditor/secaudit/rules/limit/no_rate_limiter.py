"""LIMIT002: nothing limits how often clients may call."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities, is_absent


def check(facts: Facts) -> Iterator[Match]:
    """Yield throttles of an API and logins without a limiter, unless one is seen in code."""
    if any("limit" in str(seen.detail.get("what")) for seen in facts.seen("mitigation")):
        return
    for setting in facts.of("limit.enabled"):
        if setting.value is False and is_absent(setting):
            yield Match(setting, "nothing limits how often clients may call")
    for seen in facts.seen("login-unlimited"):
        path = seen.detail["path"]
        told = f"nothing limits how often clients may try to log in at {path}"
        yield Match(seen, told, related=(seen.detail["place"],))


RULE = Rule(
    code="LIMIT002",
    name="no-rate-limiter",
    summary="no rate limiter is configured",
    severities=Severities("low", "info"),
    applies_to=("limit.enabled", "login-unlimited"),
    owasp=("API4:2023", "API2:2023"),
    cwe=(770, 307),
    asvs=("2.4.1", "6.3.1"),
    explanation="""\
Passwords can be tried without end. Django REST framework has throttles but uses none unless they
are named; FastAPI, Starlette and Flask have none. There the application is reported when it routes
a login and nothing in its code has the name of a limiter or answers 429.

Set `DEFAULT_THROTTLE_CLASSES` and rates; use slowapi, Flask-Limiter or a counter of failed
attempts; or limit at the proxy and suppress the finding with that reason.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "INSTALLED_APPS = ['rest_framework']\n"
                )
            }
        ),
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n\napp = FastAPI(docs_url=None)\n\n\n"
                    '@app.post("/auth/login")\n'
                    "def login(user: str, password: str):\n    return enter(user, password)\n"
                )
            }
        ),
        Example(
            {
                "app.py": (
                    "from flask import Flask\n\napp = Flask(__name__)\n\n\n"
                    '@app.route("/login", methods=["GET", "POST"])\n'
                    "def login():\n    return accounts.enter()\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "INSTALLED_APPS = ['rest_framework']\nREST_FRAMEWORK = {\n"
                    "    'DEFAULT_THROTTLE_CLASSES': "
                    "['rest_framework.throttling.AnonRateThrottle'],\n"
                    "    'DEFAULT_THROTTLE_RATES': {'anon': '60/min'},\n}\n"
                )
            }
        ),
        Example(
            {
                "main.py": (
                    "from fastapi import Depends, FastAPI\n"
                    "from fastapi_limiter.depends import RateLimiter\n\n"
                    "app = FastAPI(docs_url=None)\n\n\n"
                    '@app.post("/login", dependencies=[Depends(RateLimiter(times=5))])\n'
                    "def login(user: str, password: str):\n    return enter(user, password)\n"
                )
            }
        ),
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n\napp = FastAPI(docs_url=None)\n\n\n"
                    '@app.post("/devices/token")\n'
                    "def register(token: str):\n    return devices.add(token)\n"
                )
            }
        ),
    ),
    check=check,
    confidence="medium",
)
