"""Five words of navigation, and what lies under each, by role."""

from dataclasses import dataclass

from amhk.rules.privacy.secrecy import LENT, WORKS

LEADS = frozenset({"teamleider", "manager"})
RUNS = frozenset({"beheerder"})
WATCHES = frozenset({"auditor"})


@dataclass(frozen=True)
class Word:
    """One word of the navigation: its page, the pages under it, and whether one of them is open."""

    name: str
    href: str
    sub: tuple[tuple[str, str], ...]
    open: bool


_STAFF = (
    ("/beheer/medewerkers", "Medewerkers"),
    ("/beheer/verdeling", "Teams en verdeling"),
    ("/beheer/brieven", "Teksten van brieven"),
)


_LEADING = (
    ("/beheer/inzage", "Wie keek"),
    ("/vernietigingen", "Bewaren en vernietigen"),
    ("/overdrachten", "Van andere meldpunten"),
    ("/register", "Register"),
    ("/beheer/brieven", "Teksten van brieven"),
)


def menu(role: str, path: str) -> list[Word]:
    """Give the navigation of a role on a page."""
    works, leads = role in WORKS, role in LEADS
    away = (("/afwezigheid", "Afwezigheid"),) if leads or role in RUNS else ()
    desk: tuple[tuple[str, str], ...] = (
        ("/", "Vandaag"),
        ("/werkvoorraad", "Zaken"),
        ("/triage", "Triage"),
        ("/vannacht", "Vannacht"),
        ("/versturen", "Te versturen"),
        ("/post", "Post"),
        ("/herinneringen", "Herinneringen"),
        ("/formulieren", "Formulieren"),
        ("/agenda", "Agenda"),
    )
    roster = () if works else (("/vannacht", "Piketrooster"),)
    house = (
        *(_STAFF if role in RUNS else ()),
        ("/beheer/instellingen", "Instellingen"),
        ("/kalender", "Kalender"),
        *roster,
        *away,
        *(_LEADING if leads else ()),
        *((("/beheer/meldpunten", "Andere meldpunten"),) if role in RUNS else ()),
        ("/bewijs", "Nachtbewijs"),
    )
    words: list[tuple[str, str, tuple[tuple[str, str], ...]]] = (
        [("Werkvoorraad", "/", desk), ("Nieuw", "/nieuw", ()), ("Zoeken", "/zoeken", ())]
        if works
        else []
    )
    words += [("Rapportage", "/rapportage", ()), ("Beheer", "/beheer", house)]
    if role in LENT or role in WATCHES:
        seen = (("/", "Vandaag"), ("/beheer/inzage", "Wie keek")) if role in WATCHES else ()
        words = [("Vandaag", "/", seen)]
    return [
        Word(name=name, href=href, sub=sub, open=_open(href, sub, path))
        for name, href, sub in words
    ]


def _open(href: str, sub: tuple[tuple[str, str], ...], path: str) -> bool:
    if path == href or (href != "/" and path.startswith(f"{href}/")):
        return True
    return any(path == s or (s != "/" and path.startswith(f"{s}/")) for s, _ in sub) or (
        href == "/" and path.startswith(("/zaak/", "/brief/", "/formulier/", "/eerder/"))
    )
