"""Figures that cannot be disputed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from amhk.store.cases.journal import commit_to, link
from amhk.store.rows import Json
from amhk.words import day_of, iso

revision = "0006"
down_revision = "0005"
_LASTS = sa.text("until <> ''")


def upgrade() -> None:
    """Go forward."""
    op.add_column("journal", sa.Column("figures", sa.String(), nullable=True))
    op.add_column("checks", sa.Column("kader", sa.String(), nullable=True))
    op.add_column(
        "checks", sa.Column("tevreden_jeugdige", sa.JSON(), nullable=False, server_default="[]")
    )
    op.add_column(
        "checks", sa.Column("tevreden_ouder", sa.JSON(), nullable=False, server_default="[]")
    )
    op.create_table(
        "facts",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.Column("gemeente", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "name", "day", "value", "until"),
        sqlite_with_rowid=False,
    )
    op.create_index("facts_by_day", "facts", ["name", "day"])
    runs = sa.text("value = 'loopt'")
    op.create_index(
        "facts_that_run", "facts", ["name", "day"], sqlite_where=runs, postgresql_where=runs
    )
    op.create_index(
        "facts_that_last", "facts", ["name", "until"], sqlite_where=_LASTS, postgresql_where=_LASTS
    )
    op.create_table(
        "tallies",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("gemeente", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "month", "gemeente", "value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stamps",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("instant", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_table(
        "kept_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made", sa.String(27), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "period", "number"),
    )
    op.execute(sa.text("INSERT INTO meta (key, value) VALUES ('figures', '0')"))
    _open_figures()


# What the moves of the first procedure mean in the official lists (workflows/amhk/2026.1); an
# institution has its own code.
_VERVOLG = {
    "onderzoek_besluiten": ("01", None),
    "afzien_van_onderzoek": ("04", None),
    "verwijzen": ("02", "10"),
    "melden_rvdk": ("02", "02"),
    "melden_politie": ("02", "03"),
    "einde_zonder_vervolg": ("04", "21"),
    "omzetten_in_advies": ("03", None),
}


def _open_figures() -> None:
    """Each case gets journal lines that tell the figures what is known of it, so that they can be
    made from the journal alone.
    """
    bind = op.get_bind()
    now = datetime.now(UTC).replace(microsecond=0)
    cases = bind.execute(sa.text("SELECT * FROM cases ORDER BY id")).mappings().all()
    insert = sa.text(
        "INSERT INTO journal (case_id, sequence, instant, kind, what, figures, content, salt,"
        " commitment, previous, hash) VALUES (:case, :sequence, :instant, 'overgenomen', :what,"
        " :figures, :content, :salt, :commitment, :previous, :hash)"
    )
    what, content, salt = (
        "Voor de cijfers overgenomen bij het bijwerken van het programma.",
        "{}",
        "0" * 32,
    )
    for case in cases:
        head, entries, commitment = case["head"], case["entries"], commit_to(salt, content)
        for figures in _told(bind, dict(case)):
            told, entries = (
                json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
                entries + 1,
            )
            made = link(
                head,
                case["number"],
                entries,
                now,
                None,
                "overgenomen",
                what,
                commitment,
                None,
                told,
            )
            row = {
                "sequence": entries,
                "instant": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "what": what,
                "figures": told,
                "hash": made,
                "previous": head,
            }
            bind.execute(
                insert,
                row
                | {"case": case["id"], "content": content, "salt": salt, "commitment": commitment},
            )
            head = made
        bind.execute(
            sa.text("UPDATE cases SET entries = :entries, head = :head WHERE id = :id"),
            {"entries": entries, "head": head, "id": case["id"]},
        )


def _rows(bind: sa.Connection, statement: str, case: int) -> list[Json]:
    return [dict(r) for r in bind.execute(sa.text(statement), {"case": case}).mappings()]


def _said(text: str) -> str:
    return iso(datetime.fromisoformat(text))


def _list(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value or []


def _told(bind: sa.Connection, case: Json) -> Iterator[Json]:
    """What is known of a case, each thing with the moment at which it counts."""
    plain = {
        k: case[k]
        for k in ("route", "gemeente", "kanaal", "hoedanigheid", "meldcodestap")
        if case[k]
    }
    lists = {k: _list(case[k]) for k in ("aanleiding", "aard") if _list(case[k])}
    terms = {
        str(t["id"]): [
            t["name"],
            _said(t["start"]),
            t["due"],
            t["beside_due"],
            t["status"],
            _said(t["ended_at"]) if t["ended_at"] else None,
        ]
        for t in _rows(bind, "SELECT * FROM terms WHERE case_id = :case ORDER BY id", case["id"])
    }
    first: Json = {
        "case": {**plain, **lists, "received": _said(case["received"])},
        "terms": terms,
    }
    if children := _children(bind, case):
        first["children"] = children
    before = _rows(
        bind,
        "SELECT c.closed_at FROM relations r JOIN cases c ON c.id = r.other_id WHERE r.case_id ="
        " :case AND r.kind = 'hermelding_van'",
        case["id"],
    )
    if before and before[-1]["closed_at"]:
        first["known"] = iso(day_of(datetime.fromisoformat(before[-1]["closed_at"])))
    yield first
    for row in _rows(
        bind, "SELECT finish, moment FROM finishes WHERE case_id = :case ORDER BY id", case["id"]
    ):
        yield {"finish": row["finish"], "at": _said(row["moment"])}
    yield from _referrals(bind, case["id"])
    yield from _lines(bind, case["id"])
    if case["closed"]:
        phase = _rows(
            bind, "SELECT phase FROM joins WHERE case_id = :case AND undone IS NULL", case["id"]
        )
        ended = (
            {"ended": [case["ending"], phase[-1]["phase"] if phase else None]}
            if case["ending"]
            else {}
        )
        yield {"closed": True, "at": _said(case["closed_at"]), **ended}


def _children(bind: sa.Connection, case: Json) -> int:
    from amhk.rules.people.people import is_child
    from amhk.rules.procedure.codes import MARKS, Roles

    roles = Roles(
        dict.fromkeys(MARKS, frozenset())
        | {"kind": frozenset({"kind"}), "ongeboren": frozenset({"ongeboren kind"})}
    )
    people = _rows(
        bind, "SELECT geboren, uitgerekend, rollen FROM people WHERE case_id = :case", case["id"]
    )
    day = day_of(datetime.fromisoformat(case["received"]))
    return sum(is_child(p | {"rollen": _list(p["rollen"])}, day, roles) for p in people)


def _referrals(bind: sa.Connection, case: int) -> Iterator[Json]:
    for row in _rows(
        bind,
        "SELECT r.*, i.kind, i.scale FROM referrals r JOIN institutions i ON i.id ="
        " r.institution_id WHERE r.case_id = :case ORDER BY r.id",
        case,
    ):
        yield {"referral": [row["kind"], row["scale"]], "at": _said(row["moment"])}
        if row["status"] != "open":
            yield {"answer": row["status"], "at": _said(row["answered"] or row["moment"])}
        if row["started_on"]:
            yield {"help": str(row["started_on"]), "at": _said(row["moment"])}
    for row in _rows(bind, "SELECT * FROM checks WHERE case_id = :case ORDER BY id", case):
        told = {k: row[k] for k in ("passend", "nu_veilig", "reden_einde") if row[k]}
        yield {
            "check": (
                told
                | (
                    {"doelrealisatie": _list(row["doelrealisatie"])}
                    if _list(row["doelrealisatie"])
                    else {}
                )
            ),
            "at": _said(row["moment"]),
        }


def _lines(bind: sa.Connection, case: int) -> Iterator[Json]:
    """What the lines of moves meant.

    The first vervolg of the melding, each vervolg of the onderzoek, and outcomes.
    """
    seen = False
    found = _rows(
        bind,
        "SELECT i.vervolg FROM referrals r JOIN institutions i ON i.id = r.institution_id WHERE"
        " r.case_id = :case ORDER BY r.id",
        case,
    )
    handed = [row["vervolg"] for row in found]
    for line in _rows(
        bind,
        "SELECT kind, instant, content FROM journal WHERE case_id = :case ORDER BY sequence",
        case,
    ):
        content = json.loads(line["content"] or "{}")
        at = _said(content.get("op") or line["instant"])
        if isinstance(content.get("uitkomst"), list) and line["kind"] != "corrigeren":
            yield {"uitkomst": content["uitkomst"], "at": at}
        if line["kind"] in _VERVOLG:
            first, second = _VERVOLG[line["kind"]]
            if line["kind"] == "verwijzen" and handed:
                second = handed.pop(0) or second
            codes = ({} if seen else {"vervolg_melding": [first]}) | (
                {"vervolg_onderzoek": [second]} if second else {}
            )
            seen = True
            if codes:
                yield {"codes": codes, "at": at}
