"""Workers and teams: who works here, in which role, and by which key he comes in."""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from amhk.desk.casefile.open_case import on_table
from amhk.desk.staff import absence, rights
from amhk.desk.terms import inbox
from amhk.errors import BadInput, ClosedDoor, Fault, NotFound
from amhk.keys import fits, hash_password, hash_token, new_token, one_time_password, weak
from amhk.office import Office
from amhk.rules.parse import fold, tidy, unfit
from amhk.rules.privacy.secrecy import HAND, WORKS, Reader
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.people import grants
from amhk.store.rows import WorkerRow, part
from amhk.store.staff import passkeys
from amhk.store.terms import reminders
from amhk.words import ROLES, day_of, iso, say_day

EMAIL = re.compile(r"^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")


def _name(text: str, field: str) -> str:
    name = tidy(text, one_line=True)
    if not name or unfit(name, 80):
        raise BadInput.of("naam", "Geef een naam van 1 tot 80 tekens.", field)
    if fold(name) == fold(HAND):
        raise BadInput.of("naam", f"'{HAND}' is de naam van de opdrachtregel zelf.", field)
    return name


def add_worker(
    office: Office,
    name: str,
    role: str,
    team: str | None,
    registration: str | None = None,
    password: str | None = None,
) -> str:
    """Add a worker and give his one-time password; without a team he is in the default one.

    BadInput when name, role or team will not do.
    """
    with office.store.write() as connection:
        return added(
            office,
            connection,
            name,
            role=role,
            team=team,
            registration=registration,
            password=password,
        )


def added(
    office: Office,
    connection: Connection,
    name: str,
    role: str,
    team: str | None,
    registration: str | None,
    password: str | None = None,
    email: str | None = None,
    by: Reader | None = None,
    through: str = "",
) -> str:
    """The same, in a transaction at hand; that he was given a role is written down (`through` what,
    when by nobody here).
    """
    name = _name(name, "name")
    first = password or one_time_password()
    teams = {t["name"]: t["id"] for t in reads.teams(connection)}
    faults = _unfit(teams, role, team, email) + _taken(connection, name)
    if faults:
        raise BadInput(faults=faults)
    row = {
        "name": name,
        "name_key": fold(name),
        "role": role,
        "team_id": teams[team or office.config.default_team],
        "registration": registration,
        "password": hash_password(first),
        "must_change": password is None,
        "active": True,
        "email": email,
    }
    writes.add(connection, reads.WORKER, row)
    signs = f", met registratie {registration}" if registration else ""
    what = f"Medewerker {name} toegevoegd als {ROLES[role].lower()}{signs}."
    rights.tell(office, connection, by, what, {"name": name, "role": role}, through)
    return first


def _unfit(teams: Collection[str], role: str, team: str | None, email: str | None) -> list[Fault]:
    faults = []
    if email and not EMAIL.match(email):
        faults.append(Fault("email", f"'{email[:80]}' is geen e-mailadres.", "email"))
    if role not in ROLES:
        text = f"De rol '{role}' bestaat niet; kies uit {', '.join(ROLES)}."
        faults.append(Fault("rol", text, "role"))
    if team is not None and team not in teams:
        text = f"Het team '{team}' bestaat niet; er is: {', '.join(teams)}."
        faults.append(Fault("team", text, "team"))
    return faults


def _taken(connection: Connection, name: str, but: int = 0) -> list[Fault]:
    found = reads.worker_by(connection, name=name)
    same = found is not None and found["id"] != but
    return (
        [Fault("dubbel", f"Er werkt al iemand die '{found['name']}' heet.", "name")]
        if found and same
        else []
    )


def rename(office: Office, name: str, new: str, by: Reader | None = None) -> None:
    """Give a worker another name (`by` on screen, else by hand).

    What was written down with the old one stays as it was written. BadInput when somebody has it,
    in whatever capitals and accents.
    """
    with office.store.write() as connection:
        renamed(office, connection, _worker(connection, name), new, by)


def renamed(
    office: Office, connection: Connection, worker: WorkerRow, new: str, by: Reader | None
) -> None:
    """The same, in a transaction at hand."""
    told = _name(new, "name")
    if faults := _taken(connection, told, worker["id"]):
        raise BadInput(faults=faults)
    writes.change(connection, reads.WORKER, [worker["id"]], {"name": told, "name_key": fold(told)})
    what = f"Medewerker {worker['name']} heet nu {told}."
    rights.tell(office, connection, by, what, {"name": [worker["name"], told]})


def _worker(connection: Connection, name: str) -> WorkerRow:
    if (found := reads.worker_by(connection, name=name)) is None:
        raise NotFound(f"Er werkt niemand die '{name}' heet.")
    return found


def set_role(office: Office, name: str, role: str) -> None:
    """Give a worker another role."""
    if role not in ROLES:
        raise BadInput.of(
            "rol", f"De rol '{role}' bestaat niet; kies uit {', '.join(ROLES)}.", "role"
        )
    with office.store.write() as connection:
        role_given(office, connection, _worker(connection, name), role)


def role_given(
    office: Office,
    connection: Connection,
    worker: WorkerRow,
    role: str,
    by: Reader | None = None,
    through: str = "",
) -> None:
    """Give a worker another role, in a transaction at hand; that he was is written down.

    He is signed out everywhere, and who treats no cases any more has none left.
    """
    writes.change(connection, reads.WORKER, [worker["id"]], {"role": role})
    if worker["role"] != role:
        before, after = ROLES[worker["role"]].lower(), ROLES[role].lower()
        what = f"Medewerker {worker['name']} is nu {after} (was {before})."
        moved = {"name": worker["name"], "role": [worker["role"], role]}
        rights.tell(office, connection, by, what, moved, through)
        writes.end_sessions(connection, worker["id"])
        grants.end_all(connection, worker["id"], datetime.now(UTC))
    if worker["role"] != role and worker["active"]:
        writes.revoke_feeds(connection, worker["id"], office.now(connection))
    if role in WORKS:
        now = office.now(connection)
        inbox.tend_inbox(connection, reminders.staff(connection, day_of(now), now))
    else:
        _to_team(
            office,
            connection,
            worker,
            f"{worker['name']} behandelt geen zaken meer: de zaak valt terug aan het team.",
        )


def disable(office: Office, name: str) -> int:
    """Let a worker go: he can no longer sign in, his token is void, and his cases fall to their
    team. Gives how many did.
    """
    with office.store.write() as connection:
        return gone(office, connection, _worker(connection, name), None)


def gone(office: Office, connection: Connection, worker: WorkerRow, by: Reader | None) -> int:
    """The same, in a transaction at hand; that he left is written down."""
    return absence.leave_now(office, connection, worker, absence.LEAVES, "uit dienst", by)


def _to_team(office: Office, connection: Connection, worker: WorkerRow, what: str) -> None:
    """Let every open case of a worker fall to its team, and his reminders to who is there."""
    now = office.now(connection)
    for case in reads.lock_cases(connection, reads.cases_of(connection, worker["id"])).values():
        file = on_table(office, connection, case, None)
        file.note("toegewezen", what, {})
        file.changes["owner_id"] = None
        reminders.readdress(connection, case["id"], worker["id"], None, case["team_id"])
        file.save()
    inbox.tend_inbox(connection, reminders.staff(connection, day_of(now), now))


def prove_email(address: str) -> None:
    """Raise BadInput when a text is no address; empty is fine."""
    if address and not EMAIL.match(address):
        raise BadInput.of("email", f"'{address[:80]}' is geen e-mailadres.", "email")


def set_email(office: Office, name: str, address: str) -> None:
    """Give a worker an address for the daily mail; empty takes it away.

    BadInput when it is no address.
    """
    address = tidy(address, one_line=True)
    prove_email(address)
    with office.store.write() as connection:
        worker = _worker(connection, name)
        writes.change(connection, reads.WORKER, [worker["id"]], {"email": address or None})
        rights.tell_moved(office, connection, None, worker, {"email": address or None})


def make_token(office: Office, name: str) -> str:
    """Give a worker a new token (the old one is void), good for `server.token_days` days.

    Only its hash is kept.
    """
    token, until = new_token(), datetime.now(UTC) + timedelta(days=office.config.token_days)
    with office.store.write() as connection:
        worker = _worker(connection, name)
        if not worker["active"]:
            raise ClosedDoor.of("uit_dienst", f"{name} werkt hier niet meer.")
        writes.change(
            connection,
            reads.WORKER,
            [worker["id"]],
            {"token": hash_token(token), "token_until": until, "token_used": None},
        )
        what = f"Medewerker {worker['name']} kreeg een token, tot {say_day(day_of(until))}."
        rights.tell(office, connection, None, what, {"name": worker["name"]})
    return token


def list_workers(office: Office) -> list[dict[str, object]]:
    """Give the workers: name, role, team, registration, active, and of the token until when it is
    good and on which day it was last used.
    """
    with office.store.read() as connection:
        return [told_of(w) for w in reads.workers(connection, active=False)]


def told_of(worker: WorkerRow) -> dict[str, object]:
    """Give what is told of a worker: never a password or a token."""
    keys = ("name", "role", "team", "registration", "active")
    token = {
        k: iso(day) if worker["token"] and day else None
        for k, day in (
            ("token_until", worker["token_until"]),
            ("token_used", worker["token_used"]),
        )
    }
    return part(worker, keys) | token


def add_team(office: Office, name: str) -> None:
    """Add a team."""
    with office.store.write() as connection:
        team_added(connection, name)


def team_added(connection: Connection, name: str) -> None:
    """The same, in a transaction at hand."""
    name = _name(name, "name")
    if any(fold(t["name"]) == fold(name) for t in reads.teams(connection)):
        raise BadInput.of("dubbel", f"Er is al een team '{name}'.", "name")
    writes.add(connection, reads.TEAM, {"name": name, "is_default": False})


def list_teams(office: Office) -> list[str]:
    """Give the names of the teams."""
    with office.store.read() as connection:
        return [t["name"] for t in reads.teams(connection)]


def first_beheerder(office: Office) -> tuple[str, str] | None:
    """Make the first worker of a real meldpunt where nobody works yet, who lets the others in.

    Gives his name and one-time password; None where somebody works, and in a training one.
    """
    if office.training:
        return None
    with office.store.write() as connection:
        if any(w["name"] != HAND for w in reads.workers(connection, active=False)):
            return None
        name, role = "beheerder", "beheerder"
        code = added(office, connection, name, role=role, team=None, registration=None)
        return name, code


def by_hand(office: Office, name: str | None) -> Reader:
    """Give who works the command line.

    The worker named, else `opdrachtregel` (a manager nobody can sign in as, made when first
    needed).
    """
    with office.store.write() as connection:
        if name:
            row = _worker(connection, name)
        elif (found := reads.worker_by(connection, name=HAND)) is not None:
            row = found
        else:
            new = {
                "name": HAND,
                "name_key": fold(HAND),
                "role": "manager",
                "team_id": reads.teams(connection)[0]["id"],
                "password": "-",
                "active": True,
            }
            writes.add(connection, reads.WORKER, new)
            row = _worker(connection, HAND)
        return Reader.of(row, "opdrachtregel")


def change_password(office: Office, who: Reader, old: str, new: str) -> None:
    """Choose a new password; BadInput when the old one is wrong, or the new one too short or easily
    guessed.
    """
    with office.store.write() as connection:
        worker = reads.worker_by(connection, id=who.id)
        assert worker is not None
        faults = []
        if not fits(old, worker["password"]):
            faults.append(Fault("wachtwoord", "Het oude wachtwoord klopt niet.", "old"))
        if why := weak(new, (worker["name"], office.config.organisation)):
            faults.append(Fault("wachtwoord", why, "new"))
        if faults:
            raise BadInput(faults=faults)
        writes.change(
            connection,
            reads.WORKER,
            [who.id],
            {"password": hash_password(new), "must_change": False},
        )
        passkeys.drop(connection, who.id)
        writes.end_sessions(connection, who.id)
