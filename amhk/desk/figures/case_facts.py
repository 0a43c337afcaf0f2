"""What the figures know: the facts of every case kept up with the journal, now or on a past day."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from amhk.office import Office
from amhk.rules.figures.facts import FOREVER, RUNS, Fact, Line, Wanted, facts_of, story_of
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.figures import facts as figures_facts
from amhk.store.figures import figures
from amhk.store.figures.figures import BEGUN, ENDED
from amhk.store.terms import reminders
from amhk.words import end_of, some

RELEASE = "2"  # of the rules by which facts are made: another one makes them all again


_AT, _BATCH, _A_ROUND, DAYS_BEFORE = "figures_at", 20_000, 3, timedelta(days=150)


@dataclass(frozen=True)
class Known:
    """Up to where the journal was read.

    Its last line, the hash over all lines so far, and the moment as which it is told.
    """

    position: int
    digest: str
    moment: datetime


def wanted_of(office: Office) -> Wanted:
    """Give the facts that are kept.

    Those that the definitions speak of, and when a case closed (for a sample).
    """
    kept = office.pack.figures
    names = frozenset({"gesloten"}.union(*(d.facts for d in kept.definitions.values())))
    return Wanted(names, kept.counting)


def _release(office: Office) -> str:
    wanted = wanted_of(office)
    rests = [" ".join(sorted(names)) for names in astuple(wanted.counting)]
    told = "\n".join([RELEASE, *sorted(wanted.names), *rests])
    return sha256(told.encode()).hexdigest()[:12]


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
    last = figures_facts.position(office.store)
    last = last if most is None else min(last, most)
    with office.store.read() as connection:
        if (known := _so_far(connection)) == (last, _release(office)):
            now = office.now(connection)
            return Known(last, digest_at(connection, known[0]), now)
    while True:
        with office.store.write() as connection:
            reminders.lock_meta(connection, "figures")
            done, release = _so_far(connection)
            if release != _release(office):
                figures_facts.empty(connection)
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
    return int(done or 0), release if not int(done or 0) or figures_facts.there(
        connection
    ) else "empty"


def _step(office: Office, connection: Connection, first: int, last: int) -> int:
    cases = sorted({case for _, case, _ in figures_facts.hashes(connection, first, last)})
    names, changes = wanted_of(office), Counter[figures.Key]()
    for at in range(0, len(cases), 1000):
        batch = cases[at : at + 1000]
        before = figures_facts.facts(connection, batch)
        now = dict(told(figures_facts.lines(connection, batch, last), names))
        moved = [key for key in batch if before.get(key) != now.get(key)]
        for sign, side in ((-1, before), (1, now)):
            for key in moved:
                if key in side:
                    _tally(changes, side[key], sign)
        figures_facts.replace(
            connection,
            [key for key in moved if key in before],
            {key: now[key] for key in moved if key in now},
        )
    figures_facts.add_up(connection, changes)
    return last


def again(office: Office) -> Known:
    """Forget all facts and make them again from the journal."""
    with office.store.write() as connection:
        reminders.lock_meta(connection, "figures")
        writes.set_meta(connection, _AT, "")
    return catch_up(office)


def faults(office: Office) -> Iterator[str]:
    """Give, in Dutch, whether the facts and tallies are other than the journal says.

    Every case folded anew.
    """
    with settled(office) as (known, connection):
        sums, wrong = Counter[figures.Key](), 0
        for batch in figures_facts.in_batches(connection, 1000):
            now = dict(
                told(figures_facts.lines(connection, batch, known.position), wanted_of(office))
            )
            kept = figures_facts.facts(connection, batch)
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
    found: Iterable[tuple[int, list[Line]]], wanted: Wanted
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
    position, digest = figures_facts.stamp_before(connection, last)
    if position == last:
        return digest
    digest = digest_on(connection, position, digest, last)
    if keep:
        figures_facts.keep_stamp(connection, last, digest, keep)
    return digest


def digest_on(connection: Connection, position: int, digest: str, last: int) -> str:
    """Give the digest at a position from that at an earlier one.

    The hash over it and the hash of each line between, one after another.
    """
    for _, _, line in figures_facts.hashes(connection, position, last):
        digest = sha256(f"{digest}\n{line}".encode()).hexdigest()
    return digest


def known_on(office: Office, day: date) -> Known:
    """Give how far the journal was at the end of a past day."""
    with office.store.read() as connection:
        following = figures_facts.first_line_from(connection, end_of(day))
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
