"""Nobody stays placed at a session that is not held, however it came to that."""

from datetime import datetime

from django.db.models import F, QuerySet

from classes.models import Session
from volunteers.actions import holds, notes, texts
from volunteers.models import Assignment, Hold, Shift

Status = Assignment.Status


def let_go(*, sessions: QuerySet[Session], now: datetime) -> int:
    """Release everybody from cancelled sessions and tell those who know of it. Answers how many."""
    holds.end_all(Hold.objects.filter(shift__session__in=sessions), now=now)
    found = Assignment.objects.filter(session__in=sessions, status__in=Assignment.ACTIVE)
    rows = found.select_related(
        "volunteer__person", "shift__role", "session__series", "session__room", "session__community"
    )
    placed = list(rows.order_by("shift_id", "id"))
    words = texts.current("cancel") if any(one.status != Status.DRAFT for one in placed) else ""
    freed = 0
    for assignment in placed:
        was = assignment.status
        mine = Assignment.objects.filter(pk=assignment.pk, status=was)
        if not mine.update(status=Status.RELEASED, changed_at=now, note="停课"):
            continue
        Shift.objects.filter(pk=assignment.shift_id).update(taken=F("taken") - 1)
        freed += 1
        assignment.changed_at = now
        if was != Status.DRAFT:
            notes.cancelled(assignment=assignment, words=words, now=now)
    return freed
