"""What a case keeps secret is covered however it was typed, and what only looks like it is left as
it is.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shipped import flows

from amhk.rules.parse import fold
from amhk.rules.privacy.veil import COVER, Veil, over_texts, veil_of
from amhk.rules.procedure.own_words import own_words

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


@pytest.mark.parametrize(
    "typed",
    [
        "999993045",
        "999 993 045",
        "9999.93.045",
        "999-993-045",
        "9999-93-045",
        "999/993/045",
        "999  993  045",
        "999\u00a0993\u00a0045",
        "999\n993\n045",
        "99 99 93 045",
        "9 9 9 9 9 3 0 4 5",
        "99999 3045",
        "٩٩٩٩٩٣٠٤٥",
        "９９９９９３０４５",
    ],
)
def test_a_bsn_is_covered_however_it_is_written_known_or_not(typed):
    for veil in (Veil(bsn=True), Veil(bsn=True, bsns=frozenset({"999993045"}))):
        assert veil.over(f"Haar nummer: {typed}, zegt zij.") == f"Haar nummer: {COVER}, zegt zij."


@pytest.mark.parametrize("typed", ["12345672", "1.012345672", "nr012345672x", "0123456721"])
def test_one_that_is_known_is_covered_also_where_it_only_may_be_one(typed):
    veil = Veil(bsn=True, bsns=frozenset({"012345672"}))
    assert "234567" not in veil.over(f"Haar nummer: {typed}.")


@pytest.mark.parametrize(
    "said",
    [
        "Gebeld op 2026-02-02 om 09.00 uur",
        "tussen 02-02-2026 en 03-02-2026",
        "06-12345678",
        "010 123 4567",
        "zaak M-2026-000123, kenmerk 20260202-17",
        "d41d8cd98f00b204e9800998ecf8427e999993045ab",
        "999993046",
        "€ 1.250,00",
    ],
)
def test_what_is_no_bsn_stays(said):
    assert Veil(bsn=True).over(said) == said


@given(st.text(alphabet="abc \n.", min_size=6))
def test_a_whole_text_is_covered_whatever_stands_around_it(text):
    veil = Veil(**over_texts([text]))
    if any(c.isalnum() for c in text):
        assert veil.holds(text)
        assert veil.over(f"{text}") != text


@pytest.mark.parametrize("flow", flows(), ids=lambda flow: f"{flow.pack} {flow.name}")
def test_no_word_of_the_procedure_is_covered_though_a_melder_is_called_so(flow):
    """Covering it would tell everybody whose name it is, and lose the name of a step."""
    own = own_words(flow)
    words = {word for text in own for word in re.findall(r"[^\W\d_]{3,}", fold(text))}
    for word in sorted(words):
        veil = Veil(words=frozenset({word}), own=own)
        assert [text for text in own if veil.over(text) != text] == []
        assert COVER in veil.over(f"Zij heet mevrouw {word}.")


def test_what_somebody_typed_after_it_is_covered():
    veil = Veil(words=frozenset({"meer"}), own=frozenset({"Niet meer gevolgd"}))
    said = "Niet meer gevolgd: dat vroeg mevrouw Meer."
    assert veil.over(said) == f"Niet meer gevolgd: dat vroeg mevrouw {COVER}."
