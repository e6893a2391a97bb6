"""What a club's leader sees, and what the desk sees of a club: its people, its places, and nobody else."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Prefetch, Q, Sum
from django.utils import timezone

from classes.models import Session
from volunteers.models import Absence, Assignment, CheckIn, Hold, HoldName, Organisation, Volunteer
from volunteers.queries import opening
from volunteers.queries.opening import Opening

TERM_BACK = timedelta(days=120)
STATES = {
    Assignment.Status.OFFERED: "还没回",
    Assignment.Status.ACCEPTED: "答应了",
    Assignment.Status.DECLINED: "来不了",
    Assignment.Status.RELEASED: "换下了",
    Assignment.Status.DRAFT: "还没通知",
}


@dataclass(frozen=True, slots=True)
class Person:
    """One of the club's people at one of its places, and whether they came."""

    assignment: Assignment
    state: str
    may_go: bool


@dataclass(frozen=True, slots=True)
class Held:
    """One hold with its people; `is_open` while names can be filled in."""

    hold: Hold
    opening: Opening
    people: list[Person]
    is_open: bool

    @property
    def named(self) -> int:
        """Places with somebody's name."""
        return sum(person.may_go for person in self.people)


@dataclass(frozen=True, slots=True)
class Member:
    """One of the club: the next place, and how often they came lately."""

    volunteer: Volunteer
    next: Assignment | None
    times: int


def holds_of(*, club: Organisation, now: datetime, pk: int | None = None) -> list[Held]:
    """The club's holds of sessions that are not long over, the next first. Three queries."""
    found = Hold.objects.filter(
        Q(ended_at=None) | Q(names__isnull=False),
        organisation=club,
        shift__session__ends_at__gt=now - timedelta(days=14),
    ).distinct()
    if pk is not None:
        found = found.filter(pk=pk)
    people = HoldName.objects.select_related("assignment__volunteer__person").order_by("id")
    rows = list(
        found.select_related(
            "organisation",
            "shift__role",
            "shift__session__series__programme",
            "shift__session__lesson",
            "shift__session__room",
            "shift__session__community",
        )
        .prefetch_related(Prefetch("names", queryset=people))
        .order_by("shift__session__starts_at", "id")
    )
    came = _came([row.shift.session_id for row in rows])
    return [_held(row, came, now) for row in rows]


def _held(row: Hold, came: dict[tuple[int, int], CheckIn], now: datetime) -> Held:
    session = row.shift.session
    people = [
        _person(one.assignment, came.get((session.pk, one.assignment.volunteer_id)), now) for one in row.names.all()
    ]
    is_open = row.ended_at is None and row.lapses_at > now and session.status == Session.Status.PLANNED
    return Held(row, Opening(session, row.shift), people, is_open)


def _person(assignment: Assignment, checkin: CheckIn | None, now: datetime) -> Person:
    active = assignment.status in Assignment.ACTIVE
    state = STATES[Assignment.Status(assignment.status)]
    if checkin and checkin.arrived_at:
        state = "来了"
    elif active and assignment.ends_at <= now:
        state = "没有签到"
    return Person(assignment, state, active and assignment.starts_at > now)


def _came(sessions: list[int]) -> dict[tuple[int, int], CheckIn]:
    rows = CheckIn.objects.filter(session__in=sessions)
    return {(row.session_id, row.volunteer_id): row for row in rows if row.session_id}


def to_hold(*, club: Organisation, first: date, days: int, now: datetime) -> list[Opening]:
    """Sessions with open places in these days on which the club is not away. Two queries."""
    last = first + timedelta(days=days - 1)
    away = Absence.objects.filter(organisation=club, starts_on__lte=last, ends_on__gte=first)
    spans = list(away.values_list("starts_on", "ends_on"))
    rows = opening.shifts(now=now).filter(taken__lt=F("needed"), session__on_date__range=(first, last))
    return [
        one
        for one in opening.as_openings(rows)
        if not any(starts <= one.session.on_date <= ends for starts, ends in spans)
    ]


def members(*, club: Organisation, now: datetime) -> list[Member]:
    """The club's people, with their next place and how often they came in this term's length. Three queries."""
    people = list(
        Volunteer.objects.filter(organisation=club)
        .exclude(status=Volunteer.Status.LEFT)
        .select_related("person")
        .order_by("person__name_key", "id")
    )
    coming = Assignment.objects.filter(
        volunteer__in=people,
        status__in=(Assignment.Status.OFFERED, Assignment.Status.ACCEPTED),
        starts_at__gt=now,
        session__status=Session.Status.PLANNED,
    ).select_related("session__series")
    ahead: dict[int, list[Assignment]] = defaultdict(list)
    for one in coming.order_by("starts_at", "id"):
        ahead[one.volunteer_id].append(one)
    since = timezone.localdate(now) - TERM_BACK
    came = CheckIn.objects.filter(volunteer__in=people, on_date__gte=since, arrived_at__isnull=False)
    times = dict(came.order_by().values_list("volunteer").annotate(Count("pk")))
    return [Member(who, next(iter(ahead[who.pk]), None), times.get(who.pk, 0)) for who in people]


def absences_of(*, club: Organisation, now: datetime) -> list[Absence]:
    """The club's own exam weeks and holidays that are not over. One query."""
    return list(club.absences.filter(ends_on__gte=timezone.localdate(now)).order_by("starts_on"))


@dataclass(frozen=True, slots=True)
class Row:
    """One club on the desk's list; `held` are places without a name."""

    club: Organisation
    people: int
    held: int


def clubs() -> list[Row]:
    """Every organisation with how many people it has and how many places it holds. Two queries."""
    people = Count("members", filter=~Q(members__status=Volunteer.Status.LEFT))
    # Both joins in one query would count each place once a member.
    held = Hold.objects.filter(ended_at=None).order_by().values_list("organisation").annotate(Sum("places"))
    places = dict(held)
    found = Organisation.objects.select_related("leader").annotate(people=people).order_by("name")
    return [Row(one, one.people, places.get(one.pk, 0)) for one in found]
