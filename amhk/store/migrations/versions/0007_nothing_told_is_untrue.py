"""Nothing told is untrue: a finding may have no source, a referral says how it ended, and every
form keeps what is typed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("findings") as findings:
        findings.alter_column("bron", existing_type=sa.String(), nullable=True)
    op.add_column("concepts", sa.Column("path", sa.String(), nullable=False, server_default=""))
    closed = "(SELECT id FROM cases WHERE closed)"
    op.execute(
        "UPDATE referrals SET status = 'started' WHERE started_on IS NOT NULL AND status IN"
        " ('open', 'accepted')"
    )
    op.execute(
        f"UPDATE referrals SET status = 'lapsed' WHERE status = 'open' AND case_id IN {closed}"
    )
