"""Who may not be named in a letter, in whatever spelling, and who may although his name looks
alike.
"""

import pytest

from amhk.rules.privacy.secrecy import leaks


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("06-12345678", "bel +31 6 12345678"),
        ("06-12345678 na 18:00 uur", "bereikbaar op 06 12 34 56 78"),
        ("Jan Vos", "mevrouw Vos zag het"),
        ("Zoë Özdemir", "Zoe belde"),
        ("Gerda Zonneveld-Pietersma", "volgens Pietersma"),
        ("Bakker", "Bakkers verhaal"),
        ("Schuilplaats 77, 1234 AB Verweg", "zij zit op schuilplaats 77"),
        ("Schuilplaats 77, 1234 AB Verweg", "postcode 1234ab"),
    ],
)
def test_a_secret_is_found_in_any_spelling(secret, text):
    assert leaks(text, [secret]) == [secret]


@pytest.mark.parametrize(
    ("secret", "known", "text"),
    [
        ("Ria Jansen", ["Kim Jansen"], "Kim Jansen is bang"),
        ("onbekend", [], "geboren onbekend"),
        ("W. de Raad", ["Raad voor de Kinderbescherming"], "de Raad onderzoekt"),
        ("Dorpsstraat 12, 3511 AB Utrecht", ["Meldpunt Utrecht"], "Meldpunt Utrecht"),
        ("Jan Vos", [], "de vossen lopen buiten"),
        ("06-12345678", [], "op 12-3-2026 om 16.78"),
    ],
)
def test_what_only_looks_alike_does_not_stop_a_letter(secret, known, text):
    assert leaks(text, [secret], known) == []
