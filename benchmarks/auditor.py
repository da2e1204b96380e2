"""Measures secaudit's cold start and a large tree against bandit, detect-secrets, compose-lint.

Run with ``make bench``; prints Markdown tables for docs/performance.md.
"""

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from benchmarks.interleave import interleave, table
from benchmarks.trees import write_small_project, write_tree

_BIN = Path(sys.executable).parent


def main() -> None:
    """Print both tables."""
    # In a process of its own, for a child's peak counts its parent's memory until it is started.
    subprocess.run(  # noqa: S603 - fixed arguments
        [
            *(sys.executable, "-m", "compileall", "-qq", "-j", "2"),
            *(sysconfig.get_path("purelib"), str(Path(__file__).parent.parent / "auditor")),
        ],
        check=False,  # some packages ship files for newer Pythons
    )
    with tempfile.TemporaryDirectory() as folder:
        print("## Cold start, two files\n")  # noqa: T201 - its output is the report
        print(_cold_start(folder))  # noqa: T201
        print("\n## A tree of 2,000 Python files and 50 env files\n")  # noqa: T201
        print(_tree(folder))  # noqa: T201


def _cold_start(folder: str) -> str:
    write_small_project(Path(folder, "small"))
    return table(
        interleave(
            {
                "python -c pass": [sys.executable, "-c", "pass"],
                "secaudit --version": [str(_BIN / "secaudit"), "--version"],
                "secaudit config .env settings.py": [
                    *(str(_BIN / "secaudit"), "config", ".env", "settings.py")
                ],
                "compose-lint compose.yaml": [str(_BIN / "compose-lint"), "compose.yaml"],
                "detect-secrets scan": [str(_BIN / "detect-secrets"), "scan", "--all-files"],
                "bandit settings.py": [str(_BIN / "bandit"), "-q", "settings.py"],
            },
            rounds=20,
            cwd=str(Path(folder, "small")),
        )
    )


def _tree(folder: str) -> str:
    write_tree(Path(folder, "tree"), modules=2000, env_files=50)
    write_tree(Path(folder, "half"), modules=1000, env_files=25)
    half = str(Path(folder, "half"))
    return table(
        interleave(
            {
                "bandit -r .": [str(_BIN / "bandit"), "-q", "-r", "."],
                "secaudit config .": [str(_BIN / "secaudit"), "config", "."],
                "secaudit config (half the tree)": [str(_BIN / "secaudit"), "config", half],
            },
            rounds=5,
            cwd=str(Path(folder, "tree")),
        )
    )


if __name__ == "__main__":
    main()
