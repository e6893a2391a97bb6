"""What kind of day a date is, and on which days a series meets.

The calendar is data; no package is asked at request time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from classes.models import CalendarDay, Community, Programme, Series, Term

Type = CalendarDay.Type
Status = CalendarDay.Status
DayRule = Programme.DayRule
SCHOOL_WEEK = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a range for one community, read with one query.

    A community's own row wins over the general one. A day without a row is a workday
    Monday to Friday and weekend otherwise; it counts as predicted while its year has no
    official row, because a make-up day may still fall on it.
    """

    rows: dict[date, CalendarDay]
    official_years: frozenset[int]
    first: date
    last: date

    @classmethod
    def between(cls, first: date, last: date, community: Community | None = None) -> "Days":
        """Read the years from `first` to `last`, both included."""
        found = CalendarDay.objects.filter(
            Q(community__isnull=True) | Q(community=community) if community else Q(community__isnull=True),
            date__range=(date(first.year, 1, 1), date(last.year, 12, 31)),
        )
        general_first = sorted(found, key=lambda row: row.community_id is not None)
        return cls(
            rows={row.date: row for row in general_first},
            official_years=frozenset(row.date.year for row in general_first if row.status == Status.OFFICIAL),
            first=first,
            last=last,
        )

    @classmethod
    def of(cls, term: Term, community: Community | None = None) -> "Days":
        """The days of a term."""
        return cls.between(term.starts_on, term.ends_on, community)

    def dates(self) -> Iterable[date]:
        """Every date of the range, in order."""
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)

    def type_of(self, day: date) -> str:
        """One of CalendarDay.Type."""
        row = self.rows.get(day)
        if row:
            return row.day_type
        return Type.WEEKEND if day.weekday() >= 5 else Type.WORKDAY

    def name_of(self, day: date) -> str:
        """What the day is called (国庆节), or nothing."""
        row = self.rows.get(day)
        return row.name if row else ""

    def follows(self, day: date) -> int | None:
        """The weekday whose timetable schools run on a make-up day, when it is known."""
        row = self.rows.get(day)
        return row.follows_weekday if row else None

    def status_of(self, day: date) -> str:
        """Official, predicted or local: how far the type can be trusted."""
        row = self.rows.get(day)
        if row:
            return row.status
        return Status.OFFICIAL if self.is_official(day.year) else Status.PREDICTED

    def is_official(self, year: int) -> bool:
        """Whether the State Council's arrangement of that year has been brought in."""
        return year in self.official_years

    def predicted_years(self) -> list[int]:
        """Years of the range that rest on a guess; pages say so."""
        years = range(self.first.year, self.last.year + 1)
        return [year for year in years if not self.is_official(year)]


def teaching_week(term: Term, day: date) -> int:
    """The number of the week in the term; week 1 is the Monday week of its first day."""
    monday_of_first = term.starts_on - timedelta(days=term.starts_on.weekday())
    return (day - monday_of_first).days // 7 + 1


@dataclass(frozen=True, slots=True)
class Meeting:
    """A day on which a series would meet, what the rules say about it (run, skip, ask), and why."""

    on_date: date
    rule: str
    day_type: str
    why: str = ""


def meetings(series: Series, weekdays: frozenset[int], days: Days) -> Iterator[Meeting]:
    """Every day of the range that the pattern touches, in order."""
    for day in days.dates():
        if (teaching_week(series.term, day) - 1) % series.every_weeks:
            continue
        day_type = days.type_of(day)
        if day_type == Type.MAKEUP:
            found = on_makeup_day(series.programme, weekdays, day, days)
        elif day.weekday() in weekdays:
            found = on_own_day(series.programme, day, days)
        else:
            continue
        if found:
            yield found


def on_own_day(programme: Programme, day: date, days: Days) -> Meeting:
    """A day on which the series meets every week."""
    day_type = days.type_of(day)
    rule = programme.rule_for(day_type)
    name = days.name_of(day)
    label = {
        Type.HOLIDAY: f"{name}放假" if name else "放假",
        Type.CLOSED: name or "停课",
        Type.WEEKEND: "周末",
        Type.WORKDAY: "工作日",
    }[day_type]
    return Meeting(day, rule, day_type, reason(rule, label, programme))


def on_makeup_day(programme: Programme, weekdays: frozenset[int], day: date, days: Days) -> Meeting | None:
    """A weekend day on which people work and pupils attend.

    A series on all of Monday to Friday meets as on a workday. One on some weekdays meets when
    the day says whose timetable it follows, else it has to be asked, but only where the rule
    pack runs on make-up days. One that meets on this weekend day anyway takes the rule as it is.
    """
    rule = programme.rule_for(Type.MAKEUP)
    name = days.name_of(day) or "调休上班"
    follows = days.follows(day)
    if day.weekday() in weekdays or weekdays >= SCHOOL_WEEK or follows in weekdays:
        return Meeting(day, rule, Type.MAKEUP, reason(rule, name, programme))
    if follows is None and rule == DayRule.RUN and weekdays & SCHOOL_WEEK:
        return Meeting(day, DayRule.ASK, Type.MAKEUP, f"{name}，还不知道按周几的课表，开不开等您定")
    return None


def reason(rule: str, label: str, programme: Programme) -> str:
    """The sentence of a day that is not simply run."""
    if rule == DayRule.ASK:
        return f"{label}，开不开等您定"
    if rule == DayRule.SKIP:
        return f"{label}，{programme.name}不开课"
    return ""
