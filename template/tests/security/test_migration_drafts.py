"""`migrate --draft` writes the owner's revisions on a branch that the template's never touches."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Column, MetaData, String, Table

from app.storage import migrate
from app.storage.base import Base, UtcDateTime


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database, and an `app` branch without revisions."""
    monkeypatch.setattr(migrate, "_BRANCHES", (migrate._BRANCHES[0], tmp_path / "own"))  # noqa: SLF001 - where revisions are is no setting
    monkeypatch.setattr(migrate, "MODEL_MODULES", migrate.MODEL_MODULES[:2])
    return f"sqlite+aiosqlite:///{tmp_path / 'app.db'}"


def revision(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_drafts_make_a_branch_of_their_own(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.sorted_tables:
        if table.name != "items":
            table.to_metadata(own)
    orders = Table("drafted_probes", own, Column("name", String(9)), Column("due", UtcDateTime))
    monkeypatch.setattr(Base, "metadata", own)

    migrate.upgrade(url)
    first = migrate.draft(url, "Orders")
    assert (revision(first).branch_labels, revision(first).down_revision) == (("app",), None)
    assert "UtcDateTime" not in first.read_text()
    assert "users" not in first.read_text()
    assert f'\nrevision = "{revision(first).revision}"\n' in first.read_text(), "as ruff formats"
    migrate.upgrade(url)
    assert not migrate.pending(url)

    orders.append_column(Column("note", String(9)))
    second = migrate.draft(url, "Notes")
    assert revision(second).down_revision == revision(first).revision
    migrate.upgrade(url)
    assert not migrate.pending(url)
