"""The settings of the service: the tree, which also refuses values that are unsafe together.

Read them with :func:`app.settings_loading.load_settings`, which names every fault at once.
"""

from typing import Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from .settings_policy import insecure
from .settings_tree import SettingsTree


class Settings(SettingsTree):
    """The settings a service runs with: none of them insecure, in whatever way they were made."""

    @model_validator(mode="after")
    def refuse_insecure(self) -> Self:
        """Refuse values that are unsafe together or in this environment."""
        faults = tuple(insecure(self))
        if faults:
            raise PydanticCustomError("insecure", "insecure settings", {"faults": faults})
        return self
