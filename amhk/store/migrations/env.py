"""Alembic runs here, on a connection the house hands it."""

from alembic import context
from sqlmodel import SQLModel

from amhk.store import tables

assert tables
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
