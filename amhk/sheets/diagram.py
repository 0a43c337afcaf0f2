"""A map of states as SVG: boxes and curved lines, marked by class so that the page's own style
sheet colours them.
"""

from html import escape
from textwrap import wrap

from amhk.rules.procedure.flow_map import Map, Place

_WIDE, _HIGH, _GAP_X, _GAP_Y = 132, 44, 46, 20


def as_svg(told: Map, label: str) -> str:
    """Give a map as one SVG element with a name for who cannot see it.

    No inline style, no script.
    """
    at = {p.name: p for p in told.places}
    high = max(p.row for p in told.places) + 1
    tall = {c: sum(p.column == c for p in told.places) for c in {p.column for p in told.places}}
    wide = max(p.column for p in told.places) + 1
    width, height = wide * _WIDE + (wide - 1) * _GAP_X + 4, high * (_HIGH + _GAP_Y) + _HIGH / 2
    spots = {
        p.name: (
            2 + p.column * (_WIDE + _GAP_X),
            2 + (p.row + (high - tall[p.column]) / 2) * (_HIGH + _GAP_Y) + _HIGH / 2,
        )
        for p in at.values()
    }
    lines = [_line(spots[r.source], spots[r.target], r.what) for r in told.roads]
    boxes = [_box(p, *spots[p.name]) for p in told.places]
    head = (
        f'<svg class="route" role="img" aria-label="{escape(label)}" width="{width}"'
        f' height="{height:g}" viewBox="0 0 {width} {height:g}">'
    )
    return f"{head}{''.join(lines)}{''.join(boxes)}</svg>"


def _line(source: tuple[float, float], target: tuple[float, float], what: str) -> str:
    (x1, y1), (x2, y2) = source, target
    y1, y2 = y1 + _HIGH / 2, y2 + _HIGH / 2
    if x2 > x1:
        far = x2 - x1 > _WIDE + _GAP_X + 1  # past a box: over it, not through it
        over, x1, bend = (-_HIGH if far else 0), x1 + _WIDE, _GAP_X * (1.4 if far else 0.6)
        way = (
            f"M{x1:g} {y1:g}C{x1 + bend:g} {y1 + over:g} {x2 - bend:g} {y2 + over:g} {x2:g} {y2:g}"
        )
    elif x2 == x1:
        way = (
            f"M{x1 + _WIDE:g} {y1:g}C{x1 + _WIDE + 30:g} {y1:g} {x2 + _WIDE + 30:g} {y2:g}"
            f" {x2 + _WIDE:g} {y2:g}"
        )
    else:
        x2 = x2 + _WIDE
        way = f"M{x1:g} {y1:g}C{x1 - 34:g} {y1:g} {x2 + 34:g} {y2:g} {x2:g} {y2:g}"
    return f'<path class="{what}" d="{way}"/>'


def _box(place: Place, x: float, y: float) -> str:
    lines = wrap(place.title, 19)[:2]
    first = y + _HIGH / 2 + (5 if len(lines) == 1 else -3)
    text = "".join(
        f'<text x="{x + _WIDE / 2:g}" y="{first + 16 * n:g}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    return (
        f'<g class="{place.what or "shut"}"><rect x="{x:g}" y="{y:g}" width="{_WIDE}"'
        f' height="{_HIGH}" rx="6"/>{text}</g>'
    )
