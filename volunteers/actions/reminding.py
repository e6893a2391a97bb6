"""What the clock does: reminders for tomorrow, and the look ahead for gaps. Both may run twice."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from classes.models import Session
from volunteers.actions import notes
from volunteers.models import Assignment, Shift
from volunteers.queries import publishing

LOOK_AHEAD = timedelta(days=14)


@transaction.atomic
def remind(*, on_date: date, now: datetime) -> int:
    """One note for each place of that date that is agreed or asked for; answers how many places."""
    found = Assignment.objects.filter(
        status__in=(Assignment.Status.OFFERED, Assignment.Status.ACCEPTED),
        session__on_date=on_date,
        session__status=Session.Status.PLANNED,
        starts_at__gt=now,
    )
    rows = list(publishing.for_telling(found))
    for assignment in rows:
        notes.reminder(assignment=assignment, now=now)
    return len(rows)


@transaction.atomic
def mark_gaps(*, now: datetime) -> dict[str, int]:
    """Mark the shifts of the next 14 days that lack people, and clear the marks of the others."""
    ahead = Shift.objects.filter(session__starts_at__gt=now, session__starts_at__lte=now + LOOK_AHEAD)
    planned = ahead.filter(session__status=Session.Status.PLANNED)
    lacking = planned.filter(taken__lt=F("needed"))
    marked = Shift.objects.filter(pk__in=lacking.filter(gap_marked_at=None).values("pk")).update(gap_marked_at=now)
    filled = ahead.filter(gap_marked_at__isnull=False).exclude(pk__in=lacking.values("pk"))
    cleared = Shift.objects.filter(pk__in=filled.values("pk")).update(gap_marked_at=None)
    return {"marked": marked, "cleared": cleared}
