"""What a case keeps secret is covered however it was typed, and what only looks like it is left as
it is.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amhk.rules.privacy.veil import COVER, veil_of

MELDER = {
    "melder_geheim": True,
    "melder_naam": "Zoë van Dijk-Yılmaz",
    "melder_bereikbaar": "06-12345678, z.dijk@voorbeeld.nl, 3024 AA",
    "melder_functie": "wijkagent",
    "melder_organisatie": "De Vlinder",
}
CHILD = {"naam": "Milan Jansen", "adres": "Eikenlaan 4, 3011 BB Rotterdam", "geheim_adres": True}
VEIL = veil_of([MELDER], [CHILD], ["Rotterdam"])
GIVES_AWAY = [
    "Zoë",
    "ZOE",
    "zoë's",
    "Dyk",
    "DIJK",
    "dijks",
    "Yilmaz",
    "Y\u0131lmaz",
    "0612345678",
    "+31 6 12345678",
    "06 12 34 56 78",
    "Z.Dijk@voorbeeld.nl",
    "3024aa",
    "3024 AA",
    "de vlinder",
    "De  Vlinder",
    "wijkagent",
    "Eikenlaan 4",
    "3011bb",
]
LEAVES_BE = [
    "Milan",
    "Jansen",
    "Rotterdam",
    "vlinder",
    "dijken",
    "12345",
    "3024",
    "de",
    "maandag 2 februari",
    "@",
    "ijs",
    "ı",
]


@pytest.mark.parametrize("word", GIVES_AWAY)
def test_however_it_was_typed_it_is_covered(word):
    assert VEIL.over(f"Gebeld met {word}, morgen weer.") == f"Gebeld met {COVER}, morgen weer."


@pytest.mark.parametrize("word", LEAVES_BE)
def test_what_only_looks_like_it_is_left_as_it_was_typed(word):
    assert VEIL.over(f"Gebeld met {word}, morgen weer.") == f"Gebeld met {word}, morgen weer."


@given(
    st.lists(
        st.sampled_from([*GIVES_AWAY, *LEAVES_BE, " ", ",", "’s", "\n", "Ⅷ", "٣"])
        | st.text(max_size=6)
    ).map("".join)
)
def test_the_glance_never_passes_over_what_reading_word_by_word_finds(text):
    assert VEIL.holds(text) == (next(VEIL._spans(text), None) is not None)
    assert (VEIL.over(text) != text) == VEIL.holds(text) or COVER in text
