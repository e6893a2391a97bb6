"""Hard rules about two placements on a day: no room, lead or learner is in two places at once."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from classes.timetabling.gates import Broken, Rule
from classes.timetabling.parts import Placement, Room, Series, Slot, Window
from classes.timetabling.problem import Problem

if TYPE_CHECKING:
    from classes.timetabling.model import Model

type Rows = list[list[int]]


class Clash(Rule):
    """A rule about two placements on one day that share something: a room, a lead, a learner.

    `shared` names what a series in a room uses, `clash` says whether two that use the same thing, on the
    same day, cannot both be.
    """

    @abstractmethod
    def shared(self, problem: Problem, series: Series, room: Room) -> tuple[int, ...]:
        """The things that this rule watches."""

    @abstractmethod
    def clash(self, problem: Problem, one: Placement, other: Placement) -> bool:
        """Whether two placements that share something on a day cannot both be."""

    def broken(self, problem: Problem, placements: Sequence[Placement]) -> list[Broken]:
        users: dict[tuple[int, int], list[Placement]] = defaultdict(list)
        for place in (*placements, *problem.settled):
            for thing in self._things(problem, place):
                users[thing, place.weekday].append(place)
        pairs = {
            pair
            for places in users.values()
            for pair in combinations(sorted(places), 2)
            if not all(problem.one[place.series].fixed for place in pair) and self.clash(problem, *pair)
        }
        return [self.report(one.series, one, other) for one, other in sorted(pairs)]

    def obstacles(self, problem: Problem, place: Placement, others: Iterable[Placement]) -> Iterator[Placement]:
        """Those of the others that keep this placement away."""
        things = set(self._things(problem, place))
        for other in others:
            shares = other.weekday == place.weekday and things.intersection(self._things(problem, other))
            if shares and self.clash(problem, place, other):
                yield other

    def screen(self, model: Model) -> None:
        """Nothing is placed where it clashes with what is fixed."""
        problem = model.problem
        if not problem.settled:
            return
        near: dict[tuple[int, int], list[Placement]] = {}

        def admits(series: Series, slot: Slot, room: Room) -> bool:
            key = series.id, room.id
            if key not in near:
                things = set(self.shared(problem, series, room))
                near[key] = [place for place in problem.settled if things.intersection(self._things(problem, place))]
            place = Placement(series.id, slot.weekday, slot.starts, room.id)
            return not any(other.weekday == slot.weekday and self.clash(problem, place, other) for other in near[key])

        model.keep(admits)

    def _things(self, problem: Problem, place: Placement) -> tuple[int, ...]:
        return self.shared(problem, problem.one[place.series], problem.room[place.room])


class OneClassARoom(Clash):
    """A room has one class at a time, with the room's pause between two."""

    code = "room-taken"
    label = "教室被占"
    sentence = "一间教室同一时间只有一个班，两班之间留出布置时间。"

    def shared(self, problem: Problem, series: Series, room: Room) -> tuple[int, ...]:
        return (room.id,)

    def clash(self, problem: Problem, one: Placement, other: Placement) -> bool:
        return near(problem.time(one), problem.time(other), problem.room[one.room].gap)

    def post(self, model: Model) -> None:
        """At most one class at a time, and none on a day on which the room stays shut."""
        for (room, weekday), opened in model.room_days.items():
            gap = model.problem.room[room].gap
            model.at_most_one(at_once(model, model.in_room[room, weekday], gap), opened)


class PersonClash(Clash):
    """A clash of people: those who share somebody are the same on every day."""

    def post(self, model: Model) -> None:
        groups: dict[int, list[int]] = defaultdict(list)
        for series in model.series:
            for person in self.shared(model.problem, series, model.problem.rooms[0]):
                groups[person].append(series.id)
        for group in sorted(set(map(tuple, groups.values()))):
            for weekday in range(7):
                columns = [column for series in group for column in model.on_day.get((series, weekday), ())]
                model.at_most_one(self.rows(model, columns))

    @abstractmethod
    def rows(self, model: Model, columns: Sequence[int]) -> Rows:
        """Sets of columns of which any two clash; every two that clash are in one of them."""


class LeadInOnePlace(PersonClash):
    """A lead is in one place at a time and has the time to get from one venue to the next."""

    code = "lead-place"
    label = "讲师在别处"
    sentence = "一位讲师同一时间只在一处，两处之间留出路上的时间。"

    def shared(self, problem: Problem, series: Series, room: Room) -> tuple[int, ...]:
        return () if series.lead is None else (series.lead,)

    def clash(self, problem: Problem, one: Placement, other: Placement) -> bool:
        return near(problem.time(one), problem.time(other), problem.away(one, other))

    def rows(self, model: Model, columns: Sequence[int]) -> Rows:
        """`clash`, with the times and the ways looked up once."""
        problem = model.problem
        times = {column: model.time(column) for column in columns}
        venues = {column: problem.room[model.placements[column].room].venue for column in columns}
        away = cache(problem.travel_minutes)
        return cover(columns, lambda a, b: near(times[a], times[b], away(venues[a], venues[b])))


class OneClassADay(PersonClash):
    """Who learns at most once a day, as seniors do, has no two classes on a day."""

    code = "once-a-day"
    label = "有学员这天已有课"
    sentence = "一位老人一天最多上一个班。"

    def shared(self, problem: Problem, series: Series, room: Room) -> tuple[int, ...]:
        return tuple(pk for pk in series.learners if problem.learner[pk].once_a_day)

    def clash(self, problem: Problem, one: Placement, other: Placement) -> bool:
        return True

    def rows(self, model: Model, columns: Sequence[int]) -> Rows:
        return [list(columns)]


class LearnerInOnePlace(PersonClash):
    """Nobody learns in two classes at the same time."""

    code = "learner-place"
    label = "有学员那时在别的班"
    sentence = "一位学员同一时间只在一个班。"

    def shared(self, problem: Problem, series: Series, room: Room) -> tuple[int, ...]:
        return series.learners

    def clash(self, problem: Problem, one: Placement, other: Placement) -> bool:
        return near(problem.time(one), problem.time(other), 0)

    def rows(self, model: Model, columns: Sequence[int]) -> Rows:
        return at_once(model, columns, 0)


def near(one: Window, other: Window, gap: int) -> bool:
    """Whether less than so many minutes lie between two times of a day."""
    return one.starts < other.ends + gap and other.starts < one.ends + gap


def at_once(model: Model, columns: Iterable[int], gap: int) -> Rows:
    """For each start the columns in use then: any two clash, and who clash are in one of the sets."""
    times = {column: model.time(column) for column in columns}
    found: list[set[int]] = []
    for start in sorted({time.starts for time in times.values()}):
        here = {column for column, time in times.items() if time.starts <= start < time.ends + gap}
        if found and found[-1] <= here:
            found[-1] = here
        elif not found or not here <= found[-1]:
            found.append(here)
    return [sorted(one) for one in found]


def cover(columns: Sequence[int], clash: Callable[[int, int], bool]) -> Rows:
    """Sets of columns of which any two clash, so that every two that clash are in one of them."""
    found: list[list[int]] = []
    for place, first in enumerate(columns):
        groups: list[list[int]] = []
        for other in columns[place + 1 :]:
            if clash(first, other):
                fitting = (group for group in groups if all(clash(member, other) for member in group))
                group = next(fitting, None)
                if group is None:
                    groups.append([other])
                else:
                    group.append(other)
        found += [[first, *group] for group in groups]
    kept: list[set[int]] = []
    for row in sorted(found, key=len, reverse=True):
        if not any(one.issuperset(row) for one in kept):
            kept.append(set(row))
    return [sorted(row) for row in kept]


CLASHES: tuple[Clash, ...] = (OneClassARoom(), LeadInOnePlace(), OneClassADay(), LearnerInOnePlace())
