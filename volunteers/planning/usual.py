"""A usual week of what is left of a term: the days on which classes run, and when rooms are taken."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils import timezone

from classes.calendar import Days, in_its_part, on_own_day
from classes.models import CalendarDay, Programme, RoomBooking, SchoolTerm, Term, VenueClosing
from classes.timetabling.parts import DAY, Window, joined
from volunteers.rules import windows

WEEK = 7
TWICE = 2
"""What happens on so many dates of a weekday happens every week: a room that others take."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """What is left of a term: `first` to `last`, a week at least, and what the calendar of each community says."""

    first: date
    last: date
    days: dict[int | None, Days]
    _runs: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict)

    @classmethod
    def left(cls, term: Term, now: datetime) -> "Weeks":
        """From today, or the term's first day, to its last. Two queries."""
        first = min(max(term.starts_on, timezone.localdate(now)), term.ends_on - timedelta(days=WEEK - 1))
        return cls(first, term.ends_on, Days.everywhere(first, term.ends_on))

    @property
    def monday(self) -> date:
        """The Monday of the week in the middle: what holds for more than half of the time holds then."""
        middle = self.first + (self.last - self.first) / 2
        return middle - timedelta(days=middle.weekday())

    def closed(self, community: int | None) -> frozenset[int]:
        """The weekdays on which a community is closed on more than half of the dates."""
        days = self.days[community]
        shut = (day.weekday() for day in self._dates() if days.type_of(day) == CalendarDay.Type.CLOSED)
        return self._mostly(shut)

    def runs(self, programme: Programme, community: int) -> frozenset[int]:
        """The weekdays on which a programme meets without being asked, on more than half of the dates."""
        key = programme.pk, community
        if key not in self._runs:
            days = self.days[community]
            ordinary = (day for day in self._dates() if days.type_of(day) != CalendarDay.Type.MAKEUP)
            rules = ((day, in_its_part(programme, on_own_day(programme, day, days), days).rule) for day in ordinary)
            self._runs[key] = self._mostly(day.weekday() for day, rule in rules if rule == Programme.DayRule.RUN)
        return self._runs[key]

    def has_no_school(self, programme: Programme) -> bool:
        """Whether the pupils of a programme have their break in the middle of these weeks."""
        part = self.days[None].part_of(programme.school_level, self.monday)
        return part is not None and part.kind != SchoolTerm.Kind.TERM

    def shut(self) -> dict[int, frozenset[int]]:
        """The weekdays on which each venue is shut as a whole on more than half of the dates. One query."""
        days: dict[int, set[date]] = defaultdict(set)
        for one in VenueClosing.objects.filter(first_on__lte=self.last, last_on__gte=self.first):
            days[one.venue_id] |= set(windows.dates(max(self.first, one.first_on), min(self.last, one.last_on)))
        return {venue: self._mostly(day.weekday() for day in dates) for venue, dates in days.items()}

    def taken(self) -> dict[int, tuple[Window, ...]]:
        """When others have each room every week. One query."""
        found: dict[int, list[Window]] = defaultdict(list)
        bookings = RoomBooking.objects.filter(
            closing=None, starts_at__date__lte=self.last, ends_at__date__gte=self.first
        )
        for booking in bookings.order_by("id"):
            starts, ends = timezone.localtime(booking.starts_at), timezone.localtime(booking.ends_at)
            found[booking.room_id] += self._parts(starts, ends)
        return {room: often(times) for room, times in found.items()}

    def _parts(self, starts: datetime, ends: datetime) -> Iterator[Window]:
        """One booking by days."""
        for day in windows.dates(max(self.first, starts.date()), min(self.last, ends.date())):
            opens = minutes(starts.time()) if day == starts.date() else 0
            closes = minutes(ends.time()) if day == ends.date() else DAY
            if opens < closes:
                yield Window(day.weekday(), opens, closes)

    def _dates(self) -> list[date]:
        return windows.dates(self.first, self.last)

    def _mostly(self, weekdays: Iterable[int]) -> frozenset[int]:
        all_of_them = Counter(day.weekday() for day in self._dates())
        return frozenset(day for day, count in Counter(weekdays).items() if 2 * count > all_of_them[day])


def often(times: Iterable[Window]) -> tuple[Window, ...]:
    """The minutes of the week that are in two of these times at least."""
    by_day: dict[int, list[Window]] = defaultdict(list)
    for one in times:
        by_day[one.weekday].append(one)
    found = []
    for day, own in by_day.items():
        cuts = sorted({cut for one in own for cut in (one.starts, one.ends)})
        pieces = (Window(day, starts, ends) for starts, ends in pairwise(cuts))
        found += [piece for piece in pieces if sum(one.holds(piece) for one in own) >= TWICE]
    return joined(found)


def minutes(clock: time) -> int:
    """Minutes after midnight; 23:59 is how a form writes midnight."""
    return DAY if clock >= windows.END_OF_DAY else 60 * clock.hour + clock.minute


def stated(rows: list[list[str | int]] | None) -> tuple[Window, ...]:
    """[[weekday, "HH:MM", "HH:MM"], …] as windows."""
    return joined(
        Window(int(day), minutes(time.fromisoformat(str(opens))), minutes(time.fromisoformat(str(closes))))
        for day, opens, closes in rows or ()
    )
