"""Many processes, one house: what is tried too often at the door is counted for all of them.

And the morning counts open cases from an index that holds no others.
"""

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
    for name in ("cases_by_owner_rank", "ix_cases_owner_id"):
        op.drop_index(name, "cases")
    for name, columns, where in (
        ("cases_by_owner_rank", ["owner_id", "rank", "id"], "owner_id IS NOT NULL"),
        ("cases_open", ["team_id", "owner_id", "rank", "urgent", "opened_by"], "rank < '9'"),
    ):
        only = sa.text(where)
        op.create_index(name, "cases", columns, sqlite_where=only, postgresql_where=only)
