"""Notes as files that somebody copies by hand, and notes as mail."""

import smtplib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.mail import mailers

from people.channels.carriers import Letter, Refused
from people.mail import HandedMail


def _mail(letter: Letter, to: str, hand: Callable[[], None]) -> HandedMail:
    """The letter for Django's mail; the backends of people/mail.py call `hand` themselves."""
    mail = HandedMail(
        subject=letter.subject, body=letter.text, to=[to], headers={"Message-ID": f"<{letter.key}@linke.invalid>"}
    )
    mail.hand = hand
    return mail


class Files:
    """One file a note in the data folder. What is there was written, so nothing is ever in doubt."""

    code = "file"

    def send(self, letter: Letter, hand: Callable[[], None]) -> str:
        """Write the file; people are named by a masked number."""
        to = f'"{letter.to} {letter.masked}" <{letter.key}@linke.invalid>'
        mailers["files"].send_messages([_mail(letter, to, hand)])
        return ""

    def was_taken(self, letter: Letter) -> bool | None:
        """Whether its file is there; None when the mailer has been changed to something else."""
        folder = settings.MAILERS["files"].get("OPTIONS", {}).get("file_path")
        return (Path(folder) / f"{letter.key}.eml").exists() if folder else None


class Smtp:
    """Mail through a server. It cannot be asked afterwards what it has taken."""

    code = "smtp"

    def send(self, letter: Letter, hand: Callable[[], None]) -> str:
        """Hand the letter to the server. Raises Refused with the server's own words."""
        try:
            mailers["default"].send_messages([_mail(letter, letter.email, hand)])
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            raise _refused(code, words) from refused
        except smtplib.SMTPResponseException as refused:
            raise _refused(refused.smtp_code, refused.smtp_error) from refused
        return ""

    def was_taken(self, letter: Letter) -> bool | None:
        """Nobody can say."""
        return None


def _refused(code: int, words: bytes | str) -> Refused:
    """A code of 500 or more is final (RFC 5321 section 4.2.1), a wrong password of ours is not the note's fault."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    about_us = code in {530, 534, 535, 538}
    return Refused(f"{code} {text}", is_final=code >= 500 and not about_us)
