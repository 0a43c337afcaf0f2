"""What goes when data are destroyed by law: of a whole case all words, of one person whatever tells
of him; and who may ask for it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from amhk.rules.parse import fold
from amhk.rules.privacy.veil import Veil

GONE = "[vernietigd]"
_DAY = re.compile(r"\d{4}(-\d{2}){0,2}")
# Who asks, in the words of the form: himself, who has authority over him, somebody he empowered.
BY = {"zelf": "hij of zij zelf", "gezag": "wie gezag heeft", "gemachtigde": "een gemachtigde"}
CHILD, GROWN = 12, 16


def without(
    veils: Sequence[Veil], names: Collection[str], told: object, keys: Collection[str] = ()
) -> object:
    """Give what is told (mappings, lists, texts) without a person, as he is and as he was: what
    holds his data alone (under one of his names, or of his keys in this case) is left out, in all
    other texts he is covered. A day that is his alone is nothing at all.
    """
    if isinstance(told, str):
        left = told
        for veil in veils:
            left = veil.over(left)
        return None if left == GONE and _DAY.fullmatch(told) else left
    if isinstance(told, Mapping):
        return {key: without(veils, names, value, keys) for key, value in told.items()}
    if isinstance(told, list):
        kept = [one for one in told if not _is_he(one, names, keys)]
        return [without(veils, names, one, keys) for one in kept]
    return told


def _is_he(told: object, names: Collection[str], keys: Collection[str]) -> bool:
    if not isinstance(told, Mapping):
        return False
    return told.get("naam") in names or str(told.get("persoon")) in keys


def same_elsewhere(one: Mapping[str, Any], he: Mapping[str, Any]) -> bool:
    """Tell whether somebody of a case this one was joined with is he: by BSN, or by name where the
    day of birth does not say otherwise.
    """
    if one["bsn"] and he["bsn"]:
        return bool(one["bsn"] == he["bsn"])
    born, his = one["geboren"] or "", he["geboren"] or ""
    fits = born.startswith(his) or his.startswith(born)
    return bool(fold(one["naam"]) == fold(he["naam"]) and fits)


def may_ask(age: tuple[int, int] | None, by: str) -> str | None:
    """Give why somebody of this age (the least and most it can be, in years; None when nothing is
    known) may not ask this way, in a sentence; None when he may (Wmo 2015 art. 5.3.2 and 5.3.5).

    Under twelve who has authority asks; from twelve on one asks oneself, and until sixteen who has
    authority may as well; from sixteen on he may not.
    """
    least, most = age or (0, 200)
    if by == "zelf" and most < CHILD:
        return "Wie jonger is dan 12 vraagt dit niet zelf: dat doet wie gezag heeft."
    if by == "gezag" and least >= GROWN:
        return "Wie 16 is of ouder vraagt dit zelf, of laat het een gemachtigde doen."
    return None
