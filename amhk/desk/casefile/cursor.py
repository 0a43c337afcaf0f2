"""Where a page of a list went on: the sort text and key of its last row, as one opaque word."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from amhk.errors import BadInput
from amhk.rules.parse import unfit


def cursor_of(text: str, key: int) -> str:
    """Give the cursor after a row: by what it is sorted, and its key."""
    return urlsafe_b64encode(f"{text}|{key}".encode()).decode()


def after(cursor: str | None) -> tuple[str, int] | None:
    """Give after which row a page begins; None for the first. BadInput for what is no cursor."""
    if not cursor:
        return None
    try:
        text, _, key = urlsafe_b64decode(cursor.encode()).decode().rpartition("|")
        if unfit(text, 40) or not 0 < int(key) < 2**31:
            raise ValueError(text)
        return text, int(key)
    except ValueError as wrong:
        gone = "Deze bladzijde bestaat niet; begin opnieuw."
        raise BadInput.of("cursor", gone, "cursor") from wrong
