"""Reading the tracks of a workflow file (`[tracks.x]`), and what may name them."""

from collections.abc import Iterator, Mapping

from amhk.errors import Fault
from amhk.rules.parse import Raw
from amhk.rules.procedure.read_keys import Reading
from amhk.rules.procedure.track import PER, Sum, Track
from amhk.rules.procedure.workflow import Move, Need, Workflow

Found = tuple[str, str]  # the key it stands at, and what is wrong
_OF_TERMS = ("running", "not_running", "not_before")
_OF_FACTS = ("fact", "facts_any")


def tracks_of(r: Reading, data: Raw) -> dict[str, Track]:
    """Give the tracks of a workflow by name."""
    found, taken = {}, {*data.get("facts", {})}
    for name, table in data.get("tracks", {}).items():
        key = f"tracks.{name}"
        r.known(key, "track", table)
        facts, values = dict(table.get("facts", {})), table.get("values", {})
        r.names(f"{key}.values", [*values], facts)
        sums = tuple(_sum(r, f"{key}.sums.{s}", s, t, facts) for s, t in _rows(table, "sums"))
        for fact in [*facts, *(total.name for total in sums)]:
            if fact in taken:
                r.no(f"{key}.facts", f"het gegeven '{fact}' is er al")
            taken.add(fact)
        found[name] = Track(
            name=name,
            title=table.get("title", name),
            which=table.get("which", table.get("title", name)),
            per=r.one(f"{key}.per", table.get("per"), PER, PER[0]),
            facts=facts,
            values={fact: tuple(told) for fact, told in values.items()},
            sums=sums,
        )
        _whole(r, key, found[name])
    return found


def _rows(table: Raw, name: str) -> list[tuple[str, Raw]]:
    return [*table.get(name, {}).items()]


def _sum(r: Reading, key: str, name: str, table: Raw, facts: Mapping[str, object]) -> Sum:
    r.known(key, "sum", table)
    r.one(f"{key}.of", table.get("of"), facts, "")
    first = table.get("first", [])
    if not isinstance(first, list) or not first:
        r.no(f"{key}.first", "noem de waarden in een lijst, wat het eerst telt vooraan")
        first = []
    return Sum(name, str(table.get("of", "")), tuple(first), table.get("none"))


def _whole(r: Reading, key: str, track: Track) -> None:
    """Every value of what is summed has its place in the sum."""
    for total in track.sums:
        values = {track.facts.get(total.of), *track.values.get(total.of, ())}
        if odd := values ^ {*total.first}:
            told = ", ".join(sorted(map(repr, odd)))
            r.no(f"{key}.sums.{total.name}.first", f"noem elke waarde van '{total.of}': {told}")


def known_facts(facts: Raw, tracks: Mapping[str, Track]) -> dict[str, object]:
    """Give all facts a workflow may speak of, with how each begins: of a case, of a run, and sums.

    What runs come to begins as it is without one.
    """
    found = dict(facts)
    for track in tracks.values():
        found |= dict(track.facts) | {total.name: total.none for total in track.sums}
    return found


def of_case(facts: Raw, tracks: Mapping[str, Track]) -> dict[str, object]:
    """Give those of a case: what its runs come to included."""
    of_run = {name for track in tracks.values() for name in track.facts}
    return {name: value for name, value in facts.items() if name not in of_run}


def beside_tracks(file: str, flow: Workflow) -> list[Fault]:
    """Give what a workflow says of a run where there is none, and of one run where there are more.

    What is of a track is begun, asked and drafted by moves of it.
    """
    told = [
        *_named(flow),
        *_outside(flow),
        *(found for move in flow.moves.values() for found in _of_move(flow, move)),
        *_promised(flow),
    ]
    return [Fault("workflow", f"{file}, {key}: {text}", field=key, file=file) for key, text in told]


def _named(flow: Workflow) -> Iterator[Found]:
    for kind, named in (("terms", flow.terms), ("notices", flow.notices)):
        for name, part in named.items():
            if part.of and part.of not in flow.tracks:
                yield f"{kind}.{name}.of", f"'{part.of}' bestaat niet"
    for name, rule in flow.terms.items():
        for kind in (k for rung in rule.rungs for k in rung.drafts):
            if flow.notices[kind].of != rule.of:
                yield f"terms.{name}.rungs", f"'{kind}' is niet van hetzelfde spoor als de termijn"


def _outside(flow: Workflow) -> Iterator[Found]:
    """What begins without a move is of no run."""
    begun = {*flow.intake_starts, *flow.join_starts, *flow.person_starts}
    begun |= {one.term for one in (*flow.intake_maybe, *flow.join_maybe)}
    begun |= {flow.closing_term or "", flow.waiting_term or "", *flow.engine_terms}
    for name in sorted(begun & {*flow.terms}):
        if flow.terms[name].of:
            yield f"terms.{name}.of", "deze termijn begint zonder stap, en is dus van geen loop"
    for one in (*flow.intake_sets, *flow.join_sets):
        if flow.track_of(one.name):
            yield "intake.sets", f"'{one.name}' is van een loop, en die is er dan nog niet"
    for kind in flow.person_notices:
        if flow.notices[kind].of:
            yield f"notices.{kind}.of", "dit bericht begint zonder stap, en is dus van geen loop"
        if flow.notices[kind].when:
            yield f"notices.{kind}.when", "wie vastgelegd wordt hoort dat altijd"


def _of_move(flow: Workflow, move: Move) -> Iterator[Found]:
    track, key = move.of or move.opens or "", f"moves.{move.name}"
    for name in sorted(move.begins):
        if flow.terms[name].of not in ("", track):
            yield f"{key}.starts", f"'{name}' is een termijn van een loop: van welke?"
    for kind in sorted(move.letters):
        if flow.notices[kind].of not in ("", track):
            yield f"{key}.notices", f"'{kind}' is een bericht van een loop: van welke?"
    for one in move.sets:
        if one.name in flow.sums:
            yield f"{key}.sets", f"'{one.name}' volgt uit de lopen, en wordt niet gezet"
        if move.of and flow.track_of(one.name) not in (None, move.of):
            yield f"{key}.sets", f"'{one.name}' is van een ander spoor"
    if move.of:
        for need in move.needs:
            if not _looks_at_own(flow, need, move.of):
                text = f"'{need.code}' kijkt buiten de loop: een stap ervan vraagt alleen naar haar"
                yield f"{key}.needs", text


def _looks_at_own(flow: Workflow, need: Need, track: str) -> bool:
    """Tell whether a need of a move of a track looks at its own run, so that the proof of the run
    alone holds.
    """
    if need.kind in _OF_FACTS:
        return all(flow.track_of(name) == track for name in need.names)
    if need.kind in _OF_TERMS:
        return all(flow.terms[name].of == track for name in need.names)
    return need.kind != "finish"


def _promised(flow: Workflow) -> Iterator[Found]:
    for number, promise in enumerate(flow.promises):
        facts = [name for told in (promise.like, promise.to) for name, _ in told.facts]
        facts += [name for told in (promise.like, promise.to) for name, _ in told.unless]
        terms = [*promise.unless_met, *([promise.term] if promise.term else [])]
        own = promise.of or None
        if any(flow.track_of(name) != own for name in facts) or any(
            flow.terms[name].of != promise.of for name in terms
        ):
            text = "een belofte spreekt van de zaak, of (of) van elke loop van een spoor"
            yield f"promises[{number}]", text
