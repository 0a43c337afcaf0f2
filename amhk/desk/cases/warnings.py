"""What looks like data of the family in the words of an advies."""

from collections.abc import Iterable

from amhk.rules.privacy.secrecy import signs_of_person
from amhk.store.rows import CaseRow


def warnings(case: CaseRow, known: Iterable[str]) -> list[str]:
    """Give what in the free text of an advies looks like data of the family.

    Somebody said that it is not, or it was kept before it was refused.
    """
    if case["route"] != "advies":
        return []
    text = f"{case['zorgen']}\n{case.get('advies') or ''}"
    return [
        f"Let op: in de tekst lijkt {what} te staan. Is dat van het gezin, corrigeer de tekst dan:"
        " de oude wordt gewist."
        for what in signs_of_person(text, known)
    ]
