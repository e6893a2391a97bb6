"""What the engine is asked: series to place, rooms, people, and what is settled already.

The file format is `linke-timetable/1`; `docs/timetabling.md` describes it field by field.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classes.timetabling.members import (
    lead_dict,
    learner_dict,
    read_lead,
    read_learner,
    read_room,
    read_series,
    read_venue,
    read_volunteer,
    room_dict,
    series_dict,
    venue_dict,
    volunteer_dict,
)
from classes.timetabling.parts import (
    PROGRAMMES,
    Lead,
    Learner,
    Need,
    Placement,
    Room,
    Series,
    Slot,
    Venue,
    Volunteer,
    Window,
    Wish,
    starts_of,
)
from engines.reading import BadDocument, Node, read_document, read_once

__all__ = [
    "PROGRAMMES",
    "BadDocument",
    "Lead",
    "Learner",
    "Need",
    "Placement",
    "Problem",
    "Room",
    "Series",
    "Slot",
    "Venue",
    "Volunteer",
    "Window",
    "Wish",
    "from_dict",
    "load",
    "to_dict",
]

FORMAT = "linke-timetable/1"
STEP = 30
LIMITS = {
    "venues": 500,
    "rooms": 2_000,
    "series": 2_000,
    "learners": 100_000,
    "leads": 10_000,
    "volunteers": 20_000,
}
"""How many a problem may have: a street has a twentieth of it."""
PLACEMENTS = 2_000_000
"""Possible starts times rooms at the venues, over all series; a street has 40,000."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The whole question. `step`: minutes between two possible starts.

    `weeks`: of how many weeks the needs and the volunteers are. Where some help in odd or even weeks only they
    are 2: each week has roles and volunteers of its own, and a class meets at the same times in both.
    """

    venues: tuple[Venue, ...]
    rooms: tuple[Room, ...]
    series: tuple[Series, ...]
    learners: tuple[Learner, ...] = ()
    leads: tuple[Lead, ...] = ()
    volunteers: tuple[Volunteer, ...] = ()
    step: int = STEP
    weeks: int = 1
    base_minutes: float = 0.0
    minutes_per_km: float = 0.0
    name: str = ""
    venue: dict[int, Venue] = field(init=False, compare=False, repr=False)
    room: dict[int, Room] = field(init=False, compare=False, repr=False)
    one: dict[int, Series] = field(init=False, compare=False, repr=False)
    learner: dict[int, Learner] = field(init=False, compare=False, repr=False)
    lead: dict[int, Lead] = field(init=False, compare=False, repr=False)
    slots: dict[int, tuple[Slot, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "venue", {one.id: one for one in self.venues})
        keep(self, "room", {one.id: one for one in self.rooms})
        keep(self, "one", {one.id: one for one in self.series})
        keep(self, "learner", {one.id: one for one in self.learners})
        keep(self, "lead", {one.id: one for one in self.leads})
        keep(self, "slots", {one.id: tuple(sorted(set(starts_of(one, self.step)))) for one in self.series})

    @property
    def open(self) -> tuple[Series, ...]:
        """The series to be placed."""
        return tuple(one for one in self.series if not one.fixed)

    @property
    def settled(self) -> tuple[Placement, ...]:
        """Every session that is fixed."""
        return tuple(place for one in self.series for place in one.fixed)

    def per_week(self, places: int) -> int | float:
        """Helpers' places of all weeks as those of one on average."""
        whole, rest = divmod(places, self.weeks)
        return round(places / self.weeks, 1) if rest else whole

    def time(self, placement: Placement) -> Window:
        """When a session takes place."""
        return self.one[placement.series].time(placement)

    def travel_minutes(self, one: int, other: int) -> int:
        """Whole minutes between two venues, rounded up; 0 inside one."""
        if one == other:
            return 0
        a, b = self.venue[one], self.venue[other]
        km = math.hypot(a.x_km - b.x_km, a.y_km - b.y_km)
        return math.ceil(self.base_minutes + self.minutes_per_km * km - 1e-9)

    def away(self, one: Placement, other: Placement) -> int:
        """Minutes on the way between two placements."""
        return self.travel_minutes(self.room[one.room].venue, self.room[other.room].venue)


def load(path: str | Path) -> Problem:
    """Read a problem file, plain or packed; raises BadDocument with the path of the wrong value."""
    return read_document(path, from_dict)


def from_dict(data: Any) -> Problem:
    """The problem in a `linke-timetable/1` document; raises BadDocument."""
    top = Node(data)
    if top.at("format").text() != FORMAT:
        raise top.at("format").expected(repr(FORMAT))
    step, weeks, name, travel = (top.maybe(key) for key in ("step_minutes", "weeks", "name", "travel"))
    venues = _once(top, "venues", read_venue)
    rooms = _once(top, "rooms", lambda node: read_room(node, venues))
    learners = _once(top, "learners", read_learner)
    if not rooms:
        raise top.at("rooms").refuse("expected one room at least")
    leads = _once(top, "leads", read_lead)
    series = _once(top, "series", lambda node: read_series(node, venues, rooms, learners, leads))
    minutes = _step(step) if step else STEP
    _expect_fewer(top.at("series"), series, rooms, minutes)
    return Problem(
        venues=tuple(venues.values()),
        rooms=tuple(rooms.values()),
        series=tuple(series.values()),
        learners=tuple(learners.values()),
        leads=tuple(leads.values()),
        volunteers=tuple(_once(top, "volunteers", lambda node: read_volunteer(node, venues)).values()),
        step=minutes,
        weeks=weeks.whole(low=1) if weeks else 1,
        base_minutes=travel.at("base_minutes").number(low=0) if travel else 0.0,
        minutes_per_km=travel.at("minutes_per_km").number(low=0) if travel else 0.0,
        name=name.text() if name else "",
    )


def to_dict(problem: Problem) -> dict[str, Any]:
    """The `linke-timetable/1` document of a problem: the inverse of `from_dict`."""
    return {
        "format": FORMAT,
        "name": problem.name,
        "step_minutes": problem.step,
        "weeks": problem.weeks,
        "travel": {"base_minutes": problem.base_minutes, "minutes_per_km": problem.minutes_per_km},
        "venues": [venue_dict(one) for one in problem.venues],
        "rooms": [room_dict(one) for one in problem.rooms],
        "series": [series_dict(one) for one in problem.series],
        "learners": [learner_dict(one) for one in problem.learners],
        "leads": [lead_dict(one) for one in problem.leads],
        "volunteers": [volunteer_dict(one) for one in problem.volunteers],
    }


def _once(top: Node, key: str, read: Any) -> dict[int, Any]:
    node = top.at(key) if key in ("venues", "rooms", "series") else top.maybe(key)
    return read_once(node, read, most=LIMITS[key]) if node else {}


def _expect_fewer(node: Node, series: dict[int, Series], rooms: dict[int, Room], step: int) -> None:
    """Refuse what would take hours or all memory, before anything is built."""
    count = 0
    for one in series.values():
        starts = sum((time.ends - time.starts) // step + 1 for time in one.window)
        count += starts * sum(room.venue in one.venues for room in rooms.values())
    if count > PLACEMENTS:
        words = f"could be placed in about {count:,} ways, the limit is {PLACEMENTS:,}"
        raise node.refuse(f"{words}; plan fewer series at once or take larger steps")


def _step(node: Node) -> int:
    step = node.whole(low=5)
    if (24 * 60) % step:
        raise node.expected("minutes that divide a day, such as 15 or 30")
    return step
