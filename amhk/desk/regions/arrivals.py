"""A sealed dossier that came from another meldpunt: read, and taken on as a melding of its own or
refused, with an answer that is sealed and signed.

Until it is answered it stands with a day on the page of who leads; the case itself is the sender's
until then. What was received stays sealed in the database, and goes when it is answered.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any

from amhk.desk.casefile.access import unnamed
from amhk.desk.cases import attachments
from amhk.desk.intake.calls import checked, take_in
from amhk.desk.regions.cards import card_of
from amhk.desk.regions.facts import READABLE, facts_of
from amhk.desk.regions.sending import ANSWER, LEADS, hash_of
from amhk.errors import BadInput, ClosedDoor, HouseClosed, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import MAX_ITEMS, MAX_TEXT, Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.procedure.workflow import Workflow
from amhk.rules.terms.terms import last_day
from amhk.sealed_dossier import Dossier, seal, unseal
from amhk.store import writes
from amhk.store.cases.files import chunks_of
from amhk.store.database.engine import Connection
from amhk.store.house import held, regions
from amhk.store.rows import Json, Row
from amhk.words import day_of, iso, say_due, say_partial

ASKED = ("kanaal", "hoedanigheid", "gemeente", "acuut")  # of the intake: what only we can say
REFUSE = (Field("reason", "Waarom neemt u deze zaak niet aan", "text", required=True),)
STATES = {"waiting": "Wacht op antwoord", "accepted": "Aangenomen", "refused": "Geweigerd"}


def _must_lead(who: Reader) -> None:
    if who.role not in LEADS:
        raise NotAllowed("Een dossier van een ander meldpunt neemt wie leidinggeeft aan.")


def _rules(office: Office) -> Workflow:
    flow = office.pack.of_route("melding")
    if not flow.other_region:
        text = "Deze werkwijze kent geen overdracht tussen meldpunten."
        raise ClosedDoor.of("geen_overdracht", text)
    return flow


def overview(office: Office, who: Reader) -> Json:
    """Give what came from other meldpunten, what waits on top; for who leads."""
    _must_lead(who)
    with office.store.read() as connection:
        today = day_of(office.now(connection))
        found = [_told(row, today) for row in regions.arrivals(connection)]
        return {"arrivals": unnamed(connection, who, found)}


def _told(row: Row, today: date) -> Json:
    return {
        "id": row["id"],
        "sender": row["sender"],
        "number": row["number"],
        "arrived": row["arrived"].isoformat(),
        "due": row["due"].isoformat(),
        "late": row["state"] == "waiting" and row["due"] < today,
        "waits": row["state"] == "waiting",
        "state": STATES[row["state"]],
        "became": row["became"],
        "reason": row["reason"],
    }


def waiting(connection: Connection, today: date) -> list[Json]:
    """Give what came and waits for an answer, the first due on top."""
    return [_told(r, today) for r in regions.arrivals(connection) if r["state"] == "waiting"]


def bring(office: Office, content: bytes, who: Reader) -> int:
    """Keep a sealed dossier that came; gives its key, also when it came before.

    BadInput when it is not for this meldpunt, not whole, or not signed by a meldpunt whose card is
    here.
    """
    _must_lead(who)
    dossier = unseal(office.config.folder, content)
    facts_of(dossier)
    manifest, flow = dossier.manifest, _rules(office)
    with office.store.write() as connection:
        sender = regions.by_key(connection, str(manifest["key"]))
        if sender is None:
            name = str(manifest.get("from"))[:80]
            text = (
                f"Dit dossier is getekend door '{name}', en van dat meldpunt is hier geen kaart. De"
                " beheerder neemt haar over bij Beheer, Andere meldpunten."
            )
            raise BadInput.of("onbekend_meldpunt", text, "bestand")
        if (known := regions.came_before(connection, str(manifest["id"]))) is not None:
            return known
        now = office.now(connection)
        row = {
            "bundle": manifest["id"],
            "meldpunt_id": sender["id"],
            "number": manifest["number"],
            "sealed": content,
            "hash": hash_of(content),
            "arrived": now,
            "arrived_by": who.id or None,
            "due": last_day(flow.terms[flow.other_region["term"]], now, office.calendar),
        }
        _replace(connection, row, who, now)
        key = writes.add(connection, regions.ARRIVAL, row)
        what = f"Een dossier van {sender['name']} is binnengekomen ({row['number']})."
        place = [("arrivals", key)]
        held.tell(connection, now, who.id or None, held.ARRIVAL, what, place)
    return key


def _replace(connection: Connection, row: Row, who: Reader, now: datetime) -> None:
    """Let what waits of the same case go: its sender sealed it anew, and believes an answer to that
    alone. ClosedDoor when it was taken on before.
    """
    for old in regions.of_number(connection, row["meldpunt_id"], row["number"]):
        if old["state"] == "accepted":
            text = "Deze zaak is hier al aangenomen. Haal het antwoord op en stuur het nog eens."
            raise ClosedDoor.of("aangenomen", text)
        if old["state"] == "waiting":
            what = f"Het dossier {old['number']} is vervangen door een later."
            why = "Vervangen: de afzender verzegelde deze zaak opnieuw."
            _answer(connection, old, what, who, now, state="refused", reason=why)


def _opened(office: Office, row: Row) -> Dossier:
    """Give what came, as it came; ClosedDoor when it was answered, or is not what came."""
    if row["state"] != "waiting":
        raise ClosedDoor.of("beantwoord", "Dit dossier is al beantwoord.")
    if row["sealed"] is not None and hash_of(row["sealed"]) == row["hash"]:
        dossier = unseal(office.config.folder, row["sealed"])
        if (dossier.manifest["key"], dossier.manifest["id"]) == (row["sign"], row["bundle"]):
            return dossier
    text = (
        "Dit dossier is niet meer wat er binnenkwam. Weiger het, vraag het opnieuw, en waarschuw de"
        " beheerder (amhk verify)."
    )
    raise ClosedDoor.of("gewijzigd", text)


def _one(connection: Connection, key: int, lock: bool = False) -> Row:
    found = regions.arrival(connection, key, lock)
    if found is None:
        raise NotFound("Dit dossier is hier niet binnengekomen.")
    return found


def one(office: Office, key: int, who: Reader) -> Json:
    """Give one that came: what it says where it waits, and the forms to answer it."""
    _must_lead(who)
    flow = _rules(office)
    with office.store.read() as connection:
        row, now = _one(connection, key), office.now(connection)
        told = unnamed(connection, who, _told(row, day_of(now)))
    told |= {"wrong": "", "facts": None}
    try:
        dossier = _opened(office, row) if told["waits"] else None
    except ClosedDoor as wrong:
        dossier, told["wrong"] = None, wrong.faults[0].text
    if dossier:
        facts = facts_of(dossier)
        told |= {"facts": facts, "people": _people(facts)}
        for name, folder in (("letters", "brieven/"), ("papers", "bijlagen/")):
            told[name] = sum(one.startswith(folder) for one in dossier.files)
    lists = office.pack.codes.on(day_of(now))
    return {"one": told, "accept": _asked(flow), "desk": Desk(now, lists)}


def _people(facts: Json) -> list[str]:
    """Give who it is about, each with his day of birth as far as it is known."""
    people = ((str(p.get("naam", "onbekend")), p.get("geboren")) for p in facts["people"])
    return [f"{name}, geboren {say_partial(born)}" if born else name for name, born in people]


def asked(office: Office) -> tuple[Field, ...]:
    """Give the fields that are asked of who takes a case on."""
    return _asked(_rules(office))


def _asked(flow: Workflow) -> tuple[Field, ...]:
    return tuple(f for f in flow.intake if f.name in ASKED)


def readable(office: Office, key: int, who: Reader) -> bytes:
    """Give the readable part of one that waits (PDF)."""
    _must_lead(who)
    with office.store.read() as connection:
        row = _one(connection, key)
    return _opened(office, row).files[READABLE]


def accept(office: Office, key: int, body: object, who: Reader) -> str:
    """Take a case on as a melding of this meldpunt, received now, with its people and papers; gives
    its number. BadInput names every fault of what only we can say (`ASKED`), ClosedDoor when the
    card of who sent it is no longer here.
    """
    _must_lead(who)
    flow = _rules(office)
    with office.store.read() as connection:
        dossier = _opened(office, _one(connection, key))
    papers, lost = _proven(office, dossier)
    with office.store.write() as connection:
        row = _one(connection, key, lock=True)
        if row["state"] != "waiting":
            raise ClosedDoor.of("beantwoord", "Dit dossier is al beantwoord.")
        if regions.by_key(connection, row["sign"]) is None:
            text = f"De kaart van {row['sender']} geldt hier niet meer."
            raise ClosedDoor.of("onbekend_meldpunt", text)
        now = office.now(connection)
        values, faults = clean(_asked(flow), body, Desk(now, office.pack.codes.on(day_of(now))))
        if faults:
            raise BadInput(faults=faults)
        fields = {**values, **_told_of(flow, row, facts_of(dossier), now)}
        gone = _without_faults(office, connection, flow.route, fields, now)
        file = take_in(office, connection, flow.route, fields, who)
        for paper in papers:
            attachments.keep(file, *paper)
        text = f"Aangenomen van {row['sender']}, daar {row['number']}. Zij krijgen het antwoord."
        lost = [*_cut(facts_of(dossier), fields), *gone, *lost]
        text += f" Hier niet te bewaren: {', '.join(lost)}." if lost else ""
        file.note("overgenomen", text, {"sha256": row["hash"], "teken": row["sign"]})
        file.save()
        what = f"Het dossier {row['number']} van {row['sender']} is aangenomen."
        _answer(connection, row, what, who, now, state="accepted", case_id=file.id)
        return str(file.case["number"])


Paper = tuple[str, str, str, int]  # name, media type, SHA-256, size in bytes


def _proven(office: Office, dossier: Dossier) -> tuple[list[Paper], list[str]]:
    """Put the papers of a dossier on disk, each proven as any attachment; give them, and the names
    of those that cannot be kept (what is read by programs alone needs not).
    """
    kept, lost = list[Paper](), list[str]()
    for name in sorted(dossier.files):
        if name.endswith(".json"):
            continue
        content = BytesIO(dossier.files[name])
        title = attachments.clean_name(name.replace("/", " "))
        try:
            kind = attachments.proven(office, title, content)
        except (BadInput, HouseClosed):
            lost.append(title[:80])
            continue
        kept.append((title, kind, *office.files.put(chunks_of(content))))
    return kept, lost


def _cut(facts: Json, fields: Mapping[str, Any]) -> list[str]:
    """Give what of the facts did not fit."""
    over = [str(p["naam"]) for p in facts["people"][MAX_ITEMS:]]
    cut = ["het einde van wat is gemeld"] if not fields["zorgen"].endswith(facts["zorgen"]) else []
    return [*over, *cut]


def _told_of(flow: Workflow, row: Row, facts: Json, now: datetime) -> Filled:
    """Give what the dossier says of a call, as the intake asks it."""
    names = {f.name for f in flow.person}
    waits = "\n".join(f"- uiterlijk {say_due(t['due'])}: {t['title']}" for t in facts["terms"])
    head = (
        f"Overgenomen van {row['sender']} (daar {row['number']}, ontvangen {facts['received']},"
        f" stand: {facts['state']}). Het hele dossier staat bij de bijlagen.\n\n"
    )
    owed = f"Wat daar nog liep:\n{waits}\n\n" if waits else ""
    text = f"{head}{owed}{facts['zorgen']}"
    people = [{k: v for k, v in one.items() if k in names} for one in facts["people"]]
    sender = {"naam": row["sender"], "organisatie": row["sender"]}
    told: dict[str, object] = {"ontvangen": now.isoformat(), "melder": sender}
    return told | {"zorgen": text[:MAX_TEXT], "betrokkenen": people[:MAX_ITEMS]}


def _without_faults(
    office: Office, connection: Connection, route: str, fields: dict[str, Any], now: datetime
) -> list[str]:
    """Take out of the people what this meldpunt cannot keep (a code it does not have, a BSN that is
    none); give what that is. It stands in the papers that go along.
    """
    gone = list[str]()
    for _ in range(MAX_ITEMS):
        _, faults = checked(office, connection, route, fields, now)
        places = {p for f in faults if (p := _place(f.field)) and p[1] in _of(fields, p[0])}
        if not places:
            break
        for n, name in places:
            person = fields["betrokkenen"][n]
            gone.append(f"{name} van {person['naam']}")
            del person[name]
    return gone


def _of(fields: Mapping[str, Any], n: int) -> Mapping[str, object]:
    people: list[Json] = fields["betrokkenen"]
    return people[n] if n < len(people) else {}


def _place(field: str | None) -> tuple[int, str] | None:
    """Give which person and which of his fields a fault is about; None for another."""
    parts = (field or "").split(".")
    fits = len(parts) >= 3 and parts[0] == "betrokkenen" and parts[1].isdigit()
    return (int(parts[1]), parts[2]) if fits and parts[2] != "naam" else None


def refuse(office: Office, key: int, body: object, who: Reader) -> None:
    """Refuse to take a case on (`reason`): it stays with who sent it. BadInput names every
    fault.
    """
    _must_lead(who)
    with office.store.write() as connection:
        row, now = _one(connection, key, lock=True), office.now(connection)
        if row["state"] != "waiting":
            raise ClosedDoor.of("beantwoord", "Dit dossier is al beantwoord.")
        values, faults = clean(REFUSE, body, Desk(now, {}))
        if faults:
            raise BadInput(faults=faults)
        what = f"Het dossier {row['number']} van {row['sender']} is geweigerd."
        _answer(connection, row, what, who, now, state="refused", reason=values["reason"])


def _answer(
    connection: Connection, row: Row, what: str, who: Reader, now: datetime, **told: object
) -> None:
    """Write the answer down; what was sealed goes."""
    told |= {"answered": now, "answered_by": who.id or None, "sealed": None}
    writes.change(connection, regions.ARRIVAL, [row["id"]], told)
    place = [("arrivals", row["id"])]
    held.tell(connection, now, who.id or None, held.ARRIVAL, what, place)


def answer_of(office: Office, key: int, who: Reader) -> tuple[bytes, str]:
    """Give the answer to one that was answered, sealed for who sent it and signed, and a name for
    the file; it may be fetched again. ClosedDoor while there is none.
    """
    _must_lead(who)
    with office.store.read() as connection:
        row, now = _one(connection, key), office.now(connection)
        card = regions.by_key(connection, row["sign"]) or regions.by_name(connection, row["sender"])
    if row["case_id"] in who.barred:
        raise NotFound("Dit dossier is hier niet binnengekomen.")
    if row["state"] == "waiting":
        raise ClosedDoor.of("geen_antwoord", "Dit dossier is nog niet beantwoord.")
    if card is None:
        raise ClosedDoor.of("onbekend_meldpunt", "Van dit meldpunt is hier geen kaart meer.")
    taken = row["state"] == "accepted"
    told = {
        "bundle": row["bundle"],
        "sha256": row["hash"],
        "outcome": "accept" if taken else "refuse",
        "said": row["became"] if taken else row["reason"],
    }
    files = {ANSWER: json.dumps(told, ensure_ascii=False).encode()}
    manifest = {"id": row["bundle"], "from": office.config.organisation, "at": iso(now)}
    sealed, _ = seal(office.config.folder, card_of(card), manifest, files)
    return sealed, f"antwoord-{key}.age"
