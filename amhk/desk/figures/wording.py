"""The words of a report: what each figure means, and how a share, a rate or a spread is said."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from amhk.desk.figures import costs
from amhk.desk.terms.term_view import beside_counts
from amhk.office import Office
from amhk.rules.figures.definitions import KINDS
from amhk.rules.figures.headings import Sentence, fill_in
from amhk.rules.figures.small_numbers import STYLES, TOO_FEW

# A report as it is kept, a part of one, and a value in it: a number, a share or a spread as a list,
# or the word for why it is not shown. They are read back from JSON.
Report = Mapping[str, Any]
Value = Any


def definitions_of(office: Office) -> dict[str, dict[str, object]]:
    """Give what each number means; of a term with two clocks, by which one it counts."""
    told: dict[str, dict[str, object]] = {}
    for d in office.pack.figures.definitions.values():
        told[d.name] = {
            "title": d.title,
            "definition": d.sentence,
            "kind": KINDS[d.kind],
            "group": d.group,
            "population": d.population,
            "moment": d.moment,
            "numerator": _said(d.good, d.fact or d.term),
            "denominator": _said(d.every, d.of or d.fact or d.term) if d.kind == "deel" else None,
            "target": d.target,
            "source": d.source,
            "release": office.pack.figures.release,
            "sums_to": d.sums_to or None,
            "list": d.list_name or None,
        }
        rule = office.pack.term(d.term) if d.term else None
        if rule and rule.beside and d.clock != "eigen":
            second = d.fact_by(beside_counts(office, rule)).endswith(".naast")
            kind, count, unit = (
                (rule.beside.kind, rule.beside.count, rule.beside.unit)
                if second
                else (rule.kind, rule.count, rule.unit)
            )
            told[d.name]["title"] = f"{d.title} ({kind}, {count} {unit})"
    return told


def _said(values: tuple[str, ...] | None, fact: str) -> str:
    return f"{fact}: {', '.join(values)}" if values else fact


def sentences(office: Office, total: Report, past: Sequence[Report]) -> list[str]:
    """Give what stands above the figures, in words."""
    told, before = list[str](), past[0]["total"] if past else {}
    for rule in office.pack.figures.heading.sentences:
        said = {name: _in_words(office, name, total[name]) for name in rule.figures}
        text, counted = fill_in(rule.text, said), [before.get(n) for n in _of(rule.earlier)]
        if counted and any(counted) and all(isinstance(n, int) for n in counted):
            then = fill_in(rule.earlier, {n: str(before[n]) for n in _of(rule.earlier)})
            text = f"{text.removesuffix('.')}; {past[0]['title']}: {then}."
        told.append(text)
    return told


def _of(text: str) -> tuple[str, ...]:
    return Sentence(text).figures


def _in_words(office: Office, name: str, value: Value) -> str:
    """Give a figure as a sentence says it: a count with what is counted, a share as staff read it,
    and the words for what is hidden.
    """
    d = office.pack.figures.definitions[name]
    if KINDS[d.kind] != "count":
        return TOO_FEW if isinstance(value, str) else str(SAY[KINDS[d.kind]](value))
    count = "niet getoond" if value == "." else value
    return f"{count} {d.unit[value != 1]}" if d.unit else str(count)


def _few(label: str) -> str:
    """Give the word for a hidden share, mean or spread.

    The label of a small count would read as its value.
    """
    return TOO_FEW if label in {s.small for s in STYLES.values() if s.small != s.other} else label


def say_share(share: Sequence[Value]) -> str:
    """Give a share as staff read it: `90 % (9 van 10)`.

    A dash when there was nothing to count, the word for it when it is hidden.
    """
    if isinstance(share, str):
        return _few(share)
    good, of = share
    return f"{round(100 * good / of)} % ({good} van {of})" if of else "-"


def say_rate(rate: Sequence[Value]) -> str:
    """Give a rate per 1,000 inwoners as it is written in the Netherlands: `2,3`.

    Words when the inwoners are not known.
    """
    if isinstance(rate, str):
        return _few(rate)
    count, inwoners = rate
    return (
        f"{1000 * count / inwoners:.1f}".replace(".", ",") if inwoners else "inwoners niet bekend"
    )


def say_spread(value: Sequence[object]) -> str:
    """Give days or a mean with of how many: `3 (van 20)`.

    A dash when there was nothing to count.
    """
    if isinstance(value, str):
        return _few(value)
    return f"{value[0]} (van {value[1]})".replace(".", ",") if value[1] else "-"


SAY: dict[str, Callable[[Value], Value]] = {
    "share": say_share,
    "money": costs.say_money,
    "count": lambda value: value,
    "rate": say_rate,
    "days": say_spread,
    "mean": say_spread,
}


def plain_definitions(report: Report) -> dict[str, Report]:
    """Give the definitions of the figures that are one number a line: all but the splits."""
    return {k: d for k, d in report["definitions"].items() if d["kind"] != "split"}
