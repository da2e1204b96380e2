"""The configuration file: where it is found, what it may say, and how it says no."""

import json

import pytest

from secaudit.testing import Shell


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('fial-on = "high"', ("fial-on", "did you mean fail-on?")),
        ('format = "json"', ("unknown configuration key format",)),
        ('fail-on = "hihg"', ("fail-on takes one of",)),
        ("pedantic = 1", ("pedantic takes true or false",)),
        ('select = "CORS"', ("select takes a list",)),
        ('select = ["CROS"]', ("'CROS' names no rule", "did you mean")),
        ('[ignore]\nCORS901 = "why"', ("CORS901 names no rule", "did you mean CORS")),
        ('[ignore]\nCORS001 = ""', ("gives no reason",)),
        ('[ignore]\nCORS001 = {raeson = "x"}', ("did you mean reason?",)),
        ("ignore = 3", ("ignore takes a table",)),
        ('[deployments.web]\nsetings = "a.py"', ("did you mean settings?",)),
        ('[deployments.web]\nprofile = "prod"', ("takes one of auto, production",)),
        ("[ignore", ("is no valid TOML",)),
    ],
)
def test_a_mistake_is_an_error_that_helps(shell: Shell, text: str, words: tuple[str, ...]) -> None:
    shell.write({".env": "DEBUG=false\n", "secaudit.toml": text})
    run = shell("config", ".")
    assert run.status == 2
    assert run.stderr.startswith("secaudit: secaudit.toml") or "select" in run.stderr
    for word in words:
        assert word in run.stderr


def test_an_error_names_the_line(shell: Shell) -> None:
    shell.write({".env": "A=b\n", "secaudit.toml": '# first\nprofile = "test"\nselcet = []\n'})
    assert "secaudit.toml:3: " in shell("config", ".").stderr


def test_the_table_of_pyproject_is_read_from_the_folders_above(shell: Shell) -> None:
    shell.write(
        {"pyproject.toml": '[tool.secaudit]\nfail-on = "never"\n', "a/.env": "DEBUG=true\n"}
    )
    assert shell("config", "a", "--profile", "production").status == 0
    assert shell("config", "a", "--profile", "production", "--isolated").status == 1
    assert shell("config", "a", "--profile", "production", "--fail-on", "high").status == 1


def test_a_named_file_is_read_instead(shell: Shell) -> None:
    shell.write({".env": "DEBUG=true\n", "other.toml": 'profile = "development"\n'})
    run = shell("config", ".", "-f", "json", "--config", "other.toml")
    profiles = {finding["profile"] for finding in json.loads(run.stdout)["findings"]}
    assert profiles <= {"development"}


def test_every_key_of_the_reference_is_accepted(shell: Shell) -> None:
    text = """\
profile = "production"
fail-on = "high"
select = ["DBG001"]
exclude = ["old/**"]
env-dialect = "bash"
pedantic = true
[ignore]
DBG001 = {reason = "a demonstration", until = 2199-01-31}
[per-path-ignores."demo/*"]
cors = "a demonstration"
[per-path-profiles]
"dev/**" = "development"
[deployments.web]
settings = "settings.py"
env-files = [".env"]
env = {NAME = "value"}
profile = "production"
"""
    shell.write({".env": "DEBUG=true\n", "settings.py": "DEBUG = False\n", "secaudit.toml": text})
    run = shell("config", ".", "--ignore", "SUP")
    assert run.stderr == ""
    assert run.status == 0


def test_the_configuration_of_a_project_inside_is_noted_and_not_read(shell: Shell) -> None:
    """A run has one configuration; a project below cannot silence what is found in it."""
    own = '[project]\nname = "x"\n[tool.secaudit.ignore]\nSEC001 = "accepted"\n'
    shell.write(
        {
            "a/pyproject.toml": own,
            "a/.env": "SECRET_KEY=changeme\n",
            "b/setup.cfg": "",
            "b/secaudit.toml": 'fail-on = "never"\n',
            "b/.env": "SECRET_KEY=changeme\n",
            "c/pyproject.toml": '[project]\nname = "secaudit-user"\n',
            "c/.env": "SECRET_KEY=changeme\n",
        }
    )
    run = shell("config", ".", "-f", "json")
    report = json.loads(run.stdout)
    assert run.status == 1
    assert [one["location"]["path"] for one in report["findings"]] == ["a/.env", "b/.env", "c/.env"]
    words = "this configuration is not read, this run uses none; name it with --config"
    assert report["notes"] == [
        f"a/pyproject.toml: {words}",
        f"b/secaudit.toml: {words}",
    ]
    for chosen in (("--isolated",), ("--config", "a/pyproject.toml")):
        assert json.loads(shell("config", ".", "-f", "json", *chosen).stdout)["notes"] == []
    inside = json.loads(shell("config", "a", "-f", "json").stdout)
    assert (inside["findings"], inside["notes"]) == ([], [])
