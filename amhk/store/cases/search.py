"""The words cases are found by.

Kept when what they stand for changes, and asked within what a reader may see.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    update,
)

from amhk.rules.people.searching import Sought, words_of, words_of_case
from amhk.rules.privacy.secrecy import Scope
from amhk.rules.privacy.veil import COVER, Veil
from amhk.store import reads
from amhk.store.cases import rank
from amhk.store.cases import scope as cases_scope
from amhk.store.cases.veils import whole
from amhk.store.rows import Row
from amhk.store.tables import SearchWord, Sql, table

WORD = table(SearchWord)
NOTE = "notitie"
_KEYS = bindparam("keys", type_=Integer, expanding=True)
_KEEP = insert(WORD)
_GONE = delete(WORD).where(WORD.c.word == bindparam("gone"), WORD.c.case_id == bindparam("of"))
_PRESENT = select(WORD.c.word, WORD.c.case_id).where(WORD.c.case_id.in_(_KEYS))
_PEOPLE = select(reads.PERSON).where(reads.PERSON.c.case_id.in_(_KEYS))
_FINDINGS = select(reads.FINDING.c.case_id, reads.FINDING.c.text).where(
    reads.FINDING.c.case_id.in_(_KEYS)
)
_NOTES = select(reads.ENTRY.c.case_id, reads.ENTRY.c.content).where(
    reads.ENTRY.c.case_id.in_(_KEYS), reads.ENTRY.c.kind == NOTE
)


# From so many cases on a word is too common to begin with: cases are then gone through in their own
# order.
COMMON = 20_000


def _at(sought: Sought, word: Sql) -> Sql:
    after = sought.word[:-1] + chr(ord(sought.word[-1]) + 1)
    return word == sought.word if sought.whole else and_(word >= sought.word, word < after)


def rarest_first(connection: Connection, sought: Sequence[Sought]) -> tuple[list[Sought], bool]:
    """Give what is sought with the rarest first (counted no further than COMMON), and whether even
    that stands in very many cases.
    """
    counts = [
        select(func.count())
        .select_from(select(WORD.c.case_id).where(_at(s, WORD.c.word)).limit(COMMON).subquery())
        .scalar_subquery()
        for s in sought
    ]
    found = connection.execute(select(*counts)).one()
    order = sorted(zip(found, sought, strict=True), key=lambda pair: pair[0])
    return [s for _, s in order], order[0][0] >= COMMON


def found_by(sought: Sequence[Sought], common: bool) -> list[Sql]:
    """Give the WHERE of cases in which all that is sought (the rarest first) stands.

    From the first on, or (`common`) case by case.
    """
    # the words of one case are looked at by case, not the case by its words
    beside = [
        exists(
            select(WORD.c.case_id).where(
                WORD.c.case_id == reads.CASE.c.id, _at(s, WORD.c.word.concat(""))
            )
        )
        for s in (sought if common else sought[1:])
    ]
    return (
        [*beside]
        if common
        else [
            reads.CASE.c.id.in_(select(WORD.c.case_id).where(_at(sought[0], WORD.c.word))),
            *beside,
        ]
    )


# Each word once, from one to the next in the index: it grows with the words there are, and not with
# the cases they stand in.
_WORDS = text(
    "WITH RECURSIVE told(word) AS (SELECT min(word) FROM search_words WHERE word >= :first AND"
    " word < :after UNION ALL SELECT (SELECT min(s.word) FROM search_words s WHERE s.word >"
    " told.word AND s.word < :after) FROM told WHERE told.word IS NOT NULL) SELECT word FROM told"
    " WHERE word IS NOT NULL LIMIT :most"
)


def words_like(connection: Connection, beginning: str, most: int = 20_000) -> list[str]:
    """Give the words that begin so in all cases, each once: what a word that found nothing may have
    been meant to be. For nobody's eyes before `held_within`.
    """
    after = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    asked = {"first": beginning, "after": after, "most": most}
    return list(connection.execute(_WORDS, asked).scalars())


def held_within(connection: Connection, scope: Scope, words: Sequence[str]) -> list[str]:
    """Give which of these words stand in a case within a scope, in their order."""
    held = select(WORD.c.case_id).join(reads.CASE, reads.CASE.c.id == WORD.c.case_id)
    held = held.where(cases_scope.within(scope)).limit(1)
    return [w for w in words if connection.execute(held.where(WORD.c.word == w)).first()]


def find_again(connection: Connection, heads: Sequence[Mapping[str, Any]]) -> None:
    """Work out again by which words cases are found (each its id, route, number, kenmerk, zorgen
    and gemeente as they stand now), and write what changed.
    """
    keys = [h["id"] for h in heads]
    people, texts = _told(connection, [h["id"] for h in heads if h["route"] == "melding"])
    over = whole(connection, keys)
    wanted = {
        (word, h["id"])
        for h in heads
        for word in _words_of(h, people.get(h["id"], ()), texts.get(h["id"], ()), over.get(h["id"]))
    }
    present = {(word, key) for word, key in connection.execute(_PRESENT, {"keys": keys})}
    if gone := present - wanted:
        connection.execute(_GONE, [{"gone": word, "of": key} for word, key in sorted(gone)])
    if new := wanted - present:
        connection.execute(_KEEP, [{"word": word, "case_id": key} for word, key in sorted(new)])


def _words_of(
    head: Mapping[str, Any], people: Iterable[Row], texts: Iterable[str], veil: Veil | None
) -> set[str]:
    """Give the words a case is found by, never those of what it keeps secret, wherever somebody
    typed them.
    """
    if veil is None:
        return words_of_case(head, people, texts)
    found = words_of_case(
        veil.upon(dict(head)), [veil.upon(dict(p)) for p in people], [veil.over(t) for t in texts]
    )
    return found - words_of(COVER)


def _told(
    connection: Connection, keys: Sequence[int]
) -> tuple[dict[int, list[Row]], dict[int, list[str]]]:
    """Give, per case, its people and what else of it is searched: findings and notes."""
    people: dict[int, list[Row]] = {}
    texts: dict[int, list[str]] = {}
    asked = {"keys": list(keys)}
    for p in reads.as_rows(connection.execute(_PEOPLE, asked)):
        people.setdefault(p["case_id"], []).append(p)
    for key, finding in connection.execute(_FINDINGS, asked):
        texts.setdefault(key, []).append(finding)
    for key, content in connection.execute(_NOTES, asked):
        texts.setdefault(key, []).append(str(json.loads(content or "{}").get("tekst", "")))
    return people, texts


def in_batches(connection: Connection, after: int, most: int) -> list[Row]:
    """Give cases by key from one key on, held until the transaction ends."""
    case = reads.CASE
    columns = [
        case.c[n]
        for n in (
            "id",
            "route",
            "number",
            "kenmerk",
            "zorgen",
            "gemeente",
            "workflow",
            "release",
            "state",
            "closed",
            "acuut",
        )
    ]
    return reads.rows(
        connection,
        select(*columns).where(case.c.id > after).order_by(case.c.id).limit(most).with_for_update(),
    )


def keep_batch(connection: Connection, heads: Sequence[Row], urgent: Sequence[int]) -> None:
    """Work out the words and the order of danger of a batch of cases anew.

    `urgent` are the keys of those that are.
    """
    keys = [h["id"] for h in heads]
    people, texts = _told(connection, keys)
    connection.execute(delete(WORD).where(WORD.c.case_id.in_(keys)))
    over = whole(connection, keys)
    told = {
        h["id"]: _words_of(h, people.get(h["id"], ()), texts.get(h["id"], ()), over.get(h["id"]))
        for h in heads
    }
    found = [(w, key) for key, words in told.items() for w in sorted(words)]
    if found:
        connection.execute(insert(WORD), [{"word": w, "case_id": key} for w, key in found])
    case = reads.CASE
    connection.execute(update(case).where(case.c.id.in_(keys)).values(urgent=case.c.id.in_(urgent)))
    connection.execute(
        update(case).where(case.c.id.in_(keys)).values(rank=rank.rank(case.c.closed, case.c.urgent))
    )
