"""A second proof: who signs in shows beside his password that he has his phone at hand."""

import sqlalchemy as sa
from alembic import op

from amhk.store.database.instants import UtcInstant

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "second_proofs",
        sa.Column(
            "worker_id",
            sa.Integer(),
            sa.ForeignKey("workers.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("since", UtcInstant(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
    )
    op.add_column(
        "sessions", sa.Column("proved", sa.Boolean(), nullable=False, server_default=sa.true())
    )
