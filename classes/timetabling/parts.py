"""The parts of a timetable problem: frozen, keyed by whole numbers, times as minutes after midnight.

A week is seven days, Monday is 0. Periods are half-open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PROGRAMMES = ("senior", "child", "desk")
DAY = 24 * 60
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A time of the week."""

    weekday: int
    starts: int
    ends: int

    def holds(self, other: Window) -> bool:
        """Whether the other time lies inside this one."""
        return self.weekday == other.weekday and self.starts <= other.starts and other.ends <= self.ends

    def meets(self, other: Window) -> bool:
        """Whether the two times have a minute in common."""
        return self.weekday == other.weekday and self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """When a session of a series starts."""

    weekday: int
    starts: int


@dataclass(frozen=True, slots=True, order=True)
class Placement:
    """One weekly session of a series: when it starts and in which room."""

    series: int
    weekday: int
    starts: int
    room: int

    @property
    def slot(self) -> Slot:
        """When, without the room."""
        return Slot(self.weekday, self.starts)


@dataclass(frozen=True, slots=True)
class Venue:
    """An address. On `closed` weekdays nothing new is placed there."""

    id: int
    x_km: float = 0.0
    y_km: float = 0.0
    closed: frozenset[int] = frozenset()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A room. Without `hours` it may be used all day; `booked` are times it is somebody else's.

    `seats` None: nobody has counted them. `gap` is the pause in minutes between two classes in it.
    """

    id: int
    venue: int
    seats: int | None = None
    step_free: bool = True
    equipment: frozenset[str] = frozenset()
    hours: tuple[Window, ...] = ()
    booked: tuple[Window, ...] = ()
    gap: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """So many places of one role at every session of a series."""

    role: str
    places: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What it costs, in the tier of wishes, to have a session that meets this time."""

    time: Window
    cost: int


@dataclass(frozen=True, slots=True)
class Series:
    """One series: how long and how often it meets, what it needs, who learns in it.

    Without `starts` it may start at every step of the problem inside its `window`. `same_time`: all its
    days have the same time and room. What is `fixed` is a fact: it takes room, lead, learners and helpers,
    and is neither placed nor judged. `last` is when it met last term.
    """

    id: int
    programme: str
    venues: tuple[int, ...]
    minutes: int
    window: tuple[Window, ...]
    sessions: int = 1
    people: int = 0
    step_free: bool = False
    equipment: frozenset[str] = frozenset()
    rooms: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()
    same_time: bool = True
    learners: tuple[int, ...] = ()
    lead: int | None = None
    needs: tuple[Need, ...] = ()
    priority: int = 1
    last: tuple[Slot, ...] = ()
    wishes: tuple[Wish, ...] = ()
    fixed: tuple[Placement, ...] = ()
    name: str = ""

    def time(self, slot: Slot | Placement) -> Window:
        """When a session that starts there takes place."""
        return Window(slot.weekday, slot.starts, slot.starts + self.minutes)

    @property
    def places(self) -> int:
        """Helpers' places of one session, all roles together."""
        return sum(need.places for need in self.needs)


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who learns. `free` None: at any time. `once_a_day`: at most one class a day."""

    id: int
    free: tuple[Window, ...] | None = None
    once_a_day: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """A teacher whose series are given. `free` None: at any time."""

    id: int
    free: tuple[Window, ...] | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Volunteer:
    """Somebody who helps: supply. `roles` they may take, `reach` are the venues they go to."""

    id: int
    roles: frozenset[str]
    reach: frozenset[int]
    free: tuple[Window, ...]
    a_day: int = 1
    a_week: int = 1


def covered(free: tuple[Window, ...] | None, time: Window) -> bool:
    """Whether somebody with these free times can be there all the time."""
    return free is None or any(window.holds(time) for window in free)


def joined(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same times, those that touch or overlap as one, in order."""
    found: list[Window] = []
    for window in sorted(windows):
        if found and found[-1].weekday == window.weekday and window.starts <= found[-1].ends:
            found[-1] = Window(window.weekday, found[-1].starts, max(found[-1].ends, window.ends))
        else:
            found.append(window)
    return tuple(found)


def clock(minutes: int) -> str:
    """570 is 09:30."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def spoken(weekday: int, starts: int) -> str:
    """周六 09:30"""
    return f"周{WEEKDAYS[weekday]} {clock(starts)}"


def starts_of(series: Series, step: int) -> Iterator[Slot]:
    """Every time at which the series could start, whatever the rules say of the rest."""
    for window in series.window:
        starts = series.starts or range(-(-window.starts // step) * step, window.ends, step)
        for start in starts:
            if window.starts <= start and start + series.minutes <= window.ends:
                yield Slot(window.weekday, start)
