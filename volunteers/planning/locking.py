"""Agreements that exist already: what the engine keeps as locks, and what it only works around."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

from volunteers.matching.locks import Conflict, sort_locks
from volunteers.matching.problem import HELPER, LEAD, Busy, Lock, Post, Problem, Session

SAFETY_RULES = {"clearance", "adult"}
CHILD_ADULTS = 2


def settle_locks(problem: Problem) -> Problem:
    """Turn every agreement that the engine's rules would not allow into busy time.

    Organisers may overrule a wish by hand, and people change after they agreed: such a person
    still comes, takes a place, the way there and a part of the week.
    """
    while conflicts := sort_locks(problem)[1]:
        problem = _work_around(problem, conflicts)
    return problem


def without_sessions(problem: Problem, left_out: Iterable[int]) -> Problem:
    """The problem without some sessions; whoever is locked there is busy at that time."""
    gone = set(left_out)
    locks = [lock for lock in problem.locked if lock.session in gone]
    return replace(
        _busy(problem, locks),
        sessions=tuple(s for s in problem.sessions if s.id not in gone),
        locked=tuple(lock for lock in problem.locked if lock.session not in gone),
        barred=tuple(pair for pair in problem.barred if pair[1] not in gone),
    )


def _work_around(problem: Problem, conflicts: list[Conflict]) -> Problem:
    sessions = dict(problem.session)
    for conflict in conflicts:
        lock = conflict.lock
        sessions[lock.session] = _with_one_less(sessions[lock.session], lock, counts=conflict.rule not in SAFETY_RULES)
    gone = {conflict.lock for conflict in conflicts}
    return replace(
        _busy(problem, gone),
        sessions=tuple(sessions.values()),
        locked=tuple(lock for lock in problem.locked if lock not in gone),
    )


def _with_one_less(session: Session, lock: Lock, *, counts: bool) -> Session:
    """The session as it is left to staff. `counts` = the person is one of the safe adults."""
    if lock.role == LEAD:
        return replace(session, needs_lead=False)
    if lock.role not in (None, HELPER):
        return replace(session, posts=tuple(_one_less(p) if p.role == lock.role else p for p in session.posts))
    maximum = max(0, session.maximum - 1)
    if session.programme == "child":
        # All others are cleared adults by rule, so the floor alone keeps two of them there.
        floor = max(session.minimum, CHILD_ADULTS if session.two_adults else 0) - counts
        return replace(
            session,
            minimum=max(0, floor),
            maximum=max(maximum, floor, 0),
            wished=max(min(session.wished, maximum), floor, 0),
            two_adults=session.two_adults and not counts,
        )
    wished = min(session.wished, maximum)
    return replace(session, maximum=maximum, wished=wished, minimum=min(max(0, session.minimum - 1), wished))


def _one_less(post: Post) -> Post:
    return replace(
        post,
        minimum=max(0, post.minimum - 1),
        wished=max(0, post.wished - 1),
        maximum=max(0, post.maximum - 1),
    )


def _busy(problem: Problem, locks: Collection[Lock]) -> Problem:
    """The people of these locks with the sessions as time at which they are busy."""
    more: dict[int, list[Busy]] = defaultdict(list)
    for lock in dict.fromkeys(problem.locked):
        if lock in locks:
            session = problem.session[lock.session]
            more[lock.volunteer].append(Busy(session.community, session.starts_at, session.ends_at))
    return replace(
        problem,
        volunteers=tuple(replace(v, busy=(*v.busy, *more[v.id])) if v.id in more else v for v in problem.volunteers),
    )
