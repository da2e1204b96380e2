"""The published table of controls is made from the catalogue, and its links lead somewhere."""

import re
import runpy

from tests.acceptance.controls import controls
from tests.conftest import ROOT

from secaudit.template.knowledge import GONE, RENDERED, shipped


def test_the_page_is_what_the_catalogue_makes() -> None:
    """Red after a change of the catalogue: run `python scripts/controls_page.py`."""
    made = runpy.run_path(str(ROOT / "scripts/controls_page.py"))["rendered"]()
    assert (ROOT / "docs/reference/controls.md").read_text("utf-8") == made


def test_every_control_is_on_the_page_and_every_rule_has_its_own() -> None:
    page = (ROOT / "docs/reference/controls.md").read_text("utf-8")
    assert all(f"**{control.id}**" in page for control in controls())
    for code in re.findall(r"\(rules/([A-Z]+\d{3})\.md\)", page):
        assert (ROOT / f"docs/reference/rules/{code}.md").is_file()


def test_an_edited_control_is_seen_in_wiring_or_as_an_edited_file() -> None:
    """Each mutant edits a file that `secaudit template` compares, so no removal goes unseen."""
    for control in controls():
        known = shipped().files[control.mutant.file]
        assert known.at(None) not in {GONE, RENDERED}, control.id
