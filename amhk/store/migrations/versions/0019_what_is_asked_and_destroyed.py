"""Requests of betrokkenen, destructions with their proof, and what is kept longer.

A line of the journal takes hashes of the rows of its case.

Which entries of the journal were emptied before each erasure left a record is remembered, so that
from now on every other empty one needs its record.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "subject_requests",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("person_mark", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("received", sa.Date(), nullable=False),
        sa.Column("identity", sa.String(), nullable=True),
        sa.Column("wish", sa.String(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided", sa.String(), nullable=True),
        sa.Column("decided_by", sa.Integer(), sa.ForeignKey("workers.id"), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("motive", sa.String(), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('inzage', 'correctie', 'vernietiging', 'bezwaar')"),
        sa.CheckConstraint("state IN ('open', 'granted', 'partly', 'refused', 'withdrawn')"),
    )
    op.create_index("ix_subject_requests_case_id", "subject_requests", ["case_id"])
    open_ = sa.text("state = 'open'")
    op.create_index(
        "subject_requests_open",
        "subject_requests",
        ["due"],
        sqlite_where=open_,
        postgresql_where=open_,
    )
    op.create_table(
        "destructions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("person_mark", sa.String(), nullable=True),
        sa.Column("request_id", sa.Integer(), sa.ForeignKey("subject_requests.id"), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), sa.ForeignKey("workers.id"), nullable=True),
        sa.Column("ended", sa.String(), nullable=True),
        sa.Column("ended_by", sa.Integer(), sa.ForeignKey("workers.id"), nullable=True),
        sa.Column("record", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'done', 'refused')"),
    )
    op.create_index("ix_destructions_case_id", "destructions", ["case_id"])
    op.create_table(
        "keepings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("made", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), sa.ForeignKey("workers.id"), nullable=False),
    )
    op.create_index("ix_keepings_case_id", "keepings", ["case_id"])
    op.add_column("people", sa.Column("mark", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_people_mark", "people", ["mark"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    made = "lower(hex(randomblob(8)))" if sqlite else "substr(md5(random()::text || id), 1, 16)"
    op.execute("UPDATE people SET mark = " + made)
    op.add_column("journal", sa.Column("held", sa.String(), nullable=True))
    journal, meta = sa.table("journal", sa.column("id"), sa.column("salt")), _meta()
    emptied = sa.select(journal.c.id).where(journal.c.salt.is_(None)).order_by(journal.c.id)
    keys = list(op.get_bind().execute(emptied).scalars())
    if keys:
        op.get_bind().execute(meta.insert().values(key="emptied_before", value=json.dumps(keys)))


def _meta() -> sa.TableClause:
    return sa.table("meta", sa.column("key"), sa.column("value"))
