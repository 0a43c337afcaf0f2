"""Many processes, one house: what is tried too often at the door is counted for all of them."""

import sqlalchemy as sa
from alembic import op

from amhk.store.database.instants import UtcInstant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("instant", UtcInstant(), nullable=False),
    )
    op.create_index("attempts_by_key", "attempts", ["key", "instant"])
