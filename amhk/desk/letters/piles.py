"""The print tray: one PDF for today with a cover, printed by one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from amhk.desk.letters.carrier import arrived
from amhk.desk.letters.dispatch import MOST_AT_ONCE, grew_wrong, renewed, shown_in_post
from amhk.desk.letters.letter_view import opened
from amhk.errors import BadInput, NotAllowed, NotFound
from amhk.letters import piles
from amhk.office import Office
from amhk.rules.privacy.secrecy import WORKS, Reader, scope_of
from amhk.store import reads
from amhk.store.letters import outbox
from amhk.words import day_of


def make_pile(office: Office, who: Reader) -> str | None:
    """Take all that lies in the tray for this worker as one pile, his to print.

    Nobody else prints it too. Gives the name of the pile, None when the tray is empty.

    A letter that may not go any more (it says something else today, or names somebody who became
    secret) is no part of it: it lies dead, with why.
    """
    if who.role not in WORKS:
        raise NotAllowed()
    claim, real = token_hex(8), datetime.now(UTC)
    with office.store.read() as connection:
        rows = [
            r
            for r in outbox.on_their_way(connection, scope_of(who), MOST_AT_ONCE, "print")
            if r["state"] == "queued"
        ]
        wrong = {r["id"]: why for r in rows if (why := grew_wrong(office, connection, r))}
    with office.store.write() as connection:
        for row in [r for r in rows if r["id"] in wrong]:
            outbox.move(connection, row, "dead", why=wrong[row["id"]])
        mine = {"claim": claim, "claimed_by": who.id, "until": real}
        taken = [
            r
            for r in rows
            if r["id"] not in wrong and outbox.move(connection, r, "claimed", **mine)
        ]
    return claim if taken else None


def pile(office: Office, claim: str, who: Reader, ends: bool = False) -> list[dict[str, Any]]:
    """Give the letters of a pile that this reader made.

    NotFound when there are none: a pile is for who prints it. To end it (`ends`), which is no
    reading, also to a teamleider or manager who sees its cases: its maker may be ill.
    """
    others = ends and who.role in ("teamleider", "manager")
    with office.store.read() as connection:
        rows = [
            r
            for r in outbox.of_pile(connection, claim, scope_of(who))
            if others or r["claimed_by"] == who.id
        ]
    if not rows:
        raise NotFound("Deze stapel bestaat niet, of is niet van u.")
    return [shown_in_post(office, row) for row in rows]


def pile_pdf(office: Office, claim: str, who: Reader, reason: object = None) -> bytes:
    """Give a pile as one PDF to print.

    A cover sheet with what is in it and how each must go, then the letters as they were approved,
    each from a right-hand page.

    Each letter in it is written down as looked at; where one names somebody who is secret, a
    `reason` is asked first (BadInput).
    """
    told = [p for p in pile(office, claim, who) if p["state"] == "claimed"]
    with office.store.read() as connection:
        pdfs = outbox.pdfs(connection, [p["notice"] for p in told])
        now = office.now(connection)
    told = [p for p in told if p["notice"] in pdfs]
    if not told:
        raise NotFound("Deze stapel is al afgehandeld.")
    opened(office, [p["notice"] for p in told], who, reason, "stapel")
    covers = [(f"{p['number']}: {p['title']}", p["handling"]) for p in told]
    return piles.together(
        office.config.organisation,
        day_of(now),
        covers,
        [pdfs[p["notice"]] for p in told],
        office.training,
    )


def finish_pile(office: Office, claim: str, who: Reader, body: object) -> dict[str, int]:
    """Record that a pile went by post (`went`; each letter is sent, `but` some by their key in the
    outbox, which go back to the tray), or lay all of it back; gives {sent, back, gone}: gone are
    letters that no longer were to go.
    """
    told = body if isinstance(body, dict) else {}
    went, but = told.get("went"), told.get("but", [])
    if (
        not isinstance(went, bool)
        or not isinstance(but, list)
        or not all(type(key) is int for key in but)
    ):
        raise BadInput.of(
            "stapel",
            "Zeg of de stapel weg is (went: ja of nee), en welke brieven niet meegingen"
            " (but: hun sleutels).",
            "went",
        )
    done = {"sent": 0, "back": 0, "gone": 0}
    for one in [p for p in pile(office, claim, who, ends=True) if p["state"] == "claimed"]:
        if went and one["id"] not in but:
            done[
                "sent" if arrived(office, one["id"], f"stapel {claim[:6]}", "post") else "gone"
            ] += 1
        else:
            done["back"] += laid_back(office, one, claim)
    return done


def laid_back(office: Office, one: Mapping[str, Any], claim: str) -> bool:
    """Lay a printed letter back in the tray.

    One of which a fact changed since is a draft again instead.
    """
    with office.store.write() as connection:
        reads.lock_notices(connection, [one["notice"]])
        row = outbox.by_key(connection, one["id"], lock=True)
        if row is None or row["state"] != "claimed" or row["claim"] != claim:
            return False
        if renewed(connection, one["notice"]):
            return outbox.move(connection, row, "cancelled", ended=datetime.now(UTC))
        return outbox.move(connection, row, "queued", claim=None, claimed_by=None, until=None)
