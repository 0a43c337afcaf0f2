"""A real mail server that keeps what it is given, or refuses it."""

from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

from support.server import free_port


class Box:
    """What came in, as envelopes; `refuse` is an address that is not served now."""

    def __init__(self):
        self.mails, self.refuse = [], None

    async def handle_DATA(self, server, session, envelope):  # the name aiosmtpd asks for
        if self.refuse and self.refuse in envelope.rcpt_tos:
            return "451 try again later"
        self.mails.append(envelope)
        return "250 OK"

    def read(self):
        """What came in, as mails."""
        return [message_from_bytes(m.content, policy=policy.default) for m in self.mails]


@contextmanager
def mailbox():
    """Give a box behind a server on a port of its own."""
    found = Box()
    controller = Controller(found, hostname="127.0.0.1", port=free_port())
    controller.start()
    found.port = controller.port
    yield found
    controller.stop()
