"""A small problem cut out of a large one: some sessions, and everything else as promises made."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from volunteers.matching.gates import GATES
from volunteers.matching.newcomers import Waiting
from volunteers.matching.problem import HELPER, Busy, Lock, Placement, Problem, Session, Volunteer
from volunteers.matching.standing import Standing


def cut(
    problem: Problem,
    placements: Iterable[Placement],
    inside: set[int],
    *,
    fixed: set[int] | frozenset[int] = frozenset(),
    same_role: Collection[int] = (),
    leaving: Collection[tuple[int, int]] = (),
    people: set[int] | None = None,
    previous: tuple[Placement, ...] | None = None,
) -> Problem:
    """The problem of the sessions `inside` alone, as the plan stands everywhere else.

    Placements outside become busy time and count in every limit. People in `fixed` sessions
    stay there, in any role unless the session is in `same_role`, but for the (volunteer, session) pairs in
    `leaving`. Only people who could be of use there are kept; `people` names them where that is known.
    """
    plan = tuple(placements)
    standing = Standing(problem, (p for p in plan if p.session not in inside))
    within = [p for p in plan if p.session in inside]
    agreed = {
        (p.volunteer, p.session): Lock(p.volunteer, p.session, p.role if p.session in same_role else None)
        for p in within
        if p.session in fixed and (p.volunteer, p.session) not in leaving
    }
    agreed |= {(lock.volunteer, lock.session): lock for lock in problem.locked if lock.session in inside}
    sessions = tuple(session for session in problem.sessions if session.id in inside)
    people = useful(problem, sessions) if people is None else people
    people = people | {placement.volunteer for placement in within}
    return replace(
        problem,
        sessions=sessions,
        volunteers=tuple(promised(v, standing) for v in problem.volunteers if v.id in people),
        locked=tuple(lock for pair, lock in agreed.items() if pair not in problem.refused and pair[0] in people),
        barred=tuple(pair for pair in problem.barred if pair[1] in inside and pair[0] in people),
        previous=previous,
    )


def useful(problem: Problem, sessions: tuple[Session, ...]) -> set[int]:
    """The people whom every gate admits to one of the sessions as a helper."""
    return {
        volunteer.id
        for volunteer in problem.volunteers
        if any(all(gate.admits(problem, volunteer, session, HELPER) for gate in GATES) for session in sessions)
    }


def promised(volunteer: Volunteer, outside: Standing) -> Volunteer:
    """The volunteer with everything outside the slice as a promise already made."""
    sessions = outside.sessions_of.get(volunteer.id, [])
    if not sessions:
        return volunteer
    total = volunteer.max_total
    return replace(
        volunteer,
        busy=(*volunteer.busy, *(Busy(s.community, s.starts_at, s.ends_at) for s in sessions)),
        max_total=None if total is None else max(0, total - len(sessions)),
        recent_load=volunteer.recent_load + len(sessions),
        first_by=None if any(Waiting().in_time(volunteer, s) for s in sessions) else volunteer.first_by,
    )
