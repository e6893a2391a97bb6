"""The tier for learners who find a familiar face, counted learner by learner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from volunteers.matching.company import Row, add_rows, columns_at
from volunteers.matching.model import Model
from volunteers.matching.preference import Preference
from volunteers.matching.problem import Placement, Problem, Session, Volunteer
from volunteers.matching.standing import Standing


class Faces(Preference):
    """Every learner finds somebody familiar: each one who does not costs 1 at each held session.

    Unlike *strange*, which adds up acquaintances, a second familiar face for the same learner is worth
    nothing: people are spread so that nobody is left among strangers.
    """

    code = "faces"
    label = "认得的人"
    sentence = "每位学员都有认得的人在场。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        standing = Standing(problem, placements)
        return sum(self.strangers(standing, session) for session in standing.sessions())

    def strangers(self, standing: Standing, session: Session) -> int:
        """How many learners know nobody there."""
        here = {placement.volunteer for placement in standing.at[session.id]}
        return sum(here.isdisjoint(known) for known in standing.problem.familiar.get(session.series, ()))

    def post(self, model: Model) -> None:
        """For the learners with the same acquaintances one column: unmet + acquaintances present >= held."""
        groups = {series: Counter(learners) for series, learners in model.problem.familiar.items()}
        people = sorted({person for learners in groups.values() for known in learners for person in known})
        columns = {person: columns_at(model, person) for person in people}
        rows: list[Row] = []
        learners: list[int] = []
        for seat, session in enumerate(model.sessions):
            for known, count in groups.get(session.series, Counter()).items():
                there = [column for person in sorted(known) for column in columns[person].get(seat, ())]
                rows.append(([*there, int(model.held[seat])], [*[1.0] * len(there), -1.0]))
                learners.append(count)
        if not rows:
            return
        unmet = model.add_columns(np.ones(len(rows)))
        model.price(self.code, unmet, np.array(learners, dtype=int))
        add_rows(model, [([*a, int(u)], [*b, 1.0]) for (a, b), u in zip(rows, unmet, strict=True)], lower=0)

    def least(self, standing: Standing, session: Session, role: str) -> int:
        return -len(standing.problem.familiar.get(session.series, ()))

    def joining(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> int:
        known = standing.problem.familiar.get(session.series, ())
        here = {placement.volunteer for placement in standing.at[session.id]}
        if not here:
            return sum(volunteer.id not in people for people in known)
        return -sum(volunteer.id in people and here.isdisjoint(people) for people in known)
