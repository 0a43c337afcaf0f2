"""Another meldpunt, as far as this one ever sees of it: its card, and the files it seals."""

from pathlib import Path
from tempfile import TemporaryDirectory

from amhk.desk.regions import cards
from amhk.desk.regions.dossier import gather
from amhk.sealed_dossier import card_text, own_card, seal
from amhk.store import reads
from support.cast import reader

NAME = "Veilig Thuis Utrecht"


def know_elsewhere(office, folder):
    """Let a house know the card of a meldpunt whose keys lie in a folder."""
    card = own_card(Path(folder), NAME)
    body = {"card": card_text(card), "number": card.check_number}
    cards.add(office, body, reader(office, "Bea"))


def sealed_elsewhere(office, number, folder):
    """A case of this house, as if that meldpunt had sealed it for us."""
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        found = gather(office, connection, case, reader(office, "Tom"), ())
    to = own_card(office.config.folder, office.config.organisation)
    manifest = {"id": "e" * 32, "number": "M-2026-000777", "from": NAME, "at": "2026-02-02"}
    return seal(Path(folder), to, manifest, found.files)[0]


def keys_elsewhere():
    """A folder for the keys of another meldpunt."""
    return TemporaryDirectory(prefix="amhk-elders-")
