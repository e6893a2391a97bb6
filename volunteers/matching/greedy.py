"""A plan made the way a careful organiser makes it by hand: session by session.

Known faces first, then whoever has done least. It is the incumbent that makes "hold nothing"
impossible, and the yardstick the solver is measured against.
"""

from __future__ import annotations

from volunteers.matching.limits import LIMITS
from volunteers.matching.locks import sort_locks
from volunteers.matching.model import Model
from volunteers.matching.preferences import Strange
from volunteers.matching.problem import HELPER, LEAD, Placement, Problem, Session, Volunteer
from volunteers.matching.staffing import STAFFING
from volunteers.matching.standing import Standing


def greedy(problem: Problem, model: Model) -> tuple[Placement, ...]:
    """A plan that breaks no rule; `model` has been screened and opened."""
    standing = Standing(problem, sort_locks(problem)[0].values())
    candidates = _candidates(model)
    locked = {session.id for session in standing.sessions()}
    for session in sorted(problem.sessions, key=lambda s: (s.id not in locked, -s.priority, s.starts_at, s.id)):
        _fill(standing, session, candidates[session.id])
    return standing.placements()


def _candidates(model: Model) -> dict[int, dict[str, list[Volunteer]]]:
    found: dict[int, dict[str, list[Volunteer]]] = {
        session.id: {role: [] for role in model.roles} for session in model.sessions
    }
    for who, where, role in zip(model.who, model.where, model.role, strict=True):
        found[model.sessions[where].id][model.roles[role]].append(model.volunteers[who])
    return found


def _fill(standing: Standing, session: Session, candidates: dict[str, list[Volunteer]]) -> None:
    """Staff one session up to its wish, or leave it empty."""
    posts = [post for role in (LEAD, *(post.role for post in session.posts), HELPER) if (post := session.post(role))]
    for post in posts:
        wanted = post.wished - standing.count(session.id, post.role)
        able = _able(standing, session, post.role, candidates[post.role]) if wanted > 0 else []
        for _ in range(wanted):
            if not _join(standing, session, post.role, able):
                break
    there = tuple(standing.at[session.id])
    if any(rule.broken(standing.problem, there) for rule in STAFFING):
        for placement in there:
            standing.remove(placement)


def _able(standing: Standing, session: Session, role: str, people: list[Volunteer]) -> list[Volunteer]:
    """Who might come, as they are asked: known faces first, then who has done least."""

    def rank(volunteer: Volunteer) -> tuple[int, int, int]:
        strange = Strange().of(standing.problem, volunteer.id, session)
        return strange, volunteer.recent_load + standing.load(volunteer.id), volunteer.id

    return sorted(people, key=rank)


def _join(standing: Standing, session: Session, role: str, able: list[Volunteer]) -> bool:
    """Place the first of these people who has room and fits in with those there.

    Takes them off the list, and those before them whose own plan has no room for the session.
    """
    place = 0
    while place < len(able):
        volunteer = able[place]
        full = any(rule.stops(standing, volunteer, session, role) for rule in LIMITS)
        fits = not full and not any(rule.stops(standing, volunteer, session, role) for rule in STAFFING)
        if fits:
            standing.add(Placement(volunteer.id, session.id, role))
        if fits or full:
            del able[place]
        if fits:
            return True
        place += not full
    return False
