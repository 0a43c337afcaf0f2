"""How far away something is, said the same everywhere.

Every hour of two days, for terms of hours and of days.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from amhk.rules.terms.distance import LATE, LATER, NOW, WEEK, distance

HERE = ZoneInfo("Europe/Amsterdam")
NIGHT = datetime(2026, 2, 4, 23, 55, tzinfo=HERE)


@pytest.mark.parametrize(
    ("hours", "minutes", "said"),
    [
        (4, 0, "nog 4 uur"),
        (0, 1, "nog 1 minuut"),
        (0, 59, "nog 59 minuten"),
        (1, 0, "nog 1 uur"),
        (3, 20, "nog 3 uur 20 minuten"),
        (0, -1, "1 minuut te laat"),
        (-24, -25, "24 uur 25 minuten te laat"),
        (-47, -59, "47 uur 59 minuten te laat"),
        (-49, 0, "2 dagen te laat"),
        (49, 0, "nog 2 werkdagen"),
    ],
)
def test_a_term_of_hours_is_said_in_hours_also_over_midnight(calendar, hours, minutes, said):
    assert distance(NIGHT + timedelta(hours=hours, minutes=minutes), NIGHT, calendar)[1] == said


@pytest.mark.parametrize(
    ("due", "shape", "said"),
    [
        (date(2026, 2, 4), NOW, "vandaag"),
        (date(2026, 2, 5), NOW, "morgen"),
        (date(2026, 2, 6), WEEK, "nog 2 werkdagen"),
        (date(2026, 2, 3), LATE, "1 dag te laat"),
        (date(2026, 1, 1), LATE, "34 dagen te laat"),
        (date(2026, 2, 18), LATER, "nog 10 werkdagen"),
        (date(2026, 3, 4), LATER, "over 28 dagen"),
    ],
)
def test_a_term_of_days_is_said_in_days(calendar, due, shape, said):
    assert distance(due, NIGHT, calendar) == (shape, said)


def test_every_hour_of_two_days_says_what_is_true(calendar):
    """A term of four hours, from the day before until the day after.

    Never a day where hours are meant, late only when it is.
    """
    due = datetime(2026, 3, 29, 4, 0, tzinfo=HERE)  # in the night the clock changes
    start = due.astimezone(ZoneInfo("UTC")) - timedelta(hours=24)
    for quarter in range(2 * 24 * 4 + 1):
        now = start + timedelta(minutes=15 * quarter)
        shape, said = distance(due, now, calendar)
        left = (due - now).total_seconds() / 60
        assert (shape == LATE) == (left < 0) == said.endswith("te laat")
        hours, minutes = divmod(abs(round(left)), 60)
        assert (f"{hours} uur" in said) == (hours > 0) and (str(minutes) in said or not minutes), (
            now,
            said,
        )
        assert not {"morgen", "vandaag", "dagen", "dag"} & set(said.split())


def test_a_day_is_not_late_before_it_is_over(calendar):
    for hour in range(48):
        now = datetime(2026, 2, 4, 0, 0, tzinfo=HERE) + timedelta(hours=hour)
        assert distance(date(2026, 2, 4), now, calendar)[1] == (
            "vandaag" if hour < 24 else "1 dag te laat"
        )


def test_no_page_says_a_distance_by_itself():
    """Words for distances stand in one room."""
    from conftest import ROOT

    for path in [
        *(ROOT / "templates" / "pages").glob("*.html"),
        *(ROOT / "amhk" / "web").rglob("*.py"),
        *(ROOT / "amhk" / "desk").rglob("*.py"),
    ]:
        text = path.read_text(encoding="utf-8")
        for word in ('"minuten") }} te laat', "} dagen te laat", '"morgen" if', 'werkdagen" if'):
            assert word not in text, (path.name, word)
