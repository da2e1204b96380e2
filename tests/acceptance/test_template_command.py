"""`secaudit template` in real generated projects: silent on fresh ones, exact about others."""

import importlib.util
import json
import os
import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML
from tests.conftest import ROOT, Generate

from secaudit.options import FORMATS, Options
from secaudit.template import check
from secaudit.template.knowledge import GONE, Knowledge, Owned, shipped
from secaudit.testing import Shell

QUESTIONS: Final = YAML(typ="safe").load((ROOT / "copier.yml").read_text())
CHOSEN: Final = ("framework", "database", "ci")
COMBINATIONS: Final = [
    dict(zip(CHOSEN, values, strict=True))
    for values in product(*(QUESTIONS[name]["choices"].values() for name in CHOSEN))
]
TOKEN: Final = "kT7pQ2xVn4Lw9sZb"
ADVISORY: Final = {
    "id": "SAPI-2027-001",
    "title": "A refresh token outlived its session",
    "severity": "critical",
    "owasp": "API2:2023",
    "introduced": "0.0.1",
    "fixed": "0.1.1",
    "changes": ["app/auth/sessions.py"],
    "action": "end every session",
}


def recorded(project: Path, before: str, after: str) -> None:
    """Edit the answers file by hand, as nobody should."""
    answers = project / ".copier-answers.yml"
    text = answers.read_text()
    assert before in text
    answers.write_text(text.replace(before, after))


def at(project: Path, version: str) -> None:
    """Let a project follow a version of the template."""
    recorded(project, "_commit: v1000.0.0", f"_commit: {version}")


@pytest.fixture
def project(generate: Generate, tmp_path: Path) -> Path:
    """A fresh project of the version that secaudit knows as the newest."""
    copy = tmp_path / "project"
    shutil.copytree(generate(), copy)
    at(copy, f"v{shipped().version}")
    return copy


def report(project: Path, *options: str) -> tuple[int, dict[str, Any]]:
    run = Shell(project)("template", "--format", "json", *options)
    assert run.status in {0, 1, 2}, run.stderr
    document: dict[str, Any] = json.loads(run.stdout)
    return run.status, document


def test_the_data_files_are_what_the_template_makes() -> None:
    """Red after a change of the template: run `python scripts/template_knowledge.py`."""
    path = ROOT / "scripts/template_knowledge.py"
    spec = importlib.util.spec_from_file_location("template_knowledge", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for target, text in module.made().items():
        assert target.read_text("utf-8") == text, "run `python scripts/template_knowledge.py`"


@pytest.mark.parametrize("answers", COMBINATIONS, ids=lambda answers: "-".join(answers.values()))
def test_a_fresh_copy_has_no_finding(
    answers: dict[str, str], generate: Generate, tmp_path: Path
) -> None:
    copy = tmp_path / "project"
    shutil.copytree(generate(**answers), copy)
    at(copy, f"v{shipped().version}")
    status, document = report(copy, "--fail-on", "info")
    assert (status, document["findings"], document["problems"]) == (0, [], [])
    assert document["summary"]["files"] > 100
    assert f"follows template version v{shipped().version}" in " ".join(document["notes"])


def edit_code(project: Path) -> None:
    path = project / "app/security/tokens.py"
    path.write_text(path.read_text() + "# an edit\n")


def delete_test(project: Path) -> None:
    (project / "tests/security/test_tokens.py").unlink()


def leave_marker(project: Path) -> None:
    path = project / "app/service.py"
    path.write_text(
        "<<<<<<< before updating\nA = 1\n=======\nA = 2\n>>>>>>> after updating\n"
        + path.read_text()
    )


def leave_rejected_hunk(project: Path) -> None:
    (project / "app/service.py.rej").write_text("@@ -1 +1 @@\n")


def change_framework(project: Path) -> None:
    recorded(project, "framework: fastapi", "framework: flask")


def change_ci(project: Path) -> None:
    recorded(project, "ci: github", "ci: gitlab")


def change_database(project: Path) -> None:
    recorded(project, "database: sqlite", "database: postgresql")


def change_name(project: Path) -> None:
    recorded(project, "project_name: Order Desk", "project_name: Desk")


def misspell_setting(project: Path) -> None:
    (project / ".env").write_text(
        "APP_ENVIRONMENT=development\nAPP_TOKENS__SIGNING_KEYS=[]\nAPP_LIMITS__PUBLICK=\n"
    )


def lack_setting(project: Path) -> None:
    (project / ".env").write_text("APP_ENVIRONMENT=development\n")


CHANGES: Final = [
    (edit_code, "TPL002", "app/security/tokens.py", "medium"),
    (delete_test, "TPL003", ".copier-answers.yml", "medium"),
    (leave_marker, "TPL004", "app/service.py", "high"),
    (leave_rejected_hunk, "TPL004", "app/service.py.rej", "high"),
    (change_ci, "TPL005", ".copier-answers.yml", "medium"),
    (change_database, "TPL005", ".copier-answers.yml", "medium"),
    (change_name, "TPL005", ".copier-answers.yml", "medium"),
    (misspell_setting, "TPL007", ".env", "medium"),
    (lack_setting, "TPL007", ".env", "medium"),
]


@pytest.mark.parametrize(("change", "code", "path", "severity"), CHANGES)
def test_a_change_is_one_finding_at_its_place(
    change: Callable[[Path], None], code: str, path: str, severity: str, project: Path
) -> None:
    change(project)
    status, document = report(project)
    found = [
        (finding["code"], finding["location"]["path"], finding["severity"])
        for finding in document["findings"]
        if finding["severity"] != "low"
    ]
    if change is change_ci:  # the pipeline of the answer is missing, too
        found = [one for one in found if one[0] == "TPL005"]
    assert found == [(code, path, severity)]
    assert status == 1


def test_a_framework_that_the_code_does_not_have_is_named(project: Path) -> None:
    change_framework(project)
    _, document = report(project, "--select", "TPL005")
    (finding,) = document["findings"]
    assert finding["message"] == "the answer framework: flask, but there is app/main_fastapi.py"


def test_line_endings_are_no_edit(project: Path) -> None:
    path = project / "app/security/tokens.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert report(project)[1]["findings"] == []


def test_what_is_the_owners_is_not_looked_at(project: Path) -> None:
    (project / "app/service.py").write_text('"""Mine."""\n')
    shutil.rmtree(project / "app/models")
    (project / "README.md").unlink()
    assert report(project)[1]["findings"] == []


def test_an_edit_can_be_accepted_in_the_owners_configuration(project: Path) -> None:
    edit_code(project)
    table = project / "pyproject.toml"
    table.write_text(
        table.read_text()
        + '\n[tool.secaudit.per-path-ignores."app/security/tokens.py"]\nTPL002 = "our key store"\n'
    )
    status, document = report(project)
    assert (status, document["findings"]) == (0, [])
    assert document["suppressed"][0]["suppression"]["reason"] == "our key store"
    run = Shell(project)("config", "--format", "json")
    codes = [finding["code"] for finding in json.loads(run.stdout)["findings"]]
    assert "SUP001" not in codes  # the other command does not call it unused


@pytest.mark.parametrize(
    "address",
    [f"https://ada:{TOKEN}@git.example/secure-api.git", f"https://{TOKEN}@git.example/s.git"],
)
@pytest.mark.parametrize("form", FORMATS)
def test_credentials_in_the_source_are_reported_and_never_shown(
    address: str, form: str, project: Path
) -> None:
    line = next(
        line
        for line in (project / ".copier-answers.yml").read_text().splitlines()
        if line.startswith("_src_path:")
    )
    recorded(project, line, f"_src_path: {address}")
    run = Shell(project)("template", "--format", form)
    assert run.status == 1
    assert "TPL006" in run.stdout
    assert TOKEN not in run.stdout + run.stderr


def test_an_address_with_a_plain_user_is_no_credential(project: Path) -> None:
    answers = project / ".copier-answers.yml"
    lines = answers.read_text().splitlines(keepends=True)
    lines = ["_src_path: ssh://git@git.example/s.git\n" if "_src" in x else x for x in lines]
    answers.write_text("".join(lines))
    assert report(project)[1]["findings"] == []


def with_advisory(**changes: object) -> Knowledge:
    return shipped()._replace(advisories=({**ADVISORY, **changes},))


@pytest.mark.parametrize(
    ("version", "advisory", "lacking"),
    [
        ("v0.1.0", {}, True),
        ("v0.1.0-3-gabcdef0", {}, True),
        ("v0.1.1", {}, False),
        ("v0.0.1", {"introduced": "0.1.0"}, False),
        ("v0.1.0", {"introduced": "0.1.0"}, True),
        ("abcdef0", {}, False),
    ],
)
def test_an_advisory_is_lacking_between_fault_and_fix(
    version: str,
    advisory: dict[str, str],
    lacking: bool,  # noqa: FBT001 - of the table
    project: Path,
) -> None:
    recorded(project, f"_commit: v{shipped().version}", f"_commit: {version}")
    found = check(str(project), Options(select=("TPL001",)), with_advisory(**advisory)).report
    assert bool(found.findings) is lacking
    if lacking:
        (finding,) = found.findings
        assert (finding.severity, finding.owasp) == ("critical", ("API2:2023",))
        assert finding.setting == "SAPI-2027-001"
        for part in ("outlived", "v0.1.1", "app/auth/sessions.py", "end every session"):
            assert part in finding.message
    elif version == "abcdef0":
        assert any("advisories are not" in note for note in found.notes)


def test_an_older_project_is_held_against_the_files_of_its_version(project: Path) -> None:
    known = shipped()
    path = "app/security/tokens.py"
    now = known.files[path].at(None)
    files = {path: Owned({}, (("0.1.0", now), ("0.2.0", "0" * 64), ("0.3.0", GONE)))}
    later = Knowledge("0.3.0", files, known.choices, ())

    def codes(version: str) -> list[str]:
        answers = project / ".copier-answers.yml"
        old = answers.read_text()
        recorded(project, f"_commit: v{known.version}", f"_commit: {version}")
        found = check(str(project), Options(), later).report.findings
        answers.write_text(old)
        return [finding.code for finding in found]

    assert codes("v0.1.0") == []
    assert codes("v0.2.0") == ["TPL002"]
    assert codes("v0.3.0") == []
    assert codes("v0.4.0") == []  # newer than the auditor: a note, no guess


def test_no_project_and_foreign_answers_are_misuse(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell("template").status == 2
    shell.write({".copier-answers.yml": "_src_path: gh:other/template\nname: x\n"})
    run = shell("template")
    assert (run.status, "not those of secure-api" in run.stderr) == (2, True)
    assert shell("template", "one", "two").status == 2


ANSWERS: Final = "_src_path: x\nproject_name: X\nframework: fastapi\n"
BOMB: Final = "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(40)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no answers"),
        (b"only a text\n", "holds no answers"),
        (b"a: \xff\xfe\n", "not valid utf-8 text"),
        (b"\tx: 1\n", "not valid YAML"),
        (f"x: {'[' * 100_000}\n{ANSWERS}".encode(), "nested too deeply"),
        (f"x: {'y' * 3_000_000}\n{ANSWERS}".encode(), "is larger than"),
        (b"_src_path: x\nproject_name: [X]\nframework: {}\n", "not those of secure-api"),
    ],
    ids=["empty", "text", "encoding", "syntax", "nesting", "size", "types"],
)
def test_a_broken_answers_file_is_said_in_one_line(
    content: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / ".copier-answers.yml").write_bytes(content)
    run = Shell(tmp_path)("template")
    assert (run.status, run.stdout) == (2, "")
    (line,) = run.stderr.splitlines()
    assert line.startswith("secaudit: .copier-answers.yml")
    assert said in line


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (Path.mkdir, "is not a regular file"),
        (os.mkfifo, "is not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "is not a regular file"),
        (lambda path: path.symlink_to("nowhere"), "cannot be read"),
        (lambda path: path.symlink_to(path.name), "cannot be read"),
    ],
    ids=["folder", "pipe", "device", "dangling", "loop"],
)
def test_an_answers_file_that_is_none_is_said_in_one_line(
    place: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    place(tmp_path / ".copier-answers.yml")
    run = Shell(tmp_path)("template")
    assert (run.status, run.stdout) == (2, "")
    (line,) = run.stderr.splitlines()
    assert line.startswith("secaudit: .copier-answers.yml")
    assert said in line


def test_aliases_in_the_answers_are_not_multiplied(project: Path) -> None:
    answers = project / ".copier-answers.yml"
    answers.write_text(answers.read_text() + BOMB)
    assert report(project)[1]["findings"] == []


def test_an_unreadable_file_is_a_problem(project: Path) -> None:
    path = project / "app/security/tokens.py"
    path.unlink()
    path.mkdir()
    status, document = report(project)
    assert status == 2
    assert document["problems"][0]["path"] == "app/security/tokens.py"
