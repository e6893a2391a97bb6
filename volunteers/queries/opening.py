"""Sessions that want people, as the public list shows them: never a name, never a number of anybody."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from classes.models import Community, Programme, Session
from classes.queries import places
from volunteers.models import Shift

Kind = Programme.Kind
DAYS = 7
FURTHEST_WEEK = 12
# What the filters of the page are called, and the kinds behind them.
FILTERS = {"senior": (Kind.SENIOR, Kind.DESK), "child": (Kind.CHILD,)}
NEEDS = {
    Kind.SENIOR: ("check", "不用经验，现场有人带"),
    Kind.DESK: ("check", "会用智能手机就行"),
    Kind.CHILD: ("shield", "满 18 岁，先做背景查询（社区帮您办，免费）"),
}


@dataclass(frozen=True, slots=True)
class Opening:
    """One session with the places for people who sign up; leads are asked personally."""

    session: Session
    shift: Shift

    @property
    def gaps(self) -> int:
        """Places that still want somebody."""
        return self.shift.needed - self.shift.taken

    @property
    def kind(self) -> str:
        """The programme's kind."""
        return self.session.series.programme.kind

    @property
    def title(self) -> str:
        """What one helps with, in the words of somebody who has never been here."""
        if self.kind == Kind.CHILD:
            return "陪孩子写作业"
        if self.kind == Kind.DESK:
            return "帮老人解决手机问题"
        return "教老人用手机"

    @property
    def lesson(self) -> str:
        """What a class of seniors learns that day, apart from the title: a topic may be 养老骗局."""
        session = self.session
        if self.kind != Kind.SENIOR or session.is_review or session.lesson is None:
            return ""
        return session.lesson.short_title

    @property
    def wants_check(self) -> bool:
        """Whether a background check comes before the first time."""
        return self.session.series.programme.needs_clearance

    @property
    def place(self) -> str:
        """Community and room, the community said once."""
        community, room = self.session.community.name, self.session.room
        return f"{community} {room.name}" if room else community

    @property
    def need(self) -> tuple[str, str]:
        """Icon and sentence of what is required."""
        return NEEDS[Kind(self.kind)]


@dataclass(slots=True)
class Day:
    """One day of the strip."""

    date: date
    openings: list[Opening] = field(default_factory=list)
    off: list[Session] = field(default_factory=list)

    @property
    def gaps(self) -> int:
        """Places that still want somebody that day."""
        return sum(opening.gaps for opening in self.openings)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from `first`, those with gaps first and the full ones last."""

    first: date
    days: list[Day]

    @property
    def gaps(self) -> int:
        """Hands that are missing."""
        return sum(day.gaps for day in self.days)

    @property
    def wanting(self) -> list[Opening]:
        """What one can sign up for, in the order of time."""
        return [opening for day in self.days for opening in day.openings if opening.gaps]

    @property
    def full(self) -> list[Opening]:
        """What has everybody already."""
        return [opening for day in self.days for opening in day.openings if not opening.gaps]

    @property
    def off(self) -> list[Session]:
        """What was called off: nobody should set out for it."""
        return [session for day in self.days for session in day.off]


def week(*, first: date, now: datetime, only: str = "", community: Community | None = None) -> Week:
    """The seven days from `first`; `only` is a key of FILTERS. Two queries."""
    days = [Day(first + timedelta(days=offset)) for offset in range(DAYS)]
    rows = shifts(now=now).filter(session__on_date__range=(days[0].date, days[-1].date))
    off = called_off(now=now).filter(on_date__range=(days[0].date, days[-1].date))
    if only in FILTERS:
        rows = rows.filter(session__series__programme__kind__in=FILTERS[only])
        off = off.filter(series__programme__kind__in=FILTERS[only])
    if community:
        rows, off = rows.filter(session__community=community), off.filter(community=community)
    for opening in as_openings(rows):
        days[(opening.session.on_date - first).days].openings.append(opening)
    for session in off:
        days[(session.on_date - first).days].off.append(session)
    return Week(first, days)


def called_off(*, now: datetime) -> QuerySet[Session]:
    """Sessions to come that are not held; of what was merged or split the rest is held."""
    whole = Session.objects.filter(merged_into=None, split_from=None, starts_at__gt=now)
    found = whole.filter(status=Session.Status.CANCELLED).select_related("series__programme", "community")
    return found.order_by("starts_at", "id")


def next_open(
    *, now: datetime, kinds: Iterable[str] = (), besides: Iterable[int] = (), limit: int = 3
) -> list[Opening]:
    """The next sessions with a place; `besides` are session ids to leave out. One query."""
    rows = shifts(now=now).filter(taken__lt=F("needed")).exclude(session__in=list(besides))
    if kinds:
        rows = rows.filter(session__series__programme__kind__in=list(kinds))
    return as_openings(rows[:limit])


def opening_of(pk: int) -> tuple[Session | None, Opening | None]:
    """One session, whatever its state, and its places for people who sign up. Two queries."""
    found = Session.objects.select_related("series__programme", "lesson", "room__venue", "community")
    session = found.filter(pk=pk).first()
    if session is None:
        return None, None
    shift = session.shifts.filter(role__is_lead=False, needed__gt=0).select_related("role").order_by("id").first()
    return session, Opening(session, shift) if shift else None


def shifts(*, now: datetime) -> QuerySet[Shift]:
    """The helpers' needs of sessions to come."""
    found = Shift.objects.filter(
        role__is_lead=False, needed__gt=0, session__starts_at__gt=now, session__status=Session.Status.PLANNED
    )
    return found.select_related(
        "role", "session__series__programme", "session__lesson", "session__room", "session__community"
    ).order_by("session__starts_at", "session_id", "id")


def as_openings(rows: Iterable[Shift]) -> list[Opening]:
    """Shifts with their sessions."""
    return [Opening(shift.session, shift) for shift in rows]


def communities() -> list[Community]:
    """Communities to choose from: those with a class or a learner. One query."""
    return list(places.communities().filter(in_use=True))


def first_day(number: int, now: datetime) -> date:
    """The first day of the list `number` weeks ahead: today, or a week later, …"""
    return timezone.localdate(now) + timedelta(days=DAYS * number)
