"""What no procedure may do without, whatever it promises itself: a floor under every pack.

An end from everywhere, the terms of the law as the law has them, letters that are owed before a
case closes, a finish that names what must be met, and acts for what begins by itself.
"""

from collections.abc import Iterator

from amhk.rules.procedure.doors import doors
from amhk.rules.procedure.promised import Like
from amhk.rules.procedure.workflow import ANSWERS, DOORS, PROMISES, Workflow
from amhk.rules.terms.terms import TermRule

Found = tuple[str, str]  # the key it stands at, and what is wrong
_DAYS = {
    "uur": 1 / 24,
    "dag": 1,
    "dagen": 1,
    "week": 7,
    "weken": 7,
    "maand": 31,
    "maanden": 31,
    "jaar": 366,
}
# Of each article that sets a term: how long it is at most, and how long it may be lengthened at a
# time (0: never). Only what domain.md marks as law.
LAW = {
    "Uitvoeringsbesluit Wmo 2015 art. 4.1.7 lid 1": (5, 0),
    "Uitvoeringsbesluit Wmo 2015 art. 4.1.7 lid 2": (10 * 7, 0),
    "Wmo 2015 art. 5.3.1": (4 * 7, 2 * 7),
    "Wmo 2015 art. 5.3.5": (3 * 31, 0),
    "Wmo 2015 art. 5.3.4 lid 2": (20 * 366, 0),
}
# And how long it is at least.
LEAST = {"Wmo 2015 art. 5.3.4 lid 2": 20 * 366}
# What a melding owes by law: each must be the ground of some term.
_GONE = ("notices_sent", "notices_gone")
# What others are told by law, by letter.
TOLD = (
    *(f"Wmo 2015 art. 4.1.1 lid 2 onder {part}" for part in "efg"),
    "Wmo 2015 art. 5.3.1",
)
_OWED_FIRST = (*tuple(LAW)[:3], "Wmo 2015 art. 4.1.1 lid 2 onder g")
OWED = (*LAW, "Wmo 2015 art. 4.1.1 lid 2 onder g")


def floor(workflow: Workflow) -> Iterator[Found]:
    """Give what a workflow does not hold to, each with the key it stands at.

    A release that was settled by an earlier proof changes no more, and is not asked what has been
    asked since; what is made of it is.
    """
    yield from _law(workflow)
    yield from _owed(workflow)
    yield from _closing(workflow)
    if workflow.proof >= PROMISES:
        yield from _finishes(workflow)
    if workflow.proof >= ANSWERS:
        yield from _investigated(workflow)
    yield from _joined(workflow)
    if workflow.proof >= DOORS:
        yield from doors(workflow)


def _law(workflow: Workflow) -> Iterator[Found]:
    for rule in workflow.terms.values():
        key = f"terms.{rule.name}"
        if rule.by_law:
            for article, (most, more) in LAW.items():
                if article not in rule.ground.split("; "):
                    continue
                lasts = [_days(rule.count, rule.unit)]
                lasts += [_days(one.count, one.unit) for one in rule.lengths]
                if max(lasts) > most:
                    yield f"{key}.length", _said(rule, "duurt langer dan de wet zegt", article)
                if min(lasts) < LEAST.get(article, 0):
                    yield f"{key}.length", _said(rule, "duurt korter dan de wet zegt", article)
                if rule.extend and _days(*rule.extend) > more:
                    yield f"{key}.extend", _said(rule, "mag zo niet worden verlengd", article)
            if rule.suspend_ground:
                text = f"de termijn '{rule.title}' is van de wet en mag niet stilstaan."
                yield f"{key}.suspend_ground", text
        beside = rule.beside
        law = LAW.get(beside.ground) if beside and beside.kind == "wet" else None
        if beside and law and _days(beside.count, beside.unit) > law[0]:
            yield f"{key}.beside", _said(rule, "duurt langer dan de wet zegt", beside.ground)


def _said(rule: TermRule, what: str, article: str) -> str:
    return f"de termijn '{rule.title}' {what} ({article})."


def _days(count: int, unit: str) -> float:
    """Give about how many days; a working day counts for more than one."""
    return count * _DAYS.get(unit, 1.4)


def _owed(workflow: Workflow) -> Iterator[Found]:
    """Every term of the law a melding has, and its letter is obligatory."""
    if workflow.route != "melding":
        return
    grounds = [rule.ground for rule in workflow.terms.values()]
    for article in OWED if workflow.proof >= ANSWERS else _OWED_FIRST:
        if not any(article in ground for ground in grounds):
            yield "terms", f"geen termijn rust op {article}."
    for notice in workflow.notices.values():
        rule = workflow.terms.get(notice.term or "")
        duty = rule is not None and rule.kind in ("wet", "plicht")
        told = notice.ground in TOLD or notice.name == workflow.referral.get("letter")
        if (duty or (told and workflow.proof >= ANSWERS)) and not notice.obligatory:
            ground = rule.ground if rule and duty else notice.ground
            text = f"het bericht '{notice.title}' is een plicht ({ground}): obligatory = true."
            yield f"notices.{notice.name}.obligatory", text


def _closing(workflow: Workflow) -> Iterator[Found]:
    """Where a letter can be owed, closing asks whether all have gone."""
    move = workflow.moves.get(workflow.closing or "")
    owed = [n for n in workflow.notices.values() if n.obligatory]
    if move and owed and not any(need.kind in _GONE for need in move.needs):
        text = f"'{move.title}' vraagt niet of alle verplichte berichten weg zijn (notices_sent)."
        yield f"moves.{move.name}.needs", text


def _finishes(workflow: Workflow) -> Iterator[Found]:
    """A finish after which the case goes on says which term must be met before it closes."""
    named = {
        finish
        for promise in workflow.promises
        if promise.kind == "never" and promise.unless_met and _of_ends(workflow, promise.like)
        for finish in promise.like.finish
    }
    check = workflow.referral.get("check")
    for move in workflow.moves.values():
        if move.finish and check in move.begins and move.finish not in named:
            text = (
                f"'{move.title}' is finish {move.finish}, en geen belofte (never met unless_met)"
                " zegt welke termijn gehaald moet zijn voor de zaak sluit."
            )
            yield f"moves.{move.name}.finish", text


def _investigated(workflow: Workflow) -> Iterator[Found]:
    """A finish by a letter that must go to who acts upon it rests on own investigation."""
    for move in workflow.moves.values():
        letters = [workflow.notices[n] for n in move.letters]
        told = [n for n in letters if n.obligatory and workflow.recipients[n.recipient].acts]
        if move.finish and told and not workflow.investigated.get(move.finish):
            text = (
                f"'{move.title}' is finish {move.finish} en meldt aan anderen, en [finishes."
                f"{move.finish}] zegt niet na welk eigen onderzoek (after)."
            )
            yield f"moves.{move.name}.finish", text


def _of_ends(workflow: Workflow, like: Like) -> bool:
    """Tell whether places like this are closed ones: all of them, or the states it names."""
    ends = like.states and all(workflow.states[name].final for name in like.states)
    return bool(like.final or ends)


def _joined(workflow: Workflow) -> Iterator[Found]:
    """What begins when a later melding joins can be answered wherever the case may stand."""
    begun = {*workflow.join_starts, *(one.term for one in workflow.join_maybe)}
    for name in sorted(begun & {*workflow.terms}):
        acts = {*workflow.terms[name].acts}
        for state in workflow.states.values():
            here = workflow.moves_from[state.name]
            if not state.final and not acts & {*here, *workflow.notices}:
                title = workflow.terms[name].title
                text = (
                    f"in '{state.title}' begint de termijn '{title}' als er een melding bij komt,"
                    " en daar is geen stap die haar beantwoordt."
                )
                yield f"states.{state.name}", text
