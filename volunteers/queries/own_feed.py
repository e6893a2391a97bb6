"""A volunteer's places as RFC 5545 text: what is called off, declined or given away appears as CANCELLED."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from icalendar import Event

from classes.models import Session
from classes.queries.feeds import LOOK_BACK, SHANGHAI, Stamp, calendar, place
from volunteers.models import Assignment, Volunteer

Status = Assignment.Status
STATES = {Status.OFFERED: "TENTATIVE", Status.ACCEPTED: "CONFIRMED"}
# Whoever was placed as a draft and taken off again never knew of it; these knew.
TOLD = Q(offer__isnull=False) | Q(source__in=["sign_up", "exchange", "wait", "club"])


def own_feed_text(*, volunteer: Volunteer, now: datetime, host: str) -> bytes:
    """The feed: places of the last weeks and everything ahead. One query."""
    rows = Assignment.objects.filter(TOLD | Q(status__in=STATES), volunteer=volunteer, starts_at__gte=now - LOOK_BACK)
    found = loaded(rows.exclude(status=Status.DRAFT))
    return calendar(f"{volunteer}的志愿服务", [event(one, Stamp(now, host)) for one in found])


def shift_text(*, assignment: Assignment, now: datetime, host: str) -> bytes:
    """One place as a calendar of its own."""
    return calendar("志愿服务", [event(assignment, Stamp(now, host))])


def loaded(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Places with what an event says, in order of time."""
    return rows.select_related(
        "shift__role", "session__series", "session__lesson", "session__room__venue", "session__community"
    ).order_by("starts_at", "id")


def event(assignment: Assignment, stamp: Stamp) -> Event:
    """One place; the UID is the same for ever, and the SEQUENCE rises with each change."""
    session = assignment.session
    off = session.status == Session.Status.CANCELLED or assignment.status not in STATES
    made = Event()
    made.add("uid", stamp.uid("place", assignment.pk))
    made.add("dtstamp", stamp.now)
    made.add("dtstart", session.starts_at.astimezone(SHANGHAI))
    made.add("dtend", session.ends_at.astimezone(SHANGHAI))
    made.add("sequence", sequence_of(assignment))
    made.add("status", "CANCELLED" if off else STATES[Status(assignment.status)])
    title = f"{session.series.name}（{assignment.shift.role.name}）"
    waits = "还没回：" if assignment.status == Status.OFFERED else ""
    made.add("summary", f"不用来了：{title}" if off else f"{waits}{title}")
    made.add("location", place(session.room) if session.room else session.community.name)
    if assignment.status == Status.ACCEPTED and not off:
        made.add("description", f"到了说签到码 {assignment.arrival_code}")
    return made


def sequence_of(assignment: Assignment) -> int:
    """A number that only rises: the session's own changes, and the seconds until the place last changed.

    Both parts never fall, so whichever changes, calendar programs take the new state (RFC 5545 3.8.7.4).
    """
    return assignment.session.sequence + (assignment.changed_at - assignment.created_at) // timedelta(seconds=1)
