"""Configuration files without code: each key is a setting, by concept and unit."""

from datetime import timedelta

import pytest

from secaudit.facts import Unknown
from secaudit.planning import Plan

from .conftest import Planner


def settings(plan: Plan) -> dict[str, object]:
    (one,) = plan.deployments
    return {setting.name: setting.value for setting in one.settings}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("config/app.yaml", "app:\n  debug: yes\n  secret_key: k\n  origins: ['*']\n", 3),
        ("settings.toml", "[app]\ndebug = true\nsecret_key = 'k'\norigins = ['*']\n", 3),
        ("config.json", '{"app":\n{"debug": true,\n"secret_key": "k", "origins": ["*"]}}', 3),
        ("config.ini", "[app]\ndebug = yes\nsecret_key = k\norigins = *\n", 3),
    ],
)
def test_every_format_gives_the_same_settings(
    planned: Planner, name: str, text: str, line: int
) -> None:
    plan = planned({name: text})
    (one,) = plan.deployments
    found = {setting.concept: (setting.value, setting.name) for setting in one.settings}
    assert found == {
        "debug.enabled": (True, "app.debug"),
        "signing.secret": ("k", "app.secret_key"),
        "cors.origins": (["*"], "app.origins"),
    }
    secret = next(setting for setting in one.settings if setting.concept == "signing.secret")
    assert secret.location.line == line
    assert secret.candidates[0].layer == "config-file"


def test_values_have_the_unit_of_their_concept(planned: Planner) -> None:
    text = "access_token_expire_minutes: 30\n"
    assert settings(planned({"config/a.yaml": text})) == {
        "access_token_expire_minutes": timedelta(minutes=30)
    }


@pytest.mark.parametrize("value", ["'${X}'", "'{{ x }}'", "!ENV X", "'@format {env[X]}'", "'$X'"])
def test_references_are_unknown(planned: Planner, value: str) -> None:
    found = settings(planned({"config/a.yaml": f"secret_key: {value}\n"}))
    assert isinstance(found["secret_key"], Unknown)


def test_environments_of_one_file_are_deployments(planned: Planner) -> None:
    text = "[default]\ndebug = true\na = 1\n[development]\nb = 2\n[production]\ndebug = false\n"
    plan = planned({"settings.toml": text})
    assert [(one.name, one.profile) for one in plan.deployments] == [
        ("settings.toml [development]", "development"),
        ("settings.toml [production]", "production"),
    ]
    values = [{one.name: one.value for one in each.settings} for each in plan.deployments]
    assert values == [{"debug": True, "a": 1, "b": 2}, {"debug": False, "a": 1}]


def test_of_pyproject_only_package_sources_count(planned: Planner) -> None:
    text = (
        "[project]\nname = 'x'\n[tool.thing]\nsecret_key = 'x'\n"
        "[[tool.uv.index]]\nurl = 'http://packages.example.com'\n"
        "[tool.uv]\nallow-insecure-host = ['packages.example.com']\n"
    )
    (one,) = planned({"pyproject.toml": text}).deployments
    assert [(setting.concept, setting.value) for setting in one.settings] == [
        ("packages.index", "http://packages.example.com"),
        ("tls.verify", False),
    ]


def test_profiles_of_data_files(planned: Planner) -> None:
    files = {
        "config/production.yaml": "debug: true\n",
        "config/example.yaml": "debug: true\n",
        "config/app.yaml": "debug: true\nenvironment: staging\n",
    }
    plan = planned(files)
    assert {one.name: one.profile for one in plan.deployments} == {
        "config/production.yaml": "production",
        "config/example.yaml": "example",
        "config/app.yaml": "production",
    }


def test_broken_files_are_problems(planned: Planner) -> None:
    files = {
        "config/a.yaml": "debug: [",
        "config/b.toml": "debug =\n",
        "config/c.json": '{"debug": }',
        "config/d.ini": "debug\n",
    }
    plan = planned(files)
    assert sorted(problem.path.rpartition("/")[2] for problem in plan.problems) == [
        "a.yaml",
        "b.toml",
        "c.json",
        "d.ini",
    ]
