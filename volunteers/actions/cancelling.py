"""Calling a session off, with everybody who was going to help told."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from classes import actions as class_actions
from classes.models import Session
from people.models import User
from volunteers.actions import notes
from volunteers.models import Assignment, Shift

Status = Assignment.Status


@transaction.atomic
def cancel_session(*, session: Session, reason: str, now: datetime, actor: User | None) -> list[Assignment]:
    """Call a session off; answers who was told. Raises classes.actions.AlreadyCancelled.

    Whoever had only a draft place knows of nothing and is told nothing.
    """
    touched = list(
        session.assignments.filter(status__in=(Status.OFFERED, Status.ACCEPTED)).select_related("volunteer__person")
    )
    class_actions.cancel_session(session=session, reason=reason, now=now, actor=actor)
    let_go(sessions=Session.objects.filter(pk=session.pk), now=now)
    return touched


def let_go(*, sessions: QuerySet[Session], now: datetime) -> int:
    """Release everybody from cancelled sessions and tell those who know of it. Answers how many."""
    found = Assignment.objects.filter(session__in=sessions, status__in=Assignment.ACTIVE)
    rows = found.select_related(
        "volunteer__person", "shift__role", "session__series", "session__room", "session__community"
    )
    freed = 0
    for assignment in rows.order_by("shift_id", "id"):
        was = assignment.status
        mine = Assignment.objects.filter(pk=assignment.pk, status=was)
        if not mine.update(status=Status.RELEASED, changed_at=now, note="停课"):
            continue
        Shift.objects.filter(pk=assignment.shift_id).update(taken=F("taken") - 1)
        freed += 1
        assignment.changed_at = now
        if was != Status.DRAFT:
            notes.cancelled(assignment=assignment, now=now)
    return freed
