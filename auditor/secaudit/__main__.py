"""``python -m secaudit`` is ``secaudit``."""

from secaudit.cli import main

main()
