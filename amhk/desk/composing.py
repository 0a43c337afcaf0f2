"""A letter as it would be now.

Its facts after the rule of secrecy, its gaps with the door that mends them, what was left out, and
what gives somebody away.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from html import unescape
from typing import Any

from amhk.desk.facts import MISSING, OPTIONAL, door_of, gather
from amhk.desk.texts import letters_now
from amhk.desk.vto import USES, as_request
from amhk.errors import ClosedDoor, Fault, Opens
from amhk.letters.pdf import PrintFailed, as_pdf
from amhk.letters.render import Block, Head, Letters, RenderFailed, as_html, as_text
from amhk.letters.script import unprintable
from amhk.office import Office
from amhk.rules.disclosure import FREE, HIDDEN, MOTHERS, PERSON, Barred, for_recipient
from amhk.rules.names import place_of
from amhk.rules.secrecy import (
    Reader,
    is_plain_name,
    leaks,
    names_somebody_else,
    postal_lines,
    ways_to_reach,
)
from amhk.rules.workflow import NoticeRule
from amhk.store import reads
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import AMSTERDAM, day_of, say_day, some

HAND_OVER = "Persoonlijk overhandigen"


@dataclass(frozen=True)
class Letter:
    """A letter as it would be now.

    Its head and blocks (empty when something is missing), what is missing, what was left out, which
    texts give somebody away; `data` for a machine; `uses`: each fact it asks, what it is and
    whether it may not be empty; `title` and the class it is written for.
    """

    title: str
    written_for: str
    head: Head
    blocks: tuple[Block, ...] = ()
    missing: tuple[tuple[str, str, Opens], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    leaks: tuple[str, ...] = ()
    data: dict[str, Any] | None = None
    uses: tuple[tuple[str, str, bool], ...] = ()

    @property
    def html(self) -> str:
        """Give the letter as HTML."""
        return as_html(self.blocks, self.head)


def rule_of(office: Office, case: Row, notice: Row) -> NoticeRule:
    """Give the rule of a notice in the release of its case."""
    return office.pack.workflows[case["workflow"], case["release"]].notices[notice["kind"]]


def compose(
    office: Office, connection: Connection, case: Row, notice: Row, who: Reader, now: datetime
) -> Letter:
    """Give the letter of a draft from the facts of this moment, with the rule of secrecy run again
    on them (G7).
    """
    rule = rule_of(office, case, notice)
    template, written_for = rule.template(_professional(office, connection, case, notice))
    letters = letters_now(office, connection)
    asked = letters.asked(template)
    gathered = gather(office, connection, case, notice, who, now)
    facts, barred = for_recipient(gathered, written_for)
    title, head = (
        f"{rule.title} {case['number']}",
        _head(office, connection, case, notice, gathered, who),
    )
    missing = tuple(
        (name, MISSING.get(name, (name.replace("_", " "), ""))[0], door_of(name, notice))
        for name in sorted(_asked(notice, asked))
        if facts.get(name) is None and name not in OPTIONAL
    )
    uses = tuple((name, _said(facts.get(name)), name not in OPTIONAL) for name in sorted(asked))
    if missing:
        return Letter(title, written_for, head, (), missing, uses=uses)
    hits = _hits(office, connection, case, notice, facts, asked, head)
    blocks = _rendered(letters, template, facts)
    left_out = [
        *_not_shown(
            barred,
            letters.reach(template),
            as_text(blocks),
            str(gathered.get("melder_naam") or case.get("melder_naam") or ""),
        ),
        *_absent(letters, template, facts, gathered, written_for),
        *_withheld(case, gathered, asked, facts, head),
    ]
    shown = {name: facts[name] for name in asked if name in facts}
    if odd := unprintable(" ".join(_texts(shown))):
        left_out.append(
            (
                "tekens",
                f"deze tekens staan in geen letter van het meldpunt en worden een blokje: {odd}",
            )
        )
    data = as_request(office, case, who, facts) if notice["recipient"] == "rvdk" else None
    return Letter(title, written_for, head, blocks, (), tuple(left_out), hits, data, uses)


def _not_shown(
    barred: list[Barred], reach: frozenset[str], text: str, melder: str
) -> Iterator[tuple[str, str]]:
    """Give what this letter would have shown and this recipient may not see.

    Only what its text asks for; of the melder, when he indeed stands nowhere in it.
    """
    for one in barred:
        root, _, field = one.path.partition(".")
        if (
            one.path in reach
            or f"{root}.*" in reach
            or (not field and any(path.partition(".")[0] == root for path in reach))
        ):
            part = (
                f"een deel van {root.replace('_', ' ')}"
                if one.whose and not field
                else field or root
            )
            yield part, f"{one.why} van {one.whose}" if one.whose and field else one.why
        elif one.path == "melder_naam" and not leaks(text, [melder]):
            yield one.path, one.why


_LISTS = ("personen", "jeugdigen", "gezaghebbenden", "overigen", "ongeborenen")
_COLLEGE = "het college krijgt niet meer dan nodig is om het kind te kennen"
_NOT_NAMED = (
    "de tekst van deze brief noemt deze persoon niet; is dat wel nodig, zet het dan in de"
    " motivering"
)


def _absent(
    letters: Letters,
    template: str,
    facts: Mapping[str, Any],
    gathered: Mapping[str, Any],
    written_for: str,
) -> Iterator[tuple[str, str]]:
    """Give who of the case stands nowhere in a letter that names people, and why.

    Worked out by rendering it with a mark for every person.
    """
    if not {*_LISTS, "gezin_namen"} & letters.asked(template):
        return
    everybody = {
        item[PERSON]: item.get("naam") or item["wie"]
        for name in ("personen", "ongeborenen")
        for item in gathered[name]
    }
    marks = {key: f"qx{key}xq" for key in everybody}
    told = {
        name: [item | _marked(item, marks) for item in facts[name]]
        for name in _LISTS
        if facts.get(name)
    }
    text = as_text(
        letters.render(template, {**facts, **told, "gezin_namen": ", ".join(marks.values())})
    ).casefold()
    for key, name in everybody.items():
        if marks[key] not in text:
            yield name, _COLLEGE if written_for == "college" else _NOT_NAMED


def _rendered(letters: Letters, template: str, facts: Mapping[str, Any]) -> tuple[Block, ...]:
    try:
        return letters.render(template, facts)
    except (
        RenderFailed,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
        RecursionError,
    ) as wrong:
        text = (
            f"De tekst van deze brief past niet op deze zaak ({wrong}). Waarschuw de beheerder: hij"
            " past hem aan onder Teksten van brieven."
        )
        raise ClosedDoor(faults=[Fault("tekst", text)]) from wrong


def _asked(notice: Row, asked: frozenset[str]) -> frozenset[str]:
    """Give the facts that leave the house with a letter.

    Those its text asks, and those of the data beside it and of its address.
    """
    more = {"rvdk": USES, "andere_regio": frozenset({"naar"})}.get(notice["recipient"], frozenset())
    return asked | more


def _hits(
    office: Office,
    connection: Connection,
    case: Row,
    notice: Row,
    facts: Mapping[str, Any],
    asked: frozenset[str],
    head: Head,
) -> tuple[str, ...]:
    """Give the facts in which somebody stands who may not be told, by name.

    `adres` for the address on the letter.
    """
    secrets, known = _protected(connection, case, notice), _known(connection, office, case)
    places = _places(connection, case)
    found = [
        name
        for name in sorted(_asked(notice, asked) & FREE)
        if leaks(_words_of(facts.get(name)), secrets, known, places)
    ]
    if "naar" not in found and leaks(", ".join(head.to), secrets, known, places):
        found.append("adres")
    return tuple(found)


def stale(
    office: Office, connection: Connection, case: Row, notice: Row, who: Reader, day: date
) -> str | None:
    """Tell, in a sentence, that an approved letter would say something else on this day than on the
    day it was approved: a day it asks for has passed, or somebody hears too late. None when it
    still holds.
    """
    if notice["approved_at"] is None or day_of(notice["approved_at"]) == day:
        return None
    moment = datetime.combine(day, time(12), AMSTERDAM).astimezone(UTC)
    try:
        then, now = (
            compose(office, connection, case, notice, who, at).blocks
            for at in (notice["approved_at"], moment)
        )
    except (
        ClosedDoor
    ):  # its text was changed since, and does not fit this case: the letter is as it was frozen
        return None
    if then == now:
        return None
    return (
        f"Deze brief is goedgekeurd op {say_day(day_of(notice['approved_at']))}, en op"
        f" {say_day(day)} zegt hij iets dat niet meer klopt. Maak er weer een concept van en lees"
        " hem opnieuw."
    )


def of_its_day(
    office: Office, connection: Connection, case: Row, notice: Row, who: Reader, day: date
) -> None:
    """Refuse to let a letter go that would say something else today than when it was approved
    (ClosedDoor).
    """
    if told := stale(office, connection, case, notice, who, day):
        raise ClosedDoor(faults=[Fault("verlopen", told, None, Opens("notice", str(notice["id"])))])


def still_fit(office: Office, connection: Connection, case: Row, notice: Row) -> None:
    """Refuse to let a frozen letter go that names somebody who has become secret since it was
    approved (ClosedDoor); the words of the house and of the letter's own text do not count.
    """
    secrets = _protected(connection, case, notice)
    if not secrets:
        return
    template = rule_of(office, case, notice).template(
        _professional(office, connection, case, notice)
    )[0]
    known = [*_known(connection, office, case), letters_now(office, connection).source(template)]
    known += [w["name"] for w in reads.workers(connection, active=False)] + [
        t["name"] for t in reads.teams(connection)
    ]
    known += [
        f"{i['name']} {i['address'] or ''}" for i in reads.institutions(connection, active=False)
    ]
    text = re.sub(r"<[^>]+>", " ", unescape(notice["html"] or "")) + " \n".join(
        _texts(notice["data"] or {})
    )
    if leaks(text, secrets, known, _places(connection, case)):
        told = (
            "In deze brief staat iets dat de ontvanger intussen niet meer mag weten. Maak er weer"
            " een concept van en lees hem opnieuw."
        )
        raise ClosedDoor(faults=[Fault("geheim", told)])


def _professional(office: Office, connection: Connection, case: Row, notice: Row) -> bool:
    """Tell whether the melder this letter is for reports by profession (the code list says so of
    his hoedanigheid).
    """
    about = reads.about(connection, case, notice)
    return office.pack.codes.group("hoedanigheid", about["hoedanigheid"]) == "beroepsmatig"


def _marked(item: Mapping[str, Any], marks: Mapping[int, str]) -> dict[str, str]:
    """Give an item of a list with marks in the place of names.

    An unborn child also carries the mark of who can be its mother.
    """
    own, mothers = marks[item[PERSON]], " ".join(marks[key] for key in item.get(MOTHERS, ()))
    return {"naam": own} if "naam" in item else {"wie": f"{own} {mothers}", "moeder": mothers}


def _withheld(
    case: Row,
    gathered: Mapping[str, Any],
    asked: frozenset[str],
    facts: Mapping[str, Any],
    head: Head,
) -> Iterator[tuple[str, str]]:
    """Give what was left out at the source, and what the sender must know of it, each only where it
    is so of this letter.
    """
    if case["route"] == "melding" and case["melder_geheim"] and "zorgen" in asked:
        told = {"bevindingen": "bevindingen", "conclusie": "conclusie", "motivering": "motivering"}
        there = [title for name, title in told.items() if name in asked and facts.get(name)]
        also = (
            f"; wel in de brief: {', '.join(there)}"
            if there
            else "; er staat niets over de zorgen in deze brief"
        )
        yield "zorgen", f"de woorden van een melder die geheim blijft kunnen hem verraden{also}"
    if gathered.get("overhandigen") and HAND_OVER in head.to:
        yield "adres", "geheim adres: overhandig deze brief persoonlijk"
    for child in gathered.get("ongeborenen") or () if "ongeborenen" in asked else ():
        if child["moeder"] == "onbekend":
            yield (
                "moeder",
                (
                    f"van {child['wie']} staat er geen moeder in: leg haar vast met de rol moeder"
                    " als u weet wie zij is"
                ),
            )


def _head(
    office: Office,
    connection: Connection,
    case: Row,
    notice: Row,
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
        office.config.organisation,
        sender,
        addressed(connection, case, notice, facts),
        marks,
        signature,
    )


def addressed(
    connection: Connection, case: Row, notice: Row, facts: Mapping[str, Any]
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
    return _office_of(connection, case, notice)


_KINDS = {
    "rvdk": ("RvdK", "Raad voor de Kinderbescherming"),
    "politie": ("politie", "Politie"),
    "college": ("gemeente", ""),
}


def _office_of(connection: Connection, case: Row, notice: Row) -> tuple[str, ...]:
    """Give name and address of the institution a letter is for.

    Of the RvdK, police and college the one that serves the gemeente.
    """
    kind, name = _KINDS.get(notice["recipient"], ("", ""))
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
    if notice["recipient"] == "college":
        return _lines(
            f"Het college van burgemeester en wethouders van {case['gemeente']}",
            found["address"] if found else None,
        )
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


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


def _said(value: object) -> str:
    """Give a fact in one line: of a list how much there is."""
    if isinstance(value, list):
        return some(len(value), "regel", "regels") if value else ""
    text = "" if value is None or isinstance(value, bool) else str(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _words_of(value: object) -> str:
    """Give all that was typed in a fact, as one text.

    What reads `geheim` is not somebody's words.
    """
    return " \n".join(text for text in _texts(value) if text != HIDDEN)


def _known(connection: Connection, office: Office, case: Row) -> list[str]:
    """Give the words that may stand in the letter anyway.

    The family's own names (but not one that holds the melder's), the gemeente, the house.
    """
    people = (
        reads.of_case(connection, reads.PERSON, case["id"]) if case["route"] == "melding" else []
    )
    melder = str(case.get("melder_naam") or "") if case.get("melder_geheim") else ""
    names = [
        p["naam"]
        for p in people
        if is_plain_name(p["naam"]) and not names_somebody_else(p["naam"], melder)
    ]
    return [case["gemeente"], office.config.organisation, *names]


def _places(connection: Connection, case: Row) -> list[str]:
    """Give the addresses that give nobody away.

    Where the family lives and it is not secret, and those of institutions.
    """
    people = (
        reads.of_case(connection, reads.PERSON, case["id"]) if case["route"] == "melding" else []
    )
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


def _protected(connection: Connection, case: Row, notice: Row) -> list[str]:
    """Give the words this letter may not hold.

    Of a secret melder (also of a melding that joined) his name, ways to reach him, work and
    organisation; of who asked for the advice this came from his name; secret addresses.
    """
    if case["route"] != "melding":
        return []
    people = reads.of_case(connection, reads.PERSON, case["id"])
    words = [
        part
        for p in people
        if p["geheim_adres"] and len(p["adres"] or "") > 6
        for part in (p["adres"], *ways_to_reach(p["adres"]))
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
        Fault("geheim", text.format(name.replace("_", " ")), name, Opens("move", "corrigeren"))
        for name in letter.leaks
    ]


def lacking(letter: Letter) -> list[Fault]:
    """Give, per fact that is missing, its name and where to enter it."""
    return [
        Fault("ontbreekt", f"Voor deze brief ontbreekt: {title}.", name, do)
        for name, title, do in letter.missing
    ]


def print_of(office: Office, letter: Letter) -> bytes:
    """Give a letter as PDF in the house style of the meldpunt."""
    config = office.config
    try:
        return as_pdf(
            letter.blocks,
            letter.title,
            config.organisation,
            office.training,
            letter.head,
            config.style.logo,
        )
    except PrintFailed as wrong:
        text = f"Deze brief komt zo niet op papier ({wrong}). Waarschuw de beheerder."
        raise ClosedDoor(faults=[Fault("papier", text)]) from wrong


def text_of(letter: Letter) -> str:
    """Give the hash of a letter's text.

    Who approves it may send along the one he read, and a text that changed since is refused.
    """
    return sha256(as_html(letter.blocks).encode()).hexdigest()
