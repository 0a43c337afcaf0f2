"""Conflicts of interest: a case about people one knows does not exist for oneself."""

import sqlalchemy as sa
from alembic import op

from amhk.store.database.instants import UtcInstant

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "conflicts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("worker_id", sa.Integer(), sa.ForeignKey("workers.id"), nullable=False),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("since", UtcInstant(), nullable=False),
        sa.Column("set_by", sa.Integer(), sa.ForeignKey("workers.id"), nullable=False),
        sa.Column("lifted", UtcInstant(), nullable=True),
    )
    op.create_index("ix_conflicts_case_id", "conflicts", ["case_id"])
    op.create_index("conflicts_by_worker", "conflicts", ["worker_id", "lifted"])
