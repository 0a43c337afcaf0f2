"""Made-up facts to try a letter with: the most there can be, the least, and an ordinary case.

Each passes the same rule of secrecy as a real one.
"""

from collections.abc import Mapping

from amhk.desk.letters.facts import OPTIONAL
from amhk.letters.render import Head
from amhk.rules.privacy.disclosure import FACTS, FIELDS, LABELS, for_recipient
from amhk.rules.privacy.recipients import Recipient

_LONG = (
    "Maria-Antonia Wilhelmina van der Heijden-Çelik Öztürk van den Broek-Hoogstraten de la Fontaine"
    " van Nassau-Weilburg, M.A."
)
_RTL = "فاطمة الزهراء محمد (שרה) \u202egnal\u202c"
_WORDS = (
    "Het is vaak onrustig in huis; 's avonds wordt er geschreeuwd. # Geen kop\n- geen punt {{ geen"
    " gat }} <b>geen opmaak</b> #pagebreak() "
)


def _child(n: int) -> dict[str, object]:
    return {
        "naam": _RTL if n == 4 else f"{_LONG}"[:118] + f" {n}",
        "geboren": "onbekend" if n == 3 else "14 mei 2018",
        "geboren_op": "onbekend" if n == 3 else "2018-05-14",
        "geslacht": "onbekend",
        "rollen": "kind",
        "adres": "Nergenslaan 1, 0000 AA Nergenshuizen",
        "jong": True,
        "gezag": "onbekend",
        "bsn": "onbekend",
        LABELS: {"adres": ("geheim_adres",)} if n == 2 else {},
    }


def _adult(n: int) -> dict[str, object]:
    return _child(n) | {"jong": False, "gezag": "ja", "rollen": "ouder, partner"}


def worst() -> dict[str, object]:
    """Give the most a letter can be asked to hold.

    Ten children, one without a day of birth, names of 120 letters, right-to-left script, text that
    looks like markup.
    """
    children, adults = [_child(n) for n in range(1, 11)], [_adult(n) for n in range(11, 15)]
    bron, op = "informatie van een professional", "wo 4 februari 2026"
    labels = ((), ("medisch",), ("strafrechtelijk",), ("ouder",))
    unborn = {
        "wie": f"{_RTL}, ongeboren kind van {_LONG}",
        "moeder": _LONG,
        "uitgerekend": "onbekend",
        "uitgerekend_op": "onbekend",
    }
    told = "naam, geboortedatum, geslacht, adres, BSN, gezag, rol in het gezin"
    lists = {
        "jeugdigen": children,
        "personen": children + adults,
        "gezaghebbenden": adults[:2],
        "overigen": adults[2:],
        "ongeborenen": [unborn],
        "betrokkene_gegevens": told.split(", "),
        "bevindingen": [
            {"tekst": _WORDS * 6, "bron": bron, "op": op, LABELS: {"": label}} for label in labels
        ]
        * 5,
        "veiligheid": [
            {"naam": _LONG, "oordeel": "nee", "ernst": "acuut", "eerst_nodig": _WORDS, "op": op}
        ]
        * 14,
        "overdrachten": [{"instelling": _LONG, "op": "ma 9 maart 2026"}] * 3,
        "stappen_genomen": [f"{op}: de veiligheid is beoordeeld ({n})" for n in range(12)],
    }
    return {name: lists.get(name, _WORDS * 8 if name not in _SHORT else _LONG) for name in FACTS}


def least() -> dict[str, object]:
    """Give the least a letter can be made of.

    What may be empty is empty, and there is one child of whom nothing is known.
    """
    one = {k: "onbekend" for k in FIELDS["personen"]} | {"jong": True, LABELS: {}}
    told: dict[str, object] = {
        name: (
            ([] if name in FIELDS or name in ("stappen_genomen", "betrokkene_gegevens") else "")
            if name in OPTIONAL
            else "x"
        )
        for name in FACTS
    }
    return told | {"jeugdigen": [one]}


def unborn() -> dict[str, object]:
    """Give the facts of a case with only an unborn child and a melder whose words stay out."""
    told = least() | {"jeugdigen": [], "personen": [], "gezaghebbenden": [], "zorgen": ""}
    return told | {
        "ongeborenen": [
            {
                "wie": "Ongeboren kind, van wie de moeder niet is vastgelegd",
                "moeder": "onbekend",
                "uitgerekend": "onbekend",
                "uitgerekend_op": "onbekend",
            }
        ]
    }


def fair() -> dict[str, object]:
    """Give the facts of an ordinary made-up case."""
    mother = _adult(1) | {
        "naam": "Noor Voorbeeld",
        "geboren": "3 maart 1991",
        "geboren_op": "1991-03-03",
        "geslacht": "vrouw",
        LABELS: {},
    }
    father = {"naam": "Sem Voorbeeld", "geboren": "1988", "geboren_op": "1988", "geslacht": "man"}
    child = {"naam": "Liv Voorbeeld", "geslacht": "vrouw", "rollen": "kind", "bsn": "999990019"}
    family = (_child(1) | child, mother, mother | father)
    people = [p | {"adres": "Oefenlaan 4, 0000 AA Oefenstad"} for p in family]
    return (
        _PLAIN
        | _FOUND
        | {
            "jeugdigen": people[:1],
            "personen": people,
            "gezaghebbenden": people[1:],
            "overigen": [],
            "ongeborenen": [],
            "betrokkene_gegevens": ["naam", "geboortedatum", "adres"],
            "gezin_namen": "Liv, Noor en Sem Voorbeeld",
        }
    )


_FOUND: dict[str, object] = {
    "bevindingen": [
        {
            "tekst": "Liv komt vaak zonder jas en zonder eten op school.",
            "bron": "informatie van een professional",
            "op": "wo 4 februari 2026",
        },
        {
            "tekst": "Thuis is het warm en schoon; de kinderkamer is leeg.",
            "bron": "eigen waarneming",
            "op": "ma 16 februari 2026",
        },
    ],
    "veiligheid": [
        {
            "naam": "Liv Voorbeeld",
            "oordeel": "nee",
            "ernst": "structureel",
            "eerst_nodig": "Iemand die 's ochtends meekijkt",
            "op": "di 10 maart 2026",
        }
    ],
    "overdrachten": [{"instelling": "Wijkteam Oefenstad", "op": "di 10 maart 2026"}],
    "stappen_genomen": [
        "ma 2 februari 2026: uw melding is ontvangen",
        "wo 4 februari 2026: de veiligheid is beoordeeld",
    ],
}


_SHORT = frozenset(
    [
        "zaaknummer",
        "vandaag",
        "regio",
        "organisatie",
        "team",
        "behandelaar",
        "registratie",
        "telefoon",
        "email",
        "website",
        "oefening",
        "ontvangen",
        "gemeente",
        "uiterlijk",
        "op",
        "aan",
        "spoed",
        "instelling",
        "controle_op",
        "verwezen_op",
        "eerder_gevraagd",
        "naar",
        "betrokkene_naam",
        "betrokkene_aanhef",
        "betrokkene_namens",
        "melder_naam",
        "adviesvrager_naam",
    ]
)
_PLAIN: dict[str, object] = {
    "zaaknummer": "M-2026-000012",
    "vandaag": "di 10 maart 2026",
    "regio": "oefenregio",
    "organisatie": "Meldpunt Oefenregio",
    "team": "Team Noord",
    "behandelaar": "Anna",
    "registratie": " (SKJ 100000001)",
    "telefoon": "0800-2000",
    "email": "",
    "website": "",
    "klachten": "",
    "vertrouwenspersoon": "",
    "oefening": "ja",
    "ontvangen": "ma 2 februari 2026",
    "gemeente": "Oefenstad",
    "uiterlijk": "di 24 maart 2026",
    "op": "di 10 maart 2026",
    "aan": "de politie",
    "zorgen": "De leerkracht maakt zich zorgen: Liv is moe, stil en komt zonder eten.",
    "conclusie": "Wij vinden dat er sprake is van verwaarlozing. De ouders willen hulp.",
    "uitkomst": "Kindermishandeling bevestigd",
    "motivering": "Liv krijgt nu niet wat zij nodig heeft, en de ouders redden het niet alleen.",
    "afspraken": "Het wijkteam belt de ouders deze week.",
    "aanleiding": "Kindermishandeling, anders",
    "aard": "Lichamelijke verwaarlozing",
    "beoordeling": "",
    "geprobeerde_hulp": "Opvoedhulp van het wijkteam in 2025; na twee gesprekken gestopt.",
    "veiligheidsvoorwaarden": "Liv gaat elke dag gegeten en warm gekleed naar school.",
    "reden": "Er is een wachtlijst van vier maanden.",
    "gezaghebbenden_geinformeerd": "ja",
    "spoed": "geen spoed",
    "instelling": "Wijkteam Oefenstad",
    "controle_op": "wo 10 juni 2026",
    "verwezen_op": "di 10 maart 2026",
    "eerder_gevraagd": "",
    "naar": "Veilig Thuis Elders",
    "betrokkene_naam": "Noor Voorbeeld",
    "betrokkene_aanhef": "Noor Voorbeeld",
    "betrokkene_namens": "",
    "overhandigen": False,
    "uitgesteld": "",
    "te_laat": "",
    "college_gesteld": "Het college wordt van dit verzoek in kennis gesteld",
    "melder_naam": "E. Melder",
    "adviesvrager_naam": "A. Vrager",
    "advies": (
        "Praat eerst met de ouders over wat u ziet, en noem geen oordeel. Bel ons daarna weer."
    ),
}


def for_letter(facts: Mapping[str, object], recipient: Recipient) -> dict[str, object]:
    """Give these facts as a letter to this class of recipient may use them."""
    return for_recipient(facts, recipient)[0]


def head(organisation: str, sender: tuple[str, ...], to: str) -> Head:
    """Give the head of a letter that is tried."""
    marks = (
        ("Datum", "di 10 maart 2026"),
        ("Ons kenmerk", "M-2026-000012"),
        ("Behandelaar", "Anna (SKJ 100000001)"),
        ("Telefoon", "0800-2000"),
    )
    return Head(
        organisation=organisation,
        sender=sender,
        to=(to, "Oefenplein 1", "0000 AA Oefenstad"),
        marks=marks,
        signature=("Met vriendelijke groet,", "Anna (SKJ 100000001)", organisation),
    )
