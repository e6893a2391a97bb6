"""What the clock does for volunteers: reminders, and the look ahead for gaps.

Each may run any number of times, and does: a schedule that fell into a time without worker is made up
for by the next run, and the key of each note keeps anybody from being told twice.
"""

from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from classes.models import Session
from volunteers.actions import notes, texts
from volunteers.models import Assignment, Offer, Shift, Training, Volunteer
from volunteers.queries import publishing
from volunteers.rules import persons

LOOK_AHEAD = timedelta(days=14)
SOON = timedelta(hours=2)
NOT_JUST_NOW = timedelta(hours=12)
EXPIRES_WITHIN = timedelta(days=30)


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
    words = texts.current("reminder") if rows else ""
    for assignment in rows:
        notes.reminder(assignment=assignment, words=words, now=now)
    return len(rows)


@transaction.atomic
def remind_soon(*, now: datetime) -> int:
    """A note two hours before each agreed place; not to whoever took it just now. Answers how many places."""
    found = Assignment.objects.filter(
        status=Assignment.Status.ACCEPTED,
        session__status=Session.Status.PLANNED,
        starts_at__gt=now,
        starts_at__lte=now + SOON,
        changed_at__lte=now - SOON,
    )
    rows = list(publishing.for_telling(found))
    words = texts.current("soon") if rows else ""
    for assignment in rows:
        notes.soon(assignment=assignment, words=words, now=now)
    return len(rows)


@transaction.atomic
def nudge(*, now: datetime) -> int:
    """One note to each volunteer whose invitations run out tomorrow without an answer; answers how many people."""
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    start = timezone.make_aware(datetime.combine(tomorrow, time()))
    waiting = Offer.objects.filter(
        answer="",
        assignment__status=Assignment.Status.OFFERED,
        assignment__starts_at__gt=now,
        expires_at__gte=start,
        expires_at__lt=start + timedelta(days=1),
        made_at__lte=now - NOT_JUST_NOW,
    )
    rows = waiting.select_related(
        "assignment__volunteer__person",
        "assignment__shift__role",
        "assignment__session__series",
        "assignment__session__room",
    ).order_by("assignment__volunteer_id", "assignment__starts_at", "id")
    people = [list(offers) for _, offers in groupby(rows, key=lambda offer: offer.assignment.volunteer_id)]
    words = texts.current("unanswered") if people else ""
    for offers in people:
        notes.unanswered(offers=offers, words=words, now=now)
    return len(people)


@transaction.atomic
def warn_of_clearances(*, now: datetime) -> int:
    """A note to each volunteer whose background check runs out within 30 days; answers how many."""
    found = expiring(now)
    words = texts.current("clearance") if found else ""
    for volunteer, until in found:
        notes.clearance(volunteer=volunteer, until=until, words=words, now=now)
    return len(found)


def expiring(now: datetime) -> list[tuple[Volunteer, date]]:
    """Volunteers on the books whose last clear check runs out within 30 days, and when."""
    today = timezone.localdate(now)
    active = Volunteer.objects.filter(status=Volunteer.Status.ACTIVE, clearances__isnull=False).distinct()
    people = {one.pk: one for one in active.select_related("person")}
    until = persons.cleared_until(list(people))
    return [(people[pk], day) for pk, day in sorted(until.items()) if today <= day <= today + EXPIRES_WITHIN]


@transaction.atomic
def warn_of_trainings(*, now: datetime) -> int:
    """A note to each volunteer for each training that runs out within 30 days; answers how many trainings."""
    found = expiring_trainings(now)
    words = texts.current("training") if found else ""
    for one in found:
        notes.training(volunteer=one.volunteer, what=one.what, until=last_day(one), words=words, now=now)
    return len(found)


def last_day(training: Training) -> date:
    """The day on which one that is about to run out counts for the last time."""
    assert training.valid_until
    return training.valid_until


def expiring_trainings(now: datetime) -> list[Training]:
    """Trainings of volunteers on the books that end within 30 days and were not had again, the first to end first."""
    today = timezone.localdate(now)
    again = Training.objects.filter(volunteer=OuterRef("volunteer"), what=OuterRef("what")).filter(
        Q(valid_until=None) | Q(valid_until__gt=OuterRef("valid_until"))
    )
    found = Training.objects.filter(
        valid_until__range=(today, today + EXPIRES_WITHIN), volunteer__status=Volunteer.Status.ACTIVE
    ).exclude(Exists(again))
    return list(found.select_related("volunteer__person").order_by("valid_until", "id"))


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
