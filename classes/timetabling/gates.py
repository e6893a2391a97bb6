"""What a rule is, and the rules that look at one placement alone: the first one in the way explains it.

What is fixed is a fact: no rule judges it, but what is placed has to keep clear of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from classes.timetabling.parts import Placement, Room, Series, Slot, Window, covered, spoken
from classes.timetabling.problem import Problem

if TYPE_CHECKING:
    from classes.timetabling.model import Model

SENIORS_FROM, NOON, NOON_ENDS = 9 * 60, 12 * 60, 14 * 60
"""Seniors: not before 9:00 (morning market, medicine), not over noon, which lasts until 14:00."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One place where a timetable breaks a rule; `series` and `placements` say where."""

    rule: str
    text: str
    series: int
    placements: tuple[Placement, ...] = ()


class Rule(ABC):
    """What must hold. The docstring says it, `broken` means it, the solver hears it.

    `label` is the short reason where the rule is in the way, `sentence` the rule in the organiser's words.
    """

    code: ClassVar[str]
    label: ClassVar[str]
    sentence: ClassVar[str]

    @abstractmethod
    def broken(self, problem: Problem, placements: Sequence[Placement]) -> list[Broken]:
        """Every place where the placements break this rule: the meaning."""

    def screen(self, model: Model) -> None:  # noqa: B027  (most rules delete no candidates)
        """Delete the placements that this rule alone forbids, before the model has columns."""

    def post(self, model: Model) -> None:  # noqa: B027  (gates have no rows)
        """Add this rule's rows to the model."""

    def report(self, series: int, *placements: Placement) -> Broken:
        """A broken rule in words."""
        where = "、".join(spoken(place.weekday, place.starts) for place in placements)
        return Broken(self.code, f"series {series} ({where}): {self.sentence}", series, placements)


class Gate(Rule):
    """A rule about one placement: `admits` is its meaning.

    `looks_at` names what it depends on: the series and the time, the series and the room, or the room, the
    time and the length alone.
    """

    looks_at: ClassVar[str] = "time"

    @abstractmethod
    def admits(self, problem: Problem, series: Series, time: Window, room: Room) -> bool:
        """Whether this series may meet then and there."""

    def broken(self, problem: Problem, placements: Sequence[Placement]) -> list[Broken]:
        found = []
        for place in placements:
            series, room = problem.one[place.series], problem.room[place.room]
            if not self.admits(problem, series, series.time(place), room):
                found.append(self.report(series.id, place))
        return found

    def screen(self, model: Model) -> None:
        problem = model.problem
        if self.looks_at == "time":
            model.keep_slots(lambda series, slot: self.admits(problem, series, series.time(slot), problem.rooms[0]))
        elif self.looks_at == "room":
            some = Window(0, 0, 1)
            model.keep_rooms(lambda series, room: self.admits(problem, series, some, room))
        else:
            model.keep(self._answered_once(problem))

    def _answered_once(self, problem: Problem) -> Callable[[Series, Slot, Room], bool]:
        """The same question for all series of one length, who are alike in a room."""
        known: dict[tuple[int, Slot, int], bool] = {}

        def admits(series: Series, slot: Slot, room: Room) -> bool:
            key = room.id, slot, series.minutes
            if key not in known:
                known[key] = self.admits(problem, series, series.time(slot), room)
            return known[key]

        return admits


class InItsWindow(Gate):
    """A series meets inside its programme's window, at one of its possible starts."""

    code = "window"
    label = "不在开课时段内"
    sentence = "只在项目的开课时段里排。"

    def admits(self, problem: Problem, series: Series, time: Window, room: Room) -> bool:
        return Slot(time.weekday, time.starts) in problem.slots[series.id]


class VenueIsOpen(Gate):
    """Nothing is placed on a weekday on which the venue is closed."""

    looks_at = "room and time"
    code = "closed"
    label = "场地这天不开"
    sentence = "场地不开的日子不排。"

    def admits(self, problem: Problem, series: Series, time: Window, room: Room) -> bool:
        return time.weekday not in problem.venue[room.venue].closed


class SeniorHours(Gate):
    """Seniors have no class before 9:00 nor over noon, from 12:00 to 14:00 (domain 3.2 and 4)."""

    code = "senior-hours"
    label = "老人不宜的钟点"
    sentence = "老人的班不早于 9:00，不占中午 12:00 到 14:00。"

    def admits(self, problem: Problem, series: Series, time: Window, room: Room) -> bool:
        noon = Window(time.weekday, NOON, NOON_ENDS)
        return series.programme != "senior" or (time.starts >= SENIORS_FROM and not time.meets(noon))


class LeadIsFree(Gate):
    """A series meets when its lead is free."""

    code = "lead-free"
    label = "讲师没空"
    sentence = "只排在讲师有空的时间。"

    def admits(self, problem: Problem, series: Series, time: Window, room: Room) -> bool:
        return series.lead is None or covered(problem.lead[series.lead].free, time)


class RoomSuits(Gate):
    """The room is at one of the venues of the series, has the seats and the equipment it needs."""

    looks_at = "room"
    code = "room-needs"
    label = "教室不合适"
    sentence = "教室要在这个班能去的场地，座位够，设备齐。"

    def admits(self, problem: Problem, series: Series, time: Window, room: Room) -> bool:
        return (
            room.venue in series.venues
            and (not series.rooms or room.id in series.rooms)
            and (room.seats is None or room.seats >= series.people)
            and series.equipment <= room.equipment
        )


class WheelchairsGetThere(Gate):
    """A class with somebody in a wheelchair is on the ground floor or where there is a lift."""

    looks_at = "room"
    code = "step-free"
    label = "轮椅上不去"
    sentence = "有人坐轮椅的班，只排一楼或有电梯的教室。"

    def admits(self, problem: Problem, series: Series, time: Window, room: Room) -> bool:
        return room.step_free or not series.step_free


class RoomIsOpen(Gate):
    """A room is used in its hours, and never while it is booked by others."""

    looks_at = "room and time"
    code = "room-hours"
    label = "教室那时不能用"
    sentence = "只在教室能用、没被别人订走的时间排。"

    def admits(self, problem: Problem, series: Series, time: Window, room: Room) -> bool:
        in_hours = not room.hours or covered(room.hours, time)
        return in_hours and not any(time.meets(booked) for booked in room.booked)


GATES: tuple[Gate, ...] = (
    InItsWindow(),
    SeniorHours(),
    VenueIsOpen(),
    LeadIsFree(),
    RoomSuits(),
    WheelchairsGetThere(),
    RoomIsOpen(),
)
