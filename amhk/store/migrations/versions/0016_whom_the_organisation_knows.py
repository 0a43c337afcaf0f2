"""Whom the organisation signs in: by which name and under which mark it knows a worker, and
sessions it vouches for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Go forward."""
    op.add_column("workers", sa.Column("login", sa.String(), nullable=True))
    op.add_column("workers", sa.Column("subject", sa.String(), nullable=True))
    op.create_index("workers_by_login", "workers", ["login"], unique=True)
    op.create_index("workers_by_subject", "workers", ["subject"], unique=True)
    op.add_column(
        "sessions", sa.Column("vouched", sa.Boolean(), nullable=False, server_default=sa.false())
    )
