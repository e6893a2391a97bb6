"""The proven minimum, by way of the relaxation: a bound first, then ever wider neighbourhoods.

1. Without integrality the model is nearly a network: a street takes a third of a second. Rows
   that whole plans keep and the fractional optimum breaks are added while they lift the bound:
   first those known from the rules (`Rule.tighten`), then general ones (`gomory`).
2. A column whose reduced cost is above a threshold t stays where the relaxation has it, and the
   small rest is solved in whole numbers. A plan outside that neighbourhood costs more than
   the relaxation's value + t, so the neighbourhood's bound, capped there, bounds everything.
3. Where the relaxation half-holds sessions, a row says how many must be lost at least (`scarce`). Where
   it still does, held or not is decided one session at a time, the least bound first; whatever
   costs as much as the best plan known is dropped. Where many are half held, the solver decides.
4. Once the threshold covers the distance to the best plan known, the neighbourhood holds every
   better plan there could be: its optimum is the optimum, and that is the proof.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from volunteers.matching.gomory import Resting, cut
from volunteers.matching.highs import TOLERANCE, Bounds, Outcome, Relaxation, Relaxed, Watch, minimise
from volunteers.matching.model import Model, Numbers
from volunteers.matching.rules import RULES
from volunteers.matching.scarce import HALF, TIER, count_unheld, half_held

ROUNDS = 40
"""Rounds of tightening at most; each starts from the last optimum."""
WORTHWHILE, PATIENCE = 0.002, 5
"""Tightening ends when so many rounds in a row lift the bound by less than this share of the lift so far."""
FIRST_LOOK = 0.25
"""In the first neighbourhood this share of the pairs, those with the least reduced cost, may be free."""
PART, WORTH_A_STEP = 0.15, 0.05
"""Before all that matters is free, whatever costs up to this part of the distance to the best plan known is.

A neighbourhood is skipped when the next one holds less than this share of the pairs more.
"""
MARGIN = 1e-5
"""Reduced costs are trusted to so much; all costs of whole plans are whole numbers."""
NEARLY = 1e-4
MANY = 8
"""Where so many sessions are half held, neither general rows nor single decisions end it: the solver is quicker."""
TRIED = 4
"""Sessions looked at before one is decided."""
DECISIONS = 48
LEAVES = 8
"""More decisions and leaves than these are left to the solver."""

type Found = Callable[[Numbers], None]


class Exact:
    """One model, minimised for one set of tiers after the other."""

    def __init__(self, model: Model, seed: int, rounds: int = ROUNDS) -> None:
        self.model, self.seed, self.rounds = model, seed, rounds
        self.relaxation = Relaxation(model, seed)
        self.root: Relaxed | None = None
        """The tightened relaxation of the last `minimise`; None where there was none in time."""
        self.counted = False

    def minimise(
        self, weights: dict[str, int], *, known: float, seconds: float, watch: Watch, found: Found | None = None
    ) -> Outcome:
        """The least cost of these tiers, or that nothing costs less than `known`.

        `known` is the cost of a plan at hand; `values` is None where no better one was found.
        `found` is called with the columns of each better plan on the way.
        """
        until = time.perf_counter() + seconds
        relaxed, stopped = self.relax(weights, until, watch)
        if relaxed is not None and not stopped and self._counts(weights, relaxed, until):
            again, stopped = self.relax(weights, until, watch)
            relaxed = again or relaxed
        self.root = relaxed
        if relaxed is None:
            if stopped:
                return Outcome(None, -math.inf, proven=False, infeasible=False, stopped=True)
            return minimise(self.model, weights, seconds=until - time.perf_counter(), seed=self.seed, watch=watch)
        search = _Search(self.relaxation, weights, known, self.seed, until, watch, found)
        search.stopped = stopped
        return search.run(relaxed)

    def relax(self, weights: dict[str, int], until: float, watch: Watch) -> tuple[Relaxed | None, bool]:
        """The optimum without integrality, tightened, and whether the caller stopped it.

        None where it could not be had in time.
        """
        known_rows, first, reached, idle = True, math.inf, -math.inf, 0
        resting = Resting()
        for _ in range(self.rounds):
            relaxed = self.relaxation.minimise(weights, until - time.perf_counter())
            if relaxed is None:
                return (None if math.isinf(first) else self.relaxation.proof(weights)), False
            first = min(first, relaxed.value)
            gain = relaxed.value - reached
            idle = 0 if gain > WORTHWHILE * max(1.0, relaxed.value - first) else idle + 1
            reached = relaxed.value
            if not watch(None, reached):
                return self.relaxation.proof(weights), True
            if is_whole(self.model, relaxed.values):
                break
            vertex = self.relaxation.vertex()
            tightened = self.tighten(relaxed.values)
            if known_rows and (idle == PATIENCE or not tightened):
                if len(half_held(self.model, relaxed.values)) >= MANY:
                    break
                known_rows, first, idle = False, reached, 0
            if idle == PATIENCE or not (known_rows or cut(self.model, vertex, resting)):
                break
        return self.relaxation.proof(weights), False

    def _counts(self, weights: dict[str, int], relaxed: Relaxed, until: float) -> bool:
        """Where sessions are half held, say once how many must be lost; tells whether that is new."""
        if self.counted or not weights.get(TIER) or not len(half_held(self.model, relaxed.values)):
            return False
        self.counted = True
        return count_unheld(self.relaxation, until - time.perf_counter(), self.seed)

    def tighten(self, values: Numbers) -> bool:
        """Add the rows that these values break and whole plans keep; tells whether there were any."""
        before = self.model.rows
        self.model.tie(values)
        for rule in RULES:
            rule.tighten(self.model, values)
        return self.model.rows > before


@dataclass(order=True, slots=True)
class _Node:
    """Some sessions decided, the relaxation under these decisions, and what it bounds."""

    bound: int
    number: int
    bounds: Bounds = field(compare=False)
    relaxed: Relaxed = field(compare=False)


class _Search:
    """Decisions and neighbourhoods, until the best plan is proven or time is up."""

    def __init__(
        self,
        relaxation: Relaxation[Model],
        weights: dict[str, int],
        known: float,
        seed: int,
        until: float,
        watch: Watch,
        found: Found | None,
    ) -> None:
        self.relaxation, self.model, self.weights = relaxation, relaxation.model, weights
        self.known, self.seed, self.until = known, seed, until
        self.watch, self.found = watch, found
        self.values: Numbers | None = None
        self.stopped = False
        self.open: list[_Node] = []
        self.nodes = 0

    def run(self, relaxed: Relaxed) -> Outcome:
        """Decide and widen until no better plan can be left."""
        lower, upper, _ = self.model.column_bounds()
        root = self._node((lower, upper), relaxed)
        if root:
            self._look(root, self._first_threshold(root.relaxed))
            self.open = [root]
            if len(half_held(self.model, root.relaxed.values)) < MANY:
                self._decide_all()
            if sum(map(self._width, self.open)) > self._width(root):
                # Wide leaves one by one take longer than everything at once.
                root.bound = max(root.bound, min(node.bound for node in self.open))
                self.open = [root]
            self._settle_all()
        bound = min([self.known, *(node.bound for node in self.open)])
        return Outcome(self.values, bound, self.known <= bound, False, self.stopped)

    def _decide_all(self) -> None:
        """Decide half-held sessions until none is left, or enough leaves would need a wide look."""
        leaves: list[_Node] = []
        node: _Node | None = None
        while len(leaves) < LEAVES and self.nodes < DECISIONS and (node := node or self._next()):
            undecided = self._undecided(node)
            if undecided.size:
                node = self._decide(node, undecided)
                continue
            if node.number > 1:
                node.bound = max(node.bound, self._look(node, self._first_threshold(node.relaxed)))
            leaves.append(node)
            node = None
        self.open = [one for one in (*self.open, *leaves, node) if one and one.bound < self.known]
        heapq.heapify(self.open)

    def _settle_all(self) -> None:
        """Widen the neighbourhoods until each holds every better plan under its decisions."""
        while node := self._next():
            for part in (PART, 1.0):
                threshold = self._threshold(node.relaxed, part)
                if threshold is not None:
                    node.bound = max(node.bound, self._look(node, threshold))
                if node.bound >= self.known or self._over():
                    break
            if node.bound < self.known:
                heapq.heappush(self.open, node)
                return

    def _width(self, node: _Node) -> int:
        """How many pairs matter in a node."""
        return int((self._reduced(node.relaxed) <= self._matters(node.relaxed)).sum())

    def _node(self, bounds: Bounds, relaxed: Relaxed) -> _Node | None:
        """A node worth a look; None where it holds no better plan. A whole optimum is taken at once."""
        if is_whole(self.model, relaxed.values):
            self._take(relaxed.values)
        bound = math.ceil(relaxed.value - MARGIN)
        self.nodes += 1
        return _Node(bound, self.nodes, bounds, relaxed) if bound < self.known else None

    def _next(self) -> _Node | None:
        """The open node with the least bound; None when none is left or time is up."""
        while self.open and not self._over():
            node = heapq.heappop(self.open)
            if node.bound < self.known:
                return node
        self.open = [node for node in self.open if node.bound < self.known]
        return None

    def _over(self) -> bool:
        return self.stopped or time.perf_counter() > self.until

    def _undecided(self, node: _Node) -> Numbers:
        """The half-held sessions' columns, the most undecided first."""
        return np.asarray(self.model.held[half_held(self.model, node.relaxed.values)])

    def _decide(self, node: _Node, undecided: Numbers) -> _Node | None:
        """Hold one session or not: the better branch goes on, the other one waits.

        Of a few sessions the one whose weaker branch costs most is decided.
        """
        best: tuple[float, list[_Node]] = (-math.inf, [])
        for column in undecided[:TRIED].tolist():
            branches = [branch for value in (1.0, 0.0) if (branch := self._branch(node, column, value))]
            worth = min((branch.relaxed.value for branch in branches), default=math.inf)
            if len(branches) < 2:
                best = (worth, branches)
                break
            if worth > best[0]:
                best = (worth, branches)
        if self._over() or not self.watch(self._known(), float(node.bound)):
            self.stopped = self.stopped or not self._over()
            heapq.heappush(self.open, node)
            return None
        branches = sorted(best[1])
        for branch in branches[1:]:
            heapq.heappush(self.open, branch)
        return branches[0] if branches else None

    def _branch(self, node: _Node, column: int, value: float) -> _Node | None:
        """The node with one session decided; None where it holds no better plan."""
        lower, upper = node.bounds[0].copy(), node.bounds[1].copy()
        lower[column] = upper[column] = value
        if self.relaxation.minimise(self.weights, self.until - time.perf_counter(), (lower, upper)) is None:
            self.nodes += 1
            if self.relaxation.infeasible:
                return None
            # It stays open with what is known above it.
            return _Node(node.bound, self.nodes, (lower, upper), node.relaxed)
        return self._node((lower, upper), self.relaxation.proof(self.weights, (lower, upper)))

    def _look(self, node: _Node, threshold: float) -> int:
        """Solve one neighbourhood and keep what it shows; returns a bound for the node."""
        outcome = self._solve(node, self._neighbourhood(node, threshold))
        if outcome.infeasible and threshold < self._matters(node.relaxed):
            outcome = self._solve(node, self._neighbourhood(node, threshold, torn=True))
        inside = self.known if outcome.infeasible else min(self.known, outcome.bound)
        outside = math.floor(node.relaxed.value + threshold - MARGIN) + 1
        if math.isinf(inside):
            return node.bound
        return min(math.ceil(inside - TOLERANCE), outside)

    def _solve(self, node: _Node, bounds: Bounds) -> Outcome:
        outcome = minimise(
            self.model,
            self.weights,
            seconds=self.until - time.perf_counter(),
            seed=self.seed,
            watch=lambda best, bound: self._tell(node.bound, best),
            bounds=bounds,
        )
        self.stopped = self.stopped or outcome.stopped
        if outcome.values is not None:
            self._take(outcome.values)
        return outcome

    def _neighbourhood(self, node: _Node, threshold: float, *, torn: bool = False) -> Bounds:
        """Column bounds: whatever has a higher reduced cost stays at the bound where it is.

        With `torn` the sessions with fractional people are free as a whole, so that there is
        a plan at all.
        """
        lower, upper = node.bounds
        values, reduced = node.relaxed.values, node.relaxed.reduced
        down = (reduced > threshold) & (values <= lower + TOLERANCE)
        up = (reduced < -threshold) & (values >= upper - TOLERANCE)
        if torn:
            pairs = values[self.model.pairs]
            seats = np.zeros(len(self.model.held), dtype=bool)
            seats[self.model.where[np.abs(pairs - np.round(pairs)) > HALF]] = True
            free = self.model.pairs[seats[self.model.where]]
            down[free] = up[free] = False
        return np.where(up, upper, lower), np.where(down, lower, upper)

    def _matters(self, relaxed: Relaxed) -> float:
        """No better plan uses a column with a higher reduced cost."""
        return self.known - 1 - relaxed.value + 2 * MARGIN

    def _first_threshold(self, relaxed: Relaxed) -> float:
        """Reduced costs up to this are free at first: all that matters, or less where that leaves much out."""
        matters, reduced = self._matters(relaxed), self._reduced(relaxed)
        if not len(reduced):
            return matters
        threshold = float(np.quantile(reduced, FIRST_LOOK)) - TOLERANCE
        return threshold if float(np.mean(reduced <= matters)) > FIRST_LOOK + WORTH_A_STEP else matters

    def _threshold(self, relaxed: Relaxed, part: float) -> float | None:
        """This part of all that matters; None where that is hardly less than all of it, or has been looked at."""
        matters, reduced = self._matters(relaxed), self._reduced(relaxed)
        threshold = part * matters
        if part == 1.0:
            return threshold
        less = float(np.mean(reduced <= threshold)) if len(reduced) else 0.0
        return threshold if FIRST_LOOK < less < float(np.mean(reduced <= matters)) - WORTH_A_STEP else None

    def _reduced(self, relaxed: Relaxed) -> Numbers:
        return np.abs(relaxed.reduced[self.model.pairs])

    def _known(self) -> float | None:
        return None if math.isinf(self.known) else self.known

    def _tell(self, bound: int, best: float | None) -> bool:
        """Progress of one neighbourhood as progress of the whole."""
        least = self.known if best is None else min(self.known, best)
        bounds = [bound, *(one.bound for one in self.open)]
        return self.watch(None if math.isinf(least) else least, float(min(bounds)))

    def _take(self, values: Numbers) -> None:
        # A millionth of a column times a price of millions is not nothing.
        whole = np.round(values)
        values = np.where(np.abs(whole - values) < NEARLY, whole, values)
        costs, offset = self.model.objective(self.weights)
        cost = round(float(costs @ values) + offset)
        if cost < self.known:
            self.known, self.values = cost, values
            if self.found:
                self.found(values)


def is_whole(model: Model, values: Numbers) -> bool:
    """Whether these values are whole where the model asks for it."""
    whole = model.column_bounds()[2] == 1
    return bool((np.abs(values[whole] - np.round(values[whole])) < TOLERANCE).all())
