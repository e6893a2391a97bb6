"""Whether the room of a class that is not made yet is free at all of its times, and which rooms are."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from classes.calendar import DayRule, Days, meetings
from classes.models import Community, Room, RoomBooking, Series, Session, Term
from classes.queries.rooms import Use, is_open, say_lacking
from classes.recurrence import days_between

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFERED = 4
"""So many free rooms are named."""

type Busy = dict[tuple[int, date], list[Use]]
"""By room and day: what is in it."""


@dataclass(frozen=True, slots=True)
class Met:
    """Who has the room already, on how many of the days of the class, and the first of them."""

    who: str
    number: int
    first: date


@dataclass(frozen=True, slots=True)
class Look:
    """The room of a class over its whole term: how many sessions it has, how many find the room taken, by whom.

    `lacking` says what the room does not have of what the class needs. `free` are rooms that have it, and are
    free, open and large enough at all of these times, the best fitting first.
    """

    sessions: int
    taken: int
    met: list[Met]
    lacking: str
    free: list[Room]

    @property
    def is_all(self) -> bool:
        """Whether not one session has its room."""
        return self.taken == self.sessions


def look(series: Series, weekdays: Collection[int]) -> Look:
    """What a class that is not saved yet would meet; the same number of queries for any number of others."""
    days = Days.of(series.term, series.community)
    times = times_of(series, frozenset(weekdays), days)
    rooms = list(Room.objects.filter(venue__community=series.community).order_by("id"))
    busy = uses_of(series.term, series.community, days, rooms)
    met = clashes(times, series.room_id, busy)
    others = [room for room in rooms if room.pk != series.room_id]
    free = [room for room in others if is_free(room, series, weekdays, times, busy)]
    free.sort(key=lambda room: (room.seats is None, room.seats or 0, room.pk))
    taken = {day for days in met.values() for day in days}
    own = series.room
    lacking = say_lacking(own, missing) if own and (missing := own.lacks(series.needs)) else ""
    return Look(len(times), len(taken), in_words(met), lacking, free[:OFFERED])


def times_of(series: Series, weekdays: frozenset[int], days: Days) -> list[tuple[datetime, datetime]]:
    """When the sessions of a class will be, days that are asked about left out."""
    found = [one.on_date for one in meetings(series, weekdays, days) if one.rule == DayRule.RUN]
    return [
        (datetime.combine(day, series.starts, SHANGHAI), datetime.combine(day, series.ends, SHANGHAI)) for day in found
    ]


def uses_of(term: Term, community: Community, days: Days, rooms: list[Room]) -> Busy:
    """What is in the rooms during a term: sessions, bookings, and classes whose sessions are not made yet."""
    busy: Busy = defaultdict(list)
    held = Session.objects.filter(room__in=rooms, on_date__range=(term.starts_on, term.ends_on))
    rows = held.exclude(status=Session.Status.CANCELLED).order_by("starts_at", "id")
    for room, day, starts_at, ends_at, name in rows.values_list(
        "room_id", "on_date", "starts_at", "ends_at", "series__name"
    ):
        busy[room, day].append(Use(starts_at, ends_at, name))
    opens, closes = (
        datetime.combine(day, time(), SHANGHAI) for day in (term.starts_on, term.ends_on + timedelta(days=1))
    )
    booked = RoomBooking.objects.filter(room__in=rooms, ends_at__gt=opens, starts_at__lt=closes)
    for booking in booked.order_by("starts_at", "id"):
        first, last = (moment.astimezone(SHANGHAI).date() for moment in (booking.starts_at, booking.ends_at))
        for day in days_between(max(first, term.starts_on), min(last, term.ends_on)):
            busy[booking.room_id, day].append(Use(booking.starts_at, booking.ends_at, booking.who))
    waiting = Series.objects.filter(term=term, community=community, room__in=rooms, sessions=None)
    for one in waiting.select_related("programme", "term").prefetch_related("days").order_by("id"):
        for starts_at, ends_at in times_of(one, frozenset(day.weekday for day in one.days.all()), days):
            busy[one.room_id, starts_at.date()].append(Use(starts_at, ends_at, one.name))
    return busy


def clashes(times: Iterable[tuple[datetime, datetime]], room_id: int | None, busy: Busy) -> dict[str, list[date]]:
    """Who is in the room at these times, with the days."""
    found: dict[str, list[date]] = defaultdict(list)
    if room_id is None:
        return found
    for starts_at, ends_at in times:
        for use in busy.get((room_id, starts_at.date()), ()):
            if use.starts_at < ends_at and starts_at < use.ends_at:
                found[use.who].append(starts_at.date())
    return found


def in_words(met: dict[str, list[date]]) -> list[Met]:
    """Whoever is met most often first."""
    found = [Met(who, len(set(days)), min(days)) for who, days in met.items()]
    return sorted(found, key=lambda one: (-one.number, one.first, one.who))


def is_free(
    room: Room, series: Series, weekdays: Iterable[int], times: list[tuple[datetime, datetime]], busy: Busy
) -> bool:
    """Whether the class fits into the room at every one of its times, with the room's break before and after."""
    if (room.seats and series.capacity > room.seats) or room.lacks(series.needs):
        return False
    if not all(is_open(room, day, series.starts, series.ends) for day in weekdays):
        return False
    gap = timedelta(minutes=room.gap_minutes)
    return not clashes([(starts_at - gap, ends_at + gap) for starts_at, ends_at in times], room.pk, busy)


def free_name(term: Term, community: Community, name: str) -> str:
    """The name, or with a number behind it when there is a class of that name."""
    taken = set(Series.objects.filter(term=term, community=community).values_list("name", flat=True))
    tries = (name, *(f"{name} {number}" for number in range(2, len(taken) + 3)))
    return next(one for one in tries if one not in taken)
