"""Takes a way out: the problem and the plan as they are once it has been done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from volunteers.matching.asking import bent
from volunteers.matching.gap import ASK, LOWER, MERGE, RECRUIT, TIME, WayOut
from volunteers.matching.problem import Placement, Problem
from volunteers.matching.reshaping import at_time, merged


class PlanHasMoved(Exception):
    """Somebody the way out would release is not in the plan any more."""


def apply(problem: Problem, plan: Iterable[Placement], way: WayOut) -> tuple[Problem, tuple[Placement, ...]]:
    """The problem and plan after everybody has said yes and everything has been changed.

    Raises PlanHasMoved where the plan is not the one the way out was found for, in the places it
    changes. Rules are not looked at again: `rules.broken` does that.
    """
    there = set(plan)
    if not there.issuperset(way.removed):
        raise PlanHasMoved(f"{sorted(set(way.removed) - there)} is not in the plan")
    after = (there - set(way.removed)) | set(way.added)
    return _changed(problem, way), tuple(sorted(after, key=lambda p: (p.session, p.role, p.volunteer)))


def _changed(problem: Problem, way: WayOut) -> Problem:
    session = problem.session[way.session]
    if way.kind == ASK:
        limits = {person.volunteer: person.limit for person in way.people if person.limit}
        people = (bent(v, limits[v.id], session) if v.id in limits else v for v in problem.volunteers)
        return replace(problem, volunteers=tuple(people))
    if way.kind == LOWER and way.wished is not None:
        lowered = replace(session, wished=way.wished)
        return replace(problem, sessions=tuple(lowered if s.id == session.id else s for s in problem.sessions))
    if way.kind == RECRUIT:
        return replace(problem, volunteers=(*problem.volunteers, *way.guests))
    if way.kind == TIME and way.time is not None:
        return at_time(problem, way.session, way.time, way.absent)
    if way.kind == MERGE and way.other is not None and way.need is not None:
        return merged(problem, way.session, way.other, way.need)
    return problem
