"""The pattern of a series as one RFC 5545 rule: the same text says on which days it meets and goes into feeds."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from classes.models import Series

SHANGHAI = ZoneInfo("Asia/Shanghai")
BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule with its first meeting: `text` is an RRULE without its name, `starts_at` its DTSTART."""

    text: str
    starts_at: datetime

    def dates(self) -> list[date]:
        """Every day that the rule names, in order."""
        return [moment.date() for moment in rrulestr(self.text, dtstart=self.starts_at)]


def limits(series: Series) -> tuple[date, date]:
    """The first and the last day on which a series may meet, both included; the term where it says nothing."""
    first = max(series.term.starts_on, series.from_on or date.min)
    return first, min(series.term.ends_on, series.until_on or date.max)


def first_week(series: Series) -> date:
    """The Monday of the week from which every second (third …) week is counted."""
    start = series.term.starts_on
    return start - timedelta(days=start.weekday()) + timedelta(weeks=series.week_offset)


def is_its_week(series: Series, day: date) -> bool:
    """Whether the week of that day is one of those in which a weekly series meets."""
    return (day - first_week(series)).days // 7 % series.every_weeks == 0


def rule_of(series: Series, weekdays: frozenset[int]) -> Rule | None:
    """The rule of a series that meets on these weekdays; None where it names no day at all.

    DTSTART is the first meeting, as RFC 5545 asks, and UNTIL is given in UTC.
    """
    first, last = limits(series)
    first_meeting = next((day for day in days_between(first, last) if is_named(series, weekdays, day)), None)
    if first_meeting is None:
        return None
    starts_at = datetime.combine(first_meeting, series.starts, SHANGHAI)
    until = datetime.combine(last, series.starts, SHANGHAI).astimezone(UTC)
    return Rule(f"{frequency(series, weekdays)};UNTIL={until:%Y%m%dT%H%M%SZ}", starts_at)


def frequency(series: Series, weekdays: frozenset[int]) -> str:
    """How often: FREQ, INTERVAL and BYDAY. Weeks begin on Monday."""
    days = [BYDAY[day] for day in sorted(weekdays)]
    if series.month_weeks:
        nth = series.month_weeks.split(",")
        return f"FREQ=MONTHLY;BYDAY={','.join(number + day for number in nth for day in days)}"
    return f"FREQ=WEEKLY;INTERVAL={series.every_weeks};BYDAY={','.join(days)};WKST=MO"


def is_named(series: Series, weekdays: frozenset[int], day: date) -> bool:
    """Whether the pattern names that day, limits aside."""
    if day.weekday() not in weekdays:
        return False
    if series.month_weeks:
        is_last = (day + timedelta(days=7)).month != day.month
        nth = {str((day.day - 1) // 7 + 1), *(["-1"] if is_last else [])}
        return bool(nth & set(series.month_weeks.split(",")))
    return is_its_week(series, day)


def days_between(first: date, last: date) -> list[date]:
    """Every day of a range, both ends included."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def in_words(series: Series, weekdays: list[int]) -> str:
    """周二、四 · 双周周三 · 每月第一、三个周六 · 周一至周五,7月12日到7月23日."""
    if not weekdays:
        return "没定星期几"
    days = "周一至周五" if weekdays == list(range(5)) else "周" + "、".join(WEEKDAYS[day] for day in weekdays)
    if series.month_weeks:
        days = series.get_month_weeks_display() + days
    elif series.every_weeks == 2:
        days = f"{'双' if series.week_offset else '单'}周{days}"
    elif series.every_weeks > 2:
        days = f"每 {series.every_weeks} 周{days}"
    span = [f"{day.month}月{day.day}日{word}" for day, word in ((series.from_on, "起"), (series.until_on, "止")) if day]
    return "，".join([days, *span])
