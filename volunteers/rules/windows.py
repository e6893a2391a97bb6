"""When a volunteer is free on the days of a range: weekly habits, dates and exceptions as periods."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from volunteers.matching.problem import Session as Meeting
from volunteers.matching.problem import Travel, Window
from volunteers.models import Availability

Kind = Availability.Kind
Weeks = Availability.Weeks
Period = tuple[datetime, datetime]

END_OF_DAY = time(23, 59)
# Minutes between two communities; 0 inside one. The figures of the benchmark files.
TRAVEL = Travel(base_minutes=12, minutes_per_km=6)


def applies(row: Availability, day: date, week_number: int | None) -> bool:
    """Whether this row speaks about that day. `week_number` counts teaching weeks of the term."""
    if row.on_date is not None:
        return row.on_date == day
    if row.weekday != day.weekday():
        return False
    if (row.from_on and day < row.from_on) or (row.until_on and day > row.until_on):
        return False
    if row.weeks == Weeks.EVERY:
        return True
    # Outside every term nobody can say which week it is, and a rule that cannot be checked blocks.
    return week_number is not None and (week_number % 2 == 0) == (row.weeks == Weeks.EVEN)


def free_windows(
    rows: Iterable[Availability], days: Iterable[date], week_number: Callable[[date], int | None]
) -> tuple[Window, ...]:
    """The free periods on these days, impossible times taken away, in the order of time.

    Preferred times appear twice, once inside what is possible, so that a session that begins
    in a preferred hour and ends in a possible one is covered as a whole.
    """
    dated: dict[date | None, list[Availability]] = {}
    for row in rows:
        dated.setdefault(row.on_date, []).append(row)
    weekly = dated.get(None, [])
    found: list[Window] = []
    for day in days:
        today = [row for row in (*weekly, *dated.get(day, ())) if applies(row, day, week_number(day))]
        if not today:
            continue
        for kinds, preferred in (((Kind.PREFERRED, Kind.POSSIBLE), False), ((Kind.PREFERRED,), True)):
            free = _joined(_period(row, day) for row in today if row.kind in kinds)
            taken = [_period(row, day) for row in today if row.kind == Kind.IMPOSSIBLE]
            found += [Window(start, end, preferred) for start, end in _without(free, taken)]
    return tuple(sorted(found, key=lambda window: (window.starts_at, window.ends_at, window.preferred)))


def telling_row(
    rows: Iterable[Availability], meeting: Meeting, week_number: Callable[[date], int | None]
) -> Availability | None:
    """The row that says the volunteer is free for this meeting, preferred times first."""
    day = meeting.starts_at.date()
    said = [row for row in rows if row.kind != Kind.IMPOSSIBLE and applies(row, day, week_number(day))]
    meets = [row for row in said if _meets(_period(row, day), meeting)]
    return min(meets, key=lambda row: (row.kind != Kind.PREFERRED, row.starts, row.pk), default=None)


def impossible(rows: Iterable[Availability], meeting: Meeting, week_number: Callable[[date], int | None]) -> bool:
    """Whether the volunteer has said that some of this time is impossible."""
    day = meeting.starts_at.date()
    return any(
        row.kind == Kind.IMPOSSIBLE and applies(row, day, week_number(day)) and _meets(_period(row, day), meeting)
        for row in rows
    )


def dates(first: date, last: date) -> list[date]:
    """Every day of a range, both ends included."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _period(row: Availability, day: date) -> Period:
    # 23:59 is how a form writes midnight.
    ends = datetime.combine(day + timedelta(days=1), time()) if row.ends >= END_OF_DAY else None
    return datetime.combine(day, row.starts), ends or datetime.combine(day, row.ends)


def _meets(period: Period, meeting: Meeting) -> bool:
    return period[0] < meeting.ends_at and meeting.starts_at < period[1]


def _joined(periods: Iterable[Period]) -> list[Period]:
    joined: list[Period] = []
    for start, end in sorted(periods):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _without(free: list[Period], taken: list[Period]) -> list[Period]:
    for start, end in taken:
        pieces = [piece for f in free for piece in ((f[0], min(f[1], start)), (max(f[0], end), f[1]))]
        free = [piece for piece in pieces if piece[0] < piece[1]]
    return free
