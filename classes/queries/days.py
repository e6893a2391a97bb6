"""The page 日历: what a year says about its days, and which sessions a change of days has caught."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from classes.calendar import Days, Status, Type
from classes.models import CalendarDay, Community, Programme, SchoolTerm, Session


@dataclass(slots=True)
class Stretch:
    """Days in a row of one type and name."""

    days: list[CalendarDay]

    @property
    def first(self) -> CalendarDay:
        """Its first day, which knows type, name, status and source."""
        return self.days[0]

    @property
    def last(self) -> CalendarDay:
        """Its last day."""
        return self.days[-1]


@dataclass(slots=True)
class YearPage:
    """All the page shows. `own` are days of this community alone."""

    year: int
    official: bool
    stretches: list[Stretch]
    own: list[CalendarDay]
    parts: list[SchoolTerm]
    caught: int


def year_page(*, year: int, community: Community, now: datetime) -> YearPage:
    """Days of a year for everybody and for one community, and the school year around it."""
    found = CalendarDay.objects.filter(Q(community=None) | Q(community=community), date__year=year)
    rows = list(found.order_by("date"))
    general = [row for row in rows if row.community_id is None]
    return YearPage(
        year=year,
        official=any(row.is_announced for row in general),
        stretches=list(stretches(general)),
        own=[row for row in rows if row.community_id is not None],
        parts=list(SchoolTerm.objects.filter(starts_on__year__lte=year, ends_on__year__gte=year)),
        caught=len(caught(community=community, now=now)),
    )


def stretches(rows: Iterable[CalendarDay]) -> Iterable[Stretch]:
    """Days in order of date as stretches; every make-up day stands alone, it has a timetable of its own."""
    last: Stretch | None = None
    for row in rows:
        if last and row.day_type != Type.MAKEUP and continues(last.last, row):
            last.days.append(row)
            continue
        if last:
            yield last
        last = Stretch([row])
    if last:
        yield last


def continues(before: CalendarDay, row: CalendarDay) -> bool:
    """Whether a day goes on with what the day before was."""
    same = (before.day_type, before.name, before.status) == (row.day_type, row.name, row.status)
    return same and row.date - before.date == timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Caught:
    """A planned session whose day is no longer what it was when the session was made.

    `rule` is what its programme does on such a day now (run, skip, ask); `why` says what changed, and
    `reason` what people are told where it is not held.
    """

    session: Session
    day_type: str
    rule: str
    why: str
    reason: str


def caught(*, community: Community | None, now: datetime) -> list[Caught]:
    """Every planned session to come whose day changed, in order. Three queries.

    The day has another type now, or a break of schools has come over it, in which its programme does
    not run; a session that somebody has ticked for such a day is left in peace.
    """
    planned = Session.objects.filter(status=Session.Status.PLANNED, starts_at__gt=now)
    if community:
        planned = planned.filter(community=community)
    sessions = list(planned.select_related("series__programme", "room").order_by("starts_at", "id"))
    if not sessions:
        return []
    days = Days.everywhere(sessions[0].on_date, max(session.on_date for session in sessions))
    found = (looked_at(session, days[session.community_id]) for session in sessions)
    return [one for one in found if one]


def looked_at(session: Session, days: Days) -> Caught | None:
    """What has become of the day of one session; None where nothing has changed."""
    programme = session.series.programme
    now_is = days.type_of(session.on_date)
    if now_is != session.day_type:
        before, after = Type(session.day_type).label, Type(now_is).label
        name = days.name_of(session.on_date)
        why = f"原来是{before}，现在是{after}" + (f"（{name}）" if name else "")
        return Caught(session, now_is, programme.rule_for(now_is), why, reason_of(now_is, name))
    part = days.part_of(programme.school_level, session.on_date)
    if part and programme.rule_in(part.kind) == Programme.DayRule.SKIP and session.ticked_at is None:
        return Caught(session, now_is, Programme.DayRule.SKIP, f"{part}，{programme}平时不开", str(part))
    return None


def reason_of(day_type: str, name: str) -> str:
    """国庆节放假, 暴雪停课: why a session is not held, as it stands in the notes."""
    word = {Type.HOLIDAY: "放假", Type.HALF: "半天放假", Type.CLOSED: "停课", Type.MAKEUP: "调休上班"}.get(
        Type(day_type), "日历改了"
    )
    return name if word in name else f"{name}{word}"


def guessed(places: Iterable[tuple[int, date]]) -> list[date]:
    """Of some days in communities (by id) those that rest on a guess, in order. Two queries."""
    wanted = set(places)
    if not wanted:
        return []
    dates = [day for _, day in wanted]
    days = Days.everywhere(min(dates), max(dates))
    return sorted({day for place, day in wanted if days[place].status_of(day) == Status.PREDICTED})


def guess_in_words(dates: list[date]) -> str:
    """1月4日等 3 天"""
    first = f"{dates[0].month}月{dates[0].day}日"
    return first if len(dates) == 1 else f"{first}等 {len(dates)} 天"
