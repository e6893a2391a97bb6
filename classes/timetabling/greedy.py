"""The timetable a careful organiser makes by hand: the most constrained series first, the best time of each.

It is always there before the solver starts, so a time limit never leaves nothing.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby

from classes.timetabling.clashes import CLASHES
from classes.timetabling.model import Model
from classes.timetabling.parts import Placement, Series
from classes.timetabling.preferences import reached
from classes.timetabling.problem import Problem


def greedy(model: Model) -> tuple[Placement, ...]:
    """A timetable that breaks no rule; `model` says what is possible at all."""
    problem = model.problem
    placed: dict[int, list[Placement]] = defaultdict(list)
    for series in sorted(model.series, key=lambda one: (-one.priority, len(model.of[one.id]), one.id)):
        places = [model.placements[column] for column in model.of[series.id]]
        for place in _sessions(problem, series, places, placed):
            placed[place.weekday].append(place)
    return tuple(sorted(place for day in placed.values() for place in day))


def _sessions(
    problem: Problem, series: Series, places: list[Placement], placed: dict[int, list[Placement]]
) -> list[Placement]:
    """All weekly sessions of a series, or none."""
    come = {slot: reached(problem, place) for slot, place in {place.slot: place for place in places}.items()}
    worth = {place: (-come[place.slot], place.slot not in series.last, place) for place in places}
    if series.sessions == 1:
        return next(([place] for place in sorted(places, key=worth.__getitem__) if _fits(problem, place, placed)), [])
    shape = (lambda place: (place.starts, place.room)) if series.same_time else (lambda place: (0, 0))
    found: list[tuple[int, list[Placement]]] = []
    for _, group in groupby(sorted(places, key=lambda place: (shape(place), place)), shape):
        chosen: dict[int, Placement] = {}
        for place in sorted(group, key=worth.__getitem__):
            if len(chosen) < series.sessions and place.weekday not in chosen and _fits(problem, place, placed):
                chosen[place.weekday] = place
        if len(chosen) == series.sessions:
            own = list(chosen.values())
            found.append((sum(worth[place][0] for place in own), sorted(own)))
    return min(found)[1] if found else []


def _fits(problem: Problem, place: Placement, placed: dict[int, list[Placement]]) -> bool:
    others = placed[place.weekday]
    return not any(next(rule.obstacles(problem, place, others), None) for rule in CLASHES)
