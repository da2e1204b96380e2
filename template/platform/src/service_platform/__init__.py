"""The service's command: finds the project that holds this package and runs its ``app.cli``."""

import os
import sys
from pathlib import Path

__all__ = ["main"]


def main() -> None:
    """Run the command line of the project that contains this package.

    The package is installed editable from ``<project>/platform``, so its own location names the
    project. The working directory becomes the project root: ``.env`` and relative database paths
    mean the same wherever the command is typed.

    Raises:
        SystemExit: with the command's exit status; 1 when no project surrounds this package.
    """
    root = Path(__file__).resolve().parents[3]
    if not (root / "app" / "cli.py").is_file():
        sys.exit(f"{root} holds no app/cli.py: install this package editable from its project")
    os.chdir(root)
    sys.path.insert(0, str(root))
    from app.cli import main as run  # noqa: PLC0415 - importable only once the root is on the path

    run()
