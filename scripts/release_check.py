"""`make release-check`: what has to agree before a tag is pushed."""

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from scripts.template_knowledge import generated

ROOT: Final = Path(__file__).resolve().parents[1]
_OWNERS: Final = ("_copier_operation", "update")  # the condition that makes a file the owner's
CARELESS: Final = ROOT / "tests" / "data" / "misconfigured"
ADVISORY_KEYS: Final = {
    *("id", "title", "severity", "owasp", "introduced", "fixed", "changes", "action"),
}


def output(*command: str, cwd: Path = ROOT) -> str:
    """Run a command and return what it printed; its failure is ours."""
    environment = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
    done = subprocess.run(  # noqa: S603 - the commands are written below
        command, cwd=cwd, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def tags(repository: Path, version: str) -> Iterator[str]:
    """Yield what is wrong with tags: Copier and the auditor's pin read one namespace."""
    here = output("git", "tag", "--points-at", "HEAD", cwd=repository).split()
    if here and here != [f"v{version}"]:
        yield f"HEAD is tagged {', '.join(here)}, and pyproject.toml says {version}"
    every = output("git", "tag", cwd=repository).split()
    foreign = [tag for tag in every if not re.fullmatch(r"v\d+\.\d+\.\d+", tag)]
    if foreign:
        yield f"tags outside the one namespace vX.Y.Z: {', '.join(foreign)}"


def texts(version: str) -> Iterator[str]:
    """Yield what is wrong with changelog and advisories."""
    changelog = (ROOT / "CHANGELOG.md").read_text()
    if not re.search(rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)$", changelog, re.MULTILINE):
        yield f"CHANGELOG.md has no section '## {version} (YYYY-MM-DD)'"
    if re.search(r"^## Unreleased$\n+(?!## )\S", changelog, re.MULTILINE):
        yield f"CHANGELOG.md has lines under Unreleased that belong to {version}"
    for advisory in YAML(typ="safe", pure=True).load(
        (ROOT / "template_advisories.yml").read_text()
    )["advisories"]:
        if advisory.keys() != ADVISORY_KEYS:
            yield f"advisory {advisory.get('id')} lacks keys that template_advisories.yml names"


def interface(repository: Path, version: str) -> Iterator[str]:
    """Yield what a project of the previous release would lose within a major version.

    Copier moves a file by deleting and creating it, and edits in the old one vanish in silence;
    a removed choice regenerates a project as something else; a file that is no longer the owner's
    is overwritten. Each needs a new major version.
    """
    merged = output("git", "tag", "--sort=-version:refname", "--merged", "HEAD", cwd=repository)
    previous = next((tag for tag in merged.split() if tag != f"v{version}"), None)
    if previous is None or previous.split(".")[0] != f"v{version.split('.', maxsplit=1)[0]}":
        return
    before = _read(output("git", "show", f"{previous}:copier.yml", cwd=repository))
    now = _read((repository / "copier.yml").read_text("utf-8"))
    listed = output("git", "ls-tree", "-r", "--name-only", previous, "template", cwd=repository)
    released = [name.removeprefix("template/") for name in listed.splitlines()]
    template = repository / "template"
    present = [
        path.relative_to(template).as_posix() for path in template.rglob("*") if path.is_file()
    ]
    for fault in (*_lost_files(before, released, now, present), *_lost_answers(before, now)):
        yield f"{fault} since {previous}"


def _read(text: str) -> dict[str, Any]:
    table: dict[str, Any] = YAML(typ="safe").load(text)
    return table


def _lost_files(
    before: dict[str, Any], released: list[str], now: dict[str, Any], present: list[str]
) -> Iterator[str]:
    """Yield each file that some answers no longer bring, and each that its owner loses."""
    kept = {name: answers for _, name, answers in generated(now, present)}
    for _, name, answers in generated(before, released):
        if name not in kept:
            yield f"template/{name} was moved or deleted"
        elif not kept[name].items() - {_OWNERS} <= answers.items():
            yield f"template/{name} has a new condition"
        elif _OWNERS in answers.items() - kept[name].items():
            yield f"template/{name} is no longer the owner's"


def _lost_answers(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Yield each question that is no longer asked, and each choice that is gone."""
    for question, asked in before.items():
        if question.startswith("_") or asked.get("when") is False:
            continue
        if question not in now or now[question].get("when") is False:
            yield f"the question {question} was removed"
            continue
        for value in asked.get("choices", {}).values():
            if value not in now[question]["choices"].values():
                yield f"the choice {question}: {value} was removed"


def packages(version: str) -> Iterator[str]:
    """Build wheel and sdist, yield what is wrong with them; the wheel is run, too."""
    with tempfile.TemporaryDirectory() as folder:
        output("uv", "build", "--quiet", "--out-dir", folder)
        wheel = Path(folder, f"secaudit-{version}-py3-none-any.whl")
        with zipfile.ZipFile(wheel) as archive:
            tops = {name.split("/")[0] for name in archive.namelist()}
            data = {f"secaudit/template/{name}.json" for name in ("manifest", "advisories")}
            missing = data - set(archive.namelist())
        if tops != {"secaudit", f"secaudit-{version}.dist-info"}:
            yield f"the wheel holds {', '.join(sorted(tops))}"
        if missing:
            yield f"the wheel lacks {', '.join(sorted(missing))}"
        with tarfile.open(Path(folder, f"secaudit-{version}.tar.gz")) as archive:
            strays = [
                n for n in archive.getnames() if n.split("/")[1:2] in (["template"], ["tests"])
            ]
        if strays:
            yield f"the sdist holds {len(strays)} files of other parts, such as {strays[0]}"
        installed = ("uvx", "--quiet", "--isolated", "--from", str(wheel), "secaudit")
        said = output(*installed, "--version", cwd=Path(folder))
        if version not in said:
            yield f"the built wheel calls itself {said!r}"
        audit = ("config", str(CARELESS), "--format", "json", "--fail-on", "never")
        if not json.loads(output(*installed, *audit, cwd=Path(folder)))["findings"]:
            yield f"the built wheel finds nothing in {CARELESS.relative_to(ROOT)}"


def main() -> None:
    """Print every disagreement; exit 1 if there is one."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    faults = [*tags(ROOT, version), *texts(version), *interface(ROOT, version), *packages(version)]
    for fault in faults:
        print(f"release-check: {fault}")
    if faults:
        sys.exit(1)
    print(f"release-check: {version} is ready to be tagged v{version}")


if __name__ == "__main__":
    main()
