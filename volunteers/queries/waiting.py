"""Who waits for a place: the order in which they are asked, and what one of them is told."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from classes.models import Session
from volunteers.models import Assignment, Shift, Volunteer, Wait
from volunteers.queries.opening import Opening


@dataclass(frozen=True, slots=True)
class Waiting:
    """One session that a volunteer waits for.

    `ahead` are how many are asked before; `is_free` says that a place is open to whoever is first.
    """

    wait: Wait
    opening: Opening
    ahead: int
    is_free: bool

    @property
    def place(self) -> str:
        """Where in the queue, in words."""
        if self.is_free:
            return "现在有名额，先点先得"
        if self.wait.asked_at:
            return "叫过您了，名额又满了"
        return f"前面还有 {self.ahead} 位" if self.ahead else "您排第一位"


def waiting_for(session: Session) -> list[Volunteer]:
    """Those who wait for a place at a session and have not been asked yet, the first first. One query."""
    return [one.volunteer for one in waits().filter(session=session)]


def waits() -> QuerySet[Wait]:
    """Everybody who waits and is not placed there by now, in the order in which they are asked."""
    placed = Assignment.objects.filter(
        session=OuterRef("session"), volunteer=OuterRef("volunteer"), status__in=Assignment.ACTIVE
    )
    found = Wait.objects.filter(~Exists(placed), asked_at=None, volunteer__status=Volunteer.Status.ACTIVE)
    return found.select_related("volunteer__person", "volunteer__organisation").order_by("since", "id")


def helpers_shift(session: Session) -> Shift | None:
    """The need that people who sign up fill; None where there is none. One query."""
    return _helpers([session.pk]).get(session.pk)


def of_volunteer(*, volunteer: Volunteer, now: datetime) -> list[Waiting]:
    """The sessions to come that a volunteer waits for, in the order of time. Three queries, one when there are none."""
    found = Wait.objects.filter(
        volunteer=volunteer, session__starts_at__gt=now, session__status=Session.Status.PLANNED
    ).select_related("session__series__programme", "session__lesson", "session__room", "session__community")
    rows = list(found.order_by("session__starts_at", "id"))
    if not rows:
        return []
    sessions = [row.session_id for row in rows]
    shifts = _helpers(sessions)
    queues = _queues(sessions)
    return [
        Waiting(
            wait=row,
            opening=Opening(row.session, shifts[row.session_id]),
            ahead=_ahead(queues[row.session_id], row),
            is_free=shifts[row.session_id].taken < shifts[row.session_id].needed,
        )
        for row in rows
        if row.session_id in shifts
    ]


def place_of(*, volunteer: Volunteer, session: Session) -> str:
    """Where a volunteer is in the queue of one session, in words; empty when they do not wait. Two queries."""
    queue = [one.volunteer_id for one in waits().filter(session=session)]
    if volunteer.pk not in queue:
        return ""
    ahead = queue.index(volunteer.pk)
    return f"前面还有 {ahead} 位" if ahead else "您排第一位"


def _helpers(sessions: Iterable[int]) -> dict[int, Shift]:
    """The first need for helpers of each session."""
    rows = Shift.objects.filter(session__in=list(sessions), role__is_lead=False, needed__gt=0).select_related("role")
    return {shift.session_id: shift for shift in rows.order_by("session_id", "-id")}


def _queues(sessions: Iterable[int]) -> dict[int, list[int]]:
    """The ids of the rows that wait, session by session."""
    found: dict[int, list[int]] = defaultdict(list)
    for pk, session in waits().filter(session__in=list(sessions)).values_list("pk", "session_id"):
        found[session].append(pk)
    return found


def _ahead(queue: list[int], wait: Wait) -> int:
    return queue.index(wait.pk) if wait.pk in queue else 0
