"""Coming in by the sign-in of the organisation: who somebody is here, and which role and team its
groups give him. All on real time.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any
from urllib.parse import quote, unquote

from amhk import identity
from amhk.config.parts import Organisation
from amhk.desk.house.session import CONFIRMED
from amhk.desk.house.sign_in import begin
from amhk.desk.staff import rights, workers
from amhk.errors import BadInput, NotFound, NotSignedIn
from amhk.identity import Asked, NotVouched
from amhk.keys import house_key, keyed
from amhk.office import Office
from amhk.rules.parse import fold, login_of, tidy, unfit
from amhk.rules.privacy.secrecy import HAND
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.rows import WorkerRow

_LONGEST = 80  # signs of a worker's name
THROUGH = "de organisatie"
_NO_HASH = "-"  # so no password fits


class NoPlace(NotSignedIn):
    """Uw groepen bij de organisatie geven u hier geen rol. Vraag het de beheerder."""


def leave(office: Office, back: str, again: bool) -> tuple[str, Asked]:
    """Give where a browser signs in at the organisation, and what it keeps until it is `back`.

    NotFound where no organisation vouches for anybody, HouseClosed when it does not answer.
    """
    one = identity.asked()
    return identity.where_to(_told(office), one, back, again), one


def sealed(office: Office, one: Asked, naar: str) -> str:
    """Give what a browser keeps while it is away, sealed so that this house knows it as its own."""
    kept = "|".join((one.state, one.nonce, one.verifier, quote(naar, safe="")))
    return f"{kept}|{_seal(office, kept)}"


def _seal(office: Office, kept: str) -> str:
    return keyed(house_key(office.config.folder), f"organisatie {kept}")


def unsealed(office: Office, told: str) -> tuple[Asked, str]:
    """Give what a browser kept, and where it wanted to go; NotVouched when it is not ours."""
    _told(office)
    kept, _, seal = told.rpartition("|")
    if not compare_digest(seal.encode("utf-8", "replace"), _seal(office, kept).encode()):
        raise NotVouched()
    state, nonce, verifier, naar = kept.split("|")
    return Asked(state, nonce, verifier), unquote(naar)


def come_back(office: Office, one: Asked, told: Mapping[str, str], back: str, on: str) -> str:
    """Let in who comes back from his organisation (`code`, `state` and `iss` of the address) with
    the browser that left for it; gives the cookie of his session.

    NotVouched when this is no answer to what was asked.
    """
    known, code = _told(office), told.get("code", "")
    state = told.get("state", "").encode("utf-8", "replace")
    if not code or not compare_digest(one.state.encode(), state):
        raise NotVouched()
    if told.get("iss", known.issuer) != known.issuer:  # another organisation answers (RFC 9207)
        raise NotVouched()
    return admit(office, identity.redeem(known, one, code, back), on)


def _told(office: Office) -> Organisation:
    if office.config.oidc is None:
        raise NotFound()
    return office.config.oidc


def admit(office: Office, claims: Mapping[str, Any], on: str) -> str:
    """Let in who the organisation vouches for, with the role and team of his groups now; gives the
    cookie of his session.

    NoPlace when none of his groups has a role here, NotSignedIn for who left.
    """
    told = _told(office)
    subject = f"{claims['iss']} {claims['sub']}"
    login = login_of(_text(claims.get(told.login_claim)) or _text(claims["sub"]))
    role, team = _place(office, _groups(claims, told.groups_claim))
    vouched, proved = _second(claims, told.second_proof), _given(claims)
    with office.store.write() as connection:
        worker = _known(connection, subject, login)
        if worker is not None and not worker["active"]:
            raise NotSignedIn("U werkt hier niet (meer).")
        if role is not None:
            if worker is None:
                worker = _made(office, connection, claims, login, role=role, team=team)
            _moved(office, connection, worker, role, team)
            free = bool(login) and reads.worker_by(connection, login=login) is None
            marks = {"subject": subject, **({"login": login} if free else {})}
            writes.change(connection, reads.WORKER, [worker["id"]], marks)
            worker = reads.worker_by(connection, id=worker["id"])
        elif worker is not None:
            rights.shut_out(office, connection, worker)
    if role is None or worker is None:
        raise NoPlace()
    return begin(office, worker, on, vouched=vouched, confirmed=proved, by=THROUGH)


def _text(told: object) -> str:
    text = tidy(told, one_line=True) if isinstance(told, str) else ""
    return "" if unfit(text, 200) else text


def _groups(claims: Mapping[str, Any], name: str) -> set[str]:
    told = claims.get(name)
    return {one for one in told if isinstance(one, str)} if isinstance(told, list) else set()


def _place(office: Office, groups: set[str]) -> tuple[str | None, str | None]:
    """Give the role and team of groups: of the first in the settings that somebody is in."""
    told = _told(office)
    role = next((role for group, role in told.roles if group in groups), None)
    return role, next((team for group, team in told.teams if group in groups), None)


def _known(connection: Connection, subject: str, login: str) -> WorkerRow | None:
    """Give who is known under this mark, or else under this name and by no other mark."""
    found = reads.worker_by(connection, subject=subject)
    if found is None and login:
        found = reads.worker_by(connection, login=login)
        if found is not None and found["subject"]:
            raise NotSignedIn(
                "Iemand anders heeft bij de organisatie deze naam gehad. De beheerder moet hem"
                " eerst loskoppelen."
            )
    return found


def _made(
    office: Office,
    connection: Connection,
    claims: Mapping[str, Any],
    login: str,
    role: str,
    team: str | None,
) -> WorkerRow:
    """Make a worker of who was never here: by the name he bears, or that he signs in with."""
    for name in (_text(claims.get("name")), login):
        fit = name and not unfit(name, _LONGEST) and fold(name) != fold(HAND)
        if fit and reads.worker_by(connection, name=name) is None:
            break
    else:
        raise NotSignedIn("Hier werkt al iemand met uw naam; vraag de beheerder u te koppelen.")
    teams = {t["name"] for t in reads.teams(connection)}
    at = team if team in teams else None
    try:
        workers.added(
            office, connection, name, role=role, team=at, registration=None, through=THROUGH
        )
    except BadInput as wrong:
        raise NotSignedIn(wrong.faults[0].text) from wrong
    made = reads.worker_by(connection, name=name)
    assert made is not None
    plain = {"password": _NO_HASH, "must_change": False}
    writes.change(connection, reads.WORKER, [made["id"]], plain)
    return {**made, "must_change": False}


def _moved(
    office: Office, connection: Connection, worker: WorkerRow, role: str, team: str | None
) -> None:
    """Give somebody the role and team of his groups, where he has others."""
    if worker["role"] != role:
        workers.role_given(office, connection, worker, role, through=THROUGH)
    places = {t["name"]: t["id"] for t in reads.teams(connection)}
    if team in places and worker["team_id"] != places[team]:
        writes.change(connection, reads.WORKER, [worker["id"]], {"team_id": places[team]})
        writes.end_sessions(connection, worker["id"])
        what = f"Medewerker {worker['name']} is nu van team {team}."
        rights.tell(office, connection, None, what, {"name": worker["name"]}, THROUGH)


def _second(claims: Mapping[str, Any], counts: tuple[str, ...]) -> bool:
    """Tell whether the organisation asked a second proof that counts here (claims amr and acr)."""
    said = claims.get("amr")
    told = {one for one in said if isinstance(one, str)} if isinstance(said, list) else set()
    acr = claims.get("acr")
    return bool((told | ({acr} if isinstance(acr, str) else set())) & set(counts))


def _given(claims: Mapping[str, Any]) -> datetime:
    """Give when somebody last proved himself there; where it does not say, long enough ago that
    what leaves the house asks it anew.
    """
    now = datetime.now(UTC)
    at = claims.get("auth_time")
    with suppress(ValueError, OverflowError, OSError):
        if isinstance(at, int | float):
            return min(datetime.fromtimestamp(at, UTC), now)
    return now - CONFIRMED - timedelta(minutes=1)
