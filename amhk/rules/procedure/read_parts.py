"""The parts of a workflow file that moves are made of: states, fields, terms, notices, needs."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from amhk.rules.parse import Raw
from amhk.rules.privacy.recipients import (
    CLASSES,
    LABELS,
    OFFICE,
    OPENED,
    OWN,
    STANDARD,
    Recipient,
    own_recipient,
)
from amhk.rules.procedure.fields import PERSONS, TYPES, Field, judged_part, person_part
from amhk.rules.procedure.kinds import NEED_KINDS
from amhk.rules.procedure.read_keys import Reading
from amhk.rules.procedure.track import PERSON
from amhk.rules.procedure.workflow import Need, NextStep, NoticeRule, State, When
from amhk.rules.terms.terms import (
    DAYS_ON,
    KINDS,
    ROLLS,
    Beside,
    ByAnswer,
    Length,
    Rung,
    TermRule,
    parse_length,
    parse_rung,
)
from amhk.words import IN_PROCEDURE, LIVE_LISTS

LADDER = (
    {"at": "op de dag", "to": ["eigenaar"]},
    {"at": "1 werkdag na", "to": ["teamleider"]},
    {"at": "5 werkdagen na", "to": ["manager"]},
)


RECEIVERS = ("eigenaar", "team", *IN_PROCEDURE)


def referral_of(
    r: Reading, table: Raw, terms: Collection[str], notices: Collection[str]
) -> dict[str, str]:
    """Give which term waits for the answer to a referral, which for its check, and by which letter
    it goes.
    """
    r.known("referral", "referral", table)
    for key, options in (("acceptance", terms), ("check", terms), ("letter", notices)):
        if key in table:
            r.one(f"referral.{key}", table[key], options, None)
    return {str(k): str(v) for k, v in table.items()}


def investigated_of(r: Reading, table: Raw, facts: Collection[str]) -> dict[int, tuple[str, ...]]:
    """Give, by finish, the facts of which one must have been told before it (`[finishes.N]`)."""
    found = {}
    for name, row in table.items():
        r.known(f"finishes.{name}", "finish", row)
        if name not in ("1", "2", "3", "4"):
            r.no(f"finishes.{name}", "een finish is 1, 2, 3 of 4")
            continue
        found[int(name)] = r.names(f"finishes.{name}.after", row.get("after"), facts)
    return found


def next_of(r: Reading, table: Raw, moves: Collection[str]) -> dict[str, NextStep]:
    """Give what a call can become by a move of its own, each choice by its value."""
    found = {}
    for value, told in table.items():
        row = {"move": told} if isinstance(told, str) else told
        key = f"intake.next.{value}"
        r.known(key, "next", row)
        r.one(f"{key}.move", row.get("move"), moves, None)
        without = tuple(map(str, row.get("without", ())))
        found[value] = NextStep(str(row.get("move")), str(row.get("choice", value)), without)
    return found


def other_region_of(
    r: Reading, table: Raw, terms: Collection[str], moves: Collection[str]
) -> dict[str, str]:
    """Give in which term another region answers, and by which moves a case is offered to it, taken
    on by it, and refused; empty in a procedure that hands nothing over.
    """
    r.known("other_region", "other_region", table)
    if table:
        r.one("other_region.term", table.get("term"), terms, None)
        for key in ("offer", "accept", "refuse"):
            r.one(f"other_region.{key}", table.get(key), moves, None)
    return {str(k): str(v) for k, v in table.items()}


def watching_of(
    r: Reading, data: Raw, terms: Collection[str], states: Collection[str]
) -> dict[str, Any]:
    """Give the terms of a case nobody has opened (usual, acute), and the term and states of a case
    that waits for someone to take it up.
    """
    untouched, waiting = data.get("untouched", {}), data.get("waiting", {})
    r.known("untouched", "untouched", untouched)
    r.known("waiting", "waiting", waiting)
    named = {
        "untouched_term": untouched.get("term"),
        "untouched_acute": untouched.get("acute"),
        "waiting_term": waiting.get("term"),
    }
    for name in filter(None, [*named.values(), data.get("suspended_term")]):
        r.one("termijn", name, terms, None)
    return named | {"waiting_states": r.names("waiting.states", waiting.get("states"), states)}


def retention_of(r: Reading, table: Raw, terms: Collection[str]) -> dict[str, Any]:
    """Give by which terms a case is kept, its data are destroyed on request, and somebody reads
    what is kept of him.
    """
    r.known("retention", "retention", table)
    named = {name: table.get(name) for name in ("keep", "destroy", "access")}
    for name, term in named.items():
        if term:
            r.one(f"retention.{name}", term, terms, None)
    return {f"{name}_term": term for name, term in named.items()}


def state_of(r: Reading, name: str, table: Raw) -> State:
    """Read a state."""
    r.known(f"states.{name}", "state", table)
    return State(
        name=name,
        title=table.get("title", name),
        final=bool(table.get("final")),
        unsafe=bool(table.get("unsafe")),
    )


def fields_of(r: Reading, tables: Raw) -> dict[str, Field]:
    """Read the fields; parts of an object or list must be defined above it."""
    found: dict[str, Field] = {}
    for name, table in tables.items():
        key = f"fields.{name}"
        r.known(key, "field", table)
        kind = r.one(f"{key}.type", table.get("type", "line"), TYPES, "line")
        if kind in ("choice", "choices"):
            r.one(f"{key}.choices", table.get("choices"), {*r.lists, *LIVE_LISTS}, "")
        parts = pick_from(r, f"{key}.fields", found, table.get("fields", []))
        flags = {
            k: bool(table.get(k))
            for k in ("future", "blank", "anytime", "more", "ask", "bare", "phone", "safety")
        }
        found[name] = Field(
            name=table.get("name", name),
            title=table.get("title", name),
            type=kind,
            required=False,
            hint=table.get("hint", ""),
            choices=table.get("choices", ""),
            future=flags["future"],
            blank=flags["blank"],
            fields=parts,
            anytime=flags["anytime"],
            more=flags["more"],
            ask=flags["ask"],
            bare=flags["bare"],
            phone=flags["phone"],
            safety=flags["safety"],
        )
        if flags["safety"] and not _judges(found[name]):
            r.no(key, "een lijst over veiligheid vraagt per regel een persoon en een keuze")
    return found


def _judges(field: Field) -> bool:
    """Tell whether a list says of whom each item is, by the name data are destroyed by, and how."""
    return person_part(field) == PERSONS and bool(judged_part(field))


def pick_from(
    r: Reading, key: str, fields: Mapping[str, Field], wanted: list[str]
) -> tuple[Field, ...]:
    """Give the named fields in order; a name that ends in `*` is required."""
    picked = []
    for name in wanted:
        if (bare := name.rstrip("*")) in fields:
            picked.append(replace(fields[bare], required=name.endswith("*")))
        else:
            r.no(key, f"het veld '{bare}' bestaat niet")
    return tuple(picked)


def term_of(
    r: Reading, name: str, table: Raw, moves: Collection[str], notices: Collection[str]
) -> TermRule | None:
    """Read a term: its length, how it rolls, its ground and its ladder; None with a fault."""
    key = f"terms.{name}"
    r.known(key, "term", table)
    try:
        plan, then = _plan(r, key, table)
        count, unit = plan[0] if plan else parse_length(table.get("length", ""))
        rungs = tuple(_rung(r, key, rung, notices) for rung in table.get("rungs", LADDER))
        extend = parse_length(table["extend"]) if "extend" in table else None
        beside = _beside(r, f"{key}.beside", table["beside"]) if "beside" in table else None
    except ValueError as wrong:
        r.no(key, str(wrong))
        return None
    if not table.get("ground"):
        r.no(f"{key}.ground", "elke termijn noemt zijn grond")
    return TermRule(
        name=name,
        title=table.get("title", name),
        count=count,
        unit=unit,
        rolls=r.one(f"{key}.rolls", table.get("rolls", "geen"), ROLLS, "geen"),
        kind=r.one(f"{key}.kind", table.get("kind"), KINDS, "norm"),
        ground=table.get("ground", ""),
        role=r.one(f"{key}.role", table.get("role", "medewerker"), IN_PROCEDURE, "medewerker"),
        rungs=rungs,
        acts=r.names(f"{key}.acts", table.get("acts"), {*moves, *notices}),
        onward=r.names(f"{key}.onward", table.get("onward"), table.get("acts", ())),
        per_person=bool(table.get("per_person")),
        suspend_ground=table.get("suspend_ground", ""),
        extend=extend,
        beside=beside,
        buttons=r.names(f"{key}.buttons", table.get("buttons"), moves),
        waits_for=str(table.get("waits_for", "")),
        of=str(table.get("of", "")),
        plan=plan,
        then=then,
        lengths=tuple(_by_answer(r, key, row, unit) for row in table.get("lengths", ())),
    )


def _by_answer(r: Reading, key: str, row: Raw, usual: str) -> ByAnswer:
    """Read what a term lasts where the answers are these."""
    key, count, unit = f"{key}.lengths", 0, usual
    r.known(key, "length", row)
    try:
        count, unit = parse_length(row.get("length", ""))
    except ValueError as wrong:
        r.no(f"{key}.length", str(wrong))
    if unit not in DAYS_ON or usual not in DAYS_ON:
        r.no(key, f"een lengte naar een antwoord telt in {', '.join(DAYS_ON)}, zoals de gewone")
    if not (told := whens(r, f"{key}.when", row.get("when"))):
        r.no(f"{key}.when", "noem bij welk gegeven deze lengte hoort")
    return ByAnswer(count, unit, tuple((one.name, one.values) for one in told))


def _plan(r: Reading, key: str, table: Raw) -> tuple[tuple[Length, ...], Length | None]:
    """Read the moments of a term that comes back: from its first start, and what comes after."""
    rows = table.get("plan", [])
    if not rows:
        if "then" in table:
            r.no(f"{key}.then", "hoort bij een plan")
        return (), None
    if "length" in table:
        r.no(f"{key}.length", "een termijn heeft een lengte of een plan")
    told = [parse_length(text) for text in (*rows, *filter(None, [table.get("then")]))]
    if any(unit not in DAYS_ON for _, unit in told):
        r.no(f"{key}.plan", f"een plan telt in {', '.join(DAYS_ON)}")
    return tuple(told[: len(rows)]), told[-1] if "then" in table else None


def _beside(r: Reading, key: str, table: Raw) -> Beside:
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
    return Beside(count=count, unit=unit, rolls=rolls, kind=kind, ground=table.get("ground", ""))


def _rung(r: Reading, key: str, table: Raw, notices: Collection[str]) -> Rung:
    to = r.names(f"{key}.rungs.to", table.get("to"), RECEIVERS)
    return parse_rung(
        table.get("at", ""), to, r.names(f"{key}.rungs.drafts", table.get("drafts"), notices)
    )


def recipients_of(r: Reading, tables: Raw) -> Mapping[str, Recipient]:
    """Read whom letters can go to besides those the law names; none of these is another there."""
    found = dict(STANDARD)
    for name, table in tables.items():
        key = f"recipients.{name}"
        r.known(key, "recipient", table)
        if name in STANDARD:
            r.no(key, "deze ontvanger kent het programma al, en hij verandert niet")
            continue
        r.one(f"{key}.address", table.get("address"), OWN, OFFICE)
        if table.get("address") == OFFICE and not table.get("kind"):
            r.no(f"{key}.kind", "noem de soort op de sociale kaart waar de brief naartoe gaat")
        opened, bars = table.get("may", []), table.get("bars", {})
        r.names(f"{key}.may", opened, OPENED)
        if not isinstance(bars, Mapping) or not all(isinstance(why, str) for why in bars.values()):
            r.no(f"{key}.bars", "een tabel {gegeven = waarom niet}")
            bars = {}
        r.names(f"{key}.bars", [*bars], LABELS)
        found[name] = own_recipient(name, table, bars, frozenset(map(str, opened)))
    return found


def notice_of(
    r: Reading, name: str, table: Raw, terms: Collection[str], recipients: Collection[str]
) -> NoticeRule:
    """Read a notice: to whom, whether it must go, and in which term."""
    key = f"notices.{name}"
    r.known(key, "notice", table)
    term = table.get("term")
    if term is not None:
        r.one(f"{key}.term", term, terms, None)
    if table.get("obligatory") and not term:
        r.no(f"{key}.term", "een verplicht bericht heeft een termijn waarin het weg moet")
    readers = {*recipients} - CLASSES
    return NoticeRule(
        name=name,
        title=table.get("title", name),
        recipient=r.one(f"{key}.recipient", table.get("recipient"), readers, "college"),
        obligatory=bool(table.get("obligatory")),
        term=term,
        sent_starts=r.names(f"{key}.sent_starts", table.get("sent_starts"), terms),
        professional=table.get("professional"),
        ground=str(table.get("ground", "")),
        of=str(table.get("of", "")),
        when=whens(r, f"{key}.when", table.get("when")),
        each=r.one(f"{key}.per", table.get("per", ""), ("", PERSON), "") == PERSON,
    )


def whens(r: Reading, key: str, table: object) -> tuple[When, ...]:
    """Read conditions: a table of names, each with the values that hold."""
    if not isinstance(table, Mapping):
        if table:
            r.no(key, "een voorwaarde is een tabel {naam = [waarden]}")
        return ()
    return tuple(When(n, tuple(v) if isinstance(v, list) else (v,)) for n, v in table.items())


def need_of(r: Reading, name: str, table: Raw, data: Raw) -> Need:
    """Read a need: what must hold before a move, and the sentence that says so."""
    key = f"needs.{name}"
    r.known(key, "need", table)
    kind = r.one(f"{key}.kind", table.get("kind"), NEED_KINDS, "fact")
    if not table.get("text"):
        r.no(f"{key}.text", "elke weigering is een zin")
    options: Mapping[str, object] = {
        "fact": data.get("facts", {}),
        "facts_any": data.get("facts", {}),
        "running": data["terms"],
        "not_running": data["terms"],
        "not_before": data["terms"],
        "role": IN_PROCEDURE,
        **dict.fromkeys(("notices_gone", "not_withheld", "was_sent"), data.get("notices", {})),
    }.get(kind, {})
    names = (
        r.names(f"{key}.names", table.get("names"), options)
        if options
        else tuple(table.get("names", ()))
    )
    if kind == "fact" and len(names) != 1:
        r.no(f"{key}.names", "een eis op een gegeven (fact) noemt er een; meer is facts_any")
    opens = r.names(f"{key}.opens", table.get("opens"), {*data["moves"], *data.get("notices", {})})
    return Need(
        code=name,
        kind=kind,
        text=table.get("text", ""),
        names=names,
        values=tuple(table.get("values", ())),
        unless=bool(table.get("unless")),
        days=int(table.get("days", 0)),
        field=table.get("field"),
        opens=opens,
        when=whens(r, f"{key}.when", table.get("when")),
    )
