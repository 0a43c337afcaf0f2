"""Leave to open a case of others is judged by who leads, by a day."""

import sqlalchemy as sa
from alembic import op

from amhk.store.database.instants import UtcInstant

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Go forward."""
    op.add_column("grants", sa.Column("due", sa.Date(), nullable=True))
    op.add_column("grants", sa.Column("judged", UtcInstant(), nullable=True))
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "judged_by", sa.Integer(), sa.ForeignKey("workers.id", name="grants_judged_by")
            )
        )
    op.add_column("grants", sa.Column("verdict", sa.String(), nullable=True))
    op.create_index(
        "grants_to_judge",
        "grants",
        ["due"],
        sqlite_where=sa.text("judged IS NULL"),
        postgresql_where=sa.text("judged IS NULL"),
    )
