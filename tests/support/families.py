"""Made-up families and calls about them, as a worker or the police would send them."""

EL_AMRANI = [
    {
        "naam": "Samira El Amrani",
        "geboren": "1991-03-14",
        "geslacht": "V",
        "rollen": ["ouder"],
        "adres": "Havenstraat 12, 3024 AA Rotterdam",
        "bsn": "999965323",
        "gezag": True,
    },
    {
        "naam": "Karim Bouzid",
        "geboren": "1988-11-02",
        "geslacht": "M",
        "rollen": ["ouder"],
        "adres": "Havenstraat 12, 3024 AA Rotterdam",
        "bsn": "999969481",
    },
    {
        "naam": "Yara Bouzid",
        "geboren": "2017-06-30",
        "geslacht": "V",
        "rollen": ["kind"],
        "adres": "Havenstraat 12, 3024 AA Rotterdam",
    },
]
VISSER = [
    {
        "naam": "Sanne Jansen-Visser",
        "geboren": "1996-07-07",
        "geslacht": "V",
        "rollen": ["ouder"],
        "adres": "Oudedijk 101, 3061 AB Rotterdam",
    },
    {
        "naam": "Milan Jansen",
        "geboren": "2025-03-28",
        "geslacht": "M",
        "rollen": ["kind"],
        "adres": "Oudedijk 101, 3061 AB Rotterdam",
    },
]


def melding(people=(), **other):
    """A melding about these people."""
    body = {
        "route": "melding",
        "kanaal": "telefoon",
        "ontvangen": "2026-02-02T09:00",
        "hoedanigheid": "01",
        "gemeente": "Rotterdam",
        "zorgen": "Er is zorg over dit gezin.",
        "acuut": False,
        "melder": {"naam": "Politie, basisteam"},
        "betrokkenen": list(people),
    }
    return body | other


def advies(**other):
    """An advies."""
    body = {
        "route": "advies",
        "kanaal": "telefoon",
        "hoedanigheid": "15",
        "gemeente": "Rotterdam",
        "aanleiding": ["08"],
        "zorgen": "Een kind is stil.",
        "advies": "Voer een gesprek.",
    }
    return body | other
