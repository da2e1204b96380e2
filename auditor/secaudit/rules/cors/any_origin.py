"""CORS002: every site may call the API and read its answers."""

from collections.abc import Iterator

from secaudit.facts import Facts, Setting, Unknown
from secaudit.judgement.cookies import carries_credentials
from secaudit.judgement.origins import open_sources
from secaudit.location import Location
from secaudit.rule import Example, Match, Rule, Severities

_COOKIES = Severities("medium", "low")


def check(facts: Facts) -> Iterator[Match]:
    """Yield policies that let any origin in without credentials, one finding a policy."""
    seen: set[str] = set()
    sources = open_sources(facts)
    told = {place for setting, _ in sources for place in _told(facts, setting)}
    for setting, how in sources:
        credentials = facts.beside(setting, "cors.credentials")
        unknown = credentials is not None and isinstance(credentials.value, Unknown)
        if _with_credentials(facts, setting) or unknown or setting.location in told:
            continue
        if setting.group and setting.group in seen:
            continue
        seen.add(setting.group)
        yield Match(setting, f"{how}", severities=_COOKIES if _has_sessions(facts) else None)


def _told(facts: Facts, setting: Setting) -> tuple[Location, ...]:
    """Return the places where another finding tells of this source: CORS001, or what it chose."""
    own = (setting.location,) if _with_credentials(facts, setting) else ()
    return (*own, *setting.choices)


def _with_credentials(facts: Facts, setting: Setting) -> bool:
    credentials = facts.beside(setting, "cors.credentials")
    return credentials is not None and credentials.value is True


def _has_sessions(facts: Facts) -> bool:
    """Return whether the application keeps sessions in cookies."""
    return any(
        setting.concept.startswith("cookie.") and carries_credentials(setting.service)
        for setting in facts.settings
    )


RULE = Rule(
    code="CORS002",
    name="any-origin",
    summary="any origin may call the API and read its answers",
    severities=Severities("low", "info"),
    applies_to=("cors.origins", "cors.regex", "cors.allow_all"),
    owasp=("API8:2023",),
    cwe=(942,),
    asvs=("3.4.2",),
    explanation="""\
Every web page may read what the API answers to requests without cookies. For a public API with
bearer tokens that can be meant. For one that trusts the network it is in (an intranet, a VPN,
localhost) it opens the API to every page that somebody inside visits.

List the origins of your front ends, or suppress the finding with the reason.""",
    bad=(
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
    good=(
        Example(
            {
                "main.py": (
                    "from fastapi import FastAPI\n"
                    "from fastapi.middleware.cors import CORSMiddleware\n\n"
                    "app = FastAPI(openapi_url=None)\n"
                    '# allow_origins=["*"]\n'
                    'app.add_middleware(CORSMiddleware, allow_origins=["https://app.acme.io"])\n'
                )
            }
        ),
    ),
    check=check,
)
