"""What is not in a letter and why, worked out from the letter itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from amhk.desk.letters.addressing import HAND_OVER
from amhk.letters.render import Head, Letters, as_text
from amhk.rules.privacy.disclosure import MOTHERS, PERSON, Barred
from amhk.rules.privacy.secrecy import leaks
from amhk.store.rows import CaseRow


def not_shown(
    barred: list[Barred], reach: frozenset[str], text: str, melder: str
) -> Iterator[tuple[str, str]]:
    """Give what this letter would have shown and this recipient may not see.

    Only what its text asks for; of the melder, when he indeed stands nowhere in it.
    """
    for one in barred:
        root, _, field = one.path.partition(".")
        if (
            one.path in reach
            or f"{root}.*" in reach
            or (not field and any(path.partition(".")[0] == root for path in reach))
        ):
            part = (
                f"een deel van {root.replace('_', ' ')}"
                if one.whose and not field
                else field or root
            )
            yield part, f"{one.why} van {one.whose}" if one.whose and field else one.why
        elif one.path == "melder_naam" and not leaks(text, [melder]):
            yield one.path, one.why


_LISTS = ("personen", "jeugdigen", "gezaghebbenden", "overigen", "ongeborenen")


_COLLEGE = "het college krijgt niet meer dan nodig is om het kind te kennen"


_NOT_NAMED = (
    "de tekst van deze brief noemt deze persoon niet; is dat wel nodig, zet het dan in de"
    " motivering"
)


def absent_from(
    letters: Letters,
    template: str,
    facts: Mapping[str, Any],
    gathered: Mapping[str, Any],
    written_for: str,
) -> Iterator[tuple[str, str]]:
    """Give who of the case stands nowhere in a letter that names people, and why.

    Worked out by rendering it with a mark for every person.
    """
    if not {*_LISTS, "gezin_namen"} & letters.asked(template):
        return
    everybody = {
        item[PERSON]: item.get("naam") or item["wie"]
        for name in ("personen", "ongeborenen")
        for item in gathered[name]
    }
    marks = {key: f"qx{key}xq" for key in everybody}
    told = {
        name: [item | _marked(item, marks) for item in facts[name]]
        for name in _LISTS
        if facts.get(name)
    }
    text = as_text(
        letters.render(template, {**facts, **told, "gezin_namen": ", ".join(marks.values())})
    ).casefold()
    for key, name in everybody.items():
        if marks[key] not in text:
            yield name, _COLLEGE if written_for == "college" else _NOT_NAMED


def _marked(item: Mapping[str, Any], marks: Mapping[int, str]) -> dict[str, str]:
    """Give an item of a list with marks in the place of names.

    An unborn child also carries the mark of who can be its mother.
    """
    own, mothers = marks[item[PERSON]], " ".join(marks[key] for key in item.get(MOTHERS, ()))
    return {"naam": own} if "naam" in item else {"wie": f"{own} {mothers}", "moeder": mothers}


def withheld_from(
    case: CaseRow,
    gathered: Mapping[str, Any],
    asked: frozenset[str],
    facts: Mapping[str, Any],
    head: Head,
) -> Iterator[tuple[str, str]]:
    """Give what was left out at the source, and what the sender must know of it, each only where it
    is so of this letter.
    """
    if case["route"] == "melding" and case["melder_geheim"] and "zorgen" in asked:
        told = {"bevindingen": "bevindingen", "conclusie": "conclusie", "motivering": "motivering"}
        there = [title for name, title in told.items() if name in asked and facts.get(name)]
        also = (
            f"; wel in de brief: {', '.join(there)}"
            if there
            else "; er staat niets over de zorgen in deze brief"
        )
        yield "zorgen", f"de woorden van een melder die geheim blijft kunnen hem verraden{also}"
    if gathered.get("overhandigen") and HAND_OVER in head.to:
        yield "adres", "geheim adres: overhandig deze brief persoonlijk"
    for child in gathered.get("ongeborenen") or () if "ongeborenen" in asked else ():
        if child["moeder"] == "onbekend":
            yield (
                "moeder",
                (
                    f"van {child['wie']} staat er geen moeder in: leg haar vast met de rol moeder"
                    " als u weet wie zij is"
                ),
            )
