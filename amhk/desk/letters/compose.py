"""A letter as it would be now.

Its facts after the rule of secrecy, its gaps with the door that mends them, what was left out, and
what gives somebody away.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from hashlib import sha256
from html import unescape

from amhk.desk.letters.addressing import head_of_letter
from amhk.desk.letters.composed import Letter
from amhk.desk.letters.fact_sources import MISSING, door_of
from amhk.desk.letters.facts import OPTIONAL, gather
from amhk.desk.letters.leaks import (
    asked_door,
    known_words,
    named_in,
    places_of,
    protected_words,
    texts_of,
)
from amhk.desk.letters.left_out import absent_from, not_shown, withheld_from
from amhk.desk.letters.rvdk_request import as_request
from amhk.desk.letters.text_templates import letters_now
from amhk.errors import ClosedDoor, Opens
from amhk.letters.pdf import PrintFailed, as_pdf
from amhk.letters.printable_signs import unprintable
from amhk.letters.render import Block, Letters, RenderFailed, as_html, as_text
from amhk.office import Office
from amhk.rules.privacy.disclosure import for_recipient
from amhk.rules.privacy.recipients import Recipient
from amhk.rules.privacy.secrecy import Reader, leaks
from amhk.rules.procedure.workflow import NoticeRule
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, NoticeRow
from amhk.words import AMSTERDAM, day_of, say_day, some


def rule_of(office: Office, case: CaseRow, notice: NoticeRow) -> NoticeRule:
    """Give the rule of a notice in the release of its case."""
    return office.pack.workflows[case["workflow"], case["release"]].notices[notice["kind"]]


def compose(
    office: Office,
    connection: Connection,
    case: CaseRow,
    notice: NoticeRow,
    who: Reader,
    now: datetime,
) -> Letter:
    """Give the letter of a draft from the facts of this moment, with the rule of secrecy run again
    on them (G7).
    """
    rule = rule_of(office, case, notice)
    template, written_for = rule.template(_professional(office, connection, case, notice))
    letters = letters_now(office, connection, case["release"])
    asked = letters.asked(template)
    gathered = gather(office, connection, case, notice=notice, who=who, now=now)
    facts, barred = for_recipient(gathered, _reader_of(office, case, written_for))
    head = head_of_letter(office, connection, case, notice=notice, facts=gathered, who=who)
    made = Letter(
        title=f"{rule.title} {case['number']}",
        written_for=written_for,
        head=head,
        blocks=(),
        missing=_missing(notice, asked, facts),
        uses=tuple((name, _said(facts.get(name)), name not in OPTIONAL) for name in sorted(asked)),
    )
    if made.missing:
        return made
    hits = named_in(office, connection, case, notice=notice, facts=facts, asked=asked, head=head)
    blocks = _rendered(letters, template, facts)
    melder = str(gathered.get("melder_naam") or case.get("melder_naam") or "")
    shown = {name: facts[name] for name in asked if name in facts}
    left_out = (
        *not_shown(barred, letters.reach(template), as_text(blocks), melder),
        *absent_from(letters, template, facts, gathered, written_for),
        *withheld_from(case, gathered, asked, facts, head),
        *_in_no_letter(shown),
    )
    data = as_request(office, case, who, facts) if notice["recipient"] == "rvdk" else None
    return replace(made, blocks=blocks, left_out=left_out, leaks=hits, data=data)


def _reader_of(office: Office, case: CaseRow, written_for: str) -> Recipient:
    """Give whom a letter is written for, as the release of its case knows him."""
    return office.pack.recipient(written_for, case["release"])


def _missing(
    notice: NoticeRow, asked: frozenset[str], facts: Mapping[str, object]
) -> tuple[tuple[str, str, Opens], ...]:
    """Give what a letter needs and is not known: its name, what it is called, and its door."""
    lacking = [name for name in sorted(asked_door(notice, asked)) if facts.get(name) is None]
    return tuple(
        (name, MISSING.get(name, (name.replace("_", " "), ""))[0], door_of(name, notice))
        for name in lacking
        if name not in OPTIONAL
    )


def _in_no_letter(shown: Mapping[str, object]) -> list[tuple[str, str]]:
    """Give the signs no letter of the meldpunt can print, where the shown facts hold any."""
    odd = unprintable(" ".join(texts_of(shown)))
    text = f"deze tekens staan in geen letter van het meldpunt en worden een blokje: {odd}"
    return [("tekens", text)] if odd else []


def _rendered(letters: Letters, template: str, facts: Mapping[str, object]) -> tuple[Block, ...]:
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
        raise ClosedDoor.of("tekst", text) from wrong


def stale(
    office: Office, connection: Connection, case: CaseRow, notice: NoticeRow, who: Reader, day: date
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
            compose(office, connection, case, notice=notice, who=who, now=at).blocks
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
    office: Office, connection: Connection, case: CaseRow, notice: NoticeRow, who: Reader, day: date
) -> None:
    """Refuse to let a letter go that would say something else today than when it was approved
    (ClosedDoor).
    """
    if told := stale(office, connection, case, notice=notice, who=who, day=day):
        raise ClosedDoor.of(
            code="verlopen", text=told, field=None, do=Opens("notice", str(notice["id"]))
        )


def still_fit(office: Office, connection: Connection, case: CaseRow, notice: NoticeRow) -> None:
    """Refuse to let a frozen letter go that names somebody who has become secret since it was
    approved (ClosedDoor); the words of the house and of the letter's own text do not count.
    """
    secrets = protected_words(connection, case, notice)
    if not secrets:
        return
    template = rule_of(office, case, notice).template(
        _professional(office, connection, case, notice)
    )[0]
    known = [
        *known_words(connection, office, case),
        letters_now(office, connection, case["release"]).source(template),
    ]
    known += [w["name"] for w in reads.workers(connection, active=False)] + [
        t["name"] for t in reads.teams(connection)
    ]
    known += [
        f"{i['name']} {i['address'] or ''}" for i in reads.institutions(connection, active=False)
    ]
    text = re.sub(r"<[^>]+>", " ", unescape(notice["html"] or "")) + " \n".join(
        texts_of(notice["data"] or {})
    )
    if leaks(text, secrets, known, places_of(connection, case)):
        told = (
            "In deze brief staat iets dat de ontvanger intussen niet meer mag weten. Maak er weer"
            " een concept van en lees hem opnieuw."
        )
        raise ClosedDoor.of("geheim", told)


def _professional(office: Office, connection: Connection, case: CaseRow, notice: NoticeRow) -> bool:
    """Tell whether the melder this letter is for reports by profession (the code list says so of
    his hoedanigheid).
    """
    about = reads.about(connection, case, notice)
    return (
        office.pack.codes_of(case["release"]).group("hoedanigheid", about["hoedanigheid"])
        == "beroepsmatig"
    )


def _said(value: object) -> str:
    """Give a fact in one line: of a list how much there is."""
    if isinstance(value, list):
        return some(len(value), "regel", "regels") if value else ""
    text = "" if value is None or isinstance(value, bool) else str(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def print_of(office: Office, letter: Letter) -> bytes:
    """Give a letter as PDF in the house style of the meldpunt."""
    config = office.config
    try:
        return as_pdf(
            letter.blocks,
            letter.title,
            config.organisation,
            training=office.training,
            head=letter.head,
            logo=config.style.logo,
        )
    except PrintFailed as wrong:
        text = f"Deze brief komt zo niet op papier ({wrong}). Waarschuw de beheerder."
        raise ClosedDoor.of("papier", text) from wrong


def text_of(letter: Letter) -> str:
    """Give the hash of a letter's text.

    Who approves it may send along the one he read, and a text that changed since is refused.
    """
    return sha256(as_html(letter.blocks).encode()).hexdigest()
