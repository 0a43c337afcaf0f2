"""The texts of letters, changed on screen: proven against the procedure, shown as they will be, every version kept. A letter that was approved stays as it is."""

from collections.abc import Mapping
from typing import Any

from amhk.desk.facts import OPTIONAL
from amhk.desk.staffing import must_run
from amhk.errors import BadInput, Fault, NotFound
from amhk.letters.render import Letters, RenderFailed, as_html
from amhk.office import Office
from amhk.rules.check import check
from amhk.rules.parse import tidy
from amhk.rules.secrecy import Reader
from amhk.store import house, reads, texts
from amhk.store.session import Connection
from amhk.words import iso

_LONGEST = 20_000


def letters_now(office: Office, connection: Connection) -> Letters:
    """Give the letter templates as they hold now: those of the folder, with what was changed on screen over them."""
    release = int(reads.meta(connection, texts.RELEASE) or 0)
    if office.letters.release != release:
        office.letters = office.letters.with_texts(texts.present(connection), release)
    return office.letters


def overview(office: Office, who: Reader) -> list[dict[str, Any]]:
    """Give the letters of the procedure: kind, title, to whom, and which version of the text holds (0: the one that came with it)."""
    must_run(who)
    with office.store.read() as connection:
        changed = texts.versions(connection)
    rules = {n.name: n for w in office.pack.workflows.values() for n in w.notices.values()}
    return [{"kind": n.name, "title": n.title, "recipient": n.recipient, "version": changed.get(n.name, 0)} for n in rules.values()]


def view(office: Office, kind: str, who: Reader) -> dict[str, Any]:
    """Give one letter's text as it holds now, the names it may ask, and its earlier versions; NotFound for an unknown kind."""
    head = next((h for h in overview(office, who) if h["kind"] == kind), None)
    if head is None:
        raise NotFound("Deze brief kent de procedure niet.")
    with office.store.read() as connection:
        letters = letters_now(office, connection)
        kept = [
            {"release": r["release"], "made": iso(r["made"]), "by": r["worker"], "text": r["text"]}
            for r in texts.of(connection, kind)
        ]
    return head | {"text": letters.source(kind), "names": sorted(letters.asked(kind)), "versions": kept}


def preview(office: Office, kind: str, text: str) -> str:
    """Give the letter as HTML with made-up facts; BadInput with every fault of the text."""
    if faults := _faults(office, kind, text):
        raise BadInput(faults=faults)
    letters = office.letters.with_texts({**office.letters.texts, kind: text}, -1)
    try:
        return as_html(letters.render(kind, _example(letters.asked(kind))))
    except (RenderFailed, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as wrong:
        raise BadInput(faults=[Fault("tekst", f"De brief is met deze tekst niet te maken: {wrong}.", "tekst")]) from wrong


def save(office: Office, kind: str, text: str, who: Reader) -> int:
    """Keep a new version of a text, used from the next draft on; gives its number. BadInput with every fault, and then nothing changed."""
    view(office, kind, who)
    text = tidy(text, one_line=False) + "\n"
    preview(office, kind, text)
    with office.store.write() as connection:
        reads.lock(connection)
        release = texts.add(connection, kind, text, who.id, office.now(connection))
        house.append(
            connection,
            office.now(connection),
            who.id,
            "tekst",
            f"Tekst van '{kind}' gewijzigd, versie {release}.",
            {"kind": kind, "release": release},
        )
        return release


def _faults(office: Office, kind: str, text: str) -> list[Fault]:
    if not text.strip() or len(text) > _LONGEST:
        return [Fault("tekst", f"Een brief heeft 1 tot {_LONGEST} tekens.", "tekst")]
    letters = office.letters.with_texts({**office.letters.texts, kind: text}, -1)
    if wrong := letters.fault_of(kind):
        return [Fault("tekst", f"De tekst is niet te lezen: {wrong}.", "tekst")]
    names = letters.placeholders()
    found = [f for w in office.pack.workflows.values() if kind in w.notices for f in check(w, names)]
    known = office.letters.placeholders()[kind] | _known_names(office)
    strange = sorted(letters.asked(kind) - known)
    return [Fault("tekst", f"'{name}' is geen gegeven dat een brief kan vragen.", "tekst") for name in strange] + [
        Fault("tekst", f.text, "tekst") for f in found
    ]


def _known_names(office: Office) -> frozenset[str]:
    """Give every name that some letter of the product asks: what the house can fill in."""
    return frozenset(name for names in office.letters.shipped_names().values() for name in names)


_PEOPLE = [
    {
        "naam": f"Voorbeeld van der Heijden-Çelik {n}", "geboren": "onbekend" if n == 3 else "2018-05-14", "geslacht": "onbekend", "rollen": "kind",
        "adres": "geheim" if n == 2 else "Nergenslaan 1, 0000 AA Nergenshuizen", "jong": True, "gezag": None,
    }
    for n in range(1, 11)
]  # fmt: skip
_LISTS: Mapping[str, Any] = {
    "bevindingen": [{"tekst": "Op school is het kind vaak moe en alleen.", "bron": "professional", "op": "wo 4 februari 2026"}],
    "personen": _PEOPLE, "jeugdigen": [p | {"bsn": "onbekend"} for p in _PEOPLE], "gezaghebbenden": [p | {"jong": False, "gezag": True} for p in _PEOPLE[:2]],
    "stappen_genomen": ["De veiligheid is beoordeeld.", "Er is een onderzoek gestart."],
}  # fmt: skip


def _example(names: frozenset[str]) -> dict[str, Any]:
    """Give made-up facts for every name a letter asks: ten children, long names, and something under every other name."""
    return {name: _LISTS.get(name, f"[{name.replace('_', ' ')}]") for name in (*names, *OPTIONAL)}
