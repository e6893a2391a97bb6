"""点名: everybody of one session with what is known of their coming; and sessions of which something is not said."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from classes import demand
from classes.actions.attending import OPENS_BEFORE
from classes.models import Attendance, Community, Delegate, Learner, PickUp, Programme, Session
from classes.queries import family
from people import queries as people
from volunteers.models import Assignment, CheckIn, NoShow, ServiceRecord, Volunteer
from volunteers.queries.clashes import Clash, Clashes, clashes
from volunteers.rules import floor, hours

MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class HelperRow:
    """One volunteer of the session: `state` is came, missed or nothing; `is_fixed` a day after it was said.

    `may_be_kept`: that they came may be said without network, as far as the rules about children go.
    """

    volunteer: Volunteer
    role: str
    assignment: Assignment | None = None
    checkin: CheckIn | None = None
    no_show: NoShow | None = None
    is_counted: bool = False
    is_fixed: bool = False
    may_be_kept: bool = True
    clash: Clash | None = None

    @property
    def state(self) -> str:
        """came, missed, or empty while nobody has said anything."""
        return "came" if self.checkin else "missed" if self.no_show else ""

    @property
    def is_late(self) -> bool:
        """Whether the hours count from the arrival."""
        return bool(self.checkin and hours.is_late(self.checkin))

    @property
    def minutes(self) -> int | None:
        """What the visit counts, once it is whole."""
        span = hours.counted(self.checkin) if self.checkin else None
        return span.minutes if span else None


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """One learner of the session; without `mark` nobody has said anything, a day after it `is_fixed`."""

    learner: Learner
    mark: Attendance | None
    pickups: list[PickUp]
    is_fixed: bool = False
    delegate: Delegate | None = None
    clash: Clash | None = None

    @property
    def state(self) -> str:
        """present, absent, excused, or empty."""
        return self.mark.state if self.mark else ""


@dataclass(frozen=True, slots=True)
class Roll:
    """The page 点名. `room` is how many children the adults who are there may be with; None where there is no floor."""

    session: Session
    helpers: list[HelperRow]
    learners: list[LearnerRow]
    floor: floor.Floor
    is_open: bool
    is_over: bool
    room: int | None = None

    @property
    def came(self) -> int:
        """How many volunteers are there."""
        return sum(row.state == "came" for row in self.helpers)

    @property
    def present(self) -> int:
        """How many learners came."""
        return sum(row.state == "present" for row in self.learners)

    @property
    def unsaid(self) -> int:
        """Of how many people nobody has said anything."""
        return sum(not row.state for row in self.helpers) + sum(not row.state for row in self.learners)

    @property
    def has_children(self) -> bool:
        """Whether somebody of a list has to fetch them."""
        return self.session.series.programme.kind == Programme.Kind.CHILD


def roll(*, session: Session, now: datetime) -> Roll:
    """Everybody of one session. A constant number of queries."""
    found = clashes([session])
    learners = _learners(session, now, found)
    present = sum(row.state == "present" for row in learners)
    there = floor.floor_of(session, children=present)
    return Roll(
        session=session,
        helpers=_helpers(session, now, found),
        learners=learners,
        floor=there,
        room=floor.room_of(session, here=there.here),
        is_open=session.status != Session.Status.CANCELLED and now >= session.starts_at - OPENS_BEFORE,
        is_over=session.ends_at <= now,
    )


def _helpers(session: Session, now: datetime, told: Clashes) -> list[HelperRow]:
    """Those who are placed, in the order of the roster, and those who came besides."""
    placed = session.assignments.filter(status__in=Assignment.ACTIVE).select_related(
        "volunteer__person", "shift__role", "no_show"
    )
    line = ServiceRecord.objects.filter(checkin=OuterRef("pk"))
    came = session.checkins.select_related("volunteer__person").annotate(is_counted=Exists(line))
    visits = {row.volunteer_id: row for row in came}
    for visit in visits.values():
        visit.session = session
    rows = [_helper(one, visits.get(one.volunteer_id), now) for one in placed.order_by(*ORDER)]
    known = {row.volunteer.pk for row in rows}
    besides = [row for row in visits.values() if row.volunteer_id not in known]
    rows += [
        HelperRow(row.volunteer, "临时来的", None, row, None, row.is_counted, _is_old(row.changed_at, now))
        for row in besides
    ]
    guarded = session.series.programme.needs_clearance
    fit = floor.fit([row.volunteer for row in rows], session) if guarded else known | set(visits)
    return [
        replace(row, may_be_kept=row.volunteer.pk in fit, clash=told.get((session.pk, row.volunteer.pk, None)))
        for row in rows
    ]


ORDER = ("-shift__role__is_lead", "shift", "volunteer__person__name_key", "id")


def _helper(placed: Assignment, visit: CheckIn | None, now: datetime) -> HelperRow:
    missed = getattr(placed, "no_show", None)
    return HelperRow(
        volunteer=placed.volunteer,
        role=str(placed.shift.role),
        assignment=placed,
        checkin=visit,
        no_show=missed,
        is_counted=getattr(visit, "is_counted", False),
        is_fixed=_is_old(visit.changed_at if visit else missed.said_at if missed else None, now),
    )


def _is_old(said_at: datetime | None, now: datetime) -> bool:
    return said_at is not None and said_at < now - hours.STAYS_OPEN


def _learners(session: Session, now: datetime, told: Clashes) -> list[LearnerRow]:
    """Those expected and those who came besides, by name."""
    marks = {row.learner_id: row for row in session.attendance.all()}
    wanted = {*demand.expected_learners(session), *marks}
    rows = Learner.objects.filter(pk__in=wanted).select_related("person").prefetch_related("pickups")
    of_children = session.series.programme.kind == Programme.Kind.CHILD
    named = family.delegates_of(session, wanted) if of_children else {}
    return [
        LearnerRow(
            learner=one,
            mark=(mark := marks.get(one.pk)),
            pickups=list(one.pickups.all()),
            is_fixed=_is_old(mark.marked_at if mark else None, now),
            delegate=named.get(one.pk),
            clash=told.get((session.pk, None, one.pk)),
        )
        for one in rows.order_by("person__name_key", "pk")
    ]


def found(q: str, session: Session) -> tuple[list[Volunteer], list[Learner]]:
    """Who may be meant by a name or digits of a number: volunteers, and seniors of the community."""
    words = people.typed(q)
    if not words:
        return [], []
    volunteers = Volunteer.objects.filter(status=Volunteer.Status.ACTIVE)
    learners = Learner.objects.filter(community=session.community_id, kind=Learner.Kind.SENIOR)
    if session.series.programme.kind == Programme.Kind.CHILD:
        learners = learners.none()
    for word in words:
        volunteers = volunteers.filter(people.found_by(word))
        learners = learners.filter(people.found_by(word))
    return (
        _first(volunteers.exclude(pk__in=session.checkins.values("volunteer"))),
        _first(learners.exclude(pk__in=session.attendance.values("learner"))),
    )


def _first(rows: QuerySet) -> list:
    return list(rows.select_related("person").order_by("person__name_key", "pk")[:MOST_FOUND])


def open_sessions(*, community: Community, first: date, last: date, now: datetime) -> list[Session]:
    """Sessions of these days that are over and of which something is not said; with `agreed`, `unsaid`. One query."""
    came = CheckIn.objects.filter(volunteer=OuterRef("assignments__volunteer"), session=OuterRef("pk"))
    agreed = Q(assignments__status=Assignment.Status.ACCEPTED)
    rows = Session.objects.filter(
        community=community, on_date__range=(first, last), ends_at__lte=now, status=Session.Status.PLANNED
    ).annotate(
        agreed=Count("assignments", filter=agreed, distinct=True),
        unsaid=Count("assignments", filter=agreed & Q(assignments__no_show=None) & Q(~Exists(came)), distinct=True),
    )
    wanted = rows.filter(Q(agreed__gt=0) | Q(expected__gt=0))
    return list(wanted.select_related("series__programme", "room").order_by("starts_at", "id"))
