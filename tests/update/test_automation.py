"""The shipped automation: the update that a schedule runs, and bots that keep out of its way."""

import fnmatch
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest
from ruamel.yaml import YAML
from tests.conftest import Generate, git
from tests.pipelines import gitlab, run
from tests.template.test_ownership import yours_in
from tests.update.ladder import BASE, RUNGS, TOP, built
from tests.update.test_matrix import VARIANTS, Copy, commit, contents, copy, started

__all__ = ["copy"]  # a fixture

pytestmark = pytest.mark.xdist_group("updates")

# What Renovate's and Dependabot's managers look for by default.
MANAGED: Final = re.compile(
    r"(^|/)(Dockerfile|compose(\.[\w-]+)?\.ya?ml|action\.yml|pyproject\.toml|\.gitlab-ci\.yml"
    r"|\.pre-commit-config\.yaml)$|^\.github/workflows/[^/]+\.yml$|^\.gitlab/.+\.yml$"
)
UVX: Final = """\
#!/bin/sh
if test "$1" = --from; then shift 2; fi
tool=${1%%@*}
shift
exec "$tool" "$@"
"""


@pytest.fixture(scope="module")
def ladder(template_repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(template_repo, tmp_path_factory.mktemp("ladder"), RUNGS)


def with_tools(folder: Path) -> dict[str, str]:
    """Return an environment that has the tools which a runner would install or fetch by uvx."""
    folder.mkdir(parents=True)
    for name, text in (("uvx", UVX), ("pip", "#!/bin/sh\n"), ("apt-get", "#!/bin/sh\n")):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def prepare(project: Path, folder: Path) -> str:
    """Run the shipped script."""
    done = subprocess.run(
        ["sh", "platform/update/prepare.sh", str(folder / "out")],
        cwd=project,
        env=with_tools(folder / "tools"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return (folder / "out/state").read_text().strip()


def edit_where_the_update_does(project: Path) -> None:
    """Edit a template-owned file so that the update must conflict."""
    path = project / "mypy.ini"
    path.write_text(path.read_text() + "# mine\n")
    commit(project, "Edit what is the template's")


def test_the_scheduled_update_prepares_a_patch_and_says_what_is_new(
    copy: Copy,
    tmp_path: Path,
) -> None:
    project = started(copy(BASE, VARIANTS[0]), tmp_path / "project")
    assert prepare(project, tmp_path / "first") == "clean"
    body = (tmp_path / "first/out/body.md").read_text()
    assert f"from `{BASE}` to `{TOP}`" in body
    assert "- `APP_PASSWORDS__REMEMBERED`" in body
    assert "Conflicts" not in body
    updated = contents(project)
    assert "uv.lock" in updated

    git(project, "reset", "--quiet", "--hard")
    git(project, "apply", "--index", str(tmp_path / "first/out/update.patch"))
    assert contents(project) == updated
    commit(project, "Update the template")
    assert prepare(project, tmp_path / "second") == "current"


def test_the_scheduled_update_reports_conflicts(
    copy: Copy,
    tmp_path: Path,
) -> None:
    project = started(copy(BASE, VARIANTS[0]), tmp_path / "project")
    (project / ".gitattributes").write_text("*.ini -diff\n")  # `git diff --check` is blind now
    edit_where_the_update_does(project)
    assert prepare(project, tmp_path / "run") == "conflicts"
    assert "- `mypy.ini`" in (tmp_path / "run/out/body.md").read_text()


GH: Final = """\
#!/bin/sh
echo "$@" >> "$RUNNER_TEMP/calls"
for last; do :; done
case "$1 $2" in
    "run download") mkdir -p "$last" && cp "$PREPARED"/* "$last" ;;
    "pr edit") exit 1 ;;
esac
"""


@pytest.mark.parametrize("state", ["clean", "conflicts"])
def test_github_gets_a_branch_and_a_pull_request(state: str, copy: Copy, tmp_path: Path) -> None:
    """The first time: there is no pull request whose text could be renewed."""
    project = started(copy(BASE, VARIANTS[0]), tmp_path / "project")
    if state == "conflicts":
        edit_where_the_update_does(project)
    remote = tmp_path / "remote.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(project), str(remote))
    checkout = tmp_path / "checkout"
    git(tmp_path, "clone", "--quiet", str(remote), str(checkout))
    assert prepare(project, tmp_path / "run") == state
    job = YAML(typ="safe").load((project / ".github/workflows/update.yml").read_text())["jobs"]
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "gh").write_text(GH)
    (tools / "gh").chmod(0o755)
    ours = {
        "GITHUB_RUN_ID": "1",
        "RUNNER_TEMP": str(tmp_path),
        "PREPARED": str(tmp_path / "run/out"),
        "STATE": state,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
    }
    subprocess.run(
        ["bash", "-e", "-c", job["propose"]["steps"][-1]["run"]],
        cwd=checkout,
        env=os.environ | ours,
        check=True,
        capture_output=True,
    )
    assert f"_commit: {TOP}" in git(remote, "show", "template-update:.copier-answers.yml")
    created = (tmp_path / "calls").read_text().splitlines()[-1]
    assert created.startswith("pr create --head template-update --title Update the template")
    assert created.endswith(f"--body-file {tmp_path}/update/body.md")
    assert ("--draft" in created) is (state == "conflicts")


RECORD: Final = """\
#!/bin/sh
for number in 0 1 2 3; do printenv "GIT_PUSH_OPTION_$number"; done > options
"""


@pytest.mark.parametrize("edit", ["nothing", "conflict"])
def test_gitlab_gets_a_branch_and_the_text_of_a_merge_request(
    edit: str, copy: Copy, tmp_path: Path
) -> None:
    project = started(copy(BASE, VARIANTS[0] | {"ci": "gitlab"}), tmp_path / "project")
    if edit == "conflict":
        edit_where_the_update_does(project)
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(remote, "config", "receive.advertisePushOptions", "true")
    (remote / "hooks/pre-receive").write_text(RECORD)
    (remote / "hooks/pre-receive").chmod(0o755)
    address = "https://oauth2:token-of-a-bot@gitlab.example/team/orders.git"
    ours = {
        "CI_SERVER_HOST": "gitlab.example",
        "CI_PROJECT_PATH": "team/orders",
        "CI_DEFAULT_BRANCH": "main",
        "TEMPLATE_UPDATE_TOKEN": "token-of-a-bot",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{remote}.insteadOf",
        "GIT_CONFIG_VALUE_0": address,
    }
    (job,) = (job for job in gitlab(project, by_rule=True) if job.name == "template-update")
    run(job, project, with_tools(tmp_path / "tools") | ours)

    create, target, title, description = (remote / "options").read_text().splitlines()
    assert (create, target) == ("merge_request.create", "merge_request.target=main")
    draft = "Draft: " if edit == "conflict" else ""
    assert title == f"merge_request.title={draft}Update the template"
    body = (project / "update/body.md").read_text()
    assert "\n- `APP_PASSWORDS__REMEMBERED`\n" in body
    assert description.removeprefix("merge_request.description=").replace("\\n", "\n") == body
    pushed = git(remote, "show", "template-update:.copier-answers.yml")
    assert f"_commit: {TOP}" in pushed
    assert "update/body.md" not in git(remote, "ls-tree", "-r", "--name-only", "template-update")


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_renovate_ignores_exactly_what_the_template_owns(ci: str, generate: Generate) -> None:
    project = generate(ci=ci)
    ignored = json.loads((project / "renovate.json").read_text())["ignorePaths"]
    yours = {path.relative_to(project).as_posix() for path in yours_in(project)}
    names = {p.relative_to(project).as_posix() for p in project.rglob("*") if p.is_file()}
    managed = {name for name in names if MANAGED.search(name)}
    assert managed & yours
    for name in managed:
        # Renovate takes an entry for a part of a path and for a pattern.
        passed_over = any(p in name or fnmatch.fnmatch(name, p) for p in ignored)
        assert passed_over is (name not in yours), name


def test_dependabot_moves_only_what_is_in_the_owners_lock(generate: Generate) -> None:
    """Its ecosystems for actions and images would edit the template's files."""
    text = (generate() / ".github/dependabot.yml").read_text()
    updates = YAML(typ="safe").load(text)["updates"]
    assert {one["package-ecosystem"] for one in updates} == {"uv"}


def test_the_job_with_the_token_runs_nothing_of_the_project(generate: Generate) -> None:
    text = (generate() / ".github/workflows/update.yml").read_text()
    jobs = YAML(typ="safe").load(text)["jobs"]
    assert "secrets." not in json.dumps(jobs["prepare"])
    proposing = "\n".join(step.get("run", "") for step in jobs["propose"]["steps"])
    assert not re.search(r"\b(uvx?|python|sh|pytest|make)\s", proposing)
