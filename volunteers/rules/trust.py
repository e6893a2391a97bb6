"""How far somebody is known: the ladder of trust (design guide section 3.3).

Each step gives a right; a later one does not ask for the earlier ones.
"""

from datetime import date, datetime
from enum import IntEnum

from volunteers.models import Assignment, CheckIn, Volunteer


class Step(IntEnum):
    """The highest step a volunteer stands on."""

    TYPED = 0
    """A name and a number: one place at a class of adults at a time."""
    LINKED = 1
    """A phone is known to be theirs: sees and changes their own places there."""
    SEEN = 3
    """Somebody of the staff has seen them, or entered them: as many places as they like, no children."""
    CLEARED = 4
    """Trained and checked: children's sessions too."""


WORDS = {
    Step.TYPED: "只填过名字和手机号",
    Step.LINKED: "用过自己的链接，还没见过面",
    Step.SEEN: "见过本人",
    Step.CLEARED: "见过本人，可以陪孩子",
}


def is_stranger(volunteer: Volunteer) -> bool:
    """Whether nobody of the community has met or entered this person."""
    return volunteer.source == Volunteer.Source.SIGN_UP and volunteer.seen_at is None


def has_their_one(volunteer: Volunteer, *, now: datetime, besides: int = 0) -> bool:
    """Whether a stranger, who holds one place at a time until they have come once, holds one already.

    `besides` is the id of a place that does not count. Two queries, none for anybody who was met.
    """
    if not is_stranger(volunteer):
        return False
    held = Assignment.objects.filter(volunteer=volunteer, status=Assignment.Status.ACCEPTED, starts_at__gt=now)
    came = CheckIn.objects.filter(volunteer=volunteer, arrived_at__isnull=False)
    return held.exclude(pk=besides).exists() and not came.exists()


def step_of(volunteer: Volunteer, *, cleared_until: date | None, today: date) -> Step:
    """The step of a volunteer whose clearance runs until that day."""
    if cleared_until and cleared_until >= today:
        return Step.CLEARED
    if not is_stranger(volunteer):
        return Step.SEEN
    return Step.LINKED if volunteer.linked_at or volunteer.proven_at else Step.TYPED
