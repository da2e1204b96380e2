"""What tests of the auditor share: small projects written to disk and evaluated."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from secaudit.discovery import Project, Root, SourceFile
from secaudit.evaluation import Evaluator
from secaudit.evaluation.entry import Evaluated
from secaudit.facts import Candidate, Setting
from secaudit.planning.deployment import Deployment

Evaluate = Callable[..., Evaluated]

# A busy machine makes examples slow, and that is no failure.
settings.register_profile(
    "patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


def evaluate_folder(
    root: Path, names: list[str], environment: Mapping[str, str], selected: str = ""
) -> Evaluated:
    """Evaluate the Python files ``names`` below ``root`` with this process environment."""
    paths = [str(root / name) for name in names]
    kinds = ["python" if path.endswith(".py") else "env" for path in paths]
    files = tuple(
        SourceFile(path, kind, explicit=True)  # type: ignore[arg-type]
        for path, kind in zip(paths, kinds, strict=True)
    )
    modules = tuple(path for path in paths if path.endswith(".py"))
    given: dict[str, tuple[Candidate, ...]] = {
        name: (Candidate("process-environment", value, value, None, literal=True),)
        for name, value in environment.items()
    }
    deployment = Deployment("test", str(root), "production", modules, given, selected=selected)
    return Evaluator(Project((Root(str(root), files),), ())).evaluate(deployment)


@pytest.fixture
def evaluated(tmp_path: Path) -> Evaluate:
    """Return a function that writes files and evaluates them."""

    def run(
        files: dict[str, str], environment: Mapping[str, str] | None = None, selected: str = ""
    ) -> Evaluated:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return evaluate_folder(tmp_path.resolve(), list(files), environment or {}, selected)

    return run


@pytest.fixture
def values(evaluated: Evaluate) -> Callable[..., dict[str, Any]]:
    """Return a function that gives the program's values by setting name, Unknown included."""

    def run(*arguments: Any, **keywords: Any) -> dict[str, Any]:  # noqa: ANN401 - passed through
        found: dict[str, Any] = {}
        for setting in evaluated(*arguments, **keywords).facts.settings:
            found.setdefault(setting.name, setting.program_value)
        return found

    return run


@pytest.fixture
def by_concept(evaluated: Evaluate) -> Callable[..., dict[str, list[Setting]]]:
    """Return a function that gives settings by concept."""

    def run(*arguments: Any, **keywords: Any) -> dict[str, list[Setting]]:  # noqa: ANN401 - passed through
        found: dict[str, list[Setting]] = {}
        for setting in evaluated(*arguments, **keywords).facts.settings:
            found.setdefault(setting.concept, []).append(setting)
        return found

    return run
