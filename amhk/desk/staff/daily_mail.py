"""The daily mail to staff: case numbers and counts, nothing else.

Written once a day, sent under a stable key until it went.
"""

from datetime import UTC, date, datetime, timedelta
from secrets import token_hex

from amhk.desk.staff.piket import roster_of
from amhk.letters.mail import MailFailed, send, wait_after
from amhk.office import Office
from amhk.rules.privacy.secrecy import WORKS, Reader
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal
from amhk.store.rows import Row
from amhk.store.staff import channels
from amhk.store.terms import reminders
from amhk.words import day_of, end_of, iso, local, say_day, some

_LEASE = timedelta(minutes=10)
_MOST = 500


def write_due(office: Office) -> int:
    """Put the mails of today ready once their hour has come, for everyone with an address who is
    here; gives how many. What is late stays in the next one.
    """
    if office.config.mail is None:
        return 0
    with office.store.read() as connection:
        now = office.now(connection)
        if local(now).hour < office.config.digest_hour:
            return 0
        here = {p.id for p in reminders.staff(connection, day_of(now), now).people if p.here}
        waiting = [
            w
            for w in reads.workers(connection)
            if w["email"]
            and w["id"] in here
            and not channels.has_digest(connection, w["id"], day_of(now))
        ]
    return sum(_write(office, worker, now) for worker in waiting)


def _write(office: Office, worker: Row, now: datetime) -> bool:
    with office.store.write() as connection:
        if channels.has_digest(connection, worker["id"], day_of(now)):
            return False
        body = text_of(office, connection, worker, now)
        row = {
            "worker_id": worker["id"],
            "day": day_of(now),
            "key": f"amhk-{token_hex(12)}",
            "state": "queued" if body else "empty",
            "body": body,
            "tries": 0,
            "claimed": None,
            "sent": None,
            "why": None,
        }
        channels.write_digest(connection, row)
        return bool(body)


def text_of(office: Office, connection: Connection, worker: Row, now: datetime) -> str:
    """Give the words of the mail of today to a worker; empty when there is nothing to say."""
    who = Reader.of(worker)
    parts = _of_cases(office, connection, who, now) if worker["role"] in WORKS else []
    parts += _of_house(office, connection, who, now)
    if not parts:
        return ""
    address = office.config.mail.address if office.config.mail else ""
    return (
        "\n\n".join(
            [
                f"Goedemorgen {worker['name']}, het is {say_day(day_of(now))}.",
                *parts,
                f"Openen: {address}" if address else "",
            ]
        ).strip()
        + "\n"
    )


def _of_cases(office: Office, connection: Connection, who: Reader, now: datetime) -> list[str]:
    tonight, week = end_of(day_of(now)), end_of(day_of(now) + timedelta(days=7))
    terms = channels.terms(connection, who, None)
    late = [t["number"] for t in terms if t["over_at"] <= now]
    today = [t["number"] for t in terms if now < t["over_at"] <= tonight]
    soon = [t["number"] for t in terms if tonight < t["over_at"] <= week]
    count = reminders.count_inbox(connection, who)
    rung = [r["number"] for r in reminders.inbox(connection, who, None, _MOST)]
    names = [
        n
        for w in office.pack.workflows.values()
        for n in (w.untouched_term, w.untouched_acute)
        if n
    ]
    unread = [r["number"] for r in channels.unopened(connection, who, names, _MOST)[1]]
    free = channels.without_owner(connection, who, _MOST) if who.role == "teamleider" else []
    told = (
        ("Te laat", late),
        ("Vandaag", today),
        ("Deze week", soon),
        ("Nog niet geopend", unread),
        ("Zonder behandelaar", free),
    )
    lines = [_line(title, numbers) for title, numbers in told if numbers]
    return [*lines, _line("Herinneringen", rung, count)] if count else lines


def _line(title: str, numbers: list[str], count: int | None = None) -> str:
    once = list(dict.fromkeys(numbers))
    more = "" if len(once) < _MOST else ", en meer"
    return f"{title} ({count or len(once)}): {', '.join(once)}{more}"


def _of_house(office: Office, connection: Connection, who: Reader, now: datetime) -> list[str]:
    """What the beheerder, manager and teamleider hear of the house itself."""
    told = []
    if who.role in ("beheerder", "manager"):
        told = [
            f"LET OP: {i['what']}. Op te lossen voor het einde van {say_day(i['due'])}."
            for i in house_journal.open_incidents(connection)
        ]
    if who.role in ("beheerder", "manager", "teamleider") and (
        gaps := roster_of(office, connection)["gaps"]
    ):
        told.append(
            f"Het piketrooster heeft in de komende twee weken {some(len(gaps), 'gat', 'gaten')}."
        )
    return told


def post(office: Office) -> dict[str, int]:
    """Send what lies ready; a mail that fails is tried again later under the same key, and holds up
    none behind it. Gives {sent, failed}.
    """
    done = {"sent": 0, "failed": 0}
    if office.config.mail is None:
        return done
    tried: set[int] = set()
    while (digest := _claim(office)) is not None and digest["id"] not in tried:
        tried.add(digest["id"])
        why = _send(office, digest)
        done["failed" if why else "sent"] += 1
        _record(office, digest, why)
    return done


def _claim(office: Office) -> Row | None:
    now = datetime.now(UTC)
    with office.store.write() as connection:
        return channels.claim_digest(connection, now, now + _LEASE)


def _send(office: Office, digest: Row) -> str | None:
    """Send one mail; gives why it failed, None when it went."""
    if not digest["email"] or not digest["active"]:
        return "geen adres"
    mail = office.config.mail
    assert mail is not None
    subject = f"{'[OEFENING] ' if office.training else ''}Uw termijnen van {_short(digest['day'])}"
    try:
        send(
            mail,
            digest["email"],
            subject,
            body=digest["body"],
            key=digest["key"],
            moment=datetime.now(UTC),
        )
    except MailFailed as wrong:
        return str(wrong)
    return None


def _short(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"


def _record(office: Office, digest: Row, why: str | None) -> None:
    now = datetime.now(UTC)
    told: dict[str, object] = {"state": "sent", "sent": now, "why": None}
    if why == "geen adres":
        told = {"state": "replaced", "why": why}
    elif why:
        told = {
            "claimed": now + wait_after(digest["tries"]),
            "why": why,
        }
    with office.store.write() as connection:
        writes.change(connection, channels.DIGEST, [digest["id"]], told)


def recent(office: Office) -> list[dict[str, object]]:
    """Give the latest mails: to whom, of which day, how it went and why not."""
    with office.store.read() as connection:
        found = channels.digests(connection)
    return [
        {**d, "day": iso(d["day"]), "sent": iso(d["sent"]) if d["sent"] else None} for d in found
    ]
