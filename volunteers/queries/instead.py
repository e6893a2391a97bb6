"""What keeps a volunteer from a session they came to by a direct link, and what they can take instead."""

from datetime import datetime

from classes.models import Session
from volunteers import rules
from volunteers.matching.gates import Cleared
from volunteers.models import Role, Volunteer
from volunteers.queries import opening
from volunteers.queries.opening import Opening
from volunteers.rules import WISHES, Refusal, trust

LOOKED_AT = 24
"""Sessions with a place that are looked at for the best few."""
ONE_AT_FIRST = Refusal("one-at-first", "第一次来，先报一场", "第一次来，先报一场。来过一次、见过面，以后想报几场都行。")


def in_the_way(*, volunteer: Volunteer, session: Session, role: Role, now: datetime) -> Refusal | None:
    """The first thing that would refuse this volunteer, as signing up would.

    A missing background check alone is none: the page asks for it. A constant number of queries.
    """
    found = rules.refusals(volunteer, session, role, overlooking=WISHES)
    serious = [one for one in found if one.code != Cleared.code]
    if serious:
        return serious[0]
    if found or not trust.has_their_one(volunteer, now=now):
        return None
    return ONE_AT_FIRST


def instead_of(session: Session, *, volunteer: Volunteer | None, now: datetime, limit: int = 3) -> list[Opening]:
    """The next sessions one can take at once: like this one first, then the soonest. At most four queries.

    For somebody we know, what signing up would not refuse; for others, what wants no check.
    """
    found = opening.next_open(now=now, besides=[session.pk], limit=LOOKED_AT)
    if volunteer is None:
        found = [one for one in found if not one.wants_check]
    else:
        judged = rules.hard((volunteer, one.session, one.shift.role) for one in found)
        found = [one for one, refused in zip(found, judged, strict=True) if not refused]
    kind = session.series.programme.kind
    found.sort(key=lambda one: (one.kind != kind, one.session.community_id != session.community_id))
    return found[:limit]
