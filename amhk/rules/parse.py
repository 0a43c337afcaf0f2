"""Reading what people type: days in many spellings, moments, partial dates, BSNs, and text that
fits in a letter.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from anyascii import anyascii

from amhk.words import AMSTERDAM, day_of

# A table of a file somebody wrote (TOML, JSON), and what was filled in at a form and checked: their
# keys are those of the file, or of the procedure.
Raw = Mapping[str, Any]
Filled = dict[str, Any]
Complain = Callable[[str, str], None]  # of a key of a file: what is wrong with it


_PARTIAL = re.compile(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")
_DUTCH_DAY = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$")
_NEAR = {"gisteren": -1, "vandaag": 0, "morgen": 1}
_MOMENT = re.compile(r"^(.+?)[ T,]+(?:om )?(\d{1,2})[:.](\d{2})(?:[:.][0-5]\d)?(?: uur)?$")
# How a letter is said here, where the table of the library says it by its looks.
_SAID = str.maketrans({"ə": "a", "Ə": "a"})
_IJ = re.compile(r"(?<!\d)(?<!\d )ij")  # not in a postcode
# What a spreadsheet leaves in a cell it could not work out, in Dutch and in English, and of a
# number too long for it.
_BROKEN = re.compile(
    r"#(?:NAAM\?|NAME\?|N/B|N/A|REF!|VERW!|WAARDE!|VALUE!|DEEL/0!|DIV/0!|GETAL!|NUM!|LEEG!|"
    r"NULL!|OVERLOOP!|SPILL!|BEREKENEN!|CALC!)|#{3,}",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(r"-?\d(?:[.,]\d+)?E\+?\d{1,3}", re.IGNORECASE)
_CODE = re.compile(r"<\s{0,3}/?\s{0,3}(script|iframe|object|embed|style|svg|img)\b", re.IGNORECASE)


def tidy(text: str, one_line: bool) -> str:
    """Give the text as it is kept: NFC, line ends as `\\n`, no space around it.

    On one line for a `line` field.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()
    return " ".join(text.split("\n")) if one_line else text


def unfit(text: str, longest: int) -> str | None:
    """Give why a text cannot be kept or put in a letter, or None when it can."""
    if len(text) > longest:
        return f"hooguit {longest} tekens, dit zijn er {len(text)}."
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs", "Cn", "Co") and char not in "\n\t":
            return "er staat een onzichtbaar stuurteken in; typ de tekst opnieuw."
        if ord(char) >= 0x1F000 or (ord(char) >= 0x2190 and unicodedata.category(char) == "So"):
            return f"het teken {char} kan niet in een brief; schrijf het in woorden."
    if _BROKEN.fullmatch(text.strip()):
        return f"{text.strip()[:12]} is een fout van een rekenblad; typ wat er hoorde te staan."
    if _CUT_OFF.fullmatch(text.strip()):
        return (
            f"{text.strip()[:24]} is een getal dat een rekenblad afkapte; typ het helemaal, of"
            " bewaar de kolom als tekst."
        )
    if found := _CODE.search(text):
        return f"er staat programmacode in ({found.group(0)[:12]}); haal dat weg."
    return None


def read_day(text: str, today: date) -> date | None:
    """Give the day of `2026-02-04`, `4-2-2026`, `4 2 26`, `gisteren`, `vandaag` or `morgen`.

    None when it does not exist.
    """
    text = text.strip().casefold()
    if text in _NEAR:
        return today + timedelta(days=_NEAR[text])
    try:
        if found := _DUTCH_DAY.match(text):
            day, month, year = (int(n) for n in found.groups())
            return date(year + 2000 if year < 100 else year, month, day)
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def fold(text: str) -> str:
    """Give text as it is searched.

    Without accents and case, in the letters of a Dutch keyboard whatever script it is in, ij and y
    as one.
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = anyascii(plain.translate(_SAID)).casefold()
    return _IJ.sub("y", plain)


def login_of(told: str) -> str:
    """Give a name somebody signs in with elsewhere as it is compared: whatever its capitals."""
    return unicodedata.normalize("NFC", told).casefold()


def plausible(day: date) -> bool:
    """Tell whether a day lies in the years this product speaks of (2000-2199)."""
    return 2000 <= day.year < 2200


def read_moment(text: str, now: datetime) -> datetime | None:
    """Give the UTC instant of an ISO instant, of a day with a time (Amsterdam when no offset stands
    there), or of `nu`; None when it does not exist.
    """
    text = text.strip()
    if text.casefold() == "nu":
        return now
    try:
        if found := _MOMENT.match(text):
            day = read_day(found.group(1), day_of(now))
            if day is not None:
                here = datetime(
                    day.year,
                    day.month,
                    day.day,
                    int(found.group(2)),
                    int(found.group(3)),
                    tzinfo=AMSTERDAM,
                )
                return here.astimezone(UTC)
        if len(text) <= 10:
            day = read_day(text, day_of(now))
            return (
                datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM).astimezone(UTC)
                if day
                else None
            )
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_partial(text: str, today: date | None = None) -> str | None:
    """Give a whole or partial date as `1979`, `1979-06` or `1979-06-30`.

    Also from `30-6-1979`, and with `today` from `30 6 79` (the last such day that has been); None
    when it does not exist.
    """
    if found := _DUTCH_DAY.match(text.strip()):
        day, month, year = found.groups()
        if len(year) == 2:
            if today is None:
                return None
            born = f"{today.year // 100}{year}-{int(month):02}-{int(day):02}"
            year = born[:4] if born <= today.isoformat() else f"{today.year // 100 - 1}{year}"
        text = f"{year}-{int(month):02}-{int(day):02}"
    if not (parts := _PARTIAL.match(text.strip())):
        return None
    year, month, day = parts.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return text.strip() if int(year) >= 1880 else None


def is_bsn(text: str) -> bool:
    """Tell whether nine digits pass the elfproef of the burgerservicenummer."""
    if len(text) != 9 or not text.isascii() or not text.isdigit() or text == "000000000":
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(d) * w for d, w in zip(text, weights, strict=True)) % 11 == 0


def read_bsn(text: str) -> str | None:
    """Give the nine digits of a BSN as people type it, with spaces or dots, also without the zero
    in front that a spreadsheet leaves out; None when it fails the elfproef.
    """
    digits = text.replace(" ", "").replace(".", "")
    digits = f"0{digits}" if len(digits) == 8 else digits
    return digits if is_bsn(digits) else None


def age_on(born: str | None, day: date) -> int | None:
    """Give the age in whole years on `day` of someone born on a whole or partial date (a missing
    part counts as the latest possible).
    """
    if not born or not (parts := _PARTIAL.match(born)):
        return None
    year, month, dom = int(parts[1]), int(parts[2] or 12), int(parts[3] or 31)
    return day.year - year - ((day.month, day.day) < (month, dom))
