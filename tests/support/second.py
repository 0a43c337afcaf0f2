"""The figures a second time.

Plain loops over what the journal lines hold (their content, moves and ledger), nothing of
`rules.figures`.
"""

import json
from collections import Counter
from datetime import date, datetime

from sqlalchemy import select

from amhk.desk.figures import case_facts, counting
from amhk.desk.house.second_count import known
from amhk.rules.people.people import ages, is_unborn
from amhk.rules.privacy.secrecy import Scope
from amhk.rules.terms import recount
from amhk.store import reads
from amhk.store.figures import facts as figures_facts
from amhk.store.terms import calendar
from amhk.words import day_of

EVERY = Scope(every=True)
CODED = ("hoedanigheid", "kanaal", "meldcodestap")


def day_by(line):
    """The day of what a line tells: as it was said, or when it was written."""
    op = json.loads(line["content"] or "{}").get("op")
    return day_of(datetime.fromisoformat(op) if op else line["instant"])


class Seen:
    """What the lines of one case said so far."""

    def __init__(self, facts, received):
        self.facts, self.received, self.days = facts, received, {}
        self.ended, self.closed, self.finishes = None, None, {}
        self.referrals, self.checks, self.outcomes, self.counters, self.codes = [], [], [], [], []

    def corrected(self, content, lines, here):
        """A correction: other facts, another receipt, another moment of an earlier step, another
        outcome.
        """
        self.facts |= {
            k: v for k, v in content.items() if k in ("gemeente", "aanleiding", "aard", *CODED)
        }
        if content.get("ontvangen"):
            self.received = day_of(datetime.fromisoformat(content["ontvangen"]))
        if content.get("stap") and content.get("moment"):
            which = [
                x["sequence"]
                for x in lines
                if x["kind"] == content["stap"] and x["sequence"] < here
            ][-1]
            self.days[which] = day_of(datetime.fromisoformat(content["moment"]))
        if isinstance(content.get("uitkomst"), list) and self.outcomes:
            self.outcomes[-1] = (self.outcomes[-1][0], content["uitkomst"])

    def moved(self, at, move, content, flow, institutions):
        """A step of the procedure."""
        if move.finish:
            self.finishes.setdefault(move.finish, []).append(at)
        self.ended = move.ending or self.ended
        if all(
            e.target in flow.states and flow.states[e.target].final and e.target != e.source
            for e in move.edges
        ):
            self.closed = at
        self.codes += [(at, *pair) for pair in move.codes]
        if move.effect == "counter":
            self.counters.append((at, content["tegenkracht"]))
        if isinstance(content.get("uitkomst"), list):
            self.outcomes.append((at, content["uitkomst"]))
        self.helped(at, move, content, institutions)

    def helped(self, at, move, content, institutions):
        """A step about the help: a referral, its answer, a check; of the referral it names, else
        the last.
        """
        effect, named = move.effect, content.get(move.of or "")
        if effect == "referral":
            there = institutions[content["instelling"]]
            self.codes.append((at, "vervolg_onderzoek", there["vervolg"] or "10"))
            self.referrals.append([at, there, "open", None])
        mine = [r for r in self.referrals if not named or r[0] == int(named)]
        if effect in ("referral_accepted", "referral_refused", "help_started") and mine:
            mine[-1][2] = "geweigerd" if effect == "referral_refused" else "aangenomen"
        begun = at if effect == "help_started" else None
        if effect == "check":
            self.checks.append((at, content))
            begun = (
                date.fromisoformat(content["hulp_gestart"]) if content.get("hulp_gestart") else None
            )
        if begun and mine:
            mine[-1][3] = begun
            mine[-1][2] = "aangenomen"


def read(office, connection, case, lines):
    """Read the lines of a case one after another."""
    flow = office.pack.workflows[case["workflow"], case["release"]]
    institutions = {i["name"]: i for i in reads.institutions(connection, active=False)}
    facts = json.loads(lines[0]["content"])
    seen = Seen(
        facts,
        day_of(datetime.fromisoformat(facts.get("ontvangen") or lines[0]["instant"].isoformat())),
    )
    for line in lines:
        content = json.loads(line["content"] or "{}")
        seen.days[line["sequence"]] = day_by(line)
        if line["kind"] == "corrigeren":
            seen.corrected(content, lines, line["sequence"])
        elif "staat weer op zichzelf" in line["what"] or (
            line["kind"] == "triage" and "teruggenomen" in line["what"]
        ):
            seen.ended = seen.closed = None
        elif (move := flow.moves.get(line["kind"])) and content.get("bij") != case["number"]:
            seen.moved(
                line["sequence"], move, content, flow, institutions
            )  # a melding that another joins has a line of that name too
    return seen


def of_case(office, connection, case):
    """Everything one case counts for: (what, value, day, how many)."""
    lines = reads.entries(connection, case["id"])
    seen = read(office, connection, case, lines)
    route, days, told = case["route"], seen.days, []
    ended = None if seen.finishes or not seen.closed else seen.ended
    if ended != "geen HG/KM":
        told += received_as(route, seen) + hermelding(connection, case, seen.received)
        told += [("vervolgmelding", "", seen.received, 1)] if ended == "gevoegd" else []
    told += [("finish", str(f), min(days[a] for a in at), 1) for f, at in seen.finishes.items()]
    told += [("einde", ended, days[seen.closed], 1)] if ended else []
    told += [("uitkomst", code, days[at], 1) for at, codes in seen.outcomes for code in codes]
    told += [("tegenkracht", kind, days[at], 1) for at, kind in seen.counters]
    for at, check in seen.checks:
        told += [
            (f"controle{n and '.'}{n}", check.get(n, "") if n else "", days[at], 1)
            for n in ("", "passend", "nu_veilig")
        ]
    mine = reads.of_case(connection, reads.PERSON, case["id"])
    told += children_safe(office, mine, seen)
    told += help_of(seen) + first_codes(seen.codes, days)
    told += terms(
        office,
        connection,
        case,
        lines=lines,
        flow=office.pack.workflows[case["workflow"], case["release"]],
        received=seen.received,
    )
    return (
        seen.facts["gemeente"],
        told,
        (route, seen.received, days[seen.closed] if seen.closed else None),
    )


def received_as(route, seen):
    """What a call counts for on the day it was received."""
    told = [(route, "", seen.received, 1)]
    told += [(f"{route}.{k}", seen.facts.get(k) or "-", seen.received, 1) for k in CODED]
    return told + [
        (f"{route}.{k}", code, seen.received, 1)
        for k in ("aanleiding", "aard")
        for code in seen.facts.get(k) or ()
    ]


def is_young(office, person, day):
    """Whether somebody counts as a child on a day: by his age, else as he was told of."""
    if known := ages(person["geboren"], day):
        return known[0] < 18
    return is_unborn(person, office.pack.codes.roles) or "kind" in person["rollen"]


def children_safe(office, people, seen):
    """Of each child of whom a check says how safe he is what it says."""
    young = {
        (at, str(p["id"]))
        for at, _ in seen.checks
        for p in people
        if is_young(office, p, seen.days[at])
    }
    return [
        ("controle.kind_veilig", row["nu_veilig"], seen.days[at], 1)
        for at, content in seen.checks
        for row in content.get("veiligheid") or ()
        if (at, str(row["persoon"])) in young
    ]


def help_of(seen):
    """Referrals, and how long it took until help began."""
    told = []
    for at, there, answer, _ in seen.referrals:
        day = seen.days[at]
        told += [
            ("verwijzing", answer, day, 1),
            ("verwijzing.schaal", there["scale"], day, 1),
            ("verwijzing.soort", there["kind"], day, 1),
        ]
    helped = [
        (n, seen.days[r[3]] if isinstance(r[3], int) else r[3])
        for n, r in enumerate(seen.referrals, 1)
        if r[3]
    ]
    for n, begun in [(n, day) for n, day in helped if day >= seen.received][:1]:
        told += [
            ("hulp.dagen", str((begun - seen.received).days), begun, 1),
            ("hulp.overdrachten", str(n), begun, 1),
        ]
    return told


def first_codes(codes, days):
    """The official codes: of the vervolg of a melding the first holds, of an onderzoek
    each once.
    """
    seen = {}
    for at, name, code in codes:
        seen.setdefault(
            (name, code) if name == "vervolg_onderzoek" else name, (name, code, days[at], 1)
        )
    return list(seen.values())


def hermelding(connection, case, received):
    """Whether the household was left alone for at most a year before, by the link to the melding it
    came back from.
    """
    return [
        ("hermelding", "", received, 1)
        for r in reads.relations(connection, case["id"])
        if r["kind"] == "hermelding_van"
        and 0
        <= (received - day_of(reads.case_by_id(connection, r["other_id"])["closed_at"])).days
        <= 365
    ]


def past(moment, end):
    """Whether a moment lies past an end: an instant, or a day."""
    if "T" in end:
        return moment > datetime.fromisoformat(end)
    return day_of(moment) > date.fromisoformat(end)


def terms(office, connection, case, lines, flow, received):
    """The terms as the ledger tells them, their ends by the arithmetic of the second opinion."""
    present = calendar.read(connection)
    now = known(present)
    told, first = [], None
    names = case_facts.wanted_of(office).names
    own = {name.split(".")[1] for name in names if name.startswith("termijn.")}
    replayed = recount.replay(
        step for line in lines if line["terms"] for step in json.loads(line["terms"])
    )
    stored = {t["id"]: t for t in reads.terms(connection, case["id"])}
    for key, term in replayed.items():
        rule = flow.terms[term.name]
        if term.name == "onderzoek":
            start = day_of(term.start)
            first = min(first or start, start)
        if term.name not in own or term.status == "void":
            continue
        due, _ = recount.end(
            term,
            recount.Length(count=rule.count, unit=rule.unit, rolls=rule.rolls, by_law=rule.by_law),
            lambda release: now,
            now,
        )
        due = (
            stored[key]["due"] if present.release else due
        )  # a calendar that changed: the end as it was held to be
        clocks = [(f"termijn.{term.name}", due)]
        if rule.beside:
            bare = recount.Told(
                name=term.name, start=term.start, on=term.on, calendar=term.calendar
            )
            second = recount.Length(
                count=rule.beside.count,
                unit=rule.beside.unit,
                rolls=rule.beside.rolls,
                by_law=rule.beside.kind == "wet",
            )
            clocks.append(
                (
                    f"termijn.{term.name}.naast",
                    recount.end(bare, second, lambda release: now, now)[0],
                )
            )
        for name, last in clocks:
            value = (
                "loopt"
                if term.status != "met"
                else "te laat"
                if past(term.ended, last)
                else "op tijd"
            )
            told.append((name, value, date.fromisoformat(last[:10]), 1))
        if term.status == "met":
            told.append(
                (
                    f"duur.{term.name}",
                    str((day_of(term.ended) - day_of(term.start)).days),
                    day_of(term.ended),
                    1,
                )
            )
    if first:
        told.append(("onderzoek", "", first, 1))
        mine = reads.of_case(connection, reads.PERSON, case["id"])
        children = sum(is_young(office, p, received) for p in mine)
        told += [("onderzoek.kinderen", "", first, children)] if children else []
    return told


def same(office, span):
    """Prove that what is counted of a period is what plain loops give, from the tallies and from
    the journal.
    """
    wanted = case_facts.wanted_of(office)
    known_, now = counting.counted(office, EVERY, [span])
    second, left = counted(office, span.start, span.end)
    for counts in (now[0], counting.counted_at(office, EVERY, [span], known_)[0]):
        told = Counter()
        for (name, row, value), count in counts.events.items():
            told[name, row, "" if name == "vervolgmelding" else value] += count
        stood = Counter(
            {
                (value, row): n
                for (name, row, value), n in counts.stood.items()
                if name == "voorraad"
            }
        )
        without_destroyed(office, span, told, stood)
        stood = {key: n for key, n in stood.items() if n}
        agree(
            {k: n for k, n in second.items() if k[0] in wanted.names},
            {k: n for k, n in told.items() if k[0] != "gesloten" and n},
        )
        agree({k: n for k, n in left.items() if n}, stood)


def agree(loops, figures_):
    """Hold what loops counted against the figures.

    What differs is said as (by loops, by the figures).
    """
    apart = {
        k: (loops.get(k, 0), figures_.get(k, 0))
        for k in loops.keys() | figures_.keys()
        if loops.get(k) != figures_.get(k)
    }
    assert not apart, f"by loops, by the figures: {apart}"


def without_destroyed(office, span, told, stood):
    """Take out what cases count for of which the content was destroyed.

    Nobody can count those by hand any more.
    """
    start, end = span.start.isoformat(), span.end.isoformat()
    with office.store.read() as connection:
        today = day_of(office.now(connection))
        last = min(end, date.fromordinal(today.toordinal() + 1).isoformat())
        first = reads.ENTRY.c.sequence == 1
        gone = (
            connection.execute(
                select(reads.ENTRY.c.case_id).where(first, reads.ENTRY.c.content.is_(None))
            )
            .scalars()
            .all()
        )
        for gemeente, facts in figures_facts.facts(connection, gone).values():
            for f in facts:
                if f.until and f.name == "voorraad" and f.day < last <= f.until:
                    stood[f.value, gemeente] -= f.count
                late = f.value == "loopt" and f.day < today.isoformat()
                if not f.until and start <= f.day < end and (f.value != "loopt" or late):
                    told[
                        f.name,
                        gemeente,
                        "te laat" if late else "" if f.name == "vervolgmelding" else f.value,
                    ] -= f.count


def counted(office, start, end):
    """Every fact of a span of days, by (what, gemeente, value), and what stood at its end by
    (route, gemeente).
    """
    found, stood = Counter(), Counter()
    with office.store.snapshot() as connection:
        today = day_of(office.now(connection))
        for key in (
            connection.execute(select(reads.CASE.c.id).order_by(reads.CASE.c.id)).scalars().all()
        ):
            case = reads.case_by_id(connection, key)
            with_content = connection.execute(
                select(reads.ENTRY.c.content).where(
                    reads.ENTRY.c.case_id == key, reads.ENTRY.c.sequence == 1
                )
            ).scalar()
            if with_content is None:
                continue  # destroyed by law: the lines say no more than what they told the figures
            gemeente, told, (route, received, closed) = of_case(office, connection, case)
            for name, value, day, count in told:
                if value == "loopt":
                    if day >= today:
                        continue
                    value = "te laat"
                if start <= day < end:
                    found[name, gemeente, value] += count
            last = min(end, date.fromordinal(today.toordinal() + 1))
            if received < last and (closed is None or closed >= last):
                stood[route, gemeente] += 1
    return found, stood
