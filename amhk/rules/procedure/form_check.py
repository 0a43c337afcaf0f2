"""What was filled in, checked.

Every fault at once, in Dutch, and the values as the house keeps them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from amhk.errors import Fault
from amhk.rules import parse
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import family_signs
from amhk.rules.privacy.veil import COVER
from amhk.rules.procedure.fields import (
    MAX_ITEMS,
    MAX_LINE,
    MAX_TEXT,
    RECEIVED,
    WAIVER,
    Desk,
    Field,
    options_of,
)
from amhk.words import day_of, iso, say_instant

_GRADES = frozenset(str(grade) for grade in range(1, 11))


_NO_ZERO = re.compile(r"[1-9][0-9]{8}")


_WHOLE = re.compile(r"^-?[0-9]{1,9}$")


@dataclass
class Checking:
    desk: Desk
    waived: bool = False
    faults: list[Fault] = field(default_factory=list)

    def no(self, code: str, path: str, text: str) -> None:
        """Remember a fault at a field."""
        shown = (text.encode("utf-8", "replace").decode(), path.encode("utf-8", "replace").decode())
        self.faults.append(Fault(code, *shown))


def clean(fields: tuple[Field, ...], raw: object, desk: Desk) -> tuple[Filled, list[Fault]]:
    """Give the values as they may be stored, and every fault in what was filled in (`raw` is the
    parsed JSON or form).
    """
    check = Checking(
        desk, isinstance(raw, Mapping) and raw.get(WAIVER) in (True, "ja", "true", "on")
    )
    values = _object(check, "", fields, raw)
    if desk.codes is not None:
        check.faults += desk.codes.faults(values, desk.day or day_of(desk.now))
    return values, check.faults


def _object(
    check: Checking, path: str, fields: tuple[Field, ...], raw: object
) -> dict[str, object]:
    if not isinstance(raw, Mapping):
        check.no("verkeerd_soort", path.rstrip("."), "Hier hoort een groep velden te staan.")
        return {}
    known = {f.name: f for f in fields}
    for key in raw:
        if key not in known:
            near = get_close_matches(str(key), known, 1)
            hint = f" Bedoelt u '{near[0]}'?" if near else f" Bekend zijn: {', '.join(known)}."
            check.no(
                "onbekend_veld",
                f"{path}{str(key)[:60]}",
                f"Het veld '{str(key)[:60]}' bestaat niet.{hint}",
            )
    values: Filled = {}
    for f in fields:
        value = raw.get(f.name)
        if value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip()):
            if f.required and not f.blank:
                check.no(
                    "ontbreekt",
                    f"{path}{f.name}",
                    f"Vul in: {f.title}{'' if f.title.endswith('?') else '.'}",
                )
            continue
        found = _READ[f.type](check, f"{path}{f.name}", f, value)
        if found is not None:
            values[f.name] = found
            if (
                f.name == RECEIVED and check.desk.earliest
            ):  # what is corrected with it is judged by the receipt as it becomes
                check.desk = replace(check.desk, earliest=found)
    return values


def _line(check: Checking, path: str, f: Field, value: object) -> str | None:
    return _words(check, path, f, value, MAX_LINE)


def _text(check: Checking, path: str, f: Field, value: object) -> str | None:
    return _words(check, path, f, value, MAX_TEXT)


def _words(check: Checking, path: str, f: Field, value: object, longest: int) -> str | None:
    if not isinstance(value, str):
        check.no("verkeerd_soort", path, f"{f.title}: hier hoort tekst te staan.")
        return None
    text = parse.tidy(value, one_line=f.type != "text")
    if wrong := parse.unfit(text, longest):
        check.no("onbruikbare_tekst", path, f"{f.title}: {wrong}")
        return None
    if COVER in text:
        check.no(
            "bedekt",
            path,
            f"{f.title}: {COVER} staat in plaats van iets dat u niet las. Typ de woorden zelf, of"
            " laat het veld leeg.",
        )
        return None
    if f.phone and (digits := re.sub(r"[ -]", "", text)) and _NO_ZERO.fullmatch(digits):
        check.no(
            "nul_kwijt",
            path,
            f"{f.title}: '{text}' is een nummer zonder de nul vooraan (een rekenblad laat die weg)."
            f" Bedoelt u 0{digits}?",
        )
        return None
    if f.bare and not check.waived:
        for what, words in family_signs(text, check.desk.lists.get("gemeente", {})):
            check.no(
                "gezinsgegevens",
                path,
                f"{f.title}: hier lijkt {what} te staan ('{words[:60]}'), en over het gezin wordt"
                " niets vastgelegd. Haal het weg, of vink aan dat dit geen gegevens van het gezin"
                " zijn.",
            )
    return text


def _date(check: Checking, path: str, f: Field, value: object) -> object:
    today = day_of(check.desk.now)
    day = parse.read_day(value, today) if isinstance(value, str) else None
    if day is None:
        check.no(
            "geen_datum",
            path,
            f"{f.title}: '{str(value)[:40]}' is geen bestaande datum. Schrijf bijvoorbeeld"
            " 4-2-2026.",
        )
    elif not parse.plausible(day):
        check.no("geen_datum", path, f"{f.title}: het jaar {day.year} kan niet kloppen.")
    elif f.anytime:
        return day
    elif not f.future and day > today:
        check.no("toekomst", path, f"{f.title}: {iso(day)} ligt in de toekomst.")
    elif f.future and day <= today:
        check.no("verleden", path, f"{f.title}: kies een dag na vandaag.")
    else:
        return day
    return None


def _partial(check: Checking, path: str, f: Field, value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = parse.read_partial(value, day_of(check.desk.now)) if isinstance(value, str) else None
    if text is None:
        check.no(
            "geen_datum",
            path,
            f"{f.title}: '{str(value)[:40]}' is geen (deel van een) datum. Schrijf 1979, 1979-06 of"
            " 30-6-1979.",
        )
    elif text > iso(day_of(check.desk.now)):
        check.no("toekomst", path, f"{f.title}: {text} ligt in de toekomst.")
    else:
        return text
    return None


def _moment(check: Checking, path: str, f: Field, value: object) -> datetime | None:
    moment = parse.read_moment(value, check.desk.now) if isinstance(value, str) else None
    if moment is None:
        check.no(
            "geen_moment",
            path,
            f"{f.title}: '{str(value)[:40]}' is geen bestaand moment. Schrijf bijvoorbeeld"
            " 2026-02-04T16:20.",
        )
    elif moment > check.desk.now and not f.anytime:
        check.no("toekomst", path, f"{f.title}: {say_instant(moment)} ligt in de toekomst.")
    elif not parse.plausible(day_of(moment)):
        check.no("geen_moment", path, f"{f.title}: het jaar {moment.year} kan niet kloppen.")
    elif check.desk.earliest and moment < check.desk.earliest and f.name != RECEIVED:
        received = say_instant(check.desk.earliest)
        check.no(
            "voor_ontvangst",
            path,
            f"{f.title}: {say_instant(moment)} ligt voor de ontvangst op {received}.",
        )
    else:
        return moment
    return None


def _choice(check: Checking, path: str, f: Field, value: object) -> str | None:
    options = options_of(f, check.desk)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value in options:
        return value
    by_title = {str(code).casefold(): code for code in options} | {
        str(title).casefold(): code for code, title in options.items()
    }
    shown = str(value)[:60]
    if isinstance(value, str) and (code := by_title.get(value.strip().casefold())):
        return code
    day = check.desk.day or day_of(check.desk.now)
    if check.desk.codes is not None and (why := check.desk.codes.why_not(f.choices, shown, day)):
        check.no("geldt_niet", path, f"{f.title}: {why}")
        return None
    if fits := candidates(options, shown):
        more = f" (en nog {len(fits) - MOST_OFFERED})" if len(fits) > MOST_OFFERED else ""
        told = "; ".join(options[code] for code in fits[:MOST_OFFERED])
        check.no("meer_dan_een", path, f"{f.title}: '{shown}' kan zijn: {told}{more}. Kies er een.")
        return None
    near = get_close_matches(shown.casefold(), by_title, 1)
    hint = f" Bedoelt u '{options[by_title[near[0]]]}'?" if near else ""
    check.no("onbekende_code", path, f"{f.title}: '{shown}' staat niet in de lijst.{hint}")
    return None


MOST_OFFERED = 8


def candidates(options: Mapping[str, str], typed: str) -> list[str]:
    """Give the codes of a list that what was typed may mean.

    Those whose title begins so, a word of which begins so, or in which it stands; the surest kind
    only.
    """
    sought = parse.fold(typed).strip()
    titles = {code: parse.fold(title) for code, title in options.items()}
    for fits in (
        str.startswith,
        lambda title, text: any(w.startswith(text) for w in re.split(r"[^\w]+", title)),
        str.__contains__,
    ):
        if found := [code for code, title in titles.items() if sought and fits(title, sought)]:
            return found
    return []


def _choices(check: Checking, path: str, f: Field, value: object) -> list[str] | None:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        check.no("verkeerd_soort", path, f"{f.title}: hier hoort een lijst van codes te staan.")
        return None
    found = [_choice(check, path, f, item) for item in items[:MAX_ITEMS]]
    return sorted({code for code in found if code is not None}) or None


def _yesno(check: Checking, path: str, f: Field, value: object) -> bool | None:
    answers = {
        True: True,
        False: False,
        "ja": True,
        "nee": False,
        "true": True,
        "false": False,
        "on": True,
        "waar": True,
        "onwaar": False,
    }
    if isinstance(value, str):
        value = value.strip().casefold()
    if isinstance(value, bool | str) and value in answers:
        return answers[value]
    check.no("verkeerd_soort", path, f"{f.title.rstrip('?')}: antwoord met ja of nee.")
    return None


def _number(check: Checking, path: str, f: Field, value: object) -> int | None:
    if isinstance(value, str) and _WHOLE.match(value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        check.no("geen_getal", path, f"{f.title}: hier hoort een heel getal te staan.")
        return None
    return value


def _scores(check: Checking, path: str, f: Field, value: object) -> list[int] | None:
    """Doelrealisatie per einddoel.

    -1 slechter, 0 gelijk, 1 deels, 2 bereikt, at most ten goals (seed 001 bijlage 4, PI 1).
    """
    items = value.replace(",", " ").split() if isinstance(value, str) else value
    if (
        not isinstance(items, list)
        or len(items) > 10
        or any(str(i) not in ("-1", "0", "1", "2") for i in items)
    ):
        check.no("geen_score", path, f"{f.title}: geef hooguit tien scores, elk -1, 0, 1 of 2.")
        return None
    return [int(i) for i in items]


def _grades(check: Checking, path: str, f: Field, value: object) -> list[int] | None:
    """Tevredenheid as a rapportcijfer from 1 to 10, one for each who was asked, at most ten (seed
    001 bijlage 4, PI 2).
    """
    items = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(items, list) or len(items) > 10 or any(str(i) not in _GRADES for i in items):
        check.no(
            "geen_cijfer",
            path,
            f"{f.title}: geef hooguit tien rapportcijfers, elk een heel getal van 1 tot en met 10.",
        )
        return None
    return [int(i) for i in items]


def _bsn(check: Checking, path: str, f: Field, value: object) -> str | None:
    if isinstance(value, str) and (digits := parse.read_bsn(value)):
        return digits
    check.no(
        "geen_bsn",
        path,
        f"{f.title}: dit nummer voldoet niet aan de controle voor een BSN. Laat het leeg als u het"
        " niet weet.",
    )
    return None


def _gezag(check: Checking, path: str, f: Field, value: object) -> str | None:
    """Informed `ja`, or `nee` with the reason in the same answer (CORV field 'reden niet
    geinformeerd').
    """
    text = _line(
        check,
        path,
        f,
        {True: "ja", False: "nee"}.get(value, value) if isinstance(value, bool) else value,
    )
    if text is not None and text.casefold().rstrip(" .,:;") == "nee":
        check.no(
            "reden_ontbreekt",
            path,
            f"{f.title}: zet bij 'nee' ook de reden, bijvoorbeeld 'nee, gevaar voor de jeugdige'.",
        )
        return None
    return text


def _part(check: Checking, path: str, f: Field, value: object) -> dict[str, object]:
    return _object(check, f"{path}.", f.fields, value)


def _list(check: Checking, path: str, f: Field, value: object) -> list[dict[str, object]] | None:
    items = list(value.values()) if isinstance(value, Mapping) else value
    if not isinstance(items, list):
        check.no("verkeerd_soort", path, f"{f.title}: hier hoort een lijst te staan.")
        return None
    if len(items) > MAX_ITEMS:
        check.no("te_veel", path, f"{f.title}: hooguit {MAX_ITEMS} in een keer.")
        return None
    return [_object(check, f"{path}.{n}.", f.fields, item) for n, item in enumerate(items)]


_READ: dict[str, Callable[[Checking, str, Field, object], Any]] = {
    "line": _line,
    "text": _text,
    "date": _date,
    "partial": _partial,
    "moment": _moment,
    "choice": _choice,
    "choices": _choices,
    "yesno": _yesno,
    "number": _number,
    "scores": _scores,
    "grades": _grades,
    "bsn": _bsn,
    "gezag": _gezag,
    "object": _part,
    "list": _list,
}
