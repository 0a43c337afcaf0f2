"""What may be filled in: one definition gives the check (every fault at once, in Dutch), the JSON
Schema and the form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from amhk.errors import BadInput
from amhk.rules import parse
from amhk.rules.procedure.codes import Codes

TYPES = (
    "line",
    "text",
    "date",
    "partial",
    "moment",
    "choice",
    "choices",
    "yesno",
    "number",
    "scores",
    "grades",
    "bsn",
    "gezag",
    "object",
    "list",
)
MAX_LINE, MAX_TEXT, MAX_ITEMS = 200, 20_000, 50


@dataclass(frozen=True)
class Field:
    """One thing to fill in.

    `choices` names a code list; `fields` are the parts of an object or of each item in a list;
    `blank`: an empty answer counts as one; `future`: after today; `anytime`: before or after now;
    `more`: seldom needed, folded away on a form; `ask`: a program may leave it to what is usual,
    who sits at a screen is asked; `bare`: no data of the family may stand in it (G6); `phone`: a
    number in it that lost its first zero is asked; `only`: of the list no other values than these;
    `safety`: each item says of one person how safe he is.
    """

    name: str
    title: str
    type: str = "line"
    required: bool = False
    hint: str = ""
    choices: str = ""
    future: bool = False
    blank: bool = False
    fields: tuple["Field", ...] = ()
    anytime: bool = False
    more: bool = False
    ask: bool = False
    bare: bool = False
    phone: bool = False
    only: frozenset[str] | None = None
    safety: bool = False


# Who ticks this says that what looks like it is no data of the family; it stands on every form
# whose words may hold none.
WAIVER = "geen_gezinsgegevens"


@dataclass(frozen=True)
class Desk:
    """What the check needs to know of the moment.

    `now` (UTC), `earliest` (the receipt), the lists by name as they hold on `day` (the receipt,
    else today), and the rules between them; `untold`: lists of which no value is told.
    """

    now: datetime
    lists: Mapping[str, Mapping[str, str]]
    earliest: datetime | None = None
    codes: Codes | None = None
    day: date | None = None
    untold: frozenset[str] = frozenset()


def options_of(field: Field, desk: Desk) -> Mapping[str, str]:
    """Give what a field chooses from now, each value with its title."""
    options = desk.lists[field.choices]
    if field.only is None:
        return options
    return {value: title for value, title in options.items() if value in field.only}


PERSONS = "persoon"  # the list of the people of a case


def person_part(field: Field) -> str:
    """Give by which part an item of a list says whom it is about; empty when by none."""
    return next((f.name for f in field.fields if f.choices == PERSONS), "")


def judged_part(field: Field) -> str:
    """Give in which part it says what was judged: the first that must be chosen besides."""
    parts = (f.name for f in field.fields if f.required and f.choices not in ("", PERSONS))
    return next(parts, "")


RECEIVED = "ontvangen"


def reason_given(raw: object, why: str = "waarom", field: str = "reden") -> str:
    """Give the reason somebody told for what he asks, 5 to 200 characters on one line.

    BadInput when it is none.
    """
    text = parse.tidy(raw, one_line=True) if isinstance(raw, str) else ""
    if len(text) < 5 or parse.unfit(text, MAX_LINE):
        raise BadInput.of("ontbreekt", f"Zeg in 5 tot {MAX_LINE} tekens {why}.", field)
    return text
