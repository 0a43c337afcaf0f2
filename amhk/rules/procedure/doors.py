"""What a move must ask before it can be made, and which moves there must be, whatever a procedure
promises: the second half of the floor (`floor`).
"""

from collections.abc import Iterator

from amhk.rules.procedure.ways_on import from_notices
from amhk.rules.procedure.workflow import CORRECTS, Move, Workflow

Found = tuple[str, str]  # the key it stands at, and what is wrong
_OF_LETTER = ("notices_sent", "notices_gone", "not_withheld", "was_sent")
# What an answer of who was referred to can be: by these effects of a move.
_ANSWERS = ("referral_accepted", "help_started", "check")


def doors(workflow: Workflow) -> Iterator[Found]:
    """Give what the moves of a workflow do not ask, and which are not there, each with its key."""
    yield from _handed_over(workflow)
    yield from _referred(workflow)
    yield from _from_outside(workflow)
    yield from _corrected(workflow)
    yield from _finishes(workflow)


def _asks(move: Move, kinds: tuple[str, ...], name: str | None) -> bool:
    """Tell whether a move has a need of one of these kinds about a name (or about all)."""
    return any(n.kind in kinds and (name in n.names or not n.names) for n in move.needs)


def _handed_over(workflow: Workflow) -> Iterator[Found]:
    """A case that was offered to another region neither ends nor is offered again before that
    region answered.
    """
    term, taken_on = workflow.other_region.get("term"), workflow.other_region.get("accept")
    for move in workflow.moves.values() if term else ():
        ways = [(workflow.states[e.source], workflow.states[e.target]) for e in move.edges]
        ends = any(target.final and not source.final for source, target in ways)
        offers = move.name == workflow.other_region.get("offer")
        asks = move.name == taken_on or _asks(move, ("not_running",), term)
        if (ends or offers) and not asks:
            text = f"'{move.title}' vraagt niet of een overdracht op antwoord wacht ({term})."
            yield f"moves.{move.name}.needs", text
    offer = workflow.moves.get(workflow.other_region.get("offer", ""))
    if offer and not offer.letters:
        text = f"'{offer.title}' biedt een zaak aan zonder brief (notices)."
        yield f"moves.{offer.name}.notices", text


def _referred(workflow: Workflow) -> Iterator[Found]:
    """Nobody answers a referral whose letter never went, and neither its check nor a question about
    it is done long before its day.
    """
    letter, check = workflow.referral.get("letter"), workflow.referral.get("check")
    rule = workflow.terms.get(check or "")
    for move in workflow.moves.values():
        about = move.name in rule.acts or _asks(move, ("running",), check) if rule else False
        checks = about and check not in move.voids
        answers = checks or move.effect in _ANSWERS
        if letter and answers and not _asks(move, _OF_LETTER, letter):
            text = f"'{move.title}' vraagt niet of de brief van de verwijzing gaat ({letter})."
            yield f"moves.{move.name}.needs", text
        if checks and not _asks(move, ("not_before",), check):
            text = f"'{move.title}' kan op de dag van de verwijzing zelf (not_before, {check})."
            yield f"moves.{move.name}.needs", text


def _from_outside(workflow: Workflow) -> Iterator[Found]:
    """An act that ends a term that starts outside a move asks that it runs; and an act of such a
    term ends it, on every way it can go.
    """
    begun = {*from_notices(workflow), workflow.waiting_term or ""}
    for name in sorted(begun & {*workflow.terms}):
        rule = workflow.terms[name]
        for act in (workflow.moves[a] for a in rule.acts if a in workflow.moves):
            ends = name in (*act.meets, *act.voids)
            goes = all(workflow.states[edge.target].final for edge in act.edges)
            if ends and not goes and not _asks(act, ("running",), name):
                text = f"'{act.title}' vraagt niet of de termijn '{rule.title}' loopt (running)."
                yield f"moves.{act.name}.needs", text
            if act.name in rule.onward or ends or name in act.begins:
                continue
            if any(
                name not in (*edge.meets, *edge.voids) and not workflow.states[edge.target].final
                for edge in act.edges
            ):
                text = (
                    f"'{act.title}' is een stap van de termijn '{rule.title}' en laat haar lopen"
                    " (meets, of onward waar zij alleen verder helpt)."
                )
                yield f"moves.{act.name}", text


def _corrected(workflow: Workflow) -> Iterator[Found]:
    """What was told can be corrected in every state (AVG art. 16)."""
    there = {s for m in workflow.moves.values() if m.effect == CORRECTS for s in m.sources}
    for state in workflow.states.values():
        if state.name not in there and not state.final:
            text = f"in '{state.title}' is niets te corrigeren: geen stap met effect = correct."
            yield f"states.{state.name}", text
    joins = any(move.effect == "join" for move in workflow.moves.values())
    if workflow.join_sets and not joins:
        yield "moves", "er is geen stap waarmee een melding bij een lopende komt (effect = join)."


def _finishes(workflow: Workflow) -> Iterator[Found]:
    """A need on a finish names one that some move reaches."""
    reached = {move.finish for move in workflow.moves.values()}
    for move in workflow.moves.values():
        for need in move.needs:
            if need.kind == "finish" and not reached & {*need.values}:
                text = f"'{move.title}' vraagt een finish die geen stap bereikt ({need.code})."
                yield f"needs.{need.code}", text
