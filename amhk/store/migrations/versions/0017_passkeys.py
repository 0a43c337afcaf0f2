"""Passkeys of workers, and the questions that were put to one and not answered yet."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("credential", sa.String(), nullable=False, unique=True),
        sa.Column("worker_id", sa.Integer(), sa.ForeignKey("workers.id"), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made", sa.String(), nullable=False),
        sa.Column("used", sa.String(), nullable=True),
    )
    op.create_index("ix_passkeys_worker_id", "passkeys", ["worker_id"])
    op.create_table(
        "challenges",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("worker_id", sa.Integer(), sa.ForeignKey("workers.id"), nullable=True),
        sa.Column("until", sa.String(), nullable=False),
    )
