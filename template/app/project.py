"""The project's name and the place of its application factory, as the template was answered."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Final


@dataclass(frozen=True, slots=True)
class Project:
    """What `project.toml` says; the defaults are those of the template run in place.

    Attributes:
        slug: the command's name, and the issuer and audience of tokens unless settings differ.
        title: the name a person reads.
        factory: import string of `create_app`.
    """

    slug: str = "service"
    title: str = "Service"
    factory: str = "app.main_fastapi:create_app"

    @property
    def framework(self) -> str:
        """The framework that the factory's module is named after: ``fastapi`` or ``starlette``."""
        return self.factory.partition(":")[0].rpartition("_")[2]


def _read() -> Project:
    source = resources.files("app") / "project.toml"
    return Project(**tomllib.loads(source.read_text("utf-8"))) if source.is_file() else Project()


PROJECT: Final = _read()
