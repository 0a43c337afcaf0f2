"""Sessions one can see: since when, last used when, and on what; those of before are signed out."""

import sqlalchemy as sa
from alembic import op

from amhk.store.database.instants import UtcInstant

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Go forward: everybody signs in once more."""
    op.execute("DELETE FROM sessions")
    with op.batch_alter_table("sessions") as table:
        for name in ("begun", "used", "confirmed"):
            table.add_column(sa.Column(name, UtcInstant(), nullable=False))
        table.add_column(sa.Column("device", sa.String(), nullable=False))
    op.create_index("sessions_by_worker", "sessions", ["worker_id"])
