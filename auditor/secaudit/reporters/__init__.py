"""One format a module: ``render(report, view) -> str``, pure and without secrets."""
