"""People a worker knows, as keyed hashes, and conflicts that are suspected because of them; the
team whose lead judges a leave.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "kin",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column(
            "worker_id",
            sa.Integer(),
            sa.ForeignKey("workers.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("mark", sa.String(), nullable=False),
    )
    op.create_index("ix_kin_worker_id", "kin", ["worker_id"])
    op.add_column("conflicts", sa.Column("reason", sa.String(), nullable=True))
    op.add_column("conflicts", sa.Column("kin", sa.String(), nullable=True))
    op.add_column(
        "conflicts", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.create_index(
        "conflicts_once",
        "conflicts",
        ["worker_id", "case_id"],
        unique=True,
        sqlite_where=sa.text("lifted IS NULL"),
        postgresql_where=sa.text("lifted IS NULL"),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("team_id", sa.Integer(), sa.ForeignKey("teams.id", name="grants_team_id"))
        )
