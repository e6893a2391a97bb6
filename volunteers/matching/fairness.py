"""How evenly a plan shares the work, and whether newcomers get their first session in time."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from volunteers.matching.gates import GATES
from volunteers.matching.problem import HELPER, Placement, Problem, Session, Volunteer
from volunteers.matching.rank import obstacle
from volunteers.matching.standing import Standing

FIRST_WITHIN = timedelta(weeks=3)


@dataclass(frozen=True, slots=True)
class Load:
    """One person's sessions in the plan and before it, and the most the person has agreed to.

    `limit` adds up the person's own limits over the range; None where there is none.
    """

    volunteer: int
    sessions: int
    recent: int
    limit: int | None

    @property
    def share(self) -> float | None:
        """How much of the own limit is used; None without one, and for a limit of 0."""
        return self.sessions / self.limit if self.limit else None


@dataclass(frozen=True, slots=True)
class Fairness:
    """Numbers about everybody whom the gates admit to one session at least.

    `gini` is 0 when all come equally often and near 1 when one person does everything; the
    loads of the plan alone, and with what was done recently. `at_limit` are people at their own
    limit. Newcomers: `on_time` have their first session within three weeks of the first day,
    `late` later, `waiting` none; `could_start` of these could join a session as things stand.
    """

    loads: tuple[Load, ...]
    total: int
    mean: float
    least: int
    most: int
    gini: float
    gini_with_recent: float
    at_limit: tuple[int, ...]
    newcomers: int
    on_time: tuple[int, ...]
    late: tuple[int, ...]
    waiting: tuple[int, ...]
    could_start: tuple[int, ...]
    text: str

    @property
    def spread(self) -> int:
        """The most minus the least."""
        return self.most - self.least


def fairness(problem: Problem, placements: Collection[Placement]) -> Fairness:
    """How a plan that breaks no rule shares the work."""
    standing = Standing(problem, placements)
    able = [person for person in problem.volunteers if _able(problem, person)]
    loads = tuple(_load(problem, standing, person) for person in able)
    counts = [load.sessions for load in loads]
    newcomers = [person for person in able if person.newcomer]
    start = min((session.starts_at for session in problem.sessions), default=None)
    starts = {p.id: min((s.starts_at for s in standing.sessions_of[p.id]), default=None) for p in newcomers}
    on_time = tuple(pk for pk, day in starts.items() if start and day and day < start + FIRST_WITHIN)
    waiting = tuple(pk for pk, day in starts.items() if day is None)
    could = tuple(pk for pk in waiting if _could_start(standing, problem.volunteer[pk]))
    mean, gini = sum(counts) / max(1, len(counts)), _gini(counts)
    low, high = min(counts, default=0), max(counts, default=0)
    text = f"{len(able)} 人平均 {mean:.1f} 次，最多 {high} 次，最少 {low} 次，基尼系数 {gini:.2f}"
    if newcomers:
        text += f"；{len(newcomers)} 位新人里 {len(on_time)} 位三周内有第一次，{len(waiting)} 位还在等"
    return Fairness(
        loads=loads,
        total=sum(counts),
        mean=mean,
        least=low,
        most=high,
        gini=gini,
        gini_with_recent=_gini([load.sessions + load.recent for load in loads]),
        at_limit=tuple(load.volunteer for load in loads if load.limit is not None and load.sessions >= load.limit),
        newcomers=len(newcomers),
        on_time=on_time,
        late=tuple(pk for pk in starts if pk not in on_time and pk not in waiting),
        waiting=waiting,
        could_start=could,
        text=text,
    )


def _able(problem: Problem, person: Volunteer) -> bool:
    return any(all(gate.admits(problem, person, session, HELPER) for gate in GATES) for session in problem.sessions)


def _load(problem: Problem, standing: Standing, person: Volunteer) -> Load:
    return Load(person.id, standing.load(person.id), person.recent_load, _limit(person, problem.sessions))


def _limit(person: Volunteer, sessions: Collection[Session]) -> int | None:
    """The least of the total and of the weekly and monthly limits times the weeks and months."""
    weeks, months = {session.week for session in sessions}, {session.month for session in sessions}
    spans = ((person.max_total, 1), (person.max_per_week, len(weeks)), (person.max_per_month, len(months)))
    return min((limit * count for limit, count in spans if limit is not None), default=None)


def _could_start(standing: Standing, person: Volunteer) -> bool:
    """Whether a session that is held has an empty place that this person may take now."""
    return any(
        standing.held(session.id)
        and standing.helpers(session.id) < session.wished
        and obstacle(standing, person, session, HELPER) is None
        for session in standing.problem.sessions
    )


def _gini(numbers: Collection[int]) -> float:
    """Half the mean difference of two people, over the mean; 0 where there is nothing to share."""
    total, count = sum(numbers), len(numbers)
    if not total:
        return 0.0
    ranked = math.fsum((2 * place - count - 1) * number for place, number in enumerate(sorted(numbers), 1))
    return ranked / (count * total)
