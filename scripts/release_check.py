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


def packages(version: str) -> Iterator[str]:
    """Build wheel and sdist, yield what is wrong with them; the wheel is run, too."""
    with tempfile.TemporaryDirectory() as folder:
        output("uv", "build", "--quiet", "--out-dir", folder)
        wheel = Path(folder, f"secaudit-{version}-py3-none-any.whl")
        with zipfile.ZipFile(wheel) as archive:
            tops = {name.split("/")[0] for name in archive.namelist()}
        if tops != {"secaudit", f"secaudit-{version}.dist-info"}:
            yield f"the wheel holds {', '.join(sorted(tops))}"
        with tarfile.open(Path(folder, f"secaudit-{version}.tar.gz")) as archive:
            strays = [n for n in archive.getnames() if "/template/" in n or "/tests/" in n]
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
    faults = [*texts(version), *packages(version)]
    for fault in faults:
        print(f"release-check: {fault}")
    if faults:
        sys.exit(1)
    print(f"release-check: {version} is ready to be tagged v{version}")


if __name__ == "__main__":
    main()
