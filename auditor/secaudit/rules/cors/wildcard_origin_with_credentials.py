"""CORS001: every site may act with the visitor's credentials."""

from collections.abc import Iterator

from secaudit.facts import Facts, Unknown
from secaudit.judgement.origins import open_sources
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield policies that let any origin in and allow credentials, one finding a policy."""
    seen: set[str] = set()
    for setting, how in open_sources(facts):
        credentials = facts.beside(setting, "cors.credentials")
        if credentials is None or isinstance(credentials.value, Unknown):
            continue
        if credentials.value is True and (not setting.group or setting.group not in seen):
            seen.add(setting.group)
            yield Match(
                setting,
                f"{how}, and credentials are allowed: any site can act as the visitor",
                related=(credentials.location,),
                fix=switch(credentials, to=False, title="Allow no credentials"),
            )


RULE = Rule(
    code="CORS001",
    name="wildcard-origin-with-credentials",
    summary="any origin may send requests with the visitor's cookies and read the answers",
    severities=Severities("high", "high", "low"),
    applies_to=("cors.origins", "cors.regex", "cors.allow_all"),
    owasp=("API8:2023",),
    cwe=(942, 346),
    asvs=("3.4.2",),
    explanation="""\
Browsers refuse the answer `*` to a request with credentials, so the libraries answer with the
request's own `Origin` instead: Starlette does when `"*"` stands anywhere in `allow_origins` or
the pattern is `.*`, Flask-Cors and django-cors-headers likewise, and so does a middleware of your
own that copies the header. Every web page the visitor opens can then call the API with the
visitor's cookies and read what it answers.

List the origins of your own front ends. If the API takes bearer tokens only, drop credentials.""",
    bad=(
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    "app = FastAPI(openapi_url=None)\n"
                    "app.add_middleware(\n    CORSMiddleware,\n"
                    '    allow_origins=["*"],\n    allow_credentials=True,\n)\n'
                )
            }
        ),
        Example(
            {
                "main.py": (
                    "from flask import Flask, Response, request\n\n"
                    "app = Flask(__name__)\n\n\n"
                    "@app.after_request\n"
                    "def cors(response: Response) -> Response:\n"
                    '    origin = request.headers.get("Origin")\n'
                    "    if origin:\n"
                    '        response.headers["Access-Control-Allow-Origin"] = origin\n'
                    '        response.headers["Access-Control-Allow-Credentials"] = "true"\n'
                    "    return response\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "main.py": (
                    "from flask import Flask, Response, request\n\n"
                    "app = Flask(__name__)\n\n\n"
                    "@app.after_request\n"
                    "def cors(response: Response) -> Response:\n"
                    '    origin = request.headers.get("Origin")\n'
                    '    if origin in {"https://app.acme.io", "https://admin.acme.io"}:\n'
                    '        response.headers["Access-Control-Allow-Origin"] = origin\n'
                    '        response.headers["Access-Control-Allow-Credentials"] = "true"\n'
                    "    return response\n"
                )
            }
        ),
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    "app = FastAPI(openapi_url=None)\n"
                    "app.add_middleware(\n    CORSMiddleware,\n"
                    '    allow_origins=["https://app.acme.io"],\n    allow_credentials=True,\n)\n'
                )
            }
        ),
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    "app = FastAPI(openapi_url=None)\n"
                    'app.add_middleware(CORSMiddleware, allow_origins=["*"])\n'
                )
            }
        ),
    ),
    check=check,
    references=("https://fetch.spec.whatwg.org/#cors-protocol-and-credentials",),
)
