"""What owners do with a generated project between two updates, as edits of its files."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.update.ladder import replaced

MARK: Final = "the owner's own line"


def _append(path: Path) -> None:
    path.write_text(f"{path.read_text('utf-8')}\n# {MARK}\n", "utf-8")


def resources(project: Path) -> list[Path]:
    """Return the modules of the example's routes, whatever the framework calls their folder."""
    return sorted(path for path in project.glob("app/*/v*/items.py"))


def nothing(project: Path) -> None:
    """Leave the project as it came."""
    del project


def append_code(project: Path) -> None:
    """Add code at the extension point."""
    _append(project / "app/service.py")


def edit_the_example(project: Path) -> None:
    """Edit routes, table and tests of the example."""
    for path in [*resources(project), project / "app/models/item.py"]:
        _append(path)
    _append(project / "tests/test_items.py")


def add_modules(project: Path) -> None:
    """Add modules beside the example and beside the template's own."""
    for name in ("app/orders.py", "app/models/notes.py", "tests/test_notes.py"):
        (project / name).write_text(f'"""Notes."""\n\n# {MARK}\n')


def add_a_migration(project: Path) -> None:
    """Add a table of one's own, with its migration on the `app` branch."""
    (project / "app/models/order.py").write_text(
        '"""Orders."""\n\nfrom uuid import UUID\n\n'
        "from sqlalchemy.orm import Mapped, mapped_column\n\n"
        'from ..storage.base import Base\n\n\nclass Order(Base):\n    """One order."""\n\n'
        '    __tablename__ = "orders"\n\n    id: Mapped[UUID] = mapped_column(primary_key=True)\n'
        f"    # {MARK}\n"
    )
    (project / "app/models/__init__.py").write_text(
        '"""Your tables."""\n\nfrom .item import Item\nfrom .order import Order\n\n'
        '__all__ = ["Item", "Order"]\n'
    )
    (project / "app/models/migrations/versions/app_0002_orders.py").write_text(
        '"""Orders."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        'revision = "app_0002"\ndown_revision = "app_0001"\nbranch_labels = None\n'
        'depends_on = None\n\n\ndef upgrade() -> None:\n    op.create_table(\n        "orders",\n'
        '        sa.Column("id", sa.Uuid(), nullable=False),\n'
        '        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),\n    )\n\n\n'
        'def downgrade() -> None:\n    op.drop_table("orders")\n'
    )


def add_a_dependency(project: Path) -> None:
    """Add a dependency where `uv add` does."""
    replaced(project / "pyproject.toml", "dependencies = [", 'dependencies = [\n    "idna",')
    _append(project / "pyproject.toml")


def edit_the_readme(project: Path) -> None:
    """Rewrite the front page."""
    (project / "README.md").write_text(f"# Ours\n\n{MARK}\n")


def delete_the_example(project: Path) -> None:
    """Delete the example as the README says."""
    for path in resources(project):
        path.unlink()
    for name in (
        *("app/models/item.py", "app/models/migrations/versions/app_0001_items.py"),
        *("tests/test_items.py", "tests/posture.lock.json"),
    ):
        (project / name).unlink()
    (project / "app/models/__init__.py").write_text('"""Your tables."""\n')
    service = project / "app/service.py"
    lines = service.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not (line.startswith("from .") and "items" in line)]
    text = "".join(kept).replace("(items_v1.router, items_v2.router)", "()")
    service.write_text(text)


def delete_folders(project: Path) -> None:
    """Delete everything that is the owner's to delete."""
    for path in {one.parent.parent for one in resources(project)}:
        shutil.rmtree(path)
    for name in ("compose.override.yaml", ".env.service.example"):
        (project / name).unlink()


def change_settings(project: Path) -> None:
    """Have an `.env` that git ignores, and settings of one's own."""
    env = project / ".env"
    env.write_text(f'APP_ENVIRONMENT=development\nAPP_LIMITS__PUBLIC="7/minute"\n# {MARK}\n')
    env.chmod(0o600)
    _append(project / ".env.service.example")


def reformat(project: Path) -> None:
    """Reformat a file of one's own from end to end."""
    service = project / "app/service.py"
    service.write_text(service.read_text().replace("    ", "\t") + f"# {MARK}\n")


def add_jobs(project: Path) -> None:
    """Add jobs to the pipeline, where the project has one."""
    for name in (".github/workflows/ci.yml", ".gitlab/own.yml"):
        if (project / name).exists():
            _append(project / name)
    other = project / ".github/workflows/mine.yml"
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_text(f"# {MARK}\n")


def edit_the_template_elsewhere(project: Path) -> None:
    """Edit a template-owned file, far from where the template changes it."""
    path = project / "mypy.ini"
    path.write_text(f"# {MARK}\n{path.read_text()}")


KEEPING: Final = (
    *(append_code, edit_the_example, add_modules, add_a_migration, add_a_dependency),
    *(edit_the_readme, change_settings, add_jobs, edit_the_template_elsewhere),
)


def everything_at_once(project: Path) -> None:
    """Do everything that deletes nothing."""
    for edit in KEEPING:
        edit(project)


EDITS: Final[Mapping[str, Callable[[Path], None]]] = {
    edit.__name__: edit
    for edit in (
        *(nothing, *KEEPING, everything_at_once),
        *(delete_the_example, delete_folders, reformat),
    )
}
DELETIONS: Final = ("delete_the_example", "delete_folders")
