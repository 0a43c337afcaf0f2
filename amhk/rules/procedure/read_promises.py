"""Reading what a procedure promises: `[[promises]]` of a workflow file."""

from collections.abc import Collection, Mapping

from amhk.rules.parse import Raw
from amhk.rules.procedure.promised import Like, Promise
from amhk.rules.procedure.read_keys import Reading

_FORMS = ("never", "always", "leads_to", "exactly")


def promises_of(
    r: Reading,
    rows: object,
    states: Collection[str],
    terms: Collection[str],
    moves: Collection[str],
    facts: Collection[str],
) -> tuple[Promise, ...]:
    """Give the promises of a workflow; every name in them must exist."""
    if not isinstance(rows, list):
        r.no("promises", "hier horen [[promises]] te staan")
        return ()
    found = []
    for number, row in enumerate(rows):
        key = f"promises[{number}]"
        r.known(key, "promise", row)
        forms = [form for form in _FORMS if form in row]
        if len(forms) != 1 or not row.get("text"):
            r.no(key, f"heeft een text en een van {', '.join(_FORMS)}")
            continue
        table = row[forms[0]]
        r.known(f"{key}.{forms[0]}", forms[0], table)
        r.known(f"{key}.to", "to", table.get("to", {}))
        if forms[0] == "exactly":
            r.one(f"{key}.term", table.get("term"), terms, None)
        found.append(
            Promise(
                kind=forms[0],
                text=row["text"],
                ground=row.get("ground", ""),
                like=_like(r, f"{key}.{forms[0]}", table, states, facts),
                unless_met=r.names(f"{key}.unless_met", table.get("unless_met"), terms),
                taken_back=r.names(f"{key}.taken_back", table.get("taken_back"), moves),
                possible=r.names(f"{key}.possible", table.get("possible"), moves),
                term=str(table.get("term", "")),
                to=_like(r, f"{key}.to", table.get("to", {}), states, facts),
            )
        )
    return tuple(found)


def _like(
    r: Reading, key: str, table: Raw, states: Collection[str], facts: Collection[str]
) -> Like:
    finish, other = (_listed(table.get(name, [])) for name in ("finish", "not_finish"))
    return Like(
        final=table.get("final"),
        finish=finish,
        not_finish=other,
        states=r.names(f"{key}.states", table.get("states"), states),
        facts=_values(r, f"{key}.facts", table.get("facts", {}), facts),
        unless=_values(r, f"{key}.unless", table.get("unless", {}), facts),
    )


def _listed(value: object) -> tuple[int, ...]:
    return tuple(value if isinstance(value, list) else [value])


def _values(
    r: Reading, key: str, table: Mapping[str, object], facts: Collection[str]
) -> tuple[tuple[str, tuple[object, ...]], ...]:
    r.names(key, [*table], facts)
    return tuple((n, tuple(v) if isinstance(v, list) else (v,)) for n, v in table.items())
