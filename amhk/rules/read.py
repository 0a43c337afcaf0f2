"""Reading a workflow file: parsed TOML in, a Workflow out, or every fault at once with its key."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from amhk.errors import Fault
from amhk.rules.fields import TYPES, Field
from amhk.rules.terms import KINDS, ROLLS, Beside, Rung, TermRule, parse_length, parse_rung
from amhk.rules.workflow import (
    EFFECTS,
    NEED_KINDS,
    RECIPIENTS,
    SAME,
    Edge,
    Move,
    Need,
    NoticeRule,
    Set,
    Start,
    State,
    When,
    Workflow,
)
from amhk.words import CODE_LISTS, LISTS, ROLES

LADDER = (
    {"at": "op de dag", "to": ["eigenaar"]},
    {"at": "1 werkdag na", "to": ["teamleider"]},
    {"at": "5 werkdagen na", "to": ["manager"]},
)
RECEIVERS = ("eigenaar", "team", *ROLES)
LIVE_LISTS = (
    "gemeente",
    "instelling",
    "medewerker",
    "bevoegd",
    "team",
    "stap",
    "persoon",
    "bevinding",
    "contact",
)
_KEYS = {
    "state": {"title", "final", "unsafe"},
    "field": {
        "name",
        "title",
        "type",
        "hint",
        "choices",
        "future",
        "blank",
        "fields",
        "anytime",
        "more",
        "ask",
        "bare",
        "phone",
    },
    "term": {
        "title",
        "length",
        "rolls",
        "kind",
        "ground",
        "role",
        "rungs",
        "acts",
        "per_person",
        "suspend_ground",
        "extend",
        "beside",
        "buttons",
        "waits_for",
    },
    "beside": {"length", "rolls", "kind", "ground"},
    "untouched": {"term", "acute"},
    "waiting": {"term", "states"},
    "notice": {"title", "recipient", "obligatory", "term", "sent_starts", "professional"},
    "need": {"kind", "text", "names", "values", "unless", "days", "field", "opens", "when"},
    "edge": {"from", "to", "when", "starts", "meets", "voids", "notices"},
    "move": {
        "title",
        "done",
        "roles",
        "input",
        "edges",
        "from",
        "to",
        "finish",
        "ending",
        "starts",
        "meets",
        "voids",
        "sets",
        "needs",
        "notices",
        "effect",
        "term_date",
        "side",
        "crosses",
        "codes",
        "registered",
        "first",
        "drops",
        "plain",
    },
    "start": {"term", "when", "once"},
    "set": {"name", "value", "count", "when"},
    "referral": {"acceptance", "check", "letter"},
    "top": {
        "name",
        "route",
        "release",
        "title",
        "start",
        "facts",
        "intake",
        "person",
        "closing",
        "states",
        "fields",
        "terms",
        "notices",
        "needs",
        "moves",
        "suspended_term",
        "roles",
        "join",
        "untouched",
        "waiting",
        "referral",
    },
}


@dataclass
class _Reader:
    file: str
    faults: list[Fault] = field(default_factory=list)

    def no(self, key: str, text: str) -> None:
        """Remember a fault at a key of the file."""
        self.faults.append(Fault("workflow", f"{self.file}, {key}: {text}", key))

    def known(self, key: str, kind: str, table: Mapping[str, Any]) -> None:
        """Remember every key of a table that is not known."""
        for name in sorted(set(table) - _KEYS[kind]):
            self.no(
                f"{key}.{name}", f"onbekende sleutel; bekend zijn {', '.join(sorted(_KEYS[kind]))}"
            )

    def one(self, key: str, value: object, options: Any, default: Any) -> Any:
        """Give a value that is one of the options.

        Another is a fault, and the default comes back.
        """
        if value in options:
            return value
        self.no(key, f"'{value}' kan niet; kies uit {', '.join(map(str, options))}")
        return default

    def names(self, key: str, value: object, options: Any) -> tuple[str, ...]:
        """Give the names in a list that exist; each other one is a fault."""
        items = [value] if isinstance(value, str) else value or ()
        if not isinstance(items, list | tuple):
            self.no(key, "hier hoort een lijst van namen te staan")
            return ()
        for item in items:
            if item not in options:
                self.no(key, f"'{item}' bestaat niet")
        return tuple(i for i in items if i in options)


def read_workflow(
    pack: str, file: str, data: Mapping[str, Any]
) -> tuple[Workflow | None, list[Fault]]:
    """Give the workflow in a parsed file (None when it has faults) and every fault, each naming
    file and key.
    """
    r = _Reader(file)
    r.known("bestand", "top", data)
    for key in ("name", "route", "release", "title", "start", "states", "moves", "terms", "intake"):
        if key not in data:
            r.no(key, "ontbreekt")
    if r.faults:
        return None, r.faults
    states = {n: _state(r, n, s) for n, s in data["states"].items()}
    r.one("start", data["start"], states, "")
    fields = _fields(r, data.get("fields", {}))
    terms = {
        n: _term(r, n, t, data["moves"], data.get("notices", {})) for n, t in data["terms"].items()
    }
    notices = {n: _notice(r, n, t, terms) for n, t in data.get("notices", {}).items()}
    needs = {n: _need(r, n, t, data) for n, t in data.get("needs", {}).items()}
    world = _World(
        r, states, fields, terms, notices, needs, r.names("roles", data.get("roles"), ROLES)
    )
    moves = {n: _move(world, n, m) for n, m in data["moves"].items()}
    intake, person, closing, join = (
        data["intake"],
        data.get("person", {}),
        data.get("closing", {}),
        data.get("join", {}),
    )
    begins, again = (
        _starts(r, "intake.starts", intake.get("starts"), terms),
        _starts(r, "join.starts", join.get("starts"), terms),
    )
    flow = Workflow(
        pack,
        data["name"],
        data["route"],
        data["release"],
        data["title"],
        data["start"],
        states,
        moves,
        {n: t for n, t in terms.items() if t},
        notices,
        _pick(world, "intake.input", intake.get("input", [])),
        begins[0],
        {k: r.one("intake.next", m, moves, "") for k, m in intake.get("next", {}).items()},
        intake.get("contact"),
        again[0],
        _pick(world, "person.input", person.get("input", [])),
        r.names("person.starts", person.get("starts"), terms),
        r.names("person.notices", person.get("notices"), notices),
        dict(data.get("facts", {})),
        closing.get("move"),
        closing.get("term"),
        data.get("suspended_term"),
        *_watching(r, data, terms, states),
        begins[1],
        _sets(r, "intake.sets", intake.get("sets"), data),
        again[1],
        _sets(r, "join.sets", join.get("sets"), data),
        _referral(r, data.get("referral", {}), terms, notices),
        (file,),
    )
    return (None if r.faults else flow), r.faults


def _referral(r: _Reader, table: Mapping[str, Any], terms: Any, notices: Any) -> dict[str, str]:
    """Give which term waits for the answer to a referral, which for its check, and by which letter
    it goes.
    """
    r.known("referral", "referral", table)
    for key, options in (("acceptance", terms), ("check", terms), ("letter", notices)):
        if key in table:
            r.one(f"referral.{key}", table[key], options, None)
    return {str(k): str(v) for k, v in table.items()}


def _starts(
    r: _Reader, key: str, value: object, terms: Any
) -> tuple[tuple[str, ...], tuple[Start, ...]]:
    """Give the terms that always start, and those that start under conditions (a table with
    `term`).
    """
    items = [value] if isinstance(value, str) else value or ()
    if not isinstance(items, list | tuple):
        r.no(key, "hier hoort een lijst van namen te staan")
        return (), ()
    maybe = []
    for row in (i for i in items if isinstance(i, Mapping)):
        r.known(key, "start", row)
        if row.get("term") in terms:
            maybe.append(
                Start(row["term"], _whens(r, f"{key}.when", row.get("when")), bool(row.get("once")))
            )
        else:
            r.no(key, f"'{row.get('term')}' bestaat niet")
    return r.names(key, [i for i in items if not isinstance(i, Mapping)], terms), tuple(maybe)


def _sets(r: _Reader, key: str, rows: Any, data: Mapping[str, Any]) -> tuple[Set, ...]:
    """Give the facts that are recorded; each must be declared."""
    found = []
    for row in rows or ():
        r.known(key, "set", row)
        r.one(f"{key}.name", row.get("name"), data.get("facts", {}), "")
        found.append(
            Set(
                row.get("name", ""),
                row.get("value"),
                bool(row.get("count")),
                _whens(r, key, row.get("when")),
            )
        )
    return tuple(found)


def _watching(
    r: _Reader, data: Mapping[str, Any], terms: Any, states: Any
) -> tuple[str | None, str | None, str | None, tuple[str, ...]]:
    """Give the terms of a case nobody has opened (usual, acute), and the term and states of a case
    that waits for someone to take it up.
    """
    untouched, waiting = data.get("untouched", {}), data.get("waiting", {})
    r.known("untouched", "untouched", untouched)
    r.known("waiting", "waiting", waiting)
    named = [untouched.get("term"), untouched.get("acute"), waiting.get("term")]
    for name in filter(None, [*named, data.get("suspended_term")]):
        r.one("termijn", name, terms, None)
    return named[0], named[1], named[2], r.names("waiting.states", waiting.get("states"), states)


@dataclass
class _World:
    r: _Reader
    states: Mapping[str, State]
    fields: Mapping[str, Field]
    terms: Mapping[str, TermRule | None]
    notices: Mapping[str, NoticeRule]
    needs: Mapping[str, Need]
    roles: tuple[str, ...]


def _state(r: _Reader, name: str, table: Mapping[str, Any]) -> State:
    r.known(f"states.{name}", "state", table)
    return State(
        name, table.get("title", name), bool(table.get("final")), bool(table.get("unsafe"))
    )


def _fields(r: _Reader, tables: Mapping[str, Any]) -> dict[str, Field]:
    """Read the fields; parts of an object or list must be defined above it."""
    found: dict[str, Field] = {}
    for name, table in tables.items():
        key = f"fields.{name}"
        r.known(key, "field", table)
        kind = r.one(f"{key}.type", table.get("type", "line"), TYPES, "line")
        if kind in ("choice", "choices"):
            r.one(f"{key}.choices", table.get("choices"), (*LISTS, *CODE_LISTS, *LIVE_LISTS), "")
        parts = _pick_from(r, f"{key}.fields", found, table.get("fields", []))
        flags = {
            k: bool(table.get(k))
            for k in ("future", "blank", "anytime", "more", "ask", "bare", "phone")
        }
        found[name] = Field(
            table.get("name", name),
            table.get("title", name),
            kind,
            False,
            table.get("hint", ""),
            table.get("choices", ""),
            flags["future"],
            flags["blank"],
            parts,
            flags["anytime"],
            flags["more"],
            flags["ask"],
            flags["bare"],
            flags["phone"],
        )
    return found


def _pick(w: _World, key: str, wanted: list[str]) -> tuple[Field, ...]:
    return _pick_from(w.r, key, w.fields, wanted)


def _pick_from(
    r: _Reader, key: str, fields: Mapping[str, Field], wanted: list[str]
) -> tuple[Field, ...]:
    """Give the named fields in order; a name that ends in `*` is required."""
    picked = []
    for name in wanted:
        if (bare := name.rstrip("*")) in fields:
            picked.append(replace(fields[bare], required=name.endswith("*")))
        else:
            r.no(key, f"het veld '{bare}' bestaat niet")
    return tuple(picked)


def _term(
    r: _Reader, name: str, table: Mapping[str, Any], moves: Any, notices: Any
) -> TermRule | None:
    key = f"terms.{name}"
    r.known(key, "term", table)
    try:
        count, unit = parse_length(table.get("length", ""))
        rungs = tuple(_rung(r, key, rung, notices) for rung in table.get("rungs", LADDER))
        extend = parse_length(table["extend"]) if "extend" in table else None
        beside = _beside(r, f"{key}.beside", table["beside"]) if "beside" in table else None
    except ValueError as wrong:
        r.no(key, str(wrong))
        return None
    if not table.get("ground"):
        r.no(f"{key}.ground", "elke termijn noemt zijn grond")
    return TermRule(
        name,
        table.get("title", name),
        count,
        unit,
        r.one(f"{key}.rolls", table.get("rolls", "geen"), ROLLS, "geen"),
        r.one(f"{key}.kind", table.get("kind"), KINDS, "norm"),
        table.get("ground", ""),
        r.one(f"{key}.role", table.get("role", "medewerker"), ROLES, "medewerker"),
        rungs,
        r.names(f"{key}.acts", table.get("acts"), {*moves, *notices}),
        bool(table.get("per_person")),
        table.get("suspend_ground", ""),
        extend,
        beside,
        r.names(f"{key}.buttons", table.get("buttons"), moves),
        str(table.get("waits_for", "")),
    )


def _beside(r: _Reader, key: str, table: Mapping[str, Any]) -> Beside:
    r.known(key, "beside", table)
    if not table.get("ground"):
        r.no(f"{key}.ground", "ook de tweede klok noemt zijn grond")
    count, unit = parse_length(table.get("length", ""))
    if unit in ("uur", "kantooruren", "datum"):
        r.no(f"{key}.length", "de tweede klok telt in dagen, werkdagen, weken, maanden of jaren")
    rolls, kind = (
        r.one(f"{key}.{k}", table.get(k), options, options[0])
        for k, options in (("rolls", ROLLS), ("kind", KINDS))
    )
    return Beside(count, unit, rolls, kind, table.get("ground", ""))


def _rung(r: _Reader, key: str, table: Mapping[str, Any], notices: Any) -> Rung:
    to = r.names(f"{key}.rungs.to", table.get("to"), RECEIVERS)
    return parse_rung(
        table.get("at", ""), to, r.names(f"{key}.rungs.drafts", table.get("drafts"), notices)
    )


def _notice(r: _Reader, name: str, table: Mapping[str, Any], terms: Any) -> NoticeRule:
    key = f"notices.{name}"
    r.known(key, "notice", table)
    term = table.get("term")
    if term is not None:
        r.one(f"{key}.term", term, terms, None)
    if table.get("obligatory") and not term:
        r.no(f"{key}.term", "een verplicht bericht heeft een termijn waarin het weg moet")
    return NoticeRule(
        name,
        table.get("title", name),
        r.one(f"{key}.recipient", table.get("recipient"), RECIPIENTS, "college"),
        bool(table.get("obligatory")),
        term,
        r.names(f"{key}.sent_starts", table.get("sent_starts"), terms),
        table.get("professional"),
    )


def _whens(r: _Reader, key: str, table: object) -> tuple[When, ...]:
    if not isinstance(table, Mapping):
        if table:
            r.no(key, "een voorwaarde is een tabel {naam = [waarden]}")
        return ()
    return tuple(When(n, tuple(v) if isinstance(v, list) else (v,)) for n, v in table.items())


def _need(r: _Reader, name: str, table: Mapping[str, Any], data: Mapping[str, Any]) -> Need:
    key = f"needs.{name}"
    r.known(key, "need", table)
    kind = r.one(f"{key}.kind", table.get("kind"), NEED_KINDS, "fact")
    if not table.get("text"):
        r.no(f"{key}.text", "elke weigering is een zin")
    options: Mapping[str, Any] = {
        "fact": data.get("facts", {}),
        "facts_any": data.get("facts", {}),
        "running": data["terms"],
        "not_running": data["terms"],
        "not_before": data["terms"],
        "role": ROLES,
        **dict.fromkeys(("notices_gone", "not_withheld", "was_sent"), data.get("notices", {})),
    }.get(kind, {})
    names = (
        r.names(f"{key}.names", table.get("names"), options)
        if options
        else tuple(table.get("names", ()))
    )
    opens = r.names(f"{key}.opens", table.get("opens"), {*data["moves"], *data.get("notices", {})})
    return Need(
        name,
        kind,
        table.get("text", ""),
        names,
        tuple(table.get("values", ())),
        bool(table.get("unless")),
        int(table.get("days", 0)),
        table.get("field"),
        opens,
        _whens(r, f"{key}.when", table.get("when")),
    )


def _edges(w: _World, key: str, table: Mapping[str, Any]) -> tuple[Edge, ...]:
    rows = table.get("edges") or [{"from": table.get("from", []), "to": table.get("to", SAME)}]
    edges = []
    for row in rows:
        w.r.known(f"{key}.edges", "edge", row)
        every = {
            "*": list(w.states),
            "open": [n for n, state in w.states.items() if not state.final],
        }
        sources = every.get(str(row.get("from"))) or w.r.names(
            f"{key}.from", row.get("from"), w.states
        )
        target = w.r.one(f"{key}.to", row.get("to", SAME), (SAME, *w.states), SAME)
        starts, meets, voids = (
            w.r.names(f"{key}.{k}", row.get(k), w.terms) for k in ("starts", "meets", "voids")
        )
        when = _whens(w.r, f"{key}.when", row.get("when"))
        letters = w.r.names(f"{key}.notices", row.get("notices"), w.notices)
        edges += [
            Edge(s, s if target == SAME else target, when, starts, meets, voids, letters)
            for s in sources
        ]
    if not edges:
        w.r.no(f"{key}.from", "een stap begint ergens")
    return tuple(edges)


def _move(w: _World, name: str, table: Mapping[str, Any]) -> Move:
    key = f"moves.{name}"
    w.r.known(key, "move", table)
    starts, maybe = _starts(w.r, f"{key}.starts", table.get("starts"), w.terms)
    meets, voids = (w.r.names(f"{key}.{k}", table.get(k), w.terms) for k in ("meets", "voids"))
    sets = tuple(
        Set(
            s["name"],
            s.get("value"),
            bool(s.get("count")),
            _whens(w.r, f"{key}.sets", s.get("when")),
        )
        for s in table.get("sets", ())
    )
    needs = tuple(w.needs[n] for n in w.r.names(f"{key}.needs", table.get("needs"), w.needs))
    effect = w.r.one(f"{key}.effect", table["effect"], EFFECTS, None) if "effect" in table else None
    finish = (
        w.r.one(f"{key}.finish", table["finish"], (1, 2, 3, 4), None) if "finish" in table else None
    )
    return Move(
        name,
        table.get("title", name),
        table.get("done", table.get("title", name)),
        w.r.names(f"{key}.roles", table.get("roles", w.roles), ROLES),
        _pick(w, f"{key}.input", table.get("input", [])),
        _edges(w, key, table),
        finish,
        table.get("ending"),
        starts,
        meets,
        voids,
        sets,
        needs,
        w.r.names(f"{key}.notices", table.get("notices"), w.notices),
        effect,
        tuple(table.get("term_date", {}).items()),
        bool(table.get("side")),
        tuple(table.get("crosses", ())),
        tuple(table.get("codes", {}).items()),
        maybe,
        bool(table.get("registered")),
        bool(table.get("first")),
        w.r.names(f"{key}.drops", table.get("drops"), w.notices),
        table.get("plain"),
    )
