"""Reading what a procedure promises: `[[promises]]` of a workflow file."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from amhk.rules.parse import Raw
from amhk.rules.procedure.promised import Like, Promise
from amhk.rules.procedure.read_keys import Reading

_FORMS = ("never", "always", "leads_to", "exactly")


@dataclass(frozen=True)
class Names:
    """What a promise can speak of."""

    states: Collection[str]
    terms: Collection[str]
    moves: Collection[str]
    facts: Collection[str]
    tracks: Collection[str] = ()


def promises_of(r: Reading, rows: object, names: Names) -> tuple[Promise, ...]:
    """Give the promises of a workflow; every name in them must exist."""
    if not isinstance(rows, list):
        r.no("promises", "hier horen [[promises]] te staan")
        return ()
    told = (_promise(r, f"promises[{number}]", row, names) for number, row in enumerate(rows))
    return tuple(promise for promise in told if promise)


def _promise(r: Reading, key: str, row: Raw, names: Names) -> Promise | None:
    r.known(key, "promise", row)
    forms = [form for form in _FORMS if form in row]
    if len(forms) != 1 or not row.get("text"):
        r.no(key, f"heeft een text en een van {', '.join(_FORMS)}")
        return None
    if "of" in row:
        r.one(f"{key}.of", row["of"], names.tracks, "")
    table = row[forms[0]]
    r.known(f"{key}.{forms[0]}", forms[0], table)
    r.known(f"{key}.to", "to", table.get("to", {}))
    if forms[0] == "exactly":
        r.one(f"{key}.term", table.get("term"), names.terms, None)
    return Promise(
        kind=forms[0],
        text=row["text"],
        ground=row.get("ground", ""),
        like=_like(r, f"{key}.{forms[0]}", table, names.states, names.facts),
        unless_met=r.names(f"{key}.unless_met", table.get("unless_met"), names.terms),
        taken_back=r.names(f"{key}.taken_back", table.get("taken_back"), names.moves),
        possible=r.names(f"{key}.possible", table.get("possible"), names.moves),
        term=str(table.get("term", "")),
        of=str(row.get("of", "")),
        to=_like(r, f"{key}.to", table.get("to", {}), names.states, names.facts),
    )


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
