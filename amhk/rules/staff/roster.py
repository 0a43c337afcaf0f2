"""The piket roster: which nights, weekends and holidays nobody has."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from amhk.rules.terms.days import Calendar
from amhk.words import end_of, start_of

Span = tuple[datetime, datetime]


def outside_office(first: date, last: date, calendar: Calendar) -> list[Span]:
    """Give the spans (UTC, half-open) outside office hours from a first day up to and
    with a last.
    """
    spans, day, begins = [], first, start_of(first)
    while day <= last:
        if open_ := calendar.office(day):
            if open_[0] > begins:
                spans.append((begins, open_[0]))
            begins = open_[1]
        day += timedelta(days=1)
    if end_of(last) > begins:
        spans.append((begins, end_of(last)))
    return spans


def without(span: Span, holes: Iterable[Span]) -> list[Span]:
    """Give what is left of a span once the holes are taken out of it."""
    left = [span]
    for start, end in holes:
        left = [
            part
            for s, e in left
            for part in ((s, min(e, start)), (max(s, end), e))
            if part[0] < part[1]
        ]
    return left


def gaps(first: date, last: date, calendar: Calendar, taken: Iterable[Span]) -> list[Span]:
    """Give the spans outside office hours in which nobody has piket."""
    found = []
    order = sorted(taken)
    for start, end in outside_office(first, last, calendar):
        here = start
        for begins, ends in order:
            if ends <= here or begins >= end:
                continue
            if begins > here:
                found.append((here, begins))
            here = max(here, ends)
        if here < end:
            found.append((here, end))
    return found
