"""The words cases are found by: kept when what they stand for changes, and asked within what a reader may see."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from amhk.rules.searching import Sought, words_of_case
from amhk.store import claims, reads
from amhk.store.reads import Row
from amhk.store.tables import SearchWord, table

WORD = table(SearchWord)
NOTE = "notitie"


def found_by(sought: Sought) -> Any:
    """Give the WHERE of cases in which something sought stands."""
    after = sought.word[:-1] + chr(ord(sought.word[-1]) + 1)
    at = WORD.c.word == sought.word if sought.whole else and_(WORD.c.word >= sought.word, WORD.c.word < after)
    return reads.CASE.c.id.in_(select(WORD.c.case_id).where(at))


def keep(connection: Connection, case: int, words: Iterable[str]) -> None:
    """Keep the words of a new case."""
    if rows := [{"word": w, "case_id": case} for w in sorted(words)]:
        connection.execute(insert(WORD), rows)


def find_again(connection: Connection, head: Mapping[str, Any]) -> None:
    """Work out again by which words a case is found (`head`: its id, route, number, kenmerk, zorgen and gemeente as they stand now), and write what changed."""
    key = head["id"]
    people, texts = _told(connection, [key]) if head["route"] == "melding" else ({}, {})
    wanted = words_of_case(head, people.get(key, ()), texts.get(key, ()))
    present = set(connection.execute(select(WORD.c.word).where(WORD.c.case_id == key)).scalars())
    if gone := present - wanted:
        connection.execute(delete(WORD).where(WORD.c.case_id == key, WORD.c.word.in_(sorted(gone))))
    keep(connection, key, wanted - present)


def _told(connection: Connection, keys: Sequence[int]) -> tuple[dict[int, list[Row]], dict[int, list[str]]]:
    """Give, per case, its people and what else of it is searched: findings and notes."""
    people: dict[int, list[Row]] = {}
    texts: dict[int, list[str]] = {}
    for p in reads.rows(connection, select(reads.PERSON).where(reads.PERSON.c.case_id.in_(keys))):
        people.setdefault(p["case_id"], []).append(p)
    for f in connection.execute(select(reads.FINDING.c.case_id, reads.FINDING.c.text).where(reads.FINDING.c.case_id.in_(keys))):
        texts.setdefault(f[0], []).append(f[1])
    noted = select(reads.ENTRY.c.case_id, reads.ENTRY.c.content).where(reads.ENTRY.c.case_id.in_(keys), reads.ENTRY.c.kind == NOTE)
    for key, content in connection.execute(noted):
        texts.setdefault(key, []).append(str(json.loads(content or "{}").get("tekst", "")))
    return people, texts


def in_batches(connection: Connection, after: int, most: int) -> list[Row]:
    """Give cases by key from one key on."""
    case = reads.CASE
    columns = [
        case.c[n]
        for n in ("id", "route", "number", "kenmerk", "zorgen", "gemeente", "workflow", "release", "state", "closed", "acuut")
    ]
    return reads.rows(connection, select(*columns).where(case.c.id > after).order_by(case.c.id).limit(most))


def keep_batch(connection: Connection, heads: Sequence[Row], urgent: Sequence[int]) -> None:
    """Work out the words and the order of danger of a batch of cases anew; `urgent` are the keys of those that are."""
    keys = [h["id"] for h in heads]
    people, texts = _told(connection, keys)
    connection.execute(delete(WORD).where(WORD.c.case_id.in_(keys)))
    found = [(w, h["id"]) for h in heads for w in sorted(words_of_case(h, people.get(h["id"], ()), texts.get(h["id"], ())))]
    if found:
        connection.execute(insert(WORD), [{"word": w, "case_id": key} for w, key in found])
    case = reads.CASE
    connection.execute(update(case).where(case.c.id.in_(keys)).values(urgent=case.c.id.in_(urgent)))
    connection.execute(update(case).where(case.c.id.in_(keys)).values(rank=claims.rank(case.c.closed, case.c.urgent)))
