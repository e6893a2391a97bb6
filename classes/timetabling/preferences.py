"""What makes one timetable better than another: one class a tier, in the order of importance.

All costs are whole numbers, so a gap under one is a proof.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from classes.timetabling.model import Model
from classes.timetabling.parts import Placement, Series, Window, covered
from classes.timetabling.problem import Problem
from classes.timetabling.staffing import Supply, staff
from classes.timetabling.supply import post_supply


class Preference(ABC):
    """One tier. `label` names it on screen, `sentence` says what it asks for."""

    code: ClassVar[str]
    label: ClassVar[str]
    sentence: ClassVar[str]

    @abstractmethod
    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        """What the timetable costs in this tier: the meaning."""

    @abstractmethod
    def post(self, model: Model) -> None:
        """Add this tier's columns, rows and prices to the model."""


class Single(Preference):
    """A tier that adds up over placements: a cost without any of them, and what each one saves."""

    @abstractmethod
    def without(self, problem: Problem) -> int:
        """What it costs when nothing is placed."""

    @abstractmethod
    def saves(self, problem: Problem, place: Placement) -> int:
        """How much less it costs with this placement; less than 0: how much more."""

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        return self.without(problem) - sum(self.saves(problem, place) for place in placements)

    def post(self, model: Model) -> None:
        saved = np.array([self.saves(model.problem, place) for place in model.placements], dtype=float)
        columns = np.nonzero(saved)[0]
        model.price(self.code, columns, -saved[columns])
        model.add_constant(self.code, self.without(model.problem))


class Unplaced(Preference):
    """As many series as possible are placed, the more important ones first."""

    code = "unplaced"
    label = "排上的班"
    sentence = "能排上的班越多越好。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        placed = {place.series for place in placements}
        return sum(series.priority for series in problem.open if series.id not in placed)

    def post(self, model: Model) -> None:
        columns = np.array([model.placed[series.id] for series in model.series], dtype=int)
        model.price(self.code, columns, np.array([-series.priority for series in model.series], dtype=float))
        model.add_constant(self.code, sum(series.priority for series in model.series))


class Unreached(Single):
    """As many learners as possible can come, counted once a session."""

    code = "unreached"
    label = "来得了的学员"
    sentence = "尽量排在学员来得了的时间。"

    def without(self, problem: Problem) -> int:
        return seats(problem) - sum(reached(problem, place) for place in problem.settled)

    def saves(self, problem: Problem, place: Placement) -> int:
        return reached(problem, place)

    def post(self, model: Model) -> None:
        times: dict[tuple[int, Window], int] = {}
        for column, place in enumerate(model.placements):
            key = place.series, model.time(column)
            if key not in times:
                times[key] = reached(model.problem, place)
        saved = np.array([times[place.series, model.time(j)] for j, place in enumerate(model.placements)], dtype=float)
        model.price(self.code, np.arange(len(saved)), -saved)
        model.add_constant(self.code, self.without(model.problem))


class Short(Preference):
    """As few helpers' places as possible stay empty, people coming once a day and so often a week."""

    code = "short"
    label = "助教缺口"
    sentence = "尽量排在志愿者排得过来的时间。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        return places(problem) - staff(problem, placements).filled

    def post(self, model: Model) -> None:
        filled = post_supply(model, Supply(model.problem))
        model.price(self.code, filled, -np.ones(len(filled)))
        model.add_constant(self.code, places(model.problem))


class HeadCount(Single):
    """As few places as possible for which not even enough people are free, each session by itself."""

    code = "headcount"
    label = "有空的人数"
    sentence = "尽量排在有空的志愿者够数的时间。"

    def __init__(self) -> None:
        self._supply: Supply | None = None

    def without(self, problem: Problem) -> int:
        return places(problem) - sum(self.saves(problem, place) for place in problem.settled)

    def saves(self, problem: Problem, place: Placement) -> int:
        series = problem.one[place.series]
        supply = self._of(problem)
        return sum(min(need.places, len(supply.of(series, need, place))) for need in series.needs)

    def _of(self, problem: Problem) -> Supply:
        if self._supply is None or self._supply.problem is not problem:
            self._supply = Supply(problem)
        return self._supply


class Moved(Single):
    """Series meet on the weekday and at the time of last term."""

    code = "moved"
    label = "和原来一样"
    sentence = "尽量和上学期同一天、同一时间。"

    def without(self, problem: Problem) -> int:
        return sum(series.sessions for series in problem.open if series.last)

    def saves(self, problem: Problem, place: Placement) -> int:
        return int(place.slot in problem.one[place.series].last)


class RoomDays(Preference):
    """Rooms are opened on as few days as possible."""

    code = "rooms"
    label = "教室集中"
    sentence = "课排得集中些，少开几间教室、少开几天。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        return len({(place.room, place.weekday) for place in (*placements, *problem.settled)})

    def post(self, model: Model) -> None:
        model.price(self.code, model.opened, np.ones(len(model.opened)))


class Wishes(Single):
    """What the organiser would rather not have."""

    code = "wishes"
    label = "偏好"
    sentence = "照顾填写的偏好。"

    def without(self, problem: Problem) -> int:
        return 0

    def saves(self, problem: Problem, place: Placement) -> int:
        series = problem.one[place.series]
        return -sum(wish.cost for wish in series.wishes if wish.time.meets(series.time(place)))


def seats(problem: Problem) -> int:
    """Learners of all series, each counted once a weekly session."""
    return sum(len(series.learners) * weekly(series) for series in problem.series)


def places(problem: Problem) -> int:
    """Helpers' places of all series in a week."""
    return sum(series.places * weekly(series) for series in problem.series)


def weekly(series: Series) -> int:
    """Sessions a week."""
    return len(series.fixed) or series.sessions


def reached(problem: Problem, place: Placement) -> int:
    """Learners of the series who can come then."""
    series = problem.one[place.series]
    time = series.time(place)
    return sum(covered(problem.learner[pk].free, time) for pk in series.learners)


PREFERENCES: tuple[Preference, ...] = (
    Unplaced(),
    Unreached(),
    Short(),
    HeadCount(),
    Moved(),
    RoomDays(),
    Wishes(),
)
TIERS: dict[str, Preference] = {preference.code: preference for preference in PREFERENCES}


def costs(problem: Problem, placements: Sequence[Placement]) -> dict[str, int]:
    """What a timetable costs in every tier."""
    return {code: preference.cost(problem, placements) for code, preference in TIERS.items()}
