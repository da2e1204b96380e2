"""CORS settings that nothing reads: an application without the middleware."""

from typing import Any

import pytest

SETTINGS = (
    "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n"
    "    cors_origins: list[str] = ['*']\n    cors_allow_credentials: bool = True\n"
    "settings = Settings()\n"
)
APP = "from fastapi import FastAPI\nfrom config import settings\napp = FastAPI()\n"


def cors(evaluated: Any, files: dict[str, str]) -> tuple[list[str], list[str]]:  # noqa: ANN401 - a fixture
    """Return the names of CORS settings, and of those that are noted as without effect."""
    facts = evaluated(files).facts
    names = [one.name for one in facts.settings if one.concept.startswith("cors.")]
    return names, [seen.subject for seen in facts.seen("setting-inert")]


def test_settings_that_nobody_asks_for_have_no_effect(evaluated: Any) -> None:  # noqa: ANN401
    names, inert = cors(evaluated, {"main.py": APP, "config.py": SETTINGS})
    assert names == []
    assert sorted(inert) == ["cors_allow_credentials", "cors_origins"]


@pytest.mark.parametrize(
    "source",
    [
        "",  # no application: what reads the settings is not known
        APP + "setup(app, settings.cors_origins)\n",
        APP + "from company import add_cors\n",
        APP + "from fastapi.middleware.cors import CORSMiddleware\n"
        "app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins)\n",
    ],
)
def test_settings_that_may_be_read_count(evaluated: Any, source: str) -> None:  # noqa: ANN401
    names, inert = cors(evaluated, {"main.py": source, "config.py": SETTINGS})
    assert "cors_origins" in names
    assert inert == []
