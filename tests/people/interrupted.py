"""A mail backend during whose work the world goes on: what a slow worker meets."""

from people.mail import EmailBackend as Files

MEANWHILE: list = []


class EmailBackend(Files):
    """Does what MEANWHILE says, once, before it writes its file."""

    def send_messages(self, email_messages):
        while MEANWHILE:
            MEANWHILE.pop()()
        return super().send_messages(email_messages)


def mailers_at(folder) -> dict:
    """MAILERS whose files go through this backend."""
    return {"files": {"BACKEND": "tests.people.interrupted.EmailBackend", "OPTIONS": {"file_path": folder}}}
