"""What is done with a letter.

Approved (complete or refused; text and PDF frozen), sent by hand, withheld or postponed with
reason, received or come back.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from hashlib import sha256

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.inputs import take_version
from amhk.desk.casefile.open_case import open_case
from amhk.desk.casefile.recall_letters import DRAFT_AGAIN, take_off
from amhk.desk.letters.compose import compose, print_of, rule_of, still_fit, text_of
from amhk.desk.letters.composed import lacking
from amhk.desk.letters.delivery import address_on, nobody, reach_of, remark, unsaid
from amhk.desk.letters.leaks import leaking
from amhk.desk.letters.referral_facts import TAKEN, referral_of_letter
from amhk.desk.letters.text_templates import version_now
from amhk.desk.terms.extensions import stretch
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, Fault, NotAllowed, NotFound, Opens
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import WORKS, Reader, scope_of
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.store import reads
from amhk.store.cases import compare_and_set
from amhk.store.cases.scope import case_of_letter
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, NoticeRow
from amhk.words import AMSTERDAM, LISTS, day_of, iso, say_day

APPROVE = (Field("text", "De tekst die is gelezen"),)
SEND = (
    Field("date", "Verzonden op", "date", required=True),
    Field("way", "Hoe verzonden", "choice", required=True, choices="verzendwijze"),
    Field(
        "reference", "Kenmerk, of aan wie en waarheen", hint="Verplicht als u de brief overhandigt."
    ),
)
WITHHOLD = (
    Field("reason", "Reden", "text", required=True),
    Field("ground", "Grond", required=True),
    Field("new_date", "Uitstellen tot (leeg: niet versturen)", "date", future=True),
)


def find(
    connection: Connection, key: int, who: Reader, lock: bool = False
) -> tuple[NoticeRow, CaseRow]:
    """Give a notice and its case, when this reader may see the case; NotFound otherwise, by one
    question that reads nothing of what is hidden.
    """
    of = case_of_letter(connection, key, scope_of(who))
    notice = reads.notice(connection, key) if of else None
    case = reads.case_by_id(connection, of, lock) if of else None
    if notice is None or case is None:
        raise NotFound("Deze brief bestaat niet, of u mag hem niet zien.")
    return notice, case


def take_letter(
    office: Office, connection: Connection, key: int, body: object, who: Reader
) -> tuple[CaseFile, NoticeRow, dict[str, object]]:
    """Take a letter in hand: its case on the table, itself locked, and what was filled in.

    NotAllowed for who does not work on cases, ChangedMeanwhile when another was first.
    """
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


def must_be(notice: NoticeRow, states: tuple[str, ...], text: str) -> None:
    """Raise ClosedDoor with this text when a letter stands in none of these states."""
    if notice["state"] not in states:
        raise ClosedDoor.of(code="staat", text=text, field=None, do=None)


def approve(office: Office, key: int, body: object, who: Reader) -> None:
    """Freeze a letter: complete, or ClosedDoor with what is missing and where to fill it in.

    Its hash goes into the journal.
    """
    with office.store.write() as connection:
        file, notice, fields = take_letter(office, connection, key, body, who)
        must_be(notice, ("draft",), "Deze brief is al goedgekeurd, verzonden of vervallen.")
        letter = compose(office, connection, file.case, notice=notice, who=who, now=file.now)
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
        template = rule_of(office, file.case, notice).template("beroepsmatig" in letter.written_for)
        release = version_now(office, connection, file.workflow.release, template[0])
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
        compare_and_set.save_notice(
            connection, notice, frozen | {"data": letter.data, "release": release}
        )
        file.save(bump=False)


def send(office: Office, key: int, body: object, who: Reader) -> None:
    """Record that an approved letter was sent by hand: date, way, reference.

    Its term is met; what sending starts runs from that date.
    """
    with office.store.write() as connection:
        file, notice, fields = take_letter(office, connection, key, body, who)
        approving = Opens("notice", str(key))
        if notice["state"] == "draft":
            raise ClosedDoor.of(
                code="niet_goedgekeurd", text="Keur de brief eerst goed.", field=None, do=approving
            )
        must_be(notice, ("approved",), "Deze brief is al verzonden of vervallen.")
        values = clean_form(SEND, fields, file.now)
        if faults := unsaid(values):
            raise BadInput(faults=faults)
        reach = reach_of(office, connection, file.case, notice, address_on(notice))
        if values["date"] < day_of(file.case["received"]):
            raise BadInput.of(
                "voor_ontvangst", "Verzonden op ligt voor de ontvangst van de zaak.", "date"
            )
        if notice["drafted"] and values["date"] < day_of(notice["drafted"]):
            raise BadInput.of(
                "voor_besluit",
                "Verzonden op ligt voor de dag waarop deze brief werd klaargezet.",
                "date",
            )
        still_fit(office, connection, file.case, notice)
        take_off(office, connection, [key])
        record_sent(
            file,
            notice,
            values["date"],
            way=values["way"],
            reference=values.get("reference"),
            more=remark(reach, values["way"]),
        )


def record_sent(
    file: CaseFile, notice: NoticeRow, day: date, way: str, reference: str | None, more: str = ""
) -> None:
    """Write down that a letter went: its term is met, what sending starts runs from that day.

    The transaction is the caller's.
    """
    rule = file.workflow.notices[notice["kind"]]
    told = {"date": day, "way": way, "reference": reference, "notice": notice["id"]}
    entry = file.note("bericht", f"{rule.title}: verzonden op {say_day(day)}, {way}{more}.", told)
    moment = moment_of(day, file.now)
    end_term(file, notice, "met", moment, entry)
    file.owed = [n for n in file.owed if n["id"] != notice["id"]]
    if not file.case["closed"]:
        for name in rule.sent_starts:
            file.start(name, moment, entry, run=_run_of(file, name, notice))
    compare_and_set.save_notice(
        file.connection,
        notice,
        {"state": "sent", "sent_on": day, "way": way, "reference": reference},
    )
    file.save(bump=False)


def _run_of(file: CaseFile, term: str, notice: NoticeRow) -> int | None:
    """Give the run of which a term is that starts with a letter; None of one of the case."""
    return notice["run"] if file.workflow.terms[term].of else None


def moment_of(day: date, now: datetime) -> datetime:
    """Give the instant of a sending on a day: now for today, noon for an earlier day."""
    if day == day_of(now):
        return now
    return datetime.combine(day, time(12), AMSTERDAM).astimezone(now.tzinfo)


def end_term(
    file: CaseFile,
    notice: NoticeRow,
    status: str,
    moment: datetime,
    entry: int,
    why: str | None = None,
) -> None:
    """End the term in which a letter had to go, where it runs."""
    term = next((t for t in file.running if t["id"] == notice["term_id"]), None)
    if term:
        file.end(term, status, moment, entry, why)


def reopen(office: Office, key: int, body: object, who: Reader) -> None:
    """Make an approved letter a draft again, to be read and approved anew; it leaves the post."""
    with office.store.write() as connection:
        file, notice, _ = take_letter(office, connection, key, body, who)
        must_be(
            notice,
            ("approved",),
            "Alleen een goedgekeurde brief die nog niet weg is kan weer concept worden.",
        )
        take_off(office, connection, [key])
        file.note(
            "bericht", f"{rule_of(office, file.case, notice).title}: weer concept.", {"notice": key}
        )
        compare_and_set.save_notice(connection, notice, DRAFT_AGAIN)
        file.save(bump=False)


def withhold(office: Office, key: int, body: object, who: Reader) -> None:
    """Withhold a letter with reason and ground, or postpone it to a new date (its term is extended
    as its rule allows).
    """
    with office.store.write() as connection:
        file, notice, fields = take_letter(office, connection, key, body, who)
        must_be(notice, ("draft", "approved"), "Deze brief is al verzonden of vervallen.")
        values = clean_form(WITHHOLD, fields, file.now)
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
            compare_and_set.save_notice(connection, notice, DRAFT_AGAIN | told)
        else:
            entry = file.note("bericht", f"{title}: niet verzonden.", values | {"notice": key})
            end_term(
                file,
                notice,
                "void",
                moment=file.now,
                entry=entry,
                why=f"niet verzonden: {values['ground']}",
            )
            file.owed = [n for n in file.owed if n["id"] != key]
            take_off(office, connection, [key])
            _nothing_to_await(file, notice)
            compare_and_set.save_notice(connection, notice, told | {"state": "withheld"})
        file.save(bump=False)


def _taken_up(file: CaseFile, notice: NoticeRow) -> None:
    """Refuse to keep the letter of a referral that was taken up.

    How the institution got it is recorded instead (ClosedDoor).
    """
    if notice["kind"] != file.workflow.referral.get("letter"):
        return
    mine = referral_of_letter(reads.of_case(file.connection, reads.REFERRAL, file.id), notice)
    if mine and mine["status"] in TAKEN:
        text = (
            "De instelling heeft deze verwijzing aangenomen. Leg vast hoe zij haar kreeg,"
            " bijvoorbeeld telefonisch of persoonlijk."
        )
        raise ClosedDoor.of(
            code="aangenomen", text=text, field=None, do=Opens("notice", str(notice["id"]))
        )


def _decision(file: CaseFile, values: Filled) -> dict[str, object]:
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


def _nothing_to_await(file: CaseFile, notice: NoticeRow) -> None:
    """A request that is not sent gets no answer.

    The wait for it still runs as a term, so that it is given up with a reason, not forgotten.
    """
    if file.case["closed"]:
        return
    for name in file.workflow.notices[notice["kind"]].sent_starts:
        run = _run_of(file, name, notice)
        file.start(name, file.now, file.case["entries"], run=run)


def _postpone(file: CaseFile, notice: NoticeRow, new_date: date, values: Filled) -> None:
    term = next((t for t in file.running if t["id"] == notice["term_id"]), None)
    if term is None:
        raise ClosedDoor.of(
            "geen_termijn", "Deze brief heeft geen termijn om uit te stellen.", "new_date"
        )
    rule = file.workflow.terms[term["name"]]
    most = rule.extend[0] * 7 if rule.extend else 0
    late = (day_of(file.now) - date.fromisoformat(term["unrolled"][:10])).days
    left = (new_date - date.fromisoformat(term["unrolled"][:10])).days
    if left > max(most, late + most if late > 0 else most):
        text = f"Uitstellen kan telkens met hooguit {most} dagen ({rule.ground})."
        raise BadInput.of("te_lang", text, "new_date")
    while left > 0:
        # a term long over takes several extensions, each of at most what the rule says, each
        # written down
        stretch(file, term, min(left, most), values["reason"], file.who.name if file.who else "")
        left -= most


def clean_form(fields: tuple[Field, ...], raw: Mapping[str, object], now: datetime) -> Filled:
    """Give the checked values of a small form of a letter; BadInput with every fault."""
    values, faults = clean(fields, raw, Desk(now, LISTS))
    if faults:
        raise BadInput(faults=faults)
    return values
