"""What one tier costs in another: a few points of the curve, for an organiser to pick from.

The two ends are the plans best in the upper and best in the lower tier. Between them the two are
added up with weights that turn the segment between two known points level: the best plan of such a
sum is beaten by no plan in both tiers, and needs no row, so each point is as quick as a usual solve.
Only where no sum finds more does a row hold the upper tier below a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from volunteers.matching.answer import Answer
from volunteers.matching.preferences import TIERS, costs
from volunteers.matching.problem import Placement, Problem
from volunteers.matching.solve import IN_ORDER, build, solve
from volunteers.matching.worth import difference, worth

POINTS = 5
ORDER: tuple[str, ...] = tuple(tier for tier in IN_ORDER if isinstance(tier, str))
COARSE = 20
"""Weights of a sum are whole numbers about as small as this: exact slopes would only make them large."""
STEEP = 50
"""The weight of the first tier in the sum that finds an end of the curve."""
SETTLED, FIRST_PRICE, RAISE, ATTEMPTS = 20, 10, 5, 3
"""Prices in a sum: the last settled tier so many times the two, each before it so many times the next.

Where a settled tier was given up all the same, it and those before it are raised, a few times.
"""
ROW_SECONDS = 1.0
"""A solve with a row is slow, and its point is a filler: no more than this for each."""

type Watch = Callable[[int, int], bool | None]


@dataclass(frozen=True, slots=True)
class Point:
    """One plan on the curve: its cost in the two tiers and in all of them.

    `proven`: no plan is better in one of the two tiers and as good in the other. `text` compares
    with the first point. `gains` and `pays` are what an organiser can count against the point
    before, faces more and places fewer, and `step` says it.
    """

    upper: int
    lower: int
    tiers: dict[str, int]
    proven: bool
    placements: tuple[Placement, ...]
    text: str
    step: str = ""
    pays: int = 0
    gains: int = 0


def tradeoff(
    problem: Problem,
    upper: str,
    lower: str,
    *,
    order: Sequence[str] = ORDER,
    points: int = POINTS,
    seconds: float = 10.0,
    seed: int = 0,
    on_progress: Watch | None = None,
) -> list[Point]:
    """Up to `points` plans between the best in `upper` and the best in `lower`, in that order.

    The tiers before the two in `order` stay at their best; those after them are not looked at.
    Tiers that have no say in this problem (nobody waits, nothing was published) are passed over.
    `seconds` is for each solve. `on_progress(points found, points wanted)` may return False to
    stop with the points so far. Raises ValueError if the two are not neighbours in the order.
    """
    before = _before(problem, upper, lower, order)
    curve = _Curve(problem, before, upper, lower, seconds, seed)
    told = on_progress or _silent
    curve.ends()
    while len(curve.found) < points and told(len(curve.found), points) is not False and curve.split():
        pass
    told(len(curve.found), points)
    return curve.points()


def _silent(found: int, wanted: int) -> None:
    """Progress that nobody watches."""


def _before(problem: Problem, upper: str, lower: str, order: Sequence[str]) -> tuple[str, ...]:
    """The tiers settled before the two; raises ValueError unless the lower follows the upper."""
    priced = build(problem).prices
    known = [tier for tier in order if tier in priced or tier in (upper, lower)]
    if upper not in known or known[-1] == upper:
        raise ValueError(f"there is no tier after {upper!r} in the order")
    place = known.index(upper)
    if known[place + 1] != lower:
        raise ValueError(f"{lower!r} does not follow {upper!r} in the order {', '.join(known)}")
    return tuple(known[:place])


@dataclass(slots=True)
class _Curve:
    """The points found so far, by their cost in the upper tier, and the gaps known to be empty."""

    problem: Problem
    before: tuple[str, ...]
    upper: str
    lower: str
    seconds: float
    seed: int
    found: dict[int, tuple[dict[str, int], Answer]] = field(default_factory=dict)
    level: set[tuple[int, int]] = field(default_factory=set)
    """Gaps in which no weighted sum has a better plan than at the two sides."""
    empty: set[tuple[int, int]] = field(default_factory=set)
    """Gaps in which a row has found nothing either."""

    def ends(self) -> None:
        """The best in the upper and the best in the lower tier, the other one second."""
        for first, second in ((self.upper, self.lower), (self.lower, self.upper)):
            self._keep(self._end(first, second))
        settled = {place: [cost[tier] for tier in self.before] for place, (cost, _) in self.found.items()}
        # Out of time, one end may have settled less than the other: then it is no point of this curve.
        self.found = {place: one for place, one in self.found.items() if settled[place] == min(settled.values())}

    def _end(self, first: str, second: str) -> Answer:
        """A sum in which the first tier weighs much; right if no plan is better in the first tier alone.

        It is the best plan of the sum: of those as good in all that is settled and in the first
        tier, the best in the second. A tier that was given up for later ones gets a higher price.
        """
        order = (*self.before, first)
        weights = self._settled(STEEP) | {first: STEEP, second: 1}
        answer = self._sum(weights, self._start())
        alone = self._in_order(order, answer)
        for _ in range(ATTEMPTS):
            if not (answer.proven and alone.proven):
                break
            moved = _first_difference(
                order, costs(self.problem, answer.placements), costs(self.problem, alone.placements)
            )
            if moved is None:
                return answer
            weights |= {tier: weights[tier] * RAISE for tier in order[: moved + 1]}
            answer = self._sum(weights, alone.placements)
        return self._in_order((*order, second), alone)

    def _in_order(self, tiers: tuple[str, ...], start: Answer) -> Answer:
        return solve(self.problem, tiers=tiers, seconds=self.seconds, seed=self.seed, start=start.placements)

    def _settled(self, weight: int) -> dict[str, int]:
        """Prices of the settled tiers above this weight, growing from the last to the first."""
        last = len(self.before) - 1
        return {tier: weight * SETTLED * FIRST_PRICE ** (last - place) for place, tier in enumerate(self.before)}

    def _sum(self, weights: dict[str, int], start: tuple[Placement, ...] | None) -> Answer:
        weighed = replace(self.problem, weights=tuple(weights.items()))
        return solve(weighed, tiers=(tuple(weights),), seconds=self.seconds, seed=self.seed, start=start)

    def _start(self) -> tuple[Placement, ...] | None:
        """A plan to begin with: one of those found."""
        return None if not self.found else self.found[min(self.found)][1].placements

    def split(self) -> bool:
        """Look for one more point in the widest gap; False once there is nothing to look at."""
        gaps = [gap for gap in pairwise(sorted(self.found)) if gap[1] - gap[0] > 1 and gap not in self.empty]
        if not gaps:
            return False
        open_gaps = [gap for gap in gaps if gap not in self.level]
        gap = max(open_gaps or gaps, key=self._width)
        answer = self._between(gap) if open_gaps else self._under(gap)
        if answer is None or not gap[0] < self._keep(answer) < gap[1]:
            (self.level if open_gaps else self.empty).add(gap)
        return True

    def points(self) -> list[Point]:
        """The points that no other beats, the best in the upper tier first."""
        kept: list[tuple[dict[str, int], Answer]] = []
        for _, (cost, answer) in sorted(self.found.items()):
            if not kept or cost[self.lower] < kept[-1][0][self.lower]:
                kept.append((cost, answer))
        return [self._point(kept, number) for number in range(len(kept))]

    def _point(self, kept: list[tuple[dict[str, int], Answer]], number: int) -> Point:
        cost, answer = kept[number]
        one = Point(cost[self.upper], cost[self.lower], cost, answer.proven, answer.placements, "")
        if not number:
            return replace(one, text=f"{TIERS[self.upper].label}最好")
        last, first = kept[number - 1], kept[0]
        gains, pays = (
            worth(self.problem, tier, answer.placements) - worth(self.problem, tier, last[1].placements)
            for tier in (self.lower, self.upper)
        )
        text, step = (self._text(then, plan.placements, one) for then, plan in (first, last))
        return replace(one, gains=gains, pays=-pays, text=text, step=step)

    def _text(self, start: dict[str, int], plan: tuple[Placement, ...], point: Point) -> str:
        """Such as 多 3 张熟面孔，来得多的人多排 2 次（公平让 4，熟悉好 6）."""
        counted = [
            difference(self.problem, tier, plan, point.placements)
            for tier, better in ((self.lower, True), (self.upper, False))
            if (worth(self.problem, tier, point.placements) > worth(self.problem, tier, plan)) == better
        ]
        pays, gains = point.upper - start[self.upper], start[self.lower] - point.lower
        exact = f"{TIERS[self.upper].label}让 {pays}，{TIERS[self.lower].label}好 {gains}"
        words = "，".join(filter(None, counted))
        return f"{words}（{exact}）" if words else exact

    def _keep(self, answer: Answer) -> int:
        cost = costs(self.problem, answer.placements)
        place = cost[self.upper]
        if place not in self.found or cost[self.lower] < self.found[place][0][self.lower]:
            self.found[place] = cost, answer
        return place

    def _sides(self, gap: tuple[int, int]) -> tuple[dict[str, int], dict[str, int]]:
        return self.found[gap[0]][0], self.found[gap[1]][0]

    def _width(self, gap: tuple[int, int]) -> float:
        """The share of both ranges that lies between two neighbours."""
        low, high = min(self.found), max(self.found)
        first, last = self._sides((low, high))
        near, far = self._sides(gap)
        fall = max(1, first[self.lower] - last[self.lower])
        return (gap[1] - gap[0]) / (high - low) + (near[self.lower] - far[self.lower]) / fall

    def _between(self, gap: tuple[int, int]) -> Answer | None:
        """The best plan where the two sides of the gap weigh the same; None where it is no plan in order."""
        near, far = self._sides(gap)
        if near[self.lower] <= far[self.lower]:
            return None
        slope = _coarse(Fraction(near[self.lower] - far[self.lower], gap[1] - gap[0]))
        weights = self._settled(max(slope.numerator, slope.denominator))
        weights |= {self.upper: slope.numerator, self.lower: slope.denominator}
        for _ in range(ATTEMPTS):
            answer = self._sum(weights, self._start())
            moved = self._moved(answer)
            if moved is None:
                return answer
            weights |= {tier: weights[tier] * RAISE for tier in self.before[: moved + 1]}
        return None

    def _moved(self, answer: Answer) -> int | None:
        """The first settled tier that the answer has given up, if any."""
        cost, (settled, _) = costs(self.problem, answer.placements), self.found[min(self.found)]
        return _first_difference(self.before, cost, settled)

    def _under(self, gap: tuple[int, int]) -> Answer | None:
        """The best in the lower tier with the upper one in the middle of the gap at most."""
        allowed = sum(gap) // 2 - min(self.found)
        answer = solve(
            self.problem,
            tiers=(*self.before, self.upper, self.lower),
            tolerances={self.upper: allowed},
            seconds=min(self.seconds, ROW_SECONDS),
            seed=self.seed,
        )
        return answer if answer.proven and self._moved(answer) is None else None


def _first_difference(tiers: Sequence[str], one: dict[str, int], other: dict[str, int]) -> int | None:
    """The place of the first tier that costs something else; None where all cost the same."""
    return next((place for place, tier in enumerate(tiers) if one[tier] != other[tier]), None)


def _coarse(slope: Fraction) -> Fraction:
    """The slope in small numbers, never 0."""
    if slope < 1:
        return 1 / (1 / slope).limit_denominator(COARSE)
    return slope.limit_denominator(COARSE)
