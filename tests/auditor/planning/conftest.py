"""Projects written from a table of files, discovered and planned for real."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secaudit.discovery import discover
from secaudit.options import Options
from secaudit.planning import Plan, plan

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
