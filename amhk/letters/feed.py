"""Terms as a calendar that other programs read (iCalendar, RFC 5545): case number and term only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Event:
    """One term in a calendar: a stable key, what it says, its end (a day or an instant), and how
    often that end moved.
    """

    key: str
    text: str
    due: date | datetime
    moved: int


def as_calendar(name: str, events: Iterable[Event], now: datetime) -> bytes:
    """Give the calendar as a file.

    A day is an event of the whole day, an instant the half hour before it.
    """
    from icalendar import Calendar
    from icalendar import Event as Entry

    told = Calendar()
    told.add("prodid", "-//AMHK//termijnen//NL")
    told.add("version", "2.0")
    told.add("x-wr-calname", name)
    told.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for event in events:
        entry = Entry()
        entry.add("uid", event.key)
        entry.add("dtstamp", now.astimezone(UTC))
        entry.add("sequence", event.moved)
        entry.add("summary", event.text)
        entry.add("transp", "TRANSPARENT")
        if isinstance(event.due, datetime):
            entry.add("dtstart", event.due.astimezone(UTC) - timedelta(minutes=30))
            entry.add("dtend", event.due.astimezone(UTC))
        else:
            entry.add("dtstart", event.due)
            entry.add("dtend", event.due + timedelta(days=1))
        told.add_component(entry)
    return bytes(told.to_ical())
