"""Cards of other meldpunten, dossiers that came from them, and a register beside the cases."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "meldpunten",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sign", sa.String(), nullable=False),
        sa.Column("receive", sa.String(), nullable=False),
        sa.Column("added", sa.String(), nullable=False),
        _worker("added_by"),
        sa.Column("gone", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("bundle", sa.String(), nullable=False, unique=True),
        sa.Column("meldpunt_id", sa.Integer(), sa.ForeignKey("meldpunten.id"), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("arrived", sa.String(), nullable=False),
        _worker("arrived_by"),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), nullable=True),
        sa.Column("answered", sa.String(), nullable=True),
        _worker("answered_by"),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'refused')"),
        sa.CheckConstraint("(state = 'waiting') = (answered IS NULL)"),
        sa.CheckConstraint("(state = 'waiting') = (sealed IS NOT NULL)"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("arrivals_waiting", "arrivals", ["due"], sqlite_where=waiting)
    op.create_table(
        "matters",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("received", sa.Date(), nullable=False),
        sa.Column("told_by", sa.String(), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=True),
        _worker("about_id"),
        sa.Column("made", sa.String(), nullable=False),
        _worker("made_by"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed', 'withdrawn')"),
        sa.CheckConstraint("(state = 'open') = (due IS NOT NULL)"),
        sa.CheckConstraint("(state = 'open') = (step IS NOT NULL)"),
    )
    op.create_index("matters_open", "matters", ["due"], sqlite_where=sa.text("state = 'open'"))
    op.create_table(
        "matter_steps",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("matter_id", sa.Integer(), sa.ForeignKey("matters.id"), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("done", sa.Date(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        _worker("worker_id"),
    )
    op.create_index("ix_matter_steps_matter_id", "matter_steps", ["matter_id"])


def _worker(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey("workers.id"), nullable=True)
