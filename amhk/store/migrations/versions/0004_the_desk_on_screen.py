"""The desk on screen."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "cases", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("cases", sa.Column("rank", sa.String(), nullable=False, server_default="9"))
    # the first round of the watch marks what is urgent, and works out the words (`finding.refresh`)
    ends = (
        "(SELECT min(over_at) FROM terms WHERE terms.case_id = cases.id AND terms.status ="
        " 'running')"
    )
    op.execute(
        f"UPDATE cases SET rank = CASE WHEN closed THEN '9' ELSE '1' || coalesce({ends},"
        " '9999') END"
    )
    op.create_index("cases_by_rank", "cases", ["rank", "id"])
    op.create_index("cases_by_team_rank", "cases", ["team_id", "rank", "id"])
    op.create_index("cases_by_owner_rank", "cases", ["owner_id", "rank", "id"])
    op.create_index("cases_by_taker_rank", "cases", ["taken_by", "rank", "id"])
    op.create_table(
        "search_words",
        sa.Column(
            "word", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("word", "case_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_search_words_case_id"), "search_words", ["case_id"])
    op.create_table(
        "concepts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("begun", sa.String(27), nullable=False),
        sa.Column("saved", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("worker_id", "mark"),
    )
    op.create_table(
        "saved_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("asks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("worker_id", "name"),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("added", sa.String(27), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["meldingen.case_id"]),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_attachments_case_id"), "attachments", ["case_id"])
    op.create_index(op.f("ix_attachments_hash"), "attachments", ["hash"])
    op.create_table(
        "routing_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("gemeente", sa.JSON(), nullable=False),
        sa.Column("subregio", sa.JSON(), nullable=False),
        sa.Column("stroom", sa.JSON(), nullable=False),
        sa.Column("acuut", sa.Boolean(), nullable=True),
        sa.Column("reden", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "letter_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("made", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "release"),
    )
