"""A real SMTP server that records what it takes, and answers as it is told to."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


@dataclass
class PostOffice:
    """What the server took, in order; `answer` is its reply to the end of a mail, "vanish" breaks the line after it."""

    taken: list[EmailMessage] = field(default_factory=list)
    answer: str = "250 OK"
    to: str = "250 OK"
    port: int = 0
    delay: float = 0

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.to.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250") or self.answer == "vanish":
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        await asyncio.sleep(self.delay)
        if self.answer == "vanish":
            server.transport.abort()
        return self.answer

    @property
    def count(self) -> int:
        """How many mails were taken."""
        return len(self.taken)

    @property
    def keys(self) -> list[str]:
        """The Message-ID of everything that was taken."""
        return [str(mail["Message-ID"]) for mail in self.taken]

    @property
    def mailers(self) -> dict:
        """MAILERS that lead here."""
        options = {"host": "127.0.0.1", "port": self.port, "timeout": 10}
        return {"default": {"BACKEND": "people.mail.SmtpBackend", "OPTIONS": options}}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """The server, on a port that is free."""
    office = PostOffice(port=free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port, ready_timeout=20)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
