"""Each phrase of the table of rules as small projects, in the ways people write it.

The files of ``tests/data/phrases`` hold one project after another: ``--- reports CODES | what it
shows | options``, or ``silent CODES`` (``silent *``: nothing above low), and then its files.
"""

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from secaudit.testing import Shell

PHRASES = Path(__file__).parents[2] / "data/phrases"


class Phrase(NamedTuple):
    """One project: the rules that must report it, or must not."""

    reports: bool
    codes: frozenset[str]
    options: tuple[str, ...]
    files: dict[str, str]


def phrases() -> dict[str, Phrase]:
    """Return the projects of all files by file and title."""
    found: dict[str, Phrase] = {}
    for source in sorted(PHRASES.glob("*.txt")):
        for text in source.read_text(encoding="utf-8").split("--- ")[1:]:
            first, _, rest = text.partition("\n")
            what, title, options = (part.strip() for part in first.split(" | "))
            verb, *codes = what.split()
            files = {}
            for part in rest.split("=== ")[1:]:
                name, _, content = part.partition("\n")
                files[name] = content
            key = f"{source.stem}: {title}"
            assert key not in found, key
            assert verb in {"reports", "silent"}, key
            found[key] = Phrase(verb == "reports", frozenset(codes), tuple(options.split()), files)
    return found


PROJECTS = phrases()


@pytest.mark.parametrize("name", PROJECTS)
def test_phrase(tmp_path: Path, name: str) -> None:
    phrase = PROJECTS[name]
    shell = Shell(tmp_path)
    shell.write({"requirements.txt": "", **phrase.files})
    run = shell("config", ".", "-f", "json", "--exit-zero", *phrase.options)
    findings = json.loads(run.stdout)["findings"]
    codes = {one["code"] for one in findings}
    if phrase.reports:
        assert phrase.codes <= codes
    elif phrase.codes == {"*"}:
        loud = [one for one in findings if one["severity"] not in {"info", "low"}]
        assert [(one["code"], one["message"]) for one in loud] == []
    else:
        assert phrase.codes.isdisjoint(codes)


def test_the_corpus_has_its_size() -> None:
    assert len(PROJECTS) > 450
