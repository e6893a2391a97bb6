"""Tiers solved in order without a row for each settled tier.

Such a row ("short may not exceed 160") destroys the near-network that makes the model easy:
measured, it turned 3 seconds into more than 60. Instead a settled tier keeps a price in the
next objective. If the best plan at that price still has the settled value, it is the best of
all plans with that value, whatever the price was; if not, the price was too low and is raised.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from operator import mul

import numpy as np

from volunteers.matching.exact import Exact
from volunteers.matching.model import Model, Numbers
from volunteers.matching.preferences import TIERS
from volunteers.matching.problem import Placement, Problem

type Plan = tuple[Placement, ...]

FIRST_PRICE = 10
RAISE = 5
ATTEMPTS = 4
FIRST_SHARE, SHARE = 0.3, 0.6
"""The first look at all tiers, and a step that is not the last, may use this share of the time left."""


@dataclass(slots=True)
class Step:
    """Tiers minimised together, with their weights, and what is known about the minimum."""

    weights: dict[str, int]
    tolerance: int = 0
    """How much worse than its best later steps may make this one."""
    reached: int | None = None
    bound: int = 0
    proven: bool = False

    @property
    def name(self) -> str:
        """The tiers of the step."""
        return "+".join(self.weights)

    def cost(self, problem: Problem, plan: Plan) -> int:
        """What a plan costs in this step."""
        return sum(weight * TIERS[t].cost(problem, plan) for t, weight in self.weights.items())

    def bounds(self) -> Iterable[tuple[str, int]]:
        """The bound by tier, known where the step is one tier."""
        if len(self.weights) == 1:
            (tier,) = self.weights
            yield tier, self.bound

    def weighted_bound(self, problem: Problem) -> int:
        """The bound in the currency of the problem file's weights."""
        if len(self.weights) > 1:
            return self.bound
        (tier,) = self.weights
        return problem.weight[tier] * self.bound


class Ladder:
    """One solve under way: the model, the best plan so far, and the clock."""

    def __init__(
        self,
        problem: Problem,
        model: Model,
        plan: Plan,
        seed: int,
        deadline: float,
        on_progress: Callable[[str, float, float | None, float | None], bool | None],
        on_plan: Callable[[Plan], bool | None] | None = None,
    ) -> None:
        self.problem, self.model, self.best = problem, model, plan
        self.exact, self.on_plan = Exact(model, seed), on_plan
        self.seed, self.deadline, self.on_progress = seed, deadline, on_progress
        self.proven: dict[frozenset[tuple[str, int]], int] = {}
        self.cancelled = False
        self.done = 0.0

    def tell(self, step: str, best: float | None, bound: float | None) -> bool:
        """Report progress; False once the caller has cancelled."""
        if self.on_progress(step, self.done, best, bound) is False:
            self.cancelled = True
        return not self.cancelled

    def show(self) -> bool:
        """Show the best plan so far; False once the caller has cancelled."""
        if self.on_plan and self.on_plan(self.best) is False:
            self.cancelled = True
        return not self.cancelled

    def held(self) -> set[int]:
        """The sessions held in the best plan."""
        return {placement.session for placement in self.best}

    def climb(self, steps: list[Step]) -> None:
        """Solve the steps one after the other, after a first look at all of them together."""
        if len(steps) > 1:
            self._look_at_all(steps)
        for number, step in enumerate(steps):
            if self.cancelled:
                return
            self.done = number / len(steps)
            step.bound = least = self.model.least(step.weights)
            if step.cost(self.problem, self.best) > least:
                settled = [one for one in steps[:number] if not one.tolerance]
                self._solve(step, settled, last=number == len(steps) - 1)
            step.reached = step.cost(self.problem, self.best)
            step.proven = step.reached == step.bound
            if step.tolerance:
                self.model.keep_below(step.weights, step.reached + step.tolerance)
            elif step.reached == least:
                self.model.keep_at_least(step.weights)
            self.done = (number + 1) / len(steps)
            self.tell(step.name, step.reached, step.bound)

    def _look_at_all(self, steps: list[Step]) -> None:
        """A good plan in this order from one solve at growing prices.

        It is often the best one; then each step only needs the relaxation to say so, where it
        would have had to search among a great many plans that are equally good in its tiers.
        """
        *before, last = steps
        until = time.perf_counter() + FIRST_SHARE * max(0.1, self.deadline - time.perf_counter())
        self._minimise(last, before, self._first_prices(last, before), until)

    def _solve(self, step: Step, settled: list[Step], *, last: bool) -> None:
        """Minimise one step at prices for the settled ones, raised until those stay put."""
        prices = self._first_prices(step, settled)
        share = 1.0 if last else SHARE
        until = time.perf_counter() + share * max(0.1, self.deadline - time.perf_counter())
        for _ in range(ATTEMPTS):
            best = self.best
            before, own = [one.cost(self.problem, best) for one in settled], step.cost(self.problem, best)
            found, bound, proven = self._minimise(step, settled, prices, until)
            after = [one.cost(self.problem, found) for one in settled]
            step.bound = max(step.bound, bound - sum(map(mul, prices, before)))
            # Of plans as good as the best so far that one stays: it looks ahead to the later steps.
            if (after, step.cost(self.problem, found)) < (before, step.cost(self.problem, self.best)):
                self.best = found
            if after < before:
                step.bound = self.model.least(step.weights)
            if after == before or self.cancelled or not proven or time.perf_counter() > until:
                break
            prices = _raised(prices, before, after, own - step.cost(self.problem, found))

    def _first_prices(self, step: Step, settled: list[Step]) -> list[int]:
        """Prices growing from the last settled step to the first; a tier that nothing moves needs none."""
        price = max(step.weights.values(), default=1)
        prices = []
        for one in reversed(settled):
            if any(self.model.prices.get(tier) for tier in one.weights):
                price *= FIRST_PRICE
            prices.append(price)
        return prices[::-1]

    def _minimise(self, step: Step, settled: list[Step], prices: list[int], until: float) -> tuple[Plan, int, bool]:
        """The best plan at these prices, the bound of the sum, and whether it is proven."""
        weights = dict(step.weights)
        for one, price in zip(settled, prices, strict=True):
            weights |= {tier: price * weight for tier, weight in one.weights.items()}
        known = sum(weight * TIERS[tier].cost(self.problem, self.best) for tier, weight in weights.items())
        if self.proven.get(frozenset(weights.items())) == known:
            # The first look at all tiers asked the same question; what was settled since keeps this plan.
            return self.best, known, True
        outcome = self.exact.minimise(
            weights,
            known=known,
            seconds=until - time.perf_counter(),
            watch=lambda best, bound: self.tell(step.name, known if best is None else min(best, known), bound),
            found=lambda values: self._offer(values, [*settled, step]),
        )
        plan = self.best if outcome.values is None else self.model.placements(outcome.values)
        bound = math.ceil(max(outcome.bound, float(self.model.least(weights))) - 1e-6)
        if outcome.proven:
            self.proven[frozenset(weights.items())] = bound
        return plan, bound, outcome.proven

    def _offer(self, values: Numbers, steps: list[Step]) -> None:
        """Keep a plan found on the way that is better in this order, and show it."""
        plan = self.model.placements(values)
        if [one.cost(self.problem, plan) for one in steps] < [one.cost(self.problem, self.best) for one in steps]:
            self.best = plan
            self.show()

    def keep(self, sessions: Collection[int]) -> None:
        """Hold as many of these sessions as can be."""
        columns = np.array([self.model.held[self.model.column_of[s]] for s in sessions], dtype=int)
        self.model.price("keep", columns, np.full(len(columns), -1))
        outcome = self.exact.minimise(
            {"keep": 1},
            known=-len(self.held().intersection(sessions)),
            seconds=SHARE * (self.deadline - time.perf_counter()),
            watch=lambda best, bound: self.tell("locked", best, bound),
        )
        if outcome.values is not None:
            self.best = self.model.placements(outcome.values)


def _raised(prices: list[int], before: list[int], after: list[int], gained: int) -> list[int]:
    """Higher prices for the first settled step that moved, and for all before it.

    Five times as high at least, and too high for what was just given up: `gained` is what the step
    that is minimised got for it, beside what later settled steps got.
    """
    moved = next(place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1])
    lost = prices[moved] * (after[moved] - before[moved])
    later = slice(moved + 1, None)
    gained += sum(price * (b - a) for price, b, a in zip(prices[later], before[later], after[later], strict=True))
    factor = max(RAISE, gained // lost + 1) if lost > 0 else RAISE
    return [price * factor if place <= moved else price for place, price in enumerate(prices)]
