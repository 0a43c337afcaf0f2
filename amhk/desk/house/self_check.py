"""The proof: workflows, letters, settings and data, every fault at once.

And N open cases, N with a next term, 0 without.
"""

from typing import Any

from amhk.config import Config, find_config, read_config
from amhk.desk.figures import case_facts, kept_reports
from amhk.desk.house import anchors, files_held, readiness, stamped
from amhk.desk.house.second_count import recounted
from amhk.desk.staff import rights
from amhk.desk.subjects import destruction_proof
from amhk.errors import HouseClosed, NotFound
from amhk.office import Office, open_office
from amhk.procedure import procedure_faults, read_pack
from amhk.store import reads
from amhk.store.cases import held, journal
from amhk.store.database.engine import StoreFailed
from amhk.store.house import held as house_held
from amhk.store.house import house_journal
from amhk.store.staff import held as staff_held
from amhk.store.staff import looks


def prove(given: str | None) -> dict[str, Any]:
    """Give `{open, with_next_term, without, faults}` of the meldpunt at `given` (or here).

    Faults are Dutch sentences. A number nobody counted (the database could not be read) is None.
    """
    told: dict[str, Any] = {"open": None, "with_next_term": None, "without": None, "faults": []}
    try:
        config = read_config(find_config(given))
    except HouseClosed as wrong:
        return told | {"faults": wrong.text.splitlines()}
    told["faults"] = [f.text for f in procedure_faults(config)]
    try:
        office = open_office(config.path, proof=False)
    except HouseClosed as wrong:
        told["faults"] += [line for line in wrong.text.splitlines() if line not in told["faults"]]
        return told
    try:
        told["faults"] += [] if office.training else readiness.faults(office)
        with office.store.read() as connection:
            total, bare = reads.open_without_term(connection)
        told |= {"open": total, "with_next_term": total - len(bare), "without": len(bare)}
        told["faults"] += [f"Zaak {number} heeft geen volgende termijn." for number in bare]
        with office.store.snapshot() as connection:
            told["faults"] += recounted(office, connection)[1]
    except StoreFailed as wrong:
        told["faults"].append(f"De database is niet te lezen: {type(wrong).__name__}.")
    finally:
        office.close()
    return told


def diagram(config: Config, name: str) -> str:
    """Give a workflow as Mermaid text (stateDiagram-v2); NotFound for an unknown one."""
    pack, faults = read_pack(config)
    if faults:
        raise HouseClosed("\n".join(f.text for f in faults), faults)
    if (name, pack.current) not in pack.workflows:
        raise NotFound(f"De werkwijze '{name[:40]}' bestaat niet.")
    flow = pack.get(name)
    lines = ["stateDiagram-v2", f"    [*] --> {flow.start}"]
    lines += [f"    {s.name}: {s.title}" for s in flow.states.values()]
    seen = {
        (e.source, e.target, m.name): m
        for m in flow.moves.values()
        for e in m.edges
        if e.source != e.target
    }
    for (source, target, _), move in seen.items():
        finish = f" (finish {move.finish})" if move.finish else ""
        lines.append(f"    {source} --> {target}: {move.title}{finish}")
    lines += [f"    {s.name} --> [*]" for s in flow.states.values() if s.final]
    return "\n".join(lines)


def changed_behind(office: Office) -> list[str]:
    """Give what was changed, taken away or cut off in the journals, the kept reports and the facts
    of the figures, in Dutch sentences.
    """
    told: dict[tuple[int, str], str] = {}
    with office.store.snapshot() as connection:
        numbers = reads.every_number(connection)
        return [
            *journal.verify(connection, told),
            *held.faults(connection, told, numbers),
            *house_journal.verify(connection),
            *house_held.faults(connection),
            *looks.verify(connection),
            *destruction_proof.faults(connection),
            *staff_held.faults(connection, rights.KIND),
            *kept_reports.faults(connection),
            *case_facts.faults(office),
            *files_held.faults(office),
            *anchors.faults(office),
            *stamped.faults(office),
        ]
