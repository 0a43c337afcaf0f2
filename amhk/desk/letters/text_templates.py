"""The texts of letters, changed on screen.

Proven against the procedure, shown as they will be, every version kept. A letter that was approved
stays as it is.
"""

from typing import Any

from amhk.desk.casefile.access import must_run
from amhk.desk.letters import sample_facts
from amhk.errors import BadInput, Fault, NotFound
from amhk.letters.pdf import PrintFailed, as_pdf
from amhk.letters.render import Letters, RenderFailed, as_html
from amhk.office import Office
from amhk.rules.parse import tidy
from amhk.rules.privacy.disclosure import FACTS, forbidden
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.check import check
from amhk.rules.procedure.workflow import Workflow
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal
from amhk.store.letters import text_templates
from amhk.words import iso

_LONGEST = 20_000


def letters_now(office: Office, connection: Connection) -> Letters:
    """Give the letter templates as they hold now.

    Those of the folder, with what was changed on screen over them.
    """
    release = int(reads.meta(connection, text_templates.RELEASE) or 0)
    if office.letters.release != release:
        office.letters = office.letters.with_texts(text_templates.present(connection), release)
    return office.letters


def _written(office: Office) -> dict[str, tuple[str, str]]:
    """Give every template of the procedure with the title of its letter and the class of recipient
    it is written for.
    """
    told: dict[str, tuple[str, str]] = {}
    for rule in (n for w in office.pack.workflows.values() for n in w.notices.values()):
        for template, recipient in rule.templates:
            more = (
                " (beroepsmatige melder)"
                if recipient == "melder_beroepsmatig" and template != rule.name
                else ""
            )
            told.setdefault(template, (rule.title + more, recipient))
    return told


def overview(office: Office, who: Reader) -> list[dict[str, object]]:
    """Give the letters of the procedure.

    Kind, title, to whom, and which version of the text holds (0: the one that came with it).
    """
    must_run(who)
    with office.store.read() as connection:
        changed = text_templates.versions(connection)
    return [
        {
            "kind": kind,
            "title": title,
            "recipient": recipient.replace("_", " "),
            "version": changed.get(kind, 0),
        }
        for kind, (title, recipient) in _written(office).items()
    ]


def view(office: Office, kind: str, who: Reader) -> dict[str, Any]:
    """Give one letter's text as it holds now, the names it may ask, and its earlier versions.

    NotFound for an unknown kind.
    """
    head = next((h for h in overview(office, who) if h["kind"] == kind), None)
    if head is None:
        raise NotFound("Deze brief kent de procedure niet.")
    with office.store.read() as connection:
        letters = letters_now(office, connection)
        kept = [
            {"release": r["release"], "made": iso(r["made"]), "by": r["worker"], "text": r["text"]}
            for r in text_templates.of(connection, kind)
        ]
    return head | {
        "text": letters.source(kind),
        "names": _may_ask(_written(office)[kind][1]),
        "versions": kept,
    }


def _may_ask(recipient: str) -> list[str]:
    """Give the facts a letter to this class of recipient may show, by name."""
    return sorted(name for name in FACTS if forbidden(name, recipient) is None)


def preview(office: Office, kind: str, text: str) -> str:
    """Give the letter as HTML with the facts of an ordinary made-up case.

    BadInput with every fault of the text, also those that only show with the most and the least
    facts there can be.
    """
    if faults := _faults(office, kind, text):
        raise BadInput(faults=faults)
    letters = office.letters.with_texts({**office.letters.texts, kind: text}, -1)
    title, recipient = _written(office)[kind]
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


def save(office: Office, kind: str, text: str, who: Reader) -> int:
    """Keep a new version of a text, used from the next draft on; gives its number.

    BadInput with every fault, and then nothing changed.
    """
    view(office, kind, who)
    text = tidy(text, one_line=False) + "\n"
    preview(office, kind, text)
    with office.store.write() as connection:
        reads.lock(connection)
        release = text_templates.add(connection, kind, text, who.id, office.now(connection))
        house_journal.append(
            connection,
            office.now(connection),
            who.id,
            kind="tekst",
            what=f"Tekst van '{kind}' gewijzigd, versie {release}.",
            content={"kind": kind, "release": release},
        )
        return release


def _faults(office: Office, kind: str, text: str) -> list[Fault]:
    if not text.strip() or len(text) > _LONGEST:
        return [Fault("tekst", f"Een brief heeft 1 tot {_LONGEST} tekens.", "tekst")]
    letters = office.letters.with_texts({**office.letters.texts, kind: text}, -1)
    if wrong := letters.fault_of(kind):
        return [Fault("tekst", f"De tekst is niet te lezen: {wrong}.", "tekst")]
    names = letters.paths()
    found = [f for w in office.pack.workflows.values() if _has(w, kind) for f in check(w, names)]
    return [Fault("tekst", f.text, "tekst") for f in found]


def no_longer_fit(office: Office, connection: Connection) -> list[str]:
    """Give the texts changed on screen that the procedure of today would refuse (they were kept
    under an earlier one), each with why; worked out once per change.
    """
    letters = letters_now(office, connection)
    if not letters.release:
        return []
    key = (letters.release, id(office.pack))
    if _PROVEN.get("key") != key:
        paths = letters.paths()
        faults = [f.text for w in office.pack.workflows.values() for f in check(w, paths)]
        faults += [
            f"{kind}: {wrong}" for kind in letters.texts if (wrong := letters.fault_of(kind))
        ]
        _PROVEN.update(key=key, faults=faults)
    return list(_PROVEN["faults"])


_PROVEN: dict[str, Any] = {}


def _has(workflow: Workflow, template: str) -> bool:
    return any(template == name for rule in workflow.notices.values() for name, _ in rule.templates)
