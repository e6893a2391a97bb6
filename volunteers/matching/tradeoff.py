"""What one tier costs in another: a few points of the curve, for an organiser to pick from.

The ε-constraint method: the upper tier may cost at most ε, the lower one is minimised, then the
upper one again, so that no point is worse than another in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from volunteers.matching.preferences import TIERS, costs
from volunteers.matching.problem import Placement, Problem
from volunteers.matching.solve import solve

POINTS = 5
ORDER = ("unheld", "short", "waiting", "uneven", "strange", "wishes", "change")


@dataclass(frozen=True, slots=True)
class Point:
    """One plan on the curve: its cost in the two tiers and in all of them."""

    upper: int
    lower: int
    tiers: dict[str, int]
    proven: bool
    placements: tuple[Placement, ...]
    text: str


def tradeoff(
    problem: Problem,
    upper: str,
    lower: str,
    *,
    order: Sequence[str] = ORDER,
    points: int = POINTS,
    seconds: float = 10.0,
    seed: int = 0,
) -> list[Point]:
    """Up to `points` plans between the best in `upper` and the best in `lower`, in that order.

    The tiers before the two in `order` stay at their best; those after them are not looked at.
    `seconds` is for each point. Raises ValueError if the two are not neighbours in the order.
    """
    if upper not in order or list(order).index(upper) + 1 >= len(order):
        raise ValueError(f"there is no tier after {upper!r} in the order")
    place = list(order).index(upper)
    if order[place + 1] != lower:
        raise ValueError(f"{lower!r} does not follow {upper!r} in the order {', '.join(order)}")
    before = tuple(order[:place])
    first = solve(problem, tiers=(*before, upper, lower), seconds=seconds, seed=seed)
    last = solve(problem, tiers=(*before, lower, upper), seconds=seconds, seed=seed)
    least, most = (costs(problem, answer.placements)[upper] for answer in (first, last))
    found = {least: first}
    for allowed in sorted({(most - least) * step // (points - 1) for step in range(1, points - 1)} - {0}):
        middle = solve(problem, tiers=(*before, upper, lower), tolerances={upper: allowed}, seconds=seconds, seed=seed)
        found.setdefault(costs(problem, middle.placements)[upper], middle)
    found.setdefault(most, last)
    plans = [(costs(problem, answer.placements), answer) for _, answer in sorted(found.items())]
    kept = [
        (cost, answer) for n, (cost, answer) in enumerate(plans) if all(cost[lower] < c[lower] for c, _ in plans[:n])
    ]
    start = kept[0][0]
    return [
        Point(cost[upper], cost[lower], cost, answer.proven, answer.placements, _text(upper, lower, cost, start))
        for cost, answer in kept
    ]


def _text(upper: str, lower: str, cost: dict[str, int], start: dict[str, int]) -> str:
    """Such as 公平让 4，熟悉好 6."""
    if cost == start:
        return f"{TIERS[upper].label}最好"
    return f"{TIERS[upper].label}让 {cost[upper] - start[upper]}，{TIERS[lower].label}好 {start[lower] - cost[lower]}"
