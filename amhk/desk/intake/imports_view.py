"""What came in by file as it is shown: the files, their forms, and the repair list."""

from collections.abc import Iterator
from typing import Any

from amhk.desk.casefile.access import unnamed
from amhk.desk.intake.import_staging import PAGE, must_take_in
from amhk.desk.intake.imports import PATIENCE, form_to_repair
from amhk.desk.people import earlier_contacts
from amhk.errors import NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.store.database.engine import Connection
from amhk.store.intake import imports as store
from amhk.store.rows import Row
from amhk.words import iso, say_instant, some


def overview(office: Office, who: Reader) -> list[dict[str, object]]:
    """Give the latest imports with how far each is."""
    must_take_in(who)
    with office.store.read() as connection:
        return [_head(connection, told) for told in store.imports(connection)]


def _head(connection: Connection, told: Row) -> dict[str, object]:
    counts = store.counts(connection, told["id"])
    plain_keys = ("id", "name", "mapping", "worker", "state", "total", "again")
    return {k: told[k] for k in plain_keys} | {
        "brought": iso(told["brought"]),
        **{k: counts.get(k, 0) for k in ("ready", "repair", "taken", "dropped")},
    }


def view(
    office: Office, key: int, who: Reader, state: str = "repair", after: int = 0
) -> dict[str, Any]:
    """Give one import: how far it is, and a page of its forms in a state (`repair`, `ready`,
    `taken`) with what is wrong with each.
    """
    must_take_in(who)
    with office.store.read() as connection:
        told = store.one_import(connection, key)
        if told is None:
            raise NotFound("Dit ingelezen bestand bestaat niet.")
        found = store.forms_of(connection, key, state, after, PAGE)
        return _head(connection, told) | {
            "state_shown": state,
            "forms": [
                _shown(connection, f, who) | {"earlier": _known(office, connection, f, who)}
                for f in found
                if f["case_id"] not in who.barred
            ],
            "next": found[-1]["row"] if len(found) == PAGE else None,
        }


def _known(
    office: Office, connection: Connection, form: Row, who: Reader
) -> list[dict[str, object]]:
    if form["state"] == "taken":
        return []
    told = form["told"].get("betrokkenen", [])
    return earlier_contacts.known_of(office, connection, told, who)[:3]


def _shown(connection: Connection, form: Row, who: Reader) -> dict[str, object]:
    """Give a form for a list: a secret melder and secret addresses left out."""
    told = form["told"]
    family = (
        [p for p in told.get("betrokkenen") or [] if isinstance(p, dict)]
        if isinstance(told.get("betrokkenen"), list)
        else []
    )
    melder = told.get("melder") if isinstance(told.get("melder"), dict) else {}
    hidden = (
        {"melder": {"geheim": True}}
        if str(melder.get("geheim")).casefold() in ("true", "ja", "on")
        else {}
    )
    shown = [
        {k: v for k, v in p.items() if k != "adres" or not p.get("geheim_adres")} for p in family
    ]
    return {
        "id": form["id"],
        "row": form["row"],
        "kenmerk": form["kenmerk"],
        "acuut": form["acuut"],
        "number": form["number"],
        "outcome": form["outcome"],
        "told": told | hidden | ({"betrokkenen": shown} if family else {}),
        "received": (
            say_instant(form["received"]) if form["received"] else str(told.get("ontvangen", ""))
        ),
        "names": [str(p.get("naam", "?")) for p in family],
        "faults": unnamed(
            connection, who, [{"code": c, "text": t, "field": f} for c, t, f in form["faults"]]
        ),
    }


def one(office: Office, key: int, who: Reader) -> dict[str, Any]:
    """Give one form that is no case yet, as it was told, with what is wrong with it."""
    must_take_in(who)
    with office.store.read() as connection:
        form = form_to_repair(connection, key)
        return _shown(connection, form, who) | {
            "told": form["told"],
            "import": form["import_id"],
            "original": form["undo"].get("original", {}),
        }


def alarm(office: Office, connection: Connection) -> Iterator[str]:
    """Give, in a sentence, that forms lie too long without being a case.

    Each may be a child in danger, and none has a term yet.
    """
    count, since = store.waiting(connection, office.now(connection) - PATIENCE)
    if count and since:
        yield (
            f"{some(count, 'formulier ligt', 'formulieren liggen')} sinds {say_instant(since)}"
            " ingelezen zonder zaak te zijn. Herstel of neem ze in onder Formulieren."
        )
