"""A form is carried out once, however often it is sent.

Its key rides in the transaction of the act, and what was kept of it while typing goes with it.
"""

import re
from dataclasses import replace
from hashlib import sha256

from amhk.errors import AlreadyDone
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads, writes
from amhk.store.database.engine import Connection, StoreConflict
from amhk.store.intake import drafts

_KEY = re.compile(r"[0-9a-f]{32}")
DONE = "gedaan"


def mark_of(path: str) -> str:
    """Give the mark under which what is typed in the form of an address is kept (32 hexadecimal
    digits).
    """
    return sha256(path.encode("utf-8", "replace")).hexdigest()[:32]


def armed(office: Office, who: Reader, key: str, path: str) -> Office:
    """Give the house as one form is carried out in it.

    Its first transaction takes the key of the form, and AlreadyDone is raised when it was taken
    before.

    A key that is none arms nothing. What is only looked at or logged on the way goes through
    `store.aside` and takes nothing.
    """
    if not _KEY.fullmatch(key):
        return office

    def take(connection: Connection) -> None:
        """Take the key, in the transaction of the act."""
        if reads.request_of(connection, who.id, key):
            raise AlreadyDone()
        try:
            writes.add(
                connection,
                reads.REQUEST,
                {"worker_id": who.id, "key": key, "body": DONE, "number": ""},
            )
        except StoreConflict as wrong:  # the same form came in twice at the same moment
            raise AlreadyDone() from wrong
        drafts.drop(connection, who.id, mark_of(path))

    return replace(office, store=office.store.beginning(take))
