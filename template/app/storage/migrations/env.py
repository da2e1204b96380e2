"""Runs the migrations: Alembic loads this file, `app.storage.migrate` says on which connection."""

import importlib
import importlib.util

from alembic import context

from app.storage.base import Base
from app.storage.migrate import MODEL_MODULES

for _module in MODEL_MODULES:
    if importlib.util.find_spec(_module):
        importlib.import_module(_module)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
