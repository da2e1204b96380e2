"""Runs settings modules for real: what they compute is what the auditor's answer must equal."""

import sys
from types import ModuleType
from typing import Any


def executed(source: str) -> dict[str, Any]:
    """Run a module as Python does and return its names.

    Raises what the module raises.
    """
    module = ModuleType("generated_settings")
    sys.modules[module.__name__] = module  # classes look up the annotations of their fields there
    try:
        exec(compile(source, "settings.py", "exec"), module.__dict__)  # noqa: S102 - our own source
    finally:
        del sys.modules[module.__name__]
    return module.__dict__
