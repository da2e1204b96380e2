"""The table, the rule files and the reference pages say the same, and rules keep their form."""

import re
from pathlib import Path

import pytest

from secaudit import registry, rules_docs
from secaudit.reporters.common import OWASP, UNJUDGED
from secaudit.rule import Rule
from secaudit.rules_table import RULES_TABLE
from secaudit.vocabulary import CONCEPTS, OBSERVATIONS

ROOT = Path(__file__).parents[3]
RULES = registry.load_all()


def test_the_table_is_what_the_rule_files_make() -> None:
    path = ROOT / "auditor/secaudit/rules_table.py"
    assert path.read_text(encoding="utf-8") == registry.render_table(), (
        "run `python -m secaudit.registry`"
    )


def test_the_reference_pages_are_what_the_rules_make() -> None:
    folder = ROOT / "docs/reference/rules"
    committed = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert committed == rules_docs.pages(), (
        "run `python -m secaudit.rules_docs docs/reference/rules`"
    )


def test_the_scorecard_judges_the_items_that_a_rule_names() -> None:
    named = {item.split(":")[0] for rule in RULES for item in rule.owasp}
    assert named | UNJUDGED == set(OWASP)
    assert not named & UNJUDGED


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_has_its_form(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]+\d{3}", rule.code)
    assert registry.family_of(rule.code) in registry.FAMILIES
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)
    assert not rule.summary.endswith(".")
    assert set(rule.applies_to) <= CONCEPTS.keys() | OBSERVATIONS.keys()
    assert rule.cwe
    assert all(re.fullmatch(r"API([1-9]|10):2023", item) for item in rule.owasp)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", item) for item in rule.asvs)
    assert "\n\n" in rule.explanation
    assert rule.good


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_file_stands_in_the_folder_of_its_family(rule: Rule) -> None:
    module = next(module for code, _, module, _ in RULES_TABLE if code == rule.code)
    assert module.partition(".")[0] == registry.family_of(rule.code).lower()


def test_find_takes_codes_in_any_case_and_names() -> None:
    by_code, by_name = registry.find("cors001"), registry.find("wildcard-origin-with-credentials")
    assert by_code is not None
    assert by_code is by_name
    assert registry.find("CORS999") is None


def test_load_gives_only_what_is_chosen_and_applies() -> None:
    every = {code for code, *_ in RULES_TABLE}
    codes = {rule.code for rule in registry.load(every, {"debug.enabled"}, set())}
    assert "DBG001" in codes
    assert "CORS001" not in codes
    assert registry.load(every - {"DBG001"}, {"debug.enabled"}, set()) == [
        rule for rule in registry.load(every, {"debug.enabled"}, set()) if rule.code != "DBG001"
    ]
    kinds = {rule.code for rule in registry.load(every, set(), {"key-duplicate"})}
    assert "DIALECT003" in kinds
