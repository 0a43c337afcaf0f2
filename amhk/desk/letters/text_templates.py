"""The texts of letters, changed on screen.

Proven against the procedure, shown as they will be, every version kept; one holds once somebody
else agreed. A letter that was approved stays as it is.
"""

from datetime import datetime
from difflib import ndiff
from typing import Any

from amhk.desk.letters import sample_facts
from amhk.errors import BadInput, ClosedDoor, Fault, NotAllowed, NotFound
from amhk.letters.pdf import PrintFailed, as_pdf
from amhk.letters.render import Letters, RenderFailed, as_html
from amhk.office import Office
from amhk.rules.parse import tidy
from amhk.rules.privacy.disclosure import FACTS, forbidden
from amhk.rules.privacy.recipients import Recipient
from amhk.rules.privacy.secrecy import MAKES, Reader
from amhk.rules.procedure.check import check
from amhk.rules.procedure.workflow import Workflow
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.house import held
from amhk.store.letters import text_templates
from amhk.store.rows import Row
from amhk.words import iso

_LONGEST = 20_000


def letters_now(office: Office, connection: Connection, of: str) -> Letters:
    """Give the letter templates of a release as they hold now.

    Those it came with, with what was changed on screen over them.
    """
    release = int(reads.meta(connection, text_templates.RELEASE) or 0)
    letters = office.letters_of(of)
    if letters.release != release:
        letters = letters.with_texts(_texts(connection, letters, of), release)
        office.letters[of] = letters
    return letters


def _texts(connection: Connection, letters: Letters, of: str) -> dict[str, str]:
    """Give the texts that hold over those a release came with; one of before, for all releases, not
    over the own text of a release.
    """
    told = text_templates.present(connection, of)
    return {k: text for k, (text, all_, _) in told.items() if not (all_ and letters.has_own(k))}


def version_now(office: Office, connection: Connection, of: str, kind: str) -> int:
    """Give which version of a text holds in a release (0: the one it came with)."""
    return _versions(office, connection, of).get(kind, 0)


def _versions(office: Office, connection: Connection, of: str) -> dict[str, int]:
    """Give which version holds of each text that was changed on screen for a release."""
    letters = letters_now(office, connection, of)
    told = text_templates.present(connection, of) if letters.texts else {}
    return {kind: version for kind, (_, _, version) in told.items() if kind in letters.texts}


def running(office: Office) -> list[str]:
    """Give the releases of the procedure a text can be of, today's first."""
    names = {release for _, release in office.pack.workflows}
    return [office.pack.current, *sorted(names - {office.pack.current}, reverse=True)]


def _written(office: Office, of: str) -> dict[str, tuple[str, str]]:
    """Give every template of a release with the title of its letter and the class of recipient
    it is written for.
    """
    told: dict[str, tuple[str, str]] = {}
    flows = [w for (_, release), w in office.pack.workflows.items() if release == of]
    for rule in (n for w in flows for n in w.notices.values()):
        for template, recipient in rule.templates:
            more = (
                " (beroepsmatige melder)"
                if recipient == "melder_beroepsmatig" and template != rule.name
                else ""
            )
            told.setdefault(template, (rule.title + more, recipient))
    return told


def overview(office: Office, who: Reader, of: str = "") -> list[dict[str, object]]:
    """Give the letters of a release (today's when none is named).

    Kind, title, to whom, which version of the text holds (0: the one that came with it), and who
    wrote one that waits.
    """
    _must_make(who)
    of = of or office.pack.current
    with office.store.read() as connection:
        wait = {r["kind"]: r["worker"] for r in text_templates.waiting(connection) if r["of"] == of}
        held = _versions(office, connection, of)
    return [
        {
            "kind": kind,
            "title": title,
            "recipient": office.pack.recipient(recipient, of).title,
            "version": held.get(kind, 0),
            "waits": wait.get(kind),
        }
        for kind, (title, recipient) in _written(office, of).items()
    ]


def waiting(office: Office, connection: Connection, who: Reader) -> list[dict[str, object]]:
    """Give the texts that wait for this reader to approve them: what somebody else wrote."""
    titles = {of: _written(office, of) for of in running(office)}
    return [
        {
            "kind": r["kind"],
            "of": r["of"],
            "by": r["worker"],
            "title": titles[r["of"]][r["kind"]][0],
        }
        for r in text_templates.waiting(connection)
        if r["kind"] in titles.get(r["of"], ()) and r["worker_id"] != who.id
    ]


def view(office: Office, kind: str, who: Reader, of: str = "") -> dict[str, Any]:
    """Give one letter's text as it holds now in a release, the names it may ask, its other
    versions, and the one that waits (None when none does).

    NotFound for an unknown kind or release.
    """
    of = of or office.pack.current
    head = next((h for h in overview(office, who, of) if h["kind"] == kind), None)
    if head is None:
        raise NotFound("Deze brief kent de procedure niet.")
    with office.store.read() as connection:
        letters = letters_now(office, connection, of)
        kept = [_version(r) for r in text_templates.of(connection, kind) if r["of"] in ("", of)]
    text = letters.source(kind)
    waits = kept[0] if kept and not kept[0]["approved"] else None
    if waits:
        waits |= {"mine": waits["by"] == who.name, "changes": _changes(text, waits["text"])}
    return head | {
        "of": of,
        "releases": running(office),
        "text": text,
        "names": _may_ask(office.pack.recipient(_written(office, of)[kind][1], of)),
        "versions": kept,
        "waits": waits,
    }


def _version(row: Row) -> dict[str, Any]:
    return {
        "release": row["release"],
        "made": iso(row["made"]),
        "by": row["worker"],
        "approved": row["approved"] and iso(row["approved"]),
        "other": row["other"],
        "text": row["text"],
    }


def _changes(before: str, after: str) -> list[tuple[str, str]]:
    """Give the lines of a text beside one another: how (`+`, `-` or a space) and what."""
    lines = ndiff(before.splitlines(), after.splitlines())
    return [(line[0], line[2:]) for line in lines if line[0] != "?"]


def _may_ask(recipient: Recipient) -> list[str]:
    """Give the facts a letter to this class of recipient may show, by name."""
    return sorted(name for name in FACTS if forbidden(name, recipient) is None)


def preview(office: Office, kind: str, text: str, of: str = "") -> str:
    """Give the letter as HTML with the facts of an ordinary made-up case.

    BadInput with every fault of the text, also those that only show with the most and the least
    facts there can be.
    """
    of = of or office.pack.current
    if faults := _faults(office, kind, text, of):
        raise BadInput(faults=faults)
    letters = _with(office, kind, text, of)
    title, name_of = _written(office, of)[kind]
    recipient = office.pack.recipient(name_of, of)
    style, name = office.config.style, office.config.organisation
    head = sample_facts.head(name, (*style.address, office.config.phone), "Voorbeeld")
    try:
        for facts in (sample_facts.least(), sample_facts.unborn(), sample_facts.worst()):
            blocks = letters.render(kind, sample_facts.for_letter(facts, recipient))
            if not blocks or blocks[0].kind != "kop":
                raise BadInput.of(
                    "kop", "Een brief begint met een kop: een regel met # ervoor.", "tekst"
                )
            as_pdf(blocks, title, name, training=office.training, head=head, logo=style.logo)
        return as_html(
            letters.render(kind, sample_facts.for_letter(sample_facts.fair(), recipient)), head
        )
    except (
        RenderFailed,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
        RecursionError,
        PrintFailed,
    ) as wrong:
        raise BadInput.of(
            "tekst", f"De brief is met deze tekst niet te maken: {wrong}.", "tekst"
        ) from wrong


def propose(office: Office, kind: str, text: str, who: Reader, of: str = "") -> int:
    """Keep a new version of a text of a release, which holds once another approves it; gives its
    number.

    BadInput with every fault, and then nothing changed.
    """
    of = view(office, kind, who, of)["of"]
    text = tidy(text, one_line=False) + "\n"
    preview(office, kind, text, of)
    with office.store.write() as connection:
        reads.lock(connection)
        now = office.now(connection)
        told = {"kind": kind, "of": of, "text": text, "worker_id": who.id, "made": now}
        key, version = text_templates.add(connection, told)
        what = f"Tekst van '{kind}' klaargezet, versie {version}."
        _write_down(connection, now, who, what, key)
        return version


def approve(office: Office, kind: str, version: object, who: Reader, of: str = "") -> int:
    """Let the version that waits hold, from the next draft on; gives its number.

    `version` is the one he read. NotAllowed for who wrote it; ClosedDoor when there is none to
    approve or another than he read; BadInput with every fault it has by now.
    """
    told = view(office, kind, who, of)
    waits = told["waits"]
    if waits is None or str(waits["release"]) != str(version):
        raise ClosedDoor.of("veranderd", "Deze tekst wacht niet meer. Lees wat er nu staat.")
    if waits["mine"]:
        raise NotAllowed("Een ander dan de schrijver stelt een tekst vast.")
    preview(office, kind, waits["text"], told["of"])
    with office.store.write() as connection:
        reads.lock(connection)
        now = office.now(connection)
        rows = text_templates.of(connection, kind)
        row = next(r for r in rows if r["of"] in ("", told["of"]))
        if row["release"] != waits["release"] or row["approved"]:
            raise ClosedDoor.of("veranderd", "Deze tekst wacht niet meer. Lees wat er nu staat.")
        text_templates.approve(connection, row["id"], who.id, now)
        what = f"Tekst van '{kind}' vastgesteld, versie {row['release']}."
        _write_down(connection, now, who, what, row["id"])
        return int(row["release"])


def _must_make(who: Reader) -> None:
    if who.role not in MAKES:
        raise NotAllowed(
            "Teksten van brieven zijn voor de functioneel beheerder, een teamleider of de manager."
        )


def _write_down(connection: Connection, now: datetime, who: Reader, what: str, key: int) -> None:
    held.tell(connection, now, who.id, held.TEXT, what, [("letter_texts", key)])


def _with(office: Office, kind: str, text: str, of: str) -> Letters:
    """Give the letters of a release with one text changed."""
    letters = office.letters_of(of)
    return letters.with_texts({**letters.texts, kind: text}, -1)


def _faults(office: Office, kind: str, text: str, of: str) -> list[Fault]:
    if not text.strip() or len(text) > _LONGEST:
        return [Fault("tekst", f"Een brief heeft 1 tot {_LONGEST} tekens.", "tekst")]
    letters = _with(office, kind, text, of)
    if wrong := letters.fault_of(kind):
        return [Fault("tekst", f"De tekst is niet te lezen: {wrong}.", "tekst")]
    names = letters.paths()
    flows = [w for (_, release), w in office.pack.workflows.items() if release == of]
    found = [f for w in flows if _has(w, kind) for f in check(w, names)]
    return [Fault("tekst", f.text, "tekst") for f in found]


def no_longer_fit(office: Office, connection: Connection) -> list[str]:
    """Give the texts changed on screen that the procedure of today would refuse (they were kept
    under an earlier one), each with why; worked out once per change.
    """
    held = {of: letters_now(office, connection, of) for of in running(office)}
    changed = {of: letters for of, letters in held.items() if letters.texts}
    key = (tuple((of, letters.release) for of, letters in changed.items()), id(office.pack))
    if changed and _PROVEN.get("key") != key:
        faults = []
        for of, letters in changed.items():
            paths = letters.paths()
            flows = [w for (_, release), w in office.pack.workflows.items() if release == of]
            faults += [f.text for w in flows for f in check(w, paths)]
            wrongs = {kind: letters.fault_of(kind) for kind in letters.texts}
            faults += [f"{kind}: {wrong}" for kind, wrong in wrongs.items() if wrong]
        _PROVEN.update(key=key, faults=faults)
    return list(_PROVEN["faults"]) if changed else []


_PROVEN: dict[str, Any] = {}


def _has(workflow: Workflow, template: str) -> bool:
    return any(template == name for rule in workflow.notices.values() for name, _ in rule.templates)
