"""The act of destroying what was recorded: of a whole case, or of one person in it.

Rows, letters, lines of the journal, attachments and words to search by; the chains hold, and what
is counted stays. A trial of it is the act itself, undone.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from amhk.desk.casefile.casefile import ERASURE, CaseFile
from amhk.desk.casefile.open_case import on_table
from amhk.desk.casefile.recall_letters import DRAFT_AGAIN, WHY, cancelled, out_of_hand
from amhk.errors import ClosedDoor
from amhk.rules.parse import fold
from amhk.rules.privacy.erasure import GONE, same_elsewhere, without
from amhk.rules.privacy.veil import Veil, veil_over_person
from amhk.store import reads, writes
from amhk.store.cases import bundle, erasure, journal
from amhk.store.cases.files import SWEPT
from amhk.store.intake import drafts
from amhk.store.letters import outbox
from amhk.store.people import people, subjects
from amhk.store.rows import CaseRow, Json, PersonRow, Row

Change = Callable[[object], object]
ColumnChange = Callable[[str, object], object]
UNSETTLED = "destroyed"  # something went that the files of the house may hold still
_BLANK = ("html", "data", "reason", "receipt", "returned", "reference", "ground")


@dataclass
class Gone:
    """What went: how much of each kind, and hashes by which that can be shown.

    `surely` lets go of letters that are out of hand too (where a backup of before is put back).
    `people` are the numbers and marks of who went, `ready` and `posted` what of their letters lies
    in the watched folder: made ready there, and perhaps not picked up yet.
    """

    surely: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    lines: dict[str, str] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    people: list[list[str]] = field(default_factory=list)
    ready: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # of attachments, for the trial alone
    record: dict[int, dict[str, dict[str, str]]] = field(default_factory=dict)  # by case

    def as_record(self) -> Json:
        """Give what is kept as proof: counts, marks and hashes, nothing that was destroyed."""
        names = ("lines", "letters", "files", "people")
        return {"counts": dict(self.counts)} | {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class _Him:
    """Somebody as he is and as he was, in one of the cases he stands in."""

    file: CaseFile
    here: list[PersonRow]
    staying: list[PersonRow]


def of_person(file: CaseFile, person: PersonRow, files: Sequence[str], gone: Gone) -> None:
    """Destroy what tells of one person, with these attachments (hashes), in this case and in all
    that were joined with it; the others read on.
    """
    places = []
    for joined in [file, *_joined(file, erasure.CAME, erasure.WENT)]:
        mine = reads.people_of(joined.connection, joined.id)
        here = [p for p in mine if _is_he(p, person, joined is file)]
        places.append(_Him(joined, here, [p for p in mine if p not in here]))
    versions = [v for him in places for v in _versions(him)] or [person]
    names = {v["naam"] for v in versions}
    for him in places:
        known = erasure.names_of_institutions(him.file.connection)
        known += [him.file.case["gemeente"], him.file.office.config.organisation]
        veils = [veil_over_person(v, him.staying, known, GONE) for v in versions]
        out = partial(without, veils, names, keys={str(p["id"]) for p in him.here})
        _melder_out(him.file, names)
        _person_out(him.file, him.here, gone)
        _files_out(him.file, files, gone)
        _rewritten(him.file, partial(_in_column, out), gone)
        _looks(him.file, veils, gone)
        _lines(him.file, out, veils, gone)
        drafts.forget_case(him.file.connection, him.file.case["number"], _letters(him.file))
        _told(him.file, file, "Gegevens van een persoon vernietigd.", gone)


def _is_he(one: PersonRow, person: PersonRow, asked_here: bool) -> bool:
    """Tell whether somebody is he: where he asked only who he is, and who came along of him with a
    case that joined it.
    """
    along = one["from_id"] or person["from_id"]
    if asked_here and not along:
        return one["id"] == person["id"]
    return one["id"] == person["id"] or same_elsewhere(one, person)


def _in_column(out: Change, _: str, told: object) -> object:
    return out(told)


def _versions(him: _Him) -> Iterator[Row]:
    """Give somebody as he stands in a case, and as he stood before each correction; with how he is
    reached where he reported himself.
    """
    entries = reads.entries(him.file.connection, him.file.id)
    case = him.file.case
    for one in him.here:
        reach = case["melder_bereikbaar"] if _reported(case, {one["naam"]}) else None
        now: Row = {**one, "bereikbaar": reach}
        yield now
        for old in reversed(corrected(entries, one["id"])):
            now = {**now, **old}
            yield now


def corrected(entries: Sequence[Row], person: int) -> list[Row]:
    """Give what a person was before each correction, the first on top: only what was another."""
    found, old = list[Row](), dict[str, object]()
    for entry in entries:
        told = json.loads(entry["content"] or "{}")
        if entry["kind"] == _OLD and set(told) & _OF_PERSON:
            old = {k: v for k, v in told.items() if k in _OF_PERSON}
        elif old and told.get("persoonsgegevens") and str(told.get("persoon")) == str(person):
            found.append(old)
            old = {}
    return found


_OLD = "oud_gegeven"
_OF_PERSON = frozenset(
    {"naam", "voornamen", "geslachtsnaam", "partnernaam", "geboren", "adres", "bsn"}
)


def _reported(case: CaseRow, names: Collection[str]) -> bool:
    told = case["melder_naam"]
    return bool(told) and fold(told or "") in {fold(name) for name in names}


def _melder_out(file: CaseFile, names: Collection[str]) -> None:
    """Of who reported himself nothing stays but that somebody did."""
    if _reported(file.case, names):
        nobody = dict.fromkeys(("melder_bereikbaar", "melder_functie", "melder_organisatie"))
        told = {"melder_naam": GONE, **nobody}
        writes.change_case_part(file.connection, reads.MELDING, file.id, told)


def _letters(file: CaseFile) -> list[int]:
    return [n["id"] for n in reads.notices(file.connection, file.id)]


def _joined(file: CaseFile, *kinds: str) -> list[CaseFile]:
    """Give all cases joined with this one, however many steps away."""
    found, seen, todo = list[CaseFile](), {file.id}, [file.id]
    while todo:
        for key in erasure.joined_to(file.connection, todo.pop(), kinds):
            case = None if key in seen else reads.case_by_id(file.connection, key, lock=True)
            seen.add(key)
            if case is not None:
                found.append(on_table(file.office, file.connection, case, file.who, file.now))
                todo.append(key)
    return found


def with_the_move(file: CaseFile, what: str) -> None:
    """Destroy a case because of a move that lets nobody cross, and keep that it was done."""
    gone = Gone()
    of_case(file, gone, what)
    by = file.who.id if file.who else None
    row = {
        "case_id": file.id,
        "files": [],
        "state": "done",
        "proposed": file.now,
        "proposed_by": by,
        "ended": file.now,
        "ended_by": by,
        "record": gone.as_record(),
    }
    writes.add(file.connection, subjects.DESTRUCTION, row)


def of_case(file: CaseFile, gone: Gone, what: str = "Gegevens vernietigd.") -> None:
    """Destroy what was recorded of anybody in this case, and in those joined to it."""
    for one in [file, *_joined(file, erasure.CAME)]:
        _whole(one, what, gone)
        _told(one, file, what, gone)


def _whole(file: CaseFile, what: str, gone: Gone) -> None:
    everybody = [dict(p) for p in reads.people_of(file.connection, file.id)]
    told = ("melder_naam", "adviesvrager_naam")
    outside = [{"naam": n, "adres": None} for n in map(file.case.get, told) if n]
    known = erasure.names_of_institutions(file.connection)
    veils = [veil_over_person(p, (), known, GONE) for p in (*everybody, *outside)]
    letters = _letters(file)
    _taken_off(file, letters, gone)
    erasure.forget_pdfs(file.connection, letters)
    _person_out(file, reads.people_of(file.connection, file.id), gone)
    held = [a["hash"] for a in reads.of_case(file.connection, bundle.ATTACHMENT, file.id)]
    _files_out(file, held, gone)
    gone.counts["brieven"] += len(letters)

    def blank(name: str, old: object) -> object:
        """Give a value without anything that was typed."""
        if name == "extensions" and isinstance(old, list):
            return [{k: v for k, v in s.items() if k not in ("reason", "ground")} for s in old]
        return _covered(veils, old) if name in _SAID else None

    _rewritten(file, blank, gone)
    _lines(file, lambda _: None, veils, gone)
    file.changes |= {"zorgen": what}
    erasure.forget_looks(
        file.connection, [line["id"] for line in erasure.looks_of(file.connection, file.id)]
    )
    drafts.forget_case(file.connection, file.case["number"], letters)


_SAID = frozenset(name for names in erasure.SAID.values() for name in names)


def _covered(veils: Sequence[Veil], told: object) -> object:
    for veil in veils:
        told = without([veil], (), told)
    return told


def _person_out(file: CaseFile, he: Sequence[PersonRow], gone: Gone) -> None:
    """Take people out: their letters emptied and off the post, their terms void."""
    keys = {p["id"] for p in he}
    his = [n for n in reads.notices(file.connection, file.id) if n["person_id"] in keys]
    owed = [n["id"] for n in his if n["state"] in ("draft", "approved")]
    _taken_off(file, [n["id"] for n in his], gone)
    empty: Json = dict.fromkeys(_BLANK) | {"facts": {}, "decisions": [], "left_out": []}
    writes.change(file.connection, reads.NOTICE, [n["id"] for n in his], empty | {"pdf": None})
    writes.change(file.connection, reads.NOTICE, owed, {"state": "void"})
    file.owed = [n for n in file.owed if n["id"] not in owed]
    gone.letters += [n["hash"] for n in his if n["hash"]]
    gone.counts["brieven"] += len(his)
    for term in [t for t in file.running if t["person_id"] in keys]:
        file.end(term, "void", file.now, file.case["entries"] + 1, "gegevens vernietigd")
    writes.let_go_of_people(file.connection, file.id, sorted(keys))
    people.remove(file.connection, sorted(keys))
    gone.counts["mensen"] += len(keys)
    gone.people += [[str(file.case["number"]), p["mark"]] for p in he]


def _taken_off(file: CaseFile, letters: Sequence[int], gone: Gone) -> None:
    """Let letters go no more; files are touched once this is kept."""
    rows = [outbox.live(file.connection, key) for key in letters]
    for row in rows:
        if not gone.surely and (why := out_of_hand(file.office, row)):
            raise ClosedDoor.of(why, WHY[why])
    gone.ready += cancelled(file.connection, rows)
    gone.posted += outbox.keys_of(file.connection, letters)


def _files_out(file: CaseFile, hashes: Sequence[str], gone: Gone) -> None:
    held = reads.of_case(file.connection, bundle.ATTACHMENT, file.id)
    going = [a for a in held if a["hash"] in hashes]
    erasure.drop_files(file.connection, [a["id"] for a in going])
    gone.files += [a["hash"] for a in going]
    gone.names += [a["name"] for a in going]
    gone.counts["bijlagen"] += len(going)
    writes.set_meta(file.connection, SWEPT, "")  # the files themselves go with the next round


def _rewritten(file: CaseFile, how: ColumnChange, gone: Gone) -> None:
    """Write the words of every row anew. A letter that changed has no print any more; one that is
    still to go is a draft again.
    """
    letters = set()
    for found in erasure.rows_of(file.connection, file.id):
        changed = erasure.rewrite(file.connection, found, how)
        gone.counts["velden"] += len(changed)
        if found[0].name == "cases":
            file.changes |= changed
        if found[0].name == "notices" and changed:
            letters.add(found[1])
    erasure.forget_pdfs(file.connection, sorted(letters))
    again = [n["id"] for n in file.owed if n["id"] in letters and n["state"] == "approved"]
    _taken_off(file, again, gone)
    writes.change(file.connection, reads.NOTICE, again, DRAFT_AGAIN)


def _lines(file: CaseFile, how: Change, veils: Sequence[Veil], gone: Gone) -> None:
    """Write the lines of the journal anew that hold something, with a line that says so; each
    keeps its place in the chain.
    """
    lines = []
    for entry in reads.entries(file.connection, file.id):
        if entry["kind"] == ERASURE:
            continue
        content = _content(entry, how)
        what = _covered(veils, entry["what"])
        changes = (content, what) != (entry["content"], entry["what"])
        if changes or entry["held"]:  # also the hashes of the rows of then tell of somebody
            lines.append({**entry, "content": content, "what": what})
        if changes:
            gone.lines[f"{file.case['number']}/{entry['sequence']}"] = entry["commitment"]
            gone.counts["regels"] += 1
    gone.record[file.id] = journal.erase(file.connection, lines)


def _content(entry: Row, how: Change) -> str | None:
    if entry["content"] is None:
        return None
    left = how(json.loads(entry["content"]))
    return None if left is None else journal.as_json(cast(Row, left))


def _looks(file: CaseFile, veils: Sequence[Veil], gone: Gone) -> None:
    found = erasure.looks_of(file.connection, file.id)
    keys = [line["id"] for line in found if any(v.holds(line["reason"]) for v in veils)]
    erasure.forget_looks(file.connection, keys)
    gone.counts["velden"] += len(keys)


def _told(file: CaseFile, of: CaseFile, what: str, gone: Gone) -> None:
    """Write the line that says so; the case it was asked of is saved by who asked."""
    file.words = True
    writes.set_meta(file.connection, UNSETTLED, "1")
    with_it = "" if file is of else f" Met die van {of.case['number']}."
    file.note(ERASURE, f"{what}{with_it}", gone.record[file.id])
    if file is not of:
        file.save(bump=False)
