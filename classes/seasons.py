"""Terms by their season: what a name says about the days, and which term comes next."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

SEASON = re.compile(r"(20\d{2})\D*?(春|夏|秋|冬|暑|寒)")
# First and last day of a term by its season, as (years after the name's year, month, day).
SPANS = {
    "春": ((0, 2, 22), (0, 7, 9)),
    "夏": ((0, 7, 10), (0, 8, 31)),
    "暑": ((0, 7, 10), (0, 8, 31)),
    "秋": ((0, 9, 1), (1, 1, 22)),
    "冬": ((1, 1, 23), (1, 2, 21)),
    "寒": ((1, 1, 23), (1, 2, 21)),
}
WORTH_STARTING = timedelta(weeks=3)
Span = tuple[date, date]


def span_of(name: str) -> Span | None:
    """First and last day of a term by its name: 2026秋 is 2026-09-01 to 2027-01-22."""
    found = SEASON.search(name)
    return _span(int(found[1]), found[2]) if found else None


def term_around(day: date) -> str:
    """The name of the first term with three weeks left on this day: 2026秋 in November 2026."""
    return next(name for name, span in _terms(day.year, "春暑秋寒") if span[1] >= day + WORTH_STARTING)


def term_after(last: date | None, *, today: date) -> tuple[str, date, date]:
    """Name, first and last day of the term to plan next: the first 春 or 秋 that begins when `last`, the last
    day of the latest term, is over, give or take three weeks, and that has three weeks left. A term that has
    begun runs from `today`.
    """
    begun = last - WORTH_STARTING if last else date.min
    return next(
        (name, max(starts, today), ends)
        for name, (starts, ends) in _terms(max(today.year, begun.year), "春秋")
        if starts >= begun and ends >= today + WORTH_STARTING
    )


def _terms(year: int, seasons: str) -> Iterator[tuple[str, Span]]:
    """The terms of the year before, of this year and of the next ones, in order."""
    return ((f"{one}{season}", _span(one, season)) for one in range(year - 1, year + 4) for season in seasons)


def _span(year: int, season: str) -> Span:
    starts, ends = (date(year + years, month, day) for years, month, day in SPANS[season])
    return starts, ends
