"""The service's command: finds the project this package was installed from and runs ``app.cli`` in it."""

import os
import sys
from pathlib import Path

__all__ = ["main"]


def main() -> None:
    """Run the command line of the project that contains this package.

    The package is installed editable from ``<project>/platform``, so its own location names the project. The
    working directory becomes the project root: ``.env`` and relative database paths mean the same wherever the
    command is typed.

    Raises:
        SystemExit: always, with the command's exit status; 1 when no project surrounds this package.
    """
    root = Path(__file__).resolve().parents[3]
    if not (root / "app" / "cli.py").is_file():
        sys.exit(f"{root} holds no app/cli.py: install the platform package editable from its project")
    os.chdir(root)
    sys.path.insert(0, str(root))
    from app.cli import main as run  # noqa: PLC0415 - importable only once the root is on the path

    sys.exit(run())
