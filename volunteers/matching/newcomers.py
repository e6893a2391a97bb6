"""The tier for people who wait for their first session."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from volunteers.matching.model import Model
from volunteers.matching.preference import Preference
from volunteers.matching.problem import Placement, Problem, Session, Volunteer
from volunteers.matching.standing import Standing


class Waiting(Preference):
    """Whoever waits for a first session has one by the day named in `first_by`.

    Settled right after `short`, so that nobody is left out whom a rule-abiding place would take in
    without emptying another.
    """

    code = "waiting"
    label = "新人"
    sentence = "新来的人三周内有第一次。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        started = {
            placement.volunteer
            for placement in placements
            if self.in_time(problem.volunteer[placement.volunteer], problem.session[placement.session])
        }
        return sum(p.first_by is not None and p.id not in started for p in problem.volunteers)

    def in_time(self, volunteer: Volunteer, session: Session) -> bool:
        """Whether the session is early enough to be the first of somebody who waits."""
        return volunteer.first_by is not None and session.starts_at.date() <= volunteer.first_by

    def post(self, model: Model) -> None:
        waits = np.array([volunteer.first_by is not None for volunteer in model.volunteers], dtype=bool)
        people = np.nonzero(waits)[0]
        if not len(people):
            return
        number = np.full(len(waits), -1)
        number[people] = np.arange(len(people))
        days = np.array([session.starts_at.date() for session in model.sessions], dtype="datetime64[D]")
        last = np.array([v.first_by or "NaT" for v in model.volunteers], dtype="datetime64[D]")
        early = np.nonzero(waits[model.who] & (days[model.where] <= last[model.who]))[0]
        late = model.add_columns(np.ones(len(people)))
        model.price(self.code, late, np.ones(len(people)))
        ones = np.ones(len(early))
        seats = np.arange(len(people))
        model.add_rows(
            len(people),
            [(number[model.who[early]], early, ones), (seats, late, np.ones(len(people)))],
            lower=1,
        )

    def alone(self, problem: Problem) -> bool:
        return True

    def joining(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> int:
        if not self.in_time(volunteer, session):
            return 0
        return 0 if any(self.in_time(volunteer, other) for other in standing.sessions_of[volunteer.id]) else -1
