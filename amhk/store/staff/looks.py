"""Who looked: one chain of lines per worker, only ever added to (NEN 7513).

Who, in which role and how, at which case, what, when and on what ground; never content of a case.
Lines of nobody who is known (a sign-in that failed) stand in a chain of their own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, text, update

from amhk.rules.parse import fold
from amhk.store import writes
from amhk.store.cases.journal import commit_to
from amhk.store.reads import CASE, LOOK, PERSON, TEAM, WORKER, as_rows, rows
from amhk.store.ready import Ready, put
from amhk.store.rows import Row
from amhk.store.tables import LookHead, table
from amhk.words import iso

HEAD = table(LookHead)
NOBODY = 0
# Street and place of an address as it is written: `havenstraat 12, 3024 aa rotterdam`.
_PLACE = re.compile(r"([^\d,]{3,}) \d.*?(?:\d{4} ?[a-z]{2} )?([a-z' -]*)$")
_BEGIN = text(
    "INSERT INTO look_heads (chain, sequence, hash) VALUES (:chain, 0, '') ON CONFLICT DO NOTHING"
)
_LAST = Ready(select(HEAD).where(HEAD.c.chain == bindparam("of_chain")).with_for_update())
_MOVE = (
    update(HEAD)
    .where(HEAD.c.chain == bindparam("of_chain"))
    .values(sequence=bindparam("now_at"), hash=bindparam("now_hash"))
)
_TOLD = [*LOOK.c, WORKER.c.name.label("worker"), CASE.c.number]
_JOINED = LOOK.outerjoin(WORKER, WORKER.c.id == LOOK.c.worker_id).outerjoin(
    CASE, CASE.c.id == LOOK.c.case_id
)


def write(connection: Connection, lines: Sequence[Mapping[str, object]]) -> list[int]:
    """Write lines of one worker and give their keys.

    Each with `instant` (real time), `worker_id`, `case_id`, `what`, `reason`, `role` and `via`; who
    writes at the same moment for the same worker waits.
    """
    if not lines:
        return []
    chain = lines[0]["worker_id"] or NOBODY
    head = _LAST.first(connection, {"of_chain": chain})
    if head is None:
        connection.execute(_BEGIN, {"chain": chain})
        head = _LAST.first(connection, {"of_chain": chain})
    sequence, last, made = head["sequence"], head["hash"], []
    for line in lines:
        sequence += 1
        salt = token_hex(16)
        row = {
            **line,
            "chain": chain,
            "sequence": sequence,
            "salt": salt,
            "commitment": commit_to(salt, str(line["reason"] or "")),
        }
        last = row["hash"] = _link(last, row)
        made.append(row)
    put(connection, _MOVE, [{"of_chain": chain, "now_at": sequence, "now_hash": last}])
    return writes.add_rows(connection, LOOK, made)


def _link(previous: str, line: Mapping[str, object]) -> str:
    instant = line["instant"]
    assert isinstance(instant, datetime)
    parts = [previous, iso(instant)]
    for name in ("chain", "sequence", "worker_id", "case_id", "what", "role", "via", "commitment"):
        parts.append(str(line[name] if line[name] is not None else ""))
    return sha256("\n".join(parts).encode()).hexdigest()


def verify(connection: Connection) -> Iterator[str]:
    """Give, in Dutch, every break: a line that was changed, taken away or put in between."""
    heads = {h["chain"]: h for h in rows(connection, select(HEAD))}
    names: dict[int, str] = {
        key: name for key, name in connection.execute(select(WORKER.c.id, WORKER.c.name))
    }
    at: dict[int, tuple[int, str]] = {}
    statement = select(LOOK).order_by(LOOK.c.chain, LOOK.c.sequence)
    streamed = connection.execution_options(stream_results=True).execute(statement)
    for line in streamed.mappings():
        sequence, last = at.get(line["chain"], (0, ""))
        whose = f"Inzage van {names.get(line['chain'], 'wie niet bekend is')}"
        if line["sequence"] != sequence + 1:
            yield f"{whose}: regel {sequence + 1} ontbreekt."
        elif _link(last, dict(line)) != line["hash"]:
            yield f"{whose}: regel {line['sequence']} is gewijzigd."
        elif _reason_changed(dict(line)):
            yield f"{whose}: de reden op regel {line['sequence']} is gewijzigd."
        at[line["chain"]] = line["sequence"], line["hash"]
    for chain in sorted(heads.keys() | at.keys()):
        head = heads.get(chain)
        if head is None or at.get(chain, (0, "")) != (head["sequence"], head["hash"]):
            whose = names.get(chain, "wie niet bekend is")
            yield f"Inzage van {whose}: het verloop is afgekapt of aangevuld."


def _reason_changed(line: Mapping[str, Any]) -> bool:
    """Tell whether a reason is not the one that was given; one that was destroyed is gone whole."""
    if not line["salt"]:
        return line["reason"] is not None
    return bool(commit_to(line["salt"], line["reason"] or "") != line["commitment"])


def heads(connection: Connection) -> str:
    """Give one hash over the ends of all chains: it stands for every line written so far."""
    made = sha256()
    for chain, sequence, last in connection.execute(select(HEAD).order_by(HEAD.c.chain)):
        made.update(f"{chain} {sequence} {last}\n".encode())
    return made.hexdigest()


_OF_CASES = (
    select(*_TOLD)
    .select_from(_JOINED)
    .where(LOOK.c.case_id.in_(bindparam("of_cases", expanding=True)))
    .order_by(LOOK.c.id.desc())
    .limit(bindparam("most"))
)


def of_cases(connection: Connection, cases: Sequence[int], most: int) -> list[Row]:
    """Give who looked at cases, the latest first."""
    return as_rows(connection.execute(_OF_CASES, {"of_cases": cases, "most": most}))


def of_worker(connection: Connection, worker: int, since: datetime) -> list[Row]:
    """Give what a worker looked at since a moment, the latest first, with whose the cases are."""
    whose = (CASE.c.team_id.label("team_of_case"), CASE.c.owner_id, CASE.c.taken_by)
    statement = (
        select(*_TOLD, *whose)
        .select_from(_JOINED)
        .where(LOOK.c.worker_id == worker, LOOK.c.instant >= since)
    )
    return rows(connection, statement.order_by(LOOK.c.id.desc()))


def streets(connection: Connection, one: Row, since: datetime) -> int:
    """Give of how many cases in one street a worker (key, role, team) saw something since a moment,
    without a task in any of them: of the street where they are most. Who leads a team has one in
    all of its cases.
    """
    worker, led = one["id"], one["team_id"] if one["role"] == "teamleider" else None
    statement = (
        select(LOOK.c.case_id, PERSON.c.adres)
        .distinct()
        .join(PERSON, PERSON.c.case_id == LOOK.c.case_id)
        .join(CASE, CASE.c.id == LOOK.c.case_id)
        .where(LOOK.c.worker_id == worker, LOOK.c.instant >= since, PERSON.c.adres.is_not(None))
        .where(
            ~PERSON.c.geheim_adres,
            CASE.c.taken_by != worker,
            or_(CASE.c.owner_id.is_(None), CASE.c.owner_id != worker),
            *([CASE.c.team_id != led] if led is not None else []),
        )
    )
    found: dict[tuple[str, str], set[int]] = {}
    for case, address in connection.execute(statement):
        if place := _PLACE.match(fold(address)):
            found.setdefault((place[1].strip(), place[2]), set()).add(case)
    return max(map(len, found.values()), default=0)


def at_cases(connection: Connection, after: int, most: int) -> list[Row]:
    """Give looks at cases after a key, in order."""
    mine = (LOOK.c.id > after, LOOK.c.case_id.is_not(None))
    return rows(connection, select(LOOK).where(*mine).order_by(LOOK.c.id).limit(most))


def people_of(connection: Connection, cases: Sequence[int]) -> dict[int, list[int]]:
    """Give the keys of the people of these cases."""
    found: dict[int, list[int]] = {}
    asked = select(PERSON.c.case_id, PERSON.c.id).where(PERSON.c.case_id.in_(cases))
    for case, person in connection.execute(asked.order_by(PERSON.c.id)):
        found.setdefault(case, []).append(person)
    return found


def failed(connection: Connection, since: datetime) -> int:
    """Give how often somebody tried to sign in and failed since a moment."""
    where = (LOOK.c.instant >= since, LOOK.c.what.startswith("aanmelden mislukt"))
    return int(connection.execute(select(func.count()).where(*where)).scalar_one())


def people(connection: Connection) -> list[Row]:
    """Give everybody of whom lines are kept: key, name and team."""
    statement = (
        select(
            WORKER.c.id, WORKER.c.name, WORKER.c.role, WORKER.c.team_id, TEAM.c.name.label("team")
        )
        .outerjoin(TEAM, TEAM.c.id == WORKER.c.team_id)
        .order_by(WORKER.c.name)
    )
    return rows(connection, statement)


def begin(connection: Connection) -> None:
    """Put the lines of before there were chains in one, in the order in which they were written
    (an upgrade).
    """
    last: dict[int, tuple[int, str]] = {}
    for line in rows(connection, select(LOOK).order_by(LOOK.c.id)):
        chain = line["worker_id"]
        sequence, previous = last.get(chain, (0, ""))
        salt = token_hex(16)
        told = {
            "chain": chain,
            "sequence": sequence + 1,
            "role": "",
            "via": "",
            "salt": salt,
            "commitment": commit_to(salt, line["reason"] or ""),
        }
        told["hash"] = _link(previous, {**line, **told})
        connection.execute(update(LOOK).where(LOOK.c.id == line["id"]).values(**told))
        last[chain] = sequence + 1, told["hash"]
    if last:
        connection.execute(
            insert(HEAD), [{"chain": c, "sequence": s, "hash": h} for c, (s, h) in last.items()]
        )
