"""Correcting what is recorded.

Both versions stay in the journal (of an advies the old words are erased), terms are worked out
again, letters are marked.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from amhk.desk import people
from amhk.desk.casefile import LINE, CaseFile, due_of, fresh_row, is_late, next_round
from amhk.desk.composing import compose
from amhk.desk.outgoing import DRAFT_AGAIN, out_of_hand, take_off
from amhk.desk.registering import stays_secret, tell_children
from amhk.errors import BadInput, ClosedDoor, Fault
from amhk.rules import people as rules
from amhk.rules.moves import Decision
from amhk.rules.parse import fold
from amhk.store import claims, outbox, reads, writes
from amhk.store.journal import said_at
from amhk.store.reads import Row
from amhk.words import day_of, iso, lower_first, say_day, say_instant

_OF_LETTERS = (
    "motivering",
    "afspraken",
    "veiligheidsvoorwaarden",
    "geprobeerde_hulp",
    "gezaghebbenden_geinformeerd",
    "naar",
)
_THEN = "Bij ontvangst"
_FACTS = ("gemeente", "kanaal", "hoedanigheid", "meldcodestap", "zorgen", "aanleiding", "aard")


def correct(file: CaseFile, decision: Decision, entry: int) -> str:
    """Correct recorded facts: both versions stay in the journal, terms are re-projected and say
    why, letters sent are marked.
    """
    values = decision.values
    if file.case["route"] == "melding" and file.case["melder_naam"] is None:
        text = "De gegevens van deze melding zijn vernietigd: er is niets meer te corrigeren."
        raise BadInput(faults=[Fault("vernietigd", text, "reden")])
    said = _said_by_letters(file, ())
    told = [
        *_case_facts(file, values, entry),
        *_melder(file, values),
        *_person(file, values, entry),
        *_advies(file, values),
        *_texts(file, values),
    ]
    if values.get("ontvangen") and values["ontvangen"] != file.case["received"]:
        told.append(_received(file, values["ontvangen"], entry))
    if values.get("stap") or values.get("moment"):
        told.append(_moment(file, values, entry))
    if not told:
        raise BadInput(
            faults=[Fault("niets_gewijzigd", "Vul in wat er anders moet zijn.", "reden")]
        )
    if isinstance(values.get("uitkomst"), list):
        file.tell(entry, uitkomst_juist=values["uitkomst"])
    mark_letters(file, said, values)
    file.words = True
    return f": {'; '.join(told)}"


def _case_facts(file: CaseFile, values: Mapping[str, Any], entry: int) -> list[str]:
    told, titles = (
        [],
        {f.name: f"'{f.title}'" for f in file.workflow.intake if f.title.endswith("?")},
    )
    for name in _FACTS:
        if name in values and values[name] != file.case[name]:
            shown = (
                ""
                if name == "zorgen"
                else f" van {_said(file.case[name])} naar {_said(values[name])}"
            )
            told.append(f"{titles.get(name, name)}{shown}")
            file.changes[name] = values[name]
            if name == "gemeente" and not file.case["team_reason"].startswith(
                ("Met de hand", _THEN)
            ):
                file.changes["team_reason"] = f"{_THEN}: {lower_first(file.case['team_reason'])}"
    old = {
        n: file.case[n]
        for n in _FACTS
        if n in file.changes and not (n == "zorgen" and file.case["route"] == "advies")
    }
    if old:  # the old words of an advies are erased, not kept
        file.note("oud_gegeven", "Gegevens zoals ze waren, bewaard bij de correctie.", old)
        file.tell(entry, case={n: file.changes[n] for n in old if n != "zorgen"})
    return [t for t in told if not (t == "zorgen" and file.case["route"] == "advies")]


def _said(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "leeg")


def _melder(file: CaseFile, values: Mapping[str, Any]) -> list[str]:
    told = {
        k.removeprefix("melder_"): v for k, v in file.case.items() if k.startswith("melder_")
    } | values.get("melder", {})
    if file.case["route"] == "melding":
        if values.get("melder", {}).get("geheim") and told["toestemming"] is None:
            told["toestemming"] = False  # secret by law already; now by his own word as well
        told["geheim"] = stays_secret(
            file, values.get("hoedanigheid", file.case["hoedanigheid"]), told
        )
    changed = {f"melder_{k}": v for k, v in told.items() if v != file.case[f"melder_{k}"]}
    if not changed:
        return []
    file.note(
        "oud_gegeven",
        "Gegevens van de melder zoals ze waren, bewaard bij de correctie.",
        {k: file.case[k] for k in changed},
    )
    writes.change_case_part(file.connection, reads.MELDING, file.id, changed)
    return ["gegevens van de melder"]


def _advies(file: CaseFile, values: Mapping[str, Any]) -> list[str]:
    """Correct the words of an advies.

    The old ones are erased, also from the journal, and the line says so (G6).
    """
    if file.case["route"] != "advies":
        return []
    told = []
    if values.get("advies") and values["advies"] != file.case["advies"]:
        writes.change_case_part(
            file.connection, reads.ADVIES, file.id, {"advies": values["advies"]}
        )
        told.append("advies")
    if values.get("verslag") and (had := reads.of_case(file.connection, reads.CONTACT, file.id)):
        one = next((c for c in had if str(c["id"]) == values.get("contact")), had[-1])
        writes.change(file.connection, reads.CONTACT, [one["id"]], {"verslag": values["verslag"]})
        told.append("verslag")
    told += ["zorgen"] if "zorgen" in file.changes else []
    if not told:
        return []
    lists = [f.name for f in file.workflow.intake if any(part.name in told for part in f.fields)]
    erase_words(file, [*told, *lists])
    by = file.who.name if file.who else "het meldpunt"
    return [f"{' en '.join(told)} (de oude tekst is gewist door {by})"]


def erase_words(file: CaseFile, names: Collection[str]) -> None:
    """Erase words of an advies from its journal.

    The chain stays whole by its commitments, and what else those lines held is written anew.
    """
    for entry in reads.entries(file.connection, file.id):
        content = json.loads(entry["content"] or "{}")
        if not set(names) & set(content):
            continue
        writes.erase_entry(file.connection, entry["id"])
        line = content.pop(LINE, entry["sequence"])
        if rest := {k: v for k, v in content.items() if k not in names}:
            file.note_words(line, rest)


def _texts(file: CaseFile, values: Mapping[str, Any]) -> list[str]:
    """Correct the words a letter uses.

    The conclusion and outcome (this line now holds them), findings and what they are, and what a
    letter not yet sent says.
    """
    told = [name for name in ("conclusie", "uitkomst") if values.get(name)] + _findings(
        file, values
    )
    names = {n: n for n in _OF_LETTERS if values.get(n)} | (
        {"reden_brief": "reden"} if values.get("reden_brief") else {}
    )
    for notice in reads.notices(file.connection, file.id, open_only=True) if names else ():
        if new := {inner: values[n] for n, inner in names.items() if inner in notice["facts"]}:
            file.note(
                "oud_gegeven",
                "De woorden van een brief zoals ze waren.",
                {n: notice["facts"][n] for n in new},
            )
            writes.change(
                file.connection, reads.NOTICE, [notice["id"]], {"facts": notice["facts"] | new}
            )
            told += [n.replace("_", " ") for n in new if n.replace("_", " ") not in told]
    return told


def _findings(file: CaseFile, values: Mapping[str, Any]) -> list[str]:
    """Correct one finding (the last, or the one that is named).

    Its words, and whether it is medical, criminal or told by one parent.
    """
    if not (values.get("bevindingen") or values.get("gevoelig")) or file.case["route"] != "melding":
        return []
    found = reads.of_case(file.connection, reads.FINDING, file.id)
    one = next(
        (f for f in found if str(f["id"]) == values.get("bevinding")), found[-1] if found else None
    )
    if one is None:
        return []
    new = {"text": values["bevindingen"]} if values.get("bevindingen") else {}
    new |= {"labels": sorted(values["gevoelig"])} if values.get("gevoelig") else {}
    file.note(
        "oud_gegeven",
        "De bevindingen zoals ze waren, bewaard bij de correctie.",
        {"bevindingen": one["text"], "gevoelig": one["labels"]},
    )
    writes.change(file.connection, reads.FINDING, [one["id"]], new)
    return ["bevindingen"]


def _person(file: CaseFile, values: Mapping[str, Any], entry: int) -> list[str]:
    new = values.get("persoonsgegevens") or {}
    if not new and not values.get("persoon"):
        return []
    if not new or not values.get("persoon"):
        raise BadInput(
            faults=[Fault("ontbreekt", "Noem de persoon en zijn juiste gegevens samen.", "persoon")]
        )
    person = next(
        p
        for p in reads.of_case(file.connection, reads.PERSON, file.id)
        if str(p["id"]) == values["persoon"]
    )
    roles = file.office.pack.codes.roles
    if rules.is_unborn(person, roles) and new.get(
        "geboren"
    ):  # he is born: no longer due, and a child like any other
        born = [
            "kind" if roles.has([r], "ongeboren") else r
            for r in new.get("rollen") or person["rollen"] or ()
        ]
        new = {
            "uitgerekend": None,
            "rollen": sorted(set(born)),
            **{k: v for k, v in new.items() if k != "rollen"},
        }
    changed = {k: v for k, v in new.items() if v != person[k]}
    if not changed:
        return []
    others = [
        p for p in reads.of_case(file.connection, reads.PERSON, file.id) if p["id"] != person["id"]
    ]
    if wrong := rules.faults([{**person, **new}], day_of(file.now), roles, others, ""):
        raise BadInput(faults=[Fault(f.code, f.text, f"persoonsgegevens.{f.field}") for f in wrong])
    file.note(
        "oud_gegeven",
        "Gegevens van een persoon zoals ze waren, bewaard bij de correctie.",
        {k: person[k] for k in changed},
    )
    if "naam" in changed:
        changed["zoeknaam"] = fold(changed["naam"])
    writes.change(file.connection, reads.PERSON, [person["id"]], changed)
    people.find_again(file.connection, person["id"])
    tell_children(file, entry)
    if rules.is_unborn(person, roles) and not rules.is_unborn({**person, **new}, roles):
        for kind in file.workflow.person_notices:
            file.draft(kind, file.now, file.case["entries"], person_id=person["id"])
    titles = {f.name: lower_first(f.title) for f in file.workflow.person}
    return [
        "gegevens van een persoon"
        f" ({', '.join(titles.get(k, k.replace('_', ' ')) for k in changed if k != 'zoeknaam')})"
    ]


def _received(file: CaseFile, received: datetime, entry: int) -> str:
    old = file.case["received"]
    done = [t["ended_at"] for t in _all_terms(file) if t["status"] == "met"]
    done += [f["moment"] for f in reads.of_case(file.connection, reads.FINISH, file.id)]
    done += [file.case["closed_at"]] if file.case["closed_at"] else []
    if done and received > min(done):
        text = (
            f"Ontvangen: op {say_instant(min(done))} is al een stap gezet; de ontvangst kan niet"
            " later zijn."
        )
        raise BadInput(faults=[Fault("na_stap", text, "ontvangen")])
    file.changes["received"] = received
    file.tell(entry, case={**file.told(entry).get("case", {}), "received": iso(received)})
    if file.case["route"] == "melding":
        tell_children(file, entry)  # how old somebody was then
    begun = {*file.workflow.intake_starts, *(s.term for s in file.workflow.intake_maybe)}
    _reproject(
        file,
        [t for t in _all_terms(file) if t["start_entry"] == 1 and t["name"] in begun],
        received,
        entry,
    )
    return f"ontvangst van {say_instant(old)} naar {say_instant(received)}"


def _moment(file: CaseFile, values: Mapping[str, Any], entry: int) -> str:
    """Correct the moment of the latest time a move was made.

    What it started, what it met, and its rows move along.
    """
    name, moment = values.get("stap"), values.get("moment")
    lines = [e for e in reads.entries(file.connection, file.id) if e["kind"] == name]
    if not name or not moment or not lines:
        raise BadInput(
            faults=[
                Fault(
                    "ontbreekt", "Noem een stap die gezet is, en het juiste moment samen.", "stap"
                )
            ]
        )
    sequence = lines[-1]["sequence"]
    terms = _all_terms(file)
    _reproject(file, [t for t in terms if t["start_entry"] == sequence], moment, entry)
    for term in terms:
        if term["end_entry"] == sequence and term["status"] == "met":
            writes.change(
                file.connection,
                reads.TERM,
                [term["id"]],
                {"ended_at": moment, "late": is_late(term, moment)},
            )
            file.ledger(entry, "at", term["id"], at=moment.isoformat())
            file.tell_term(entry, {**term, "ended_at": moment})
    for source in (reads.REFERRAL, reads.CHECK, reads.FINISH):
        keys = [
            r["id"]
            for r in reads.of_case(file.connection, source, file.id)
            if r["entry"] == sequence
        ]
        writes.change(file.connection, source, keys, {"moment": moment})
    file.tell(entry, moved=[[sequence, iso(moment)]])
    old = said_at(lines[-1])
    if file.case["closed_at"] == old:
        file.changes["closed_at"] = moment
    if file.workflow.moves[name].effect == "help_started":
        begun = reads.of_case(file.connection, reads.REFERRAL, file.id)[-1:]
        writes.change(
            file.connection,
            reads.REFERRAL,
            [r["id"] for r in begun],
            {"started_on": day_of(moment), "answered": moment},
        )
    return (
        f"moment van '{lower_first(file.workflow.moves[name].title)}' van {say_instant(old)} naar"
        f" {say_instant(moment)}"
    )


def _all_terms(file: CaseFile) -> list[dict[str, Any]]:
    return [dict(t) for t in reads.terms(file.connection, file.id)]


def _reproject(file: CaseFile, terms: list[dict[str, Any]], start: datetime, entry: int) -> None:
    """Work out again the ends of terms from a corrected start, extensions included, and say of each
    why it moved.
    """
    for term in terms:
        rule = file.workflow.terms[term["name"]]
        fresh = fresh_row(file.office, rule, term, start)
        names = ("start", "due", "unrolled", "over_at", "beside_due", "beside_over_at", "calendar")
        changes: dict[str, Any] = {k: fresh[k] for k in names}
        file.ledger(
            entry, "restart", term["id"], start=start.isoformat(), calendar=fresh["calendar"]
        )
        if term["status"] == "met":
            changes["late"] = is_late(fresh, term["ended_at"])
        if fresh["due"] != term["due"]:
            changes["why"] = (
                f"was {term['due']}, opnieuw berekend na een correctie op"
                f" {say_day(day_of(file.now))}"
            )
            file.note(
                "termijn_herrekend",
                f"{rule.title}: van {term['due']} naar {fresh['due']} na correctie.",
                {"start": iso(start)},
            )
            if term["status"] in ("running", "suspended"):
                changes |= next_round(
                    file.office, rule, {**term, "start": start}, due_of(fresh), file.now
                )
                writes.trim_inbox(file.connection, term["id"], changes["rung"])
        writes.change(file.connection, reads.TERM, [term["id"]], changes)
        file.tell_term(entry, {**term, **changes})
        for t in file.running:
            if t["id"] == term["id"]:
                t.update(changes)


def _said_by_letters(file: CaseFile, words: Collection[str]) -> dict[int, str | None]:
    """Give what each letter of a case that went (or is approved) would say, made anew from what is
    recorded now; None for one that cannot be made, or that uses what the journal is about to say
    (`words`).
    """
    case = {**file.case, **file.changes}
    letters = [
        n for n in reads.notices(file.connection, file.id) if n["state"] in ("approved", "sent")
    ]
    return {n["id"]: _says(file, case, n, words) for n in letters}


def _says(file: CaseFile, case: Row, notice: Row, words: Collection[str]) -> str | None:
    assert file.who is not None
    try:
        letter = compose(file.office, file.connection, case, notice, file.who, file.now)
    except ClosedDoor:
        return None
    used = {name for name, _, _ in letter.uses}
    return repr((letter.head, letter.blocks)) if letter.blocks and not used & set(words) else None


def mark_letters(
    file: CaseFile, said: Mapping[int, str | None] | None = None, words: Collection[str] = ()
) -> None:
    """Let letters know that a fact under them changed.

    A sent one (or one that is printed or stands in the folder) is marked, an approved one is a
    draft again. Also the letters to this melder on a case he joined.

    With what they said before (`said`) and the fields that were corrected (`words`) only those are
    marked that would say something else now.
    """
    letters = [
        *reads.notices(file.connection, file.id),
        *reads.notices_about(file.connection, file.id),
    ]
    approved = [n["id"] for n in letters if n["state"] == "approved"]
    reads.lock_notices(file.connection, approved)
    gone = {key for key in approved if out_of_hand(file.office, outbox.live(file.connection, key))}
    now = _said_by_letters(file, words) if said is not None else {}
    same = {key for key, text in (said or {}).items() if text is not None and now.get(key) == text}
    told = [
        n["id"]
        for n in letters
        if (n["state"] == "sent" or n["id"] in gone) and n["id"] not in same
    ]
    writes.change(file.connection, reads.NOTICE, told, {"old_fact": True})
    for notice in letters:
        if notice["state"] == "approved" and notice["id"] not in gone:
            take_off(file.office, file.connection, [notice["id"]])
            claims.save_notice(file.connection, notice, DRAFT_AGAIN)
            file.note(
                "bericht",
                f"{file.workflow.notices[notice['kind']].title}: weer concept na een correctie.",
                {"notice": notice["id"]},
            )
