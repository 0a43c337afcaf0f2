"""What is being typed, of a call and in every other form.

Kept on the server from the first seconds, seen by nobody else, gone once it is carried out.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from amhk.desk.casefile.access import visible
from amhk.desk.intake.form_once import mark_of
from amhk.errors import BadInput, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import WORKS, Reader, signs_of_person
from amhk.rules.procedure.fields import WAIVER
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal
from amhk.store.intake import drafts

_MARK = re.compile(r"[0-9a-f]{32}")
_PATH, _CASE = re.compile(r"/[\w./-]{1,200}"), re.compile(r"/zaak/([AM]-\d{4}-\d{6})(?:/|$)")
_LEFT = timedelta(days=30)
_MOST, _MOST_OPEN = 200_000, 20


def save(
    office: Office, mark: str, typed: Mapping[str, Sequence[str]], who: Reader, real: datetime
) -> bool:
    """Keep what was typed so far under the mark of its form (32 hexadecimal digits), at a real
    instant; False when the call was registered meanwhile.

    NotAllowed for who takes no calls, BadInput for a mark that is none or more than 200,000
    characters.
    """
    if who.role not in WORKS:
        raise NotAllowed("Met uw rol neemt u geen gesprekken aan.")
    told = {k: list(v) for k, v in typed.items() if not k.startswith("_") and any(v)}
    if (
        not _MARK.fullmatch(mark)
        or sum(len(k) + len(x) for k, v in told.items() for x in v) > _MOST
    ):
        raise BadInput.of(
            "concept",
            "Dit concept is niet te bewaren: het is te groot, of de pagina is te oud. Leg"
            " het contact vast.",
        )
    clean = {_fit(k): [_fit(x) for x in v] for k, v in told.items()}
    with office.store.write() as connection:
        drafts.hold(connection, who.id)
        if reads.request_of(connection, who.id, mark):
            return False
        if len(drafts.of(connection, who.id)) >= _MOST_OPEN and not drafts.one(
            connection, who.id, mark
        ):
            raise BadInput.of(
                "te_veel",
                f"U hebt al {_MOST_OPEN} contacten in concept. Leg er eerst een vast, of"
                " gooi er een weg.",
            )
        drafts.save(connection, who.id, mark, clean, real)
        return True


def _fit(text: str) -> str:
    """Give text without what no database keeps (half characters, NUL)."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")


def keep(
    office: Office,
    path: str,
    typed: Mapping[str, Sequence[str]],
    who: Reader,
    real: datetime,
    once: str = "",
) -> bool:
    """Keep what a worker has typed in the form that leads to `path` and has not sent yet.

    False when that form (its key is `once`) was carried out meanwhile.

    NotFound for a case he does not work with, BadInput for what is no address of ours or more than
    200,000 characters. What is typed nowhere any
    more, and what was left for 30 days, goes.
    """
    told = {
        _fit(k): [_fit(x) for x in v]
        for k, v in typed.items()
        if not k.startswith("_") and any(x.strip() for x in v)
    }
    if (
        not _PATH.fullmatch(path)
        or sum(len(k) + len(x) for k, v in told.items() for x in v) > _MOST
    ):
        raise BadInput.of(
            "concept", "Dit is niet te bewaren: het is te groot, of de pagina is te oud."
        )
    with office.store.write() as connection:
        _own(connection, path, who)
        drafts.hold(connection, who.id)
        if once and reads.request_of(connection, who.id, once):
            return False
        drafts.forget_older(connection, who.id, real - _LEFT)
        if told:
            drafts.save(connection, who.id, mark_of(path), typed=told, real=real, path=path)
        else:
            drafts.drop(connection, who.id, mark_of(path))
        return True


def kept(office: Office, path: str, who: Reader) -> tuple[dict[str, list[str]], datetime] | None:
    """Give what a worker had typed in the form that leads to `path`, and when it was kept.

    None when there is nothing.
    """
    if not _PATH.fullmatch(path):
        return None
    with office.store.read() as connection:
        _own(connection, path, who)
        found = drafts.one(connection, who.id, mark_of(path))
    return (
        ({str(k): [str(x) for x in v] for k, v in found["typed"].items()}, found["saved"])
        if found
        else None
    )


def _own(connection: Connection, path: str, who: Reader) -> None:
    """Let a form of a case only keep what is typed by who works with it; NotFound otherwise."""
    if case := _CASE.match(path):
        visible(connection, case[1], who, own=True)


def load(office: Office, mark: str, who: Reader) -> dict[str, list[str]]:
    """Give what a worker had typed; NotFound when he has no such concept (any more)."""
    with office.store.read() as connection:
        found = drafts.one(connection, who.id, mark)
    if found is None:
        raise NotFound(
            "Dit concept is er niet meer: het contact is vastgelegd, of het is weggegooid."
        )
    return {str(k): [str(x) for x in v] for k, v in found["typed"].items()}


def drop(office: Office, mark: str, who: Reader) -> None:
    """Throw a concept away, for good: an autosave that comes in late brings nothing back."""
    if not _MARK.fullmatch(mark):
        return
    with office.store.write() as connection:
        drafts.hold(connection, who.id)
        drafts.drop(connection, who.id, mark)
        if not reads.request_of(connection, who.id, mark):
            writes.add(
                connection,
                reads.REQUEST,
                {"worker_id": who.id, "key": mark, "body": "weg", "number": ""},
            )


def take_over(office: Office, name: str, who: Reader) -> int:
    """Let whoever leads the team of a worker take over his concepts, to make cases of the calls.

    Gives how many. NotAllowed for others.
    """
    with office.store.write() as connection:
        worker = reads.worker_by(connection, name=name)
        leads = worker is not None and (
            who.role == "manager" or (who.role == "teamleider" and worker["team_id"] == who.team)
        )
        if worker is None or not leads:
            raise NotAllowed(
                "Een contact in concept overnemen doet de teamleider van dat team, of de manager."
            )
        count = drafts.hand_over(connection, worker["id"], who.id)
        what = f"{who.name} nam {count} contacten in concept over van {name}."
        house_journal.append(
            connection,
            office.now(connection),
            who.id,
            kind="concept",
            what=what,
            content={"from": name, "count": count},
        )
        return count


def warnings(office: Office, typed: Mapping[str, Sequence[str]]) -> list[str]:
    """Give what in the text of an advice that is being typed looks like data of the family.

    Said before anything is kept for good.
    """
    if typed.get(WAIVER):
        return []
    text = "\n".join(x for name in ("zorgen", "advies") for x in typed.get(name, ()))
    return signs_of_person(text, office.config.gemeenten)
