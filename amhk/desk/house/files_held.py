"""What is kept as bytes, held to the hash the journal knows: letters as they were approved, and
attachments.
"""

from collections.abc import Iterator
from hashlib import sha256

from amhk.office import Office
from amhk.store.cases import bundle
from amhk.store.letters import outbox


def faults(office: Office) -> Iterator[str]:
    """Give, in Dutch, every letter and attachment that is another than it was."""
    with office.store.snapshot() as connection:
        for letter in outbox.frozen(connection):
            told = (letter["html"] or "").encode() + bytes(letter["pdf"])
            if sha256(told).hexdigest() != letter["hash"]:
                yield f"Brief {letter['id']}: hij is anders dan hij werd goedgekeurd."
        hashes = sorted(bundle.hashes(connection))
    for hash_ in hashes:
        try:
            office.files.read(hash_)
        except FileNotFoundError:
            yield f"Bijlage {hash_[:16]}: het bestand ontbreekt."
        except (OSError, ValueError):
            yield f"Bijlage {hash_[:16]}: het bestand is gewijzigd."
