"""The calendar as data: a list of dated changes makes the days that do not count and the office
hours; office hours as people write them.
"""

import json
import re
from datetime import date

from amhk.rules.terms.days import Calendar, Hours
from amhk.rules.terms.holidays import Feestdagen
from amhk.words import DAYS

FEESTDAG, SLUITINGSDAG, KANTOORUREN = "feestdag", "sluitingsdag", "kantooruren"
Change = tuple[int, str, date, str, bool]
_PART = re.compile(
    r"^(ma|di|wo|do|vr|za|zo)(?:-(ma|di|wo|do|vr|za|zo))?"
    r" (\d{1,2})[:.](\d{2})-(\d{1,2})[:.](\d{2})$"
)


def calendar_of(changes: list[Change]) -> Calendar:
    """Give the calendar that changes (release, kind, day, name, gone) make, in order of release."""
    told: dict[str, dict[date, str]] = {FEESTDAG: {}, SLUITINGSDAG: {}, KANTOORUREN: {}}
    release = 0
    for number, kind, day, name, gone in changes:
        release = number
        if gone:
            told[kind].pop(day, None)
        else:
            told[kind][day] = name
    hours = {day: hours_of(name) for day, name in told[KANTOORUREN].items()}
    return Calendar(
        feestdagen=Feestdagen(told[FEESTDAG]),
        sluitingsdagen=told[SLUITINGSDAG],
        kantooruren=hours,
        release=release,
    )


def hours_of(text: str) -> Hours:
    """Give office hours as they are kept.

    A JSON object of weekday (0 is Monday) to [opens, closes].
    """
    return {int(day): (span[0], span[1]) for day, span in json.loads(text).items()}


def read_hours(text: str) -> dict[int, tuple[str, str]]:
    """Give office hours by weekday from `ma-do 09:00-17:00, vr 09:00-13:00`.

    ValueError says what is wrong.
    """
    found: dict[int, tuple[str, str]] = {}
    for part in text.lower().split(","):
        if not (match := _PART.match(part.strip())):
            raise ValueError(
                f"'{part.strip()[:40]}' is niet te lezen: schrijf bijvoorbeeld 'ma-do 09:00-17:00,"
                " vr 09:00-13:00'"
            )
        first, last, *clock = match.groups()
        opens, closes = f"{int(clock[0]):02}:{clock[1]}", f"{int(clock[2]):02}:{clock[3]}"
        if not opens < closes or closes > "23:59" or clock[1] > "59" or clock[3] > "59":
            raise ValueError(f"'{part.strip()}': het sluit na het opent, tussen 00:00 en 23:59")
        days = range(DAYS.index(first), DAYS.index(last or first) + 1)
        if not days:
            raise ValueError(f"'{first}-{last}': de laatste dag komt na de eerste")
        found |= {day: (opens, closes) for day in days}
    return found


def say_hours(hours: Hours) -> str:
    """Give office hours in words: `ma 09:00-17:00, di 09:00-17:00`."""
    return ", ".join(f"{DAYS[day]} {span[0]}-{span[1]}" for day, span in sorted(hours.items()))
