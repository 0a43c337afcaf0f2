"""What is done with a letter.

Approved (complete or refused; text and PDF frozen), sent by hand, withheld or postponed with
reason, received or come back.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from amhk.desk.casefile import CaseFile, open_case, owns
from amhk.desk.casework import take_version
from amhk.desk.composing import compose, lacking, leaking, print_of, rule_of, still_fit, text_of
from amhk.desk.delivery import address_on, nobody, reach_of, remark, unsaid
from amhk.desk.facts import TAKEN
from amhk.desk.outgoing import DRAFT_AGAIN, take_off
from amhk.desk.stretching import stretch
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, Fault, NotAllowed, NotFound, Opens
from amhk.office import Office
from amhk.rules.fields import Desk, Field, clean
from amhk.rules.secrecy import WORKS, Reader
from amhk.store import claims, reads, texts
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import AMSTERDAM, LISTS, day_of, iso, say_day

APPROVE = (Field("text", "De tekst die is gelezen"),)
SEND = (
    Field("date", "Verzonden op", "date", required=True),
    Field("way", "Hoe verzonden", "choice", required=True, choices="verzendwijze"),
    Field(
        "reference",
        "Kenmerk, of aan wie en waarheen",
        hint="Verplicht als u de brief overhandigt.",
    ),
)
WITHHOLD = (
    Field("reason", "Reden", "text", required=True),
    Field("ground", "Grond", required=True),
    Field("new_date", "Uitstellen tot (leeg: niet versturen)", "date", future=True),
)
RECEIPT = (
    Field("date", "Ontvangen op", "date", required=True),
    Field("reference", "Kenmerk van de ontvanger"),
)
RETURN = (
    Field("date", "Teruggekomen op", "date", required=True),
    Field("reason", "Waarom", "text", required=True),
)


def find(connection: Connection, key: int, who: Reader, lock: bool = False) -> tuple[Row, Row]:
    """Give a notice and its case, when this reader may see the case; NotFound otherwise."""
    notice = reads.notice(connection, key)
    case = reads.case_by_id(connection, notice["case_id"], lock) if notice else None
    if notice is None or case is None or not owns(who, case):
        raise NotFound("Deze brief bestaat niet, of u mag hem niet zien.")
    return notice, case


def _take(
    office: Office, connection: Connection, key: int, body: object, who: Reader
) -> tuple[CaseFile, Row, dict[str, Any]]:
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
    """Freeze a letter: complete, or ClosedDoor with what is missing and where to fill it in.

    Its hash goes into the journal.
    """
    with office.store.write() as connection:
        file, notice, fields = _take(office, connection, key, body, who)
        _must_be(notice, ("draft",), "Deze brief is al goedgekeurd, verzonden of vervallen.")
        letter = compose(office, connection, file.case, notice, who, file.now)
        faults = lacking(letter) + leaking(letter) + nobody(notice)
        if fields.get("text") not in (None, "", text_of(letter)):
            faults.append(
                Fault(
                    "gewijzigd",
                    "De gegevens in deze brief zijn intussen veranderd. Lees hem opnieuw.",
                    "text",
                )
            )
        if faults:
            raise ClosedDoor(faults=faults)
        pdf = print_of(office, letter)
        digest = sha256(letter.html.encode() + pdf).hexdigest()
        release = texts.versions(connection).get(
            rule_of(office, file.case, notice).template("beroepsmatig" in letter.written_for)[0], 0
        )
        told = {"notice": key, "hash": digest, "for": letter.written_for, "text": release}
        file.note("bericht", f"{rule_of(office, file.case, notice).title}: goedgekeurd.", told)
        frozen = {
            "state": "approved",
            "html": letter.html,
            "pdf": pdf,
            "hash": digest,
            "approved_at": file.now,
            "left_out": letter.left_out,
        }
        claims.save_notice(connection, notice, frozen | {"data": letter.data, "release": release})
        file.save(bump=False)


def send(office: Office, key: int, body: object, who: Reader) -> None:
    """Record that an approved letter was sent by hand: date, way, reference.

    Its term is met; what sending starts runs from that date.
    """
    with office.store.write() as connection:
        file, notice, fields = _take(office, connection, key, body, who)
        approving = Opens("notice", str(key))
        if notice["state"] == "draft":
            raise ClosedDoor(
                faults=[Fault("niet_goedgekeurd", "Keur de brief eerst goed.", None, approving)]
            )
        _must_be(notice, ("approved",), "Deze brief is al verzonden of vervallen.")
        values = _clean(SEND, fields, file.now)
        if faults := unsaid(values):
            raise BadInput(faults=faults)
        reach = reach_of(office, connection, file.case, notice, address_on(notice))
        if values["date"] < day_of(file.case["received"]):
            raise BadInput(
                faults=[
                    Fault(
                        "voor_ontvangst", "Verzonden op ligt voor de ontvangst van de zaak.", "date"
                    )
                ]
            )
        if notice["drafted"] and values["date"] < day_of(notice["drafted"]):
            raise BadInput(
                faults=[
                    Fault(
                        "voor_besluit",
                        "Verzonden op ligt voor de dag waarop deze brief werd klaargezet.",
                        "date",
                    )
                ]
            )
        still_fit(office, connection, file.case, notice)
        take_off(office, connection, [key])
        record_sent(
            file,
            notice,
            values["date"],
            values["way"],
            values.get("reference"),
            remark(reach, values["way"]),
        )


def record_sent(
    file: CaseFile, notice: Row, day: date, way: str, reference: str | None, more: str = ""
) -> None:
    """Write down that a letter went: its term is met, what sending starts runs from that day.

    The transaction is the caller's.
    """
    rule = file.workflow.notices[notice["kind"]]
    told = {"date": day, "way": way, "reference": reference, "notice": notice["id"]}
    entry = file.note("bericht", f"{rule.title}: verzonden op {say_day(day)}, {way}{more}.", told)
    moment = _moment_of(day, file.now)
    _end_term(file, notice, "met", moment, entry)
    file.owed = [n for n in file.owed if n["id"] != notice["id"]]
    if not file.case["closed"]:
        for name in rule.sent_starts:
            file.start(name, moment, entry)
    claims.save_notice(
        file.connection,
        notice,
        {"state": "sent", "sent_on": day, "way": way, "reference": reference},
    )
    file.save(bump=False)


def _moment_of(day: date, now: datetime) -> datetime:
    """Give the instant of a sending on a day: now for today, noon for an earlier day."""
    if day == day_of(now):
        return now
    return datetime.combine(day, time(12), AMSTERDAM).astimezone(now.tzinfo)


def _end_term(
    file: CaseFile, notice: Row, status: str, moment: datetime, entry: int, why: str | None = None
) -> None:
    term = next((t for t in file.running if t["id"] == notice["term_id"]), None)
    if term:
        file.end(term, status, moment, entry, why)


def reopen(office: Office, key: int, body: object, who: Reader) -> None:
    """Make an approved letter a draft again, to be read and approved anew; it leaves the post."""
    with office.store.write() as connection:
        file, notice, _ = _take(office, connection, key, body, who)
        _must_be(
            notice,
            ("approved",),
            "Alleen een goedgekeurde brief die nog niet weg is kan weer concept worden.",
        )
        take_off(office, connection, [key])
        file.note(
            "bericht", f"{rule_of(office, file.case, notice).title}: weer concept.", {"notice": key}
        )
        claims.save_notice(connection, notice, DRAFT_AGAIN)
        file.save(bump=False)


def withhold(office: Office, key: int, body: object, who: Reader) -> None:
    """Withhold a letter with reason and ground, or postpone it to a new date (its term is extended
    as its rule allows).
    """
    with office.store.write() as connection:
        file, notice, fields = _take(office, connection, key, body, who)
        _must_be(notice, ("draft", "approved"), "Deze brief is al verzonden of vervallen.")
        values = _clean(WITHHOLD, fields, file.now)
        title = file.workflow.notices[notice["kind"]].title
        if not values.get("new_date"):
            _taken_up(file, notice)
        told = {
            "reason": values["reason"],
            "ground": values["ground"],
            "decisions": [*notice["decisions"], _decision(file, values)],
        }
        if new_date := values.get("new_date"):
            take_off(office, connection, [key])
            _postpone(file, notice, new_date, values)
            file.note(
                "bericht", f"{title}: uitgesteld tot {say_day(new_date)}.", values | {"notice": key}
            )
            claims.save_notice(connection, notice, DRAFT_AGAIN | told)
        else:
            entry = file.note("bericht", f"{title}: niet verzonden.", values | {"notice": key})
            _end_term(file, notice, "void", file.now, entry, f"niet verzonden: {values['ground']}")
            file.owed = [n for n in file.owed if n["id"] != key]
            take_off(office, connection, [key])
            _nothing_to_await(file, notice)
            claims.save_notice(connection, notice, told | {"state": "withheld"})
        file.save(bump=False)


def _taken_up(file: CaseFile, notice: Row) -> None:
    """Refuse to keep the letter of a referral that was taken up.

    How the institution got it is recorded instead (ClosedDoor).
    """
    if notice["kind"] != file.workflow.referral.get("letter"):
        return
    mine = [
        r
        for r in reads.of_case(file.connection, reads.REFERRAL, file.id)
        if r["institution_id"] == notice["institution_id"]
    ]
    if mine and mine[-1]["status"] in TAKEN:
        text = (
            "De instelling heeft deze verwijzing aangenomen. Leg vast hoe zij haar kreeg,"
            " bijvoorbeeld telefonisch of persoonlijk."
        )
        raise ClosedDoor(
            faults=[Fault("aangenomen", text, None, Opens("notice", str(notice["id"])))]
        )


def _decision(file: CaseFile, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give who decided to postpone or withhold, on what ground, why, and until when."""
    assert file.who is not None
    new_date = values.get("new_date")
    return {
        "kind": "uitgesteld" if new_date else "niet verzonden",
        "at": iso(file.now),
        "by": file.who.name,
        "registration": file.who.registration,
        "reason": values["reason"],
        "ground": values["ground"],
        "new_date": iso(new_date) if new_date else None,
    }


def _nothing_to_await(file: CaseFile, notice: Row) -> None:
    """A request that is not sent gets no answer.

    The wait for it still runs as a term, so that it is given up with a reason, not forgotten.
    """
    if file.case["closed"]:
        return
    for name in file.workflow.notices[notice["kind"]].sent_starts:
        file.start(name, file.now, file.case["entries"])


def _postpone(file: CaseFile, notice: Row, new_date: date, values: Mapping[str, Any]) -> None:
    term = next((t for t in file.running if t["id"] == notice["term_id"]), None)
    if term is None:
        raise ClosedDoor(
            faults=[
                Fault(
                    "geen_termijn", "Deze brief heeft geen termijn om uit te stellen.", "new_date"
                )
            ]
        )
    rule = file.workflow.terms[term["name"]]
    most = rule.extend[0] * 7 if rule.extend else 0
    late = (day_of(file.now) - date.fromisoformat(term["unrolled"][:10])).days
    left = (new_date - date.fromisoformat(term["unrolled"][:10])).days
    if left > max(most, late + most if late > 0 else most):
        text = f"Uitstellen kan telkens met hooguit {most} dagen ({rule.ground})."
        raise BadInput(faults=[Fault("te_lang", text, "new_date")])
    while left > 0:
        # a term long over takes several extensions, each of at most what the rule says, each
        # written down
        stretch(file, term, min(left, most), values["reason"], file.who.name if file.who else "")
        left -= most


def _clean(fields: tuple[Field, ...], raw: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    values, faults = clean(fields, raw, Desk(now, LISTS))
    if faults:
        raise BadInput(faults=faults)
    return values


def receive(office: Office, key: int, body: object, who: Reader) -> None:
    """Record that the receiver has a sent letter: when, and under what mark of his own."""
    with office.store.write() as connection:
        file, notice, values = _answered(office, connection, key, body, who, RECEIPT)
        if notice["receipt"] or notice["returned"]:
            raise ClosedDoor(
                faults=[Fault("vastgelegd", "Van deze brief is al vastgelegd wat ervan kwam.")]
            )
        told = {"date": iso(values["date"]), "reference": values.get("reference"), "by": who.name}
        file.note(
            "bericht",
            f"{file.workflow.notices[notice['kind']].title}: ontvangst bevestigd op"
            f" {say_day(values['date'])}.",
            told | {"notice": key},
        )
        claims.save_notice(connection, notice, {"receipt": told})
        file.save(bump=False)


def give_back(office: Office, key: int, body: object, who: Reader) -> None:
    """Record that a sent letter came back: it is owed again, as a new draft with a new term."""
    with office.store.write() as connection:
        file, notice, values = _answered(office, connection, key, body, who, RETURN)
        rule = file.workflow.notices[notice["kind"]]
        if notice["returned"]:
            raise ClosedDoor(
                faults=[
                    Fault(
                        "teruggekomen",
                        "Dat deze brief terugkwam is al vastgelegd; er ligt een nieuw concept.",
                    )
                ]
            )
        told = {"date": iso(values["date"]), "reason": values["reason"], "by": who.name}
        entry = file.note(
            "bericht",
            f"{rule.title}: teruggekomen op {say_day(values['date'])}; er ligt een nieuw concept.",
            told | {"notice": key},
        )
        _no_answer_comes(file, notice, entry)
        links = {k: notice[k] for k in ("person_id", "institution_id", "about_id")}
        file.draft(
            notice["kind"], _moment_of(values["date"], file.now), entry, notice["facts"], **links
        )
        claims.save_notice(connection, notice, {"returned": told})
        file.save(bump=False)


def _no_answer_comes(file: CaseFile, notice: Row, entry: int) -> None:
    """Stop the wait for an answer to a letter that never arrived, unless another of its kind did.

    Sending it again starts it anew.
    """
    others = [
        n
        for n in reads.notices(file.connection, file.id)
        if n["kind"] == notice["kind"] and n["id"] != notice["id"]
    ]
    if any(n["state"] == "sent" and not n["returned"] for n in others):
        return
    for term in [
        t for t in file.running if t["name"] in file.workflow.notices[notice["kind"]].sent_starts
    ]:
        file.end(term, "void", file.now, entry, "de brief kwam terug")


def _answered(
    office: Office,
    connection: Connection,
    key: int,
    body: object,
    who: Reader,
    fields: tuple[Field, ...],
) -> tuple[CaseFile, Row, dict[str, Any]]:
    file, notice, raw = _take(office, connection, key, body, who)
    _must_be(notice, ("sent",), "Dit kan alleen bij een brief die verzonden is.")
    if notice["html"] is None:
        raise ClosedDoor(
            faults=[
                Fault(
                    "vernietigd",
                    "De inhoud van deze brief is vernietigd; er is niets meer vast te leggen.",
                )
            ]
        )
    values = _clean(fields, raw, file.now)
    if values["date"] < notice["sent_on"]:
        raise BadInput(
            faults=[Fault("voor_verzending", "Deze dag ligt voor de dag van verzending.", "date")]
        )
    return file, notice, values
