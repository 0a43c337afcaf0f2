"""A case that goes to another meldpunt as a sealed dossier, and the answer that comes back.

Sealing changes nothing of the case: it stays here with its terms until the answer is in. The answer
is sealed and signed too; it makes the move of the procedure that says so.
"""

import json
from collections.abc import Collection, Mapping
from hashlib import sha256
from secrets import token_hex
from typing import Any

from amhk.desk.casefile.access import visible
from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.inputs import must_work
from amhk.desk.casefile.open_case import on_table, open_case
from amhk.desk.cases.moves import move_on_table
from amhk.desk.regions.cards import card_of
from amhk.desk.regions.dossier import gather
from amhk.errors import BadInput, ClosedDoor, Fault, NotAllowed
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import MAX_LINE, MAX_TEXT, Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.procedure.workflow import Workflow
from amhk.sealed_dossier import MOST, MOST_FILES, Card, Dossier, as_json, seal, unseal
from amhk.store import reads
from amhk.store.cases import bundle
from amhk.store.database.engine import Connection
from amhk.store.house import regions
from amhk.store.rows import CaseRow, Json
from amhk.words import iso, lower_first

LEADS = ("teamleider", "manager")
KIND, ANSWER = "verzegeld", "answer.json"
GROUND = "Wmo 2015 art. 5.3.3 (wie beroepsmatig moet meewerken)"
SEAL = (
    Field("to", "Voor welk meldpunt", "choice", required=True, choices="meldpunten"),
    Field("out", "Wat blijft hier", "choices", choices="bijlagen"),
)


def view(office: Office, number: str, who: Reader) -> Json:
    """Give whether a case is offered to another region, to which meldpunten it can be sealed, what
    was sealed before, and what the form chooses from.
    """
    with office.store.read() as connection:
        case = visible(connection, number, who, own=True)
        flow = _flow(office, case)
        running = reads.terms(connection, case["id"], running=True)
        due = [t["due"] for t in running if t["name"] == flow.other_region["term"]]
        desk = _desk(office, connection, case)
        before = [
            {
                "instant": iso(e["instant"]),
                "what": e["what"],
                "hash": _content(e["content"])["sha256"],
            }
            for e in reads.entries(connection, case["id"])
            if e["kind"] == KIND and e["content"]
        ]
    return {
        "number": case["number"],
        "offer": flow.moves[flow.other_region["offer"]],
        "due": due[0] if due else None,
        "leads": who.role in LEADS,
        "sealed": before,
        "desk": desk,
    }


def _flow(office: Office, case: CaseRow) -> Workflow:
    flow = office.pack.workflows[case["workflow"], case["release"]]
    if not flow.other_region:
        text = "Deze werkwijze draagt geen zaken over aan een ander meldpunt."
        raise ClosedDoor.of("geen_overdracht", text)
    return flow


def _content(told: str | None) -> Json:
    found: Json = json.loads(told or "{}")
    return found


def _desk(office: Office, connection: Connection, case: CaseRow) -> Desk:
    files = reads.of_case(connection, bundle.ATTACHMENT, case["id"])
    lists = {
        "meldpunten": {str(m["id"]): m["name"] for m in regions.meldpunten(connection)},
        "bijlagen": {str(f["id"]): f["name"] for f in files},
    }
    return Desk(office.now(connection), lists)


def make(office: Office, number: str, body: object, who: Reader) -> bytes:
    """Seal a case that is offered for another meldpunt (`to`, `out`): what was sealed, for whom and
    on what ground stands in its journal. BadInput names every fault, ClosedDoor when it is not
    offered or too large.
    """
    if who.role not in LEADS:
        raise NotAllowed("Een dossier verzegelt wie leidinggeeft.")
    with office.store.write() as connection:
        file = open_case(office, connection, number, who)
        _prove_offered(file)
        values, faults = clean(SEAL, body, _desk(office, connection, file.case))
        if faults:
            raise BadInput(faults=faults)
        known = {str(m["id"]): m for m in regions.meldpunten(connection)}
        to = card_of(known[values["to"]])
        sealed, told = _sealed(file, to, values.get("out") or ())
        told["termijn"] = _offer(file)
        what = f"Dossier verzegeld voor {to.organisation} ({GROUND})."
        file.note(KIND, what, {**told, "aan": to.organisation, "teken": to.sign, "grond": GROUND})
        file.save(bump=False)
    return sealed


def _prove_offered(file: CaseFile) -> None:
    flow = _flow(file.office, file.case)
    if _offer(file) is None:
        title = lower_first(flow.moves[flow.other_region["offer"]].title)
        raise ClosedDoor.of("niet_aangeboden", f"Dit kan nog niet. Eerst: {title}.")


def _offer(file: CaseFile) -> int | None:
    """Give the key of the term in which the offer of now is answered; None when there is none."""
    name = file.workflow.other_region.get("term")
    return next((t["id"] for t in file.running if t["name"] == name), None)


def _sealed(file: CaseFile, to: Card, out: Collection[str]) -> tuple[bytes, Json]:
    office, case = file.office, file.case
    assert file.who is not None
    try:
        found = gather(office, file.connection, case, file.who, out)
    except (OSError, ValueError) as wrong:
        text = "Een bijlage is weg of beschadigd. Laat haar hier, of waarschuw de beheerder."
        raise BadInput.of("bijlage", text, "out") from wrong
    if sum(map(len, found.files.values())) > MOST or len(found.files) > MOST_FILES - 10:
        text = (
            f"Dit dossier is groter dan {MOST // 1_000_000} MB of heeft meer dan"
            f" {MOST_FILES - 10} bestanden: laat bijlagen hier."
        )
        raise ClosedDoor.of("te_groot", text)
    name = token_hex(16)
    manifest = {
        "id": name,
        "number": case["number"],
        "from": office.config.organisation,
        "at": iso(file.now),
    }
    sealed, hash_ = seal(office.config.folder, to, manifest, found.files)
    return sealed, {"bundle": name, "sha256": hash_, "weggelaten": len(found.left)}


def take_answer(office: Office, number: str, content: bytes, who: Reader) -> str:
    """Take the answer of another meldpunt to a case that was sealed for it: the move that says so
    is made. Gives what it says, in a sentence.

    BadInput when it is no answer to this case, ClosedDoor with what must be done first.
    """
    must_work(who)
    answer = unseal(office.config.folder, content)
    with office.store.write() as connection:
        file = on_table(
            office, connection, visible(connection, number, who, own=True, lock=True), who
        )
        _prove_offered(file)
        told = _answer_to(connection, file, answer)
        move = file.workflow.moves[file.workflow.other_region[told["outcome"]]]
        said = f"{told['from']} (getekend antwoord): {told['said']}"
        asked = [f for f in move.fields if f.required]
        most = {f.name: MAX_TEXT if f.type == "text" else MAX_LINE for f in asked}
        try:
            move_on_table(file, move.name, {name: said[:n] for name, n in most.items()})
        except BadInput as wrong:
            raise BadInput(
                faults=[Fault(f.code, f.text, "bestand") for f in wrong.faults]
            ) from wrong
    return f"{move.done}: {said[:MAX_LINE]}"


def _answer_to(connection: Connection, file: CaseFile, answer: Dossier) -> Json:
    """Give what an answer says; BadInput unless it is signed by whom this case was sealed for, and
    names a file that was sealed since it was offered: for a refusal the last, because one that was
    sealed anew is refused there by that alone.
    """
    lines = [e for e in reads.entries(connection, file.id) if e["kind"] == KIND and e["content"]]
    sealed = [_content(e["content"]) for e in lines]
    manifest: Mapping[str, object] = answer.manifest
    told, of = dict[str, Any](), dict[str, Any]()
    try:
        told = as_json(answer.files[ANSWER])
        of = next((one for one in sealed if one["bundle"] == told["bundle"]), {})
        fits = (
            manifest["key"] == of["teken"]
            and regions.by_key(connection, str(manifest["key"])) is not None
            and told["sha256"] == of["sha256"]
            and of["termijn"] == _offer(file)
            and (told["outcome"] == "accept" or (told["outcome"] == "refuse" and of == sealed[-1]))
            and isinstance(told["said"], str)
        )
    except (KeyError, ValueError, TypeError):
        fits = False
    if not fits:
        text = "Dit is geen antwoord op wat van deze zaak is verzegeld sinds zij werd aangeboden."
        raise BadInput.of("geen_antwoord", text, "bestand")
    return {"outcome": told["outcome"], "said": told["said"], "from": of["aan"][:100]}


def hash_of(sealed: bytes) -> str:
    """Give the SHA-256 of a sealed file, as both sides name it."""
    return sha256(sealed).hexdigest()
