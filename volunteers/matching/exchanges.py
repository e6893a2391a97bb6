"""The cheapest people for a place that somebody gives up, without pricing everybody.

A tier is *alone* for a problem where what a person adds depends on nobody else at the session. Those tiers
are priced once for everybody the gates admit and sorted; the others are priced for one person after the
other until what is left cannot be cheaper.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection
from dataclasses import dataclass, field

from volunteers.matching.limits import LIMITS
from volunteers.matching.preferences import PREFERENCES
from volunteers.matching.problem import Problem, Session, Volunteer
from volunteers.matching.rank import obstacle
from volunteers.matching.screened import screened
from volunteers.matching.staffing import STAFFING
from volunteers.matching.standing import Standing

type Priced = tuple[int, int, Volunteer, dict[str, int]]
"""Weighted sum, id, person, and the cost in each tier."""


@dataclass(slots=True)
class _Pool:
    """Everybody the gates admit to one place, cheapest first in the tiers that are alone."""

    people: list[Priced]
    limited: dict[int, bool] = field(default_factory=dict)
    """Whether a limit of their own keeps a person away, as far as it has been asked."""


class Exchanges:
    """Substitutes in one plan. `standing` may lose one placement at a time, and must get it back."""

    def __init__(self, problem: Problem, standing: Standing) -> None:
        self.problem, self.standing = problem, standing
        self.alone = [tier for tier in PREFERENCES if tier.alone(problem)]
        self.company = [tier for tier in PREFERENCES if not tier.alone(problem)]
        self._gates = screened(problem)
        self._pools: dict[tuple[int, str], _Pool] = {}

    def cheapest(
        self, session: Session, role: str, limit: int, without: Collection[int]
    ) -> list[tuple[Volunteer, dict[str, int]]]:
        """The people cheapest to add to the session as it stands, with the cost in each tier.

        Nobody of `without`, who are those in this session in the whole plan, and nobody whom a rule of
        one person or of the session keeps away.
        """
        pool = self._pool(session, role)
        weight = self.problem.weight
        least = sum(weight[tier.code] * tier.least(self.standing, session, role) for tier in self.company)
        best: list[Priced] = []
        for alone, number, person, costs in pool.people:
            if len(best) >= limit and alone + least > best[limit - 1][0]:
                break
            if number in without or self._stopped(pool, person, session, role):
                continue
            further = {tier.code: tier.joining(self.standing, person, session, role) for tier in self.company}
            total = alone + sum(weight[tier] * cost for tier, cost in further.items())
            # The id is unique, so that nothing behind it is ever compared.
            insort(best, (total, number, person, costs | further))
        return [(person, {tier.code: cost[tier.code] for tier in PREFERENCES}) for _, _, person, cost in best[:limit]]

    def _pool(self, session: Session, role: str) -> _Pool:
        key = session.id, role
        if key not in self._pools:
            people = [self.problem.volunteer[number] for number in self._gates.admitted(session.id, role)]
            self._pools[key] = _Pool(sorted(self._priced(person, session, role) for person in people))
        return self._pools[key]

    def _priced(self, person: Volunteer, session: Session, role: str) -> Priced:
        costs = {tier.code: tier.joining(self.standing, person, session, role) for tier in self.alone}
        return sum(self.problem.weight[tier] * cost for tier, cost in costs.items()), person.id, person, costs

    def _stopped(self, pool: _Pool, person: Volunteer, session: Session, role: str) -> bool:
        if person.id not in pool.limited:
            pool.limited[person.id] = obstacle(self.standing, person, session, role, LIMITS) is not None
        return pool.limited[person.id] or obstacle(self.standing, person, session, role, STAFFING) is not None
