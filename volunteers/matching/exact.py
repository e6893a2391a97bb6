"""The proven minimum, by way of the relaxation: a bound first, then ever wider neighbourhoods.

1. Without integrality the model is nearly a network: a street takes a third of a second. Rows
   that whole plans keep and the fractional optimum breaks (`Rule.tighten`) are added until
   none is found.
2. A column whose reduced cost is above a threshold t stays where the relaxation has it, and the
   small rest is solved in whole numbers. A plan outside that neighbourhood costs more than
   the relaxation's value + t, so the neighbourhood's bound, capped there, bounds everything.
3. Once the threshold covers the distance to the best plan known, the neighbourhood holds every
   better plan there could be: its optimum is the optimum, and that is the proof.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from volunteers.matching.highs import TOLERANCE, Outcome, Relaxation, Relaxed, Watch, minimise
from volunteers.matching.model import Model, Numbers
from volunteers.matching.rules import RULES

ROUNDS = 20
"""Rounds of tightening at most; each starts from the last optimum."""
WORTHWHILE = 0.01
"""Tightening ends when a round moves the bound by less than this share of one unit of cost."""
SHARES = (0.25, 0.6, 1.0)
"""Neighbourhoods: under this share of the pairs, those with the least reduced cost, are free."""
WORTH_A_STEP = 0.15
"""A neighbourhood is skipped when the next one holds less than this share of the pairs more."""

MARGIN = 1e-5
"""Reduced costs are trusted to so much; all costs of whole plans are whole numbers."""

type Found = Callable[[Numbers], None]


class Exact:
    """One model, minimised for one set of tiers after the other."""

    def __init__(self, model: Model, seed: int) -> None:
        self.model, self.seed = model, seed
        self.relaxation = Relaxation(model, seed)

    def minimise(
        self, weights: dict[str, int], *, known: float, seconds: float, watch: Watch, found: Found | None = None
    ) -> Outcome:
        """The least cost of these tiers, or that nothing costs less than `known`.

        `known` is the cost of a plan at hand; `values` is None where no better one was found.
        `found` is called with the columns of each better plan on the way.
        """
        until = time.perf_counter() + seconds
        relaxed, stopped = self.relax(weights, until, watch)
        if relaxed is None:
            if stopped:
                return Outcome(None, -math.inf, proven=False, infeasible=False, stopped=True)
            return minimise(self.model, weights, seconds=until - time.perf_counter(), seed=self.seed, watch=watch)
        search = _Search(self.model, weights, relaxed, known, self.seed, until, watch, found)
        search.stopped = stopped
        return search.run()

    def relax(self, weights: dict[str, int], until: float, watch: Watch) -> tuple[Relaxed | None, bool]:
        """The optimum without integrality, tightened, and whether the caller stopped it.

        None where it could not be had in time.
        """
        best: Relaxed | None = None
        for _ in range(ROUNDS):
            relaxed = self.relaxation.minimise(weights, until - time.perf_counter())
            if relaxed is None:
                break
            gained = best is None or relaxed.value > best.value + WORTHWHILE
            best = relaxed
            if not watch(None, relaxed.value):
                return best, True
            if _is_whole(self.model, relaxed.values) or not self._tighten(relaxed.values) or not gained:
                break
        return best, False

    def _tighten(self, values: Numbers) -> bool:
        """Add the rows that these values break and whole plans keep; tells whether there were any."""
        before = self.model.rows
        self.model.tie(values)
        for rule in RULES:
            rule.tighten(self.model, values)
        return self.model.rows > before


class _Search:
    """The neighbourhoods of one relaxed optimum, until the best plan is proven or time is up."""

    def __init__(
        self,
        model: Model,
        weights: dict[str, int],
        relaxed: Relaxed,
        known: float,
        seed: int,
        until: float,
        watch: Watch,
        found: Found | None,
    ) -> None:
        self.model, self.weights, self.relaxed = model, weights, relaxed
        self.known, self.seed, self.until = known, seed, until
        self.watch, self.found = watch, found
        self.bound = min(math.ceil(relaxed.value - MARGIN), known)
        self.values: Numbers | None = None
        self.stopped = False

    def run(self) -> Outcome:
        """Widen the neighbourhood until it holds every better plan."""
        if _is_whole(self.model, self.relaxed.values):
            self._take(self.relaxed.values)
        for share in SHARES:
            if self.known <= self.bound or self.stopped or time.perf_counter() > self.until:
                break
            self._look(self._threshold(share))
        return Outcome(self.values, self.bound, self.known <= self.bound, False, self.stopped)

    def _threshold(self, share: float) -> float:
        """Reduced costs up to this are free: all that matters, or less where that leaves much out."""
        matters = self.known - 1 - self.relaxed.value + 2 * MARGIN
        reduced = np.abs(self.relaxed.reduced[self.model.pairs])
        if not len(reduced):
            return matters
        threshold = float(np.quantile(reduced, share)) - TOLERANCE
        return threshold if float(np.mean(reduced <= matters)) > share + WORTH_A_STEP else matters

    def _look(self, threshold: float) -> None:
        """Solve one neighbourhood and keep what it shows."""
        outcome = minimise(
            self.model,
            self.weights,
            seconds=self.until - time.perf_counter(),
            seed=self.seed,
            watch=self._tell,
            bounds=self._neighbourhood(threshold),
        )
        self.stopped = self.stopped or outcome.stopped
        if outcome.values is not None:
            self._take(outcome.values)
        inside = self.known if outcome.infeasible else min(self.known, outcome.bound)
        outside = math.floor(self.relaxed.value + threshold - MARGIN) + 1
        self.bound = max(self.bound, round(min(math.ceil(inside - TOLERANCE), outside)))

    def _neighbourhood(self, threshold: float) -> tuple[Numbers, Numbers]:
        """Column bounds: whatever has a higher reduced cost stays at the bound where it is."""
        lower, upper, _ = self.model.column_bounds()
        values, reduced = self.relaxed.values, self.relaxed.reduced
        down = (reduced > threshold) & (values <= lower + TOLERANCE)
        up = (reduced < -threshold) & (values >= upper - TOLERANCE)
        return np.where(up, upper, lower), np.where(down, lower, upper)

    def _tell(self, best: float | None, bound: float | None) -> bool:
        """Progress of one neighbourhood as progress of the whole."""
        least = self.known if best is None else min(self.known, best)
        return self.watch(None if math.isinf(least) else least, self.bound)

    def _take(self, values: Numbers) -> None:
        costs, offset = self.model.objective(self.weights)
        cost = round(float(costs @ values) + offset)
        if cost < self.known:
            self.known, self.values = cost, values
            if self.found:
                self.found(values)


def _is_whole(model: Model, values: Numbers) -> bool:
    whole = model.column_bounds()[2] == 1
    return bool((np.abs(values[whole] - np.round(values[whole])) < TOLERANCE).all())
