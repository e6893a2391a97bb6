"""Makes fictional problems with the shape of real ones, for tests, demos and measurements.

One community has twelve sessions a week: five afternoons with children, four phone desks,
three senior classes at the weekend. The same seed makes the same problem.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from volunteers.matching.problem import (
    PROGRAMMES,
    Community,
    Problem,
    Session,
    Travel,
    Volunteer,
    Window,
)

LESSONS = ("wechat", "pay", "hospital", "antifraud", "photo", "transport")
SERIES_A_WEEK = 12
PARTS_OF_DAY = ((time(9, 15), 120), (time(14, 15), 120), (time(16, 15), 150), (time(18, 45), 120))
DESK_DAYS, SENIOR_DAYS = (0, 1, 2, 3), (5, 5, 6)


def generate(
    *,
    seed: int = 0,
    communities: int = 1,
    weeks: int = 4,
    volunteers: int = 97,
    starts_on: date = date(2026, 9, 7),
) -> Problem:
    """A fictional problem; `starts_on` is a Monday."""
    chance = Random(seed)
    places = tuple(
        Community(number, round(chance.uniform(0, 3), 3), round(chance.uniform(0, 3), 3), 0)
        for number in range(communities)
    )
    sessions = _sessions(chance, places, weeks, starts_on)
    people = tuple(_volunteer(chance, n, places, weeks, starts_on) for n in range(volunteers))
    pairs = [(person.id, chance.randrange(SERIES_A_WEEK * communities)) for person in people]
    return Problem(
        name=f"made-{seed}",
        sessions=sessions,
        volunteers=people,
        communities=places,
        travel=Travel(12, 6),
        history=tuple(pair for pair in pairs if chance.random() < 0.5),
        known=tuple((*pair, chance.randint(1, 3)) for pair in pairs if chance.random() < 0.3),
    )


def _sessions(chance: Random, places: tuple[Community, ...], weeks: int, starts_on: date) -> tuple[Session, ...]:
    patterns = [
        (place, place.id * SERIES_A_WEEK + number, pattern)
        for place in places
        for number, pattern in enumerate(_patterns(chance))
    ]
    found: list[Session] = []
    for week in range(weeks):
        for place, series, (programme, weekday, clock, minutes, people) in patterns:
            start = datetime.combine(starts_on + timedelta(days=7 * week + weekday), clock)
            found.append(_session(len(found), place.id, series, programme, start, minutes, people))
    return tuple(found)


def _patterns(chance: Random) -> list[tuple[str, int, time, int, int]]:
    """Programme, weekday, time, minutes and people of the twelve series of a community."""
    child = [("child", day, time(16, 15), 120, chance.randint(10, 24)) for day in range(5)]
    desk = [("desk", day, chance.choice((time(9, 30), time(14, 45))), 90, 0) for day in DESK_DAYS]
    senior = [
        ("senior", day, chance.choice((time(9, 15), time(14, 15))), 120, chance.randint(12, 24)) for day in SENIOR_DAYS
    ]
    return [*child, *desk, *senior]


def _session(
    number: int, place: int, series: int, programme: str, start: datetime, minutes: int, people: int
) -> Session:
    minimum, wished, priority = {
        "child": (max(2, -(-people // 10)), max(2, -(-people // 7)), 8),
        "desk": (1, 2, 3),
        "senior": (-(-people // 4), -(-people // 2), 6),
    }[programme]
    return Session(
        id=number,
        community=place,
        series=series,
        programme=programme,
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        lesson=LESSONS[(series + number) % len(LESSONS)] if programme == "senior" else None,
        people=people,
        minimum=minimum,
        wished=wished,
        maximum=wished + (2 if programme == "senior" else 1),
        needs_lead=programme == "senior",
        dialect_wished=0 if programme == "child" else 1,
        priority=priority,
        two_adults=programme == "child",
    )


def _volunteer(chance: Random, number: int, places: tuple[Community, ...], weeks: int, starts_on: date) -> Volunteer:
    home = chance.choice(places).id
    away = [place.id for place in places if place.id != home and chance.random() < 0.2]
    leads = tuple(x for x in LESSONS if chance.random() < 0.8) if chance.random() < 0.1 else ()
    club = chance.choice((0, 1, 2, None, None))
    return Volunteer(
        id=number,
        name=f"志愿者{number + 1:03d}",
        home=home,
        reach=(home, *away),
        does=tuple(x for x in PROGRAMMES if chance.random() < 0.7) or ("senior",),
        leads=leads,
        child_clearance_until=date(2027, 8, 31) if chance.random() < 0.35 else None,
        dialect=chance.random() < 0.5,
        newcomer=not leads and chance.random() < 0.3,
        max_per_week=chance.choice((1, 1, 2, 3)),
        max_total=chance.randint(min(3, weeks), max(3, 2 * weeks)),
        rest_minutes=chance.choice((30, 720, 1200)),
        club=club,
        not_alone=club is not None and chance.random() < 0.2,
        recent_load=chance.randint(0, 4),
        availability=_availability(chance, weeks, starts_on),
        programme_cost=tuple((programme, chance.randint(0, 2)) for programme in PROGRAMMES),
        weekday_cost=tuple(int(chance.random() < 0.2) for _ in range(7)),
        adult_from=date(2027, 3, 1) if chance.random() < 0.03 else None,
    )


def _availability(chance: Random, weeks: int, starts_on: date) -> tuple[Window, ...]:
    """A weekly habit, each time of which holds four weeks in five."""
    habit = [(day, clock, minutes) for day in range(7) for clock, minutes in PARTS_OF_DAY if chance.random() < 0.3]
    found = []
    for week in range(weeks):
        for day, clock, minutes in habit:
            if chance.random() < 0.8:
                start = datetime.combine(starts_on + timedelta(days=7 * week + day), clock)
                end = start + timedelta(minutes=minutes)
                found.append(Window(start, end, chance.random() < 0.3))
    return tuple(found)
