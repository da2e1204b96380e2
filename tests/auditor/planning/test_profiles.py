"""What names and selector variables say about a deployment's purpose."""

import pytest

from secaudit.options import Options
from secaudit.planning.profiles import (
    Signal,
    chosen,
    conflict,
    of_class,
    of_file,
    of_module,
    selectors,
    strictest,
)


@pytest.mark.parametrize(
    ("path", "profile"),
    [
        (".env", "unknown"),
        ("settings.py", "unknown"),
        ("docker-compose.yml", "unknown"),
        ("docker-compose.override.yml", "unknown"),
        ("app/environment.py", "unknown"),
        ("app/devices.py", "unknown"),
        (".env.production", "production"),
        ("prod.env", "production"),
        (".env.staging", "production"),
        (".envs/.production/.django", "production"),
        ("docker-compose.prod.yml", "production"),
        ("docker-compose.deploy.yml", "production"),
        ("config/settings/production.py", "production"),
        (".env.local", "development"),
        ("settings/local.py", "development"),
        (".devcontainer/.env", "development"),
        (".env.test", "test"),
        ("tests/settings.py", "test"),
        ("conftest.py", "test"),
        ("settings_test.py", "test"),
        (".env.example", "example"),
        (".env.production.example", "example"),
        ("env.sample", "example"),
        (".env.template", "example"),
        (".env.dist", "example"),
        ("examples/.env", "example"),
        ("template/.env.production", "production"),
    ],
)
def test_file_names(path: str, profile: str) -> None:
    assert of_file(path) == profile


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("ProductionConfig", "production"),
        ("ProdConfig", "production"),
        ("StagingConfig", "production"),
        ("DevelopmentConfig", "development"),
        ("DevConfig", "development"),
        ("TestingConfig", "test"),
        ("Config", "unknown"),
        ("DeviceConfig", "unknown"),
    ],
)
def test_class_names(name: str, profile: str) -> None:
    assert of_class(name) == profile


@pytest.mark.parametrize(
    ("values", "profile"),
    [
        ({"ENVIRONMENT": "production"}, "production"),
        ({"ENVIRONMENT": "Staging"}, "production"),
        ({"APP_ENV": "dev"}, "development"),
        ({"POLAR_ENV": "testing"}, "test"),
        ({"environment": "local"}, "development"),
        ({"DJANGO_SETTINGS_MODULE": "config.settings.production"}, "production"),
        ({"PRODUCTION": "true"}, "production"),
        ({"APP_SETTINGS": "config.Dev"}, "development"),
        ({"APP_SETTINGS": "project.config.ProductionConfig"}, "production"),
        ({"APP_SETTINGS": "dev/settings.json"}, "unknown"),
        ({"APP_SETTINGS": "config.dev"}, "unknown"),  # a module, which may hold anything
        ({"FLASK_CONFIG": "TestingConfig"}, "test"),
        ({"LOGGING": "config.Dev"}, "unknown"),
        ({"NODE_ENV": "production"}, "unknown"),
        ({"VIRTUAL_ENV": "local"}, "unknown"),
        ({"ENVIRONMENT": "blue"}, "unknown"),
        ({"STAGE_NAME": "production"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_selector_variables(values: dict[str, str], profile: str) -> None:
    assert strictest(selectors(values)) == profile


def test_variables_that_the_code_branches_on_count_alone() -> None:
    values = {"MY_ENV": "development", "ENVIRONMENT": "production"}
    assert strictest(selectors(values, ["MY_ENV"])) == "development"
    assert strictest(selectors(values)) == "production"


def test_a_dotted_module_speaks_through_its_last_parts() -> None:
    assert of_module("config.settings.local") == "development"


def test_the_stricter_signal_wins_and_the_disagreement_is_told() -> None:
    signals = [Signal("a", "development"), Signal("b", "production"), Signal("c", "unknown")]
    assert strictest(signals) == "production"
    assert conflict(signals) == signals[:2]
    assert conflict([Signal("a", "development"), Signal("b", "test")]) == []
    assert strictest([Signal("a", "unknown")]) == "unknown"


def test_the_option_then_the_configured_paths_then_the_signals_decide() -> None:
    signals = [Signal("a", "development")]
    configured = Options(path_profiles=(("deploy/*", "production"),), config_path="/p/x.toml")
    files = ["/p/deploy/.env", "/p/app.py"]
    assert chosen(Options(profile="test"), files, signals) == "test"
    assert chosen(configured, files, signals) == "production"
    assert chosen(configured, ["/p/app.py"], signals) == "development"
    assert chosen(configured, ["/p/deploy/a.py", "/p/app.py"], signals) == "development"
    assert chosen(configured, ["/p/deploy/a.py"], signals) == "production"
    assert chosen(Options(profile="production"), ["/p/.env.example"], [], example=True) == "example"
