"""Cards of other meldpunten: to whom a dossier can be sealed, and whose signature counts.

A card comes by any way; its check number is heard by another (a phone call), and typed.
"""

import re

from amhk.desk.casefile.access import must_run
from amhk.errors import BadInput, Fault, NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.sealed_dossier import Card, card_text, own_card, read_card
from amhk.store import writes
from amhk.store.database.engine import Connection
from amhk.store.house import held, regions
from amhk.store.rows import Json, Row
from amhk.words import iso

ADD = (
    Field("card", "De kaart van het andere meldpunt", "text", required=True),
    Field(
        "number",
        "Het controlegetal, zoals u het aan de telefoon hoorde",
        required=True,
        hint="Bel een nummer dat u al kende, niet een dat bij de kaart stond.",
    ),
)


def view(office: Office, who: Reader) -> Json:
    """Give the card of this meldpunt with its check number, and those of others; for who runs the
    house.
    """
    must_run(who)
    own = own_card(office.config.folder, office.config.organisation)
    with office.store.read() as connection:
        desk = Desk(office.now(connection), {})
        known = regions.meldpunten(connection)
    return {
        "own_card": card_text(own),
        "number": own.check_number,
        "known": [
            {
                "id": row["id"],
                "name": row["name"],
                "number": card_of(row).check_number,
                "added": iso(row["added"]),
                "worker": row["worker"],
            }
            for row in known
        ],
        "desk": desk,
    }


def card_of(row: Row) -> Card:
    """Give the card in a row."""
    return Card(row["name"], row["sign"], row["receive"])


def add(office: Office, body: object, who: Reader) -> str:
    """Take over the card of another meldpunt (`card`, `number`); gives its name.

    One with the same key takes the place of the card before it. BadInput names every fault.
    """
    must_run(who)
    own = own_card(office.config.folder, office.config.organisation)
    with office.store.write() as connection:
        now = office.now(connection)
        values, faults = clean(ADD, body, Desk(now, {}))
        if faults:
            raise BadInput(faults=faults)
        card = read_card(values["card"])
        if re.sub(r"\D", "", values["number"]) != card.check_number.replace(" ", ""):
            text = "Dit controlegetal hoort niet bij deze kaart. Vraag de kaart opnieuw."
            faults.append(Fault("controlegetal", text, "number"))
        if card.sign == own.sign:
            faults.append(Fault("eigen", "Dit is de kaart van dit meldpunt zelf.", "card"))
        if faults:
            raise BadInput(faults=faults)
        row = {
            "name": card.organisation,
            "sign": card.sign,
            "receive": card.receive,
            "added": now,
            "added_by": who.id or None,
        }
        for old in regions.meldpunten(connection):
            if card.sign == old["sign"] or card.organisation == old["name"]:
                _let_go(office, old, who, connection)
        key = writes.add(connection, regions.MELDPUNT, row)
        what = f"De kaart van {card.organisation} is overgenomen."
        place = [("meldpunten", key)]
        held.tell(connection, now, who.id or None, held.MELDPUNT, what, place)
    return card.organisation


def remove(office: Office, key: int, who: Reader) -> str:
    """Write to a meldpunt no more, nor believe its signature; gives its name. NotFound when there
    is none.
    """
    must_run(who)
    with office.store.write() as connection:
        found = [row for row in regions.meldpunten(connection) if row["id"] == key]
        if not found:
            raise NotFound("Dit meldpunt staat hier niet.")
        _let_go(office, found[0], who, connection)
    return str(found[0]["name"])


def _let_go(office: Office, row: Row, who: Reader, connection: Connection) -> None:
    writes.change(connection, regions.MELDPUNT, [row["id"]], {"gone": True})
    what, place = f"De kaart van {row['name']} geldt niet meer.", [("meldpunten", row["id"])]
    now = office.now(connection)
    held.tell(connection, now, who.id or None, held.MELDPUNT, what, place)
