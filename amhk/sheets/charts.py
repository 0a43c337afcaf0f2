"""Series as SVG: bars or lines, told apart by shape and pattern as well as by colour.

The figures stand in the table beneath.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDE, _HIGH, _LEFT, _TOP, _FOOT = 460, 200, 40, 14, 44
# Okabe and Ito's palette: told apart by every kind of colour vision; a fixed ground, so that they
# hold in the dark as well.
COLOURS = ("#0072b2", "#e69f00", "#009e73")
_GAP = "–"  # nothing to count, or hidden: never drawn as nought
_DASHES = ("", "6 3", "2 3")


@dataclass(frozen=True)
class Series:
    """One row of a chart: its name and a number for each label.

    None is a gap (nothing to count, or hidden).
    """

    name: str
    values: tuple[float | None, ...]


def chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    unit: str = "",
    target: float | None = None,
    empty: str = "",
) -> str:
    """Give a chart as one SVG element with a name for who cannot see it.

    Counts as bars, percentages (`unit` "%") as lines from 0 to 100, with a target line; one without
    any number says so in its middle (`empty`).
    """
    values = [v for s in series for v in s.values if v is not None]
    top = 100.0 if unit == "%" else _round_up(max(values or [1]))
    parts = [f'<rect width="{_WIDE}" height="{_HIGH}" fill="#fff"/>', *_grid(top, unit)]
    step = (_WIDE - _LEFT - 10) / max(1, len(labels))
    for n, label in enumerate(labels):
        parts.append(_text(_LEFT + step * (n + 0.5), _HIGH - _FOOT + 14, label))
    bare = not values
    if bare and empty:
        parts.append(_text((_WIDE + _LEFT) / 2, _y(top / 2, top) - 6, empty))
    for n, one in enumerate(series):
        if unit == "%":
            parts += _line(one, n, step, top, series)
        else:
            parts += _bars(one, n, len(series), step, top)
    if target is not None:
        parts += _target(target, top)
    gaps = [] if bare else _gaps(series, step, top, unit)
    parts += gaps + _key([s.name for s in series], bool(gaps))
    said = "; ".join(f"{s.name}: {', '.join(_said(v, unit) for v in s.values)}" for s in series)
    said = empty if bare and empty else said
    name = escape(f"{title}. {', '.join(labels)}. {said}", quote=True)
    size = f'width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="{name}"'
        f" {size}>{''.join(parts)}</svg>"
    )


def _target(target: float, top: float) -> list[str]:
    y = _y(target, top)
    return [
        f'<line x1="{_LEFT}" x2="{_WIDE - 10}" y1="{y:g}" y2="{y:g}" stroke="#8a1f1f"'
        ' stroke-dasharray="8 4"/>',
        _text(_WIDE - 12, y - 3, f"doel {target:g} %", "end"),
    ]


def _gaps(series: Sequence[Series], step: float, top: float, unit: str) -> list[str]:
    """Give a mark in each place where there is no number."""
    wide, spots = step * 0.7 / len(series), set()
    for n, one in enumerate(series):
        for at in [at for at, value in enumerate(one.values) if value is None]:
            middle = at + 0.5 if unit == "%" else at + 0.15
            spots.add(_LEFT + step * middle + (0 if unit == "%" else wide * (n + 0.5)))
    return [_text(x, _y(0, top) - 3, _GAP) for x in sorted(spots)]


def _said(value: float | None, unit: str) -> str:
    return "geen getal getoond" if value is None else f"{value:g}{' ' + unit if unit else ''}"


def _round_up(most: float) -> float:
    size = 1.0
    while size * 10 <= most:
        size *= 10
    return next(size * n for n in (1, 2, 5, 10) if size * n >= most)


def _y(value: float, top: float) -> float:
    return _TOP + (_HIGH - _FOOT - _TOP) * (1 - min(value, top) / top)


def _grid(top: float, unit: str) -> list[str]:
    told = []
    for part in (0, 0.5, 1):
        y = _y(top * part, top)
        told.append(
            f'<line x1="{_LEFT}" x2="{_WIDE - 10}" y1="{y:g}" y2="{y:g}" stroke="#c0c7d2"/>'
        )
        told.append(_text(_LEFT - 5, y + 4, f"{top * part:g}{unit}", "end"))
    return told


def _bars(one: Series, n: int, many: int, step: float, top: float) -> list[str]:
    wide, told = step * 0.7 / many, []
    for at, value in enumerate(one.values):
        if value is None:
            continue
        x, y = _LEFT + step * (at + 0.15) + wide * n, _y(value, top)
        told.append(
            f'<rect x="{x:g}" y="{y:g}" width="{wide - 2:g}" height="{_HIGH - _FOOT - y:g}"'
            f' fill="{COLOURS[n]}" stroke="#1c2733" stroke-width="{0.6 * n:g}"/>'
        )
        told.append(_text(x + wide / 2, y - 3, f"{value:g}"))
    return told


def _line(one: Series, n: int, step: float, top: float, all_: Sequence[Series]) -> list[str]:
    spots = [
        (_LEFT + step * (at + 0.5), _y(v, top), v, at)
        for at, v in enumerate(one.values)
        if v is not None
    ]
    path = "".join(f"{'M' if not at else 'L'}{x:g} {y:g}" for at, (x, y, _, _) in enumerate(spots))
    dash = f' stroke-dasharray="{_DASHES[n]}"' if _DASHES[n] else ""
    told = (
        [f'<path d="{path}" fill="none" stroke="{COLOURS[n]}" stroke-width="2"{dash}/>']
        if len(spots) > 1
        else []
    )
    for x, y, value, at in spots:
        told.append(_mark(n, x, y))
        rank = [(s.values[at] or 0, -m) for m, s in enumerate(all_)]
        told.append(
            _text(x, y - 7 if max(rank) == rank[n] else y + 15, f"{value:g}")
        )  # the highest above its mark, another below
    return told


def _mark(n: int, x: float, y: float) -> str:
    if n == 0:
        return f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{COLOURS[n]}"/>'
    return f'<rect x="{x - 4:g}" y="{y - 4:g}" width="8" height="8" fill="{COLOURS[n]}"/>'


def _key(names: Sequence[str], gaps: bool) -> list[str]:
    told, x = [], float(_LEFT)
    for n, name in enumerate(names):
        told.append(_mark(n, x + 4, _HIGH - 12))
        told.append(_text(x + 13, _HIGH - 8, name, "start"))
        x += 26 + 6.3 * len(name)
    return [*told, _text(x, _HIGH - 8, f"{_GAP} geen getal getoond", "start")] if gaps else told


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="11" fill="#1c2733"'
        f' text-anchor="{anchor}">{escape(text)}</text>'
    )
