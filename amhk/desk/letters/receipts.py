"""What came of a letter that went: received, or come back."""

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.letters.notices import clean_form, moment_of, must_be, take_letter
from amhk.errors import BadInput, ClosedDoor
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Field
from amhk.store import reads
from amhk.store.cases import compare_and_set
from amhk.store.database.engine import Connection
from amhk.store.rows import NoticeRow
from amhk.words import iso, say_day

RECEIPT = (
    Field("date", "Ontvangen op", "date", required=True),
    Field("reference", "Kenmerk van de ontvanger"),
)


RETURN = (
    Field("date", "Teruggekomen op", "date", required=True),
    Field("reason", "Waarom", "text", required=True),
)


def receive(office: Office, key: int, body: object, who: Reader) -> None:
    """Record that the receiver has a sent letter: when, and under what mark of his own."""
    with office.store.write() as connection:
        file, notice, values = _answered(
            office, connection, key, body=body, who=who, fields=RECEIPT
        )
        if notice["receipt"] or notice["returned"]:
            raise ClosedDoor.of("vastgelegd", "Van deze brief is al vastgelegd wat ervan kwam.")
        told = {"date": iso(values["date"]), "reference": values.get("reference"), "by": who.name}
        file.note(
            "bericht",
            f"{file.workflow.notices[notice['kind']].title}: ontvangst bevestigd op"
            f" {say_day(values['date'])}.",
            told | {"notice": key},
        )
        compare_and_set.save_notice(connection, notice, {"receipt": told})
        file.save(bump=False)


def give_back(office: Office, key: int, body: object, who: Reader) -> None:
    """Record that a sent letter came back: it is owed again, as a new draft with a new term."""
    with office.store.write() as connection:
        file, notice, values = _answered(office, connection, key, body=body, who=who, fields=RETURN)
        rule = file.workflow.notices[notice["kind"]]
        if notice["returned"]:
            raise ClosedDoor.of(
                "teruggekomen",
                "Dat deze brief terugkwam is al vastgelegd; er ligt een nieuw concept.",
            )
        told = {"date": iso(values["date"]), "reason": values["reason"], "by": who.name}
        entry = file.note(
            "bericht",
            f"{rule.title}: teruggekomen op {say_day(values['date'])}; er ligt een nieuw concept.",
            told | {"notice": key},
        )
        _no_answer_comes(file, notice, entry)
        links = {k: notice[k] for k in ("person_id", "institution_id", "about_id", "run")}
        file.draft(
            notice["kind"], moment_of(values["date"], file.now), entry, notice["facts"], **links
        )
        compare_and_set.save_notice(connection, notice, {"returned": told})
        file.save(bump=False)


def _no_answer_comes(file: CaseFile, notice: NoticeRow, entry: int) -> None:
    """Stop the wait for an answer to a letter that never arrived, unless another of its kind did.

    Sending it again starts it anew.
    """
    others = [
        n
        for n in reads.notices(file.connection, file.id)
        if n["kind"] == notice["kind"] and n["id"] != notice["id"] and n["run"] == notice["run"]
    ]
    if any(n["state"] == "sent" and not n["returned"] for n in others):
        return
    starts = file.workflow.notices[notice["kind"]].sent_starts
    waits = [t for t in file.running if t["name"] in starts]
    for term in [t for t in waits if t["run"] in (None, notice["run"])]:
        file.end(term, "void", file.now, entry, "de brief kwam terug")


def _answered(
    office: Office,
    connection: Connection,
    key: int,
    body: object,
    who: Reader,
    fields: tuple[Field, ...],
) -> tuple[CaseFile, NoticeRow, Filled]:
    file, notice, raw = take_letter(office, connection, key, body, who)
    must_be(notice, ("sent",), "Dit kan alleen bij een brief die verzonden is.")
    if notice["html"] is None:
        raise ClosedDoor.of(
            "vernietigd", "De inhoud van deze brief is vernietigd; er is niets meer vast te leggen."
        )
    values = clean_form(fields, raw, file.now)
    if values["date"] < notice["sent_on"]:
        raise BadInput.of("voor_verzending", "Deze dag ligt voor de dag van verzending.", "date")
    return file, notice, values
