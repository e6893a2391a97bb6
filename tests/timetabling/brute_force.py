"""The best timetable by trying them all, by the words of `reading_of_rules` and without any solver."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from classes.timetabling.problem import Placement, Problem
from tests.timetabling.reading_of_rules import alone, faults, prices


def all_plans(problem: Problem) -> Iterator[tuple[Placement, ...]]:
    """Every timetable that breaks no rule."""
    for choice in product(*(_ways(problem, one) for one in problem.series if not one.fixed)):
        plan = tuple(place for way in choice for place in way)
        if not faults(problem, plan):
            yield plan


def _ways(problem: Problem, one) -> list[tuple[Placement, ...]]:
    """Every way to place one series that is sound by itself, and not to place it."""
    every = [
        Placement(one.id, day, start, room.id)
        for day in sorted({time.weekday for time in one.window})
        for start in range(0, 24 * 60, 30)
        for room in problem.rooms
    ]
    possible = [place for place in every if not alone(problem, place)]
    ways = [way for way in combinations(possible, one.sessions) if not faults(problem, way)]
    return [(), *ways]


def best(problem: Problem, tiers: Sequence[str], tolerances: dict[str, int] | None = None) -> tuple[int, ...] | None:
    """What the best timetable costs in each tier; later tiers choose among what earlier ones leave."""
    costs = {tuple(found[tier] for tier in tiers) for plan in all_plans(problem) for found in [prices(problem, plan)]}
    for step, tier in enumerate(tiers):
        least = min(cost[step] for cost in costs) + (tolerances or {}).get(tier, 0)
        costs = {cost for cost in costs if cost[step] <= least}
    for step, tier in enumerate(tiers):
        if (tolerances or {}).get(tier):
            least = min(cost[step] for cost in costs)
            costs = {cost for cost in costs if cost[step] <= least}
    (only,) = costs
    return only
