"""The functioneel beheerder at the screen: workers, teams and the rules by which calls are divided.

Every change is a line in the house's journal.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from amhk.desk.casefile.access import must_run
from amhk.desk.staff import rights, workers
from amhk.errors import BadInput, ClosedDoor, NotFound
from amhk.keys import hash_password, one_time_password
from amhk.office import Office
from amhk.rules.parse import Filled, login_of, tidy, unfit
from amhk.rules.privacy.secrecy import HAND, Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.staff.routing import STROMEN
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal
from amhk.store.people import questions
from amhk.store.staff import passkeys
from amhk.words import ROLES

WORKER = (
    Field("name", "Naam", required=True),
    Field("role", "Rol", "choice", required=True, choices="rol"),
    Field("team", "Team", "choice", choices="team"),
    Field("registration", "Registratie (SKJ of BIG)"),
    Field("email", "E-mail voor het dagoverzicht"),
)
CHANGE = (replace(WORKER[0], required=False), *WORKER[1:])
TEAM = (Field("name", "Naam van het team", required=True),)


def desk(office: Office) -> Desk:
    """Give what these forms choose from: roles, teams, gemeenten, subregio's, streams."""
    with office.store.read() as connection:
        return _desk(office, connection)


def _desk(office: Office, connection: Connection) -> Desk:
    places = office.config.gemeenten
    subregios = dict.fromkeys(g.subregio for g in places.values())
    lists = {
        "rol": ROLES,
        "team": {t["name"]: t["name"] for t in reads.teams(connection)},
        "gemeente": {g: g for g in places},
        "subregio": {s: s for s in subregios},
        "stroom": {s: s for s in STROMEN},
    }
    return Desk(office.now(connection), lists)


def checked(office: Office, fields: tuple[Field, ...], body: object) -> Filled:
    """Give the checked values of a form of the house; BadInput with every fault."""
    values, faults = clean(fields, dict(body) if isinstance(body, Mapping) else {}, desk(office))
    if faults:
        raise BadInput(faults=faults)
    return values


def _log(
    office: Office, connection: Connection, who: Reader, what: str, content: Mapping[str, object]
) -> None:
    house_journal.append(
        connection, office.now(connection), who.id, kind="beheer", what=what, content=content
    )


def view(office: Office, who: Reader) -> list[dict[str, object]]:
    """Give everyone who works or worked here, but the hand of the command line.

    `asked` is how often the radar was asked in the last seven days.
    """
    must_run(who)
    with office.store.read() as connection:
        asked = questions.counts(connection, datetime.now(UTC) - timedelta(days=7))
        return [
            workers.told_of(w)
            | {
                "id": w["id"],
                "email": w["email"],
                "login": w["login"],
                "token": bool(w["token"]),
                "asked": asked.get(w["id"], 0),
            }
            for w in reads.workers(connection, active=False)
            if w["name"] != HAND
        ]


def worker(office: Office, key: int, who: Reader) -> dict[str, object]:
    """Give one worker; NotFound when there is none."""
    found = next((w for w in view(office, who) if w["id"] == key), None)
    if found is None:
        raise NotFound("Deze medewerker bestaat niet.")
    return found


def add(office: Office, body: object, who: Reader) -> str:
    """Add a worker and give the one-time password, shown once.

    The account and its line in the journal are one.
    """
    must_run(who)
    values = checked(office, WORKER, body)
    with office.store.write() as connection:
        told = (values["name"], values["role"], values.get("team"), values.get("registration"))
        return workers.added(office, connection, *told, email=values.get("email"), by=who)


def change(office: Office, key: int, body: object, who: Reader) -> None:
    """Change a worker's name, role, team, registration and address; one's own role nobody changes.

    Who treats no cases any more loses them to the team; who changes team keeps his, until they are
    handed over.
    """
    one = worker(office, key, who)
    values = checked(office, CHANGE, body)
    if key == who.id and values["role"] != one["role"]:
        raise BadInput.of("eigen_rol", "Uw eigen rol wijzigt een andere beheerder.", "role")
    workers.prove_email(values.get("email") or "")
    with office.store.write() as connection:
        row = reads.worker_by(connection, id=key)
        assert row is not None
        if values.get("name", one["name"]) != one["name"]:
            workers.renamed(office, connection, row, values["name"], who)
        teams = {t["name"]: t["id"] for t in reads.teams(connection)}
        team = teams[values["team"]] if values.get("team") else row["team_id"]
        told = {
            "registration": values.get("registration"),
            "email": values.get("email"),
            "team_id": team,
        }
        writes.change(connection, reads.WORKER, [key], told)
        rights.tell_moved(office, connection, who, row, told)
        if values["role"] != row["role"]:
            workers.role_given(office, connection, row, values["role"], who)
        elif team != row["team_id"]:
            writes.revoke_feeds(connection, key, office.now(connection))
            writes.end_sessions(connection, key)
        if team != row["team_id"]:
            what = f"Medewerker {one['name']} is nu van team {values['team']} (was {one['team']})."
            moved_to = {"name": one["name"], "team": [one["team"], values["team"]]}
            rights.tell(office, connection, who, what, moved_to)
        moved = {
            k: [one[k], values.get(k)]
            for k in ("role", "team", "registration", "email")
            if one[k] != values.get(k)
        }
        _log(office, connection, who, f"Medewerker {one['name']} gewijzigd.", moved)


def let_go(office: Office, key: int, who: Reader) -> int:
    """Let a worker leave: no sign-in any more, his cases fall to their team; gives how many.

    Oneself one does not let go.
    """
    one = worker(office, key, who)
    if key == who.id:
        raise ClosedDoor.of(
            "uzelf", "U kunt uzelf niet uit dienst zetten; dat doet een andere beheerder."
        )
    if not one["active"]:
        raise ClosedDoor.of("uit_dienst", f"{one['name']} werkt hier al niet meer.")
    with office.store.write() as connection:
        row = reads.worker_by(connection, id=key)
        assert row is not None
        return workers.gone(office, connection, row, who)


def bind(office: Office, key: int, login: str, who: Reader) -> None:
    """Let a worker be the one who signs in under this name at the organisation (empty: under none).

    Who came by another name or mark does so no more. BadInput when somebody else has it.
    """
    one = worker(office, key, who)
    name = login_of(tidy(login, one_line=True))
    if unfit(name, 200):
        raise BadInput.of("naam", "Deze aanmeldnaam kan niet.", "login")
    with office.store.write() as connection:
        held = reads.worker_by(connection, login=name) if name else None
        if held is not None and held["id"] != key:
            raise BadInput.of("dubbel", f"{held['name']} heeft deze aanmeldnaam.", "login")
        told = {"login": name or None, "subject": None}
        writes.change(connection, reads.WORKER, [key], told)
        writes.end_sessions(connection, key)
        said = f"meldt zich bij de organisatie aan als {name}" if name else "is losgekoppeld"
        rights.tell(
            office, connection, who, f"Medewerker {one['name']} {said}.", {"name": one["name"]}
        )


def new_password(office: Office, key: int, who: Reader) -> str:
    """Give a worker a one-time password, shown once.

    He is signed out everywhere, his token, calendar addresses and passkeys are void, and he chooses
    his own.
    """
    one = worker(office, key, who)
    if not one["active"]:
        raise ClosedDoor.of("uit_dienst", f"{one['name']} werkt hier niet meer.")
    first = one_time_password()
    with office.store.write() as connection:
        writes.change(
            connection,
            reads.WORKER,
            [key],
            {"password": hash_password(first), "must_change": True, "token": None},
        )
        writes.end_sessions(connection, key)
        writes.revoke_feeds(connection, key, office.now(connection))
        passkeys.drop(connection, key)
        what = f"Medewerker {one['name']} ({ROLES[str(one['role'])].lower()}) kreeg een eenmalig"
        rights.tell(office, connection, who, f"{what} wachtwoord.", {"name": one["name"]})
    return first


def add_team(office: Office, body: object, who: Reader) -> None:
    """Add a team."""
    must_run(who)
    name = checked(office, TEAM, body)["name"]
    with office.store.write() as connection:
        workers.team_added(connection, name)
        _log(office, connection, who, f"Team {name} toegevoegd.", {"team": name})
