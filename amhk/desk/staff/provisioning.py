"""Workers kept by the organisation's directory (SCIM 2.0, RFC 7643): who comes, who is called
otherwise, who leaves.

It keeps those it binds by a login name and no others. A role it does not give: that comes with the
groups at sign-in; until then somebody reads figures only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from amhk.desk.staff import rights, workers
from amhk.errors import AlreadyDone, BadInput, NotFound
from amhk.office import Office
from amhk.rules.parse import fold, login_of, tidy, unfit
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.rows import WorkerRow

THROUGH, ROLE = "de organisatie", "rapportage"
_LOGIN, _NAME = 200, 80  # signs


@dataclass(frozen=True)
class Kept:
    """A worker as a directory keeps him: his key here, login name, name, whether he works here, and
    the mark it knows him by.
    """

    login: str
    name: str
    active: bool = True
    external: str | None = None
    key: int = 0


def _told(worker: WorkerRow) -> Kept:
    return Kept(
        login=str(worker["login"]),
        name=worker["name"],
        active=worker["active"],
        external=worker["external"],
        key=worker["id"],
    )


def everybody(office: Office) -> list[Kept]:
    """Give all who are bound to a login name, in the order in which they came."""
    with office.store.read() as connection:
        found = reads.workers(connection, active=False)
    return sorted((_told(w) for w in found if w["login"]), key=lambda one: one.key)


def one(office: Office, key: str) -> Kept:
    """Give one of them; NotFound when a directory keeps nobody under this key."""
    with office.store.read() as connection:
        return _told(_held(connection, key))


def _held(connection: Connection, key: str) -> WorkerRow:
    plain = key.isascii() and key.isdigit() and len(key) < 10
    found = reads.worker_by(connection, id=int(key)) if plain else None
    if found is None or not found["login"]:
        raise NotFound("Deze medewerker is er niet.")
    return found


def add(office: Office, told: Kept) -> Kept:
    """Let somebody work here; AlreadyDone when somebody has that login name or name, BadInput when
    they will not do.
    """
    told = _fit(told)
    with office.store.write() as connection:
        held = reads.worker_by(connection, name=told.name)
        if held is not None and not held["active"] and not held["login"]:
            # who left, and is kept by nobody, may be another of the same name
            told = _fit(replace(told, name=f"{told.name} ({told.login})"[:_NAME]))
        _prove_free(connection, told, 0)
        workers.added(
            office, connection, told.name, role=ROLE, team=None, registration=None, through=THROUGH
        )
        made = reads.worker_by(connection, name=told.name)
        assert made is not None
        marks = {"password": "-", "must_change": False, "login": told.login}
        writes.change(connection, reads.WORKER, [made["id"]], {**marks, "external": told.external})
        if not told.active:
            workers.gone(office, connection, made, None)
        return _told(_held(connection, str(made["id"])))


def keep(office: Office, key: str, told: Kept) -> Kept:
    """Let somebody be as his directory says: his names, and whether he works here.

    Who leaves loses his cases to the team; AlreadyDone when somebody has that login name or name.
    """
    told = _fit(told)
    with office.store.write() as connection:
        present = _held(connection, key)
        _prove_free(connection, told, present["id"])
        if told.name != present["name"]:
            workers.renamed(office, connection, present, told.name, None)
        marks: dict[str, object] = {"login": told.login, "external": told.external}
        if told.login != present["login"]:  # whoever bore that name does not come in as him
            marks["subject"] = None
            writes.end_sessions(connection, present["id"])
            what = f"Medewerker {told.name} meldt zich bij de organisatie aan als {told.login}."
            rights.tell(office, connection, None, what, {"name": told.name}, THROUGH)
        writes.change(connection, reads.WORKER, [present["id"]], marks)
        if present["active"] and not told.active:
            workers.gone(office, connection, present, None)
        elif told.active and not present["active"]:
            rights.let_in_again(office, connection, present, None, THROUGH)
        return _told(_held(connection, key))


def drop(office: Office, key: str) -> None:
    """Let somebody go whom his directory keeps no more; what he did here stays."""
    with office.store.write() as connection:
        present = _held(connection, key)
        if present["active"]:
            workers.gone(office, connection, present, None)
        free = {"login": None, "subject": None, "external": None}
        writes.change(connection, reads.WORKER, [present["id"]], free)


def _fit(told: Kept) -> Kept:
    login, name = login_of(tidy(told.login, one_line=True)), tidy(told.name, one_line=True)
    if not login or unfit(login, _LOGIN):
        raise BadInput.of("login", f"userName: 1 tot {_LOGIN} tekens.", "userName")
    if told.external and unfit(told.external, _LOGIN):
        raise BadInput.of("external", f"externalId: 1 tot {_LOGIN} tekens.", "externalId")
    if unfit(name, _NAME):
        raise BadInput.of("naam", f"displayName: 1 tot {_NAME} tekens.", "displayName")
    return replace(told, login=login, name=name or login[:_NAME])


def _prove_free(connection: Connection, told: Kept, key: int) -> None:
    for column, value, said in (
        ("login", told.login, f"userName {told.login}"),
        ("name_key", fold(told.name), f"displayName {told.name}"),
    ):
        held = reads.worker_by(connection, **{column: value})
        if held is not None and held["id"] != key:
            raise AlreadyDone(f"Er is al iemand met {said}.")


OPS = ("add", "replace", "remove")


def changed(present: Kept, operations: Sequence[Mapping[str, object]]) -> Kept:
    """Give somebody as he is after the operations of a PATCH (RFC 7644 par. 3.5.2), in their order.

    BadInput when one of them cannot be.
    """
    for operation in operations:
        what, path = str(operation.get("op", "")).lower(), operation.get("path")
        if what not in OPS:
            raise BadInput.of("op", "op: add, replace of remove.", "op")
        value = operation.get("value")
        if path is None:
            if not isinstance(value, Mapping) or what == "remove":
                raise BadInput.of("path", "Zonder path is value een object.", "value")
            told = value
        else:
            told = {str(path): None if what == "remove" else value}
        for name, new in told.items():
            present = with_part(present, str(name), new)
    return present


SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:user:"


def with_part(told: Kept, name: str, value: object) -> Kept:
    """Give somebody with one of his parts as it is called in SCIM (in whatever capitals) changed;
    a part nobody keeps changes nothing.
    """
    low = name.lower().removeprefix(SCHEMA)
    if low == "active":
        return replace(told, active=_truth(value))
    if low == "externalid":
        return replace(told, external=_text(value) or None)
    if low == "username":
        return replace(told, login=_text(value))
    return replace(told, name=_text(value)) if low == "displayname" else told


def _text(value: object) -> str:
    if value is not None and not isinstance(value, str):
        raise BadInput.of("soort", "Dit moet tekst zijn.", "value")
    return value or ""


def _truth(value: object) -> bool:
    """Give yes or no, as directories write it: also in words."""
    said = {"true": True, "false": False}.get(str(value).lower())
    if said is None:
        raise BadInput.of("soort", "active: true of false.", "active")
    return said
