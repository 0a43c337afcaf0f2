"""How far away something is, in words.

One function for every term, letter and reminder, so that no two pages say it differently.
"""

from datetime import date, datetime
from math import ceil, floor

from amhk.rules.terms.days import Calendar
from amhk.words import day_of, some

LATE, NOW, WEEK, LATER = "●", "▲", "△", "○"
_HOURS = 48 * 60  # within two days hours and minutes are said


def distance(due: date | datetime, now: datetime, calendar: Calendar) -> tuple[str, str]:
    """Give the shape and the words for how far an end (a day, or an instant) lies from now (UTC).

    `nog 3 uur 20 minuten`, `morgen`, `2 dagen te laat`.

    A day term is over after its day, an hour term after its instant; working days are counted up to
    two weeks.
    """
    if isinstance(due, datetime):
        minutes = (due - now).total_seconds() / 60
        if abs(minutes) < _HOURS:
            return (
                (LATE, f"{_time(floor(-minutes))} te laat")
                if minutes < 0
                else (NOW, f"nog {_time(ceil(minutes))}")
            )
        due = day_of(due)
    days = (due - day_of(now)).days
    if days < 0:
        return LATE, f"{some(-days, 'dag', 'dagen')} te laat"
    if days <= 1:
        return NOW, "morgen" if days else "vandaag"
    working = sum(
        calendar.rest(date.fromordinal(day_of(now).toordinal() + n)) is None
        for n in range(1, days + 1)
    )
    words = (
        f"nog {some(working, 'werkdag', 'werkdagen')}"
        if days <= 14 and working
        else f"over {days} dagen"
    )
    return (WEEK if days <= 7 else LATER), words


def _time(minutes: int) -> str:
    """Give a length of time as it is said.

    Minutes below an hour, else hours and the minutes over.
    """
    hours, rest = divmod(minutes, 60)
    if not hours:
        return some(rest, "minuut", "minuten")
    return f"{hours} uur" + (f" {some(rest, 'minuut', 'minuten')}" if rest else "")
