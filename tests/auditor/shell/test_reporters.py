"""Every format says the same and is valid in its own terms."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

from secaudit.options import FORMATS
from secaudit.reference import report_schema
from secaudit.reporters import catalogue
from secaudit.reporters.common import OWASP, safe, wrapped
from secaudit.reporters.explanation import rule
from secaudit.reporters.markdown import code, prose
from secaudit.rules_table import RULES_TABLE
from secaudit.testing import Shell

WORDS = ("config", ".", "--profile", "production", "--show-settings")


@pytest.fixture
def rich(service: Shell) -> Shell:
    """Return a project with findings, fixes, something suppressed and something broken."""
    service.write(
        {
            "demo/.env": "# secaudit: ignore[DBG001] a demonstration <b>|`x`\nDEBUG=true\n",
            "broken.py": "import os\nSECRET_KEY = os.environ[\n",
            ".git/HEAD": "ref: refs/heads/main\n",
        }
    )
    return service


def document(shell: Shell, form: str = "json") -> dict[str, Any]:
    result: dict[str, Any] = json.loads(shell(*WORDS, "-f", form).stdout)
    return result


@pytest.mark.parametrize("form", FORMATS)
def test_two_runs_print_the_same_bytes(rich: Shell, form: str) -> None:
    assert rich(*WORDS, "-f", form) == rich(*WORDS, "-f", form)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_tells_every_finding_and_problem(rich: Shell, form: str) -> None:
    run = rich(*WORDS, "-f", form)
    for finding in document(rich)["findings"]:
        assert finding["code"] in run.stdout
    assert "broken.py" in run.stdout
    assert run.status == 2


@pytest.mark.parametrize("form", ["text", "markdown", "html", "github", "junit"])
def test_a_message_names_its_setting(shell: Shell, form: str) -> None:
    shell.write({".env": "ACCESS_TOKEN_EXPIRE_MINUTES=99999\n"})
    said = shell("config", ".env", "--profile", "production", "-f", form).stdout
    assert "ACCESS_TOKEN_EXPIRE_MINUTES: access tokens are valid for" in said.replace("\\_", "_")


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_fix_is_offered_with_the_flag_that_writes_it(shell: Shell, form: str) -> None:
    shell.write({".env": "DEBUG=true\n"})
    said = shell("config", ".env", "--profile", "production", "-f", form).stdout
    assert re.search("--fix(`|</code>) can:\\s+Switch\\s+debug", said)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_prose_keeps_every_word_and_the_width(width: int) -> None:
    explained = [rule("CORS001", wide).split("\n\n", 2)[2] for wide in (width, 1000)]
    paragraphs = [text.partition("\n\nBad:")[0] for text in explained]
    assert paragraphs[0].split() == paragraphs[1].split()
    assert max(map(len, paragraphs[0].splitlines())) <= width
    text = "one two three four five six seven eight nine ten"
    lines = wrapped(text, 4, width)
    assert " ".join(line.strip() for line in lines) == text
    assert all(len(line) <= width and line.startswith("    ") for line in lines)


def test_the_list_of_rules_fits_a_terminal_and_is_a_line_a_rule_elsewhere() -> None:
    wide, narrow = catalogue.render("text"), catalogue.render("text", 80)
    assert narrow.split() == wide.split()
    assert max(map(len, narrow.splitlines())) <= 80
    assert len(wide.splitlines()) == len(RULES_TABLE)


def test_text_shows_the_value_in_a_long_line_and_marks_where_it_is_cut(shell: Shell) -> None:
    title = "x" * 80
    call = f"FastAPI(title={title!r}, debug=True, version={title!r})"
    shell.write({"app.py": f"from fastapi import FastAPI\napp = {call}\n"})
    said = shell("config", "app.py", "--profile", "production", "--select", "DBG").stdout
    line, carets = [one[15:] for one in said.splitlines() if one[13:14] == "│"]
    assert line.startswith("…")
    assert line.endswith("…")
    assert line[carets.index("^") : carets.rindex("^") + 1] == "True"


@pytest.mark.parametrize("form", FORMATS)
def test_output_to_a_file_is_what_would_be_printed(rich: Shell, form: str) -> None:
    printed = rich(*WORDS, "-f", form)
    written = rich(*WORDS, "-f", form, "-o", "report")
    assert (rich.folder / "report").read_text(encoding="utf-8") == printed.stdout
    assert written.stdout == ""
    assert written.status == printed.status


def test_json_follows_its_schema(rich: Shell) -> None:
    report = document(rich)
    jsonschema.Draft202012Validator(report_schema()).validate(report)
    assert report["findings"]
    assert report["settings"]
    assert report["suppressed"][0]["suppression"]["kind"] == "inline"
    places = [one["location"] for one in report["findings"]]
    keys = [(place["path"], place["line"], place["column"]) for place in places]
    assert keys == sorted(keys)


def test_json_points_at_the_value_and_tells_where_it_is_from(service: Shell) -> None:
    (finding,) = [one for one in document(service)["findings"] if one["code"] == "DBG001"]
    assert finding["location"] == {
        "path": ".env", "line": 2, "column": 7, "end_line": 2, "end_column": 11,
    }  # fmt: skip
    roles = {(step["path"], step["line"], step["role"]) for step in finding["provenance"]}
    assert (".env", 2, "effective") in roles
    assert ("settings.py", 7, "shadowed") in roles


def test_settings_are_effective_values_redacted(service: Shell) -> None:
    values = {one["name"]: one["value"] for one in document(service)["settings"]}
    assert values["debug"] is True
    assert values["secret_key"] == "<redacted: 8 characters>"
    assert values["database_url"] == (
        "postgresql://app:<redacted: 32 characters>@db.example.com/app"
    )
    hidden = json.loads(service("config", ".", "-f", "json").stdout)
    assert hidden["settings"] == []


def test_paths_outside_the_working_directory_are_absolute(service: Shell, tmp_path: Path) -> None:
    other = Shell(tmp_path / "elsewhere")
    other.folder.mkdir()
    run = other("config", str(service.folder), "-f", "json")
    paths = {one["location"]["path"] for one in json.loads(run.stdout)["findings"]}
    assert paths
    assert all(path.startswith(str(service.folder)) for path in paths)


def test_sarif_has_rules_flows_suppressions_fixes_and_relative_uris(rich: Shell) -> None:
    log = document(rich, "sarif")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert not place["artifactLocation"]["uri"].startswith(("/", "file:"))
        assert place["region"]["startLine"] >= 1
        assert result["partialFingerprints"]["secaudit/v1"]
    debug = [one for one in run["results"] if one["ruleId"] == "DBG001"]
    plain, suppressed = sorted(debug, key=lambda one: "suppressions" in one)
    assert plain["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"]
    steps = plain["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps][:2] == ["shadowed", "effective"]
    assert suppressed["suppressions"][0]["kind"] == "inSource"
    assert suppressed["suppressions"][0]["justification"].startswith("a demonstration")
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_passes_the_official_validator(rich: Shell) -> None:
    """Set SARIF_MULTITOOL to the program of the npm package @microsoft/sarif-multitool-linux."""
    program = os.environ.get("SARIF_MULTITOOL")
    if not program:
        pytest.skip("needs the validator that SARIF_MULTITOOL names; .ci/run installs it")
    rich(*WORDS, "-f", "sarif", "-o", "report.sarif")
    subprocess.run(
        [program, "validate", "report.sarif", "--output", "verdict.sarif"],
        cwd=rich.folder,
        env={"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    verdict = json.loads((rich.folder / "verdict.sarif").read_text(encoding="utf-8-sig"))
    found = verdict["runs"][0].get("results", [])
    assert [one for one in found if one.get("level", "warning") in {"error", "warning"}] == []


def test_github_commands_are_one_line_each_with_a_place(rich: Shell) -> None:
    lines = rich("config", ".", "-f", "github", "-q").stdout.splitlines()
    pattern = r"::(error|warning|notice) file=[^,:]+,line=\d+(,[^:]*)?,title=[^:,]+::.+"
    assert lines
    for line in lines:
        assert re.fullmatch(pattern, line), line


def test_junit_is_xml_whose_counts_are_right(rich: Shell) -> None:
    root = ET.fromstring(rich(*WORDS, "-f", "junit").stdout)  # noqa: S314 - our own output
    suite = root.find("testsuite")
    assert suite is not None
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.attrib[name]) == len(suite.findall(f"testcase/{tag}")) >= 1
    assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))


def test_markdown_tables_hold_together_and_nothing_is_markup(rich: Shell) -> None:
    text = rich(*WORDS, "-f", "markdown").stdout
    for line in text.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in {4, 5}
    assert "<b>" not in text
    assert prose("[x](y) @you `a|b` <i>") == r"\[x\]\(y\) &#64;you `a\|b` &lt;i&gt;"
    assert code("a`b") == "`` a`b ``"


def test_html_loads_nothing_and_runs_nothing(rich: Shell) -> None:
    page = rich(*WORDS, "-f", "html").stdout
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<img|<link|<iframe|\son\w+=|url\(|@import", page)
    assert "demonstration &lt;b&gt;" in page
    assert page.count("<article") == len(document(rich)["findings"])
    for title in OWASP.values():
        assert title in page


def test_text_shows_the_line_with_a_caret_under_the_value(service: Shell) -> None:
    lines = service("config", ".", "--profile", "production").stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "DEBUG=true" in line)
    assert lines[at + 1].index("^") == lines[at].index("true")
    assert lines[at + 1].count("^") == len("true")
    assert "secaudit explain DBG001" in "\n".join(lines)
    assert lines[-1].endswith("2 files, 1 deployment")


def test_text_is_ascii_where_the_terminal_is(service: Shell) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "secaudit", *WORDS],
        cwd=service.folder,
        env={
            "PYTHONPATH": str(Path(safe.__code__.co_filename).parents[2]),
            "PYTHONIOENCODING": "ascii",
        },
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "SECRET_KEY=<redacted: 8 characters>" in done.stdout.decode("ascii")


def test_colour_is_for_terminals_only(service: Shell) -> None:
    assert "\x1b" not in service(*WORDS).stdout


def test_quiet_shows_findings_only(service: Shell) -> None:
    run = service("config", ".", "-q")
    assert "DBG001" in run.stdout
    assert "OWASP" not in run.stdout


def test_explain_shows_a_rule_or_the_chain_of_a_setting(service: Shell) -> None:
    assert "Bad:" in service("explain", "DBG001").stdout
    assert service("explain", "debug-enabled").stdout == service("explain", "dbg001").stdout
    chain = service("explain", "DEBUG", ".").stdout
    assert re.search(r"1\. effective True .*\.env:2:7", chain)
    assert re.search(r"2\. shadowed  False .*settings\.py:7:", chain)
    missing = service("explain", "DEBUGG", ".")
    assert missing.status == 2
    assert "did you mean" in missing.stderr


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_rules_lists_every_rule(shell: Shell, form: str) -> None:
    from secaudit.rules_table import RULES_TABLE  # noqa: PLC0415 - this test only

    output = shell("rules", "--format", form).stdout
    for rule_code, name, _, _ in RULES_TABLE:
        assert rule_code in output
        assert name in output


def test_what_is_left_out_is_not_underlined(shell: Shell) -> None:
    """The place of an absent setting holds something else, which is no fault."""
    source = "from flask import Flask\napp = Flask(__name__)\napp.secret_key = 'k'\n"
    shell.write({"app.py": source})
    words = ("config", ".", "--select", "COOKIE001", "--exit-zero")
    said = shell(*words).stdout
    assert "2 │ app = Flask(__name__)" in said
    assert "nothing is written" in said
    assert "^" not in said
    assert "<mark>" not in shell(*words, "-f", "html").stdout
    for form in ("html", "markdown"):
        assert "nothing is written; it would stand in" in shell(*words, "-f", form).stdout
    shell.write({"app.py": source + "app.config['SESSION_COOKIE_SECURE'] = False\n"})
    assert "^^^^^" in shell(*words).stdout
    assert "<mark>" in shell(*words, "-f", "html").stdout


def test_a_line_that_gives_and_reads_a_setting_is_named_once(shell: Shell) -> None:
    shell.write({"app.py": "import os\nDEBUG = os.environ.get('DEBUG', '') == 'true'\n"})
    run = shell("config", ".", "--show-settings")
    assert "effective app.py:2\n" in run.stdout
    assert "used app.py:2" not in run.stdout


def test_many_deployments_are_wrapped_as_prose_is(shell: Shell) -> None:
    services = "".join(
        f"  service-number-{number}:\n    build: .\n    command: python app.py\n"
        for number in range(6)
    )
    shell.write(
        {
            "compose.yaml": f"services:\n{services}",
            "Dockerfile": "FROM python:3.12\nCOPY . .\nUSER app\n",
            "app.py": "SECRET_KEY = 'change-me'\n",
        }
    )
    said = shell("config", ".", "--select", "SEC001").stdout
    lines = [line for line in said.splitlines() if "service-number-" in line]
    assert len(lines) > 1
    assert max(map(len, lines)) <= 110
