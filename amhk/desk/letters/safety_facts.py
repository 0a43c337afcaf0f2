"""How safe each of a case was last judged to be, as a letter tells it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from amhk.rules.procedure.codes import Codes
from amhk.rules.procedure.fields import Field, judged_part, person_part
from amhk.rules.procedure.workflow import Workflow
from amhk.store.rows import JournalLine, Json, PersonRow
from amhk.words import day_of, iso, say_day


def safety_facts(
    flow: Workflow, codes: Codes, lines: Sequence[JournalLine], people: Sequence[PersonRow]
) -> dict[str, object]:
    """Give as `veiligheid` an item for everybody whose safety was judged, in the order of the
    people: who, the last judgement in words, how lasting it is, what is needed first, and the day.
    """
    last: dict[str, dict[str, object]] = {}
    for line in lines:
        move = flow.moves.get(line["kind"])
        if (field := move.judges if move else None) is None:
            continue
        content = json.loads(line["content"] or "{}")
        moment = content.get("op") or iso(line["instant"])
        for row in content.get(field.name) or ():
            op = say_day(day_of(datetime.fromisoformat(moment)))
            last[str(row.get(person_part(field)))] = _said(field, codes, row) | {"op": op}
    held = [(p, last[str(p["id"])]) for p in people if str(p["id"]) in last]
    return {"veiligheid": [{"naam": p["naam"], **told} for p, told in held]}


def _said(field: Field, codes: Codes, row: Json) -> dict[str, object]:
    """Give a judgement in words: the chosen ones by their titles, what else was said as it is."""
    parts: Mapping[str, Field] = {f.name: f for f in field.fields}
    judged, whose = judged_part(field), person_part(field)
    more = [name for name, part in parts.items() if part.choices and name not in (judged, whose)]
    free = [name for name, part in parts.items() if not part.choices]

    def _titles(names: Sequence[str]) -> str:
        told = [codes.title(parts[n].choices, row[n]) for n in names if row.get(n)]
        return ", ".join(told).lower()

    return {
        "oordeel": _titles([judged]),
        "ernst": _titles(more),
        "eerst_nodig": "; ".join(str(row[n]) for n in free if row.get(n)),
    }
