"""Makes fictional problems with the shape of real ones, for tests, demos and measurements.

A community has twelve series a week: children on five afternoons, two or three senior classes at the
weekend, phone desks for the rest. People are of four kinds (`KINDS`) with habits of their own: retired
people in the mornings, students in clubs, people with an office job, parents at the school gate.
The same arguments make the same problem.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from volunteers.matching.problem import LIMITS, PROGRAMMES, Community, Problem, Session, Travel, Volunteer, Window

LESSONS = ("wechat", "pay", "hospital", "antifraud", "photo", "transport")
SERIES_A_WEEK = 12
PARTS_OF_DAY = ((time(9, 15), 120), (time(14, 15), 120), (time(16, 15), 150), (time(18, 45), 120))
QUARTERS = (0, 15, 30)
"""Minutes by which sessions start after their part of the day begins."""
DESK_PARTS, SENIOR_PARTS = (0, 0, 1, 1, 3), (0, 1)
RECENT = ((0, 16), (1, 29), (2, 27), (3, 15), (4, 10), (5, 3))
KEEPS_HABIT, PREFERS, DISLIKES_DAY = 0.887, 0.3, 0.4
CLEARED, CLEARED_SHORTLY = 0.58, 0.08
SERVED = {"senior": 0.08, "child": 0.10, "desk": 0.05}
"""How often somebody who could come to a series came there last time."""
STREET_KM, STREETS_APART_KM = 2.5, 4.0


@dataclass(frozen=True, slots=True)
class Kind:
    """What people of one kind are like: shares of habits, clubs, programmes and limits.

    `weekday` and `weekend` are the chances of being free in each part of a day.
    """

    share: float
    weekday: tuple[float, float, float, float]
    weekend: tuple[float, float, float, float]
    does: tuple[tuple[tuple[str, ...], float], ...]
    a_week: tuple[tuple[int, float], ...]
    rests: tuple[tuple[int, float], ...]
    clubs: tuple[tuple[int | None, float], ...] = ((None, 1),)
    dialect: float = 0.5
    newcomer: float = 0.23
    not_alone: float = 0.0
    minor: float = 0.0


EVERYTHING, NOT_CHILDREN = ("senior", "child", "desk"), ("senior", "desk")
RETIRED = Kind(
    share=0.30,
    weekday=(0.55, 0.41, 0.33, 0.13),
    weekend=(0.46, 0.42, 0.14, 0.15),
    does=((EVERYTHING, 0.55), (NOT_CHILDREN, 0.45)),
    a_week=((1, 0.33), (2, 0.48), (3, 0.19)),
    rests=((1200, 1),),
    dialect=0.84,
    newcomer=0.19,
)
STUDENT = Kind(
    share=0.40,
    weekday=(0.11, 0.17, 0.34, 0.42),
    weekend=(0.66, 0.74, 0.31, 0.15),
    does=((EVERYTHING, 0.55), (NOT_CHILDREN, 0.45)),
    a_week=((1, 0.58), (2, 0.42)),
    rests=((30, 0.22), (720, 0.78)),
    clubs=((0, 0.42), (1, 0.42), (None, 0.16)),
    dialect=0.3,
    newcomer=0.42,
    not_alone=0.25,
    minor=0.02,
)
OFFICE = Kind(
    share=0.24,
    weekday=(0.03, 0.03, 0.07, 0.35),
    weekend=(0.49, 0.46, 0.15, 0.16),
    does=((("senior",), 0.57), (("senior", "child"), 0.43)),
    a_week=((1, 0.87), (2, 0.13)),
    rests=((30, 0.2), (720, 0.8)),
    clubs=((2, 0.25), (3, 0.17), (None, 0.58)),
)
PARENT = Kind(
    share=0.06,
    weekday=(0.10, 0.16, 0.54, 0.14),
    weekend=(0.34, 0.25, 0.14, 0.23),
    does=((("child",), 1),),
    a_week=((1, 0.87), (2, 0.13)),
    rests=((30, 0.2), (720, 0.8)),
)
KINDS = (RETIRED, STUDENT, OFFICE, PARENT)


def generate(
    *,
    seed: int = 0,
    communities: int = 1,
    weeks: int = 4,
    volunteers: int | None = None,
    per_place: float = 0.38,
    mobile: float = 0.4,
    streets: int = 1,
    crossing: float = 0.03,
    starts_on: date = date(2026, 9, 7),
) -> Problem:
    """A fictional problem; `starts_on` is a Monday.

    Without `volunteers` there are `per_place` of them for each wished place and lead of an average four
    weeks: 0.38 fills nearly everything, 0.25 is short. `mobile` is the share of people who serve more than
    their home community, within the street; `crossing` the share who also go to another street.
    Raises ValueError for numbers that make no problem.
    """
    if min(communities, weeks, streets) < 1 or streets > communities or (volunteers is not None and volunteers < 0):
        raise ValueError("expected one community, week and street at least, and a community for each street")
    if not (0 <= mobile <= 1 and 0 <= crossing <= 1 and 0 < per_place < math.inf):
        raise ValueError("expected shares between 0 and 1, and more than no volunteers for each place")
    sizes = {"communities": communities, "sessions": communities * weeks * SERIES_A_WEEK, "volunteers": volunteers or 0}
    for name, most in LIMITS.items():
        if sizes[name] > most:
            raise ValueError(f"expected {most:,} {name} at most, these would be {sizes[name]:,}")
    chance = Random(seed)
    places = _communities(chance, communities, streets)
    sessions = _sessions(chance, places, weeks, starts_on)
    if volunteers is None:
        volunteers = round(per_place * 4 / weeks * sum(session.wished for session in sessions))
    town = Problem(sessions, (), places, name=f"made-{seed}", travel=Travel(12, 6))
    near = {home.id: _near(home, town) for home in places}
    people = tuple(_volunteer(chance, n, near, weeks, starts_on, mobile, crossing) for n in range(volunteers))
    history = tuple(_history(chance, people, sessions))
    programme = {session.series: session.programme for session in sessions}
    known = tuple((*pair, chance.randint(1, 3)) for pair in history if programme[pair[1]] != "desk")
    return replace(town, volunteers=people, history=history, known=known)


def _communities(chance: Random, count: int, streets: int) -> tuple[Community, ...]:
    """Communities in clusters: the streets lie on a square grid, those of a street within it."""
    across = math.ceil(math.sqrt(streets))
    found = []
    for number in range(count):
        street = number * streets // count
        x, y = STREETS_APART_KM * (street % across), STREETS_APART_KM * (street // across)
        x_km, y_km = (round(edge + chance.uniform(0, STREET_KM), 3) for edge in (x, y))
        found.append(Community(number, x_km, y_km, street))
    return tuple(found)


def _sessions(chance: Random, places: tuple[Community, ...], weeks: int, starts_on: date) -> tuple[Session, ...]:
    patterns = [
        (place, place.id * SERIES_A_WEEK + number, *pattern)
        for place in places
        for number, pattern in enumerate(_patterns(chance))
    ]
    found: list[Session] = []
    for week in range(weeks):
        for place, series, programme, weekday, part, late, people, dialect in patterns:
            start = datetime.combine(starts_on + timedelta(days=7 * week + weekday), PARTS_OF_DAY[part][0])
            start += timedelta(minutes=late)
            lesson = chance.choice(LESSONS) if programme == "senior" else None
            found.append(_session(len(found), place.id, series, programme, start, people, lesson, dialect))
    return tuple(found)


def _patterns(chance: Random) -> list[tuple[str, int, int, int, int, int]]:
    """Programme, weekday, part of day, minutes into it, people and speakers of a community's series."""
    weekends = [(day, part) for day in (5, 6) for part in SENIOR_PARTS]
    seniors = chance.sample(weekends, chance.randint(2, 3))
    desks = [(chance.randrange(5), chance.choice(DESK_PARTS)) for _ in range(SERIES_A_WEEK - 5 - len(seniors))]
    when = [*(("child", day, 2) for day in range(5)), *(("desk", *desk) for desk in desks)]
    when += [("senior", *senior) for senior in sorted(seniors)]
    people = {"child": (8, 24), "desk": (0, 0), "senior": (15, 20)}
    speakers = {"child": (0, 0), "desk": (1, 1), "senior": (1, 3)}
    return [
        (name, day, part, chance.choice(QUARTERS), chance.randint(*people[name]), chance.randint(*speakers[name]))
        for name, day, part in when
    ]


def _session(
    number: int,
    place: int,
    series: int,
    programme: str,
    start: datetime,
    people: int,
    lesson: str | None,
    dialect: int,
) -> Session:
    minimum, wished, spare, priority = {
        "child": (max(2, -(-people // 10)), max(2, -(-people // 7)), 1, 8),
        "desk": (1, 2, 1, 3),
        "senior": (-(-people // 3), -(-people * 3 // 5), 2, 6),
    }[programme]
    return Session(
        id=number,
        community=place,
        series=series,
        programme=programme,
        starts_at=start,
        ends_at=start + timedelta(minutes=120 if programme == "child" else 90),
        lesson=lesson,
        people=people,
        minimum=minimum,
        wished=wished,
        maximum=wished + spare,
        needs_lead=programme == "senior",
        dialect_wished=dialect,
        priority=priority,
        two_adults=programme == "child",
    )


def _one[T](chance: Random, shares: Sequence[tuple[T, float]]) -> T:
    """One of some values, each as often as its share says."""
    return chance.choices([value for value, _ in shares], [share for _, share in shares])[0]


type Near = tuple[tuple[int, ...], tuple[int, ...]]
"""The communities of the same street and two of others, nearest first."""


def _near(home: Community, town: Problem) -> Near:
    order = sorted(town.communities, key=lambda place: (town.km(home.id, place.id), place.id))
    inside = [place.id for place in order if place.street == home.street]
    return tuple(inside), tuple(place.id for place in order if place.street != home.street)[:2]


def _volunteer(
    chance: Random, number: int, near: dict[int, Near], weeks: int, starts_on: date, mobile: float, crossing: float
) -> Volunteer:
    kind = _one(chance, [(kind, kind.share) for kind in KINDS])
    home = chance.choice(list(near))
    does = _one(chance, kind.does)
    leads = tuple(x for x in LESSONS if chance.random() < 0.75) if chance.random() < 0.13 else ()
    club, a_week = _one(chance, kind.clubs), _one(chance, kind.a_week)
    cleared = "child" in does and chance.random() < CLEARED
    days = 13 if chance.random() < CLEARED_SHORTLY else 358
    return Volunteer(
        id=number,
        name=f"志愿者{number + 1:03d}",
        home=home,
        reach=_reach(chance, near[home], mobile, crossing),
        does=does,
        leads=leads,
        child_clearance_until=starts_on + timedelta(days=days) if cleared else None,
        dialect=chance.random() < kind.dialect,
        newcomer=not leads and chance.random() < kind.newcomer * 1.1,
        max_per_week=a_week,
        max_total=max(1, _total(chance, a_week, weeks)),
        rest_minutes=_one(chance, kind.rests),
        club=club,
        not_alone=club is not None and chance.random() < kind.not_alone,
        recent_load=_one(chance, RECENT),
        availability=_availability(chance, kind, weeks, starts_on),
        programme_cost=tuple((programme, chance.randint(0, 2)) for programme in PROGRAMMES),
        weekday_cost=tuple(int(chance.random() < DISLIKES_DAY) for _ in range(7)),
        adult_from=starts_on + timedelta(days=175) if chance.random() < kind.minor else None,
    )


def _reach(chance: Random, near: Near, mobile: float, crossing: float) -> tuple[int, ...]:
    """Home, the nearest of the street for those who go about, two of other streets for a few."""
    inside, outside = near
    many = chance.choices((3, 6), (2, 1))[0] if chance.random() < mobile else 1
    return (*inside[:many], *(outside if chance.random() < crossing else ()))


def _total(chance: Random, a_week: int, weeks: int) -> int:
    if a_week == 1:
        return weeks - (chance.random() < 0.15)
    return chance.randint(weeks - 1, 2 * weeks)


def _availability(chance: Random, kind: Kind, weeks: int, starts_on: date) -> tuple[Window, ...]:
    """A weekly habit, most times of which hold in each week."""
    free = [kind.weekday] * 5 + [kind.weekend] * 2
    habit = [(day, part) for day in range(7) for part in range(4) if chance.random() < free[day][part]]
    found = []
    for week in range(weeks):
        for day, part in habit:
            if chance.random() < KEEPS_HABIT:
                clock, minutes = PARTS_OF_DAY[part]
                start = datetime.combine(starts_on + timedelta(days=7 * week + day), clock)
                found.append(Window(start, start + timedelta(minutes=minutes), chance.random() < PREFERS))
    return tuple(found)


def _history(chance: Random, people: tuple[Volunteer, ...], sessions: tuple[Session, ...]) -> list[tuple[int, int]]:
    """Who came to which series last time: some of those who would have time for it now."""
    series: dict[int, list[tuple[int, Session]]] = {}
    for number, session in enumerate({session.series: session for session in sessions}.values()):
        series.setdefault(session.community, []).append((number, session))
    return [
        (person.id, session.series)
        for person in people
        for _, session in sorted(one for place in person.reach for one in series.get(place, ()))
        if session.programme in person.does
        and person.window(session) is not None
        and chance.random() < SERVED[session.programme] / KEEPS_HABIT
    ]
