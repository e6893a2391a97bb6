"""The members of a `linke-timetable/1` document: read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from classes.timetabling.parts import (
    DAY,
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
    clock,
    joined,
)
from engines.reading import Node

LONGEST = 12 * 60
PLACES = 1_000
"""More places of a role, or people, than this no class has."""


def read_venue(node: Node) -> Venue:
    """A venue; raises BadDocument."""
    return Venue(
        id=node.at("id").whole(low=None),
        x_km=node.at("x_km").number(),
        y_km=node.at("y_km").number(),
        closed=frozenset(_each(node, "closed", read_weekday)),
        name=_text(node, "name"),
    )


def read_room(node: Node, venues: dict[int, Venue]) -> Room:
    """A room; raises BadDocument."""
    seats, step_free, gap = node.maybe("seats"), node.maybe("step_free"), node.maybe("gap_minutes")
    return Room(
        id=node.at("id").whole(low=None),
        venue=node.at("venue").known(venues, "venue"),
        seats=seats.whole(low=1) if seats else None,
        step_free=step_free.flag() if step_free else True,
        equipment=frozenset(_each(node, "equipment", Node.text)),
        hours=joined(_each(node, "hours", read_window)),
        booked=tuple(_each(node, "booked", read_window)),
        gap=_up_to(gap, DAY) if gap else 0,
        name=_text(node, "name"),
    )


def read_series(
    node: Node,
    venues: dict[int, Venue],
    rooms: dict[int, Room],
    learners: dict[int, Learner],
    leads: dict[int, Lead],
) -> Series:
    """A series; raises BadDocument."""
    pk = node.at("id").whole(low=None)
    sessions, people, step_free, same_time, priority, lead = (
        node.maybe(key) for key in ("sessions_a_week", "people", "step_free", "same_time", "priority", "lead")
    )
    series = Series(
        id=pk,
        programme=node.at("programme").choice(PROGRAMMES),
        venues=tuple(_each(node, "venues", lambda item: item.known(venues, "venue"))),
        minutes=_up_to(node.at("minutes"), LONGEST, low=5),
        window=joined(_each(node, "window", read_window)),
        sessions=_up_to(sessions, 7, low=1) if sessions else 1,
        people=_up_to(people, PLACES) if people else 0,
        step_free=step_free.flag() if step_free else False,
        equipment=frozenset(_each(node, "equipment", Node.text)),
        rooms=tuple(_each(node, "rooms", lambda item: item.known(rooms, "room"))),
        starts=tuple(sorted(set(_each(node, "starts", read_clock)))),
        same_time=same_time.flag() if same_time else True,
        learners=tuple(dict.fromkeys(_each(node, "learners", lambda item: item.known(learners, "learner")))),
        lead=lead.known(leads, "lead") if lead else None,
        needs=tuple(_each(node, "needs", _need)),
        priority=_up_to(priority, PLACES, low=1) if priority else 1,
        last=tuple(_each(node, "last", _slot)),
        wishes=tuple(_each(node, "wishes", _wish)),
        fixed=tuple(_each(node, "fixed", lambda item: _fixed(item, pk, rooms))),
        name=_text(node, "name"),
    )
    _expect_sound(node, series)
    return series


def _expect_sound(node: Node, series: Series) -> None:
    for key in ("venues", "window"):
        if not series.fixed and not getattr(series, key):
            raise node.at(key).refuse("expected one at least, because the series is to be placed")
    if len({need.role for need in series.needs}) < len(series.needs):
        raise node.at("needs").refuse("names a role twice")
    for number, place in enumerate(series.fixed):
        if place.starts + series.minutes > DAY:
            raise node.at("fixed").items()[number].refuse(f"{series.minutes} minutes from there go past midnight")


def read_learner(node: Node) -> Learner:
    """A learner; raises BadDocument."""
    once = node.maybe("once_a_day")
    return Learner(node.at("id").whole(low=None), _free(node), once.flag() if once else False)


def read_lead(node: Node) -> Lead:
    """A lead; raises BadDocument."""
    return Lead(node.at("id").whole(low=None), _free(node), _text(node, "name"))


def read_volunteer(node: Node, venues: dict[int, Venue]) -> Volunteer:
    """A volunteer; raises BadDocument."""
    a_day, a_week = node.maybe("a_day"), node.maybe("a_week")
    return Volunteer(
        id=node.at("id").whole(low=None),
        roles=frozenset(item.text() for item in node.at("roles").items()),
        reach=frozenset(item.known(venues, "venue") for item in node.at("reach").items()),
        free=joined(read_window(item) for item in node.at("free").items()),
        a_day=_up_to(a_day, 20) if a_day else 1,
        a_week=_up_to(a_week, 100) if a_week else 1,
    )


def read_weekday(node: Node) -> int:
    """A weekday from 0, Monday, to 6."""
    return _up_to(node, 6)


def read_clock(node: Node) -> int:
    """Minutes after midnight of a time like 09:30."""
    hours, colon, minutes = node.text().partition(":")
    digits = hours + minutes
    if not (colon and digits.isascii() and digits.isdigit() and 1 <= len(hours) <= 2 and len(minutes) == 2):
        raise node.expected("a time like 09:30")
    found = 60 * int(hours) + int(minutes)
    if found > DAY or int(minutes) > 59:
        raise node.expected("a time like 09:30")
    return found


def read_window(node: Node) -> Window:
    """A weekday and two times of the same day."""
    weekday, starts, ends = node.items(3)
    window = Window(read_weekday(weekday), read_clock(starts), read_clock(ends))
    if window.ends <= window.starts:
        raise ends.refuse("is not after the start")
    return window


def _slot(node: Node) -> Slot:
    weekday, starts = node.items(2)
    return Slot(read_weekday(weekday), read_clock(starts))


def _need(node: Node) -> Need:
    return Need(node.at("role").text(), _up_to(node.at("places"), PLACES))


def _wish(node: Node) -> Wish:
    items = node.items(4)
    window = read_window(Node(node.value[:3], node.path))
    return Wish(window, _up_to(items[3], PLACES))


def _fixed(node: Node, series: int, rooms: dict[int, Room]) -> Placement:
    weekday, starts, room = node.items(3)
    return Placement(series, read_weekday(weekday), read_clock(starts), room.known(rooms, "room"))


def _free(node: Node) -> tuple[Window, ...] | None:
    return None if node.maybe("free") is None else joined(_each(node, "free", read_window))


def _up_to(node: Node, most: int, *, low: int = 0) -> int:
    number = node.whole(low=low)
    if number > most:
        raise node.expected(f"{most} or less")
    return number


def _text(node: Node, key: str) -> str:
    found = node.maybe(key)
    return found.text() if found else ""


def _each[T](node: Node, key: str, read: Callable[[Node], T]) -> list[T]:
    found = node.maybe(key)
    return [read(item) for item in found.items()] if found else []


def venue_dict(one: Venue) -> dict[str, Any]:
    """A venue as a member of a document."""
    return _said(id=one.id, name=one.name, x_km=one.x_km, y_km=one.y_km, closed=sorted(one.closed))


def room_dict(one: Room) -> dict[str, Any]:
    """A room as a member of a document."""
    return _said(
        id=one.id,
        name=one.name,
        venue=one.venue,
        seats=one.seats,
        step_free=one.step_free,
        equipment=sorted(one.equipment),
        hours=_windows(one.hours),
        booked=_windows(one.booked),
        gap_minutes=one.gap,
    )


def series_dict(one: Series) -> dict[str, Any]:
    """A series as a member of a document."""
    return _said(
        id=one.id,
        name=one.name,
        programme=one.programme,
        venues=list(one.venues),
        minutes=one.minutes,
        sessions_a_week=one.sessions,
        window=_windows(one.window),
        starts=[clock(start) for start in one.starts],
        same_time=one.same_time,
        people=one.people,
        step_free=one.step_free,
        equipment=sorted(one.equipment),
        rooms=list(one.rooms),
        learners=list(one.learners),
        lead=one.lead,
        needs=[{"role": need.role, "places": need.places} for need in one.needs],
        priority=one.priority,
        last=[[slot.weekday, clock(slot.starts)] for slot in one.last],
        wishes=[[*_windows([wish.time])[0], wish.cost] for wish in one.wishes],
        fixed=[[place.weekday, clock(place.starts), place.room] for place in one.fixed],
    )


def learner_dict(one: Learner) -> dict[str, Any]:
    """A learner as a member of a document."""
    return _said(id=one.id, once_a_day=one.once_a_day) | _free_dict(one.free)


def lead_dict(one: Lead) -> dict[str, Any]:
    """A lead as a member of a document."""
    return _said(id=one.id, name=one.name) | _free_dict(one.free)


def volunteer_dict(one: Volunteer) -> dict[str, Any]:
    """A volunteer as a member of a document."""
    return {
        "id": one.id,
        "roles": sorted(one.roles),
        "reach": sorted(one.reach),
        "free": _windows(one.free),
        "a_day": one.a_day,
        "a_week": one.a_week,
    }


def _free_dict(free: tuple[Window, ...] | None) -> dict[str, Any]:
    return {} if free is None else {"free": _windows(free)}


def _windows(windows: Iterable[Window]) -> list[list[Any]]:
    return [[window.weekday, clock(window.starts), clock(window.ends)] for window in windows]


def _said(**members: Any) -> dict[str, Any]:
    """The members that say something."""
    return {key: value for key, value in members.items() if value not in (None, "", [])}
