"""Agreements that cannot stand: found before solving, reported, and left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from volunteers.matching.company import ComesWith, KeptApart
from volunteers.matching.gates import GATES, Broken, Rule
from volunteers.matching.limits import LIMITS
from volunteers.matching.model import Model
from volunteers.matching.problem import HELPER, Lock, Placement, Problem
from volunteers.matching.staffing import StaffedSafely
from volunteers.matching.standing import Standing

type Obstacle = tuple[str, str, str]

KEY = "locks"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One lock the engine cannot keep: the rule in its way, in short and in full."""

    lock: Lock
    rule: str
    label: str
    text: str


def sort_locks(problem: Problem) -> tuple[dict[Lock, Placement], list[Conflict]]:
    """The locks that can stand together, each with a placement that keeps it; the conflicts.

    Taken in the file's order: of two that cannot both stand, the later one is the conflict. Worked out
    once a problem: read the answer, do not change it.
    """
    if KEY not in problem.memo:
        problem.memo[KEY] = _sorted(problem)
    found: tuple[dict[Lock, Placement], list[Conflict]] = problem.memo[KEY]
    return found


def _sorted(problem: Problem) -> tuple[dict[Lock, Placement], list[Conflict]]:
    kept: dict[Lock, Placement] = {}
    found: list[Conflict] = []
    standing = Standing(problem)
    for lock in dict.fromkeys(problem.locked):
        placements = allowed_placements(problem, lock)
        obstacles = [_obstacle(standing, placement) for placement in placements]
        if all(obstacles):
            found.append(Conflict(lock, *next(filter(None, obstacles))))
            continue
        kept[lock] = placements[obstacles.index(None)]
        standing.add(kept[lock])
    return kept, found


def conflicts(problem: Problem) -> list[Conflict]:
    """The locks that break a rule by themselves or together with earlier ones."""
    return sort_locks(problem)[1]


def allowed_placements(problem: Problem, lock: Lock) -> list[Placement]:
    """The placements that keep a lock: without a role, helping is tried first."""
    session = problem.session[lock.session]
    roles = (lock.role,) if lock.role else sorted(session.roles, key=lambda role: role != HELPER)
    return [Placement(lock.volunteer, lock.session, role) for role in roles]


def _obstacle(standing: Standing, placement: Placement) -> Obstacle | None:
    """The first rule that no further placement could mend."""
    problem = standing.problem
    volunteer, session = problem.volunteer[placement.volunteer], problem.session[placement.session]
    for rule in (*GATES, *LIMITS, StaffedSafely(), KeptApart()):
        if rule.stops(standing, volunteer, session, placement.role):
            return rule.code, rule.label, rule.sentence
    company = ComesWith()
    if company.hopeless(problem, volunteer, session):
        return company.code, company.label, company.sentence
    return None


class LocksHold(Rule):
    """An agreed placement stays, as long as its session is held.

    Locks that cannot stand (`conflicts` says which and why) are left out and reported.
    """

    code = "locked"
    label = "已定的人不动"
    sentence = "已经定下的人不动，只要这一场开。"

    def broken(self, problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
        placed = set(placements)
        held = {placement.session for placement in placed}
        return [
            self.report(problem.session[lock.session], problem.volunteer[lock.volunteer])
            for lock in sort_locks(problem)[0]
            if lock.session in held and not placed & set(allowed_placements(problem, lock))
        ]

    def post(self, model: Model) -> None:
        for lock in sort_locks(model.problem)[0]:
            found = [model.column(placement) for placement in allowed_placements(model.problem, lock)]
            columns = [column for column in found if column is not None]
            held = int(model.held[model.column_of[lock.session]])
            entries = np.array([*columns, held], dtype=int)
            signs = np.array([1.0] * len(columns) + [-1.0])
            model.add_rows(1, [(np.zeros(len(entries), dtype=int), entries, signs)], lower=0)
