"""Paths and what stands there: as pathlib and os answer for the same project."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secaudit.facts import Unknown

PRELUDE = "import os\nfrom pathlib import Path\n\nHERE = Path(__file__).resolve().parent\n"
QUESTIONS = [
    *("(HERE / 'conf').exists()", "(HERE / 'conf').is_dir()", "(HERE / 'conf').is_file()"),
    *("(HERE / 'conf/a.txt').exists()", "(HERE / 'conf/a.txt').is_dir()"),
    *("(HERE / 'none').exists()", "(HERE / 'none').is_dir()", "HERE.is_dir()"),
    *("Path('conf').exists()", "Path('conf/a.txt').is_file()"),
    *("os.path.exists('conf')", "os.path.isdir('conf')", "os.path.isfile('conf')"),
    *("os.path.exists('conf/a.txt')", "os.path.isdir('none')", "os.path.isfile('conf/a.txt')"),
    *("[str(one) for one in Path('/a/b').parents]", "[str(one) for one in Path('a/b').parents]"),
    *("len(Path('/').parents)", "len(Path('.').parents)", "str(Path('/a').parents[0])"),
    *("Path('a.tar.gz').suffix", "Path('.env').suffix", "Path('.env').stem", "Path('a.b').stem"),
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_path_answers_as_it_does_for_the_program(
    values: Callable[..., dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    question: str,
) -> None:
    source = f"{PRELUDE}ANSWER = {question}\n"
    found = values({"settings.py": source, "conf/a.txt": "a"})
    monkeypatch.chdir(tmp_path)
    assert found["ANSWER"] == runpy.run_path(str(tmp_path / "settings.py"))["ANSWER"]


def test_whether_a_path_that_is_not_known_exists_is_not_known(
    values: Callable[..., dict[str, Any]],
) -> None:
    source = f"{PRELUDE}import lib\nANSWER = os.path.isdir(lib.place())\n"
    assert isinstance(values({"settings.py": source})["ANSWER"], Unknown)
