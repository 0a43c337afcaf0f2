"""To whom a letter goes and where: its head, from the case and the sociale kaart."""

from collections.abc import Mapping
from typing import Any

from amhk.letters.render import Head
from amhk.office import Office
from amhk.rules.privacy.recipients import Recipient
from amhk.rules.privacy.secrecy import Reader, postal_lines
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, NoticeRow, Row


def head_of_letter(
    office: Office,
    connection: Connection,
    case: CaseRow,
    notice: NoticeRow,
    facts: Mapping[str, Any],
    who: Reader,
) -> Head:
    """Give what stands above and below a letter: from whom, to whom and where, and who signs."""
    style = office.config.style
    sender = (*style.address, *filter(None, (office.config.phone, style.email, style.website)))
    marks = (
        ("Datum", facts["vandaag"]),
        ("Ons kenmerk", facts["zaaknummer"]),
        ("Behandelaar", f"{facts['behandelaar']}{facts['registratie']}"),
        ("Team", facts["team"]),
        ("Telefoon", facts["telefoon"]),
    )
    signs = f"{who.name} ({who.registration})" if who.registration else who.name
    signature = (style.greeting, signs, office.config.organisation)
    return Head(
        organisation=office.config.organisation,
        sender=sender,
        to=addressed(office, connection, case, notice=notice, facts=facts),
        marks=marks,
        signature=signature,
    )


def addressed(
    office: Office,
    connection: Connection,
    case: CaseRow,
    notice: NoticeRow,
    facts: Mapping[str, Any],
) -> tuple[str, ...]:
    """Give the lines of the address of a letter, the name first."""
    recipient = notice["recipient"]
    if recipient == "betrokkene":
        person = reads.person_of(connection, notice)
        address = HAND_OVER if facts.get("overhandigen") else person["adres"] if person else None
        return _lines(facts.get("betrokkene_aanhef"), address)
    if recipient == "melder":
        about = reads.about(connection, case, notice)
        home = postal_lines(about["melder_bereikbaar"] or "")
        return _lines(
            facts.get("melder_naam"), about["melder_functie"], about["melder_organisatie"], *home
        )
    if recipient == "adviesvrager":
        return _lines(
            facts.get("adviesvrager_naam"), *postal_lines(case["adviesvrager_bereikbaar"] or "")
        )
    if recipient == "andere_regio":
        return _lines(facts.get("naar"))
    flow = office.pack.workflows[case["workflow"], case["release"]]
    return _office_of(connection, case, notice, flow.recipients[recipient])


def _office_of(
    connection: Connection, case: CaseRow, notice: NoticeRow, to: Recipient
) -> tuple[str, ...]:
    """Give name and address of the institution a letter is for.

    Of an office (RvdK, police, college) the one that serves the gemeente.
    """
    kind, name = to.kind, to.office.replace("{gemeente}", str(case["gemeente"]))
    if notice["facts"].get("aan") == "OM":
        kind, name = "OM", "Openbaar Ministerie"
    found = next(
        (
            i
            for i in reads.institutions(connection, active=False)
            if (
                i["id"] == notice["institution_id"]
                if not kind
                else i["active"] and i["kind"] == kind and _serves(i, case["gemeente"])
            )
        ),
        None,
    )
    if "{gemeente}" in to.office:
        return _lines(name, found["address"] if found else None)
    return _lines(found["name"], found["address"]) if found else _lines(name)


def _serves(institution: Row, gemeente: str) -> bool:
    return (
        not institution["gemeenten"]
        or "*" in institution["gemeenten"]
        or gemeente in institution["gemeenten"]
    )


def _lines(*parts: str | None) -> tuple[str, ...]:
    """Give the lines of an address: a comma before the postcode begins a new one."""
    return tuple(line.strip() for part in parts if part for line in part.split(",") if line.strip())


HAND_OVER = "Persoonlijk overhandigen"
