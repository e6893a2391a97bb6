"""The three pictures under the board: where it is thin, who carries much, whether it grows."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F

from classes.models import Community, Programme
from volunteers.models import Assignment, CheckIn

PARTS = ("上午", "下午", "放学后")
WEEKS_SHOWN = 8
PEOPLE_SHOWN = 8
CHILD = Programme.Kind.CHILD


@dataclass(frozen=True, slots=True)
class Cell:
    """Places filled, needed and still wanted in one part of one day."""

    filled: int = 0
    needed: int = 0
    gaps: int = 0

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.filled + other.filled, self.needed + other.needed, self.gaps + other.gaps)


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One part of the day with its seven cells; None where nothing is held."""

    name: str
    cells: list[Cell | None]


@dataclass(frozen=True, slots=True)
class Load:
    """How often one person serves in a month; `limit` is None when they named none."""

    volunteer_id: int
    name: str
    times: int
    limit: int | None

    @property
    def is_over(self) -> bool:
        """Whether they are at or over what they said they can do."""
        return self.limit is not None and self.times >= self.limit


@dataclass(frozen=True, slots=True)
class Loads:
    """The busiest people of a month, the mean of all who serve, and the longest bar."""

    month: int
    rows: list[Load]
    mean: float
    most: int


@dataclass(frozen=True, slots=True)
class TrendWeek:
    """Person-times of one week; `is_plan` when they are agreed but not yet served."""

    monday: date
    seniors: int
    children: int
    is_plan: bool

    @property
    def label(self) -> str:
        """The Monday, with its month where a month begins."""
        return f"{self.monday:%-m/%-d}" if self.monday.day < 8 else f"{self.monday:%-d}"

    @property
    def column(self) -> dict[str, Any]:
        """What the picture draws."""
        return {"label": self.label, "seniors": self.seniors, "children": self.children, "plan": self.is_plan}


def part_of_day(hour: int) -> int:
    """Index into PARTS. After school begins at 16:00."""
    return 0 if hour < 12 else 1 if hour < 16 else 2


def heat(places: Iterable[tuple[int, int, Cell]]) -> list[HeatRow]:
    """Rows of the heat table from weekday, hour and places of each session."""
    sums: dict[tuple[int, int], Cell] = {}
    for weekday, hour, cell in places:
        at = part_of_day(hour), weekday
        sums[at] = sums.get(at, Cell()) + cell
    return [HeatRow(name, [sums.get((part, day)) for day in range(7)]) for part, name in enumerate(PARTS)]


def month_limit(per_week: int | None, day: date) -> int | None:
    """A weekly limit as a monthly one: whole weeks of the month, rounded down."""
    return per_week and per_week * monthrange(day.year, day.month)[1] // 7


def loads(*, community: Community, day: date) -> Loads:
    """Who serves how often in the month of `day`, busiest first. One query."""
    counted = (
        Assignment.objects.filter(
            session__community=community,
            session__on_date__year=day.year,
            session__on_date__month=day.month,
            status__in=Assignment.ACTIVE,
        )
        .exclude(session__status="cancelled")
        .values("volunteer_id", per_week=F("volunteer__max_per_week"), name=F("volunteer__person__name"))
        .annotate(times=Count("id"))
        .order_by("-times", "volunteer__person__name_key", "volunteer_id")
    )
    rows = [(r["volunteer_id"], r["name"], r["times"], month_limit(r["per_week"], day)) for r in counted]
    shown = rows[:PEOPLE_SHOWN]
    most = max([max(times, limit or 0) for _, _, times, limit in shown], default=1)
    mean = sum(times for _, _, times, _ in rows) / len(rows) if rows else 0
    return Loads(day.month, [Load(*row) for row in shown], mean, most)


def trend(*, community: Community, monday: date, today: date) -> list[TrendWeek]:
    """Person-times of the eight weeks up to `monday`: served before this week, planned after.

    One query: attendance for weeks that are over, and active assignments for the rest.
    """
    this_monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=WEEKS_SHOWN - 1)
    last = monday + timedelta(days=6)
    served = (
        CheckIn.objects.filter(series__community=community, on_date__range=(first, last))
        .filter(on_date__lt=this_monday)
        .values_list("on_date", "series__programme__kind")
        .annotate(n=Count("id"))
        .order_by()
    )
    planned = (
        Assignment.objects.filter(
            session__community=community,
            session__on_date__range=(first, last),
            session__on_date__gte=this_monday,
            status__in=Assignment.ACTIVE,
        )
        .values_list("session__on_date", "session__series__programme__kind")
        .annotate(n=Count("id"))
        .order_by()
    )
    sums: Counter[tuple[date, bool]] = Counter()
    for on_date, kind, n in served.union(planned, all=True).order_by():
        sums[on_date - timedelta(days=on_date.weekday()), kind == CHILD] += n
    mondays = [first + timedelta(weeks=offset) for offset in range(WEEKS_SHOWN)]
    return [TrendWeek(m, sums[m, False], sums[m, True], m >= this_monday) for m in mondays]
