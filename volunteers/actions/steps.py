"""Steps on the roster, kept for a day so that each can be taken back: who was put where, who was taken off.

A step is a Change without sessions. It touches places only; what it wrote to people carries its number.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from classes.models import Change, Community
from people.models import User
from volunteers.models import Assignment, AssignmentChange

Kind = Change.Kind
ON_THE_ROSTER = (Kind.PLACE, Kind.RELEASE, Kind.ACCEPT, Kind.COPY, Kind.COUNT)
OFFER = ("made_at", "expires_at", "answer", "answered_at")


def state_of(one: Assignment) -> dict[str, Any]:
    """Status, note and invitation as JSON holds them."""
    offer = getattr(one, "offer", None)
    kept = {name: getattr(offer, name) for name in OFFER} if offer else None
    texts = kept and {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in kept.items()}
    return {"status": str(one.status), "note": one.note, "offer": texts}


def begin(*, kind: str, community: Community, summary: str, now: datetime, actor: User | None) -> Change:
    """A step about to be made; its line in the trail is the caller's."""
    return Change.objects.create(kind=kind, community=community, summary=summary[:200], made_at=now, made_by=actor)


def keep_made(step: Change, assignments: Iterable[Assignment]) -> None:
    """The step put these people on; there is nothing before."""
    AssignmentChange.objects.bulk_create(
        AssignmentChange(change=step, assignment=one, after=state_of(one)) for one in assignments
    )


def keep_released(step: Change, one: Assignment, before: dict[str, Any]) -> None:
    """The step took somebody off who was there like this before."""
    after = before | {"status": str(one.status), "note": one.note}
    AssignmentChange.objects.create(change=step, assignment=one, before=before, after=after)
