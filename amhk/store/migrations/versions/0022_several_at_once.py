"""Several referrals at once: a term, a letter and a check say of which run they are."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Go forward: what there is has none, and stays as it was."""
    for name in ("terms", "notices", "checks"):
        op.add_column(name, sa.Column("run", sa.Integer(), nullable=True))
