"""Correcting what is recorded.

Both versions stay in the journal (of an advies the old words are erased), terms are worked out
again, letters are marked.
"""

import json
from collections.abc import Collection
from typing import Any

from amhk.desk.casefile.casefile import LINE, CaseFile
from amhk.desk.cases.correct_moments import AT_RECEIPT, correct_moment, correct_receipt
from amhk.desk.cases.outdated_letters import WORDS_OF_LETTERS, mark_letters, said_by_letters
from amhk.desk.cases.register import stays_secret, tell_children
from amhk.desk.people import earlier_contacts
from amhk.errors import BadInput, Fault
from amhk.rules.parse import Filled, fold
from amhk.rules.people import people as rules
from amhk.rules.procedure.codes import Roles
from amhk.rules.procedure.standing import Decision
from amhk.store import reads
from amhk.store.rows import PersonRow, cell, part
from amhk.words import day_of, lower_first

_FACTS = ("gemeente", "kanaal", "hoedanigheid", "meldcodestap", "zorgen", "aanleiding", "aard")


def correct(file: CaseFile, decision: Decision, entry: int) -> str:
    """Correct recorded facts: both versions stay in the journal, terms are re-projected and say
    why, letters sent are marked.
    """
    values = decision.values
    if file.case["route"] == "melding" and file.case["melder_naam"] is None:
        text = "De gegevens van deze melding zijn vernietigd: er is niets meer te corrigeren."
        raise BadInput.of("vernietigd", text, "reden")
    said = said_by_letters(file, ())
    told = [
        *_case_facts(file, values, entry),
        *_melder(file, values),
        *_person(file, values, entry),
        *_advies(file, values),
        *_texts(file, values),
    ]
    if values.get("ontvangen") and values["ontvangen"] != file.case["received"]:
        told.append(correct_receipt(file, values["ontvangen"], entry))
    if values.get("stap") or values.get("moment"):
        told.append(correct_moment(file, values, entry))
    if not told:
        raise BadInput.of("niets_gewijzigd", "Vul in wat er anders moet zijn.", "reden")
    if isinstance(values.get("uitkomst"), list):
        file.tell(entry, uitkomst_juist=values["uitkomst"])
    file.pending.afterwards.append(lambda: mark_letters(file, said, values))
    file.words = True
    return f": {'; '.join(told)}"


def _case_facts(file: CaseFile, values: Filled, entry: int) -> list[str]:
    told, titles = (
        [],
        {f.name: f"'{f.title}'" for f in file.workflow.intake if f.title.endswith("?")},
    )
    for name in _FACTS:
        if name in values and values[name] != cell(file.case, name):
            shown = (
                ""
                if name == "zorgen"
                else f" van {_said(cell(file.case, name))} naar {_said(values[name])}"
            )
            told.append(f"{titles.get(name, name)}{shown}")
            file.changes[name] = values[name]
            if name == "gemeente" and not file.case["team_reason"].startswith(
                ("Met de hand", AT_RECEIPT)
            ):
                file.changes["team_reason"] = (
                    f"{AT_RECEIPT}: {lower_first(file.case['team_reason'])}"
                )
    old = {
        n: cell(file.case, n)
        for n in _FACTS
        if n in file.changes and not (n == "zorgen" and file.case["route"] == "advies")
    }
    if old:  # the old words of an advies are erased, not kept
        file.note("oud_gegeven", "Gegevens zoals ze waren, bewaard bij de correctie.", old)
        file.tell(entry, case={n: file.changes[n] for n in old if n != "zorgen"})
    return [t for t in told if not (t == "zorgen" and file.case["route"] == "advies")]


def _said(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "leeg")


def _melder(file: CaseFile, values: Filled) -> list[str]:
    told = {
        k.removeprefix("melder_"): v for k, v in file.case.items() if k.startswith("melder_")
    } | values.get("melder", {})
    if file.case["route"] == "melding":
        if values.get("melder", {}).get("geheim") and told["toestemming"] is None:
            told["toestemming"] = False  # secret by law already; now by his own word as well
        told["geheim"] = stays_secret(
            file, values.get("hoedanigheid", file.case["hoedanigheid"]), told
        )
    changed = {f"melder_{k}": v for k, v in told.items() if v != cell(file.case, f"melder_{k}")}
    if not changed:
        return []
    file.note(
        "oud_gegeven",
        "Gegevens van de melder zoals ze waren, bewaard bij de correctie.",
        part(file.case, changed),
    )
    file.pending.parts.append((reads.MELDING, changed))
    return ["gegevens van de melder"]


def _advies(file: CaseFile, values: Filled) -> list[str]:
    """Correct the words of an advies.

    The old ones are erased, also from the journal, and the line says so (G6).
    """
    if file.case["route"] != "advies":
        return []
    told = []
    if values.get("advies") and values["advies"] != file.case["advies"]:
        file.pending.parts.append((reads.ADVIES, {"advies": values["advies"]}))
        told.append("advies")
    if values.get("verslag") and (had := file.rows(reads.CONTACT)):
        one = next((c for c in had if str(c["id"]) == values.get("contact")), had[-1])
        file.change(reads.CONTACT, [one["id"]], verslag=values["verslag"])
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
        file.pending.erased.append({**entry, "content": None})
        line = content.pop(LINE, entry["sequence"])
        if rest := {k: v for k, v in content.items() if k not in names}:
            file.note_words(line, rest)


def _texts(file: CaseFile, values: Filled) -> list[str]:
    """Correct the words a letter uses.

    The conclusion and outcome (this line now holds them), findings and what they are, and what a
    letter not yet sent says.
    """
    told = [name for name in ("conclusie", "uitkomst") if values.get(name)] + _findings(
        file, values
    )
    names = {n: n for n in WORDS_OF_LETTERS if values.get(n)} | (
        {"reden_brief": "reden"} if values.get("reden_brief") else {}
    )
    for notice in reads.notices(file.connection, file.id, open_only=True) if names else ():
        if new := {inner: values[n] for n, inner in names.items() if inner in notice["facts"]}:
            file.note(
                "oud_gegeven",
                "De woorden van een brief zoals ze waren.",
                {n: notice["facts"][n] for n in new},
            )
            file.change(reads.NOTICE, [notice["id"]], facts=notice["facts"] | new)
            told += [n.replace("_", " ") for n in new if n.replace("_", " ") not in told]
    return told


def _findings(file: CaseFile, values: Filled) -> list[str]:
    """Correct one finding (the last, or the one that is named).

    Its words, and whether it is medical, criminal or told by one parent.
    """
    if not (values.get("bevindingen") or values.get("gevoelig")) or file.case["route"] != "melding":
        return []
    found = file.rows(reads.FINDING)
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
        {"bevinding": str(one["id"]), "bevindingen": one["text"], "gevoelig": one["labels"]},
    )
    file.change(reads.FINDING, [one["id"]], **new)
    return ["bevindingen"]


def _person(file: CaseFile, values: Filled, entry: int) -> list[str]:
    new = values.get("persoonsgegevens") or {}
    if not new and not values.get("persoon"):
        return []
    if not new or not values.get("persoon"):
        text = "Noem de persoon en zijn juiste gegevens samen."
        raise BadInput.of("ontbreekt", text, "persoon")
    everybody = file.rows(reads.PERSON)
    person = next(p for p in everybody if str(p["id"]) == values["persoon"])
    roles = file.codes.roles
    if rules.is_unborn(person, roles) and new.get("geboren"):
        new = _born(new, person, roles)
    changed = {k: v for k, v in new.items() if v != cell(person, k)}
    if not changed:
        return []
    others = [p for p in everybody if p["id"] != person["id"]]
    if wrong := rules.faults([{**person, **new}], day_of(file.now), roles, others, ""):
        raise BadInput(faults=[Fault(f.code, f.text, f"persoonsgegevens.{f.field}") for f in wrong])
    what = "Gegevens van een persoon zoals ze waren, bewaard bij de correctie."
    file.note("oud_gegeven", what, part(person, changed))
    titles = {f.name: lower_first(f.title) for f in file.workflow.person}
    said = ", ".join(titles.get(k, k.replace("_", " ")) for k in changed)
    if "naam" in changed:
        changed["zoeknaam"] = fold(changed["naam"])
    file.change(reads.PERSON, [person["id"]], **changed)
    file.pending.afterwards.append(
        lambda: earlier_contacts.find_again(file.office, file.connection, person["id"])
    )
    tell_children(file, entry)
    if rules.is_unborn(person, roles) and not rules.is_unborn({**person, **new}, roles):
        for kind in file.workflow.person_notices:
            file.draft(kind, file.now, file.case["entries"], person_id=person["id"])
    return [f"gegevens van een persoon ({said})"]


def _born(new: Filled, person: PersonRow, roles: Roles) -> dict[str, Any]:
    """Give what changes of an unborn child that is born: no longer due, a child like any other."""
    names = new.get("rollen") or person["rollen"] or ()
    born = {"kind" if roles.has([name], "ongeboren") else name for name in names}
    return {"uitgerekend": None, "rollen": sorted(born)} | {
        k: v for k, v in new.items() if k != "rollen"
    }
