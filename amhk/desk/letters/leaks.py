"""What a letter names that its reader may not know, and where that stands."""

from collections.abc import Iterator, Mapping

from amhk.desk.letters.composed import Letter
from amhk.desk.letters.rvdk_request import USES
from amhk.errors import Fault, Opens
from amhk.letters.render import Head
from amhk.office import Office
from amhk.rules.people.names import place_of
from amhk.rules.privacy.disclosure import FREE, HIDDEN
from amhk.rules.privacy.secrecy import is_plain_name, leaks, names_somebody_else, ways_to_reach
from amhk.rules.procedure.workflow import CORRECTS
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, NoticeRow


def asked_door(notice: NoticeRow, asked: frozenset[str]) -> frozenset[str]:
    """Give the facts that leave the house with a letter.

    Those its text asks, and those of the data beside it and of its address.
    """
    more = {"rvdk": USES, "andere_regio": frozenset({"naar"})}.get(notice["recipient"], frozenset())
    return asked | more


def named_in(
    office: Office,
    connection: Connection,
    case: CaseRow,
    notice: NoticeRow,
    facts: Mapping[str, object],
    asked: frozenset[str],
    head: Head,
) -> tuple[str, ...]:
    """Give the facts in which somebody stands who may not be told, by name.

    `adres` for the address on the letter.
    """
    secrets, known = (
        protected_words(connection, case, notice),
        known_words(connection, office, case),
    )
    places = places_of(connection, case)
    found = [
        name
        for name in sorted(asked_door(notice, asked) & FREE)
        if leaks(words_of(facts.get(name)), secrets, known, places)
    ]
    if "naar" not in found and leaks(", ".join(head.to), secrets, known, places):
        found.append("adres")
    return tuple(found)


def texts_of(value: object) -> Iterator[str]:
    """Give every text that stands in a value, however deep."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from texts_of(part)
    elif isinstance(value, str):
        yield value


def words_of(value: object) -> str:
    """Give all that was typed in a fact, as one text.

    What reads `geheim` is not somebody's words.
    """
    return " \n".join(text for text in texts_of(value) if text != HIDDEN)


def known_words(connection: Connection, office: Office, case: CaseRow) -> list[str]:
    """Give the words that may stand in the letter anyway.

    The family's own names (but not one that holds the melder's), the gemeente, the house.
    """
    people = reads.people_of(connection, case["id"]) if case["route"] == "melding" else []
    melder = str(case.get("melder_naam") or "") if case.get("melder_geheim") else ""
    names = [
        p["naam"]
        for p in people
        if is_plain_name(p["naam"]) and not names_somebody_else(p["naam"], melder)
    ]
    return [case["gemeente"], office.config.organisation, *names]


def places_of(connection: Connection, case: CaseRow) -> list[str]:
    """Give the addresses that give nobody away.

    Where the family lives and it is not secret, and those of institutions.
    """
    people = reads.people_of(connection, case["id"]) if case["route"] == "melding" else []
    secret = {place_of(p["adres"]) for p in people if p["geheim_adres"]}
    homes = [
        p["adres"]
        for p in people
        if p["adres"] and not p["geheim_adres"] and place_of(p["adres"]) not in secret
    ]
    return [
        *homes,
        *(i["address"] for i in reads.institutions(connection, active=False) if i["address"]),
    ]


def protected_words(connection: Connection, case: CaseRow, notice: NoticeRow) -> list[str]:
    """Give the words this letter may not hold.

    Of a secret melder (also of a melding that joined) his name, ways to reach him, work and
    organisation; of who asked for the advice this came from his name; secret addresses.
    """
    if case["route"] != "melding":
        return []
    people = reads.people_of(connection, case["id"])
    words = [
        part
        for p in people
        if p["geheim_adres"] and len(p["adres"] or "") > 6
        for part in (p["adres"], *ways_to_reach(p["adres"] or ""))
    ]
    for other in (
        case,
        *(
            reads.case_by_id(connection, r["other_id"])
            for r in reads.relations(connection, case["id"])
        ),
    ):
        if other is None:
            continue
        if other["route"] == "advies":
            words += [
                other["adviesvrager_naam"] or "",
                *ways_to_reach(other["adviesvrager_bereikbaar"] or ""),
            ]
        elif other["melder_geheim"] and (
            notice["recipient"] != "melder" or other["id"] != (notice["about_id"] or case["id"])
        ):
            words += [
                other["melder_naam"] or "",
                other["melder_organisatie"] or "",
                other["melder_functie"] or "",
            ]
            words += ways_to_reach(other["melder_bereikbaar"] or "")
    return [w for w in dict.fromkeys(words) if w]


def leaking(letter: Letter) -> list[Fault]:
    """Give, per text that names somebody it may not, where it stands and that it can be
    corrected.
    """
    text = "In '{}' staat iets dat de ontvanger niet mag weten; pas die tekst aan."
    return [
        Fault(
            code="geheim",
            text=text.format(name.replace("_", " ")),
            field=name,
            do=Opens("move", CORRECTS),
        )
        for name in letter.leaks
    ]
