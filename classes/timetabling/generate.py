"""Makes fictional problems with the shape of real ones, for tests, demos and measurements.

A community has twelve series: four senior classes, one class with two sessions a week for children, three
more for children, four phone desks. People have habits by part of the day, as in the roster engine's
problems. The same arguments make the same problem.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from classes.timetabling.parts import (
    Lead,
    Learner,
    Need,
    Room,
    Series,
    Slot,
    Venue,
    Volunteer,
    Window,
    Wish,
    joined,
)
from classes.timetabling.problem import LIMITS, Problem

SERIES = 12
ROOMS, LEARNERS, VOLUNTEERS = 2.5, 150, 80
"""For each community."""
STREET_KM = 2.5
PARTS = ((9 * 60, 12 * 60), (14 * 60, 16 * 60 + 30), (16 * 60, 18 * 60 + 30), (18 * 60 + 30, 21 * 60))
"""Morning, afternoon, after school, evening."""
KNOWS_A_SECOND = 0.08
"""Share of seniors who are in two classes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """People of one kind: how often they are free in each part of a workday and of a weekend day."""

    share: float
    workday: tuple[float, float, float, float]
    weekend: tuple[float, float, float, float]
    roles: tuple[str, ...]
    a_week: tuple[tuple[int, float], ...]


HELPERS = (
    Kind(0.30, (0.55, 0.41, 0.33, 0.13), (0.46, 0.42, 0.14, 0.15), ("helper", "desk"), ((1, 0.4), (2, 0.6))),
    Kind(0.40, (0.11, 0.17, 0.34, 0.42), (0.66, 0.74, 0.31, 0.15), ("helper", "tutor", "desk"), ((1, 0.7), (2, 0.3))),
    Kind(0.24, (0.03, 0.03, 0.07, 0.35), (0.49, 0.46, 0.15, 0.16), ("helper", "desk"), ((1, 1.0),)),
    Kind(0.06, (0.10, 0.16, 0.54, 0.14), (0.34, 0.25, 0.14, 0.23), ("tutor",), ((1, 1.0),)),
)
SENIOR = Kind(1, (0.70, 0.62, 0.35, 0.10), (0.55, 0.50, 0.25, 0.08), (), ())
PUPIL = Kind(1, (0.0, 0.0, 0.80, 0.05), (0.35, 0.40, 0.20, 0.0), (), ())
CALLER = Kind(1, (0.60, 0.55, 0.30, 0.30), (0.50, 0.45, 0.20, 0.15), (), ())
LEARNER = {"senior": SENIOR, "child": PUPIL, "desk": CALLER}
PLANS = (*["senior"] * 4, *["child"] * 4, *["desk"] * 4)


def generate(
    *,
    seed: int = 0,
    communities: int = 1,
    volunteers: int | None = None,
    habit: float = 1.0,
) -> Problem:
    """A fictional problem. `habit` scales how often volunteers are free: 1 is usual, 0.5 is scarce.

    Raises ValueError for numbers that make no problem.
    """
    if communities < 1 or not 0 < habit <= 1 or (volunteers is not None and volunteers < 0):
        raise ValueError("expected one community at least, and a habit above 0 and up to 1")
    if communities * SERIES > LIMITS["series"] or (volunteers or 0) > LIMITS["volunteers"]:
        raise ValueError(f"expected {LIMITS['series']:,} series and {LIMITS['volunteers']:,} volunteers at most")
    chance = Random(f"timetable {seed}")
    venues = tuple(_venue(chance, number) for number in range(communities))
    rooms = tuple(_room(chance, n, venues[n * communities // _rooms(communities)]) for n in range(_rooms(communities)))
    learners: list[Learner] = []
    leads = tuple(_lead(chance, number) for number in range(communities * 2))
    series = tuple(_series(chance, venue, number, learners, leads) for venue in venues for number in range(SERIES))
    count = VOLUNTEERS * communities if volunteers is None else volunteers
    return Problem(
        venues=venues,
        rooms=rooms,
        series=series,
        learners=tuple(learners),
        leads=leads,
        volunteers=tuple(_volunteer(chance, number, venues, habit) for number in range(count)),
        base_minutes=12,
        minutes_per_km=6,
        name=f"made-{seed}",
    )


def _rooms(communities: int) -> int:
    return max(2, math.floor(ROOMS * communities))


def _venue(chance: Random, number: int) -> Venue:
    x_km, y_km = (round(chance.uniform(0, STREET_KM), 3) for _ in range(2))
    closed = frozenset({6}) if chance.random() < 0.15 else frozenset()
    return Venue(number, x_km, y_km, closed, f"场地{number + 1}")


def _room(chance: Random, number: int, venue: Venue) -> Room:
    upstairs = number % 2 == 1 and chance.random() < 0.7
    booked = tuple(Window(chance.randrange(7), *chance.choice(PARTS)) for _ in range(chance.choice((0, 1, 2))))
    return Room(
        id=number,
        venue=venue.id,
        seats=chance.choice((16, 20, 24, 30)) if number % 2 else 30,
        step_free=not upstairs or chance.random() < 0.5,
        equipment=frozenset({"投影"}) if number % 2 == 0 or chance.random() < 0.5 else frozenset(),
        hours=tuple(Window(day, 8 * 60, 21 * 60) for day in range(7)),
        booked=booked,
        gap=chance.choice((0, 10, 15)),
        name=f"教室{number + 1}",
    )


def _lead(chance: Random, number: int) -> Lead:
    return Lead(number, _habit(chance, SENIOR, 0.9), f"讲师{number + 1}")


def _series(chance: Random, venue: Venue, number: int, learners: list[Learner], leads: Sequence[Lead]) -> Series:
    programme = PLANS[number]
    own = _learners(chance, programme, learners)
    pk = venue.id * SERIES + number
    window = _window(programme)
    last = _last(chance, window)
    return Series(
        id=pk,
        programme=programme,
        venues=(venue.id,),
        minutes=120 if programme == "child" else 90,
        window=window,
        sessions=2 if number == len(PLANS) // 3 else 1,
        people=len(own),
        step_free=programme == "senior" and chance.random() < 0.25,
        equipment=frozenset({"投影"}) if programme == "senior" and chance.random() < 0.4 else frozenset(),
        learners=own,
        lead=_own_lead(chance, venue, leads) if programme == "senior" else None,
        needs=_needs(chance, programme, len(own)),
        last=last,
        wishes=(Wish(Window(chance.randrange(7), 0, 24 * 60), 1),),
        name=f"{venue.id + 1}社区{number + 1}班",
    )


def _own_lead(chance: Random, venue: Venue, leads: Sequence[Lead]) -> int:
    """Mostly one of the two of the community, now and then one who comes from elsewhere."""
    if chance.random() < 0.2:
        return chance.choice(leads).id
    return leads[2 * venue.id + chance.randrange(2)].id


def _learners(chance: Random, programme: str, learners: list[Learner]) -> tuple[int, ...]:
    count = chance.randint(11, 15)
    known = [one for one in learners[-60:] if one.once_a_day and programme == "senior"]
    own: dict[int, None] = {}
    for _ in range(count):
        if known and chance.random() < KNOWS_A_SECOND:
            own[chance.choice(known).id] = None
            continue
        one = Learner(len(learners), _habit(chance, LEARNER[programme], 1.0), programme == "senior")
        learners.append(one)
        own[one.id] = None
    return tuple(own)


def _needs(chance: Random, programme: str, people: int) -> tuple[Need, ...]:
    """One to one or two for seniors, a tutor for four children, three or four people at a desk."""
    if programme == "child":
        return (Need("tutor", max(2, -(-people // 4))),)
    if programme == "desk":
        return (Need("desk", chance.choice((3, 4))),)
    return (Need("helper", -(-people * 2 // chance.choice((3, 3, 4)))),)


def _window(programme: str) -> tuple[Window, ...]:
    if programme == "child":
        return tuple(Window(day, 16 * 60, 18 * 60 + 30) for day in range(5))
    if programme == "desk":
        return tuple(Window(day, 9 * 60, 20 * 60 + 30) for day in range(7))
    return tuple(Window(day, *part) for day in range(7) for part in ((9 * 60, 12 * 60), (14 * 60, 17 * 60)))


def _last(chance: Random, window: tuple[Window, ...]) -> tuple[Slot, ...]:
    if chance.random() < 0.3:
        return ()
    part = chance.choice(window)
    return (Slot(part.weekday, part.starts + 30 * chance.randrange(2)),)


def _volunteer(chance: Random, number: int, venues: Sequence[Venue], habit: float) -> Volunteer:
    kind = chance.choices(HELPERS, [one.share for one in HELPERS])[0]
    home = chance.choice(venues)
    near = sorted(venues, key=lambda one: (math.hypot(one.x_km - home.x_km, one.y_km - home.y_km), one.id))
    many = chance.choices((1, 3, 6), (6, 3, 1))[0]
    return Volunteer(
        id=number,
        roles=frozenset(kind.roles),
        reach=frozenset(one.id for one in near[:many]),
        free=_habit(chance, kind, habit),
        a_day=1,
        a_week=chance.choices([n for n, _ in kind.a_week], [share for _, share in kind.a_week])[0],
    )


def _habit(chance: Random, kind: Kind, scale: float) -> tuple[Window, ...]:
    """When somebody is free: whole parts of days, those that touch as one time."""
    found = []
    for day in range(7):
        shares = kind.weekend if day > 4 else kind.workday
        for (starts, ends), share in zip(PARTS, shares, strict=True):
            if chance.random() < share * scale:
                found.append(Window(day, starts, ends))
    return joined(found)
