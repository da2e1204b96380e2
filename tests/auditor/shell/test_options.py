"""One table of options: the fast parser, the typer application and Options agree with it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secaudit import __version__, application
from secaudit.arguments import Usage, parse
from secaudit.options import COMMANDS, TABLE, Option, Options, of_command
from secaudit.testing import Shell


def test_every_option_is_a_field_of_options_with_the_same_default() -> None:
    for option in of_command("config"):
        field = option.name.replace("-", "_")
        if option.name != "exit-zero":
            assert field in Options._fields, field
            assert str(getattr(Options(), field) or "") == (option.default or "")


def _words(option: Option) -> st.SearchStrategy[list[str]]:
    flag = f"--{option.name}"
    if option.kind in {"flag", "count"}:
        return st.just([flag])
    values = st.sampled_from(option.choices) if option.choices else st.sampled_from(["a", "b,c"])
    spellings = [values.map(lambda v: [flag, v]), values.map(lambda v: [f"{flag}={v}"])]
    if option.short:
        spellings.append(values.map(lambda v: [f"-{option.short}", v]))
        spellings.append(values.map(lambda v: [f"-{option.short}{v}"]))
    return st.one_of(spellings)


@st.composite
def _lines(draw: st.DrawFn) -> list[str]:
    command = draw(st.sampled_from(list(COMMANDS)))
    options = draw(st.lists(st.sampled_from(of_command(command)), max_size=4, unique=True))
    words = [word for option in options for word in draw(_words(option))]
    if command == "explain":
        return [command, "debug", *words, "x.env"]
    return [command, *words, *([] if command == "rules" else draw(st.lists(st.just("x.env"))))]


@given(_lines())
def test_the_fast_parser_and_the_application_understand_the_same(line: list[str]) -> None:
    assert parse(line) == application.parse(line)


@pytest.mark.parametrize("option", TABLE, ids=lambda option: option.name)
def test_help_names_every_option(
    option: Option, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    run = shell(option.commands[0], "--help")
    assert run.status == 0
    assert f"--{option.name}" in run.stdout


@pytest.mark.parametrize("name", list(COMMANDS))
def test_help_shows_the_usage_and_no_types_of_the_implementation(
    name: str, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run = shell(name, "--help")
    usage = f"Usage: secaudit {name} [OPTIONS] {COMMANDS[name].words}".rstrip()
    assert run.stdout.splitlines()[0] == usage
    assert "<" not in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 80


def test_a_wrong_choice_is_answered_with_the_right_ones(shell: Shell) -> None:
    run = shell("rules", "--format", "sarif")
    assert run.status == 2
    assert "--format: 'sarif' is none of text, json, markdown" in run.stderr


@pytest.mark.parametrize(
    "line",
    [
        [],
        ["conf"],
        ["config", "--formt", "json"],
        ["config", "--format", "pdf"],
        ["config", "--format"],
        ["config", "--fix=yes"],
        ["config", "-x"],
        ["rules", "--format", "sarif"],
    ],
)
def test_whatever_is_not_well_formed_is_left_to_the_application(line: list[str]) -> None:
    with pytest.raises(Usage):
        parse(line)


def test_short_flags_cluster_and_two_dashes_end_the_options() -> None:
    parsed = parse(["config", "-qv", "-fjson", "--", "--fix", "-"])
    assert parsed.given == {"quiet": 1, "verbose": 1, "format": "json"}
    assert parsed.words == ("--fix", "-")


def test_a_usage_error_names_the_nearest_option(shell: Shell) -> None:
    run = shell("config", "--formt", "json")
    assert run.status == 2
    assert "--format" in run.stderr


def test_version(shell: Shell) -> None:
    assert shell("--version").stdout == f"secaudit {__version__}\n"


@pytest.mark.parametrize(("value", "found"), [("", 1), ("false", 1), ("true", 0), ("1", 0)])
def test_modes_of_files_are_not_judged_in_continuous_integration(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, value: str, found: int
) -> None:
    """Files are checked out there with open modes, whatever they are elsewhere."""
    shell.write({".env": "SECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"})
    (shell.folder / ".env").chmod(0o644)
    monkeypatch.setenv("CI", value)
    run = shell("config", ".env", "-f", "json", "--select", "SEC016")
    assert json.loads(run.stdout)["summary"]["findings"]["info"] == found


def test_a_fault_of_an_env_file_is_shown_where_its_secret_stands(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    shell.write({".env": "LOG_LEVEL=INFO\nSECRET_KEY=Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"})
    (shell.folder / ".env").chmod(0o644)
    run = shell("config", ".env", "-f", "json", "--select", "SEC016")
    (finding,) = json.loads(run.stdout)["findings"]
    assert finding["location"]["line"] == 2
