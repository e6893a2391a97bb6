"""Who comes with whom: pairs that never meet, and people who come only with somebody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from volunteers.matching.gates import GATES, Broken, Rule
from volunteers.matching.model import INFINITE, Model
from volunteers.matching.problem import Placement, Problem, Session, Volunteer
from volunteers.matching.standing import Standing

type Row = tuple[Sequence[int], Sequence[float]]


class KeptApart(Rule):
    """Two people whom the organiser keeps apart are never at the same session, whatever their roles."""

    code = "apart"
    label = "不和在场的人同场"
    sentence = "说好不排在一起的两个人，不在同一场。"

    def broken(self, problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
        if not problem.apart:
            return []
        standing = Standing(problem, placements)
        found = []
        for session in standing.sessions():
            here = {person.id: person for person in standing.people(session.id)}
            for one in here:
                for other in sorted(problem.kept_from.get(one, frozenset()) & here.keys()):
                    if one < other:
                        found.append(self.report(session, here[one], here[other]))
        return found

    def stops(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> bool:
        others = standing.problem.kept_from.get(volunteer.id, frozenset())
        return bool(others) and any(placement.volunteer in others for placement in standing.at[session.id])

    def post(self, model: Model) -> None:
        rows: list[Row] = []
        for one, other in sorted({(min(pair), max(pair)) for pair in model.problem.apart}):
            first, second = columns_at(model, one), columns_at(model, other)
            for seat in sorted(first.keys() & second.keys()):
                both = [*first[seat], *second[seat]]
                rows.append(([*both, int(model.held[seat])], [*[1.0] * len(both), -1.0]))
        add_rows(model, rows, upper=0)


class ComesWith(Rule):
    """Who comes only with somebody is placed only where that person is placed too, in any role."""

    code = "together"
    label = "要同来的人不在"
    sentence = "只和某人一起来的，那个人在才安排。"

    def broken(self, problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
        if not problem.together:
            return []
        standing = Standing(problem, placements)
        found = []
        for session in standing.sessions():
            here = {person.id for person in standing.people(session.id)}
            for one, other in dict.fromkeys(problem.together):
                if one in here and other not in here:
                    found.append(self.report(session, problem.volunteer[one]))
        return found

    def stops(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> bool:
        company = [other for one, other in standing.problem.together if one == volunteer.id]
        if not company:
            return False
        here = {placement.volunteer for placement in standing.at[session.id]}
        return not here.issuperset(company)

    def hopeless(self, problem: Problem, volunteer: Volunteer, session: Session) -> bool:
        """Whether somebody this person comes with cannot come there in any role, whatever the plan."""
        return any(
            other not in problem.volunteer or not self.admitted(problem, problem.volunteer[other], session)
            for one, other in problem.together
            if one == volunteer.id
        )

    def admitted(self, problem: Problem, volunteer: Volunteer, session: Session) -> bool:
        """Whether every gate lets this person into one of the session's roles."""
        return any(all(gate.admits(problem, volunteer, session, role) for gate in GATES) for role in session.roles)

    def post(self, model: Model) -> None:
        rows: list[Row] = []
        for one, other in dict.fromkeys(model.problem.together):
            first, second = columns_at(model, one), columns_at(model, other)
            for seat, own in first.items():
                company = second.get(seat, [])
                rows.append(([*own, *company], [*[1.0] * len(own), *[-1.0] * len(company)]))
        add_rows(model, rows, upper=0)


def columns_at(model: Model, volunteer: int) -> dict[int, list[int]]:
    """The columns of a person by session number; empty for somebody who is not in the problem."""
    found: dict[int, list[int]] = {}
    row = model.row_of.get(volunteer)
    for column in np.nonzero(model.who == row)[0].tolist() if row is not None else ():
        found.setdefault(int(model.where[column]), []).append(column)
    return found


def add_rows(model: Model, rows: Sequence[Row], *, lower: float = -INFINITE, upper: float = INFINITE) -> None:
    """Rows given one by one as columns and coefficients."""
    if not rows:
        return
    number = np.repeat(np.arange(len(rows)), [len(columns) for columns, _ in rows])
    columns = np.array([column for columns, _ in rows for column in columns], dtype=int)
    signs = np.array([sign for _, signs in rows for sign in signs])
    model.add_rows(len(rows), [(number, columns, signs)], lower=lower, upper=upper)
