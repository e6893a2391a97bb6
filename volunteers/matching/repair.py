"""Mends a plan after drop-outs with as few changes as possible.

First directly: only the sessions that lost somebody, everybody still there stays. Only if
places stay empty, one hop further: people who are busy elsewhere may be moved, and their
sessions filled in turn. Everything outside the slice is a promise that takes time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from volunteers.matching.gates import GATES
from volunteers.matching.preferences import Short, Unheld
from volunteers.matching.problem import LEAD, Placement, Problem, Session
from volunteers.matching.rank import obstacle
from volunteers.matching.slices import cut
from volunteers.matching.solve import solve
from volunteers.matching.standing import Standing

LEAST_CHANGE = ("unheld", "short", "change", ("faces", "balance", "uneven", "strange", "wishes"))


@dataclass(frozen=True, slots=True)
class Repair:
    """A mended plan: who is asked in, who is moved away, and which sessions are lost.

    `given_up` are sessions that cannot be staffed safely any more; nobody is in them.
    """

    placements: tuple[Placement, ...]
    added: tuple[Placement, ...]
    removed: tuple[Placement, ...]
    given_up: tuple[int, ...]


def repair(
    problem: Problem,
    placements: Iterable[Placement],
    gone: Iterable[tuple[int, int]],
    *,
    seconds: float = 5.0,
    seed: int = 0,
) -> Repair:
    """The plan without the (volunteer, session) pairs in `gone`, mended.

    The placements must break no rule before the drop-out. `removed` does not list the
    drop-outs themselves.
    """
    lost = set(gone)
    before = tuple(placements)
    left = tuple(p for p in before if (p.volunteer, p.session) not in lost)
    hit = {session for _, session in lost} & {placement.session for placement in before}
    barred = replace(problem, barred=(*problem.barred, *sorted(_away(problem, lost) - problem.refused)))
    mended = mend(barred, left, hit, hit, seconds, seed)
    if _shortage(problem, mended, hit) > _shortage(problem, before, hit):
        wider = hit | _one_hop(barred, mended, left, hit)
        candidate = mend(barred, left, wider, hit, seconds, seed)
        if _shortage(problem, candidate, wider) < _shortage(problem, mended, wider):
            mended = candidate
    return _difference(before, left, mended)


def _away(problem: Problem, lost: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Every session at a time somebody has said they cannot come."""
    return {
        (volunteer, session.id)
        for volunteer, number in lost
        for session in problem.sessions
        if session.starts_at < problem.session[number].ends_at and problem.session[number].starts_at < session.ends_at
    }


def mend(
    problem: Problem,
    left: tuple[Placement, ...],
    inside: set[int],
    fixed: set[int],
    seconds: float,
    seed: int,
) -> tuple[Placement, ...]:
    """Solve the sessions inside the slice anew; people in `fixed` sessions stay there.

    The rest of the plan is left as it is. Returns the whole plan.
    """
    within = tuple(p for p in left if p.session in inside)
    part = cut(problem, left, inside, fixed=fixed, previous=within)
    outside = tuple(p for p in left if p.session not in inside)
    return (*outside, *solve(part, seconds=seconds, seed=seed, tiers=LEAST_CHANGE).placements)


def _one_hop(problem: Problem, mended: tuple[Placement, ...], left: tuple[Placement, ...], hit: set[int]) -> set[int]:
    """The sessions of people who could fill an empty place if they were not there."""
    standing = Standing(problem, mended)
    elsewhere = Standing(problem, left)
    found: set[int] = set()
    for number in hit:
        session = problem.session[number]
        if not _lacking(standing, session):
            continue
        for role in session.roles:
            for volunteer in problem.volunteers:
                if obstacle(standing, volunteer, session, role, GATES) is None:
                    found |= {other.id for other in elsewhere.sessions_of[volunteer.id]}
    return found


def _lacking(standing: Standing, session: Session) -> bool:
    posts = [post for role in session.roles if (post := session.post(role))]
    return any(standing.count(session.id, post.role) < post.wished for post in posts)


def _shortage(problem: Problem, placements: Iterable[Placement], inside: set[int]) -> tuple[int, int]:
    part = replace(
        problem, sessions=tuple(s for s in problem.sessions if s.id in inside), locked=(), barred=(), previous=None
    )
    plan = tuple(placement for placement in placements if placement.session in inside)
    return Unheld().cost(part, plan), Short().cost(part, plan)


def _difference(before: tuple[Placement, ...], left: tuple[Placement, ...], mended: tuple[Placement, ...]) -> Repair:
    plan = tuple(sorted(mended, key=lambda p: (p.session, p.role != LEAD, p.volunteer)))
    held = {placement.session for placement in plan}
    stayed, now = set(left), set(plan)
    return Repair(
        placements=plan,
        added=tuple(placement for placement in plan if placement not in stayed),
        removed=tuple(placement for placement in left if placement not in now),
        given_up=tuple(sorted({placement.session for placement in before} - held)),
    )
