"""What the front page says is what the programs do."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from scripts import examples
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
CARELESS = ROOT / "tests" / "data" / "misconfigured"


def test_the_finding_in_the_readme_is_what_secaudit_prints() -> None:
    shown = README.split("```text\n")[1].split("```")[0].strip()
    printed = subprocess.run(
        ["secaudit", "config", ".", "--no-color"],
        cwd=CARELESS,
        env=os.environ | {"COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    finding = shown.removeprefix(".env").strip()
    assert finding in printed


@pytest.mark.parametrize("page", list(examples.pages()), ids=lambda page: page.stem)
def test_the_examples_of_a_page_print_what_it_says(page: Path) -> None:
    """Red after a change of the output: run `python scripts/examples.py` and read the diff."""
    text = page.read_text("utf-8")
    assert examples.renewed(text) == text


def test_the_examples_of_a_page_are_found() -> None:
    assert "effective-settings" in {page.stem for page in examples.pages()}


def test_every_link_of_the_front_matter_leads_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text("utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (ROOT / target).exists(), f"{name} -> {target}"


def test_the_readme_shows_options_that_the_help_names() -> None:
    commands = re.findall(r"secaudit (config|explain|template|rules)([^`\n]*)", README)
    assert {command for command, _ in commands} >= {"config", "explain", "template"}
    helps: dict[str, str] = {}
    for command, rest in commands:
        if command not in helps:
            helps[command] = subprocess.run(
                ["secaudit", command, "--help"],
                env=os.environ | {"COLUMNS": "200", "PYTHONIOENCODING": "utf-8"},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        for option in re.findall(r"--[a-z-]+", rest):
            assert f" {option} " in helps[command], f"secaudit {command} {option}"
    shown = set(re.findall(r"`(--[a-z-]+)", README)) - {"--trust"}
    assert shown <= set(re.findall(r"--[a-z-]+", helps["config"]))
    formats = re.search(r"--format (\w+)` \| also (.*) \|", README)
    assert formats is not None
    for name in (formats[1], *re.findall(r"`(\w+)`", formats[2])):
        assert name in helps["config"].split("--output")[0], name


def test_every_file_that_the_threat_model_names_is_there() -> None:
    page = (ROOT / "template/docs/service/threat-model.md").read_text("utf-8")
    names = re.findall(r"`((?:app|tests)/[^`]+|test_[^`]+\.py)`", page)
    assert names
    for name in names:
        pattern = name if "/" in name else f"tests/security/{name}"
        assert list((ROOT / "template").glob(pattern.rstrip("/"))), name


def test_every_command_of_the_makefile_is_one() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    declared = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert declared is not None
    documented = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert set(declared[1].split()) == documented
    for name in re.findall(r"^\$ make ([a-z-]+)", README, re.MULTILINE):
        assert name in documented


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs/explanations/dependencies.md").read_text("utf-8").lower()
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = [*ours["project"]["dependencies"], *ours["dependency-groups"]["dev"]]
    named += ours["dependency-groups"]["bench"]
    platform = (ROOT / "template/platform/pyproject.toml.jinja").read_text("utf-8")
    named += re.findall(r'^    "([^"]+)"', platform, re.MULTILINE)
    names = {re.split(r"[\[<>=;! ]", name)[0].lower() for name in named}
    assert names
    assert {name for name in names if not re.search(rf"\b{re.escape(name)}\b", page)} == set()


def test_published_advisories_are_complete() -> None:
    document = YAML(typ="safe").load((ROOT / "template_advisories.yml").read_text("utf-8"))
    assert document["version"] == 1
    for advisory in document["advisories"]:
        assert re.fullmatch(r"SAPI-\d{4}-\d{3}", advisory["id"])
        assert advisory["severity"] in {"low", "medium", "high", "critical"}
