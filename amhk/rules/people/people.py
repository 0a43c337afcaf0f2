"""People in a melding: what cannot be true of one or between two, how old somebody is on a day, and
which roles hold then.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from amhk.errors import Fault
from amhk.rules.parse import age_on
from amhk.rules.procedure.codes import Roles
from amhk.words import say_day

Person = Mapping[str, Any]


def faults(
    people: Sequence[Person],
    today: date,
    roles: Roles,
    known: Sequence[Person] = (),
    path: str = "betrokkenen",
) -> list[Fault]:
    """Give what cannot be true of people about to be recorded, beside those `known` on the case.

    Each fault at its field (`path.0.geboren`).
    """
    told: list[Fault] = []
    for n, person in enumerate(people):
        here = f"{path}.{n}." if path else ""
        told += [
            Fault(code, text, f"{here}{field}")
            for code, field, text in _alone(person, today, roles)
        ]
        told += [
            Fault(code, text, f"{here}{field}")
            for code, field, text in _among(
                person, [*known, *people[:n], *people[n + 1 :]], people[:n], known, roles
            )
        ]
    return told


def _alone(person: Person, today: date, roles: Roles) -> list[tuple[str, str, str]]:
    """Give what of one person does not go together: code, field, sentence."""
    name, due = person.get("naam") or "deze persoon", person.get("uitgerekend")
    told, born, bsn = [], person.get("geboren"), person.get("bsn")
    if due and born:
        text = f"{name} is geboren en heeft geen uitgerekende datum meer. {_EITHER}"
        told.append(("kruisregel", "uitgerekend", text))
    elif due and not today - timedelta(days=42) <= due <= today + timedelta(days=300):
        text = f"Uitgerekend: {say_day(due)} kan niet kloppen; {_WITHIN}"
        told.append(("geen_datum", "uitgerekend", text))
    if bsn and not born and (due or roles.has(person.get("rollen"), "ongeboren")):
        text = f"{name} is nog niet geboren en heeft geen BSN. Pas 'BSN' of 'Rollen' aan."
        told.append(("kruisregel", "bsn", text))
    for field, title in _OF_BSN:
        if person.get(field) and not bsn:
            text = f"Er is geen BSN ingevuld bij {name}. Vul 'BSN' in of laat '{title}' leeg."
            told.append(("kruisregel", field, text))
    for k, span in enumerate(person.get("rolperiodes") or ()):
        first, last = span.get("van"), span.get("tot")
        if first and last and last[: len(first)] < first[: len(last)]:
            role = span.get("rol", "?")
            text = f"De rol '{role}' van {name} kan niet eindigen voor ze begon."
            told.append(("volgorde", f"rolperiodes.{k}.tot", text))
    return told


_EITHER = "Pas 'Geboren' of 'Uitgerekend' aan."
_WITHIN = "hooguit 6 weken geleden of 10 maanden vooruit."
_OF_BSN = (("bsn_bron", "Herkomst van het BSN"), ("bsn_gecontroleerd", "BSN gecontroleerd op"))


def _among(
    person: Person,
    others: Sequence[Person],
    before: Sequence[Person],
    known: Sequence[Person],
    roles: Roles,
) -> list[tuple[str, str, str]]:
    told = []
    name = person.get("naam") or "deze persoon"
    twin = next(
        (p for p in (*known, *before) if p.get("bsn") and p.get("bsn") == person.get("bsn")), None
    )
    if twin:
        told.append(
            (
                "dubbel",
                "bsn",
                (
                    f"{name} en {twin.get('naam') or 'een ander'} kunnen niet hetzelfde BSN hebben."
                    " Staat hier twee keer dezelfde persoon?"
                ),
            )
        )
    mine = person.get("rollen")
    if roles.has(mine, "kind") and not roles.has(mine, "ouder") and person.get("geboren"):
        parents = [p for p in others if roles.has(p.get("rollen"), "ouder") and p.get("geboren")]
        if parents and all(_sooner(person["geboren"], p["geboren"]) for p in parents):
            text = (
                f"{name} (kind, {person['geboren']}) is ouder dan"
                f" {parents[0].get('naam') or 'een ouder'} (ouder, {parents[0]['geboren']}). Pas"
                " een geboortedatum of een rol aan."
            )
            told.append(("kind_ouder_dan_ouder", "geboren", text))
    return told


def _sooner(child: str, parent: str) -> bool:
    """Tell whether a child was surely born before, or with, a parent.

    Partial dates compare by what both hold.
    """
    shared = min(len(child), len(parent))
    return child[:shared] < parent[:shared] or (shared == 10 and child == parent)


def ages(born: str | None, day: date) -> tuple[int, int] | None:
    """Give the lowest and highest age in whole years on a day of someone born on a whole or partial
    date.
    """
    if not born:
        return None
    low = age_on(born, day)
    high = age_on(f"{born}-01-01"[:10] if len(born) == 4 else f"{born}-01"[:10], day)
    return None if low is None or high is None else (max(low, 0), max(high, 0))


def is_unborn(person: Person, roles: Roles) -> bool:
    """Tell whether somebody is not born yet.

    He has a day he is due, or that role, and no day of birth.
    """
    return not person.get("geboren") and bool(
        person.get("uitgerekend") or roles.has(person.get("rollen"), "ongeboren")
    )


def is_child(person: Person, day: date, roles: Roles) -> bool:
    """Tell whether somebody is under 18 on a day (of a part of a date the youngest it can mean),
    not born yet, or (his age not known) told to be a child.
    """
    if (age := ages(person.get("geboren"), day)) is not None:
        return age[0] < 18
    told = [r for r in person.get("rollen") or () if not roles.has([r], "volwassen")]
    return is_unborn(person, roles) or roles.has(told, "kind")


def answers_for(person: Person, roles: Roles, day: date) -> bool:
    """Tell whether somebody decides for a child, is a parent, or brings it up.

    He has gezag, or a role that means so.
    """
    return bool(person.get("gezag")) or roles.has(
        roles_on(person, day), "ouder", "opvoeder", "beslist"
    )


def may_carry(person: Person, roles: Roles, day: date) -> bool:
    """Tell whether somebody can be the mother of an unborn child of this case.

    Told to be the mother, or a parent and a woman.
    """
    held = roles_on(person, day)
    return roles.has(held, "moeder") or (person.get("geslacht") == "V" and roles.has(held, "ouder"))


def say_age(person: Person, day: date) -> str:
    """Give how old somebody is on a day, in words; of the unborn the day he is due."""
    if due := person.get("uitgerekend"):
        return f"ongeboren, uitgerekend op {say_day(due)}"
    span = ages(person.get("geboren"), day)
    if span is None:
        return "leeftijd onbekend"
    return f"{span[0]} jaar" if span[0] == span[1] else f"{span[0]} of {span[1]} jaar"


def voice(person: Person, day: date) -> str:
    """Give who speaks for somebody on a day.

    Himself from 16, under 12 who has gezag (Wmo 2015 art. 5.3.2); empty for a grown-up, and when it
    is not known.
    """
    span = ages(person.get("geboren"), day)
    if span is None or span[0] >= 18:
        return ""
    if span[1] < 12:
        return "jonger dan 12: inzage voor wie gezag heeft"
    if span[0] >= 16:
        return "16 of 17: eigen inzage"
    if span[0] >= 12 and span[1] < 16:
        return "12 tot 16: eigen inzage, en voor wie gezag heeft tenzij dat niet in zijn belang is"
    return "rond een leeftijdsgrens: zoek de geboortedatum op"


def roles_on(person: Person, day: date) -> list[str]:
    """Give the roles somebody has on a day.

    Those without dates, and those whose span holds it (from `van`, no longer on `tot`; a part of a
    date counts from its first day).
    """
    dated = person.get("rolperiodes") or ()
    held = [
        s["rol"]
        for s in dated
        if (not s.get("van") or _first(s["van"]) <= day)
        and (not s.get("tot") or day < _first(s["tot"]))
    ]
    ended = {s["rol"] for s in dated if s.get("rol")} - set(held)
    return list(dict.fromkeys([*(r for r in person.get("rollen") or () if r not in ended), *held]))


def _first(part: str) -> date:
    year, month, dom = (*(int(n) for n in part.split("-")), 1, 1)[:3]
    return date(year, month, dom)


def named_apart(person: Person, people: Sequence[Person]) -> str:
    """Give the name of a person; of two with one name also when he was born, else his roles."""
    twice = sum(p["naam"].casefold() == person["naam"].casefold() for p in people) > 1
    return (
        str(person["naam"])
        if not twice
        else (
            f"{person['naam']}"
            f" ({person['geboren'] or ', '.join(person['rollen']) or 'geboren onbekend'})"
        )
    )
