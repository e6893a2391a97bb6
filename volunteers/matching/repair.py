"""Mends a plan after drop-outs and other events with as few changes as possible.

First directly: only the sessions that were hit, everybody still there stays. Only if places stay
empty, one hop further: people who are busy elsewhere may be moved, and their places filled in
turn. Everything outside the slice is a promise that takes time.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from volunteers.matching.asked import Ask, asks
from volunteers.matching.events import DropOut, Event, Happened, NewSession, happen
from volunteers.matching.hop import Hops
from volunteers.matching.preferences import Short, Unheld
from volunteers.matching.problem import LEAD, Placement, Problem, Session
from volunteers.matching.rules import broken
from volunteers.matching.screened import Screened, screened
from volunteers.matching.slices import cut
from volunteers.matching.solve import Tiers, solve
from volunteers.matching.staffing import STAFFING
from volunteers.matching.standing import Standing

COMFORT = ("faces", "balance", "uneven", "strange", "wishes")
LEAST_CHANGE: Tiers = ("unheld", "short", "change", COMFORT)
WORTH_MOVING: Tiers = ("unheld", ("short", "change"), COMFORT)
PRICES = {"short": 2, "change": 1}
"""A place filled is worth one person moved and one asked in, an urgent one two moved; not a chain of five."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A mended plan: who is asked in, who is moved away, and which sessions are lost.

    `given_up` are sessions that cannot be staffed safely any more; nobody is in them. `asks` says the
    same person by person: who is to be asked or told what. `problem` is the question as it is now.
    """

    placements: tuple[Placement, ...]
    added: tuple[Placement, ...]
    removed: tuple[Placement, ...]
    given_up: tuple[int, ...]
    asks: tuple[Ask, ...]
    problem: Problem


def repair(
    problem: Problem,
    placements: Iterable[Placement],
    gone: Iterable[tuple[int, int]] = (),
    *,
    events: Sequence[Event] = (),
    seconds: float = 5.0,
    seed: int = 0,
) -> Repair:
    """The plan after these events, mended; `gone` are (volunteer, session) pairs that drop out.

    The placements must break no rule before. `removed` does not list the drop-outs themselves, nor
    the people of cancelled sessions: those know. A session is never lost that would have been held
    without a repair, however little time there is.
    """
    until = time.perf_counter() + seconds
    before = tuple(placements)
    drops = [DropOut(volunteer, session) for volunteer, session in dict.fromkeys(gone)]
    after = happen(problem, before, [*drops, *events])
    fresh = any(isinstance(event, NewSession) for event in events)
    gates = screened(after.problem if fresh else problem)
    hops = Hops(after.problem, gates, Standing(after.problem, after.left))
    mended = after.left if _nobody_is_free(after, hops) else _directly(after, before, gates, until, seed)
    hit = set(after.hit)
    known = {number for number in hit if number in problem.session}
    if _shortage(after.problem, mended, hit) > _shortage(problem, before, known):
        mended = _one_hop(after, before, hops, mended, until, seed)
    lost = {placement.session for placement in before} & hit - {placement.session for placement in mended}
    if lost:
        mended = _one_hop(after, before, hops, mended, until, seed, only=lost)
    return _difference(after, before, mended)


def mend(
    problem: Problem,
    left: tuple[Placement, ...],
    inside: set[int],
    fixed: set[int],
    seconds: float,
    seed: int,
    *,
    same_role: Collection[int] = (),
    leaving: Collection[tuple[int, int]] = (),
    people: set[int] | None = None,
    tiers: Tiers = LEAST_CHANGE,
) -> tuple[Placement, ...]:
    """Solve the sessions inside the slice anew; people in `fixed` sessions stay there.

    The rest of the plan is left as it is. `same_role`, `leaving` and `people` as in `slices.cut`. Returns
    the whole plan.
    """
    within = tuple(p for p in left if p.session in inside)
    part = cut(problem, left, inside, fixed=fixed, same_role=same_role, leaving=leaving, people=people, previous=within)
    outside = tuple(p for p in left if p.session not in inside)
    start = _safe(part, within)
    return (*outside, *solve(part, seconds=seconds, seed=seed, tiers=tiers, start=start).placements)


def _aiming(after: Happened, before: tuple[Placement, ...], inside: set[int]) -> Problem:
    """The problem in which these sessions wish for no more people than they had, unless they ask for more now.

    A repair is no occasion to fill other places that were empty before: everybody it moves has been told.
    """
    standing = Standing(after.problem, (placement for placement in before if placement.session in inside))
    sessions = tuple(
        _as_before(session, standing)
        if session.id in inside and session.id not in after.fresh and standing.held(session.id)
        else session
        for session in after.problem.sessions
    )
    return replace(after.problem, sessions=sessions)


def _as_before(session: Session, standing: Standing) -> Session:
    """The session with the wishes that were met, and held places as they are."""
    held = sum(count for _, count in session.reserved)
    met = max(session.minimum, min(session.wished, standing.helpers(session.id) + held))
    posts = tuple(
        replace(post, wished=max(post.minimum, min(post.wished, standing.count(session.id, post.role))))
        for post in session.posts
    )
    speakers = sum(person.dialect for person in standing.people(session.id))
    return replace(session, wished=met, posts=posts, dialect_wished=min(session.dialect_wished, speakers))


def _nobody_is_free(after: Happened, hops: Hops) -> bool:
    """Whether a direct repair would change nothing: the sessions are safe as they are, and nobody could join."""
    if after.fresh or after.without_lead:
        return False
    sessions = [after.problem.session[number] for number in after.hit]
    there = [placement for session in sessions for placement in hops.standing.at[session.id]]
    held = {placement.session for placement in there} == after.hit
    safe = held and not any(rule.broken(after.problem, there) for rule in STAFFING)
    return safe and not any(hops.free(session, role) for session in sessions for role in session.roles)


def _directly(
    after: Happened, before: tuple[Placement, ...], gates: Screened, until: float, seed: int
) -> tuple[Placement, ...]:
    """Only the sessions that were hit; whoever is there stays, unless there are too many now."""
    hit = set(after.hit)
    people = gates.useful(after.problem.session[number] for number in hit)
    fixed = hit - after.shrunk
    return mend(
        _aiming(after, before, hit),
        after.left,
        hit,
        fixed,
        until - time.perf_counter(),
        seed,
        same_role=hit - after.without_lead,
        people=people,
    )


def _one_hop(
    after: Happened,
    before: tuple[Placement, ...],
    hops: Hops,
    mended: tuple[Placement, ...],
    until: float,
    seed: int,
    *,
    only: set[int] | None = None,
) -> tuple[Placement, ...]:
    """The plan with people moved over from other sessions, if that leaves fewer places empty.

    With `only`, these sessions are to be held at any price in changes.
    """
    problem, hit = after.problem, set(after.hit)
    standing = Standing(problem, mended)
    lacking = [
        (problem.session[n], role) for n in sorted(only or hit) for role in _lacking(standing, problem.session[n])
    ]
    given_up = {number for number in hit if not standing.held(number)}
    hop = hops.chains(lacking, hit) if only else hops.towards(lacking, given_up, hit)
    if not hop.sessions:
        return mended
    inside = hit | hop.sessions
    wider = mend(
        replace(_aiming(after, before, inside), weights=tuple((problem.weight | PRICES).items())),
        after.left,
        inside,
        inside - after.shrunk,
        until - time.perf_counter(),
        seed,
        same_role=inside - after.without_lead,
        leaving=hop.leaving,
        people=hop.coming | hops.gates.useful(problem.session[number] for number in hit),
        tiers=WORTH_MOVING,
    )
    return wider if _shortage(problem, wider, inside) < _shortage(problem, mended, inside) else mended


def _safe(part: Problem, plan: tuple[Placement, ...]) -> tuple[Placement, ...]:
    """The plan without the sessions in which something is amiss: what stays if nothing is done."""
    while faults := {fault.session for fault in broken(part, plan)}:
        if None in faults:
            return ()
        plan = tuple(placement for placement in plan if placement.session not in faults)
    return plan


def _lacking(standing: Standing, session: Session) -> list[str]:
    """The roles in which the session has fewer people than it wishes."""
    posts = [post for role in session.roles if (post := session.post(role))]
    return [post.role for post in posts if standing.count(session.id, post.role) < post.wished]


def _shortage(problem: Problem, placements: Iterable[Placement], inside: set[int]) -> tuple[int, int]:
    part = replace(
        problem, sessions=tuple(s for s in problem.sessions if s.id in inside), locked=(), barred=(), previous=None
    )
    plan = tuple(placement for placement in placements if placement.session in inside)
    return Unheld().cost(part, plan), Short().cost(part, plan)


def _difference(after: Happened, before: tuple[Placement, ...], mended: tuple[Placement, ...]) -> Repair:
    plan = tuple(sorted(mended, key=lambda p: (p.session, p.role != LEAD, p.volunteer)))
    stayed, now = set(after.left), set(plan)
    held = {placement.session for placement in plan}
    added = tuple(placement for placement in plan if placement not in stayed)
    removed = tuple(placement for placement in after.left if placement not in now)
    lost = {placement.session for placement in before if placement.session in after.problem.session} - held
    return Repair(
        placements=plan,
        added=added,
        removed=removed,
        given_up=tuple(sorted(lost)),
        asks=asks(after.problem, added, removed, lost),
        problem=after.problem,
    )
