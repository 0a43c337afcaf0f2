"""Letters: draft, preview, approve (complete or refused; text and PDF frozen), sent by hand, withheld or postponed with reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from html import escape
from typing import Any

from amhk.desk.casefile import CaseFile, open_case, owns
from amhk.desk.casework import take_version
from amhk.desk.facts import MISSING, OPTIONAL, door_of, gather
from amhk.desk.reading import look
from amhk.desk.stretching import stretch
from amhk.desk.texts import letters_now
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, Fault, NotAllowed, NotFound, Opens
from amhk.letters.pdf import as_pdf
from amhk.letters.render import Block, as_html
from amhk.office import Office
from amhk.rules.disclosure import FREE, for_recipient
from amhk.rules.fields import Desk, Field, clean
from amhk.rules.secrecy import WORKS, Reader, leaks
from amhk.store import claims, reads
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import AMSTERDAM, LISTS, day_of, iso, say_day

APPROVE = (Field("text", "De tekst die is gelezen"),)
SEND = (
    Field("date", "Verzonden op", "date", required=True),
    Field("way", "Hoe verzonden", "choice", required=True, choices="verzendwijze"),
    Field("reference", "Kenmerk"),
)
WITHHOLD = (
    Field("reason", "Reden", "text", required=True),
    Field("ground", "Grond", required=True),
    Field("new_date", "Uitstellen tot (leeg: niet versturen)", "date", future=True),
)


@dataclass(frozen=True)
class Letter:
    """A letter as it would be now: its blocks (empty when something is missing), what is missing and what was left out."""

    blocks: tuple[Block, ...]
    missing: tuple[tuple[str, str, Opens], ...]
    left_out: tuple[tuple[str, str], ...]
    leaks: tuple[str, ...]


def compose(office: Office, connection: Connection, case: Row, notice: Row, who: Reader, now: datetime) -> Letter:
    """Give the letter of a draft from the facts of this moment, with the rule of secrecy run again on them (G7)."""
    letters = letters_now(office, connection)
    asked = letters.asked(notice["kind"])
    gathered = gather(office, connection, case, notice, who, now)
    facts, barred = for_recipient(gathered, notice["recipient"])
    left_out = [(name, why) for name, why in barred if name in asked or name == "melder_naam"]
    if case["route"] == "melding" and case["melder_geheim"] and "zorgen" in asked:
        left_out.append(("zorgen", "de woorden van een melder die geheim blijft kunnen hem verraden; de bevindingen staan er wel"))
    if any(p.get("adres") == "geheim" for p in facts.get("personen", ())):
        left_out.append(("adres", "geheim adres"))
    if gathered.get("overhandigen"):
        left_out.append(("adres", "geheim adres: overhandig deze brief persoonlijk"))
    missing = tuple(
        (name, MISSING.get(name, (name, ""))[0], door_of(name, notice))
        for name in sorted(asked)
        if facts.get(name) is None and name not in OPTIONAL
    )
    if missing:
        return Letter((), missing, tuple(left_out), ())
    secrets, known = _protected(connection, case, notice), _known(connection, office, case)
    hits = tuple(name for name in sorted(asked & FREE) if leaks(_words_of(facts.get(name)), secrets, known))
    return Letter(letters.render(notice["kind"], facts), (), tuple(left_out), hits)


def _leaking(letter: Letter) -> list[Fault]:
    """Give, per text that names somebody it may not, where it stands and that it can be corrected."""
    text = "In '{}' staat iets dat de ontvanger niet mag weten; pas die tekst aan."
    return [Fault("geheim", text.format(name), name, Opens("move", "corrigeren")) for name in letter.leaks]


def _words_of(value: object) -> str:
    return " ".join(str(v.get("tekst", "")) for v in value) if isinstance(value, list) else str(value or "")


def _known(connection: Connection, office: Office, case: Row) -> list[str]:
    """Give the words that may stand in the letter anyway: the family's own names, the gemeente, the house."""
    people = reads.of_case(connection, reads.PERSON, case["id"]) if case["route"] == "melding" else []
    return [case["gemeente"], office.config.organisation, *(p["naam"] for p in people)]


def _protected(connection: Connection, case: Row, notice: Row) -> list[str]:
    """Give the words this letter may not hold: a secret melder's name and phone, secret addresses."""
    if case["route"] != "melding":
        return []
    words = [
        p["adres"] for p in reads.of_case(connection, reads.PERSON, case["id"]) if p["geheim_adres"] and len(p["adres"] or "") > 6
    ]
    related = [case, *(reads.case_by_id(connection, r["other_id"]) for r in reads.relations(connection, case["id"]))]
    for other in related:
        if other and other["melder_geheim"] and notice["recipient"] != "melder":
            words += [w for w in (other["melder_naam"], other["melder_bereikbaar"], other["melder_organisatie"]) if w]
    return words


def find(connection: Connection, key: int, who: Reader, lock: bool = False) -> tuple[Row, Row]:
    """Give a notice and its case, when this reader may see the case; NotFound otherwise."""
    notice = reads.notice(connection, key)
    case = reads.case_by_id(connection, notice["case_id"], lock) if notice else None
    if notice is None or case is None or not owns(who, case):
        raise NotFound("Deze brief bestaat niet, of u mag hem niet zien.")
    return notice, case


def _take(office: Office, connection: Connection, key: int, body: object, who: Reader) -> tuple[CaseFile, Row, dict[str, Any]]:
    if who.role not in WORKS:
        raise NotAllowed()
    version, fields = take_version(body, True)
    _, case = find(connection, key, who)
    file = open_case(office, connection, case["number"], who)
    notice = reads.notice(connection, key, lock=True)
    assert notice is not None
    if notice["version"] != version:
        raise ChangedMeanwhile(notice["version"])
    return file, notice, fields


def _must_be(notice: Row, states: tuple[str, ...], text: str) -> None:
    if notice["state"] not in states:
        raise ClosedDoor(faults=[Fault("staat", text, None, None)])


def approve(office: Office, key: int, body: object, who: Reader) -> None:
    """Freeze a letter: complete, or ClosedDoor with what is missing and where to fill it in; its hash goes into the journal."""
    with office.store.write() as connection:
        file, notice, fields = _take(office, connection, key, body, who)
        _must_be(notice, ("draft",), "Deze brief is al goedgekeurd, verzonden of vervallen.")
        letter = compose(office, connection, file.case, notice, who, file.now)
        faults = [Fault("ontbreekt", f"Voor deze brief ontbreekt: {title}.", name, do) for name, title, do in letter.missing]
        faults += _leaking(letter)
        if fields.get("text") not in (None, "", text_of(letter)):
            faults.append(Fault("gewijzigd", "De gegevens in deze brief zijn intussen veranderd. Lees hem opnieuw.", "text"))
        if faults:
            raise ClosedDoor(faults=faults)
        title = file.workflow.notices[notice["kind"]].title
        pdf = as_pdf(letter.blocks, f"{title} {file.case['number']}", office.config.organisation, office.training)
        html = as_html(letter.blocks)
        digest = sha256(html.encode() + pdf).hexdigest()
        file.note("bericht", f"{title}: goedgekeurd.", {"notice": key, "hash": digest})
        told = {"state": "approved", "html": html, "pdf": pdf, "hash": digest, "approved_at": file.now, "left_out": letter.left_out}
        claims.save_notice(connection, notice, told)
        file.save(bump=False)


def text_of(letter: Letter) -> str:
    """Give the hash of a letter's text: who approves it may send along the one he read, and a text that changed since is refused."""
    return sha256(as_html(letter.blocks).encode()).hexdigest()


def send(office: Office, key: int, body: object, who: Reader) -> None:
    """Record that an approved letter was sent by hand: date, way, reference. Its term is met; what sending starts runs from that date."""
    with office.store.write() as connection:
        file, notice, fields = _take(office, connection, key, body, who)
        approving = Opens("notice", str(key))
        if notice["state"] == "draft":
            raise ClosedDoor(faults=[Fault("niet_goedgekeurd", "Keur de brief eerst goed.", None, approving)])
        _must_be(notice, ("approved",), "Deze brief is al verzonden of vervallen.")
        values = _clean(SEND, fields, file.now)
        if values["date"] < day_of(file.case["received"]):
            raise BadInput(faults=[Fault("voor_ontvangst", "Verzonden op ligt voor de ontvangst van de zaak.", "date")])
        rule = file.workflow.notices[notice["kind"]]
        entry = file.note("bericht", f"{rule.title}: verzonden op {say_day(values['date'])}, {values['way']}.", values)
        moment = _moment_of(values["date"], file.now)
        _end_term(file, notice, "met", moment, entry)
        file.owed = [n for n in file.owed if n["id"] != key]
        if not file.case["closed"]:
            for name in rule.sent_starts:
                file.start(name, moment, entry)
        told = {"state": "sent", "sent_on": values["date"], "way": values["way"], "reference": values.get("reference")}
        claims.save_notice(connection, notice, told)
        file.save(bump=False)


def _moment_of(day: date, now: datetime) -> datetime:
    """Give the instant of a sending on a day: now for today, noon for an earlier day."""
    if day == day_of(now):
        return now
    return datetime.combine(day, time(12), AMSTERDAM).astimezone(now.tzinfo)


def _end_term(file: CaseFile, notice: Row, status: str, moment: datetime, entry: int, why: str | None = None) -> None:
    term = next((t for t in file.running if t["id"] == notice["term_id"]), None)
    if term:
        file.end(term, status, moment, entry, why)


def withhold(office: Office, key: int, body: object, who: Reader) -> None:
    """Withhold a letter with reason and ground, or postpone it to a new date (its term is extended as its rule allows)."""
    with office.store.write() as connection:
        file, notice, fields = _take(office, connection, key, body, who)
        _must_be(notice, ("draft", "approved"), "Deze brief is al verzonden of vervallen.")
        values = _clean(WITHHOLD, fields, file.now)
        title = file.workflow.notices[notice["kind"]].title
        told = {"reason": values["reason"], "ground": values["ground"]}
        if new_date := values.get("new_date"):
            _postpone(file, notice, new_date, values)
            file.note("bericht", f"{title}: uitgesteld tot {say_day(new_date)}.", values)
            claims.save_notice(connection, notice, told)
        else:
            entry = file.note("bericht", f"{title}: niet verzonden.", values)
            _end_term(file, notice, "void", file.now, entry, f"niet verzonden: {values['ground']}")
            file.owed = [n for n in file.owed if n["id"] != key]
            _nothing_to_await(file, notice)
            claims.save_notice(connection, notice, told | {"state": "withheld"})
        file.save(bump=False)


def _nothing_to_await(file: CaseFile, notice: Row) -> None:
    """A request that is not sent gets no answer: the wait for it still runs as a term, so that it is given up with a reason, not forgotten."""
    if file.case["closed"]:
        return
    for name in file.workflow.notices[notice["kind"]].sent_starts:
        file.start(name, file.now, file.case["entries"])


def _postpone(file: CaseFile, notice: Row, new_date: date, values: Mapping[str, Any]) -> None:
    term = next((t for t in file.running if t["id"] == notice["term_id"]), None)
    if term is None:
        raise ClosedDoor(faults=[Fault("geen_termijn", "Deze brief heeft geen termijn om uit te stellen.", "new_date")])
    rule = file.workflow.terms[term["name"]]
    most = rule.extend[0] * 7 if rule.extend else 0
    late = (day_of(file.now) - date.fromisoformat(term["unrolled"][:10])).days
    left = (new_date - date.fromisoformat(term["unrolled"][:10])).days
    if left > max(most, late + most if late > 0 else most):
        text = f"Uitstellen kan telkens met hooguit {most} dagen ({rule.ground})."
        raise BadInput(faults=[Fault("te_lang", text, "new_date")])
    while left > 0:  # a term long over takes several extensions, each of at most what the rule says, each written down
        stretch(file, term, min(left, most), values["reason"], file.who.name if file.who else "")
        left -= most


def _clean(fields: tuple[Field, ...], raw: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    values, faults = clean(fields, raw, Desk(now, LISTS))
    if faults:
        raise BadInput(faults=faults)
    return values


def view(office: Office, key: int, who: Reader) -> dict[str, Any]:
    """Give a letter: its state, what is missing and what was left out; a frozen one as it was frozen."""
    with office.store.read() as connection:
        notice, case = find(connection, key, who)
        workflow = office.pack.workflows[case["workflow"], case["release"]]
        told = {
            k: notice[k]
            for k in (
                "id",
                "kind",
                "recipient",
                "state",
                "version",
                "obligatory",
                "hash",
                "way",
                "reference",
                "reason",
                "ground",
                "old_fact",
            )
        }
        told |= {
            "case": case["number"],
            "title": workflow.notices[notice["kind"]].title,
            "sent_on": iso(notice["sent_on"]) if notice["sent_on"] else None,
        }
        if notice["state"] != "draft":
            left_out = [{"fact": name, "why": why} for name, why in notice["left_out"]]
            return told | {"missing": [], "left_out": left_out, "text": None, "html": _without_name(case, notice)}
        letter = compose(office, connection, _masked(case, notice), notice, who, office.now(connection))
        missing = [{"fact": name, "text": title, "do": do} for name, title, do in letter.missing]
        left_out = [{"fact": name, "why": why} for name, why in letter.left_out]
        text = text_of(compose(office, connection, case, notice, who, office.now(connection))) if letter.blocks else None
        return told | {
            "missing": missing,
            "left_out": left_out,
            "text": text,
            "html": None if letter.leaks else as_html(letter.blocks),
        }


MASK = "[melder: geheim]"


def _masked(case: Row, notice: Row) -> Row:
    """Give the case as a preview may show it: a secret melder's own letter shows no name; the letter itself, once asked for, does."""
    hidden = notice["recipient"] == "melder" and case["melder_geheim"] and not notice["about_id"]
    return {**case, "melder_naam": MASK} if hidden else case


def _without_name(case: Row, notice: Row) -> str | None:
    if notice["html"] is None or notice["recipient"] != "melder" or not case["melder_geheim"] or not case["melder_naam"]:
        return None if notice["html"] is None else str(notice["html"])
    return str(notice["html"]).replace(escape(case["melder_naam"]), MASK)


def _letter_now(office: Office, key: int, who: Reader) -> tuple[Row, Row, Letter]:
    with office.store.read() as connection:
        notice, case = find(connection, key, who)
        if notice["html"] is not None or notice["state"] != "draft":
            return notice, case, Letter((), (), (), ())
        letter = compose(office, connection, case, notice, who, office.now(connection))
        if letter.missing:
            raise ClosedDoor(
                faults=[Fault("ontbreekt", f"Voor deze brief ontbreekt: {title}.", name, do) for name, title, do in letter.missing]
            )
        if letter.leaks:
            raise ClosedDoor(faults=_leaking(letter))
        return notice, case, letter


def _looked(office: Office, key: int, who: Reader) -> None:
    with office.store.read() as connection:
        notice, case = find(connection, key, who)
    look(office, case["number"], who, f"brief {notice['id']}")


def html(office: Office, key: int, who: Reader) -> str:
    """Give a letter as a page of its own: frozen once approved, before that as it would be now; who asked is written down."""
    _looked(office, key, who)
    notice, case, letter = _letter_now(office, key, who)
    body = notice["html"] if notice["html"] is not None else as_html(letter.blocks)
    mark = "<p><strong>OEFENING: geen echte brief</strong></p>" if office.training else ""
    return f'<!doctype html><html lang="nl"><meta charset="utf-8"><title>{case["number"]}</title>{mark}{body}</html>'


def pdf(office: Office, key: int, who: Reader) -> bytes:
    """Give a letter as PDF: the frozen bytes once approved, before that as it would be now; who asked is written down."""
    _looked(office, key, who)
    notice, case, letter = _letter_now(office, key, who)
    if notice["pdf"] is not None:
        return bytes(notice["pdf"])
    workflow = office.pack.workflows[case["workflow"], case["release"]]
    title = f"{workflow.notices[notice['kind']].title} {case['number']}"
    return as_pdf(letter.blocks, title, office.config.organisation, office.training)
