"""Counting: the facts of every case kept up with the journal, and the counts of periods, now or as
they were known at an earlier position.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from amhk.office import Office
from amhk.rules.figures import ALWAYS, FOREVER, LATE, OUTSIDE, RUNS, Fact, Line, facts_of, story_of
from amhk.rules.periods import Period
from amhk.rules.secrecy import Scope
from amhk.store import bells, figures, reads, writes
from amhk.store.figures import BEGUN, ENDED, Told
from amhk.store.session import Connection
from amhk.words import day_of, end_of, some, start_of

RELEASE = "1"  # of the rules by which facts are made: another one makes them all again
_AT, _BATCH, _A_ROUND, _BEFORE = "figures_at", 20_000, 3, timedelta(days=150)
AGES = (
    ("ouder dan een jaar", 365),
    ("6 tot 12 maanden", 182),
    ("3 tot 6 maanden", 91),
    ("1 tot 3 maanden", 30),
    ("korter dan een maand", 0),
)


@dataclass
class Counts:
    """What was counted of one period.

    `events` by (name, row, value), `stood` likewise at its end, `ages` of what stood by age class
    besides.
    """

    events: Counter[Told] = field(default_factory=Counter)
    stood: Counter[Told] = field(default_factory=Counter)
    ages: Counter[tuple[Told, str]] = field(default_factory=Counter)


@dataclass(frozen=True)
class Known:
    """Up to where the journal was read.

    Its last line, the hash over all lines so far, and the moment as which it is told.
    """

    position: int
    digest: str
    moment: datetime


def wanted_of(office: Office) -> frozenset[str]:
    """Give the facts that are kept.

    Those that the definitions speak of, and when a case closed (for a sample).
    """
    return frozenset(
        {"gesloten"}.union(*(d.facts for d in office.pack.figures.definitions.values()))
    )


def _release(office: Office) -> str:
    return sha256("\n".join([RELEASE, *sorted(wanted_of(office))]).encode()).hexdigest()[:12]


def keep_up(office: Office) -> None:
    """Bring the facts closer to the journal, a few parts at a time, so that nothing else has to
    wait for it.
    """
    for _ in range(_A_ROUND):
        with office.store.read() as connection:
            done, release = _so_far(connection)
            last = reads.last_line(connection)
        if done >= last and release == _release(office):
            return
        catch_up(office, min(done if release == _release(office) else 0, last) + _BATCH)


def catch_up(office: Office, most: int | None = None) -> Known:
    """Bring the facts up to the journal as it is now (or as far as `most`), a part at a time.

    Gives how far that is. Two processes wait for each other.
    """
    last = figures.position(office.store)
    last = last if most is None else min(last, most)
    with office.store.read() as connection:
        if (known := _so_far(connection)) == (last, _release(office)):
            now = office.now(connection)
            return Known(last, digest_at(connection, known[0]), now)
    while True:
        with office.store.write() as connection:
            bells.lock_meta(connection, "figures")
            done, release = _so_far(connection)
            if release != _release(office):
                figures.empty(connection)
                done = 0
            if done < last or release != _release(office):
                done = _step(office, connection, done, min(done + _BATCH, last))
                writes.set_meta(connection, _AT, f"{_release(office)} {done}")
            if done >= last:
                now = office.now(connection)
                return Known(done, digest_at(connection, done, now), now)


def _so_far(connection: Connection) -> tuple[int, str]:
    """Give up to where the facts go, and by which rules they were made.

    By none when somebody emptied them.
    """
    release, _, done = (reads.meta(connection, _AT) or "").partition(" ")
    return int(done or 0), release if not int(done or 0) or figures.there(connection) else "empty"


def _step(office: Office, connection: Connection, first: int, last: int) -> int:
    cases = sorted({case for _, case, _ in figures.hashes(connection, first, last)})
    names, changes = wanted_of(office), Counter[figures.Key]()
    for at in range(0, len(cases), 1000):
        batch = cases[at : at + 1000]
        before = figures.facts(connection, batch)
        now = dict(told(figures.lines(connection, batch, last), names))
        moved = [key for key in batch if before.get(key) != now.get(key)]
        for sign, side in ((-1, before), (1, now)):
            for key in moved:
                if key in side:
                    _tally(changes, side[key], sign)
        figures.replace(
            connection,
            [key for key in moved if key in before],
            {key: now[key] for key in moved if key in now},
        )
    figures.add_up(connection, changes)
    return last


def again(office: Office) -> Known:
    """Forget all facts and make them again from the journal."""
    with office.store.write() as connection:
        bells.lock_meta(connection, "figures")
        writes.set_meta(connection, _AT, "")
    return catch_up(office)


def faults(office: Office) -> Iterator[str]:
    """Give, in Dutch, whether the facts and tallies are other than the journal says.

    Every case folded anew.
    """
    with settled(office) as (known, connection):
        sums, wrong = Counter[figures.Key](), 0
        for batch in figures.in_batches(connection, 1000):
            now = dict(told(figures.lines(connection, batch, known.position), wanted_of(office)))
            kept = figures.facts(connection, batch)
            wrong += sum(now.get(key) != kept.get(key) for key in batch)
            for side in now.values():
                _tally(sums, side, 1)
        wrong += sum(
            sums.get(key, 0) != count for key, count in figures.tallies(connection).items()
        )
        wrong += len(
            {key for key, count in sums.items() if count} - set(figures.tallies(connection))
        )
    if wrong:
        yield (
            f"De tellingen van de cijfers kloppen op {some(wrong, 'plaats', 'plaatsen')} niet met"
            " het verloop. Maak ze opnieuw met: amhk recount"
        )


def told(
    found: Iterable[tuple[int, list[Line]]], wanted: frozenset[str]
) -> Iterator[tuple[int, tuple[str, set[Fact]]]]:
    """Give, case by case, its gemeente and its facts from the lines of its journal."""
    for key, lines in found:
        story = story_of(lines)
        if story.case:
            yield key, (story.case["gemeente"], merged(facts_of(story, wanted)))


def merged(facts: list[Fact]) -> set[Fact]:
    """Give facts with those that differ only in how many taken together."""
    told = set(facts)
    if len(told) == len({(f.name, f.day, f.value, f.until) for f in facts}) == len(facts):
        return told
    counts = Counter[tuple[str, str, str, str]]()
    for f in facts:
        counts[f.name, f.day, f.value, f.until] += f.count
    return {Fact(*key, n) for key, n in counts.items()}


def _tally(changes: Counter[figures.Key], told: tuple[str, set[Fact]], sign: int) -> None:
    gemeente, facts = told
    for fact in facts:
        if fact.until:
            changes[fact.name + BEGUN, fact.day[:7], gemeente, fact.value] += sign * fact.count
            if fact.until != FOREVER:
                changes[fact.name + ENDED, fact.until[:7], gemeente, fact.value] += (
                    sign * fact.count
                )
        elif fact.value != RUNS:
            changes[fact.name, fact.day[:7], gemeente, fact.value] += sign * fact.count


def digest_at(connection: Connection, last: int, keep: datetime | None = None) -> str:
    """Give the hash over the hashes of all lines up to a position, one after another, from the
    nearest stamp before it; with `keep` (the moment) the stamp is kept.
    """
    position, digest = figures.stamp_before(connection, last)
    if position == last:
        return digest
    digest = digest_on(connection, position, digest, last)
    if keep:
        figures.keep_stamp(connection, last, digest, keep)
    return digest


def digest_on(connection: Connection, position: int, digest: str, last: int) -> str:
    """Give the digest at a position from that at an earlier one.

    The hash over it and the hash of each line between, one after another.
    """
    for _, _, line in figures.hashes(connection, position, last):
        digest = sha256(f"{digest}\n{line}".encode()).hexdigest()
    return digest


def known_on(office: Office, day: date) -> Known:
    """Give how far the journal was at the end of a past day."""
    with office.store.read() as connection:
        following = figures.first_line_from(connection, end_of(day))
        last = following - 1 if following else int(reads.last_line(connection))
        return Known(last, digest_at(connection, last), end_of(day) - timedelta(seconds=1))


@contextmanager
def settled(office: Office) -> Iterator[tuple[Known, Connection]]:
    """Give a moment of the database in which the facts are exactly those of the journal up to a
    position, and that position.
    """
    while True:
        known = catch_up(office)
        with office.store.snapshot() as connection:
            if _so_far(connection)[0] == known.position:
                yield known, connection
                return


def counted(
    office: Office, scope: Scope, periods: Sequence[Period], whole: bool = False
) -> tuple[Known, list[Counts]]:
    """Give the counts of periods that follow one another (the latest first) as they are now, and up
    to where that is; with `whole` all but the latest may be given without gemeenten (row empty).
    """
    with settled(office) as (known, connection):
        return known, _counted(office, connection, scope, periods, known, whole)


def _counted(
    office: Office,
    connection: Connection,
    scope: Scope,
    periods: Sequence[Period],
    known: Known,
    whole: bool,
) -> list[Counts]:
    spans = [(p.start.isoformat(), p.end.isoformat()) for p in periods]
    found, rows, today = [Counts() for _ in spans], _Rows(office), day_of(known.moment)
    names = sorted(n for n in wanted_of(office) if n.startswith("termijn."))
    if scope.every:
        happened = figures.tallied(connection, sorted(wanted_of(office)), spans, rows.dated, whole)
        _stood(
            found,
            figures.begun_and_ended(connection, _lasting(office), spans),
            [_last_day(end)[:7] for _, end in spans],
            rows,
        )
    else:
        happened = figures.happened(connection, scope, spans, rows.dated)
    for n, name, month, gemeente, value, count in happened:
        found[n].events[name, rows.of(gemeente, month), value] += count
    for n, name, month, gemeente, _, count in figures.overdue(
        connection, scope, names, spans, today.isoformat(), rows.dated
    ):
        found[n].events[name, rows.of(gemeente, month), LATE] += count
    for counts, span in zip(found, spans, strict=True):
        if not scope.every or counts is found[0]:  # of the latest also how old it is
            end, counts.stood = min(span[1], (today + timedelta(days=1)).isoformat()), Counter()
            for (name, gemeente, value), age, count in figures.lasting(
                connection, scope, _lasting(office), end, _ages(end)
            ):
                key = (name, rows.of(gemeente, _last_day(end)[:7]), value)
                counts.stood[key] += count
                counts.ages[key, age] += count
    return found


def _last_day(end: str) -> str:
    """Give the day before one: the last of what ends there."""
    return (date.fromisoformat(end) - timedelta(days=1)).isoformat()


def _stood(
    found: list[Counts], changes: Iterable[tuple[int, Told, int]], ends: list[str], rows: "_Rows"
) -> None:
    """Add up what stood at the end of each period from what began and ended, all time before
    included.
    """
    by: list[Counter[Told]] = [Counter() for _ in [*found, None]]
    for n, key, count in changes:
        by[n][key] += count  # -1 is the last
    stood = by[-1]
    for n in range(len(found) - 1, -1, -1):
        stood.update(by[n])
        for (name, gemeente, value), count in stood.items():
            if count:
                found[n].stood[name, rows.of(gemeente, ends[n]), value] += count


def _lasting(office: Office) -> list[str]:
    return sorted(n for n in wanted_of(office) if n.startswith("voorraad"))


def _ages(end: str) -> list[tuple[str, str]]:
    day = date.fromisoformat(end)
    firsts = [FOREVER[:0], *((day - timedelta(days=days)).isoformat() for _, days in AGES[:-1])]
    return [(name, first) for (name, _), first in zip(AGES, firsts, strict=True)]


def counted_at(
    office: Office, scope: Scope, periods: Sequence[Period], known: Known
) -> list[Counts]:
    """Give the same straight from the journal as it was at a position, and from nothing else.

    Memory does not grow with the cases.
    """
    today, counts = day_of(known.moment).isoformat(), [Counts() for _ in periods]
    spans = [(p.start.isoformat(), p.end.isoformat()) for p in periods]
    stands = [min(end, (day_of(known.moment) + timedelta(days=1)).isoformat()) for _, end in spans]
    rows = _Rows(office)
    with office.store.snapshot() as connection:
        since = figures.first_line_from(
            connection, start_of(min(p.start for p in periods)) - _BEFORE
        )
        cases = figures.alive(connection, scope, (since or known.position + 1) - 1, known.moment)
        for _, (gemeente, facts) in told(
            figures.lines(connection, cases, known.position), wanted_of(office)
        ):
            for fact in facts:
                _count(counts, spans, stands, rows, gemeente, fact, today)
    return counts


def _count(
    told: list[Counts],
    spans: list[Any],
    stands: list[str],
    rows: "_Rows",
    gemeente: str,
    fact: Fact,
    today: str,
) -> None:
    value = (LATE if fact.day < today else "") if fact.value == RUNS else fact.value
    for counts, (start, end), stand in zip(told, spans, stands, strict=True):
        if fact.until:
            if fact.day < stand <= fact.until:
                key = (fact.name, rows.of(gemeente, _last_day(stand)[:7]), fact.value)
                counts.stood[key] += fact.count
                counts.ages[
                    key, next(name for name, first in reversed(_ages(stand)) if fact.day >= first)
                ] += fact.count
        elif start <= fact.day < end and (fact.value != RUNS or value):
            counts.events[fact.name, rows.of(gemeente, fact.day[:7]), value] += fact.count


def place_of(office: Office) -> Callable[[str, str], str]:
    """Give in which row a gemeente counts on a day."""
    rows = _Rows(office)
    return lambda gemeente, day: rows.of(gemeente, day[:7])


class _Rows:
    """In which row something is counted.

    Its gemeente, or outside when that was not of the region in that month.
    """

    def __init__(self, office: Office) -> None:
        places = office.config.gemeenten.values()
        self._of = {
            g.name: (
                g.since.isoformat()[:7] if g.since else ALWAYS[0],
                g.until.isoformat()[:7] if g.until else ALWAYS[1],
            )
            for g in places
        }
        self.dated = any(g.since or g.until for g in places)

    def of(self, gemeente: str, month: str) -> str:
        """Give the row of a gemeente in a month (empty: where none joined or left, any)."""
        first, last = self._of.get(gemeente, ("9999-99", ""))
        return gemeente if not gemeente or first <= month < last else OUTSIDE
