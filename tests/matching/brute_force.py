"""The best plan by trying them all, by the words of `reading_of_rules` and without any solver.

Session by session every team is tried: who is there, in which roles. For the same people only the roles
that are least short matter, since no other tier and no other rule looks at roles once the team is sound.
Then every combination of teams is tried at once: what a person may do is a table over the sessions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from tests.matching.reading_of_rules import (
    agreed,
    lock_kept,
    may_not,
    person_faults,
    person_prices,
    places,
    room_faults,
    room_prices,
)
from volunteers.matching.problem import Problem, Session

TIERS = ("unheld", "short", "waiting", "faces", "strange", "balance", "uneven", "wishes", "change")

type Tiers = Sequence[str | Sequence[str]]


@dataclass(frozen=True)
class Plans:
    """Every sound plan of a problem, a row each: what it costs in each tier, and who is at each session, as bits."""

    problem: Problem
    costs: np.ndarray
    teams: np.ndarray
    locked: tuple[int, ...]

    @property
    def held(self) -> np.ndarray:
        """Whether each plan holds each session."""
        return self.teams > 0

    def with_locked_held(self) -> Iterator["Plans"]:
        """The plans that hold as many sessions with agreed people as can be, by which these are.

        Several where there are several ways; the engine may take any of them.
        """
        here = self.held[:, list(self.locked)]
        most = here.sum(axis=1).max(initial=0)
        for which in {tuple(row) for row in here[here.sum(axis=1) == most].tolist()}:
            yield self.only((here == which).all(axis=1))

    def only(self, rows: np.ndarray) -> "Plans":
        return Plans(self.problem, self.costs[rows], self.teams[rows], self.locked)

    def cost(self, weights: Mapping[str, int]) -> np.ndarray:
        """What each plan costs with these weights."""
        return self.costs @ np.array([weights.get(tier, 0) for tier in TIERS])

    def least(self) -> int:
        """The least value of the tiers added up with the problem's weights."""
        return int(self.cost(self.problem.weight).min())

    def in_order(self, tiers: Tiers, tolerances: Mapping[str, int] | None = None) -> tuple[int, ...]:
        """What the best plan costs in each step; later steps choose among what earlier ones leave.

        A step leaves its best plans, and those that cost so much more as is tolerated there; what was
        tolerated is minimised once more at the end.
        """
        plans, again = self, []
        for step in steps(self.problem, tiers):
            cost, slack = plans.cost(step), (tolerances or {}).get("+".join(step), 0)
            again += [step] if slack else []
            plans = plans.only(cost <= cost.min() + slack)
        for step in again:
            cost = plans.cost(step)
            plans = plans.only(cost == cost.min())
        return tuple(int(plans.cost(step)[0]) for step in steps(self.problem, tiers))


def steps(problem: Problem, tiers: Tiers | None) -> list[dict[str, int]]:
    """The weights of each step: one tier as it is, several as the problem weighs them."""
    groups = [TIERS] if tiers is None else [(group,) if isinstance(group, str) else group for group in tiers]
    weight = problem.weight
    return [{tier: weight[tier] if len(group) > 1 else 1 for tier in group} for group in groups]


def all_plans(problem: Problem, without: str | None = None) -> Plans:
    """Every plan that breaks no rule; `without` is a rule that is not looked at."""
    locks = [] if without == "locked" else agreed(problem)
    teams = [_teams(problem, meeting, locks, without) for meeting in problem.sessions]
    masks = [np.array(list(found)) for found in teams]
    grid = np.meshgrid(*masks, indexing="ij") if masks else []
    chosen = np.stack([axis.ravel() for axis in grid], axis=1) if masks else np.zeros((1, 0), dtype=int)
    number = np.meshgrid(*(np.arange(len(found)) for found in masks), indexing="ij") if masks else []
    costs = np.zeros((len(chosen), len(TIERS)), dtype=np.int64)
    for found, place in zip(teams, number, strict=True):
        costs += np.array(list(found.values()), dtype=np.int64)[place.ravel()]
    sound = np.ones(len(chosen), dtype=bool)
    for bit, (allowed, price) in enumerate(_tables(problem, without)):
        pattern = ((chosen >> bit & 1) << np.arange(len(masks))).sum(axis=1)
        sound &= allowed[pattern]
        costs += price[pattern]
    numbers = {meeting.id: place for place, meeting in enumerate(problem.sessions)}
    locked = tuple(dict.fromkeys(numbers[lock[1]] for lock in locks))
    return Plans(problem, costs[sound], chosen[sound], locked)


def _teams(problem: Problem, meeting: Session, locks: list, without: str | None) -> dict[int, list[int]]:
    """For every set of people who could make this session, as bits, what they cost at the least."""
    roles = [
        [None, *(role for role in places(meeting) if may_not(problem, person, meeting, role) <= {without})]
        for person in problem.volunteers
    ]
    found: dict[int, list[int]] = {}
    for choice in product(*roles):
        here = [(person, role) for person, role in zip(problem.volunteers, choice, strict=True) if role]
        if room_faults(problem, meeting, here) <= {without}:
            if here and not all(lock_kept(lock, meeting, here) for lock in locks if lock[1] == meeting.id):
                continue
            mask = sum(1 << bit for bit, role in enumerate(choice) if role)
            prices = room_prices(problem, meeting, here)
            costs = [prices.get(tier, 0) for tier in TIERS]
            found[mask] = min(found.get(mask, costs), costs, key=lambda cost: cost[1])
    return found


def _tables(problem: Problem, without: str | None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each person and each set of sessions, as bits: whether it is allowed, and what it costs."""
    sets = range(1 << len(problem.sessions))
    for person in problem.volunteers:
        allowed = np.zeros(len(sets), dtype=bool)
        price = np.zeros((len(sets), len(TIERS)), dtype=np.int64)
        for bits in sets:
            own = [meeting for place, meeting in enumerate(problem.sessions) if bits >> place & 1]
            allowed[bits] = person_faults(problem, person, own) <= {without}
            prices = person_prices(person, own)
            price[bits] = [prices.get(tier, 0) for tier in TIERS]
        yield allowed, price
