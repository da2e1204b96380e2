"""Updates lose nothing: versions x variants x edits of owners, by the real Copier without trust.

`make test` runs all edits together from every version, deletions, and untouched projects, over
changing variants; `make nightly` runs the whole product, each edit alone, and the project's suite
after several of them.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count, product
from pathlib import Path
from typing import Final, Protocol

import copier
import pytest
from ruamel.yaml import YAML
from tests.conftest import ROOT, Install, git
from tests.template.test_ownership import yours_in
from tests.update.ladder import BASE, RUNGS, TOP, built, replaced, require_a_setting
from tests.update.owners import DELETIONS, EDITS, MARK

from secaudit.testing import Shell

pytestmark = pytest.mark.xdist_group("updates")

QUESTIONS: Final = YAML(typ="safe").load((ROOT / "copier.yml").read_text())
CHOSEN: Final = ("framework", "database", "ci")
VARIANTS: Final = [
    dict(zip(CHOSEN, values, strict=True))
    for values in product(*(QUESTIONS[name]["choices"].values() for name in CHOSEN))
]
STARTS: Final = [BASE, *list(RUNGS)[:-1]]

Answers = Mapping[str, str]


def name_of(answers: Answers) -> str:
    return "-".join(answers.values())


def cells() -> Iterator[object]:
    """Yield every cell of the matrix, all but a covering selection marked as nightly."""
    # In steps of five, which twelve variants take to change every answer and to meet them all.
    variants = (VARIANTS[5 * n % len(VARIANTS)] for n in count())
    quick = {(start, name_of(next(variants)), "everything_at_once") for start in STARTS}
    quick |= {(BASE, name_of(next(variants)), edit) for edit in DELETIONS}
    quick |= {(BASE, name_of(answers), "nothing") for answers in (VARIANTS[0], VARIANTS[-1])}
    for start, answers, edit in product(STARTS, VARIANTS, EDITS):
        key = (start, name_of(answers), edit)
        group = pytest.mark.xdist_group(f"updates-{name_of(answers)}")  # they share copies
        marks = [group] if key in quick else [group, pytest.mark.nightly]
        yield pytest.param(start, answers, edit, marks=marks, id="-".join(key))


@pytest.fixture(scope="module")
def ladder(template_repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(template_repo, tmp_path_factory.mktemp("ladder"), RUNGS)


class Copy(Protocol):
    """``copy(version, answers)`` returns a cached project; copy it before writing to it."""

    def __call__(self, version: str, answers: Answers) -> Path:
        """Generate a project from a version of the ladder."""
        ...


@pytest.fixture(scope="module")
def copy(ladder: Path, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    @cache
    def cached(version: str, answers: tuple[tuple[str, str], ...]) -> Path:
        return generated(ladder, version, dict(answers), tmp_path_factory.mktemp("copies"))

    return lambda version, answers: cached(version, tuple(sorted(answers.items())))


def generated(repo: Path, version: str, answers: Answers, folder: Path) -> Path:
    """Generate a project from a version of a template's repository into a new folder."""
    copier.run_copy(
        str(repo),
        folder,
        data={"project_name": "Order Desk", **answers},
        vcs_ref=version,
        defaults=True,
        quiet=True,
        unsafe=False,
    )
    return folder


def started(generated: Path, target: Path) -> Path:
    """Return a copy of a generated project as a repository with one commit."""
    shutil.copytree(generated, target)
    git(target, "init", "--quiet")
    commit(target, "Start")
    return target


def commit(project: Path, message: str) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--allow-empty", "--message", message)


def update(project: Path, version: str = TOP, **answers: str) -> None:
    copier.run_update(
        project,
        data=answers,
        vcs_ref=version,
        defaults=True,
        overwrite=True,
        quiet=True,
        unsafe=False,
    )


def contents(project: Path) -> dict[str, bytes]:
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(project).parts
    }


def conflicts(project: Path) -> str:
    """Return what the check of the update guide prints."""
    command = ["git", "diff", "--check"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    leftovers = [line for line in done.stdout.splitlines() if "leftover conflict marker" in line]
    return "\n".join([*leftovers, git(project, "ls-files", "--unmerged")]).strip()


@pytest.mark.parametrize(("start", "answers", "edit"), list(cells()))
def test_an_update_loses_nothing(
    start: str, answers: Answers, edit: str, copy: Copy, tmp_path: Path
) -> None:
    project = started(copy(start, answers), tmp_path / "project")
    EDITS[edit](project)
    commit(project, "Make it ours")
    before, fresh = contents(project), contents(copy(TOP, answers))
    yours = owned(copy(start, answers)) | owned(project)

    update(project)

    after = contents(project)
    assert not conflicts(project)
    for name in before.keys() - fresh.keys():
        assert after.get(name) == before[name], f"{name} was the owner's alone"
    for name in yours:
        assert after.get(name) == before.get(name), f"{name} is the owner's"
    for name in fresh.keys() - yours - owned(copy(TOP, answers)):
        if MARK.encode() in before.get(name, b""):
            assert MARK.encode() in after[name]
            continue
        assert after[name] == fresh[name], f"{name} is not what a fresh copy has"
        mode = (copy(TOP, answers) / name).stat().st_mode
        assert (project / name).stat().st_mode == mode, name
    if start == STARTS[-1]:  # from anywhere, the first update ends in the same files
        commit(project, "Update")
        update(project)
        assert contents(project) == after, "a second update changed something"


def owned(project: Path) -> set[str]:
    return {path.relative_to(project).as_posix() for path in yours_in(project)}


def test_an_unavoidable_conflict_is_seen_by_every_check(copy: Copy, tmp_path: Path) -> None:
    project = started(copy(BASE, VARIANTS[0]), tmp_path / "project")
    path = project / "mypy.ini"
    path.write_text(f"{path.read_text()}# {MARK}\n")  # where the template adds a line, too
    commit(project, "Edit what is the template's")
    update(project)
    assert "mypy.ini" in conflicts(project)
    assert MARK in path.read_text()
    assert "# next release" in path.read_text()
    hook = YAML(typ="safe").load((project / ".pre-commit-config.yaml").read_text())
    (pattern,) = (
        one["entry"] for one in hook["repos"][0]["hooks"] if one["id"] == "conflict-leftovers"
    )
    assert re.search(pattern, path.read_text(), re.MULTILINE)
    run = Shell(project)("template", "--select", "TPL004")
    assert (run.status, "mypy.ini" in run.stdout) == (1, True)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"database": "sqlite"}, {"database": "postgresql"}),
        ({"ci": "github"}, {"ci": "gitlab"}),
        pytest.param({"ci": "github"}, {"ci": "none"}, marks=pytest.mark.nightly),
        pytest.param({"description": "One."}, {"description": "Two."}, marks=pytest.mark.nightly),
    ],
    ids=["database", "ci", "ci-none", "description"],
)
def test_changed_answers_leave_no_half_of_the_other_variant(
    first: dict[str, str], then: dict[str, str], copy: Copy, tmp_path: Path
) -> None:
    project = started(copy(TOP, VARIANTS[0] | first), tmp_path / "project")
    for answers in (then, first):
        update(project, **answers)
        commit(project, "Change an answer")
        wanted = contents(copy(TOP, VARIANTS[0] | answers))
        mine = owned(project) | owned(copy(TOP, VARIANTS[0] | answers))
        found = contents(project)
        assert {n: c for n, c in found.items() if n not in mine} == {
            n: c for n, c in wanted.items() if n not in mine
        }


def test_the_framework_cannot_be_changed(copy: Copy, tmp_path: Path) -> None:
    """The owner's routes are written for it: the template's part alone would be half a change."""
    project = started(copy(BASE, VARIANTS[0]), tmp_path / "project")
    before = contents(project)
    with pytest.raises(ValueError, match="generated for fastapi"):
        update(project, framework="starlette")
    assert contents(project) == before
    answers = project / ".copier-answers.yml"
    replaced(answers, "\nframework: fastapi", "\nframework: starlette")
    commit(project, "Edit the answers by hand")
    with pytest.raises(ValueError, match="generated for fastapi"):
        update(project)


def test_a_new_required_setting_is_named_for_an_old_env_file(
    template_repo: Path,
    installed: Path,
    clean_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    repo = built(template_repo, tmp_path, {"v1000.1.0": require_a_setting})
    project = started(generated(repo, BASE, VARIANTS[0], tmp_path / "copy"), tmp_path / "project")
    python = str(installed / ".venv/bin/python")
    own = {"PYTHONPATH": str(project / "platform/src")}  # not the project that is installed

    def env(option: str) -> subprocess.CompletedProcess[str]:
        command = [python, "-m", "service_platform", "env", option]
        return subprocess.run(
            command,
            cwd=project,
            env=clean_environment | own,
            capture_output=True,
            text=True,
            check=False,
        )

    (project / ".env").write_text('APP_HTTP__ALLOWED_HOSTS=["api.orders.example"]\n')
    assert env("--write").returncode == 0
    before = (project / ".env").read_bytes()
    assert env("--check").returncode == 0
    update(project, "v1000.1.0")
    assert (project / ".env").read_bytes() == before
    checked = env("--check")
    assert checked.returncode != 0
    assert "APP_TOKENS__REALM" in checked.stdout + checked.stderr
    run = Shell(project)("template", "--select", "TPL007")
    assert (run.status, "APP_TOKENS__REALM" in run.stdout) == (1, True)


def suites() -> Iterator[object]:
    """Yield the edits after which the project's own suite runs, on each framework."""
    edits = ("add_a_migration", "delete_the_example", "edit_the_example", "append_code")
    for framework, edit in product(QUESTIONS["framework"]["choices"].values(), edits):
        quick = (framework, edit) == ("fastapi", "add_a_migration")
        marks = [] if quick else [pytest.mark.nightly]
        yield pytest.param((framework, edit), marks=marks, id=f"{framework}-{edit}")


@pytest.mark.parametrize("cell", list(suites()))
def test_the_suite_passes_after_an_update(
    cell: tuple[str, str],
    copy: Copy,
    install: Install,
    clean_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    """With a migration on each branch; the environment is that of the version before."""
    framework, edit = cell
    installed = install() if framework == "fastapi" else install(framework=framework)
    project = started(copy(BASE, VARIANTS[0] | {"framework": framework}), tmp_path / "project")
    EDITS[edit](project)
    commit(project, "Make it ours")
    update(project)
    assert not conflicts(project)
    command = [str(installed / ".venv/bin/python"), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command, cwd=project, env=clean_environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
