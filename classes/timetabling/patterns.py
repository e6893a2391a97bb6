"""Hard rules about all sessions of one series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from classes.timetabling.gates import Broken, Rule
from classes.timetabling.model import Model
from classes.timetabling.parts import Placement, Series
from classes.timetabling.problem import Problem


class FixedStays(Rule):
    """What is fixed stays where it is: only the other series are placed."""

    code = "fixed"
    label = "已经定好"
    sentence = "定好的班不动，只排还没定的。"

    def broken(self, problem: Problem, placements: Sequence[Placement]) -> list[Broken]:
        return [self.report(place.series, place) for place in placements if problem.one[place.series].fixed]


class AllSessionsOrNone(Rule):
    """A series has all its weekly sessions, each on a day of its own, or it is not placed."""

    code = "sessions"
    label = "这天已经有这个班"
    sentence = "一个班每周的次数要排齐，一天最多一次；排不齐就先不排。"

    def broken(self, problem: Problem, placements: Sequence[Placement]) -> list[Broken]:
        found = []
        for series, places in by_series(placements).items():
            days = {place.weekday for place in places}
            if not len(places) == len(days) == problem.one[series].sessions:
                found.append(self.report(series, *places))
        return found

    def post(self, model: Model) -> None:
        own = [model.of[series.id] for series in model.series]
        placed = np.array([model.placed[series.id] for series in model.series], dtype=int)
        times = np.array([series.sessions for series in model.series], dtype=float)
        count = np.arange(len(own))
        model.add_rows(len(own), [model.listed(own), (count, placed, -times)], lower=0, upper=0)
        for series in model.series:
            if series.sessions > 1:
                days = [model.on_day[series.id, day] for day in range(7) if (series.id, day) in model.on_day]
                model.at_most_one(days, model.placed[series.id])


class SameTimeEachDay(Rule):
    """A series that meets on several days has the same time and room on each, if it asks for that."""

    code = "same-time"
    label = "各天时间不一样"
    sentence = "一周上几次的班，每次同一钟点、同一教室。"

    def broken(self, problem: Problem, placements: Sequence[Placement]) -> list[Broken]:
        return [
            self.report(series, *places)
            for series, places in by_series(placements).items()
            if _alike(problem.one[series]) and len({(place.starts, place.room) for place in places}) > 1
        ]

    def post(self, model: Model) -> None:
        """One column for each time and room that all days of a series could have."""
        for series in model.series:
            if not _alike(series):
                continue
            groups: dict[tuple[int, int], list[int]] = defaultdict(list)
            for column in model.of[series.id]:
                place = model.placements[column]
                groups[place.starts, place.room].append(column)
            shape = model.add_columns(np.ones(len(groups)))
            row = np.zeros(len(shape), dtype=int)
            gate = (np.zeros(1, dtype=int), np.array([model.placed[series.id]]), -np.ones(1))
            model.add_rows(1, [(row, shape, np.ones(len(shape))), gate], upper=0)
            for column, group in zip(shape.tolist(), groups.values(), strict=True):
                model.at_most_one([[one] for one in group], column)


def _alike(series: Series) -> bool:
    return series.same_time and series.sessions > 1


def by_series(placements: Sequence[Placement]) -> dict[int, list[Placement]]:
    """The placements of each series, in order."""
    found: dict[int, list[Placement]] = defaultdict(list)
    for place in sorted(placements):
        found[place.series].append(place)
    return found


PATTERNS: tuple[Rule, ...] = (FixedStays(), AllSessionsOrNone(), SameTimeEachDay())
