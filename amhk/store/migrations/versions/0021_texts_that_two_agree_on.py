"""A text of a letter is of a release, and holds once somebody else agreed to it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Go forward: what was changed before holds as it did, for every release."""
    with op.batch_alter_table("letter_texts") as texts:
        texts.add_column(sa.Column("of", sa.String(), nullable=False, server_default=""))
        texts.add_column(sa.Column("approved", sa.String(), nullable=True))
        texts.add_column(sa.Column("approved_by", sa.Integer(), nullable=True))
        texts.create_foreign_key("letter_texts_approved_by", "workers", ["approved_by"], ["id"])
    op.execute("UPDATE letter_texts SET approved = made")
