"""Every other time of a series: what it would gain and cost, or which rule is in the way.

All other series stay where they are; `force` lets them move as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from classes.timetabling.answer import Answer
from classes.timetabling.clashes import CLASHES
from classes.timetabling.gates import GATES, Rule
from classes.timetabling.parts import Placement, Room, Series, Slot, Window
from classes.timetabling.patterns import AllSessionsOrNone
from classes.timetabling.preferences import TIERS, reached
from classes.timetabling.problem import Problem
from classes.timetabling.solve import JOINT, solve
from classes.timetabling.staffing import Staffing, staff

ONCE_A_DAY = AllSessionsOrNone()
IN_ORDER: tuple[Rule, ...] = (ONCE_A_DAY, *GATES, *CLASHES)
FIRST = 1_000
"""The priority of a series that has to be placed whatever it costs others."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A rule in the way, and the placements that it is about: those of other series, or none."""

    rule: Rule
    others: tuple[Placement, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One time a series could have.

    `reached` are its learners who can come, over all its sessions; `filled` are the places filled in the
    whole timetable, because helpers at one series are missing at another. With an `obstacle` it cannot be,
    and the numbers say what it would be worth if it could. `now`: one of its sessions is there.
    """

    slot: Slot
    placements: tuple[Placement, ...]
    reached: int
    filled: int
    now: bool = False
    obstacle: Obstacle | None = None


class Moving:
    """The question: one series of a timetable, and what everything else needs meanwhile."""

    def __init__(self, problem: Problem, plan: Iterable[Placement], series: int, staffing: Staffing | None = None):
        self.problem, self.series = problem, problem.one[series]
        self.own = self.series.fixed or tuple(sorted(place for place in plan if place.series == series))
        if self.series.fixed:
            self.series = released(problem, self.series)
            self.problem = replace(
                problem, series=tuple(self.series if one.id == series else one for one in problem.series)
            )
        self.others = tuple(place for place in plan if place.series != series)
        self.around = (*self.others, *self.problem.settled)
        self.rest = staffing.copy() if staffing else staff(self.problem, (*self.others, *self.own))
        for place in self.own:
            self.rest.remove(place)

    def options(self, moved: Placement | None = None) -> list[Option]:
        """Every time of the week, best first: most learners and then most places, what cannot be last.

        `moved` is the weekly session that moves, the first one if nothing is said; the others keep their
        days, and take the new time and room where all days are alike.
        """
        moved = moved or (self.own[0] if self.own else None)
        if moved is None and self.series.sessions > 1:
            return []
        slots = dict.fromkeys((*self.problem.slots[self.series.id], *(place.slot for place in self.own)))
        found = [self._option(slot, moved) for slot in slots]
        return sorted(found, key=lambda one: (one.obstacle is not None, -one.reached, -one.filled, one.slot))

    def _option(self, slot: Slot, moved: Placement | None) -> Option:
        """The first room that no rule forbids; or the one that comes furthest."""
        best: tuple[int, Obstacle, tuple[Placement, ...]] | None = None
        for room in self._rooms(moved):
            places = self._moved(slot, room, moved)
            obstacle = self.obstacle(places)
            if obstacle is None:
                return self._valued(slot, places, None)
            depth = IN_ORDER.index(obstacle.rule)
            if best is None or depth > best[0]:
                best = depth, obstacle, places
        assert best is not None  # a problem has rooms, see `from_dict`
        return self._valued(slot, best[2], best[1])

    def _rooms(self, moved: Placement | None) -> Sequence[Room]:
        return sorted(self.problem.rooms, key=lambda room: (moved is None or room.id != moved.room, room.id))

    def _moved(self, slot: Slot, room: Room, moved: Placement | None) -> tuple[Placement, ...]:
        new = Placement(self.series.id, slot.weekday, slot.starts, room.id)
        stay = [place for place in self.own if place != moved]
        if self.series.same_time:
            stay = [replace(place, starts=slot.starts, room=room.id) for place in stay]
        return tuple(sorted((new, *stay)))

    def obstacle(self, places: Sequence[Placement]) -> Obstacle | None:
        """The first rule that keeps the series from these placements, None if none does."""
        problem, series = self.problem, self.series
        if len({place.weekday for place in places}) < len(places):
            return Obstacle(ONCE_A_DAY, tuple(places))
        for gate in GATES:
            if not all(gate.admits(problem, series, series.time(p), problem.room[p.room]) for p in places):
                return Obstacle(gate)
        for rule in CLASHES:
            others = tuple(other for place in places for other in rule.obstacles(problem, place, self.around))
            if others:
                return Obstacle(rule, others)
        return None

    def _valued(self, slot: Slot, places: tuple[Placement, ...], obstacle: Obstacle | None) -> Option:
        filled = self.rest.copy()
        for place in places:
            filled.add(self.series, place)
        return Option(
            slot=slot,
            placements=places,
            reached=sum(reached(self.problem, place) for place in places),
            filled=filled.filled,
            now=any(place.slot == slot for place in self.own),
            obstacle=obstacle,
        )


def released(problem: Problem, series: Series) -> Series:
    """A fixed series as one to be placed: at the venues of its rooms, at any time if it has no window."""
    venues = series.venues or tuple(dict.fromkeys(problem.room[place.room].venue for place in series.fixed))
    window = series.window or tuple(Window(day, 0, 24 * 60) for day in range(7))
    return replace(series, venues=venues, window=window, sessions=len(series.fixed), fixed=())


@dataclass(frozen=True, slots=True)
class Forced:
    """The best timetable with a series at a time, and what it costs more in each tier; below 0 it saves.

    `answer` None: even with everything else out of its way it cannot be there.
    """

    answer: Answer | None
    more: tuple[tuple[str, int], ...] = ()


def force(problem: Problem, answer: Answer, series: int, slot: Slot, *, seconds: float = 20.0, seed: int = 0) -> Forced:
    """Put a series of one weekly session at a time and let everything else move around it."""
    own = problem.one[series]
    time = own.time(slot)
    there = replace(own, window=(time,), starts=(slot.starts,), priority=FIRST)
    changed = replace(problem, series=tuple(there if one.id == series else one for one in problem.series))
    found = solve(changed, seconds=seconds, seed=seed, tiers=JOINT)
    if found is None or not found.of(series):
        return Forced(None)
    before = {tier: answer.cost(tier) for tier in JOINT}
    return Forced(found, tuple((t, TIERS[t].cost(problem, found.placements) - before[t]) for t in JOINT))


def why_not(problem: Problem, plan: Iterable[Placement], series: int) -> dict[str, int]:
    """For a series without a place: how often each rule is the first one in the way, by its code.

    Everything the series could have tried is counted, time by time.
    """
    moving = Moving(problem, plan, series)
    counted: dict[str, int] = {}
    for obstacle in _tried(moving):
        counted[obstacle.rule.code] = counted.get(obstacle.rule.code, 0) + 1
    return counted


def _tried(moving: Moving) -> Iterator[Obstacle]:
    for slot in moving.problem.slots[moving.series.id]:
        found = [
            obstacle
            for room in moving.problem.rooms
            if (obstacle := moving.obstacle([Placement(moving.series.id, slot.weekday, slot.starts, room.id)]))
        ]
        if len(found) == len(moving.problem.rooms) and found:
            yield max(found, key=lambda one: IN_ORDER.index(one.rule))
