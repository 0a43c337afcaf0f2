"""Doors and keys: names unique whatever their capitals and accents, tokens with an end and a last
day of use, every question to the radar written down, and a kenmerk known again after a spreadsheet.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from amhk.rules.parse import fold
from amhk.rules.procedure.import_layouts import kenmerk_key
from amhk.store.database.instants import UtcInstant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Go forward: tokens of before end in half a year.

    Of two names that are one by now the later gets a number behind it.
    """
    with op.batch_alter_table("workers") as workers:
        workers.add_column(sa.Column("name_key", sa.String(), nullable=True))
        workers.add_column(sa.Column("token_until", UtcInstant(), nullable=True))
        workers.add_column(sa.Column("token_used", sa.Date(), nullable=True))
    here = op.get_bind()
    taken: set[str] = set()
    for key, name in here.execute(sa.text("SELECT id, name FROM workers ORDER BY id")).all():
        told, count = name, 1
        while fold(told) in taken:
            count += 1
            told = f"{name} {count}"
        taken.add(fold(told))
        changed = {"name": told, "known": fold(told), "key": key}
        here.execute(
            sa.text("UPDATE workers SET name = :name, name_key = :known WHERE id = :key"), changed
        )
    staff = sa.table(
        "workers", sa.column("token", sa.String()), sa.column("token_until", UtcInstant())
    )
    here.execute(
        staff.update()
        .where(staff.c.token.is_not(None))
        .values(token_until=datetime.now(UTC) + timedelta(days=182))
    )
    with op.batch_alter_table("workers") as altered:
        altered.alter_column("name_key", existing_type=sa.String(), nullable=False)
        altered.create_unique_constraint("uq_workers_name_key", ["name_key"])
    for name in ("cases", "forms"):
        op.add_column(name, sa.Column("kenmerk_key", sa.String(), nullable=True))
        for key, kenmerk in here.execute(
            sa.text(f"SELECT id, kenmerk FROM {name} WHERE kenmerk IS NOT NULL")
        ).all():
            known = kenmerk_key(kenmerk) if len(kenmerk) <= 15 else kenmerk
            here.execute(
                sa.text(f"UPDATE {name} SET kenmerk_key = :known WHERE id = :key"),
                {"known": known, "key": key},
            )
        op.create_index(f"{name}_by_kenmerk_key", name, ["kenmerk_key"])
    op.add_column("forms", sa.Column("twin", sa.String(), nullable=True))
    op.create_index("forms_by_twin", "forms", ["twin"])
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("instant", UtcInstant(), nullable=False),
        sa.Column("worker_id", sa.Integer(), sa.ForeignKey("workers.id"), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
    )
    op.create_index("ix_questions_worker_id", "questions", ["worker_id", "instant"])
