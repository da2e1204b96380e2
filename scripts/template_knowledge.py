"""Makes what `secaudit template` is built with: the template's hashes and its advisories.

Run it after every change below `template/`; a test compares. Entries of released versions stay,
so that an older project is held against the files it was generated with.
"""

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pathspec import PathSpec
from ruamel.yaml import YAML

from secaudit.template.knowledge import GONE, RENDERED
from secaudit.template.ownership import digest

ROOT: Final = Path(__file__).resolve().parents[1]
TARGET: Final = ROOT / "auditor" / "secaudit" / "template"
_CONDITION: Final = re.compile(r"\{% if (\w+) (?:!=|==) '(\w+)' %\}(.+)\{% endif %\}")


def generated(
    copier: Mapping[str, Any], names: list[str]
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield (path in the template, path in a project, the answers that bring it).

    What an update leaves to its owner has ``_copier_operation`` among the answers.
    """
    conditions = [_CONDITION.fullmatch(entry) for entry in copier["_exclude"]]
    rules = [(m[1], m[2], PathSpec.from_lines("gitignore", [m[3]])) for m in conditions if m]
    never = PathSpec.from_lines("gitignore", [e for e in copier["_exclude"] if "{%" not in e])
    for source in names:
        name = source.removesuffix(".jinja")
        if not never.match_file(name):
            yield source, name, {q: value for q, value, spec in rules if spec.match_file(name)}


def owned(copier: Mapping[str, Any], names: list[str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield what :func:`generated` does, without the files that are the owner's."""
    return (row for row in generated(copier, names) if "_copier_operation" not in row[2])


def manifest(before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest of the working tree; ``before`` holds the history of older versions."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    copier = YAML(typ="safe").load((ROOT / "copier.yml").read_text("utf-8"))
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "."],  # noqa: S607 - git from PATH
        cwd=ROOT / "template",
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    present = sorted(name for name in listed.split("\0") if (ROOT / "template" / name).is_file())
    files: dict[str, Any] = {}
    for source, name, when in owned(copier, present):
        content = (ROOT / "template" / source).read_bytes()
        state = RENDERED if source.endswith(".jinja") else digest(content)
        files[name] = {"when": when, "history": history(before, name, version, state)}
    for name in sorted(before.get("files", {}).keys() - files.keys()):
        row = before["files"][name]
        kept = history(before, name, version, GONE)
        if kept != [[version, GONE]]:
            files[name] = {"when": row["when"], "history": kept}
    choices = {
        question: list(copier[question]["choices"].values())
        for question in ("framework", "database", "ci")
    }
    return {"version": version, "choices": choices, "files": dict(sorted(files.items()))}


def history(before: Mapping[str, Any], name: str, version: str, state: str) -> list[list[str]]:
    """Return a file's history with its state in ``version`` as the last entry, if it changed."""
    rows = before.get("files", {}).get(name, {}).get("history", [])
    older = [row for row in rows if row[0] != version]
    return older if older and older[-1][1] == state else [*older, [version, state]]


def made() -> dict[Path, str]:
    """Return every generated file with its text."""
    path = TARGET / "manifest.json"
    before = json.loads(path.read_text("utf-8")) if path.exists() else {}
    advisories = YAML(typ="safe", pure=True).load(
        (ROOT / "template_advisories.yml").read_text("utf-8")
    )
    return {
        path: json.dumps(manifest(before), indent=1) + "\n",
        TARGET / "advisories.json": json.dumps(advisories, indent=1) + "\n",
    }


def main() -> None:
    """Write the generated files."""
    for path, text in made().items():
        path.write_text(text, encoding="utf-8", newline="\n")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
