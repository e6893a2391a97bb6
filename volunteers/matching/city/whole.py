"""A city planned street by street, with a bound for the whole.

1. **Look.** The relaxation of some streets at a time gives each pair of a traveller and a session a
   toll, and says where travellers are wanted.
2. **Plan.** Each week of a traveller belongs to one street; every street is planned apart, to the
   proven optimum. Merged, the few clashes across two weeks are mended as drop-outs.
3. **Bound.** The least cost of every street with tolls, and of every traveller's own plan without
   them, bound the whole, however the tolls were found.
4. **Prove.** In a small city, pairs that no better plan can have are left out, and what remains is
   solved in one piece.

Every street is a shard: a task that a worker may take up twice. `docs/matching.md` has the mathematics.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from volunteers.matching.answer import Answer, TierValue
from volunteers.matching.city.crew import Crew, Make
from volunteers.matching.city.merging import Plan, merge
from volunteers.matching.city.owners import Ownership, owners, street_problem
from volunteers.matching.city.proof import prove
from volunteers.matching.city.shard import Finding, Shard
from volunteers.matching.city.streets import City
from volunteers.matching.city.tolls import charged_cost
from volunteers.matching.limits import LIMITS
from volunteers.matching.newcomers import Waiting
from volunteers.matching.preferences import costs
from volunteers.matching.problem import Problem, Volunteer
from volunteers.matching.rules import Broken, broken
from volunteers.matching.solve import Progress, SolverDisagrees

LOOK_UNTIL, PLAN_UNTIL = 0.35, 0.8
"""Shares of the time after which tolls and plans are no longer improved."""
ENOUGH = 0.01
"""Where the gap is under this share, bounds of streets are only improved for a proof."""
PROVABLE = 2_400
"""A city of so many sessions is solved in one piece at the end."""


@dataclass(frozen=True, slots=True)
class CityAnswer:
    """The answer, and how it came about: streets, travellers, and clashes that were mended."""

    answer: Answer
    streets: int
    regions: int
    travellers: int
    clashes: int


def solve_city(
    problem: Problem,
    *,
    seconds: float = 180.0,
    seed: int = 0,
    workers: int = 2,
    on_progress: Progress | None = None,
    crew: Callable[[int], Crew] = Crew,
) -> CityAnswer:
    """The best plan found for all streets within the time, tiers added up with the file's weights.

    The same seed has the same answer whatever the number of workers, unless time cuts it short.
    `on_progress(step, share done, best, bound)` is called after every shard; False stops, and the rest
    is planned by hand. Conflicts and progress mean the same as in `solve`.
    """
    began = time.perf_counter()
    with crew(workers) as own:
        run = _Run(City(problem), own, seed, began, seconds, on_progress or (lambda *_: None))
        run.look()
        run.plan()
        run.bound_streets()
        run.prove()
    return run.answer()


class _Run:
    """One solve under way."""

    def __init__(self, city: City, crew: Crew, seed: int, began: float, seconds: float, on_progress: Progress) -> None:
        self.city, self.crew, self.seed = city, crew, seed
        self.began, self.seconds, self.on_progress = began, seconds, on_progress
        self.regions = city.regions()
        self.tolls: dict[tuple[int, int], int] = {}
        self.shares: list[tuple[int, int, float]] = []
        self.region_bounds: list[int | None] = [None] * len(self.regions)
        self.street_bounds: dict[int, Finding] = {}
        self.own: int | None = None
        self.least: int | None = None
        self.best: Plan = ()
        self.value: int | None = None
        self.clashes = 0
        self.cancelled = False

    def look(self) -> None:
        """Tolls and shares from the relaxation of each region, then travellers' own plans."""
        guests = self._guests()
        makers: list[Make] = [partial(self._look_shard, region, guests) for region in self.regions]
        for number, finding in enumerate(self._run("look", makers, LOOK_UNTIL)):
            self.region_bounds[number] = finding.bound
            self._learn(finding, guests)
        self._own_plans(guests)

    def _learn(self, finding: Finding, guests: set[int]) -> None:
        self.tolls |= {(volunteer, session): toll for volunteer, session, toll in finding.tolls}
        self.shares += [row for row in finding.shares if row[0] not in guests]

    def _guests(self) -> set[int]:
        """The travellers whose streets are in several regions."""
        region_of = {street: number for number, region in enumerate(self.regions) for street in region}
        return {
            number
            for number in self.city.travellers
            if len({region_of[street] for street in self.city.streets_of[number]}) > 1
        }

    def _look_shard(self, region: tuple[int, ...], guests: set[int]) -> Shard:
        part = self.city.part(region, self._waits_elsewhere)
        here = [v.id for v in part.volunteers if v.id in guests]
        home = [number for number in here if self.city.streets_of[number][0] in region]
        return Shard("look", _name(region), part, 0.0, self.seed, self._travellers(part), tuple(here), tuple(home))

    def _travellers(self, part: Problem) -> tuple[int, ...]:
        return tuple(v.id for v in part.volunteers if len(self.city.streets_of[v.id]) > 1)

    def _waits_elsewhere(self, volunteer: Volunteer) -> Volunteer:
        """A traveller's first session is a matter of their own plan."""
        return replace(volunteer, first_by=None) if len(self.city.streets_of[volunteer.id]) > 1 else volunteer

    def _own_plans(self, guests: set[int]) -> None:
        """The bound of all travellers' own plans; for guests these also say where they are wanted."""
        groups: dict[int, list[int]] = {}
        for number in self.city.travellers:
            groups.setdefault(self.city.streets_of[number][0], []).append(number)
        makers: list[Make] = [partial(self._own_shard, home, people) for home, people in sorted(groups.items())]
        found = list(self._run("own", makers, PLAN_UNTIL))
        self.shares += [(p.volunteer, p.session, 1.0) for one in found for p in one.placements if p.volunteer in guests]
        bounds = [one.bound for one in found if one.bound is not None]
        nowhere = sum(
            self.city.problem.volunteer[number].first_by is not None
            for number, streets in self.city.streets_of.items()
            if not streets
        )
        if len(bounds) == len(makers):
            self.own = sum(bounds) + nowhere * self.city.problem.weight[Waiting.code]
        self._sum_up()

    def _own_shard(self, home: int, people: list[int]) -> Shard:
        those = set(people)
        streets = sorted({street for number in people for street in self.city.streets_of[number]})
        part = self.city.part(streets)
        alone = replace(
            part,
            volunteers=tuple(v for v in part.volunteers if v.id in those),
            locked=(), apart=(), together=(), liked=(), previous=None, faces=(),
            history=(), known=(),
            barred=tuple(pair for pair in part.barred if pair[0] in those),
        )  # fmt: skip
        tolls = self._tolls_of(people, {session.id for session in alone.sessions})
        return Shard("own", str(home), alone, 0.0, self.seed, tuple(people), tolls=tolls)

    def _tolls_of(self, people: Iterable[int], sessions: set[int]) -> tuple[tuple[int, int, int], ...]:
        wanted = set(people)
        return tuple((v, s, toll) for (v, s), toll in self.tolls.items() if v in wanted and s in sessions)

    def plan(self) -> None:
        """Every street in its weeks of travellers, and all of them as one plan."""
        owned = owners(self.city, self.shares)
        makers: list[Make] = [partial(self._plan_shard, street, owned) for street in self.city.streets]
        plans: dict[int, Plan] = {}
        for finding in self._run("plan", makers, PLAN_UNTIL, always=True):
            plans[int(finding.name)] = finding.placements
        merged = merge(self.city, plans, self.tolls, seconds=max(1.0, self._left()), seed=self.seed)
        self.clashes = len(merged.dropped)
        travels = set(self.city.travellers)
        theirs = [p for p in merged.placements if p.volunteer in travels]
        self._take(merged.placements, [fault for rule in LIMITS for fault in rule.broken(self.city.problem, theirs)])
        self._tell("merge", 1.0)

    def _plan_shard(self, street: int, owned: dict[int, Ownership]) -> Shard:
        return Shard("plan", str(street), street_problem(self.city, street, owned), 0.0, self.seed)

    def _take(self, plan: Plan, faults: list[Broken]) -> None:
        """Keep a plan after a last look; each street's own rules were looked at where it was planned."""
        if faults:
            raise SolverDisagrees("; ".join(fault.text for fault in faults))
        reached = costs(self.city.problem, plan)
        self.best = plan
        self.value = sum(self.city.problem.weight[tier] * cost for tier, cost in reached.items())

    def bound_streets(self) -> None:
        """The least cost of streets with tolls, where the relaxation alone says too little."""
        provable = len(self.city.problem.sessions) <= PROVABLE
        for number in self._by_gap():
            if self.least is None or self.cancelled or (self._gap() <= ENOUGH and not provable):
                return
            if self.value == self.least:
                return
            region = self.regions[number]
            makers: list[Make] = [partial(self._bound_shard, street) for street in region]
            found = list(self._run("bound", makers, 1.0))
            bounds = [one.bound for one in found if one.bound is not None]
            if len(bounds) == len(region):
                self.street_bounds |= dict(zip(region, found, strict=True))
                self.region_bounds[number] = max(sum(bounds), self.region_bounds[number] or 0)
            self._sum_up()
            self._tell("bound", 1.0)

    def _by_gap(self) -> list[int]:
        """The regions whose plan is farthest above their bound, those first."""
        distance = []
        for region, bound in zip(self.regions, self.region_bounds, strict=True):
            part = self.city.part(region, self._waits_elsewhere)
            plan = [p for p in self.best if p.session in part.session]
            distance.append(charged_cost(part, plan, self._travellers(part), self.tolls) - (bound or 0))
        return sorted(range(len(self.regions)), key=lambda number: (-distance[number], number))

    def _bound_shard(self, street: int) -> Shard:
        part = self.city.part([street], self._waits_elsewhere)
        inside = {session.id for session in part.sessions}
        travellers = self._travellers(part)
        plan = tuple(p for p in self.best if p.session in inside)
        tolls = self._tolls_of(travellers, inside)
        return Shard("bound", str(street), part, 0.0, self.seed, travellers, tolls=tolls, plan=plan)

    def prove(self) -> None:
        """Solve what is left of a small city in one piece, beginning with the plan at hand."""
        if self.cancelled or self.value is None or self.least is None or self._left() <= 0:
            return
        held = {placement.session for placement in self.best}
        small = len(self.city.problem.sessions) <= PROVABLE and len(self.street_bounds) == len(self.city.streets)
        if self.value <= self.least or not small or not held.issuperset(lock.session for lock in self.city.locks):
            return
        found = prove(
            self.city,
            self.street_bounds.values(),
            value=self.value,
            least=self.least,
            seconds=self._left(),
            seed=self.seed,
            watch=self._watch_proof,
        )
        if found.placements is not None:
            self._take(found.placements, broken(self.city.problem, found.placements))
        self.least = min(found.bound, self.value)

    def _watch_proof(self, best: float | None, bound: float | None) -> bool:
        assert self.value is not None and self.least is not None
        value, least = (self.value, self.least) if best is None else (min(self.value, best), self.least)
        if self.on_progress("prove", 0.0, value, max(least, bound or least)) is False:
            self.cancelled = True
        return not self.cancelled

    def _run(self, step: str, makers: list[Make], share: float, *, always: bool = False) -> Iterator[Finding]:
        """The findings of shards, telling after each how far it is."""
        until = self.began + share * self.seconds
        for number, finding in enumerate(self.crew.run(makers, until, always=always)):
            yield finding
            self._tell(step, (number + 1) / len(makers))

    def _tell(self, step: str, share: float) -> None:
        if self.on_progress(step, share, self.value, self.least) is False:
            self.cancelled = True

    def _left(self) -> float:
        return self.began + self.seconds - time.perf_counter()

    def _gap(self) -> float:
        assert self.value is not None and self.least is not None
        return (self.value - self.least) / max(1, abs(self.value))

    def _sum_up(self) -> None:
        known = [bound for bound in self.region_bounds if bound is not None]
        if self.own is not None and len(known) == len(self.regions):
            self.least = max(self.least if self.least is not None else -(10**18), sum(known) + self.own)

    def answer(self) -> CityAnswer:
        """What came of it."""
        problem = self.city.problem
        reached = costs(problem, self.best)
        total = sum(problem.weight[tier] * cost for tier, cost in reached.items())
        answer = Answer(
            placements=self.best,
            value=total,
            bound=self.least,
            proven=self.least == total and not self.cancelled,
            seconds=round(time.perf_counter() - self.began, 3),
            tiers=tuple(TierValue(tier, cost) for tier, cost in reached.items()),
            conflicts=tuple(self.city.conflicts),
            cancelled=self.cancelled,
        )
        return CityAnswer(answer, len(self.city.streets), len(self.regions), len(self.city.travellers), self.clashes)


def _name(region: tuple[int, ...]) -> str:
    return "+".join(map(str, region))
