"""Copying and updating run no code of ours, so no user and no bot ever needs `--trust`."""

import re
import shutil
from pathlib import Path
from typing import Final

import copier
import pytest
from ruamel.yaml import YAML
from tests.conftest import ROOT, Generate, git

TEMPLATE: Final = ROOT / "template"
UNSAFE_KEYS: Final = {"_tasks", "_migrations", "_jinja_extensions", "_external_data"}
# Random or time-dependent output conflicts at every update; the rest reads the user's machine.
FORBIDDEN: Final = re.compile(
    r"ans_random|\|\s*random|make_secret|now\(|strftime|_copier_conf\.src_path|_copier_conf\.vcs_ref\b"
    r"|expandvars|expanduser|fileglob|_copier_python"
)


def template_files() -> list[Path]:
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "template")
    return [ROOT / name for name in listed.splitlines()]


def test_copier_yml_has_nothing_that_needs_trust() -> None:
    keys = YAML(typ="safe").load((ROOT / "copier.yml").read_text())
    assert not UNSAFE_KEYS & keys.keys()


def test_an_untrusted_copy_and_update_work(
    generate: Generate, template_repo: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(generate(), project)
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "Start")
    repo = tmp_path / "repo"
    git(tmp_path, "clone", "--quiet", str(template_repo), str(repo))
    ruff = repo / "template" / "ruff.toml"
    ruff.write_text(ruff.read_text() + "# newer\n")
    git(repo, "commit", "--quiet", "--all", "--message", "Newer")
    git(repo, "tag", "v1000.1.0")
    answers = project / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace(str(template_repo), str(repo)))
    git(project, "commit", "--quiet", "--all", "--message", "Follow the newer template")

    copier.run_update(project, defaults=True, overwrite=True, quiet=True, unsafe=False)

    assert "# newer" in (project / "ruff.toml").read_text()
    assert "v1000.1.0" in answers.read_text()


@pytest.mark.parametrize(
    "source", [ROOT / "copier.yml", *sorted(TEMPLATE.rglob("*.jinja"))], ids=lambda p: p.name
)
def test_no_rendered_file_depends_on_chance_time_or_machine(source: Path) -> None:
    assert not FORBIDDEN.search(source.read_text())


@pytest.mark.parametrize(
    "answers",
    [{}, {"framework": "starlette", "database": "postgresql", "ci": "gitlab"}],
    ids=["defaults", "others"],
)
def test_two_copies_are_the_same_bytes(
    answers: dict[str, str], template_repo: Path, tmp_path: Path
) -> None:
    """Between them the two sets of answers render every file of the template."""
    contents = []
    for name in ("first", "second"):
        target = tmp_path / name
        copier.run_copy(
            str(template_repo),
            target,
            data={"project_name": "Orders", **answers},
            vcs_ref="v1000.0.0",
            defaults=True,
            quiet=True,
        )
        contents.append(
            {
                path.relative_to(target): (path.stat().st_mode, path.read_bytes())
                for path in target.rglob("*")
                if path.is_file()
            }
        )
    assert contents[0] == contents[1]


def test_template_files_are_plain() -> None:
    """Links are followed by Copier, and these characters break a checkout on Windows."""
    for path in template_files():
        assert not path.is_symlink(), path
        assert not re.search(r'[<>:"|?*{}\\]', path.relative_to(ROOT).as_posix()), path


def test_at_most_ten_files_are_rendered_and_no_python_is() -> None:
    rendered = [path for path in template_files() if path.suffix == ".jinja"]
    assert len(rendered) <= 10
    python = [path for path in rendered if path.name.endswith(".py.jinja")]
    # It only says which of two whole files is taken; see the questions in copier.yml.
    assert [path.name for path in python] == ["service.py.jinja"]
    assert re.fullmatch(
        r"{% include '[\w/.]+' if framework == 'fastapi' else '[\w/.]+' %}", python[0].read_text()
    )
