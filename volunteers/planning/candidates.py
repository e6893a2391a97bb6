"""Who could take one place now, ranked, and what is in everybody else's way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from volunteers.matching.locks import sort_locks
from volunteers.matching.problem import Placement as Pair
from volunteers.matching.problem import Problem
from volunteers.matching.rank import PERSONAL, obstacle, rank
from volunteers.matching.reasons import reasons
from volunteers.matching.standing import Standing
from volunteers.models import Placement, Shift, Volunteer
from volunteers.planning import words
from volunteers.planning.load import Index, load_problem
from volunteers.planning.remarks import remarks
from volunteers.planning.tiers import order_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may take the place; `reasons` are rows of code, label and text."""

    volunteer: Volunteer
    reasons: list[dict[str, Any]]
    recent: int
    this_week: int
    costs: tuple[int, ...] = ()
    """What it costs to take this person, tier by tier, in the order that the community has chosen."""

    @property
    def load_text(self) -> str:
        """How much the person does already."""
        week = f"，这周已有 {self.this_week} 次" if self.this_week else ""
        return f"近四周 {self.recent} 次{week}"


@dataclass(frozen=True, slots=True)
class Candidates:
    """The best people first; `excluded` are rows of rule, label, count and volunteers.

    `possible` counts everybody who may take the place, those beyond the limit included.
    """

    candidates: list[Candidate]
    excluded: list[dict[str, Any]]
    possible: int = 0


def candidates(*, shift: Shift, now: datetime, limit: int = 9) -> Candidates:
    """Candidates for one place of a shift as its week stands, ranked in the order that its community has chosen.

    A constant number of queries.
    """
    problem, index = _week_of(shift, now)
    role = index.roles.get(shift.pk)
    if role is None:
        return Candidates([], [])
    standing = sort_locks(problem)[0].values()
    order = order_of(shift.session.community_id).tiers
    ranking = rank(problem, standing, shift.session_id, role, limit=limit, order=order)
    meeting = problem.session[shift.session_id]
    week = Standing(problem, standing)
    said = remarks([c.volunteer for c in ranking.candidates], index)
    return Candidates(
        [
            Candidate(
                index.volunteers[c.volunteer],
                words.reasons_of(c.reasons, meeting, c.volunteer, index, said[c.volunteer]),
                problem.volunteer[c.volunteer].recent_load,
                week.load(c.volunteer) + len(problem.volunteer[c.volunteer].busy),
                tuple(c.costs[tier] for tier in order),
            )
            for c in ranking.candidates
        ],
        [
            {"rule": rule, "label": label, "count": len(ids), "volunteers": [index.volunteers[pk] for pk in ids]}
            for group in ranking.excluded
            for rule, label, ids in words.told_apart(group.rule, group.label, group.volunteers, shift.session_id, index)
        ],
        ranking.possible,
    )


@dataclass(frozen=True, slots=True)
class Swap:
    """Whether somebody else may have a proposed place: `obstacle` is empty, or the rule in the way."""

    obstacle: str = ""
    reasons: tuple[dict[str, Any], ...] = ()


def consider_swap(*, placement: Placement, volunteer: Volunteer, now: datetime) -> Swap:
    """What is in the way of this volunteer taking over a proposed place, else the reasons for it.

    Counts what is agreed and what the same proposal puts beside it.
    """
    problem, index = _week_of(placement.shift, now)
    role = index.roles.get(placement.shift_id)
    if role is None:
        return Swap("这一场已经开始或停课了")
    if volunteer.pk not in problem.volunteer:
        return Swap("暂停或离开了")
    plan = {*sort_locks(problem)[0].values(), *_proposed_beside(placement, problem, index)}
    if any(pair.volunteer == volunteer.pk and pair.session == placement.shift.session_id for pair in plan):
        return Swap("已经在这一场")
    standing = Standing(problem, sorted(plan))
    person, meeting = problem.volunteer[volunteer.pk], problem.session[placement.shift.session_id]
    rule = obstacle(standing, person, meeting, role, PERSONAL)
    if rule:
        _, label, _ = next(words.told_apart(rule.code, rule.label, [person.id], meeting.id, index))
        return Swap(label)
    found = reasons(standing, person, meeting, role)
    said = remarks([volunteer.pk], index)[volunteer.pk]
    return Swap(reasons=tuple(words.reasons_of(found, meeting, volunteer.pk, index, said)))


def _proposed_beside(placement: Placement, problem: Problem, index: Index) -> list[Pair]:
    others = Placement.objects.filter(
        proposal=placement.proposal_id,
        status=Placement.Status.PROPOSED,
        shift__session__in=list(problem.session),
    ).exclude(pk=placement.pk)
    return [
        Pair(other.volunteer_id, other.shift.session_id, role)
        for other in others.select_related("shift")
        if other.volunteer_id in problem.volunteer and (role := index.roles.get(other.shift_id))
    ]


def _week_of(shift: Shift, now: datetime) -> tuple[Problem, Index]:
    """The week of a shift in every community: a person's other places count wherever they are."""
    day = shift.session.on_date
    monday = day - timedelta(days=day.weekday())
    return load_problem(
        community=shift.session.community,
        from_on=monday,
        until_on=monday + timedelta(days=6),
        now=now,
        free_on=[day],
    )
