"""Taking a call: advies, melding or police form.

Every fault at once, a number at once, and the first terms run.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.choices import desk_for, needed
from amhk.desk.cases.apply_move import carry_out
from amhk.desk.cases.register import register
from amhk.errors import AlreadyUsed, BadInput, Fault, NotAllowed
from amhk.office import Office
from amhk.rules.parse import Filled, read_moment
from amhk.rules.people import people
from amhk.rules.privacy.secrecy import WORKS, Reader
from amhk.rules.procedure.form_check import clean
from amhk.rules.procedure.moves import decide
from amhk.rules.procedure.workflow import Workflow
from amhk.store import reads, writes
from amhk.store.cases.journal import as_json
from amhk.store.database.engine import Connection, StoreConflict
from amhk.store.intake import drafts
from amhk.words import day_of


def take_call(office: Office, body: object, who: Reader, key: str | None = None) -> str:
    """Give the number of the case a call becomes.

    `body` holds `route` (`advies` or `melding`) and the fields of that route's intake. `key` is the
    caller's
    Idempotency-Key: the same key and body give the same case, another body AlreadyUsed. Raises
    BadInput with every fault.
    """
    if who.role not in WORKS:
        raise NotAllowed("Met uw rol neemt u geen gesprekken aan.")
    route, fields = _route(body)
    try:
        return _take(office, body, route, fields=fields, who=who, key=key)
    except StoreConflict:  # the same key came in twice at the same moment: the first one holds
        return _take(office, body, route, fields=fields, who=who, key=key)


def _take(
    office: Office,
    body: object,
    route: str,
    fields: Mapping[str, object],
    who: Reader,
    key: str | None,
) -> str:
    with office.store.write() as connection:
        if key:
            drafts.hold(connection, who.id)
        digest = (
            sha256(as_json({"body": body}).encode("utf-8", "surrogatepass")).hexdigest()
            if key
            else ""
        )
        if key and (number := _before(connection, who, key, digest)):
            return number
        file = take_in(office, connection, route, fields, who)
        file.save()
        if key:
            told = {"worker_id": who.id, "key": key, "body": digest, "number": file.case["number"]}
            writes.add(connection, reads.REQUEST, told)
            drafts.drop(connection, who.id, key)  # of an advice nothing may stay of what was typed
        return str(file.case["number"])


def take_in(
    office: Office, connection: Connection, route: str, fields: Mapping[str, object], who: Reader
) -> CaseFile:
    """Give the file of the case a call becomes, for the caller to save; BadInput with every
    fault.
    """
    now = office.now(connection)
    values, faults = checked(office, connection, route, fields, now)
    if faults:
        raise BadInput(faults=faults)
    file = register(office, connection, route, values=values, who=who, now=now)
    _go_on(file, values)
    return file


def checked(
    office: Office, connection: Connection, route: str, fields: Mapping[str, object], now: datetime
) -> tuple[dict[str, object], list[Fault]]:
    """Give a call's values as they may be stored, and every fault in it.

    Codes are those that held on the day of receipt.
    """
    told = fields.get("ontvangen")
    received = read_moment(told, now) if isinstance(told, str) else None
    flow = office.pack.of_route(route)
    form = flow.intake
    desk = desk_for(
        office, connection, now, needed(form), day=day_of(min(received, now)) if received else None
    )
    values, faults = clean(form, fields, desk)
    return values, faults + _own_faults(flow, values) + people.faults(
        values.get("betrokkenen", ()), day_of(now), office.pack.codes.roles
    )


def _route(body: object) -> tuple[str, dict[str, object]]:
    if not isinstance(body, Mapping):
        raise BadInput.of("verkeerd_soort", "Stuur een JSON-object met de velden van het gesprek.")
    fields = dict(body)
    route = fields.pop("route", None)
    if route not in ("advies", "melding"):
        raise BadInput.of("onbekende_code", "Route: kies advies of melding.", "route")
    return str(route), fields


def _before(connection: Connection, who: Reader, key: str, digest: str) -> str | None:
    found = reads.request_of(connection, who.id, key)
    if found and found["body"] != digest:
        raise AlreadyUsed()
    return str(found["number"]) if found else None


def _own_faults(flow: Workflow, values: Filled) -> list[Fault]:
    """Check what the fields cannot say by themselves.

    Advice or a next step, consent of the adviesvrager, contacts not before the call.
    """
    faults = []
    step = flow.intake_next.get(str(values.get("vervolg")))
    needless = step is not None and "advies" in step.without
    if flow.route == "advies" and not values.get("advies") and not needless:
        faults.append(
            Fault(
                "ontbreekt",
                "Vul in: het gegeven advies, of kies dat u ondersteunt bij de uitvoering.",
                "advies",
            )
        )
    asker = values.get("adviesvrager") or {}
    if (asker.get("naam") or asker.get("bereikbaar")) and not asker.get("toestemming"):
        text = (
            "Naam en bereikbaarheid van de adviesvrager worden alleen met toestemming vastgelegd."
        )
        faults.append(Fault("geen_toestemming", text, "adviesvrager.toestemming"))
    received = values.get("ontvangen")
    for n, contact in enumerate(values.get("contacten", [])):
        if received and contact.get("op") and contact["op"] < received:
            faults.append(
                Fault(
                    "voor_ontvangst",
                    "Een contact ligt niet voor het gesprek zelf.",
                    f"contacten.{n}.op",
                )
            )
    return faults


def _go_on(file: CaseFile, values: Filled) -> None:
    """Make the moves that the call itself already made.

    Contacts had, advice given, support begun.
    """
    for contact in values.get("contacten", []):
        if file.workflow.contact_move:
            _move(file, file.workflow.contact_move, contact)
    if (wanted := values.get("vervolg")) and not values.get("contacten"):
        _move(file, file.workflow.intake_next[wanted].move, {})


def _move(file: CaseFile, name: str, filled: Filled) -> None:
    assert file.who is not None
    raw = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in filled.items()}
    desk = desk_for(file.office, file.connection, file.now, set(), file.case)
    carry_out(
        file, decide(file.workflow, file.standing(), name, raw=raw, desk=desk, role=file.who.role)
    )
