"""Terms that hold."""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from amhk.store.cases.journal import commit_to, link

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "calendar_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instant", sa.String(27), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed", sa.String(27), nullable=True),
        sa.Column("sent", sa.String(27), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("worker_id", "day"),
    )
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("created", sa.String(27), nullable=False),
        sa.Column("revoked", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"]),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feeds_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "house",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("instant", sa.String(27), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sequence"),
    )
    with op.batch_alter_table("house", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_house_kind"), ["kind"], unique=False)

    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opened", sa.String(27), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("over_at", sa.String(27), nullable=False),
        sa.Column("closed", sa.String(27), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "piket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.String(27), nullable=False),
        sa.Column("end", sa.String(27), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("piket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_piket_end"), ["end"], unique=False)
        batch_op.create_index(batch_op.f("ix_piket_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made", sa.String(27), nullable=False),
        sa.Column("effect", sa.String(27), nullable=True),
        sa.Column("undone", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["workers.id"]),
        sa.ForeignKeyConstraint(["to_id"], ["workers.id"]),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plans_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "plan_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("went", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"]),
        sa.ForeignKeyConstraint(["to_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("plan_id", "case_id"),
    )
    with op.batch_alter_table("plan_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_cases_case_id"), ["case_id"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reminder_id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminders.id"]),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"]),
        sa.ForeignKeyConstraint(["term_id"], ["terms.id"]),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_role"), ["role"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbox_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbox_term_id"), ["term_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbox_worker_id"), ["worker_id"], unique=False)

    _fill_inbox()
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("terms", sa.String(), nullable=True))

    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminders_team_id"))
        batch_op.drop_index(batch_op.f("ix_reminders_worker_id"))
        batch_op.drop_column("team_id")
        batch_op.drop_column("worker_id")
        batch_op.drop_column("seen")

    with op.batch_alter_table("terms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calendar", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("beside_due", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("beside_over_at", sa.String(27), nullable=True))
        batch_op.create_index(
            "terms_to_absorb",
            ["calendar"],
            unique=False,
            sqlite_where=sa.text("status IN ('running', 'suspended')"),
            postgresql_where=sa.text("status IN ('running', 'suspended')"),
        )

    with op.batch_alter_table("workers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(), nullable=True))
    op.execute(
        sa.text(
            "UPDATE terms SET round = round + 1, rung = 0, ring_at = '2000-01-01T00:00:00.000000Z'"
            " WHERE status = 'running' AND rung > 0 AND NOT EXISTS (SELECT 1 FROM reminders r WHERE"
            " r.term_id = terms.id AND r.rung = terms.rung - 1)"
        )
    )  # the first schema skipped rungs when an end moved: those are rung after all
    _open_ledger()
    op.execute(sa.text("INSERT INTO meta (key, value) VALUES ('house', '0')"))


def _fill_inbox() -> None:
    """The reminders of terms that still run stand in the inbox of who was told."""
    bind = op.get_bind()
    workers = {name: key for key, name in bind.execute(sa.text("SELECT id, name FROM workers"))}
    told = bind.execute(
        sa.text(
            "SELECT r.id, r.term_id, r.case_id, r.receivers, c.team_id FROM reminders r JOIN terms"
            " t ON t.id = r.term_id JOIN cases c ON c.id = r.case_id WHERE t.status = 'running'"
            " ORDER BY r.id"
        )
    ).all()
    for reminder, term, case, receivers, team in told:
        for name in json.loads(receivers) if isinstance(receivers, str) else receivers:
            row = {
                "reminder_id": reminder,
                "term_id": term,
                "case_id": case,
                "worker_id": workers.get(name),
                "team_id": None,
                "role": None,
            }
            if name not in workers:
                row |= {
                    "team_id": None if name in ("manager", "piket") else team,
                    "role": None if name == "team" else name,
                }
            bind.execute(
                sa.text(
                    "INSERT INTO inbox (reminder_id, term_id, case_id, worker_id, team_id, role) "
                    "VALUES (:reminder_id, :term_id, :case_id, :worker_id, :team_id, :role)"
                ),
                row,
            )


def _open_ledger() -> None:
    """Each open case gets one journal line that says which terms run there, so that the proof can
    be worked out from the journal alone.
    """
    bind = op.get_bind()
    now = datetime.now(UTC).replace(microsecond=0)
    instant = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    cases = (
        bind.execute(
            sa.text("SELECT id, number, entries, head FROM cases WHERE NOT closed ORDER BY id")
        )
        .mappings()
        .all()
    )
    terms = sa.text(
        "SELECT id, name, start, chosen, extensions, status FROM terms WHERE case_id = :case AND"
        " status IN ('running', 'suspended') ORDER BY id"
    )
    for case in cases:
        ledger = [
            step
            for term in bind.execute(terms, {"case": case["id"]}).mappings()
            for step in _steps(dict(term))
        ]
        told, content, salt = json.dumps(ledger, separators=(",", ":")), "{}", "0" * 32
        commitment, sequence = commit_to(salt, content), case["entries"] + 1
        what = "De lopende termijnen, overgenomen bij het bijwerken van het programma."
        made = link(
            case["head"], case["number"], sequence, now, None, "overgenomen", what, commitment, told
        )
        row = {
            "case": case["id"],
            "sequence": sequence,
            "instant": instant,
            "what": what,
            "terms": told,
            "content": content,
            "salt": salt,
            "commitment": commitment,
            "previous": case["head"],
            "hash": made,
        }
        bind.execute(
            sa.text(
                "INSERT INTO journal (case_id, sequence, instant, kind, what, terms, content, salt,"
                " commitment, previous, hash) VALUES (:case, :sequence, :instant, 'overgenomen',"
                " :what, :terms, :content, :salt, :commitment, :previous, :hash)"
            ),
            row,
        )
        bind.execute(
            sa.text("UPDATE cases SET entries = :n, head = :h WHERE id = :id"),
            {"n": sequence, "h": made, "id": case["id"]},
        )


def _steps(term: dict[str, object]) -> list[dict[str, object]]:
    chosen = str(term["chosen"])[:10] if term["chosen"] else None
    start = {
        "op": "start",
        "id": term["id"],
        "name": term["name"],
        "start": term["start"],
        "on": chosen,
        "calendar": 0,
    }
    told = term["extensions"]
    stretched: Any = json.loads(told) if isinstance(told, str) else told
    days = [{"op": "days", "id": term["id"], "days": step["days"]} for step in stretched or []]
    return [
        start,
        *days,
        *([{"op": "suspend", "id": term["id"]}] if term["status"] == "suspended" else []),
    ]
