"""Who could take one place now, best first; and for everybody else, what is in the way.

Live counters only, no solve: milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from volunteers.matching.gates import GATES, Rule
from volunteers.matching.limits import LIMITS
from volunteers.matching.preferences import PREFERENCES
from volunteers.matching.problem import Placement, Problem, Session, Volunteer
from volunteers.matching.reasons import Reason, reasons
from volunteers.matching.staffing import STAFFING
from volunteers.matching.standing import Standing

PERSONAL: tuple[Rule, ...] = (*GATES, *LIMITS, *STAFFING)
"""The rules that can keep one person from joining, in the order of explanations."""
HERE = ("here", "已在这一场")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may take the place: why, and what it costs in each tier."""

    volunteer: int
    reasons: tuple[Reason, ...]
    costs: dict[str, int]


@dataclass(frozen=True, slots=True)
class Excluded:
    """Everybody whom the same rule excludes first, counted once."""

    rule: str
    label: str
    volunteers: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.volunteers)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best candidates for one place, and the rest of the people by obstacle."""

    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]
    possible: int
    """How many may take the place, those beyond the limit included."""


def rank(
    problem: Problem,
    placements: Iterable[Placement],
    session_id: int,
    role: str,
    limit: int = 10,
    order: Sequence[str] | None = None,
) -> Ranking:
    """The best people for one more place of a role at a session, as the plan stands.

    Leave a drop-out's placement out of `placements` to ask for substitutes. Ordered by the
    weighted cost of joining or, with `order`, by these tiers one after the other.
    """
    standing = Standing(problem, placements)
    session = problem.session[session_id]
    excluded = obstacles(standing, session, role)
    stopped = {volunteer for group in excluded for volunteer in group.volunteers}
    people = [volunteer for volunteer in problem.volunteers if volunteer.id not in stopped]
    return ranking(standing, session, role, people, excluded, limit, order)


def ranking(
    standing: Standing,
    session: Session,
    role: str,
    people: Sequence[Volunteer],
    excluded: Iterable[Excluded],
    limit: int,
    order: Sequence[str] | None,
) -> Ranking:
    """The ranking where these people may take the place, and those are excluded."""
    best = best_of(standing, session, role, people, limit, order)
    return Ranking(
        tuple(Candidate(person.id, tuple(reasons(standing, person, session, role)), cost) for person, cost in best),
        tuple(excluded),
        len(people),
    )


def obstacles(standing: Standing, session: Session, role: str, rules: Sequence[Rule] = PERSONAL) -> list[Excluded]:
    """Everybody who may not join, once each, at the first rule in the way; in rule order.

    The first group is the people who are there already.
    """
    here = {placement.volunteer for placement in standing.at[session.id]}
    groups: dict[tuple[str, str], list[int]] = {HERE: sorted(here)}
    groups |= {(rule.code, rule.label): [] for rule in rules}
    for volunteer in standing.problem.volunteers:
        if volunteer.id not in here:
            first = obstacle(standing, volunteer, session, role, rules)
            if first is not None:
                groups[first.code, first.label].append(volunteer.id)
    return [Excluded(*key, tuple(people)) for key, people in groups.items() if people]


def obstacle(
    standing: Standing,
    volunteer: Volunteer,
    session: Session,
    role: str,
    rules: Sequence[Rule] = PERSONAL,
) -> Rule | None:
    """The first rule that keeps this volunteer from joining; None where nothing does."""
    for rule in rules:
        if rule.stops(standing, volunteer, session, role):
            return rule
    return None


def best_of(
    standing: Standing,
    session: Session,
    role: str,
    people: Iterable[Volunteer],
    limit: int,
    order: Sequence[str] | None = None,
) -> list[tuple[Volunteer, dict[str, int]]]:
    """The cheapest of these people to add, with the cost in each tier."""
    priced = [(person, joining(standing, person, session, role)) for person in people]
    weight = standing.problem.weight

    def key(item: tuple[Volunteer, dict[str, int]]) -> tuple[tuple[int, ...], int]:
        person, cost = item
        if order is None:
            return (sum(weight[tier] * amount for tier, amount in cost.items()),), person.id
        return tuple(cost[tier] for tier in order), person.id

    return sorted(priced, key=key)[:limit]


def joining(standing: Standing, person: Volunteer, session: Session, role: str) -> dict[str, int]:
    """What it adds to each tier if this person joins."""
    return {tier.code: tier.joining(standing, person, session, role) for tier in PREFERENCES}
