"""Runs the migrations: Alembic loads this file, `app.storage.migrate` says on which connection."""

import importlib
import importlib.util
from typing import Literal

from alembic import context

from app.storage.base import Base, UtcDateTime
from app.storage.migrate import MODEL_MODULES

for _module in MODEL_MODULES:
    if importlib.util.find_spec(_module):
        importlib.import_module(_module)


def _plain(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our type as what it is in the database: a revision outlives the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=_plain,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
