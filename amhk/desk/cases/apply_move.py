"""Carrying out a decision: state, facts, finish, terms, notices and the rows a move leaves behind,
all on one case file.
"""

from collections.abc import Callable, Iterable

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.cases import corrections, effects, join, route_change
from amhk.rules.people.people import is_unborn
from amhk.rules.procedure.standing import Decision
from amhk.store import reads
from amhk.words import iso, lower_first

Effect = Callable[[CaseFile, Decision, int], str | None]


def carry_out(file: CaseFile, decision: Decision) -> None:
    """Do on the case file all that a decision says; nothing is written until the file is saved."""
    effect = _EFFECTS.get(decision.move.effect or "")
    told = _told(file, decision)
    entry = file.case["entries"] + 1
    if decision.moment != file.now:
        file.tell(entry, at=iso(decision.moment))
    extra = effect(file, decision, entry) if effect else None
    if (
        isinstance(codes := decision.values.get("uitkomst"), list)
        and decision.move.effect != "correct"
    ):
        file.tell(entry, uitkomst=codes)
    file.note(decision.move.name, f"{decision.move.done}{extra or ''}{told}.", _kept(decision))
    file.changes["facts"] = dict(decision.facts) | _coded(file, decision, entry)
    file.changes["state"] = decision.target
    _finish(file, decision, entry)
    file.end_all(decision.meets, "met", decision.moment, entry)
    file.end_all(decision.voids, "void", decision.moment, entry, lower_first(decision.move.done))
    if decision.move.drops:
        own = decision.run if decision.move.of else None
        why = lower_first(decision.move.done)
        file.let_go(decision.move.drops, decision.moment, entry, why, own)
    for name in decision.starts:
        run = decision.run if file.workflow.terms[name].of else None
        file.start(name, decision.moment, entry, decision.dates.get(name), run=run)
    if decision.closes:
        _close(file, decision, entry)
    _draft(file, decision, entry)


def _kept(decision: Decision) -> dict[str, object]:
    """Give what the journal line keeps of the input.

    On an advies that becomes a melding only the reason (G6), the rest stands on the melding.
    """
    if decision.move.effect == "to_melding":
        return {k: v for k, v in decision.values.items() if k in ("reden", "op")}
    return dict(decision.values)


def _told(file: CaseFile, decision: Decision) -> str:
    decider = decision.values.get("beslisser") or (file.who.name if file.who else None)
    if not any(f.name == "beslisser" for f in decision.move.fields) or not decider:
        return ""
    worker = (
        reads.worker_by(file.connection, name=decider) if decision.values.get("beslisser") else None
    )
    registration = (
        worker["registration"] if worker else (file.who.registration if file.who else None)
    )
    return f" (besloten door {decider}{', ' + registration if registration else ''})"


def _coded(file: CaseFile, decision: Decision, entry: int) -> dict[str, object]:
    """Give what this move means in the official lists.

    Of the vervolg of a melding the first holds, of an onderzoek all do (IP1 par. 3.6, 4.7).
    """
    before = decision.facts.get("codes") or {}
    told = dict(before)
    for name, code in [
        *decision.move.codes,
        *([("vervolg_onderzoek", file.handed_to)] if file.handed_to else []),
    ]:
        told[name] = (
            sorted({*told.get(name, ()), code})
            if name == "vervolg_onderzoek"
            else told.get(name, code)
        )
    if new := {
        name: sorted(_each(codes) - _each(before.get(name, ())))
        for name, codes in told.items()
        if codes != before.get(name)
    }:
        file.tell(entry, codes=new)
    return {"codes": told} if told else {}


def _each(codes: str | Iterable[str]) -> set[str]:
    return {codes} if isinstance(codes, str) else set(codes)


def _finish(file: CaseFile, decision: Decision, entry: int) -> None:
    """Record a finish; an ending that is only decided waits in the facts until the case closes
    without a finish.
    """
    move = decision.move
    if move.ending and not decision.closes:
        file.changes["facts"] = {**file.changes["facts"], "einde": move.ending}
    if move.finish:
        file.changes["finish"] = move.finish
        file.changes["finishes"] = sorted({*file.case["finishes"], move.finish})
        file.add(reads.FINISH, finish=move.finish, moment=decision.moment, entry=entry)
        file.tell(entry, finish=move.finish)


def _close(file: CaseFile, decision: Decision, entry: int) -> None:
    file.changes |= {"closed": True, "closed_at": decision.moment}
    file.tell(entry, closed=True)
    effects.lapse(file)
    file.let_go(
        [k for k, rule in file.workflow.notices.items() if not rule.obligatory],
        decision.moment,
        entry,
        "gesloten",
    )
    if decision.move.ending:
        file.void_letters()
    if not file.standing().finishes:
        file.changes["ending"] = decision.move.ending or file.standing().facts.get("einde")
        file.tell(entry, ended=[file.changes["ending"], file.joined_in])


def _draft(file: CaseFile, decision: Decision, entry: int) -> None:
    kept = {k: v for k, v in decision.values.items() if isinstance(v, str | bool)}
    facts = kept | {"op": decision.moment.isoformat()}
    for kind in decision.notices:
        rule = file.workflow.notices[kind]
        if rule.recipient == "adviesvrager" and not file.case.get("adviesvrager_naam"):
            continue
        if decision.closes and rule.obligatory and not decision.move.ending:
            continue
        run = decision.run if rule.of else None
        if rule.each:
            born = (p for p in file.rows(reads.PERSON) if not is_unborn(p, file.codes.roles))
            for person in born:  # there is nobody yet to write to before
                file.draft(kind, decision.moment, entry, facts, person_id=person["id"], run=run)
            continue
        abouts: set[int | None] = {None}
        if rule.recipient == "melder":
            abouts = _melders(file, decision)
        for about in sorted(abouts, key=lambda key: key or 0):
            file.draft(kind, decision.moment, entry, facts, about_id=about, run=run)


def _melders(file: CaseFile, decision: Decision) -> set[int | None]:
    """Give whose melders hear of this: of each assessment that was met its own.

    Of an onderzoek every melder that joined.
    """
    again = file.workflow.join_starts
    judged = [t for t in decision.meets if t.name in again]
    if judged:
        return {t.about for t in judged}
    joined = {
        r["other_id"]
        for r in reads.relations(file.connection, file.id)
        if r["kind"] == "vervolgmelding"
    }
    return {None, *joined}


_EFFECTS: dict[str, Effect] = {
    "referral": effects.referral,
    "referral_accepted": effects.referral_accepted,
    "referral_refused": effects.referral_refused,
    "referral_withdrawn": effects.referral_withdrawn,
    "help_started": effects.help_started,
    "check": effects.check,
    "finding": effects.finding,
    "contact": effects.contact,
    "counter": effects.counter,
    "calm": effects.calm,
    "join": join.join,
    "to_melding": route_change.to_melding,
    "to_advies": lambda file, decision, entry: route_change.to_advies(
        file, decision, entry, carry_out
    ),
    "correct": corrections.correct,
    "rvdk_answer": effects.rvdk_answer,
    "rvdk_outcome": effects.rvdk_outcome,
}
