"""The way out for mail: one message over SMTP under a stable key. Never case content."""

import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple, Protocol

from amhk.words import local


class Way(Protocol):
    """How mail leaves: server, port, `security` (none, starttls, tls), sender, and who signs in
    with what.
    """

    @property
    def host(self) -> str:
        """The server."""

    @property
    def port(self) -> int:
        """Its port."""

    @property
    def security(self) -> str:
        """none, starttls or tls."""

    @property
    def sender(self) -> str:
        """Whom it is from."""

    @property
    def user(self) -> str:
        """Who signs in; empty: nobody."""

    @property
    def password(self) -> str:
        """With what."""


class Attached(NamedTuple):
    """A file that goes with a mail: its name and its text."""

    name: str
    text: bytes


class MailFailed(Exception):
    """The mail server could not be reached, or would not have it."""


def wait_after(tries: int) -> timedelta:
    """Give how long a mail that failed so often is left: 2, 4, 8 ... 60 minutes."""
    return timedelta(minutes=min(60, 2 ** min(tries, 6)))


def send(
    way: Way,
    to: str,
    subject: str,
    *,
    body: str,
    key: str,
    moment: datetime,
    attached: Attached | None = None,
) -> None:
    """Send one mail; the key becomes its Message-ID, so that a second try is known for what it is.

    MailFailed with the reason.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = way.sender, to, subject
    message["Message-ID"] = f"<{key}@{way.sender.rpartition('@')[2]}>"
    message["Date"] = format_datetime(local(moment))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    if attached:
        name, text = attached
        message.add_attachment(text, maintype="application", subtype="jsonl", filename=name)
    try:
        with _connect(way) as server:
            if way.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if way.user:
                server.login(way.user, way.password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as wrong:
        raise MailFailed(f"{type(wrong).__name__}: {_plain(wrong)}") from wrong


def _connect(way: Way) -> smtplib.SMTP:
    if way.security == "tls":
        return smtplib.SMTP_SSL(
            way.host, way.port, timeout=10, context=ssl.create_default_context()
        )
    return smtplib.SMTP(way.host, way.port, timeout=10)


def _plain(wrong: Exception) -> str:
    return " ".join(str(wrong).split())[:200]
