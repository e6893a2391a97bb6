"""Mail as files, one file a note: what a repeat of the same note overwrites instead of doubling."""

import re
from collections.abc import Sequence
from pathlib import Path

from django.core.mail.backends.filebased import EmailBackend as TimestampedFiles
from django.core.mail.message import EmailMessage


class EmailBackend(TimestampedFiles):
    """Writes `<Message-ID>.eml` into OPTIONS["file_path"]."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each note to the file of its own name; a half-written file is never seen."""
        for message in email_messages:
            content = message.message()
            name = re.sub(r"[^\w-]", "", str(content["Message-ID"]).split("@")[0])
            path = Path(self.file_path) / f"{name}.eml"
            draft = path.with_suffix(".part")
            draft.write_bytes(content.as_bytes())
            draft.replace(path)
        return len(email_messages)
