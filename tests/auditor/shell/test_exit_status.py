"""The exit status is the highest that applies: 3 failed, 2 incomplete, 1 found, 0 otherwise."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import secaudit
from secaudit import cli, pipeline
from secaudit.testing import Shell


def test_findings_at_or_above_the_threshold_exit_with_1(service: Shell) -> None:
    assert service("config", ".").status == 1
    assert service("config", ".", "--profile", "production", "--fail-on", "critical").status == 1


def test_findings_below_the_threshold_exit_with_0(shell: Shell) -> None:
    shell.write({".env": "DEBUG=true\n"})
    assert shell("config", ".env", "--profile", "production", "--fail-on", "critical").status == 0


@pytest.mark.parametrize("words", [("--exit-zero",), ("--fail-on", "never")])
def test_never_removes_1(service: Shell, words: tuple[str, ...]) -> None:
    assert service("config", ".", *words).status == 0


def test_a_clean_project_exits_with_0(shell: Shell) -> None:
    shell.write({".env": "DEBUG=false\n"})
    assert shell("config", ".env", "--profile", "production").status == 0


def test_a_broken_file_exits_with_2_and_the_rest_is_reported(service: Shell) -> None:
    service.write({"broken.py": "import os\nSECRET_KEY = os.environ[\n"})
    run = service("config", "settings.py", ".env", "broken.py", "-f", "json", "--exit-zero")
    document = json.loads(run.stdout)
    assert run.status == 2
    assert [problem["path"] for problem in document["problems"]] == ["broken.py"]
    assert {finding["code"] for finding in document["findings"]} >= {"SEC001", "DBG001"}


@pytest.mark.parametrize(
    "words",
    [
        ("config", "--no-such-option"),
        ("config", "--format", "pdf"),
        ("config", "--fail-on"),
        ("config", "-"),
        ("config", ".", "--select", "NOPE999"),
        ("config", ".", "--config", "missing.toml"),
        ("config", ".", "--isolated", "--config", "requirements.txt"),
        ("config", ".", "--baseline", "missing.json"),
        ("config", ".", "--env", "=x"),
        ("config", ".", "--unsafe-fixes"),
        ("config", ".", "--stdin-filename", "x.env"),
        ("config", ".", "-o", "no/such/folder/report.txt"),
        ("explain", "NOPE999"),
        ("explain",),
        ("rules", "extra"),
        ("nonsense",),
    ],
)
def test_a_misuse_exits_with_2_and_says_so_on_stderr_only(
    service: Shell, words: tuple[str, ...]
) -> None:
    run = service(*words)
    assert run.status == 2
    assert run.stderr
    assert "Traceback" not in run.stderr


def test_nothing_to_audit_exits_with_2(shell: Shell) -> None:
    run = shell("config", ".")
    assert run.status == 2
    assert run.stdout == ""
    assert "nothing to audit" in run.stderr


def test_a_failure_of_secaudit_exits_with_3_in_one_line_without_values(
    service: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the value was hunter2-hunter2")

    monkeypatch.setattr(pipeline, "run", fail)
    run = service("config", ".")
    assert run.status == 3
    assert run.stdout == ""
    assert run.stderr.count("\n") == 1
    verbose = service("config", ".", "-v")
    assert "in fail" in verbose.stderr
    assert "hunter2" not in run.stderr + verbose.stderr


def test_the_program_is_what_a_shell_runs(service: Shell) -> None:
    """Nothing of the in-process shortcut of these tests hides a difference."""
    done = subprocess.run(
        [sys.executable, "-m", "secaudit", "config", ".", "-f", "json"],
        cwd=service.folder,
        env={"PYTHONPATH": str(Path(pipeline.__file__).parent.parent)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stdout.decode() == service("config", ".", "-f", "json").stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that takes nothing")
@pytest.mark.parametrize("words", [("config", "."), ("--version",), ("rules",)])
def test_an_output_that_takes_no_more_exits_with_2(service: Shell, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "secaudit", *words],
            cwd=service.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert run.returncode == 2
    assert run.stderr == "secaudit: cannot write to standard output: No space left on device\n"


def test_another_program_that_calls_main_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["secaudit", "--version"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 0


def test_the_library_function_returns_the_report(service: Shell) -> None:
    found = secaudit.audit(str(service.folder), profile="production").findings
    assert {finding.code for finding in found} >= {"SEC001", "DBG001"}
