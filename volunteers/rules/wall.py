"""The code on the wall of a room: four digits for one session on one day, derived, so that nothing is stored."""

from django.utils.crypto import constant_time_compare, salted_hmac

from classes.models import Session


def code_of(session: Session) -> str:
    """What the poster of this session says; another one every session, and when it moves to another day."""
    digest = salted_hmac("volunteers.wall", f"{session.pk}:{session.on_date}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:4]) % 10_000:04d}"


def is_right(session: Session, code: str) -> bool:
    """Whether somebody stands, or stood, in front of the poster."""
    return constant_time_compare(code_of(session), code.strip())
