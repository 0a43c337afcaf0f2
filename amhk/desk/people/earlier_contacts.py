"""Earlier contacts: who of the people in a call is known from another melding, in words.

And leave to open what one may not see, with a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from amhk import matching
from amhk.desk.casefile.access import sees, visible
from amhk.desk.casefile.access_log import look_line
from amhk.desk.casefile.open_case import on_table
from amhk.desk.people import kin
from amhk.errors import BadInput, NotAllowed, NotFound, TooOften
from amhk.office import Office
from amhk.rules.parse import fold, read_bsn, read_partial, tidy
from amhk.rules.privacy.secrecy import WORKS, Reader
from amhk.rules.privacy.veil import Veil
from amhk.rules.procedure.codes import Roles
from amhk.rules.procedure.fields import reason_given
from amhk.rules.terms.days import after_working_days
from amhk.store import reads, writes
from amhk.store.cases import veils
from amhk.store.database.engine import Connection
from amhk.store.people import people as store
from amhk.store.people import questions
from amhk.store.rows import CaseRow, Row
from amhk.store.staff import looks
from amhk.words import day_of, iso

LEAVE = timedelta(hours=8)
OPENED = "inzage met reden"
JUDGED = 5  # working days within which who leads judges it (a norm of our own)
HIDDEN, KNOWN = "eerder bekend: alleen dat", "eerder bekend"
_MOST_TYPED, _MOST_SHOWN = 20, 12
_MOST_ASKED = ((timedelta(minutes=1), 120), (timedelta(hours=1), 1000))
_BATCH = 100  # people whose keys are made in one turn to write
_PARTS = ("naam", "voornamen", "voorvoegsel", "geslachtsnaam", "partnernaam", "adres")


class TooManyQuestions(TooOften):
    """U vroeg heel vaak naar eerdere meldingen. Wacht even; wat u typte blijft staan."""


@dataclass
class Found:
    """A melding in which somebody of this call may stand: per typed person the best likeness."""

    case: int
    likeness: dict[int, tuple[matching.Likeness, Row]] = field(default_factory=dict)

    @property
    def weight(self) -> float:
        """Give the weight of the best of them.

        Whoever is found along with another in one melding weighs more.
        """
        best = max(alike.weight for alike, _ in self.likeness.values())
        along = sum(alike.weight > -6 for alike, _ in self.likeness.values()) - 1
        return best + matching.HOUSEHOLD * along if best > -6 else best


def typed_people(raw: object) -> list[dict[str, object]]:
    """Give the people of a call while it is being typed.

    What cannot be read yet is left out, nothing is refused.
    """
    items = list(raw.values()) if isinstance(raw, Mapping) else raw if isinstance(raw, list) else []
    return [_typed(p) for p in items[:_MOST_TYPED] if isinstance(p, Mapping)]


def _typed(raw: Mapping[str, object]) -> dict[str, object]:
    told: dict[str, object] = {
        k: tidy(v, True)[:200] for k in _PARTS if isinstance(v := raw.get(k), str) and v.strip()
    }
    told.setdefault("naam", "")
    if isinstance(bsn := raw.get("bsn"), str) and (digits := read_bsn(bsn)):
        told["bsn"] = digits
    if isinstance(born := raw.get("geboren"), str) and (
        day := read_partial(born, day_of(datetime.now(UTC)))
    ):
        told["geboren"] = day
    if raw.get("geslacht") in ("V", "M"):
        told["geslacht"] = raw["geslacht"]
    rollen = raw.get("rollen")
    told["rollen"] = [r for r in rollen if isinstance(r, str)] if isinstance(rollen, list) else []
    return told


def find(
    office: Office,
    connection: Connection,
    typed: Sequence[Mapping[str, object]],
    but: int = 0,
    least: int = matching.PERHAPS,
) -> list[Found]:
    """Give the meldingen (without `but`) in which these people may stand, the likeliest first, each
    with what it rests on.
    """
    traces = [matching.trace(p) for p in typed]
    sure = kin.sought_by(office, sorted({k for t in traces for k in matching.sure_keys(t)}))
    names = kin.sought_by(office, sorted({k for t in traces for k in matching.name_keys(t)}))
    found: dict[int, Found] = {}
    for row in store.candidates(connection, sure, names):
        if row["case_id"] == but or (
            but and row["from_id"] == but
        ):  # himself, and his own copy where he joined
            continue
        known = matching.trace(row)
        at = found.setdefault(row["case_id"], Found(row["case_id"]))
        for n, one in enumerate(traces):
            alike = matching.compare(one, known)
            if n not in at.likeness or alike.weight > at.likeness[n][0].weight:
                at.likeness[n] = (alike, row)
    likely = [f for f in found.values() if matching.percent(f.weight) >= least]
    return sorted(likely, key=lambda f: (-f.weight, -f.case))


def same_household(office: Office, connection: Connection, case: int, other: int) -> bool:
    """Tell whether the people of two meldingen are known to be the same household (`eerder
    bekend`).
    """
    typed = reads.people_of(connection, case)
    return (
        any(f.case == other for f in find(office, connection, typed, case, matching.KNOWN))
        if typed
        else False
    )


def earlier(office: Office, body: object, who: Reader) -> list[dict[str, object]]:
    """Give the earlier contacts of the people in a call (`{"betrokkenen": [...]}`), the likeliest
    first, one per dossier.

    Of what lies outside this reader's cases only that it is known, when and in which state; that he
    was told so is written down, and every question is (of how many, never of whom).
    Raises NotAllowed for who takes no calls, TooManyQuestions for who asks more than 120 a minute
    or 1,000 an hour, BadInput on an advies: about the family nothing is
    looked up (G6).
    """
    if who.role not in WORKS:
        raise NotAllowed()
    told = dict(body) if isinstance(body, Mapping) else {}
    if told.get("route") == "advies":
        raise BadInput.of(
            "advies", "Bij een advies wordt over het gezin niets opgezocht en niets vastgelegd."
        )
    with office.store.read() as connection:
        _prove_curious(connection, who)
        typed = typed_people(told.get("betrokkenen", []))
        found = views(office, connection, find(office, connection, typed), typed, who)
    with office.store.write() as connection:
        row = {
            "instant": datetime.now(UTC),
            "worker_id": who.id,
            "people": len(typed),
            "found": len(found),
        }
        writes.add(connection, questions.QUESTION, row)
    return with_refs(office, found, who)


def _prove_curious(connection: Connection, who: Reader) -> None:
    """Raise TooManyQuestions when a worker asks more than a conversation can hold."""
    now = datetime.now(UTC)
    if any(questions.asked(connection, who.id, now - span) >= most for span, most in _MOST_ASKED):
        raise TooManyQuestions()


def earlier_of(office: Office, number: str, who: Reader) -> list[dict[str, object]]:
    """Give the earlier contacts of the people of a melding one may see."""
    with office.store.read() as connection:
        case = visible(connection, number, who)
        if case["route"] != "melding" or who.role not in WORKS:
            return []
        family = reads.people_of(connection, case["id"])
        found = views(office, connection, find(office, connection, family, case["id"]), family, who)
    return with_refs(office, found, who)


def known_of(
    office: Office, connection: Connection, told: object, who: Reader
) -> list[dict[str, object]]:
    """Give the earlier contacts (`eerder bekend`) among this reader's own cases of the people of a
    form that is no case yet.
    """
    typed = typed_people(told)
    found = views(office, connection, find(office, connection, typed), typed, who)
    return [
        {k: v for k, v in view.items() if k != "case"}
        for view in found
        if view["known"] and view["visible"]
    ]


def views(
    office: Office,
    connection: Connection,
    found: Sequence[Found],
    typed: Sequence[Row],
    who: Reader,
) -> list[dict[str, object]]:
    """Give what was found as this reader may see it, one per dossier.

    Each still bears the key of its case, which `with_refs` takes off.
    """
    likely = [f for f in found if f.case not in who.barred][: 4 * _MOST_SHOWN]
    heads = store.cases_of(connection, [f.case for f in likely])
    over = veils.whole(connection, [f.case for f in likely])
    shown: dict[object, dict[str, Any]] = {}
    for one in likely:
        head = heads[one.case]
        seen = sees(connection, who, cast(CaseRow, head))
        if not seen and not _surely(one, typed):
            continue
        home = head["dossier_id"] or -one.case
        if home in shown:
            shown[home]["more"] += 1
            # the one that runs, and longest, is the one to join
            if (head["closed"], one.case) < (shown[home]["closed"], shown[home]["case"]):
                shown[home] |= _view(office, one, head, typed, seen) | {"more": shown[home]["more"]}
        elif len(shown) < _MOST_SHOWN:
            shown[home] = _view(office, one, head, typed, seen) | {"more": 0}
    return [over.get(view["case"], Veil()).upon(view) for view in shown.values()]


def _view(
    office: Office, found: Found, head: Row, typed: Sequence[Row], seen: bool
) -> dict[str, object]:
    workflow = office.pack.workflows[head["workflow"], head["release"]]
    percent = matching.percent(found.weight)
    told: dict[str, object] = {
        "case": found.case,
        "known": percent >= matching.KNOWN,
        "received": iso(head["received"])[:10],
        "closed": head["closed"],
        "state": workflow.states[head["state"]].title,
        "visible": seen,
        "number": None,
        "percent": None,
        "words": [],
    }
    if seen:
        told |= {
            "number": head["number"],
            "percent": percent,
            "words": words(found, typed, office.pack.codes.roles),
        }
    return told


def _surely(found: Found, typed: Sequence[Row]) -> bool:
    """Tell whether a hidden contact may be told of: by BSN, or by name with day of birth.

    An address alone tips no balance, or it could be asked out.
    """
    for n, (_, row) in found.likeness.items():
        bare = [matching.trace({**p, "adres": None}) for p in (typed[n], row)]
        if matching.compare(*bare).percent >= matching.KNOWN:
            return True
    return False


def words(found: Found, typed: Sequence[Row], roles: Roles) -> list[str]:
    """Give in sentences what a likeness rests on, the likeliest person first.

    A parent who returns is named as such.
    """
    told = []
    for n, (alike, row) in sorted(found.likeness.items(), key=lambda item: -item[1][0].weight):
        if alike.weight > -6:
            parent = " (ouder)" if roles.has(row["rollen"], "ouder") else ""
            told.append(
                f"{typed[n]['naam'] or 'deze persoon'} staat daar als {row['naam']}{parent}:"
                f" {', '.join(alike.words)}"
            )
    return told


def with_refs(office: Office, told: list[dict[str, Any]], who: Reader) -> list[dict[str, object]]:
    """Give each hidden contact a handle to ask for leave by.

    The line in the log that says this reader was told of it; of each contact one per minute.
    """
    if told:
        real = datetime.now(UTC)
        with office.store.write() as connection:
            for view in (v for v in told if v["visible"]):
                if not store.told_of(connection, who.id, view["case"], real, KNOWN):
                    looks.write(connection, [look_line(who, view["case"], KNOWN)])
            for view in (v for v in told if not v["visible"]):
                ref = store.told_of(connection, who.id, view["case"], real, HIDDEN)
                view["ref"] = (
                    ref or looks.write(connection, [look_line(who, view["case"], HIDDEN)])[0]
                )
    for view in told:
        del view["case"]
    return told


def open_earlier(office: Office, ref: int, reason: object, who: Reader) -> str:
    """Give leave to read a hidden earlier contact for eight hours (real time), for a reason that
    its own workers see on the case; gives its number.
    """
    text = reason_given(reason, "waarom u deze zaak moet inzien")
    real = datetime.now(UTC)
    with office.store.write() as connection:
        line = store.look_of(connection, ref, who.id, HIDDEN, real - timedelta(days=1))
        case = reads.case_by_id(connection, line["case_id"], lock=True) if line else None
        if case is None or case["id"] in who.barred or who.role not in WORKS:
            raise NotFound("Deze verwijzing bestaat niet of is verlopen; zoek opnieuw.")
        today = day_of(office.now(connection))
        row = {
            "worker_id": who.id,
            "case_id": case["id"],
            "given": real,
            "until": real + LEAVE,
            "reason": text,
            "team_id": case["team_id"],
            "due": after_working_days(today, JUDGED, office.calendar, True)[0],
        }
        if not store.granted(connection, who.id, case["id"], real):
            writes.add(connection, store.GRANT, row)
        looks.write(connection, [look_line(who, case["id"], OPENED, text)])
        file = on_table(office, connection, case, who)
        file.note(
            "inzage",
            f"Ingezien door {who.name}, die deze zaak niet behandelt, met reden.",
            {"reden": text},
        )
        file.save(bump=False)
        return str(case["number"])


def number_of(connection: Connection, ref: int, who: Reader) -> str:
    """Give the number behind the handle of a hidden contact, for what the house itself does with
    it; empty when it is not this reader's or too old.
    """
    line = store.look_of(connection, ref, who.id, HIDDEN, datetime.now(UTC) - timedelta(days=1))
    case = reads.case_by_id(connection, line["case_id"]) if line else None
    return str(case["number"]) if case and case["id"] not in who.barred else ""


def keep(
    office: Office, connection: Connection, told: Sequence[tuple[int, Mapping[str, object]]]
) -> None:
    """Keep under what new people can be found (key, person); a worker who knows one of them may
    not know the case.
    """
    found = [
        (key, k)
        for key, person in told
        for k in kin.sought_by(office, dict.fromkeys(matching.keys(matching.trace(person))))
    ]
    writes.add_many(connection, store.KEY, [{"key": k, "person_id": key} for key, k in found])
    kin.meet(office, connection, told)


def find_again(office: Office, connection: Connection, person: int) -> None:
    """Work out again under what a corrected person can be found."""
    row = store.person(connection, person)
    store.drop_keys(connection, [person])
    keep(office, connection, [(person, row)])


def release_of(office: Office) -> str:
    """Give by what the keys of people are made: the matching, and the key of this meldpunt."""
    kin.sought_by(office, [""])  # there is a key from now on
    return f"{matching.RELEASE} {kin.mark_of(office)}"


def refresh_keys(office: Office) -> int:
    """Work out everybody's keys again when they were made by another release of the matching, or
    hashed by another key of the meldpunt.

    Gives how many people.
    """
    release = release_of(office)
    with office.store.read() as connection:
        if reads.meta(connection, "match_release") == release:
            return 0
    done, last = 0, 0
    while True:
        with office.store.write() as connection:
            reads.lock(connection)  # another process may be at it as well
            if reads.meta(connection, "match_release") == release:
                return done
            batch = store.in_batches(connection, last, _BATCH)
            store.drop_keys(connection, [p["id"] for p in batch])
            keep(office, connection, [(p["id"], p) for p in batch])
            store.fold_names(connection, [(p["id"], fold(p["naam"])) for p in batch])
            if not batch:
                writes.set_meta(connection, "match_release", release)
                return done
        done, last = done + len(batch), batch[-1]["id"]
