"""Every rule reports its bad examples and leaves its good ones alone, through the whole program."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from secaudit.arguments import parse
from secaudit.options import Options
from secaudit.pipeline import audit
from secaudit.registry import load_all
from secaudit.rule import Example, Rule

from .building import write

CASES = [
    pytest.param(rule, example, expected, id=f"{rule.code}-{kind}-{number}")
    for rule in load_all()
    for kind, examples, expected in (("bad", rule.bad, True), ("good", rule.good, False))
    for number, example in enumerate(examples, 1)
]


@pytest.mark.parametrize(("rule", "example", "expected"), CASES)
def test_example(rule: Rule, example: Example, expected: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter of the table
    write(tmp_path, example)
    given = parse(["config", str(tmp_path), *example.options]).given
    report = audit([str(tmp_path)], Options()._replace(**given))
    found = {finding.code for finding in report.findings}
    assert (rule.code in found) is expected, f"{rule.code}: found {sorted(found)}"
    assert not report.problems


@pytest.mark.parametrize("rule", load_all(), ids=lambda rule: rule.code)
def test_bad_examples_are_reported_at_the_rules_own_place_and_never_show_a_secret(
    rule: Rule, tmp_path: Path
) -> None:
    for number, example in enumerate(rule.bad):
        folder = tmp_path / str(number)
        folder.mkdir()
        write(folder, example)
        given = parse(["config", str(folder), *example.options]).given
        for finding in audit([str(folder)], Options()._replace(**given)).findings:
            if finding.code == rule.code:
                place = finding.location
                lines = Path(place.path).read_text(encoding="utf-8").splitlines()
                assert 1 <= place.line <= place.end_line <= max(1, len(lines))
                assert "Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i" not in finding.message


def test_the_command_reports_what_the_function_does(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SECRET_KEY=change-me\n", encoding="utf-8")
    words = [sys.executable, "-m", "secaudit", "config", ".env", "-f", "json", "--isolated"]
    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stderr
    findings = json.loads(run.stdout)["findings"]
    assert [finding["code"] for finding in findings if finding["code"] == "SEC001"] == ["SEC001"]
