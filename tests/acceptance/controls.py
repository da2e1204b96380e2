"""The rows of docs/controls.yml: each control with its code, proof, rule, page and removal."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from tests.conftest import ROOT

CATALOGUE: Final = ROOT / "docs" / "controls.yml"
FRAMEWORKS: Final = ("fastapi", "starlette")


@dataclass(frozen=True)
class Mutant:
    """A text edit that removes a control; ``find`` occurs exactly once in ``file``."""

    file: str
    find: str
    replace: str

    def apply(self, project: Path) -> None:
        """Remove the control from a generated project.

        Raises:
            ValueError: the text to replace is not there exactly once.
        """
        path = project / self.file
        text = path.read_text("utf-8")
        if text.count(self.find) != 1:
            raise ValueError(f"{self.file} has {text.count(self.find)} times {self.find!r}")
        path.write_text(text.replace(self.find, self.replace), "utf-8")


@dataclass(frozen=True)
class Control:
    """One control of a variant of the generated service.

    Attributes:
        framework: the variant.
        id: kebab-case, unique in its variant.
        title: what it does, one sentence.
        owasp: items of the OWASP API Security Top 10 2023.
        asvs: requirements of ASVS 5.0, possibly none.
        code: the file that implements it, in the generated project.
        test: the pytest node that fails without it, in the generated project.
        page: the page that explains it, in the generated project.
        mutant: the edit that removes it.
        rule: the secaudit rule that notices its absence, where that shows in settings or wiring.
        flip: variables that switch it off, for the rule to notice.
    """

    framework: str
    id: str
    title: str
    owasp: tuple[str, ...]
    asvs: tuple[str, ...]
    code: str
    test: str
    page: str
    mutant: Mutant
    rule: str | None
    flip: Mapping[str, str]


@cache
def controls() -> tuple[Control, ...]:
    """Read the catalogue: each control of each variant.

    Raises:
        TypeError: a row lacks a key or has one too many.
    """
    document = YAML(typ="safe", pure=True).load(CATALOGUE.read_text("utf-8"))
    return tuple(_control(row, name) for name in FRAMEWORKS for row in document["controls"])


def _control(row: Mapping[str, Any], framework: str) -> Control:
    values: dict[str, Any] = {"rule": None, "flip": {}} | dict(row)
    values |= {name: tuple(row[name]) for name in ("owasp", "asvs")}
    values |= {name: row[name].format(framework=framework) for name in ("code", "test", "page")}
    mutant = row["mutant"] if "file" in row["mutant"] else row["mutant"][framework]
    return Control(**values | {"framework": framework, "mutant": Mutant(**mutant)})
