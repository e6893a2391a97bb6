"""The best plan so far, in the few numbers and words that fit on a page while the engine works on a better one."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from volunteers.matching.preferences import TIERS
from volunteers.matching.problem import Placement as Pair
from volunteers.matching.problem import Problem
from volunteers.planning.load import Index

SHOWN = 12


def so_far(problem: Problem, index: Index, plan: Iterable[Pair]) -> dict[str, Any]:
    """Counts, one line of words a tier, the first rows as (shift, volunteer), and the whole plan.

    `placements` are rows of volunteer, session and role: a run that starts again begins there.
    """
    plan = tuple(plan)
    locked = {(lock.volunteer, lock.session) for lock in problem.locked}
    new = [
        (index.shifts[p.session, p.role].pk, p.volunteer)
        for p in sorted(plan, key=lambda one: (problem.session[one.session].starts_at, one.session, one.role))
        if (p.volunteer, p.session) not in locked and (p.session, p.role) in index.shifts
    ]
    gaps = sum(shift.needed - shift.taken for shift in index.shifts.values())
    return {
        "filled": len(new),
        "gaps": gaps,
        "lines": [*_lines(problem, plan, len(new), gaps)],
        "rows": new[:SHOWN],
        "more": max(0, len(new) - SHOWN),
        "placements": [[p.volunteer, p.session, p.role] for p in plan],
    }


def plan_of(kept: dict[str, Any]) -> tuple[Pair, ...]:
    """The plan that `so_far` has kept; nothing where there is none."""
    return tuple(Pair(*row) for row in kept.get("placements", ()))


def _lines(problem: Problem, plan: tuple[Pair, ...], filled: int, gaps: int) -> Iterable[tuple[str, str]]:
    held = len({pair.session for pair in plan})
    yield "开课", f"{len(problem.sessions)} 场里 {held} 场开得起来"
    yield "补缺", f"{gaps} 个空缺排上 {filled} 个"
    newcomers = sum(person.first_by is not None for person in problem.volunteers)
    if newcomers:
        waiting = TIERS["waiting"].cost(problem, plan)
        yield "新人", f"{newcomers} 位新人里 {newcomers - waiting} 位有了第一次"
    loads = Counter(pair.volunteer for pair in plan)
    if loads:
        yield "公平", f"{len(loads)} 人来，最多的一位 {max(loads.values())} 次"
    known = sum((p.volunteer, problem.session[p.session].series) in problem.served for p in plan)
    yield "熟悉", f"{known} 人次来过这个班"
    near = sum(problem.volunteer[p.volunteer].home == problem.session[p.session].community for p in plan)
    yield "就近", f"{near} 人次在本社区"
