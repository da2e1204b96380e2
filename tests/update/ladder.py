"""A ladder of template versions on top of the working tree, one kind of change a rung."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.conftest import git

BASE: Final = "v1000.0.0"  # the working tree, tagged by the fixture `template_repo`


def replaced(path: Path, before: str, after: str) -> None:
    """Replace a text that occurs exactly once.

    Raises:
        ValueError: it does not; the rung has to follow the template.
    """
    text = path.read_text("utf-8")
    if text.count(before) != 1:
        raise ValueError(f"{path.name} has {text.count(before)} times {before!r}")
    path.write_text(text.replace(before, after), "utf-8")


def appended(path: Path, text: str) -> None:
    """Add a text at the end."""
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def change_template_files(template: Path) -> None:
    """Change code, a tool configuration and a pipeline of the template; add and extend files."""
    appended(template / "app/security/policies/headers.py", "\n# next release\n")
    appended(template / "mypy.ini", "# next release\n")
    appended(template / ".github/workflows/security.yml", "# next release\n")
    appended(template / ".gitlab-ci.yml.jinja", "\n# next release\n")
    (template / "app/security/next_release.py").write_text('"""A new part of the template."""\n')


def bump_a_dependency(template: Path) -> None:
    """Raise a bound in the platform package, which users never edit."""
    replaced(template / "platform/pyproject.toml.jinja", '"redis>=8,<9"', '"redis>=8.0.1,<9"')


def _holder(template: Path, line: str) -> Path:
    """Return the module of the settings tree that has this line."""
    modules = (template / "app").glob("settings*.py")
    return next(path for path in modules if line in path.read_text("utf-8"))


def add_a_setting(template: Path) -> None:
    """Add a setting with a default, where it is read, exemplified and described."""
    line = "    min_length: Annotated[int, Field(ge=8, le=128)] = 15\n"
    setting = "    remembered: Annotated[int, Field(ge=0, le=24)] = 0\n"
    replaced(_holder(template, line), line, line + setting)
    line = "#APP_PASSWORDS__MIN_LENGTH=15\n"
    replaced(template / ".env.example", line, f"{line}#APP_PASSWORDS__REMEMBERED=0\n")
    page = template / "docs/service/settings.md"
    row = next(x for x in page.read_text().splitlines() if "APP_PASSWORDS__MIN_LENGTH" in x)
    replaced(page, row, f"{row}\n| `APP_PASSWORDS__REMEMBERED` | `0` | 0 to 24 former passwords |")


def require_a_setting(template: Path) -> None:
    """Add a setting without a default: every `.env` lacks it."""
    line = "    access_ttl_seconds: PositiveInt = 900\n"
    replaced(_holder(template, line), line, f"    realm: str\n{line}")
    line = "#APP_TOKENS__ALGORITHM=HS256\n"
    replaced(template / ".env.example", line, f"{line}APP_TOKENS__REALM=orders\n")


def migrate_the_core(template: Path) -> None:
    """Add a table of the template, with its migration on the `core` branch."""
    appended(
        template / "app/storage/models.py",
        '\n\nclass Notice(Base):\n    """What is told to everyone."""\n\n'
        '    __tablename__ = "notices"\n\n'
        "    id: Mapped[UUID] = mapped_column(primary_key=True)\n",
    )
    versions = template / "app/storage/migrations/versions"
    newest = max(path.stem for path in versions.glob("core_*.py"))[: len("core_0000")]
    number = int(newest.removeprefix("core_")) + 1
    (versions / f"core_{number:04}_notices.py").write_text(
        '"""What is told to everyone."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        f'revision = "core_{number:04}"\ndown_revision = "{newest}"\n'
        "branch_labels = None\ndepends_on = None\n\n\n"
        'def upgrade() -> None:\n    op.create_table(\n        "notices",\n'
        '        sa.Column("id", sa.Uuid(), nullable=False),\n'
        '        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),\n    )\n\n\n'
        'def downgrade() -> None:\n    op.drop_table("notices")\n'
    )


def change_the_examples(template: Path) -> None:
    """Change files that are the owner's after the first copy."""
    for name in ("app/models/item.py", "app/service.py", "tests/test_items.py"):
        appended(template / name, "\n# next release\n")
    for name in ("pyproject.toml.jinja", "README.md.jinja", "compose.override.yaml"):
        appended(template / name, "\n# next release\n")


RUNGS: Final[Mapping[str, Callable[[Path], None]]] = {
    "v1000.1.0": change_template_files,
    "v1000.2.0": bump_a_dependency,
    "v1000.3.0": add_a_setting,
    "v1000.4.0": migrate_the_core,
    "v1000.5.0": change_the_examples,
}
TOP: Final = list(RUNGS)[-1]


def built(template_repo: Path, folder: Path, rungs: Mapping[str, Callable[[Path], None]]) -> Path:
    """Return a repository of the template with a commit and a tag for each rung.

    It holds what Copier reads and nothing else: an update checks the repository out twice.
    """
    repo = folder / "ladder"
    shutil.copytree(template_repo / "template", repo / "template")
    shutil.copy2(template_repo / "copier.yml", repo)
    git(folder, "init", "--quiet", str(repo))
    tagged(repo, BASE, "Working tree")
    for tag, change in rungs.items():
        change(repo / "template")
        tagged(repo, tag, change.__name__.replace("_", " "))
    return repo


def tagged(repo: Path, tag: str, message: str) -> None:
    """Commit everything as the version of this tag."""
    git(repo, "add", "--all")
    git(repo, "commit", "--quiet", "--message", message)
    git(repo, "tag", tag)
