"""Builders with defaults, and random problems in which every rule is in the way now and then."""

from random import Random

from classes.timetabling.parts import (
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
    joined,
)
from classes.timetabling.problem import Problem

ALWAYS = tuple(Window(day, 0, 24 * 60) for day in range(7))
MORNING = 9 * 60


def window(weekday: int = 0, starts: float = 9, ends: float = 12) -> Window:
    """A time of the week, in hours."""
    return Window(weekday, round(starts * 60), round(ends * 60))


def series(number: int = 0, **fields) -> Series:
    """A class of 90 minutes at the only venue."""
    defaults = {
        "programme": "desk",
        "venues": (0,),
        "minutes": 90,
        "window": (window(),),
    }
    return Series(id=number, **{**defaults, **fields})


def volunteer(number: int = 0, **fields) -> Volunteer:
    """Somebody who is always free to help, once a week."""
    defaults = {"roles": frozenset({"helper"}), "reach": frozenset({0}), "free": ALWAYS}
    return Volunteer(id=number, **{**defaults, **fields})


def problem(of: list[Series], **fields) -> Problem:
    """A problem with one venue and one room unless more are given."""
    venues = fields.pop("venues", (Venue(0),))
    rooms = fields.pop("rooms", (Room(0, 0),))
    return Problem(tuple(venues), tuple(rooms), tuple(of), **fields)


def tiny_problem(seed: int) -> Problem:
    """Two or three series, two rooms and few times, so that every timetable can be tried."""
    chance = Random(f"tiny timetable {seed}")
    days = sorted(chance.sample(range(7), chance.choice((1, 2, 2, 3))))
    learners = tuple(_learner(chance, number, days) for number in range(chance.randint(2, 5)))
    leads = tuple(Lead(number, _free(chance, days, 0.3)) for number in range(2))
    rooms = tuple(_room(chance, number, days) for number in range(chance.choice((1, 2, 2))))
    count = chance.choice((2, 3, 3))
    of = [_series(chance, number, days, learners, rooms) for number in range(count)]
    venues = (Venue(0, closed=frozenset(chance.sample(days, int(chance.random() < 0.2)))), Venue(1, 1, 1))
    return Problem(
        venues,
        rooms,
        tuple(of),
        learners,
        leads,
        tuple(_volunteer(chance, number, days) for number in range(chance.randint(0, 4))),
        step=chance.choice((30, 60)),
        base_minutes=chance.choice((0, 10)),
        minutes_per_km=chance.choice((0, 30)),
    )


def _room(chance: Random, number: int, days: list[int]) -> Room:
    open_at = tuple(window(day, 8, 20) for day in days) if chance.random() < 0.5 else ()
    return Room(
        id=number,
        venue=chance.choice((0, 0, 1)),
        seats=chance.choice((None, 3, 20)),
        step_free=chance.random() < 0.7,
        equipment=frozenset(chance.sample(("screen", "sink"), chance.randint(0, 2))),
        hours=open_at,
        booked=tuple(window(chance.choice(days), hour, hour + 1) for hour in (9, 14) if chance.random() < 0.15),
        gap=chance.choice((0, 0, 30)),
    )


def _learner(chance: Random, number: int, days: list[int]) -> Learner:
    return Learner(number, _free(chance, days, 0.4), once_a_day=chance.random() < 0.5)


def _free(chance: Random, days: list[int], always: float) -> tuple[Window, ...] | None:
    if chance.random() < always:
        return None
    return joined(window(day, *part) for day in days for part in ((8, 11), (11, 13), (14, 17)) if chance.random() < 0.5)


def _series(
    chance: Random, number: int, days: list[int], learners: tuple[Learner, ...], rooms: tuple[Room, ...]
) -> Series:
    sessions = 2 if len(days) > 1 and chance.random() < 0.3 else 1
    own = series(
        number,
        programme=chance.choice(("senior", "child", "desk")),
        venues=tuple(sorted(chance.sample((0, 1), chance.choice((1, 2, 2))))),
        minutes=chance.choice((60, 90)),
        window=joined(window(day, *chance.choice(((8, 10.5), (9, 11), (11, 13), (14, 16)))) for day in days),
        sessions=sessions,
        people=chance.choice((0, 2, 5)),
        step_free=chance.random() < 0.2,
        equipment=frozenset(chance.sample(("screen", "sink"), chance.choice((0, 0, 0, 1)))),
        rooms=(rooms[0].id,) if chance.random() < 0.1 else (),
        same_time=chance.random() < 0.7,
        learners=tuple(sorted(chance.sample(range(len(learners)), chance.randint(0, len(learners))))),
        lead=chance.choice((None, 0, 0, 1)),
        needs=tuple(Need(role, chance.randint(0, 2)) for role in ("helper", "tutor") if chance.random() < 0.6),
        priority=chance.choice((1, 1, 2)),
        wishes=tuple(
            Wish(window(chance.choice(days), 9, 12), chance.randint(1, 3)) for _ in range(2) if chance.random() < 0.4
        ),
    )
    return _with_a_past(chance, own, days, rooms)


def _with_a_past(chance: Random, own: Series, days: list[int], rooms: tuple[Room, ...]) -> Series:
    """The same with last term's times, and now and then already fixed."""
    slots = [Slot(time.weekday, time.starts) for time in own.window]
    fields = {name: getattr(own, name) for name in own.__dataclass_fields__}
    if chance.random() < 0.5:
        fields["last"] = tuple(chance.sample(slots, 1))
    if own.id == 0 and chance.random() < 0.3:
        fields["fixed"] = (Placement(0, chance.choice(days), chance.choice((8, 9, 14)) * 60, chance.choice(rooms).id),)
    return Series(**fields)


def _volunteer(chance: Random, number: int, days: list[int]) -> Volunteer:
    return volunteer(
        number,
        roles=frozenset(chance.sample(("helper", "tutor"), chance.choice((1, 2)))),
        reach=frozenset(chance.sample((0, 1), chance.choice((1, 2, 2)))),
        free=_free(chance, days, 0) or (),
        a_day=chance.choice((1, 1, 2)),
        a_week=chance.choice((0, 1, 1, 2, 3)),
    )


def any_plan(seed: int, given: Problem) -> list[Placement]:
    """Some placements at times the series could have, sound or not."""
    chance = Random(f"timetable plan {seed}")
    found = []
    for one in given.open:
        slots = given.slots[one.id]
        count = min(len(slots), chance.choice((0, one.sessions, one.sessions, one.sessions + 1)))
        room = chance.choice(given.rooms).id
        start = chance.choice(slots).starts if slots else 0
        for slot in chance.sample(slots, count):
            alike = [other for other in slots if other.weekday == slot.weekday and other.starts == start]
            slot = alike[0] if alike and chance.random() < 0.6 else slot
            own_room = room if chance.random() < 0.8 else chance.choice(given.rooms).id
            found.append(Placement(one.id, slot.weekday, slot.starts, own_room))
    return sorted(set(found))
