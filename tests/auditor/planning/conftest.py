"""Projects written from a table of files, discovered and planned for real."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secaudit.discovery import discover
from secaudit.facts import Observation
from secaudit.options import Options
from secaudit.planning import Plan, plan
from secaudit.planning.deployment import Deployment

Planner = Callable[..., Plan]


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planner:
    """Return ``planned(files, *paths, **options)``: the plan of a project with these files.

    A marker makes the folder a project; ``paths`` default to the whole folder.
    """
    monkeypatch.chdir(tmp_path)

    def run(files: dict[str, str], *paths: str, **options: Any) -> Plan:  # noqa: ANN401 - options of any type
        for name, text in {"requirements.txt": "", **files}.items():
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        chosen = Options(**options)
        return plan(discover(paths or (str(tmp_path),), chosen), chosen)

    return run


def service(plan: Plan, name: str, files: str = "") -> Deployment:
    """Return the deployment of a service (of a group of files)."""
    wanted = [
        one
        for one in plan.deployments
        if one.name.split(" (")[0].endswith(f" {name}") and files in one.name
    ]
    assert len(wanted) == 1, [one.name for one in plan.deployments]
    return wanted[0]


def values(deployment: Deployment) -> dict[str, object]:
    """Return the effective value of each variable."""
    return {name: found[0].value for name, found in deployment.environment.items()}


def seen(deployment: Deployment, kind: str) -> list[Observation]:
    """Return the observations of one kind."""
    return [one for one in deployment.observations if one.kind == kind]
