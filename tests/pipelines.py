"""The jobs of a generated pipeline as shell scripts, read from its files as their runners do."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

from ruamel.yaml import YAML

# What a step that is an action of others does is done by whoever runs the job.
_DONE_OTHERWISE: Final = (
    "actions/checkout@",
    "astral-sh/setup-uv@",
    "actions/upload-artifact@",
    "github/codeql-action/upload-sarif@",
)
_CONDITIONS: Final = {
    None: True,
    "env.SAFETY_API_KEY == ''": True,
    "env.SAFETY_API_KEY != ''": False,
}
_OWN: Final = "$/"  # the workflow's own repository


class Job(NamedTuple):
    """One job of a pipeline.

    Attributes:
        name: its key in the file, with the values of its matrix.
        environment: the variables that it sets.
        scripts: what its shells run, one after the other; the first that fails fails the job.
        servers: the names of the images that run beside it, such as ``postgres``.
    """

    name: str
    environment: Mapping[str, str]
    scripts: tuple[str, ...]
    servers: frozenset[str]


def github(project: Path, workflow: str) -> Iterator[Job]:
    """Yield the jobs of ``.github/workflows/<workflow>.yml``.

    Raises:
        ValueError: a step uses an action that nobody here knows.
        KeyError: a step has a condition that nobody here knows.
    """
    document = _load(project / f".github/workflows/{workflow}.yml")
    for key, job in document["jobs"].items():
        matrix = job.get("strategy", {}).get("matrix", {})
        for values in product(*matrix.values()):
            chosen = dict(zip(matrix, values, strict=True))
            environment = document.get("env", {}) | job.get("env", {})
            yield Job(
                "-".join([key, *values]),
                {name: _filled(text, chosen) for name, text in environment.items()},
                tuple(_scripts(project, job["steps"])),
                _servers(service["image"] for service in job.get("services", {}).values()),
            )


def _scripts(project: Path, steps: list[dict[str, Any]]) -> Iterator[str]:
    for step in steps:
        used = step.get("uses", "")
        if "run" in step:
            if _CONDITIONS[step.get("if")]:
                yield step["run"]
        elif used.startswith(_OWN):
            action = _load(project / used.removeprefix(_OWN) / "action.yml")
            yield from _scripts(project, action["runs"]["steps"])
        elif not used.startswith(_DONE_OTHERWISE):
            raise ValueError(f"an action that is not known here: {used}")


def _filled(text: str, matrix: Mapping[str, str]) -> str:
    """Return a value with its expressions replaced; there are no secrets on a first push."""
    for name, value in matrix.items():
        text = text.replace(f"${{{{ matrix.{name} }}}}", value)
    return re.sub(r"\$\{\{ secrets\.\w+ \}\}", "", text)


def gitlab(project: Path, *, by_rule: bool = False) -> Iterator[Job]:
    """Yield the jobs of ``.gitlab-ci.yml`` that every push starts, or those with rules."""
    document = _load(project / ".gitlab-ci.yml")
    default = document["default"]
    for key, job in document.items():
        if not isinstance(job, dict) or "script" not in job or ("rules" in job) is not by_rule:
            continue
        matrices = job.get("parallel", {}).get("matrix", [{}])
        for matrix in matrices:
            for values in product(*matrix.values()):
                chosen = dict(zip(matrix, values, strict=True))
                yield Job(
                    "-".join([key, *values]),
                    {**document["variables"], **job.get("variables", {}), **chosen},
                    (
                        "\n".join(
                            [*job.get("before_script", default["before_script"]), *job["script"]]
                        ),
                    ),
                    _servers(service["name"] for service in job.get("services", [])),
                )


def _servers(images: Iterator[str]) -> frozenset[str]:
    return frozenset(image.partition(":")[0] for image in images)


def _load(path: Path) -> dict[str, Any]:
    """Load a file of a project, or the same file of the template before it is rendered."""
    source = path if path.exists() else path.with_name(f"{path.name}.jinja")
    text = "".join(x for x in source.read_text("utf-8").splitlines(True) if x[:2] != "{%")
    table: dict[str, Any] = YAML(typ="safe").load(text)
    return table


def run(job: Job, project: Path, environment: Mapping[str, str]) -> None:
    """Run a job in a fresh clone of a project with exactly these variables.

    Raises:
        AssertionError: a script failed; the message is what it printed.
    """
    for script in job.scripts:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{job.name}: {script}\n{done.stdout}\n{done.stderr}"
