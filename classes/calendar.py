"""What kind of day a date is, and on which days a series meets.

The calendar is data; no package is asked at request time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from classes import recurrence
from classes.models import CalendarDay, Community, Programme, SchoolTerm, Series, Term

Type = CalendarDay.Type
Status = CalendarDay.Status
DayRule = Programme.DayRule
SCHOOL_WEEK = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a range for one community, read with two queries.

    A community's own row wins over the general one. A day without a row is a workday
    Monday to Friday and weekend otherwise; it counts as predicted while its year has no
    official row, because a make-up day may still fall on it. `parts` are terms and breaks
    of schools by level.
    """

    rows: dict[date, CalendarDay]
    official_years: frozenset[int]
    first: date
    last: date
    parts: dict[str, list[SchoolTerm]]

    @classmethod
    def between(cls, first: date, last: date, community: Community | None = None) -> "Days":
        """Read the years from `first` to `last`, both included."""
        return cls.everywhere(first, last)[community.pk if community else None]

    @classmethod
    def of(cls, term: Term, community: Community | None = None) -> "Days":
        """The days of a term."""
        return cls.between(term.starts_on, term.ends_on, community)

    @classmethod
    def everywhere(cls, first: date, last: date) -> "dict[int | None, Days]":
        """The days of every community by its id, and under None those of a place without days of its own.

        Two queries for any number of communities.
        """
        general: dict[date, CalendarDay] = {}
        own: dict[int, dict[date, CalendarDay]] = defaultdict(dict)
        for row in CalendarDay.objects.filter(date__range=(date(first.year, 1, 1), date(last.year, 12, 31))):
            (own[row.community_id] if row.community_id else general)[row.date] = row
        official = frozenset(day.year for day, row in general.items() if row.is_announced)
        parts: dict[str, list[SchoolTerm]] = defaultdict(list)
        for part in SchoolTerm.objects.filter(starts_on__lte=last, ends_on__gte=first):
            parts[part.level].append(part)
        found: dict[int | None, Days] = defaultdict(lambda: cls(general, official, first, last, dict(parts)))
        for community_id, rows in own.items():
            found[community_id] = cls(general | rows, official, first, last, dict(parts))
        return found

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

    def part_of(self, level: str, day: date) -> SchoolTerm | None:
        """Term or break in the schools of that level; None where nobody has said."""
        return next((part for part in self.parts.get(level, ()) if part.starts_on <= day <= part.ends_on), None)

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
    rule = recurrence.rule_of(series, weekdays)
    named = set(rule.dates()) if rule else set()
    first, last = recurrence.limits(series)
    for day in recurrence.days_between(max(first, days.first), min(last, days.last)):
        if days.type_of(day) == Type.MAKEUP:
            found = on_makeup_day(series, weekdays, day in named, day, days)
        else:
            found = on_own_day(series.programme, day, days) if day in named else None
        if found:
            yield in_its_part(series.programme, found, days)


def in_its_part(programme: Programme, found: Meeting, days: Days) -> Meeting:
    """The same meeting under the rule of the school year, where the programme goes by it and it is stricter."""
    part = days.part_of(programme.school_level, found.on_date)
    rule = programme.rule_in(part.kind if part else None)
    if part is None or rule == found.rule or programme.stricter(rule, found.rule) == found.rule:
        return found
    return Meeting(found.on_date, rule, found.day_type, reason(rule, str(part), programme))


def on_own_day(programme: Programme, day: date, days: Days) -> Meeting:
    """A day that the pattern names."""
    day_type = days.type_of(day)
    rule = programme.rule_for(day_type)
    name = days.name_of(day)
    label = {
        Type.HOLIDAY: f"{name}放假" if name else "放假",
        Type.HALF: f"{name}半天放假" if name else "半天放假",
        Type.CLOSED: name or "停课",
        Type.WEEKEND: "周末",
        Type.WORKDAY: "工作日",
    }[day_type]
    return Meeting(day, rule, day_type, reason(rule, label, programme))


def on_makeup_day(series: Series, weekdays: frozenset[int], is_named: bool, day: date, days: Days) -> Meeting | None:
    """A weekend day on which people work and pupils attend; `is_named` says that the pattern names it too.

    A weekly series on all of Monday to Friday meets as on a workday. One on some weekdays meets when
    the day says whose timetable it follows, else it has to be asked, but only where the rule
    pack runs on make-up days. One that meets on this weekend day anyway takes the rule as it is.
    """
    programme = series.programme
    rule = programme.rule_for(Type.MAKEUP)
    name = days.name_of(day) or "调休上班"
    follows = days.follows(day)
    if is_named:
        return Meeting(day, rule, Type.MAKEUP, reason(rule, name, programme))
    if series.month_weeks or not recurrence.is_its_week(series, day):
        return None
    if weekdays >= SCHOOL_WEEK or follows in weekdays:
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


YEARS = range(1970, 2200)
"""Days outside are a mistake or mischief, and arithmetic with weeks ends at the year 9999."""


def day_in(text: str | None) -> date | None:
    """The day in a text such as 2026-11-27; None where it is none, or none of this age."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.year in YEARS else None
