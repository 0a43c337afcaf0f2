"""What is kept of one person, for himself (Wmo 2015 art. 5.3.2; AVG art. 15): everything in which
he stands, without the others and without who reported, each omission named with its ground.

Who leads reads it before it goes, and may leave out more.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date
from hashlib import sha256
from html import unescape

from amhk.desk.casefile.access import visible
from amhk.desk.casefile.access_log import look
from amhk.desk.casefile.open_case import laid_out, on_table
from amhk.desk.cases import destroy
from amhk.desk.cases.history import reason_of
from amhk.desk.cases.steps import steps
from amhk.errors import BadInput, NotAllowed, NotFound
from amhk.letters.afschrift import Part, afschrift_pdf
from amhk.office import Office
from amhk.rules.privacy.erasure import same_elsewhere
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.privacy.veil import Veil, veil_of, veil_over_person
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.store import reads
from amhk.store.cases import bundle, erasure
from amhk.store.cases.search import NOTE
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, Json, PersonRow, Row, cell
from amhk.store.staff import looks
from amhk.words import GESLACHT, ROLES, day_of, say_day, say_instant, say_partial

LEADS = ("teamleider", "manager")
OTHER, MELDER = "[een ander]", "[weggelaten]"
KIND = "afschrift"
PRIVACY = "gegevens van een ander (Wmo 2015 art. 5.3.2)"
ORIGIN = "wie meldde (Uitvoeringsbesluit Wmo 2015 art. 4.1.8 lid 3)"
LABELLED = "gevoelige bevinding, kan over een ander gaan (Wmo 2015 art. 5.3.2)"
FILE = "bijlage, kan gegevens van een ander bevatten (Wmo 2015 art. 5.3.2)"
CHOSEN = "weggelaten door wie het afschrift las (Wmo 2015 art. 5.3.1 lid 3 of 5.3.2)"
LEAVE_OUT = (
    Field("out", "Ook weglaten", "choices", choices="onderdelen"),
    Field("along", "Toch opnemen", "choices", choices="gevoelig"),
    Field("reason", "Waarom (bij weglaten of toch opnemen)", "text"),
)
_TAG = re.compile(r"<[^>]+>")
OF_PERSON = (
    ("naam", "Naam"),
    ("voornamen", "Voornamen"),
    ("voorvoegsel", "Voorvoegsel"),
    ("geslachtsnaam", "Geslachtsnaam"),
    ("partnernaam", "Naam van de partner"),
    ("geboren", "Geboren"),
    ("uitgerekend", "Uitgerekend"),
    ("geslacht", "Geslacht"),
    ("rollen", "Rol"),
    ("adres", "Adres"),
    ("bsn", "BSN"),
    ("gezag", "Gezag"),
    ("recorded", "Vastgelegd op"),
)


@dataclass(frozen=True)
class Item:
    """One thing that is told: its key, its part, when or what it is, and the text as it stands."""

    key: str
    part: str
    label: str
    text: str
    labelled: bool = False


@dataclass
class Pack:
    """What goes in, and what was left out with its ground."""

    person: str
    number: str
    parts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    omitted: list[tuple[str, str]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


def _case(connection: Connection, number: str, who: Reader) -> CaseRow:
    if who.role not in LEADS:
        raise NotAllowed("Een afschrift maakt wie leidinggeeft.")
    return visible(connection, number, who, own=True)


def made(office: Office, number: str, person: int, who: Reader, values: Row) -> Pack:
    """Make the pack of a person of a case with what the reader chose (`out`, `along`).

    NotFound when he is none of this case, NotAllowed for who does not lead.
    """
    with office.store.read() as connection:
        case = _case(connection, number, who)
        people = reads.people_of(connection, case["id"])
        he = next((p for p in people if p["id"] == person), None)
        if he is None:
            raise NotFound("Deze persoon staat niet in deze zaak.")
        veils = _veils(office, connection, case, people, he)
        items = [*_items(office, connection, case, he, who)]
        files = reads.of_case(connection, bundle.ATTACHMENT, case["id"])
    pack = Pack(he["naam"], case["number"], items=items)
    out, along = (_chosen(values.get(name)) for name in ("out", "along"))
    for item in items:
        _put(pack, item, veils, out, along)
    pack.omitted += [("Bijlage", FILE) for _ in files]
    return pack


def _chosen(told: object) -> set[str]:
    return {one for one in told if isinstance(one, str)} if isinstance(told, list) else set()


def _put(
    pack: Pack, item: Item, veils: list[tuple[Veil, str]], out: set[str], along: set[str]
) -> None:
    """Put a thing in, covered, or say why it is not there."""
    rows = pack.parts.setdefault(item.part, [])
    named = f"{item.part}, {item.label}"
    if item.key in out:
        pack.omitted.append((named, CHOSEN))
        return
    if item.labelled and item.key not in along:
        pack.omitted.append((named, LABELLED))
        return
    text = item.text
    for veil, ground in veils:
        left = veil.over(text)
        if left != text:
            pack.omitted.append((named, ground))
        text = left
    rows.append((item.label, text))


def _veils(
    office: Office, connection: Connection, case: CaseRow, people: list[PersonRow], he: PersonRow
) -> list[tuple[Veil, str]]:
    """Give what is covered in every text: who reported, and each of the others."""
    known = erasure.names_of_house(connection)
    known += [case["gemeente"], office.config.organisation]
    told = {k: cell(case, k) for k in _MELDER}
    joined = [cell_of for cell_of in melders_joined(connection, case)]
    melders = [m | {"melder_geheim": True} for m in (told, *joined)]
    hidden = [m for m in melders[1:] if m["melder_naam"]]
    hidden += [] if may_be_named(case) else melders[:1]
    own = [p for p in people if p["id"] == he["id"]]
    reported = [m for m in hidden if m["melder_naam"] != he["naam"]]
    veil = changed(veil_of(reported, own, known), cover=MELDER)
    over = [
        veil_over_person(version, [he], known, OTHER)
        for one in _others(connection, case, he)
        for version in one
    ]
    return [(veil, ORIGIN), *((one, PRIVACY) for one in over)]


def _others(connection: Connection, case: CaseRow, he: PersonRow) -> Iterator[list[Row]]:
    """Give each of the others, of this case and of those joined with it, as he is and as he was
    before each correction.
    """
    joined = erasure.joined_to(connection, case["id"], (erasure.CAME, erasure.WENT))
    for key in [case["id"], *joined]:
        entries = reads.entries(connection, key)
        for one in reads.people_of(connection, key):
            if one["id"] != he["id"] and not (key != case["id"] and same_elsewhere(one, he)):
                now: Row = {**one}
                versions = [now]
                for old in reversed(destroy.corrected(entries, one["id"])):
                    now = {**now, **old}
                    versions.append(now)
                yield versions


def may_be_named(case: CaseRow) -> bool:
    """Tell whether the family may know who reported: who let himself be named, and is not secret
    (Uitvoeringsbesluit Wmo 2015 art. 4.1.8 lid 3).
    """
    return bool(case["melder_toestemming"]) and not case["melder_geheim"]


_MELDER = ("melder_naam", "melder_bereikbaar", "melder_functie", "melder_organisatie")


def melders_joined(connection: Connection, case: CaseRow) -> Iterator[Json]:
    """Give who reported each melding that was joined with a case, either way."""
    for key in erasure.joined_to(connection, case["id"], (erasure.CAME, erasure.WENT)):
        other = reads.case_by_id(connection, key)
        if other is not None:
            yield {k: cell(other, k) for k in _MELDER}


def _items(
    office: Office, connection: Connection, case: CaseRow, he: PersonRow, who: Reader
) -> Iterator[Item]:
    """Give all that is told, in the order in which it is read."""
    for name, title in OF_PERSON:
        if (value := cell(he, name)) not in (None, "", []):
            yield Item(f"p-{name}", "Uw gegevens", title, said(name, value))
    yield from _about(office, case)
    yield Item("zorgen", "De melding", say_instant(case["received"]), case["zorgen"])
    for row in reads.of_case(connection, reads.FINDING, case["id"]):
        when = say_instant(row["moment"])
        yield Item(f"f-{row['id']}", "Bevindingen", when, row["text"], bool(row["labels"]))
    flow = office.pack.workflows[case["workflow"], case["release"]]
    for letter in reads.notices(connection, case["id"]):
        if letter["state"] == "sent":
            whole = reads.notice(connection, letter["id"])
            title = flow.notices[letter["kind"]].title
            when = say_day(letter["sent_on"]) if letter["sent_on"] else ""
            part = "Brieven aan u" if letter["person_id"] == he["id"] else "Andere brieven"
            yield Item(f"b-{letter['id']}", part, f"{title}, {when}", _plain(whole))
    for key in erasure.joined_to(connection, case["id"], (erasure.CAME,)):
        other = reads.case_by_id(connection, key)
        if other is not None and key not in who.barred:
            when = say_instant(other["received"])
            yield Item(f"v-{key}", "De melding", when, other["zorgen"])
    yield from history(office, connection, case, who)
    for seen in looks.of_cases(connection, [case["id"]], 1_000_000):
        text = f"{ROLES.get(seen['role'], seen['role'] or 'medewerker')}: {seen['what']}"
        yield Item(f"k-{seen['id']}", "Wie keek", say_instant(seen["instant"]), text)


def _about(office: Office, case: CaseRow) -> Iterator[Item]:
    flow = office.pack.workflows[case["workflow"], case["release"]]
    told = (
        ("Nummer", case["number"]),
        ("Stand", flow.states[case["state"]].title),
        ("Gemeente", case["gemeente"]),
        ("Ontvangen", say_instant(case["received"])),
        ("Gesloten", say_instant(case["closed_at"]) if case["closed_at"] else ""),
    )
    yield from (Item(f"z-{k}", "De zaak", k, v) for k, v in told if v)


def history(office: Office, connection: Connection, case: CaseRow, who: Reader) -> Iterator[Item]:
    """Give the lines of the journal with all that was told at them; of staff that it was one."""
    names = sorted(connection_names(connection), key=len, reverse=True)
    staff = re.compile("|".join(rf"\b{re.escape(n)}\b" for n in names) or r"(?!)")
    entries = reads.entries(connection, case["id"])
    people = reads.people_of(connection, case["id"]) if case["route"] == "melding" else []
    file = laid_out(office, connection, case, who=who, terms=[], letters=[])
    told = {step["sequence"]: step["values"] for step in steps(file, entries, people)}
    for line in entries:
        values = [
            f"{one['title']}: {one['text']}" for one in _list(told.get(line["sequence"])) if one
        ]
        note = reason_of(line["content"]) or ""
        part = "Notities" if line["kind"] == NOTE else "Verloop"
        text = " · ".join(filter(None, [line["what"], *values, "" if values else note]))
        when = say_instant(line["instant"])
        yield Item(f"r-{line['sequence']}", part, when, staff.sub("een medewerker", text))


def _list(told: object) -> list[Json]:
    return told if isinstance(told, list) else []


def connection_names(connection: Connection) -> list[str]:
    """Give the names of who works here."""
    return [w["name"] for w in reads.workers(connection, active=False)]


def said(name: str, value: object) -> str:
    """Give a value of a person as it is read."""
    if name in ("geboren", "uitgerekend"):
        return say_partial(str(value))
    if name == "geslacht":
        return GESLACHT.get(str(value), str(value))
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return say_day(value) if isinstance(value, date) else str(value)


def _plain(letter: Row | None) -> str:
    """Give the text of a letter without its marks."""
    told = (letter or {}).get("html") or ""
    return " ".join(unescape(_TAG.sub(" ", told)).split())


def desk_of(pack: Pack, office: Office) -> Desk:
    """Give what the form to leave out chooses from."""
    with office.store.read() as connection:
        now = office.now(connection)
    told = [i for i in pack.items if i.key[0] in "fbrzv" and not i.key.startswith("z-")]
    return Desk(
        now,
        {
            "onderdelen": {i.key: f"{i.part}: {i.label}" for i in told},
            "gevoelig": {i.key: f"{i.part}: {i.label}" for i in told if i.labelled},
        },
    )


def view(office: Office, number: str, person: int, who: Reader, body: object) -> Json:
    """Give the reading copy: the parts as they would go, what is left out and why, the form.

    Whatever is chosen that cannot be is not chosen.
    """
    raw = body if isinstance(body, Mapping) else {}
    pack = made(office, number, person, who, raw)
    look(office, number, who, "afschrift voor een betrokkene (leesexemplaar)")
    return {
        "number": pack.number,
        "person": pack.person,
        "key": person,
        "parts": _parts(pack),
        "omitted": _grouped(pack.omitted),
        "desk": desk_of(pack, office),
    }


def _parts(pack: Pack) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(title, rows) for title, rows in pack.parts.items() if rows]


def _grouped(omitted: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give each omission once, how often it is behind it."""
    counts: dict[tuple[str, str], int] = {}
    for one in omitted:
        counts[one] = counts.get(one, 0) + 1
    return [(f"{what} ({n} keer)" if n > 1 else what, why) for (what, why), n in counts.items()]


def give(office: Office, number: str, person: int, body: object, who: Reader) -> bytes:
    """Make the copy that goes (PDF/UA, with an index): written down on the case with its hash and
    ground. BadInput names every fault.
    """
    first = made(office, number, person, who, {})
    values, faults = clean(LEAVE_OUT, body, desk_of(first, office))
    if not faults and (values.get("out") or values.get("along")) and not values.get("reason"):
        raise BadInput.of("ontbreekt", "Zeg waarom u dit weglaat of opneemt.", "reason")
    if faults:
        raise BadInput(faults=faults)
    pack = made(office, number, person, who, values)
    with office.store.read() as connection:
        now = office.now(connection)
    left = _grouped(pack.omitted)
    parts: list[Part] = [(t, ("Wat of wanneer", "Wat er staat"), r) for t, r in _parts(pack)]
    parts.append(("Wat is weggelaten", ("Waar", "Waarom"), left))
    told = afschrift_pdf(
        f"Afschrift: {pack.person}, zaak {pack.number}",
        office.config.organisation,
        [
            f"Dit is wat het meldpunt over {pack.person} heeft vastgelegd in zaak {pack.number},"
            f" zoals het er op {say_day(day_of(now))} stond.",
            f"Waar {OTHER} staat, staat iets van een ander; waar {MELDER} staat, iets over wie"
            " meldde. Wat is weggelaten staat aan het eind, met de grond.",
            "Klopt er iets niet, dan kunt u vragen het te verbeteren of aan te vullen. U kunt ook"
            " vragen gegevens te vernietigen, of een klacht indienen.",
        ],
        parts,
        f"{pack.number} · afschrift",
        office.training,
        day_of(now),
    )
    _note(office, number, person, told, values, who)
    return told


def _note(office: Office, number: str, person: int, told: bytes, values: Row, who: Reader) -> None:
    """Keep that it went: to whom, on what ground, and the hash of what went."""
    look(office, number, who, "afschrift voor een betrokkene")
    with office.store.write() as connection:
        case = visible(connection, number, who, own=True, lock=True)
        file = on_table(office, connection, case, who)
        content: dict[str, object] = {
            "persoon": person,
            "sha256": sha256(told).hexdigest(),
            "grond": "Wmo 2015 art. 5.3.2",
            "weggelaten": len(values.get("out") or ()),
        }
        if values.get("reason"):
            content["reden"] = values["reason"]
        file.note(KIND, "Afschrift gegeven aan een betrokkene (Wmo 2015 art. 5.3.2).", content)
        file.save(bump=False)
