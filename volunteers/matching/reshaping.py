"""Ways out that change the session itself: fewer helpers, another time, two sessions made one.

The floor is never lowered: it is safety. Another time and another meeting are rule-abiding for
everybody who comes; who was agreed and cannot come then is named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime

from volunteers.matching.gap import LOWER, MERGE, TIME, Gap, Person, WayOut, name_of
from volunteers.matching.gates import GATES
from volunteers.matching.limits import LIMITS
from volunteers.matching.parts import Post
from volunteers.matching.preferences import NEAR_KM
from volunteers.matching.problem import HELPER, Problem, Session
from volunteers.matching.rank import obstacle
from volunteers.matching.recruit import lacks, missing
from volunteers.matching.repair import mend
from volunteers.matching.solve import solve
from volunteers.matching.standing import Standing
from volunteers.matching.words import called, day, role_name, span

ALONE = (*GATES, *LIMITS)
TRIED = 3
"""How many times, and how many sessions to join, are tried by a solve: those with the most people."""

type Times = Collection[tuple[datetime, datetime]]
type Need = Callable[[Session, Session], tuple[int, int, int]]


def lower(gap: Gap) -> Iterator[WayOut]:
    """Wish for as many as there are: larger groups. Never under the floor, which is safety."""
    session, helpers = gap.session, gap.standing.helpers(gap.session.id)
    places = session.helpers
    others_full = gap.lacking() == missing(gap.standing, session, HELPER)
    if not gap.held() or not others_full or not places.minimum <= helpers < places.wished or not helpers:
        return
    wished = session.wished - (places.wished - helpers)
    part, here = gap.alone(wished=wished), {p.volunteer for p in gap.standing.at[session.id]}
    only = replace(part, volunteers=tuple(person for person in part.volunteers if person.id in here))
    answer = solve(only, seconds=gap.seconds, seed=gap.seed, tiers=("unheld", "short"))
    lacking = {tier.tier: tier.value for tier in answer.tiers}
    name = role_name(session.programme, HELPER)
    text = f"少请 {session.wished - wished} 位{name}，按 {helpers} 位算就齐了，最少要 {places.minimum} 位"
    numbers = {"wished": places.wished, "lowered": helpers, "floor": places.minimum}
    if session.people:
        one, other = -(-session.people // session.wished), -(-session.people // wished)
        text += f"；每位从带 {one} 人变成带 {other} 人" if other > one else ""
        numbers |= {"learners_each": one, "learners_each_then": other}
    proven = answer.proven and lacking["unheld"] == lacking["short"] == 0
    yield gap.way(LOWER, text, gap.plan, filled=0, left=0, held=True, numbers=numbers, wished=wished, proven=proven)


# --- another time ---------------------------------------------------------------------------------


def used_times(problem: Problem, session_id: int) -> list[tuple[datetime, datetime]]:
    """Other times of the same week, as long as the session: days and hours the community uses then.

    A time at which the community has another meeting is none: it is the one room known here.
    Whether a room is free at the others is for the caller to know.
    """
    session = problem.session[session_id]
    others = [s for s in problem.sessions if s.community == session.community and s.week == session.week]
    length = session.ends_at - session.starts_at
    starts = sorted({datetime.combine(a.starts_at, b.starts_at.time()) for a in others for b in others})
    return [
        (start, start + length)
        for start in starts
        if start != session.starts_at
        and not any(s.starts_at < start + length and start < s.ends_at for s in others if s.id != session_id)
    ]


def another_time(gap: Gap, times: Times) -> Iterator[WayOut]:
    """The session at the one of these times at which most places are filled."""
    session = gap.session
    length = session.ends_at - session.starts_at
    left = Standing(gap.problem, (p for p in gap.plan if p.session != session.id))
    people = [p for p in gap.problem.volunteers if session.community in p.reach and session.programme in p.does]
    found = []
    for time in times:
        moved = replace(session, starts_at=time[0], ends_at=time[1])
        if moved.week == session.week and time[1] - time[0] == length and time[0] != session.starts_at:
            free = sum(obstacle(left, person, moved, HELPER, ALONE) is None for person in people)
            found.append((-free, time))
    ways: list[WayOut] = []
    for _, time in sorted(found)[:TRIED]:
        ways += _at(gap, time)
        if ways and not ways[-1].left and not ways[-1].absent:
            break
    if ways:
        yield min(ways, key=lambda way: (-way.filled, len(way.absent), way.time))


def at_time(problem: Problem, session_id: int, time: tuple[datetime, datetime], absent: Collection[int]) -> Problem:
    """The problem with the session at another time, without the agreements of those absent then."""
    session = replace(problem.session[session_id], starts_at=time[0], ends_at=time[1])
    locked = tuple(lock for lock in problem.locked if lock.session != session_id or lock.volunteer not in absent)
    return replace(problem, sessions=_with(problem, session), locked=locked)


def _at(gap: Gap, time: tuple[datetime, datetime]) -> Iterator[WayOut]:
    before = {p.volunteer: p.role for p in gap.standing.at[gap.session.id]}
    before |= {lock.volunteer: lock.role or HELPER for lock in gap.problem.locked if lock.session == gap.session.id}
    outside = tuple(p for p in gap.plan if p.session != gap.session.id)
    elsewhere = Standing(gap.problem, outside)
    moved = replace(gap.session, starts_at=time[0], ends_at=time[1])
    unable = {pk for pk, role in before.items() if obstacle(elsewhere, gap.problem.volunteer[pk], moved, role, ALONE)}
    problem = at_time(gap.problem, moved.id, time, unable)
    stay = tuple(p for p in gap.standing.at[moved.id] if p.volunteer not in unable)
    plan = mend(problem, (*outside, *stay), {moved.id}, {moved.id}, gap.seconds, gap.seed)
    if not any(p.session == moved.id for p in plan):
        plan = mend(problem, (*outside, *stay), {moved.id}, set(), gap.seconds, gap.seed)
    filled, left = gap.gives(problem, plan)
    if filled <= 0:
        return
    now = {p.volunteer for p in plan if p.session == moved.id}
    absent, new = tuple(sorted(before.keys() - now)), sorted(now - before.keys())
    parts = [f"把这一场挪到{day(time[0])}{span(*time)}", gap.result(filled, left)]
    if absent:
        parts.append(f"{_names(problem, absent)}那时来不了")
    numbers = {"starts_at": time[0].isoformat(), "ends_at": time[1].isoformat(), "learners": moved.people}
    yield gap.way(
        TIME,
        "，".join(parts),
        plan,
        filled=filled,
        left=left,
        held=True,
        people=tuple(Person(pk) for pk in new),
        numbers=numbers | {"absent": len(absent), "there": len(now)},
        time=time,
        absent=absent,
        proven=True,
    )


# --- two sessions in one --------------------------------------------------------------------------


def added_up(one: Session, other: Session) -> tuple[int, int, int]:
    """What both together need when nobody says otherwise: minimum, wished and maximum added up."""
    return one.minimum + other.minimum, one.wished + other.wished, one.maximum + other.maximum


def merging(gap: Gap, need: Need) -> Iterator[WayOut]:
    """The learners join another session of the week: the one after which most places are filled."""
    partners = [other for other in gap.problem.sessions if _joins(gap, other)]
    partners.sort(key=lambda other: (-len(gap.standing.at[other.id]), other.starts_at, other.id))
    ways = [way for other in partners[:TRIED] if (way := _merged(gap, other, need(gap.session, other)))]
    if ways:
        yield min(ways, key=lambda way: (way.left, way.other))


def _joins(gap: Gap, other: Session) -> bool:
    """The same lesson of the same programme in the same week, here or close by."""
    own = gap.session
    return (
        other.id != own.id
        and (other.programme, other.lesson, other.week) == (own.programme, own.lesson, own.week)
        and gap.problem.km(own.community, other.community) <= NEAR_KM
    )


def merged(problem: Problem, session_id: int, other_id: int, need: tuple[int, int, int]) -> Problem:
    """The problem without the session, its learners at the other one."""
    own, other = problem.session[session_id], problem.session[other_id]
    minimum, wished, maximum = need
    joined = replace(
        other,
        people=own.people + other.people,
        minimum=minimum,
        wished=wished,
        maximum=maximum,
        posts=tuple(_both(own, other, role) for role in sorted({p.role for p in (*own.posts, *other.posts)})),
        requires=tuple(sorted({*own.requires, *other.requires})),
        reserved=(*other.reserved, *own.reserved),
        experienced_wished=max(own.experienced_wished, other.experienced_wished),
        needs_lead=own.needs_lead or other.needs_lead,
        two_adults=own.two_adults or other.two_adults,
        dialect_wished=max(own.dialect_wished, other.dialect_wished),
        priority=max(own.priority, other.priority),
    )
    known = problem.previous
    return replace(
        problem,
        sessions=tuple(s for s in _with(problem, joined) if s.id != session_id),
        locked=tuple(lock for lock in problem.locked if lock.session != session_id),
        barred=tuple(pair for pair in problem.barred if pair[1] != session_id),
        previous=None if known is None else tuple(p for p in known if p.session != session_id),
    )


def _both(own: Session, other: Session, role: str) -> Post:
    """A post where the sessions are one: as many as the larger of the two needs."""
    one, two = (session.post(role) or Post(role, 0, 0, 0) for session in (own, other))
    return Post(
        role,
        max(one.minimum, two.minimum),
        max(one.wished, two.wished),
        max(one.maximum, two.maximum),
        tuple(sorted({*one.requires, *two.requires})),
        two.name or one.name,
    )


def _merged(gap: Gap, other: Session, need: tuple[int, int, int]) -> WayOut | None:
    problem = merged(gap.problem, gap.session.id, other.id, need)
    joined = problem.session[other.id]
    left = tuple(p for p in gap.plan if p.session != gap.session.id)
    plan = mend(problem, left, {other.id}, {other.id}, gap.seconds, gap.seed)
    after = Standing(problem, plan)
    empty, lacked = lacks(after, joined), gap.lacking() + lacks(gap.standing, other)
    if not after.held(other.id) or empty >= lacked:
        return None
    new = sorted({p.volunteer for p in after.at[other.id]} - {p.volunteer for p in gap.standing.at[other.id]})
    was = {p.volunteer for p in gap.standing.at[gap.session.id]}
    absent = tuple(sorted(was - set(new)))
    return gap.way(
        MERGE,
        _merge_text(gap, joined, new, absent, empty),
        plan,
        filled=lacked - empty,
        left=empty,
        held=True,
        people=tuple(Person(pk) for pk in new),
        numbers={"other": other.id, "learners": joined.people, "wished": joined.wished, "absent": len(absent)},
        other=other.id,
        need=need,
        absent=absent,
        proven=True,
    )


def _merge_text(gap: Gap, joined: Session, new: list[int], absent: tuple[int, ...], empty: int) -> str:
    needs = ((role, post.wished) for role in joined.roles if (post := joined.post(role)))
    staff = "、".join(f"{count} 位{called(joined, role)}" for role, count in needs if count)
    parts = [f"和{day(joined.starts_at)}{span(joined.starts_at, joined.ends_at)}那一场并成一场"]
    parts.append(f"共 {joined.people} 位学员，要 {staff}" if joined.people else f"要 {staff}")
    if new:
        parts.append(f"请{_names(gap.problem, new)}过来")
    parts.append(f"还缺 {empty} 位" if empty else "人手就齐了")
    if absent:
        parts.append(f"{_names(gap.problem, absent)}那时不用来或来不了")
    return "，".join(parts)


def _with(problem: Problem, changed: Session) -> tuple[Session, ...]:
    return tuple(changed if session.id == changed.id else session for session in problem.sessions)


def _names(problem: Problem, people: Collection[int]) -> str:
    return "、".join(name_of(problem, one) for one in people)
