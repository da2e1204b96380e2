"""Several deployments of the same code: evaluated once for equal answers, never mixed up."""

from pathlib import Path
from typing import Any

import pytest

from secaudit.discovery import Project, Root, SourceFile
from secaudit.evaluation import Evaluator
from secaudit.facts import Candidate
from secaudit.planning.deployment import Deployment

_FILES = {
    "settings.py": "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
    '    model_config = {"env_nested_delimiter": "__"}\n    debug: bool = False\n'
    "    db: dict[str, str] = {}\n\n\nsettings = Settings()\n",
    "other.py": 'import os\n\nTOKEN = os.getenv("TOKEN", "none")\n',
    "main.py": "from settings import settings\n\nDEBUG = settings.debug\n",
}


def _values(evaluator: Evaluator, root: Path, given: dict[str, str]) -> dict[str, Any]:
    environment: dict[str, tuple[Candidate, ...]] = {
        name: (Candidate("process-environment", value, value, None, literal=True),)
        for name, value in given.items()
    }
    modules = tuple(str(root / name) for name in _FILES)
    deployment = Deployment("d", str(root), "unknown", modules, environment)
    facts = evaluator.evaluate(deployment).facts
    return {setting.name: setting.program_value for setting in facts.settings}


def _evaluator(root: Path) -> Evaluator:
    for name, text in _FILES.items():
        (root / name).write_text(text)
    files = tuple(SourceFile(str(root / name), "python", explicit=True) for name in _FILES)
    return Evaluator(Project((Root(str(root), files),), ()))


def test_each_deployment_has_its_own_values(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    evaluator = _evaluator(root)
    for _ in range(2):  # the second round comes from memory
        assert _values(evaluator, root, {})["debug"] is False
        assert _values(evaluator, root, {"DEBUG": "1"})["debug"] is True
        assert _values(evaluator, root, {"debug": "0", "TOKEN": "t"})["TOKEN"] == "t"
        assert _values(evaluator, root, {"DB__HOST": "h"})["db"] == {"host": "h"}
        assert _values(evaluator, root, {"DB__HOST": "i"})["db"] == {"host": "i"}


def test_modules_run_again_only_for_other_answers(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    evaluator = _evaluator(root)
    for number in range(5):
        _values(evaluator, root, {"UNRELATED": str(number)})
    outcomes = evaluator.memory(str(root)).outcomes
    assert [len(known) for known in outcomes.values()] == [1, 1]


def _groups(root: Path, first: str) -> int:
    """Return how many groups two modules without imports form; the second one reads ``A``."""
    paths = (str(root / "first.py"), str(root / "second.py"))
    Path(paths[0]).write_text(f"import os\n\n{first}\n")
    Path(paths[1]).write_text('import os\n\nVALUE = os.environ["A"]\n')
    files = tuple(SourceFile(path, "python", explicit=True) for path in paths)
    evaluator = Evaluator(Project((Root(str(root), files),), ()))
    evaluator.evaluate(Deployment("d", str(root), "unknown", paths, {}))
    return len(evaluator.memory(str(root)).outcomes)


@pytest.mark.parametrize("first", ['B = os.environ["A"]', 'B = os.environ.get("A", "1") == "1"'])
def test_modules_that_only_read_run_apart(tmp_path: Path, first: str) -> None:
    assert _groups(tmp_path.resolve(), first) == 2


@pytest.mark.parametrize(
    "text",
    [
        'os.environ["A"] = "1"',
        "variables = os.environ\nvariables['A'] = '1'",
    ],
)
def test_what_a_late_module_writes_reaches_the_others(tmp_path: Path, text: str) -> None:
    root = tmp_path.resolve()
    reader, writer = root / "a_reader.py", root / "b_writer.py"
    reader.write_text('import os\n\nVALUE = os.getenv("A", "absent")\n')
    writer.write_text(f"import os\n\n{text}\n")
    paths = (str(reader), str(writer))
    files = tuple(SourceFile(path, "python", explicit=True) for path in paths)
    given: dict[str, tuple[Candidate, ...]] = {
        "A": (Candidate("process-environment", "0", "0", None, literal=True),)
    }
    deployment = Deployment("d", str(root), "unknown", paths, given)
    facts = Evaluator(Project((Root(str(root), files),), ())).evaluate(deployment).facts
    (value,) = [one.program_value for one in facts.settings if one.name == "VALUE"]
    assert value == "1"
