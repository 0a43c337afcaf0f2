"""How a letter can reach whom it is for.

A way is offered only where the recipient has what it needs; what is lacking is named, with the door
that enters it.
"""

import re
from dataclasses import dataclass
from html import unescape

from amhk.desk.casefile.recall_letters import folder_of
from amhk.errors import Fault, Opens
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import has_mail, has_number, has_postcode
from amhk.rules.procedure.workflow import CORRECTS
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, NoticeRow, PersonRow
from amhk.words import VERZENDWIJZE

# The ways besides by hand: the print tray and the watched folder.
MACHINES = {"print": "In de printlade", "map": "Naar de uitwisselmap"}
_PEOPLE = ("betrokkene", "melder", "adviesvrager")
_LACKS = {
    "postadres": "Van de ontvanger is geen postadres vastgelegd",
    "e-mail": "Van de ontvanger is geen e-mailadres vastgelegd",
    "adres": "Van de ontvanger is geen adres vastgelegd, geen postadres en geen e-mail",
    "telefoon": "Van de ontvanger is geen telefoonnummer vastgelegd",
    "geheim": (
        "Geheim adres: deze brief gaat niet op de post. Druk hem af, overhandig hem persoonlijk, en"
        " leg dat vast"
    ),
    "niet": "Deze ontvanger is langs deze weg niet te bereiken",
    "map": "Er is geen uitwisselmap (config.toml, letters.out_folder)",
    "persoon": "Deze brief is voor een betrokkene, maar er hoort geen persoon bij",
}


@dataclass(frozen=True)
class Reach:
    """What is known of how to reach whom a letter is for: by post, mail, phone.

    Whether it must be handed over; whether there is anybody; and the door that enters what is
    lacking.
    """

    office: bool
    post: bool
    mail: bool
    phone: bool
    secret: bool = False
    nobody: bool = False
    door: Opens | None = None

    def lacks(self, way: str) -> str | None:
        """Give what a way needs and the recipient has not (a key of the sentences), None when it
        can be gone.
        """
        if self.nobody:
            return "persoon"
        if way in ("post", "print"):
            return "geheim" if self.secret else None if self.post else "postadres"
        if way == "beveiligde mail":
            return None if self.office or self.mail else "e-mail"
        if way == "map":  # who fetches it there brings it on, by post or by mail
            return (
                "geheim"
                if self.secret
                else None
                if self.office or self.mail or self.post
                else "adres"
            )
        if way == "telefonisch":
            return None if self.office or self.phone else "telefoon"
        return None if way == "persoonlijk" or self.office else "niet"


def reach_of(
    office: Office,
    connection: Connection,
    case: CaseRow,
    notice: NoticeRow,
    to: tuple[str, ...] = (),
) -> Reach:
    """Give how the recipient of a letter can be reached.

    `to`: the lines of its address as they stand on it.
    """
    recipient, correct = notice["recipient"], Opens("move", CORRECTS)
    if recipient not in _PEOPLE:
        known = any(any(c.isdigit() for c in line) for line in to[1:])
        place = Opens("institution", str(notice["institution_id"] or ""))
        door = place if recipient != "andere_regio" else correct
        return Reach(office=True, post=known, mail=True, phone=True, door=door)
    if recipient == "betrokkene":
        return _reach_of_person(reads.person_of(connection, notice), notice["person_id"])
    of_melder = recipient == "melder"
    about = reads.about(connection, case, notice) if of_melder else case
    told = str(about.get("melder_bereikbaar" if of_melder else "adviesvrager_bereikbaar") or "")
    return Reach(
        office=False,
        post=has_postcode(told),
        mail=has_mail(told),
        phone=has_number(told),
        door=correct if of_melder else None,
    )


def _reach_of_person(person: PersonRow | None, key: int | None) -> Reach:
    """Give how a person of the case can be reached: by post where he lives, or by nothing."""
    address = (person["adres"] or "") if person else ""
    return Reach(
        office=False,
        post=any(c.isdigit() for c in address),
        mail=False,
        phone=False,
        secret=bool(person and person["geheim_adres"]),
        nobody=person is None,
        door=Opens("move", CORRECTS, (("persoon", str(key)),) if key else ()),
    )


_ADDRESS = re.compile(r'<p class="aan">(.*?)</p>')


def address_on(notice: NoticeRow) -> tuple[str, ...]:
    """Give the lines of the address on a frozen letter."""
    found = _ADDRESS.search(notice["html"] or "")
    return tuple(unescape(line) for line in found[1].split("<br>")) if found else ()


def ways_by_hand(reach: Reach) -> dict[str, str]:
    """Give the ways a letter can be sent by hand to this recipient.

    To hand it over is always one.
    """
    return {way: title for way, title in VERZENDWIJZE.items() if not reach.lacks(way)}


def machines(office: Office, reach: Reach) -> dict[str, str]:
    """Give the ways the meldpunt sends a letter to this recipient by itself."""
    return {
        way: title
        for way, title in MACHINES.items()
        if (way != "map" or folder_of(office)) and not reach.lacks(way)
    }


def lack_of(office: Office, reach: Reach, way: str) -> list[Fault]:
    """Give why a way cannot be gone to this recipient, with the door that enters what is lacking.

    Empty when it can.
    """
    lack = "map" if way == "map" and not folder_of(office) else reach.lacks(way)
    return (
        [
            Fault(
                code="geheim_adres" if lack == "geheim" else "onbestelbaar",
                text=f"{_LACKS[lack]}.",
                field="way",
                do=reach.door,
            )
        ]
        if lack
        else []
    )


def nobody(notice: NoticeRow) -> list[Fault]:
    """Give why a letter to somebody of the case can reach nobody.

    No person belongs to it (any more).
    """
    if notice["recipient"] != "betrokkene" or notice["person_id"]:
        return []
    return [
        Fault(
            code="onbestelbaar",
            text=f"{_LACKS['persoon']}. Verstuur hem niet, met de reden.",
            field=None,
            do=Opens("withhold", str(notice["id"])),
        )
    ]


def unsaid(values: Filled) -> list[Fault]:
    """Give what is not said of a sending by hand: of a letter that was handed over, to whom."""
    if values.get("way") == "persoonlijk" and not values.get("reference"):
        return [
            Fault("aan_wie", "Schrijf bij 'Kenmerk' aan wie de brief is overhandigd.", "reference")
        ]
    return []


def remark(reach: Reach, way: str) -> str:
    """Give what the record of a sending by hand adds where the case does not hold what that way
    needs; empty when it does.
    """
    lack = reach.lacks(way)
    return (
        f" ({_LACKS[lack].removeprefix('Van de ontvanger is ')})"
        if lack in ("postadres", "e-mail", "telefoon", "adres")
        else ""
    )
