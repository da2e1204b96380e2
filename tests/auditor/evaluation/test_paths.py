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
    *("os.curdir", "os.pardir", "os.path.sep", "Path(f'{os.curdir}/conf').is_dir()"),
    *("Path('a.').suffix", "Path('.').name", "Path('..').name", "Path('a/').name"),
    *("str(Path('/a') / './b')", "str(Path('./a//b/'))", "str(Path(''))", "str(Path())"),
    *("str(Path('a') / '')", "str(Path('a').joinpath('/b'))", "str('a' / Path('b'))"),
    *("Path('a').resolve() == HERE / 'a'", "Path('../a').resolve() == HERE.parent / 'a'"),
    *("str(Path('/a/../b').absolute())", "str(Path('/a/../b').resolve())"),
    "f\"{Path('a/')}\"",
    *("os.path.dirname('/a')", "os.path.dirname(Path('/a/b'))", "os.path.basename(Path('/a/b'))"),
    *("os.path.join('a', '', 'b')", "os.path.join('a', '')", "os.path.join('a/', '/b')"),
    *("os.path.normpath('a/../b')", "os.path.isabs(Path('/a'))"),
    *("os.path.abspath('x') == str(HERE / 'x')", "os.path.abspath('~/x') == str(HERE / '~/x')"),
    *("os.path.exists('')", "Path('').exists()", "os.path.isdir('..')", "os.path.exists('/')"),
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


@pytest.mark.parametrize("path", ["lib.place()", "'/srv/uploads'"])
def test_whether_a_folder_exists_that_nobody_knows_is_not_known(
    values: Callable[..., dict[str, Any]], path: str
) -> None:
    source = f"{PRELUDE}import lib\nANSWER = os.path.isdir({path})\n"
    assert isinstance(values({"settings.py": source})["ANSWER"], Unknown)


def test_a_file_outside_the_project_is_not_there(values: Callable[..., dict[str, Any]]) -> None:
    source = f"{PRELUDE}ANSWER = os.path.exists('/run/secrets/key')\n"
    assert values({"settings.py": source})["ANSWER"] is False
