"""Who looked: every view leaves a line, in a chain per worker, also of lists and of sign-ins."""

import sqlalchemy as sa
from alembic import op

from amhk.store.staff import looks

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Go forward: the lines of before are put in chains as they stand."""
    op.create_table(
        "look_heads",
        sa.Column("chain", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
    )
    with op.batch_alter_table("looks") as table:
        for name in ("worker_id", "case_id"):
            table.alter_column(name, existing_type=sa.Integer(), nullable=True)
        for name in ("chain", "sequence"):
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        for name in ("role", "via", "commitment", "hash"):
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("salt", sa.String(), nullable=True))
    looks.begin(op.get_bind())
    op.create_index("looks_by_chain", "looks", ["chain", "sequence"], unique=True)
    op.create_index("looks_by_worker", "looks", ["worker_id", "instant"])
