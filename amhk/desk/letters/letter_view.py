"""A letter to read: its state, what is missing or left out, who decided what about it.

As page, PDF and data. Who looked is written down.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from amhk.desk.casefile.access import gives_reason, no_case
from amhk.desk.casefile.access_log import look
from amhk.desk.casefile.cover_secrets import uncovered, veil_over
from amhk.desk.letters.addressing import addressed
from amhk.desk.letters.compose import compose, print_of, rule_of, stale, text_of
from amhk.desk.letters.composed import Letter, lacking
from amhk.desk.letters.delivery import (
    MACHINES,
    Reach,
    address_on,
    lack_of,
    machines,
    reach_of,
    ways_by_hand,
)
from amhk.desk.letters.fact_sources import source_of
from amhk.desk.letters.facts import gather
from amhk.desk.letters.leaks import leaking
from amhk.desk.letters.notices import find
from amhk.errors import ClosedDoor, NotFound
from amhk.letters.printable_signs import printable
from amhk.letters.render import as_html
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader, postal_lines
from amhk.rules.privacy.veil import Veil
from amhk.rules.procedure.fields import reason_given
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.letters import outbox
from amhk.store.rows import CaseRow, NoticeRow, Row, part
from amhk.words import day_of, iso

MASK = "[melder: geheim]"
WHY = "waarom u deze brief opent: er staat iemand in die geheim blijft"
_BETWEEN = re.compile(r"(?<=>)[^<>]+(?=<)")
_ADDRESS = re.compile(r'<p class="aan">(.*?)</p>')
_PLAIN = (
    "id",
    "kind",
    "recipient",
    "state",
    "version",
    "obligatory",
    "hash",
    "way",
    "reference",
    "reason",
    "ground",
    "old_fact",
    "decisions",
    "receipt",
    "returned",
    "release",
)


def view(office: Office, key: int, who: Reader) -> dict[str, Any]:
    """Give a letter: its state, what is missing and what was left out.

    A frozen one as it was frozen.
    """
    with office.store.read() as connection:
        notice, case = find(connection, key, who)
        told = part(notice, _PLAIN) | {
            "case": case["number"],
            "title": rule_of(office, case, notice).title,
            "sent_on": iso(notice["sent_on"]) if notice["sent_on"] else None,
            "urgent": bool(notice["facts"].get("spoed")),
            "stale": None,
            "road": _road(outbox.live(connection, key)),
        }
        reach = _reach(office, connection, case, notice, who)
        told |= {
            "ways": machines(office, reach),
            "by_hand": ways_by_hand(reach),
            "lacks": _lacks(office, reach),
            **_nothing_made(),
        }
        veil = veil_over(office, connection, case, who)
        before = Before(tuple(_secret_words(connection, case, notice)), veil)
        told = veil.upon(told)
        now = office.now(connection)
        if notice["state"] != "draft":
            if notice["state"] == "approved":
                day = day_of(now)
                told["stale"] = stale(office, connection, case, notice=notice, who=who, day=day)
            html = None if notice["html"] is None else before.html(notice["html"])
            return told | {"left_out": _left_out(notice["left_out"]), "html": html}
        try:
            letter = compose(office, connection, case, notice=notice, who=who, now=now)
        except ClosedDoor as wrong:
            return told | {"leaks": [f.text for f in wrong.faults]}
        return told | _made(letter, veil.upon(letter.uses), before)


def version_of(office: Office, key: int, who: Reader) -> int:
    """Give the version of a letter: its lock, and nothing else of it."""
    with office.store.read() as connection:
        return find(connection, key, who)[0]["version"]


def _nothing_made() -> dict[str, object]:
    empty: dict[str, object] = {name: [] for name in ("missing", "left_out", "uses", "leaks")}
    return empty | {"text": None, "html": None}


def _left_out(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"fact": name, "why": why} for name, why in pairs]


def _made(
    letter: Letter, uses: Iterable[tuple[str, object, bool]], before: "Before"
) -> dict[str, object]:
    """Give what there is to read of a letter that can still be changed."""
    missing = [{"fact": name, "text": title, "do": do} for name, title, do in letter.missing]
    readable = letter.blocks and not letter.leaks
    return {
        "missing": missing,
        "left_out": _left_out(letter.left_out),
        "text": text_of(letter) if letter.blocks else None,
        "html": before.html(letter.html) if readable else None,
        "uses": [
            {
                "name": n,
                "value": MASK if before.words and n == "melder_naam" else v,
                "needed": must,
                "source": source_of(n),
            }
            for n, v, must in uses
        ],
        "leaks": [fault.text for fault in leaking(letter)],
    }


def _reach(
    office: Office, connection: Connection, case: CaseRow, notice: NoticeRow, who: Reader
) -> Reach:
    if notice["html"]:
        return reach_of(office, connection, case, notice, address_on(notice))
    facts = gather(office, connection, case, notice=notice, who=who, now=office.now(connection))
    return reach_of(
        office,
        connection,
        case,
        notice,
        addressed(office, connection, case, notice=notice, facts=facts),
    )


def _lacks(office: Office, reach: Reach) -> list[dict[str, object]]:
    """Give, per way by which this recipient cannot be reached by post or folder, why and where that
    can be entered.
    """
    faults = [
        f
        for way in MACHINES
        if way != "map" or reach.lacks(way)
        for f in lack_of(office, reach, way)
    ]
    return [{"text": f.text, "do": f.do} for f in dict.fromkeys(faults)]


def _road(row: Row | None) -> dict[str, object] | None:
    return {k: row[k] for k in ("id", "way", "state", "why")} if row else None


def _secret_words(connection: Connection, case: CaseRow, notice: NoticeRow) -> list[str]:
    """Give what a secret melder's own letter does not show on screen.

    His name and work, as they are and as they stand in the letter; the letter itself, once asked
    for, shows them.
    """
    if (
        notice["recipient"] != "melder"
        or not (about := reads.about(connection, case, notice))["melder_geheim"]
    ):
        return []
    whole = [
        w for w in (about["melder_naam"], about["melder_functie"], about["melder_organisatie"]) if w
    ]
    address = _ADDRESS.search(notice["html"] or "")
    whole += [unescape(line) for line in address[1].split("<br>")] if address else []
    whole += postal_lines(about["melder_bereikbaar"] or "")
    parts = [part.strip() for w in whole for part in w.split(",") if len(part.strip()) > 2]
    return sorted({*whole, *parts} - {""}, key=len, reverse=True)


@dataclass(frozen=True)
class Before:
    """What a letter does not show on screen before a reader: the `words` of a secret melder, and
    the field groups he has no part in.
    """

    words: tuple[str, ...]
    veil: Veil

    def text(self, told: str) -> str:
        """Give a text with the field groups covered."""
        kept, bsn, bsns = self.veil, self.veil.bsn, self.veil.bsns
        return Veil(texts=kept.texts, lines=kept.lines, bsn=bsn, bsns=bsns).over(told)

    def html(self, told: str) -> str:
        """Give a letter with all of it covered, in what stands between its marks."""
        for word in self.words:
            told = told.replace(escape(printable(word)), MASK)
        return _BETWEEN.sub(lambda m: escape(self.text(unescape(m[0])), quote=False), told)


def _now(office: Office, key: int, who: Reader) -> tuple[Row, Row, Letter | None]:
    with office.store.read() as connection:
        notice, case = find(connection, key, who)
        if notice["html"] is not None or notice["state"] != "draft":
            return notice, case, None
        letter = compose(
            office, connection, case, notice=notice, who=who, now=office.now(connection)
        )
        if faults := lacking(letter) or leaking(letter):
            raise ClosedDoor(faults=faults)
        return notice, case, letter


def opened(
    office: Office, keys: Sequence[int], who: Reader, reason: object, what: str = ""
) -> None:
    """Write down, per letter, that it is opened to read (`what`: in what).

    Where one names somebody who stays secret only for a `reason` (BadInput without), and only by
    who works with the case (NotFound).
    """
    with office.store.read() as connection:
        found = [find(connection, key, who) for key in keys]
        secret = {n["id"] for n, case in found if _names_secret(office, connection, n, case, who)}
        for notice, case in found:
            if notice["id"] in secret and not gives_reason(who, case):
                raise no_case(case["number"])
    text = reason_given(reason, WHY, "reason") if secret else None
    for notice, case in found:
        told = f"brief {notice['id']}{f' ({what})' if what else ''}"
        look(office, case["number"], who, told, text if notice["id"] in secret else None)


def _names_secret(
    office: Office, connection: Connection, notice: NoticeRow, case: CaseRow, who: Reader
) -> bool:
    """Tell whether a letter, as it is or would be now, names somebody whom this case
    keeps secret.
    """
    veil = veil_over(office, connection, case, who)
    if not veil:
        return False
    body, data = notice["html"], notice["data"]
    if body is None and notice["state"] == "draft":
        with suppress(ClosedDoor):
            letter = compose(
                office, connection, case, notice=notice, who=who, now=office.now(connection)
            )
            body, data = letter.html, letter.data
    told = [unescape(part) for part in re.split(r"<[^>]+>", body or "")]
    return veil.holds(" ".join(told)) or any(map(veil.holds, told)) or bool(uncovered(veil, data))


def html(office: Office, key: int, who: Reader, reason: object = None) -> str:
    """Give a letter as a page of its own: frozen once approved, before that as it would be now.

    Who asked is written down, with the `reason` where it names somebody who stays secret (BadInput
    without).
    """
    opened(office, [key], who, reason)
    notice, case, letter = _now(office, key, who)
    body = notice["html"] if letter is None else as_html(letter.blocks, letter.head)
    mark = "<p><strong>OEFENING: geen echte brief</strong></p>" if office.training else ""
    return (
        '<!doctype html><html lang="nl"><meta'
        f' charset="utf-8"><title>{case["number"]}</title>{mark}{body or ""}</html>'
    )


def pdf(office: Office, key: int, who: Reader, reason: object = None) -> bytes:
    """Give a letter as PDF: the frozen bytes once approved, before that as it would be now.

    Who asked is written down. NotFound for a letter that was never made.
    """
    opened(office, [key], who, reason)
    notice, _, letter = _now(office, key, who)
    if letter is not None:
        return print_of(office, letter)
    if notice["pdf"] is None:
        raise NotFound(
            "Van deze brief is geen tekst: hij is nooit goedgekeurd, of zijn inhoud is vernietigd."
        )
    return bytes(notice["pdf"])


def data(office: Office, key: int, who: Reader, reason: object = None) -> dict[str, object]:
    """Give what a letter says for a program (the verzoek tot onderzoek, in the field groups of the
    CORV message); NotFound when it has none.
    """
    opened(office, [key], who, reason)
    notice, _, letter = _now(office, key, who)
    told = notice["data"] if letter is None else letter.data
    if told is None:
        raise NotFound(
            "Deze brief heeft geen gegevens voor een koppeling; alleen het verzoek aan de RvdK."
        )
    return dict(told)


def case_of(office: Office, key: int) -> str | None:
    """Give the number of the case a letter belongs to; None when there is no such letter."""
    with office.store.read() as connection:
        notice = reads.notice(connection, key)
        case = reads.case_by_id(connection, notice["case_id"]) if notice else None
        return case["number"] if case else None
