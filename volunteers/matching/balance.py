"""The tier that spreads experienced people over the sessions of a week."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from volunteers.matching.model import Model
from volunteers.matching.preference import Preference
from volunteers.matching.problem import Placement, Problem, Session, Volunteer
from volunteers.matching.standing import Standing


class Balance(Preference):
    """A held session has its `experienced_wished`: the square of what is lacking is the cost.

    Squares make two sessions with one lacking (1 + 1) better than one with two (4): experienced people
    are spread. Whoever is no newcomer is experienced.
    """

    code = "balance"
    label = "老手分布"
    sentence = "有经验的人分散到各场，不集中在一场。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        standing = Standing(problem, placements)
        return sum(self.of(session, self.experienced(standing, session)) for session in standing.sessions())

    def of(self, session: Session, experienced: int) -> int:
        """The cost of a held session with so many experienced people."""
        return int(max(0, session.experienced_wished - experienced) ** 2)

    def experienced(self, standing: Standing, session: Session) -> int:
        """How many experienced people are there."""
        return sum(not person.newcomer for person in standing.people(session.id))

    def post(self, model: Model) -> None:
        """One column for each person lacking, the k-th at 2k - 1, all of them at most *held*."""
        wished = np.array([session.experienced_wished for session in model.sessions], dtype=int)
        seats = np.nonzero(wished)[0]
        if not len(seats):
            return
        row = np.repeat(np.arange(len(seats)), wished[seats])
        step = np.arange(len(row)) - np.repeat(np.cumsum(wished[seats]) - wished[seats], wished[seats])
        lacking = model.add_columns(np.ones(len(row)))
        model.price(self.code, lacking, 2 * step + 1)
        experienced = np.array([not volunteer.newcomer for volunteer in model.volunteers], dtype=bool)
        number = np.full(len(wished), -1)
        number[seats] = np.arange(len(seats))
        used = np.nonzero(experienced[model.who] & (number[model.where] >= 0))[0]
        ones = np.ones(len(row))
        model.add_rows(
            len(seats),
            [
                (number[model.where[used]], model.pairs[used], np.ones(len(used))),
                (row, lacking, ones),
                (np.arange(len(seats)), model.held[seats], -wished[seats]),
            ],
            lower=0,
        )
        every = np.arange(len(row))
        model.add_rows(len(row), [(every, lacking, ones), (every, model.held[seats[row]], -ones)], upper=0)

    def least(self, standing: Standing, session: Session, role: str) -> int:
        there = self.experienced(standing, session)
        return self.of(session, there + 1) - self.of(session, there) if standing.held(session.id) else 0

    def joining(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> int:
        there = self.experienced(standing, session)
        before = self.of(session, there) if standing.held(session.id) else 0
        return self.of(session, there + (not volunteer.newcomer)) - before
