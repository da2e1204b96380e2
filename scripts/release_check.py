"""`make release-check`: what has to agree before a tag is pushed."""

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
from typing import Final

from ruamel.yaml import YAML

ROOT: Final = Path(__file__).resolve().parents[1]
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


def texts(version: str) -> Iterator[str]:
    """Yield what is wrong with tags, changelog and advisories."""
    tags = output("git", "tag", "--points-at", "HEAD").split()
    if tags and tags != [f"v{version}"]:
        yield f"HEAD is tagged {', '.join(tags)}, and pyproject.toml says {version}"
    foreign = [
        tag for tag in output("git", "tag").split() if not re.fullmatch(r"v\d+\.\d+\.\d+", tag)
    ]
    if foreign:
        yield f"tags outside the one namespace vX.Y.Z: {', '.join(foreign)}"
    changelog = (ROOT / "CHANGELOG.md").read_text()
    if not re.search(rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)$", changelog, re.MULTILINE):
        yield f"CHANGELOG.md has no section '## {version} (YYYY-MM-DD)'"
    for advisory in YAML(typ="safe", pure=True).load(
        (ROOT / "template_advisories.yml").read_text()
    )["advisories"]:
        if advisory.keys() != ADVISORY_KEYS:
            yield f"advisory {advisory.get('id')} lacks keys that template_advisories.yml names"


def interface(repository: Path, version: str) -> Iterator[str]:
    """Yield what a project of the previous release would lose: moved files, removed choices.

    Copier moves a file by deleting and creating it, and edits in the old one vanish in silence;
    a removed choice regenerates a project as something else. Both need a new major version.
    """
    tags = output("git", "tag", "--sort=-version:refname", "--merged", "HEAD", cwd=repository)
    previous = next((tag for tag in tags.split() if tag != f"v{version}"), None)
    if previous is None or previous.split(".")[0] != f"v{version.split('.', maxsplit=1)[0]}":
        return
    listed = output("git", "ls-tree", "-r", "--name-only", previous, "template", cwd=repository)
    for name in listed.splitlines():
        shown = name.removesuffix(".jinja")
        if not any((repository / path).is_file() for path in (shown, f"{shown}.jinja")):
            yield f"{shown} was moved or deleted since {previous}"
    before = YAML(typ="safe").load(output("git", "show", f"{previous}:copier.yml", cwd=repository))
    now = YAML(typ="safe").load((repository / "copier.yml").read_text())
    for question, asked in before.items():
        if question.startswith("_") or not isinstance(asked, dict) or asked.get("when") is False:
            continue
        if question not in now:
            yield f"the question {question} was removed since {previous}"
            continue
        for value in asked.get("choices", {}).values():
            if value not in now[question]["choices"].values():
                yield f"the choice {question}: {value} was removed since {previous}"


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
        said = output(
            "uvx", "--isolated", "--from", str(wheel), "secaudit", "--version", cwd=Path(folder)
        )
        if version not in said:
            yield f"the built wheel calls itself {said!r}"


def main() -> None:
    """Print every disagreement; exit 1 if there is one."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    faults = [*texts(version), *interface(ROOT, version), *packages(version)]
    for fault in faults:
        print(f"release-check: {fault}")
    if faults:
        sys.exit(1)
    print(f"release-check: {version} is ready to be tagged v{version}")


if __name__ == "__main__":
    main()
