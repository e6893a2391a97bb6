"""Children's sessions under their floor, and the families to ring up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from classes.demand import expected_learners
from classes.models import Community, Learner, Programme, Session
from volunteers.models import FloorAlarm
from volunteers.rules.floor import Floor, agreed

NEAR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One open alarm with how the session stands now."""

    alarm: FloorAlarm
    floor: Floor

    @property
    def is_red(self) -> bool:
        """Whether the deputy was called as well, and still nobody has seen to it."""
        return self.alarm.deputy_told_at is not None


def open_alarms() -> QuerySet[FloorAlarm]:
    """Alarms that are not closed, the session first that begins first."""
    found = FloorAlarm.objects.filter(closed_at=None)
    return found.select_related(
        "session__series__programme", "session__community", "session__room"
    ).order_by("session__starts_at", "pk")  # fmt: skip


def to_watch(now: datetime) -> QuerySet[Session]:
    """Children's sessions of the next 24 hours, and all that have an open alarm."""
    near = Q(starts_at__gt=now, starts_at__lte=now + NEAR, status=Session.Status.PLANNED)
    alarmed = Q(pk__in=FloorAlarm.objects.filter(closed_at=None).values("session"))
    found = Session.objects.filter(near | alarmed, series__programme__kind=Programme.Kind.CHILD)
    return found.select_related("series__programme", "community", "room").order_by("starts_at", "pk")


def of_community(community: Community, now: datetime) -> list[Alarm]:
    """The open alarms of a community. One query when there are none, else four."""
    found = list(open_alarms().filter(session__community=community, session__ends_at__gt=now))
    floors = agreed([one.session for one in found]) if found else {}
    return [Alarm(one, floors[one.session_id]) for one in found if floors[one.session_id].lacking]


def children_of(session: Session) -> list[Learner]:
    """The children expected at a session with those who answer for them, by name. Four queries."""
    found = Learner.objects.filter(pk__in=expected_learners(session)).select_related("person")
    return list(found.prefetch_related("guardians__person").order_by("person__name_key", "pk"))
