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
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

import pyrage
from pyrage import x25519

from amhk.errors import BadInput, HouseClosed
from amhk.secret_file import kept_secret
from amhk.signing import sign, signed_by

KEY_FILE = "ontvangst"
MANIFEST, SIGNATURE, CHECKER = "manifest.json", "handtekening.txt", "controleer.py"
MOST, MOST_FILES = 60_000_000, 500  # bytes unpacked, and how many files
_OWN = 2_000_000  # bytes for what stands beside the files
# All that a file made to hurt can do to who reads a zip or JSON.
_BROKEN = (
    *(BadZipFile, KeyError, ValueError, TypeError, AttributeError, EOFError, zlib.error),
    RuntimeError,  # too deep, locked, or packed in a way nobody knows
)
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
        if not is_name(card.organisation):
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
        held = _unpacked(plain)
        raw, signature = held.pop(MANIFEST), held.pop(SIGNATURE).decode().strip()
        held.pop(CHECKER, None)
        manifest = json.loads(raw)
        hashes = {name: sha256(content).hexdigest() for name, content in held.items()}
        whole = manifest["files"] == hashes and manifest["dossier"] == _FORM
        whole = whole and is_name(manifest["from"])
        if not whole or not signed_by(str(manifest["key"]), signature, raw):
            raise ValueError(raw)
    except _BROKEN as wrong:
        said = "De handtekening op dit bestand klopt niet: er is iets aan gewijzigd."
        raise BadInput.of("handtekening", said, "bestand") from wrong
    return Dossier(manifest, held)


def _unpacked(plain: bytes) -> dict[str, bytes]:
    """Give the files in a zip; ValueError for one that is too large, or packed in a way whose size
    cannot be known beforehand.
    """
    with ZipFile(BytesIO(plain)) as inner:
        told = inner.infolist()
        sizes = sum(one.file_size for one in told) <= MOST + _OWN and len(told) <= MOST_FILES
        plainly = all(one.compress_type in (ZIP_STORED, ZIP_DEFLATED) for one in told)
        if not sizes or not plainly or len({one.filename for one in told}) < len(told):
            raise ValueError(len(told))
        return {one.filename: inner.read(one) for one in told}


def as_json(told: bytes) -> Any:
    """Give what JSON from outside says; ValueError for what is none, however it is broken."""
    try:
        return json.loads(told)
    except RecursionError as wrong:
        raise ValueError("too deep") from wrong


def is_name(told: object) -> bool:
    """Tell whether this is the name of an organisation: a line of at most 200 signs that can be
    kept and shown.
    """
    return isinstance(told, str) and 0 < len(told.strip()) <= 200 and told.isprintable()
