"""The sample check: closed cases of a period picked at random, the same ones for the same seed,
with their steps and terms and nobody's name.
"""

import json
from hashlib import sha256
from secrets import token_hex

from amhk.desk.figures import case_facts
from amhk.desk.figures.wording import Value
from amhk.errors import NotAllowed
from amhk.office import Office
from amhk.rules.figures.periods import Period
from amhk.rules.privacy.secrecy import Scope
from amhk.store import reads, writes
from amhk.store.figures import facts, figures
from amhk.store.rows import Row
from amhk.words import day_of, iso

SIZE = 20
_SAID = (
    (
        "Gesloten zaken van deze periode, willekeurig gekozen; er staat niemand in. Hetzelfde"
        " stempel kiest dezelfde zaken."
    ),
)


def steekproef(office: Office, period: Period, scope: Scope) -> dict[str, object]:
    """Give the sample: each case under a pseudonym that only this house can make again, its steps
    with their days, its terms with their ends.
    """
    if not scope.every:
        raise NotAllowed(
            "Een steekproef gaat over de hele regio; daarvoor moet u alle zaken mogen tellen."
        )
    secret, span = _secret(office), (period.start.isoformat(), period.end.isoformat())
    with case_facts.settled(office) as (known, connection):
        seed = sha256(f"{secret}\n{period.text}\n{known.digest}".encode()).hexdigest()
        closed = figures.closed_in(connection, scope, span)
        chosen = sorted(closed, key=lambda row: _mark(seed, row["number"]))[:SIZE]
        cases = [
            _case(office, seed, row, facts.lines_of(connection, row["id"], known.position))
            for row in chosen
        ]
    return {
        "name": "steekproef",
        "period": period.text,
        "title": f"steekproef {period.title}",
        "region": office.config.region,
        "made": iso(day_of(known.moment)),
        "training": office.training,
        "closed": len(closed),
        "cases": cases,
        "stamp": {"position": known.position, "digest": known.digest},
        "definitions": {},
        "rows": [],
        "total": {},
        "sentences": [*_SAID, f"{len(cases)} van {len(closed)} gesloten zaken."],
    }


def _secret(office: Office) -> str:
    """Give what only this house knows, made the first time.

    Without it nobody can tell which case a pseudonym is, who knows the numbers neither.
    """
    with office.store.write() as connection:
        reads.lock(connection)
        if (found := reads.meta(connection, "sample_secret")) is None:
            found = token_hex(32)
            writes.set_meta(connection, "sample_secret", found)
        return found


def _mark(seed: str, number: str) -> str:
    return sha256(f"{seed}\n{number}".encode()).hexdigest()


def _case(office: Office, seed: str, row: Row, lines: list[Row]) -> dict[str, object]:
    flow = office.pack.workflows[row["workflow"], row["release"]]
    told = [(line, json.loads(line["figures"] or "{}")) for line in lines]
    steps = [
        {
            "step": flow.moves[line["kind"]].title,
            "day": (said.get("at") or iso(line["instant"]))[:10],
        }
        for line, said in told
        if line["kind"] in flow.moves
        and (flow.moves[line["kind"]].effect != "join" or "closed" in said)
    ]
    terms: dict[str, list[Value]] = {}
    for _, said in told:
        terms |= said.get("terms", {})
    ends = [
        {
            "term": flow.terms[t[0]].title,
            "ground": flow.terms[t[0]].ground,
            "start": t[1][:10],
            "due": t[2],
            "status": t[4],
            "ended": (t[5] or "")[:10] or None,
        }
        for t in terms.values()
    ]
    return {
        "case": f"Z-{_mark(seed, row['number'])[:8]}",
        "route": row["route"],
        "received": iso(row["received"])[:10],
        "finishes": row["finishes"],
        "ending": row["ending"],
        "steps": steps,
        "terms": ends,
    }
