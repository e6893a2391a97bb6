"""A plan under watch: who could take a place, answered in about a millisecond however often it changes.

What keeps a person from a session whatever the plan is (the gates) is worked out once for all pairs;
what depends on the plan is asked of the few who are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from volunteers.matching.gates import GATES
from volunteers.matching.limits import LIMITS
from volunteers.matching.problem import Placement, Problem
from volunteers.matching.rank import HERE, Excluded, Ranking, obstacle, ranking
from volunteers.matching.screened import screened
from volunteers.matching.staffing import STAFFING
from volunteers.matching.standing import Standing

AS_PLANNED = (*LIMITS, *STAFFING)
"""The rules that depend on the plan; in explanations they come after the gates."""


class Live:
    """One problem and one plan that changes a placement at a time, through `standing`."""

    def __init__(self, problem: Problem, placements: Iterable[Placement] = ()) -> None:
        self.problem = problem
        self.standing = Standing(problem, placements)
        self._gates = screened(problem)

    def rank(self, session_id: int, role: str, limit: int = 10, order: Sequence[str] | None = None) -> Ranking:
        """The same as `rank.rank` on the plan as it stands."""
        problem, session = self.problem, self.problem.session[session_id]
        here = {placement.volunteer for placement in self.standing.at[session_id]}
        groups: dict[tuple[str, str], list[int]] = {HERE: sorted(here)}
        for number, gate in enumerate(GATES, start=1):
            stopped = self._gates.stopped(session_id, role, number)
            groups[gate.code, gate.label] = [one for one in stopped if one not in here]
        groups |= {(rule.code, rule.label): [] for rule in AS_PLANNED}
        people = []
        for one in self._gates.admitted(session_id, role):
            if one in here:
                continue
            rule = obstacle(self.standing, problem.volunteer[one], session, role, AS_PLANNED)
            if rule is None:
                people.append(problem.volunteer[one])
            else:
                groups[rule.code, rule.label].append(one)
        excluded = [Excluded(*key, tuple(ids)) for key, ids in groups.items() if ids]
        return ranking(self.standing, session, role, people, excluded, limit, order)
