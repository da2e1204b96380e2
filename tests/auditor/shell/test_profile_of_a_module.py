"""A fault in a module whose name says what it is for, where no deployment says otherwise."""

import json

import pytest

from secaudit.testing import Shell


def severities(shell: Shell, *options: str) -> dict[str, tuple[str, str]]:
    """Return severity and profile of each finding about ``DEBUG``, by path."""
    run = shell("config", ".", "-f", "json", "--exit-zero", "--select", "DBG001", *options)
    found = json.loads(run.stdout)["findings"]
    return {one["location"]["path"]: (one["severity"], one["profile"]) for one in found}


@pytest.fixture
def package(shell: Shell) -> Shell:
    """A plain package of settings: nothing of Django, nothing that selects one of the modules."""
    names = ("dev", "local", "base", "production")
    modules = {f"config/{name}.py": "DEBUG = True\n" for name in names}
    shell.write({"requirements.txt": "", "config/__init__.py": "", **modules})
    return shell


def test_a_module_is_judged_by_its_name(package: Shell) -> None:
    assert severities(package) == {
        "config/base.py": ("high", "unknown"),
        "config/production.py": ("high", "production"),
    }


def test_a_known_profile_comes_before_a_name(package: Shell) -> None:
    found = severities(package, "--profile", "production")
    assert found["config/dev.py"] == ("high", "production")


def test_a_module_that_flask_reads_is_judged_by_its_name(shell: Shell) -> None:
    source = "from flask import Flask\napp = Flask(__name__)\napp.config.from_pyfile('{}.cfg')\n"
    for name, expected in (("production", "production"), ("settings", "unknown")):
        shell.write({"app.py": source.format(name), f"{name}.cfg": "DEBUG = True\n"})
        assert severities(shell)[f"{name}.cfg"][1] == expected
