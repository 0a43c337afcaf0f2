"""The mark by which a directory of the organisation knows a worker (SCIM: externalId)."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Go forward."""
    op.add_column("workers", sa.Column("external", sa.String(), nullable=True))
