"""A guardian's own page: each child's next session with what is known of it, and who may fetch."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from classes import demand
from classes.models import Attendance, Delegate, Learner, PickUp, Session
from people.models import Person

DAYS_AHEAD = 7
# What a guardian said can be changed until the session is over: a mark is settled a day after it was made.
SAID_BEFORE = timedelta(hours=24)
# How long a session that is over is still shown, so that the next one is there the evening before.
SHOWN_AFTER = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Child:
    """One child of the guardian. Without `session` nothing is on in the next seven days."""

    learner: Learner
    pickups: list[PickUp]
    session: Session | None = None
    mark: Attendance | None = None
    delegate: Delegate | None = None
    is_near: bool = False

    @property
    def state(self) -> str:
        """present, gone, absent, excused, or empty while nobody has said anything."""
        if self.mark is None:
            return ""
        return "gone" if self.mark.left_at else self.mark.state

    @property
    def may_say(self) -> bool:
        """Whether 请假 and 换人接 can be said now."""
        return self.is_near and self.state != "gone"


def children(*, person: Person, now: datetime) -> list[Child]:
    """Everybody the person answers for, by name. A constant number of queries."""
    found = Learner.objects.filter(guardians__person=person, kind=Learner.Kind.CHILD).select_related(
        "person", "community"
    )
    wards = list(found.prefetch_related("pickups").order_by("person__name_key", "pk").distinct())
    nearest = _nearest(wards, now)
    sessions = list(nearest.values())
    marks = {
        (row.learner_id, row.session_id): row
        for row in Attendance.objects.filter(learner__in=wards, session__in=sessions)
    }
    days = {one.on_date for one in sessions}
    named = Delegate.objects.filter(learner__in=wards, on_date__in=days, withdrawn_at=None)
    delegates = {(row.learner_id, row.on_date): row for row in named}
    return [_child(one, nearest.get(one.pk), marks, delegates, now) for one in wards]


def _child(learner: Learner, session: Session | None, marks: dict, delegates: dict, now: datetime) -> Child:
    pickups = list(learner.pickups.all())
    if session is None:
        return Child(learner, pickups)
    return Child(
        learner=learner,
        pickups=pickups,
        session=session,
        mark=marks.get((learner.pk, session.pk)),
        delegate=delegates.get((learner.pk, session.on_date)),
        is_near=is_near(session, now),
    )


def is_near(session: Session, now: datetime) -> bool:
    """Whether a guardian may say something about the session now: in the day before its end."""
    return session.status == Session.Status.PLANNED and session.ends_at - SAID_BEFORE <= now < session.ends_at


def _nearest(wards: Iterable[Learner], now: datetime) -> dict[int, Session]:
    """By child: the session that is on or was until just now, else the next one."""
    wanted = {one.pk for one in wards}
    rows = Session.objects.filter(
        community__in={one.community_id for one in wards},
        series__programme__kind="child",
        ends_at__gt=now - SHOWN_AFTER,
        on_date__lte=timezone.localdate(now) + timedelta(days=DAYS_AHEAD),
        merged_into=None,
    ).select_related("series__programme", "room", "community")
    sessions = list(rows.order_by("-starts_at", "-id"))
    heads = demand.headcounts(sessions)
    return {place.learner: one for one in sessions for place in heads[one.pk] if place.learner in wanted}


def delegates_of(session: Session, learners: Iterable[int]) -> dict[int, Delegate]:
    """Who was named to fetch these children that day, by child. One query."""
    rows = Delegate.objects.filter(learner__in=list(learners), on_date=session.on_date, withdrawn_at=None)
    return {row.learner_id: row for row in rows}
