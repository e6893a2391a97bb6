"""The price of one wish in another, for the same sessions and agreements as a proposal."""

import time
from collections.abc import Callable
from typing import Any

from volunteers.matching.problem import Problem
from volunteers.matching.tradeoff import Point, tradeoff
from volunteers.models.tradeoff import MOST_POINTS
from volunteers.planning.tiers import Order

SOLVE_SECONDS = 2.0
"""For each solve: a point that is not proven by then is shown as such."""
SECONDS = 40.0
"""No further point is looked for after so long."""
SEED = 1


def price(
    problem: Problem,
    order: Order,
    upper: str,
    lower: str,
    *,
    on_progress: Callable[[int], bool],
    seconds: float = SECONDS,
) -> list[dict[str, Any]]:
    """Up to five points between the best in one tier and the best in the next, as rows to keep.

    `on_progress(points found)` may return False to stop with those found. Raises ValueError for tiers that
    are no neighbours in the order.
    """
    until = time.monotonic() + seconds

    def watch(found: int, wanted: int) -> bool:
        return on_progress(min(found, MOST_POINTS)) and time.monotonic() < until

    found = tradeoff(
        problem,
        upper,
        lower,
        order=order.tiers,
        points=MOST_POINTS,
        seconds=SOLVE_SECONDS,
        seed=SEED,
        on_progress=watch,
    )
    return [_row(point, found[0]) for point in found[:MOST_POINTS]]


def _row(point: Point, best: Point) -> dict[str, Any]:
    return {
        "upper": point.upper,
        "lower": point.lower,
        "gives": point.upper - best.upper,
        "wins": best.lower - point.lower,
        "text": point.text,
        "step": point.step,
        "proven": point.proven,
    }
