"""What can be done now and what it asks: the doors of a case and the forms of a procedure."""

from collections.abc import Set
from typing import Any

from amhk.desk.casefile.access import visible
from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.choices import desk_for, needed, present
from amhk.desk.casefile.inputs import must_hold_people
from amhk.desk.cases.preview import foretold
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.privacy.veil import Veil
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.json_schema import schema
from amhk.rules.procedure.moves import door, fields_now
from amhk.rules.procedure.runs import there
from amhk.rules.procedure.workflow import Move, Workflow
from amhk.rules.terms.terms import TermRule
from amhk.store import reads
from amhk.store.rows import CaseRow


def doors_told(file: CaseFile, case: CaseRow) -> list[dict[str, Any]]:
    """Give the moves as the page shows them: open with what would follow, or closed with why.

    What they ask comes with their own page.
    """
    assert file.who is not None
    standing, told = file.standing(), []
    for move in file.workflow.moves.values():
        faults = door(file.workflow, standing, move, file.who.role)
        told.append(
            {
                "name": move.name,
                "title": move.title,
                "finish": move.finish,
                "allowed": not faults,
                "why_not": faults,
                "side": move.side,
                "effect": move.effect,
                "here": case["state"] in move.sources and there(case["facts"], move),
                "then": foretold(file, move) if not faults else "",
            }
        )
    return told


def moves_told(
    file: CaseFile, case: CaseRow, veil: Veil, doors: Set[str] | None
) -> list[dict[str, Any]]:
    """Give the moves as a program reads them: open, or closed with why and by what it opens.

    What a move asks (`input`, a JSON Schema) is given of those that can be made now, and of those
    that a closed one names as its door, or that stand in `doors`; of others it is empty, and with
    None of all.
    """
    assert file.who is not None
    standing, moves = file.standing(), file.workflow.moves
    why = {m.name: door(file.workflow, standing, m, file.who.role) for m in moves.values()}
    asks: dict[str, dict[str, object]] = {}
    if doors is not None:
        named = [f.do for faults in why.values() for f in faults if f.do]
        doors = doors | {opens.target for opens in named if opens.kind == "move"}
        asked = [m for m in moves.values() if not why[m.name] or m.name in doors]
        asks = _asks(file, case, asked, veil)
    return [
        {
            "name": move.name,
            "title": move.title,
            "finish": move.finish,
            "effect": move.effect,
            "allowed": not why[move.name],
            "why_not": why[move.name],
            "input": asks.get(move.name, {}),
            "ending": move.ending,
            "fields": fields_now(file.workflow, move, standing, file.who.role),
            "here": case["state"] in move.sources and there(case["facts"], move),
        }
        for move in moves.values()
    ]


def _asks(
    file: CaseFile, case: CaseRow, moves: list[Move], veil: Veil
) -> dict[str, dict[str, object]]:
    """Give what these moves ask, by name, as JSON Schemas with the lists one chooses from."""
    standing, every = file.standing(), file.workflow.moves
    wanted = set().union(*(needed(m.fields) for m in moves))
    desk = desk_for(
        file.office,
        file.connection,
        file.now,
        wanted,
        case=case,
        moves=every,
        veil=veil,
        kept=file.kept,
    )
    assert file.who is not None
    role, flow = file.who.role, file.workflow
    fields = {m.name: fields_now(flow, m, standing, role) for m in moves}
    return {m.name: _schema(m, fields[m.name], desk, case["version"]) for m in moves}


def _schema(move: Move, fields: tuple[Field, ...], desk: Desk, version: int) -> dict[str, object]:
    told = schema(fields, desk, version)
    return told | {"minProperties": 3} if move.effect == "correct" else told


def workflow_view(workflow: Workflow) -> dict[str, object]:
    """Give a workflow as its map.

    States with the terms that can be answered there, and one row per way a move leads.
    """
    ways = [(m, e) for m in workflow.moves.values() for e in m.edges]
    into = {e.target: m.finish for m, e in ways if m.finish and e.source != e.target}
    states = [
        {
            "name": s.name,
            "title": s.title,
            "finish": into.get(s.name),
            "final": s.final,
            "terms": [t.name for t in workflow.terms.values() if _answered(workflow, t, s.name)],
        }
        for s in workflow.states.values()
    ]
    moves = [
        {
            "name": m.name,
            "title": m.title,
            "source": e.source,
            "target": e.target,
            "finish": m.finish,
            "roles": list(m.roles),
        }
        for m, e in ways
    ]
    head = {k: getattr(workflow, k) for k in ("name", "release", "route", "title")}
    return head | {"states": states, "moves": moves}


def _answered(workflow: Workflow, term: TermRule, state: str) -> bool:
    """Tell whether a term can be answered in a state: a move that acts on it leads from there."""
    moves = [workflow.moves[name] for name in term.acts if name in workflow.moves]
    return any(state in move.sources for move in moves)


def intake_form(office: Office, route: str) -> tuple[tuple[Field, ...], Desk]:
    """Give the fields of a route's intake, and what checking them needs now."""
    workflow = office.pack.of_route(route)
    with office.store.read() as connection:
        return workflow.intake, desk_for(
            office, connection, office.now(connection), needed(workflow.intake)
        )


def person_form(office: Office, number: str, who: Reader) -> tuple[tuple[Field, ...], Desk]:
    """Give the fields of a person on this case, and what checking them needs now.

    ClosedDoor for an advies.
    """
    with office.store.read() as connection:
        case = visible(connection, number, who)
        must_hold_people(case)
        workflow = office.pack.workflows[case["workflow"], case["release"]]
        return workflow.person, desk_for(
            office, connection, office.now(connection), needed(workflow.person), case
        )


def assign_desk(office: Office) -> Desk:
    """Give what the form of an assignment chooses from: workers and teams."""
    with office.store.read() as connection:
        now = office.now(connection)
        desk = desk_for(office, connection, now, set())
        return Desk(
            desk.now,
            {
                **desk.lists,
                "medewerker": present(connection, now),
                "team": {t["name"]: t["name"] for t in reads.teams(connection)},
            },
        )
