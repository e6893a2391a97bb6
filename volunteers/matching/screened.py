"""All gates of a problem for all pairs at once: who may be where, whatever the plan is."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from volunteers.matching.gates import GATES, Gate
from volunteers.matching.model import Mask, Model, Numbers
from volunteers.matching.problem import HELPER, Problem, Session

KEY = "screened"


class Screened:
    """For every person, session and role the first gate that is shut."""

    def __init__(self, problem: Problem) -> None:
        model = Model(problem)
        self._column_of = model.column_of
        self._ids = np.array([volunteer.id for volunteer in problem.volunteers], dtype=np.int64)
        common = {gate.code: gate.mask(model, HELPER) for gate in GATES if not gate.by_role}
        self._first = {role: self._first_gate(model, role, common) for role in model.roles}

    def first(self, session: int, role: str) -> Numbers:
        """By person: the number of the first gate that is shut, counted from 1; 0 where all are open."""
        return np.asarray(self._first[role][:, self._column_of[session]])

    def stopped(self, session: int, role: str, gate: int) -> list[int]:
        """The people whom this gate is the first to stop; 0 for those whom none does."""
        return [int(one) for one in self._ids[self.first(session, role) == gate]]

    def admitted(self, session: int, role: str) -> list[int]:
        """The people whom every gate admits."""
        return self.stopped(session, role, 0)

    def useful(self, sessions: Iterable[Session]) -> set[int]:
        """The people whom every gate admits to one of the sessions as a helper."""
        return {one for session in sessions for one in self.admitted(session.id, HELPER)}

    def _first_gate(self, model: Model, role: str, common: dict[str, Mask]) -> Numbers:
        first = np.zeros(model.shape, dtype=np.int8)
        for number, gate in enumerate(GATES, start=1):
            first[(first == 0) & ~self._open(model, gate, role, common)] = number
        return first

    def _open(self, model: Model, gate: Gate, role: str, common: dict[str, Mask]) -> Mask:
        return gate.mask(model, role) if gate.by_role else common[gate.code]


def screened(problem: Problem) -> Screened:
    """The gates of a problem; worked out at the first call (30 ms for a street) and kept with the problem."""
    if KEY not in problem.memo:
        problem.memo[KEY] = Screened(problem)
    found: Screened = problem.memo[KEY]
    return found
