"""The timetable problem written down once more, for CP-SAT, straight from the rules' words."""

from collections import defaultdict
from itertools import combinations

from ortools.sat.python import cp_model

from classes.timetabling.problem import Placement, Problem
from tests.timetabling.reading_of_rules import able, alone, together


def best_costs(problem: Problem, tiers, seconds: float = 60) -> tuple[int, ...]:
    """The least cost of each tier, the ones before it settled; raises if one is not proven."""
    model = cp_model.CpModel()
    chosen = _placements(problem, model)
    placed = _series(problem, model, chosen)
    _clashes(problem, model, chosen)
    terms = _tiers(problem, model, chosen, placed)
    reached = []
    for tier in tiers:
        model.minimize(terms[tier])
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.max_time_in_seconds = seconds
        if solver.solve(model) != cp_model.OPTIMAL:
            raise AssertionError(f"CP-SAT proved nothing about {tier}")
        reached.append(round(solver.objective_value))
        model.add(terms[tier] <= reached[-1])
    return tuple(reached)


def _placements(problem, model):
    found = {}
    for one in problem.open:
        for time in one.window:
            for start in range(0, 24 * 60, problem.step):
                for room in problem.rooms:
                    place = Placement(one.id, time.weekday, start, room.id)
                    if place not in found and not alone(problem, place):
                        found[place] = model.new_bool_var("")
    return found


def _series(problem, model, chosen):
    placed = {}
    for one in problem.open:
        own = [(place, x) for place, x in chosen.items() if place.series == one.id]
        placed[one.id] = model.new_bool_var("")
        model.add(sum(x for _, x in own) == one.sessions * placed[one.id])
        for day in range(7):
            model.add(sum(x for place, x in own if place.weekday == day) <= 1)
        if one.same_time and one.sessions > 1:
            for (a, x), (b, y) in combinations(own, 2):
                if (a.starts, a.room) != (b.starts, b.room):
                    model.add_bool_or(x.negated(), y.negated())
    return placed


def _clashes(problem, model, chosen):
    by_day = defaultdict(list)
    for place in chosen:
        by_day[place.weekday].append(place)
    for places in by_day.values():
        for a, b in combinations(places, 2):
            if a.series != b.series and together(problem, a, b):
                model.add_bool_or(chosen[a].negated(), chosen[b].negated())


def _tiers(problem, model, chosen, placed):
    come = {place: _come(problem, place) for place in chosen}
    wanted = sum(one.sessions * sum(need.places for need in one.needs) for one in problem.series)
    seats = sum(one.sessions * len(one.learners) for one in problem.series)
    last = [one for one in problem.series if one.last]
    opened = {}
    for place, x in chosen.items():
        day = place.room, place.weekday
        if day not in opened:
            opened[day] = model.new_bool_var("")
        model.add_implication(x, opened[day])
    return {
        "unplaced": sum(one.priority * (1 - placed[one.id]) for one in problem.open),
        "unreached": seats - sum(count * chosen[place] for place, count in come.items()),
        "short": wanted - sum(_people(problem, model, chosen)),
        "moved": sum(one.sessions for one in last)
        - sum(x for place, x in chosen.items() if place.slot in problem.one[place.series].last),
        "rooms": sum(opened.values()),
        "wishes": sum(_wishes(problem, place) * x for place, x in chosen.items()),
    }


def _come(problem, place):
    one = problem.one[place.series]
    return sum(
        any(
            w.weekday == place.weekday and w.starts <= place.starts and place.starts + one.minutes <= w.ends
            for w in problem.learner[pk].free or ()
        )
        for pk in one.learners
    )


def _wishes(problem, place):
    one = problem.one[place.series]
    return sum(wish.cost for wish in one.wishes if wish.time.meets(one.time(place)))


def _people(problem, model, chosen):
    """A variable for each person at each place they could take."""
    person = defaultdict(list)
    day = defaultdict(list)
    for place, x in chosen.items():
        for need in problem.one[place.series].needs:
            here = []
            for who in able(problem, place, need.role):
                comes = model.new_bool_var("")
                here.append(comes)
                person[who].append(comes)
                day[who, place.weekday].append(comes)
                yield comes
            model.add(sum(here) <= need.places * x)
    for one in problem.volunteers:
        model.add(sum(person[one.id]) <= one.a_week)
        for weekday in range(7):
            model.add(sum(day[one.id, weekday]) <= one.a_day)
