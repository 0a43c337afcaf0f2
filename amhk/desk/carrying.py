"""Carrying out a decision: state, facts, finish, terms, notices and the rows a move leaves behind, all on one case file."""

from collections.abc import Callable

from amhk.desk import conversions, effects
from amhk.desk.casefile import CaseFile
from amhk.rules.moves import Decision
from amhk.store import reads, writes

Effect = Callable[[CaseFile, Decision, int], str | None]


def carry_out(file: CaseFile, decision: Decision) -> None:
    """Do on the case file all that a decision says; nothing is written until the file is saved."""
    effect = _EFFECTS.get(decision.move.effect or "")
    told = _told(file, decision)
    entry = file.case["entries"] + 1
    extra = effect(file, decision, entry) if effect else None
    file.note(decision.move.name, f"{decision.move.done}{extra or ''}{told}.", dict(decision.values))
    file.changes["facts"] = dict(decision.facts)
    file.changes["state"] = decision.target
    _finish(file, decision, entry)
    file.end_all(decision.meets, "met", decision.moment, entry)
    file.end_all(decision.voids, "void", decision.moment, entry, decision.move.done.lower())
    for name in decision.starts:
        file.start(name, decision.moment, entry, decision.dates.get(name))
    if decision.closes:
        _close(file, decision)
    _draft(file, decision, entry)


def _told(file: CaseFile, decision: Decision) -> str:
    decider = decision.values.get("beslisser") or (file.who.name if file.who else None)
    if not any(f.name == "beslisser" for f in decision.move.fields) or not decider:
        return ""
    worker = reads.worker_by(file.connection, name=decider) if decision.values.get("beslisser") else None
    registration = worker["registration"] if worker else (file.who.registration if file.who else None)
    return f" (besloten door {decider}{', ' + registration if registration else ''})"


def _finish(file: CaseFile, decision: Decision, entry: int) -> None:
    move = decision.move
    if move.ending:
        file.changes["ending"] = move.ending
    if move.finish:
        file.changes["finish"] = move.finish
        file.changes["finishes"] = sorted({*file.case["finishes"], move.finish})
        row = {"case_id": file.id, "finish": move.finish, "moment": decision.moment, "entry": entry}
        writes.add(file.connection, reads.FINISH, row)
    if file.case["finishes"] or move.finish:
        file.changes["ending"] = None


def _close(file: CaseFile, decision: Decision) -> None:
    file.changes |= {"closed": True, "closed_at": decision.moment}
    if decision.move.ending:
        file.void_letters()
        file.changes["ending"] = decision.move.ending


def _draft(file: CaseFile, decision: Decision, entry: int) -> None:
    kept = {k: v for k, v in decision.values.items() if isinstance(v, str | bool)}
    facts = kept | {"op": decision.moment.isoformat()}
    for kind in decision.move.notices:
        rule = file.workflow.notices[kind]
        if rule.recipient == "adviesvrager" and not file.case.get("adviesvrager_naam"):
            continue
        if decision.closes and rule.obligatory:
            continue
        abouts: set[int | None] = {None}
        if rule.recipient == "melder":
            abouts = {t.about for t in decision.meets if t.name in decision.move.meets} or {None}
        for about in sorted(abouts, key=lambda key: key or 0):
            file.draft(kind, decision.moment, entry, facts, about_id=about, institution_id=file.institution)


_EFFECTS: dict[str, Effect] = {
    "referral": effects.referral,
    "referral_accepted": effects.referral_accepted,
    "referral_refused": effects.referral_refused,
    "help_started": effects.help_started,
    "check": effects.check,
    "finding": effects.finding,
    "contact": effects.contact,
    "join": conversions.join,
    "to_melding": conversions.to_melding,
    "to_advies": lambda file, decision, entry: conversions.to_advies(file, decision, entry, carry_out),
    "correct": effects.correct,
}
