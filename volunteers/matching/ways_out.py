"""Ways out of a gap, each one checked: a small solve of the session with the way taken.

`asking` asks people beyond one soft limit, `reshaping` changes the session itself; here somebody
comes over from another session, and new people are recruited. `applying` takes a way out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from volunteers.matching.asking import SOFT, ask, soft_limit
from volunteers.matching.gap import ASK, LOWER, MERGE, MOVE, PRICE, RECRUIT, TIME, Gap, Person, WayOut, name_of
from volunteers.matching.gates import GATES
from volunteers.matching.limits import LIMITS
from volunteers.matching.problem import HELPER, LEAD, Lock, Placement, Problem
from volunteers.matching.rank import obstacle
from volunteers.matching.recruit import guest, invitation, kind_of, lacks, missing
from volunteers.matching.repair import mend
from volunteers.matching.reshaping import Need, Times, added_up, another_time, lower, merging, used_times
from volunteers.matching.staffing import STAFFING
from volunteers.matching.standing import Standing
from volunteers.matching.words import span

__all__ = [
    "ASK",
    "LOWER",
    "MERGE",
    "MOVE",
    "RECRUIT",
    "SOFT",
    "TIME",
    "Person",
    "WayOut",
    "added_up",
    "name_of",
    "soft_limit",
    "used_times",
    "ways_out",
]

MOVERS = 4
"""How many people elsewhere are tried for a move."""


def ways_out(
    problem: Problem,
    placements: Collection[Placement],
    session_id: int,
    *,
    never: Collection[tuple[int, int]] = (),
    times: Times = (),
    need: Need | None = None,
    seconds: float = 1.0,
    seed: int = 0,
) -> list[WayOut]:
    """What fills the empty places of one session, or lets it be held; the gentlest way first.

    The placements break no rule. `never` are (volunteer, session) pairs nobody asks about,
    such as a time somebody has called impossible; `barred` pairs are never asked either.
    `times` are (start, end) of this week with a free room, to which the session could move; without
    any it stays (`used_times` finds some). `need(session, other)` tells what two sessions in one need
    of helpers, (minimum, wished, maximum), such as `added_up`; without it none are joined.
    """
    session = problem.session[session_id]
    placed = {(placement.volunteer, placement.session) for placement in placements}
    barred = (*problem.barred, *sorted(set(never) - problem.refused - placed))
    asking = replace(problem, barred=barred)
    gap = Gap(asking, tuple(placements), session, Standing(asking, placements), seconds, seed)
    if gap.held() and not gap.lacking():
        return []
    # At another time, or elsewhere, what somebody has said about this time does not count.
    anew = replace(gap, problem=problem, standing=Standing(problem, placements))
    moves = list(_move(gap))
    free = [way for way in moves if not way.numbers["lost"]]
    found = [*free, *ask(gap), *(way for way in moves if way not in free), *lower(gap)]
    found += another_time(anew, times)
    if need:
        found += merging(anew, need)
    return [*found, *_recruit(gap)]


def _move(gap: Gap) -> Iterator[WayOut]:
    """Somebody comes over from a session that can spare them, or where somebody else steps in."""
    best: WayOut | None = None
    for placement in _movers(gap)[:MOVERS]:
        way = _moved(gap, placement)
        if way and (best is None or way.numbers["lost"] < best.numbers["lost"]):
            best = way
        if best and best.numbers["lost"] <= 0:
            break
    if best:
        yield best


def _movers(gap: Gap) -> list[Placement]:
    """Helpers elsewhere who could be here but for that place; the fullest session first."""
    locked = {(lock.volunteer, lock.session) for lock in gap.problem.locked}
    standing, found = gap.standing, []
    role = next(role for role in gap.session.roles if missing(standing, gap.session, role))
    for person in gap.problem.volunteers:
        if not standing.load(person.id) or obstacle(standing, person, gap.session, role, GATES):
            continue
        for other in tuple(standing.sessions_of[person.id]):
            placement = Placement(person.id, other.id, HELPER)
            room = standing.helpers(other.id) - other.helpers.minimum
            if (person.id, other.id) in locked or placement not in standing.at[other.id] or room <= 0:
                continue
            standing.remove(placement)
            able = obstacle(standing, person, gap.session, role, LIMITS) is None
            safe = able and not any(rule.broken(gap.problem, standing.at[other.id]) for rule in STAFFING)
            standing.add(placement)
            if safe:
                found.append((other.helpers.wished - standing.helpers(other.id), -room, placement))
    return [placement for _, _, placement in sorted(found)]


def _moved(gap: Gap, placement: Placement) -> WayOut | None:
    here, there = gap.session, gap.problem.session[placement.session]
    pair = (placement.volunteer, there.id)
    changed = replace(
        gap.problem,
        locked=(*gap.problem.locked, Lock(placement.volunteer, here.id)),
        barred=(*gap.problem.barred, pair),
    )
    left = tuple(p for p in gap.plan if p != placement)
    both = {here.id, there.id}
    plan = mend(changed, left, both, both, gap.seconds, gap.seed)
    after = Standing(gap.problem, plan)
    came, empty = gap.gives(gap.problem, plan)
    lost = lacks(after, there) - lacks(gap.standing, there)
    if came <= 0 or not after.held(there.id) or Placement(*pair, HELPER) in plan:
        return None
    name = name_of(gap.problem, placement.volunteer)
    new = dict.fromkeys(p.volunteer for p in set(plan).difference(left) if p.volunteer != placement.volunteer)
    where = f"{there.starts_at.month} 月 {there.starts_at.day} 日 {span(there.starts_at, there.ends_at)}"
    then = f"那一场从 {gap.standing.helpers(there.id)} 位变成 {after.helpers(there.id)} 位，不低于 {there.helpers.minimum} 位"
    if lost <= 0:
        then = "那一场照样够"
    text = "，".join([f"请{name}从{where}那一场过来", gap.result(came, empty), then])
    people = (Person(placement.volunteer), *(Person(pk) for pk in sorted(new)))
    numbers = {
        "from": there.id,
        "lost": max(0, lost),
        "remain": after.helpers(there.id),
        "floor": there.helpers.minimum,
    }
    return gap.way(MOVE, text, plan, filled=came, left=empty, held=True, people=people, numbers=numbers, proven=True)


def _recruit(gap: Gap) -> Iterator[WayOut]:
    """The fewest new people of which kind, with whoever is free anyway."""
    session = gap.session
    empty = {role: missing(gap.standing, session, role) for role in session.roles}
    kinds = [
        *(kind_of(session, role) for role, count in empty.items() if count and role != LEAD),
        *(kind_of(session, role, practised=True) for role, count in empty.items() if count),
    ]
    number = min((v.id for v in gap.problem.volunteers), default=0)
    guests, of = {}, {}
    for price, kind in enumerate(kinds, PRICE):
        for _ in range(empty[kind.role]):
            number -= 1
            of[number] = kind
            guests[number] = guest(number, kind, [session]), price
    answer = gap.cheapest(gap.alone(), gap.aims()[0], guests)
    people = [p.volunteer for p in answer.placements if p.volunteer in of]
    came = [of[number] for number in people]
    if not came:
        return
    plan = (*(p for p in gap.plan if p.session != session.id), *answer.placements)
    guests_there = tuple(guests[number][0] for number in people)
    everybody = replace(gap.problem, volunteers=(*gap.problem.volunteers, *guests_there))
    filled, left = gap.gives(everybody, plan)
    roles = [[kind for kind in came if kind.role == role] for role in session.roles]
    words = "，".join(invitation(some[0], len(some), sum(kind.practised for kind in some)) for some in roles if some)
    numbers = {"people": len(came), "first_timers": sum(not kind.practised for kind in came)}
    yield gap.way(
        RECRUIT,
        f"{words}，{gap.result(filled, left)}",
        plan,
        filled=filled,
        left=left,
        held=True,
        guests=guests_there,
        numbers=numbers,
        proven=answer.proven,
    )
