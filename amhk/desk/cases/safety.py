"""How safe each person of a case was judged to be, and before that: read from what was told."""

from collections.abc import Sequence

from amhk.rules.procedure.fields import judged_part, person_part
from amhk.rules.procedure.workflow import Workflow
from amhk.store.rows import Json, PersonRow


def safety_of(
    flow: Workflow, told: Sequence[Json], people: Sequence[PersonRow]
) -> list[dict[str, object]]:
    """Give, of each person of a case, how safe he was judged to be each time, the latest first.

    `told` are the steps of the case. Empty where nobody was ever judged.
    """
    found: dict[str, list[dict[str, object]]] = {str(p["id"]): [] for p in people}
    for step in reversed(told):
        for person, judged in _judgements(flow, step):
            if person in found:
                found[person].append(judged)
    if not any(found.values()):
        return []
    return [
        {"person": p["id"], "naam": p["naam"], "judgements": found[str(p["id"])]} for p in people
    ]


def _judgements(flow: Workflow, step: Json) -> list[tuple[str, dict[str, object]]]:
    """Give whom a step judged, each with what was said of him."""
    move = flow.moves.get(step["name"])
    field = move.judges if move else None
    if field is None:
        return []
    whose, judged = person_part(field), judged_part(field)
    chosen = {f.name for f in field.fields if f.choices}
    rows: dict[str, Json] = {}
    for value in step["values"]:
        list_, _, rest = value["field"].partition(".")
        number, _, part = rest.partition(".")
        if list_ == field.name and part:
            rows.setdefault(number, {})[part] = value
    return [
        (
            str(row[whose]["value"]),
            {
                "op": step["op"],
                "by": step["by"],
                "step": step["sequence"],
                "safe": row[judged]["value"] if judged in row else None,
                "said": [
                    {**v, "field": part, "chosen": part in chosen}
                    for part, v in row.items()
                    if part != whose
                ],
            },
        )
        for row in rows.values()
        if whose in row
    ]
