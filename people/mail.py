"""Django's mail backends that know the moment of no return.

A mail may carry `hand`, a function without arguments. Both backends call it right before the step
that cannot be undone; when it raises, nothing has left.
"""

import re
import smtplib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.mail.backends.filebased import EmailBackend as TimestampedFiles
from django.core.mail.backends.smtp import EmailBackend as DjangoSmtp
from django.core.mail.message import EmailMessage


class HandedMail(EmailMessage):
    """A mail that is told when it is about to leave for good."""

    hand: Callable[[], None] | None = None


class EmailBackend(TimestampedFiles):
    """Writes `<Message-ID>.eml` into OPTIONS["file_path"]: a repeat writes the same file again."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each note to the file of its own name; a half-written file is never seen."""
        for message in email_messages:
            content = message.message()
            name = re.sub(r"[^\w-]", "", str(content["Message-ID"]).split("@")[0])
            path = Path(self.file_path) / f"{name}.eml"
            draft = path.with_suffix(".part")
            draft.write_bytes(content.as_bytes())
            hand = getattr(message, "hand", None)
            if hand:
                hand()
            draft.replace(path)
        return len(email_messages)


class Plain(smtplib.SMTP):
    """An SMTP connection that says when only the closing dot of a mail is missing.

    A server that loses the connection before the dot forgets the mail (RFC 5321 section 4.1.1.4),
    so until then nothing has been sent. Without TLS, or with STARTTLS.
    """

    before_dot: Callable[[], None] | None = None

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the whole mail, ask `before_dot`, then send the dot. Answers the server's reply."""
        self.putcmd("data")
        code, reply = self.getreply()
        if code != 354:
            raise smtplib.SMTPDataError(code, reply)
        body = msg.encode("ascii") if isinstance(msg, str) else msg
        body = re.sub(rb"\r\n|\r|\n", b"\r\n", body)
        body = re.sub(rb"(?m)^\.", b"..", body)  # a line of one dot would end the mail (RFC 5321 section 4.5.2)
        self.send(body if body.endswith(b"\r\n") else body + b"\r\n")
        if self.before_dot:
            try:
                self.before_dot()
            except BaseException:
                self.close()  # not even a polite QUIT: what the server has would be the whole mail
                raise
        self.send(b".\r\n")
        return self.getreply()


class Encrypted(Plain, smtplib.SMTP_SSL):
    """With TLS from the first byte."""


class SmtpBackend(DjangoSmtp):
    """Django's SMTP, with the moment of no return."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """What speaks to the server."""
        return Encrypted if self.use_ssl else Plain

    def _send(self, email_message: EmailMessage) -> Any:
        if isinstance(self.connection, Plain):
            self.connection.before_dot = getattr(email_message, "hand", None)
        return super()._send(email_message)
