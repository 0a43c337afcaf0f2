"""Who may do what here, held to the journal of the house: each line of a right given or taken has
the hash of all of it as it stood then.
"""

import json
from collections.abc import Iterator
from hashlib import sha256

from sqlalchemy import Connection, select

from amhk.rules.privacy.secrecy import HAND
from amhk.store.cases.journal import as_json
from amhk.store.house import house_journal
from amhk.store.reads import WORKER, rows

HELD = "held"
_COLUMNS = ("id", "name", "role", "team_id", "registration", "active")
_MOST = 1  # the last line says it


def staff_hash(connection: Connection) -> str:
    """Give the hash of who works here, in which role and team; not of passwords and tokens, which a
    worker changes by himself, nor of the hand of the command line, which is nobody.
    """
    asked = select(*(WORKER.c[n] for n in _COLUMNS)).where(WORKER.c.name != HAND)
    asked = asked.order_by(WORKER.c.id)
    return sha256(as_json({"rows": rows(connection, asked)}).encode()).hexdigest()[:32]


def faults(connection: Connection, kind: str) -> Iterator[str]:
    """Give, in Dutch, that roles are not what the journal of the house says; `kind` is that of its
    lines of rights.
    """
    for line in house_journal.entries(connection, kind, _MOST):
        said = json.loads(line["content"]).get(HELD)
        if said is not None and said != staff_hash(connection):
            yield "Medewerkers: een rol, team of registratie is niet wat het logboek zegt."
