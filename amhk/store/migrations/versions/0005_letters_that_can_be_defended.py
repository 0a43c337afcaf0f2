"""Letters that can be defended."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go forward."""
    op.add_column("notices", sa.Column("drafted", sa.String(27), nullable=True))
    op.add_column("notices", sa.Column("release", sa.Integer(), nullable=True))
    op.add_column("notices", sa.Column("data", sa.JSON(), nullable=True))
    op.add_column("notices", sa.Column("decisions", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("notices", sa.Column("receipt", sa.JSON(), nullable=True))
    op.add_column("notices", sa.Column("returned", sa.JSON(), nullable=True))
    op.add_column("findings", sa.Column("labels", sa.JSON(), nullable=False, server_default="[]"))
    for source, label in (("vertrouwensarts", "medisch"), ("politie", "strafrechtelijk")):
        op.execute(f"UPDATE findings SET labels = '[\"{label}\"]' WHERE bron = '{source}'")
    # what was approved by the old rules and has not gone is read again by the new ones
    told = "SELECT case_id FROM findings WHERE bron IN ('vertrouwensarts', 'politie')"
    where = (
        f"recipient = 'rvdk' OR (recipient IN ('politie', 'instelling') AND case_id IN ({told}))"
    )
    blank = (
        "state = 'draft', html = NULL, pdf = NULL, hash = NULL, approved_at = NULL, version ="
        " version + 1"
    )
    op.execute(f"UPDATE notices SET {blank} WHERE state = 'approved' AND ({where})")
    op.create_index(
        "notices_owed",
        "notices",
        ["state"],
        sqlite_where=sa.text(_OWED),
        postgresql_where=sa.text(_OWED),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("queued", sa.String(27), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.String(27), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("until", sa.String(27), nullable=True),
        sa.Column("ended", sa.String(27), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'claimed', 'written', 'delivered', 'dead', 'cancelled')"
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"]),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.ForeignKeyConstraint(["claimed_by"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_outbox_notice_id"), "outbox", ["notice_id"])
    op.create_index(op.f("ix_outbox_claim"), "outbox", ["claim"])
    op.create_index("outbox_by_state", "outbox", ["state", "due"])
    op.create_index(
        "outbox_one_live",
        "outbox",
        ["notice_id"],
        unique=True,
        sqlite_where=sa.text(_LIVE),
        postgresql_where=sa.text(_LIVE),
    )


_OWED = "state IN ('draft', 'approved')"
_LIVE = "state IN ('queued', 'claimed', 'written', 'dead')"
