"""A dossier that goes to another meldpunt: signed by who sends it, encrypted to who may read it.

The file is one age file (age-encryption.org) around a zip: `manifest.json` with who sends what to
whom and the hash of each other file, `handtekening.txt` with the Ed25519 signature over it, and the
files. It opens without this program, with `age` and any program for zip; `controleer.py` in it
holds it to its signature, with Python alone.

A card is what a meldpunt gives of itself: its name, the key that signs, and the key it is written
to. Who takes over a card hears its check number by another way (a phone call), since whoever can
change the card could read the dossiers.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import pyrage
from pyrage import x25519

from amhk.errors import BadInput, HouseClosed
from amhk.secret_file import kept_secret
from amhk.signing import sign, signed_by

KEY_FILE = "ontvangst"
MANIFEST, SIGNATURE, CHECKER = "manifest.json", "handtekening.txt", "controleer.py"
MOST = 60_000_000  # bytes, unpacked
_HEX, _FORM = 64, 1


@dataclass(frozen=True, slots=True)
class Card:
    """What a meldpunt gives of itself: its name, the Ed25519 key (hex) it signs with, and the age
    recipient (`age1...`) one writes to.
    """

    organisation: str
    sign: str
    receive: str

    @property
    def check_number(self) -> str:
        """Give what is read aloud to know that a card came over whole: eight groups of four."""
        told = "\n".join((self.organisation, self.sign, self.receive))
        digits = f"{int(sha256(told.encode()).hexdigest(), 16) % 10**32:032}"
        return " ".join(digits[n : n + 4] for n in range(0, 32, 4))


@dataclass(frozen=True, slots=True)
class Dossier:
    """An opened dossier: what its manifest says, and its files."""

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]


def own_key(folder: Path) -> x25519.Identity:
    """Give the key a meldpunt reads dossiers with, made the first time; HouseClosed for a file that
    is none.
    """
    path = folder / KEY_FILE
    try:
        return x25519.Identity.from_str(kept_secret(path, lambda: str(x25519.Identity.generate())))
    except (OSError, pyrage.IdentityError) as wrong:
        raise HouseClosed(f"{path} is geen sleutel. Zet het bestand terug uit uw kopie.") from wrong


def own_card(folder: Path, organisation: str) -> Card:
    """Give the card of this meldpunt."""
    key, _ = sign(folder, b"")
    return Card(organisation, key, str(own_key(folder).to_public()))


def card_text(card: Card) -> str:
    """Give a card as the text that is sent."""
    return json.dumps({"kaart": _FORM, **asdict(card)}, ensure_ascii=False, indent=1) + "\n"


def read_card(text: str) -> Card:
    """Give the card in a text; BadInput in one sentence when there is none."""
    try:
        told = json.loads(text)
        card = Card(*(str(told[name]) for name in ("organisation", "sign", "receive")))
        if told["kaart"] != _FORM or len(bytes.fromhex(card.sign)) != _HEX // 2:
            raise ValueError(text)
        x25519.Recipient.from_str(card.receive)
        if not 0 < len(card.organisation.strip()) <= 200 or not card.organisation.isprintable():
            raise ValueError(text)
    except (ValueError, KeyError, TypeError, pyrage.RecipientError) as wrong:
        said = "Dit is geen kaart van een meldpunt. Plak de hele tekst, met de accolades."
        raise BadInput.of("kaart", said, "card") from wrong
    return card


def seal(
    folder: Path, to: Card, told: Mapping[str, object], files: Mapping[str, bytes]
) -> tuple[bytes, str]:
    """Give the sealed file and the SHA-256 of it; `told` goes into the manifest."""
    hashes = {name: sha256(content).hexdigest() for name, content in sorted(files.items())}
    key, _ = sign(folder, b"")
    manifest = json.dumps(
        {"dossier": _FORM, **told, "key": key, "to": to.organisation, "files": hashes},
        ensure_ascii=False,
        indent=1,
        sort_keys=True,
    ).encode()
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as out:
        out.writestr(MANIFEST, manifest)
        out.writestr(SIGNATURE, sign(folder, manifest)[1] + "\n")
        out.writestr(CHECKER, (Path(__file__).parent / "verifier.py").read_bytes())
        for name, content in sorted(files.items()):
            out.writestr(name, content)
    sealed = pyrage.encrypt(packed.getvalue(), [x25519.Recipient.from_str(to.receive)])
    return sealed, sha256(sealed).hexdigest()


def unseal(folder: Path, sealed: bytes) -> Dossier:
    """Give what a file holds that was sealed for this meldpunt.

    BadInput in one sentence when it is for another, is damaged, or is not signed by the key its
    manifest names; whether that key is known is for the caller.
    """
    try:
        plain = pyrage.decrypt(sealed, [own_key(folder)])
    except (pyrage.DecryptError, ValueError) as wrong:
        said = (
            "Dit bestand is niet voor dit meldpunt verzegeld, of is beschadigd of afgekapt. Vraag"
            " de afzender het opnieuw te maken met uw kaart."
        )
        raise BadInput.of("verzegeld", said, "bestand") from wrong
    try:
        with ZipFile(BytesIO(plain)) as inner:
            if sum(one.file_size for one in inner.infolist()) > MOST:
                raise BadZipFile("too large")
            held = {name: inner.read(name) for name in inner.namelist()}
        raw, signature = held.pop(MANIFEST), held.pop(SIGNATURE).decode().strip()
        held.pop(CHECKER, None)
        manifest = json.loads(raw)
        hashes = {name: sha256(content).hexdigest() for name, content in held.items()}
        whole = manifest["files"] == hashes and manifest["dossier"] == _FORM
        if not whole or not signed_by(str(manifest["key"]), signature, raw):
            raise ValueError(raw)
    except (BadZipFile, KeyError, ValueError, TypeError) as wrong:
        said = "De handtekening op dit bestand klopt niet: er is iets aan gewijzigd."
        raise BadInput.of("handtekening", said, "bestand") from wrong
    return Dossier(manifest, held)
