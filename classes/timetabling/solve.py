"""The solve: screen, build, and minimise the tiers one after the other.

A settled tier becomes a row: later ones may not make it worse. The tiers after the staffing are one solve,
at prices so high that none of them can buy anything from an earlier one. Before the staffing is built, placements
that would cost more in the settled tiers than there is room for are left out: reduced costs prove it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classes.timetabling.answer import Answer, TierValue
from classes.timetabling.greedy import greedy
from classes.timetabling.model import Model
from classes.timetabling.parts import Placement
from classes.timetabling.preferences import TIERS
from classes.timetabling.problem import Problem
from classes.timetabling.rules import RULES, broken
from engines.highs import Outcome, Relaxation, minimise

type Plan = tuple[Placement, ...]
type Progress = Callable[[str, float, float | None, float | None], bool | None]

LEARNERS = ("unplaced", "unreached", "moved", "rooms", "wishes")
HEAD_COUNT = ("unplaced", "unreached", "headcount", "moved", "rooms", "wishes")
JOINT = ("unplaced", "unreached", "short", "moved", "rooms", "wishes")
MODES = {"learners": LEARNERS, "headcount": HEAD_COUNT, "joint": JOINT}
"""Times for learners only, with the number of people free as well, or together with the staffing."""

HEAVY = "short"
"""The tier with the staffing in it: as large as everything else together."""
SHARE = 0.6
"""A tier that is not the last may use this share of the time left."""
MARGIN = 1e-5


class SolverDisagrees(Exception):
    """The solver's timetable breaks a rule by its meaning: a defect of the engine, never shown."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Keep away from these timetables: at most `share` of the sessions of each stay at their time."""

    plans: tuple[Plan, ...] = ()
    share: float = 0.6


def solve(
    problem: Problem,
    *,
    seconds: float = 20.0,
    seed: int = 0,
    tiers: Sequence[str] = JOINT,
    tolerances: Mapping[str, int] | None = None,
    apart: Apart | None = None,
    on_progress: Progress | None = None,
) -> Answer | None:
    """The best timetable found within the time, with a bound for each tier.

    `tolerances` says by how much later tiers may make one worse than its best; at the end such a tier
    is improved once more as far as the others allow. `apart`: different from other timetables; only then
    can there be none at all, which is None. `on_progress(tier, share done, best, bound)` is called between
    tiers and about five times a second; returning False stops, and the best so far is the answer.

    Raises ValueError for an unknown tier and for a tolerance of a tier that is not asked for.
    """
    began = time.perf_counter()
    for tier in (*tiers, *(tolerances or {})):
        if tier not in TIERS or tier not in tiers or list(tiers).count(tier) > 1:
            raise ValueError(f"expected each of {', '.join(TIERS)} once at most, found {tier!r}")
    ladder = Ladder(problem, tiers, tolerances or {}, apart or Apart(), seed, began + seconds, on_progress)
    ladder.climb()
    if ladder.best is None:
        return None
    faults = broken(problem, ladder.best)
    if faults:
        raise SolverDisagrees("; ".join(fault.text for fault in faults))
    return ladder.answer(time.perf_counter() - began)


def build(problem: Problem, tiers: Iterable[str] = TIERS, only: frozenset[Placement] | None = None) -> Model:
    """The model: gates first, then every rule's rows, then the tiers' prices. `only` these are possible."""
    model = Model(problem)
    for rule in RULES:
        rule.screen(model)
    if only is not None:
        model.keep(lambda series, slot, room: Placement(series.id, slot.weekday, slot.starts, room.id) in only)
    model.open()
    for rule in RULES:
        rule.post(model)
    for tier in tiers:
        TIERS[tier].post(model)
    return model


class Ladder:
    """One solve under way: the model, the best timetable so far, what is settled, and the clock."""

    def __init__(
        self,
        problem: Problem,
        tiers: Sequence[str],
        tolerances: Mapping[str, int],
        apart: Apart,
        seed: int,
        deadline: float,
        on_progress: Progress | None,
    ) -> None:
        self.problem, self.tiers, self.tolerances = problem, tuple(tiers), tolerances
        self.apart, self.seed, self.deadline, self.on_progress = apart, seed, deadline, on_progress
        self.best: Plan | None = None
        self.caps: dict[str, int] = {}
        self.bounds: dict[str, int] = {}
        self.proven: dict[str, bool] = {}
        self.cancelled = False
        self.done = 0.0
        self.model = self._build([tier for tier in tiers if tier != HEAVY])
        by_hand = greedy(self.model)
        if self._is_apart(by_hand):
            self.best = by_hand

    def climb(self) -> None:
        """Settle the tiers in order, and at the end those once more that gave something away."""
        steps = self._steps()
        for number, step in enumerate(steps):
            self.done = number / len(steps)
            if not self._tell(step[0], None, None):
                return
            if HEAVY in step and HEAVY not in self.model.prices:
                self._take_staffing_in()
            self._settle(step, last=number == len(steps) - 1)
            if self.best is None:
                return
            is_again = bool(self._gave) and number == len(steps) - 1
            gives = {} if is_again else self.tolerances
            for tier in step:
                self._cap(self.model, tier, self._cost(tier) + gives.get(tier, 0))

    @property
    def _gave(self) -> tuple[str, ...]:
        return tuple(tier for tier in self.tiers if self.tolerances.get(tier))

    def _steps(self) -> list[tuple[str, ...]]:
        """One tier after the other as far as the staffing; what comes after is comfort and one solve.

        Each solve has all the rows of the staffing to work through, so one is much faster than three.
        """
        tiers = list(self.tiers)
        alone = next((n + 1 for n, tier in enumerate(tiers) if tier in (HEAVY, "headcount")), 2)
        alone = max([alone, *(tiers.index(tier) + 1 for tier in self._gave)])
        together = tuple(tiers[alone:])
        steps = [(tier,) for tier in tiers[:alone]]
        return [*steps, *([together] if together else []), *([self._gave] if self._gave else [])]

    def answer(self, seconds: float) -> Answer:
        """What is known now."""
        plan = self.best or ()
        values = (TierValue(code, TIERS[code].cost(self.problem, plan), self.bounds.get(code)) for code in TIERS)
        return Answer(
            placements=plan,
            tiers=tuple(values),
            proven=not self.cancelled and all(self.proven.get(tier) for tier in self.tiers),
            seconds=round(seconds, 3),
            cancelled=self.cancelled,
        )

    def _cost(self, tier: str) -> int:
        return TIERS[tier].cost(self.problem, self.best or ())

    def _settle(self, step: tuple[str, ...], *, last: bool) -> None:
        """Minimise one step over what the settled ones leave; several tiers at prices that keep their order."""
        prices = self._prices(step)
        least = {tier: self.model.least({tier: 1}) for tier in step}
        for tier in step:
            self.bounds.setdefault(tier, least[tier])
        if self.best is not None and all(self._cost(tier) == least[tier] for tier in step):
            self.proven |= dict.fromkeys(step, True)
            return
        left = self.deadline - time.perf_counter()
        outcome = minimise(
            self.model,
            prices,
            seconds=max(0.02, left if last else SHARE * left),
            seed=self.seed,
            watch=lambda best, bound: self._tell(step[0], best, bound),
            lift=True,
        )
        if outcome.values is not None:
            plan = self.model.chosen(outcome.values)
            if self.best is None or self._worth(plan, prices) < self._worth(self.best, prices):
                self.best = plan
        if self.best is not None:
            self._conclude(prices, outcome)

    def _conclude(self, prices: dict[str, int], outcome: Outcome) -> None:
        """What the bound of a solve says about each of its tiers."""
        assert self.best is not None
        # Only rounding can make the best timetable known look impossible: then nothing is proven.
        known = not outcome.infeasible and not math.isinf(outcome.bound)
        bound = math.ceil(outcome.bound - MARGIN) if known else -math.inf
        done = bound >= self._worth(self.best, prices)
        first = next(iter(prices))
        later = sum(price * self.model.most(tier) for tier, price in prices.items() if tier != first)
        if not done and known:
            self.bounds[first] = max(self.bounds[first], math.ceil((bound - later) / prices[first] - MARGIN))
        for tier in prices:
            cost = self._cost(tier)
            self.bounds[tier] = cost if done else min(self.bounds[tier], cost)
            self.proven[tier] = self.bounds[tier] == cost

    def _prices(self, step: tuple[str, ...]) -> dict[str, int]:
        """Prices at which one unit of a tier outweighs whatever the later ones can save."""
        prices: dict[str, int] = {}
        price = 1
        for tier in reversed(step):
            prices[tier] = price
            price *= 1 + self.model.most(tier) - self.model.least({tier: 1})
        return dict(reversed(prices.items()))

    def _worth(self, plan: Plan, prices: Mapping[str, int]) -> int:
        return sum(price * TIERS[tier].cost(self.problem, plan) for tier, price in prices.items())

    def _cap(self, model: Model, tier: str, most: int) -> None:
        """Later tiers may not make this one worse than that."""
        self.caps[tier] = most
        if most == model.least({tier: 1}):
            model.keep_at_least({tier: 1})
        else:
            model.keep_below({tier: 1}, most)

    def _take_staffing_in(self) -> None:
        """Build the model anew with the staffing, without what the settled tiers have no room for."""
        self.model = self._build(self.tiers, self._possible())
        for tier, most in list(self.caps.items()):
            self._cap(self.model, tier, most)

    def _possible(self) -> frozenset[Placement]:
        """The placements that some timetable within the caps could have, as far as prices tell."""
        model = self.model
        lower = model.column_bounds()[0][: len(model.placements)]
        wanted = np.ones(len(lower), dtype=bool)
        for tier, most in self.caps.items():
            relaxation = Relaxation(model, self.seed)
            if relaxation.minimise({tier: 1}, self.deadline - time.perf_counter()) is None:
                continue
            proof = relaxation.proof({tier: 1})
            wanted &= (proof.reduced[: len(wanted)] <= most - proof.value + MARGIN) | (lower > 0)
        return frozenset(place for place, keep in zip(model.placements, wanted, strict=True) if keep)

    def _build(self, tiers: Iterable[str], only: frozenset[Placement] | None = None) -> Model:
        model = build(self.problem, tiers, only)
        for plan in self.apart.plans:
            same = self._same(plan)
            columns = [j for j, place in enumerate(model.placements) if (place.series, place.slot) in same]
            if columns:
                model.add_rows(1, [model.listed([columns])], upper=math.floor(self.apart.share * len(plan)))
        return model

    def _is_apart(self, plan: Plan) -> bool:
        return all(
            sum((place.series, place.slot) in self._same(other) for place in plan)
            <= math.floor(self.apart.share * len(other))
            for other in self.apart.plans
        )

    def _same(self, plan: Plan) -> set[tuple[int, object]]:
        return {(place.series, place.slot) for place in plan}

    def _tell(self, tier: str, best: float | None, bound: float | None) -> bool:
        """Report progress; False once the caller has cancelled."""
        if self.on_progress and self.on_progress(tier, self.done, best, bound) is False:
            self.cancelled = True
        return not self.cancelled
