"""How evenly a plan shares the work, and whether newcomers get their first session in time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from volunteers.matching.gap import name_of
from volunteers.matching.gates import GATES
from volunteers.matching.limits import LIMITS
from volunteers.matching.problem import HELPER, Lock, Placement, Problem, Session, Volunteer
from volunteers.matching.rank import obstacle
from volunteers.matching.slices import cut
from volunteers.matching.solve import solve
from volunteers.matching.standing import Standing

FIRST_WITHIN = timedelta(weeks=3)
ALONE = (*GATES, *LIMITS)
"""The rules that can keep somebody away whoever else comes."""
TOO_FEW = "staffed", "这一场凑不够安全的人数"
NO_SESSION = "no-session", "这段时间没有场次"


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
class NoPlace:
    """Somebody who cannot have a first session in time, and the rule most often in the way."""

    volunteer: int
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Fairness:
    """Numbers about everybody whom the gates admit to one session at least.

    `gini` is 0 when all come equally often and near 1 when one person does everything; the
    loads of the plan alone, and with what was done recently. `at_limit` are people at their own
    limit. Newcomers and whoever waits: `on_time` have a session by their day (`first_by`, or three
    weeks after the first day), `late` have one later, `waiting` none. Of the last two, `could_start`
    could join a session in time as things stand, and for those in `no_place` no plan that keeps the
    rules has one in time. The others would take a place from somebody else or from another session.
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
    no_place: tuple[NoPlace, ...]
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
    first = _Firsts(problem, standing)
    newcomers = [person for person in problem.volunteers if person.first_by or (person.newcomer and person in able)]
    on_time, late, waiting = first.sorted(newcomers)
    left = [problem.volunteer[pk] for pk in (*late, *waiting)]
    could = tuple(person.id for person in left if first.could_start(person))
    no_place = tuple(found for person in left if person.id not in could and (found := first.no_place(person)))
    mean, gini = sum(counts) / max(1, len(counts)), _gini(counts)
    low, high = min(counts, default=0), max(counts, default=0)
    text = f"{len(able)} 人平均 {mean:.1f} 次，最多 {high} 次，最少 {low} 次，基尼系数 {gini:.2f}"
    if newcomers:
        text += f"；{len(newcomers)} 位新人里 {len(on_time)} 位三周内有第一次，{len(waiting)} 位还在等"
    if no_place:
        text += f"，{len(no_place)} 位三周内没有合规的位置"
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
        late=late,
        waiting=waiting,
        could_start=could,
        no_place=no_place,
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


class _Firsts:
    """Who has a first session in time, and who could have one."""

    def __init__(self, problem: Problem, standing: Standing) -> None:
        self.problem, self.standing, self.empty = problem, standing, Standing(problem)
        start = min((session.starts_at for session in problem.sessions), default=None)
        self.last = (start + FIRST_WITHIN - timedelta(days=1)).date() if start else None

    def early(self, person: Volunteer) -> list[Session]:
        """The sessions by the person's day, the first one first."""
        last = person.first_by or self.last
        found = [session for session in self.problem.sessions if last and session.starts_at.date() <= last]
        return sorted(found, key=lambda session: (session.starts_at, session.id))

    def sorted(self, people: Collection[Volunteer]) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """Those in time, those too late and those without any session."""
        has = {person.id: {s.id for s in self.standing.sessions_of[person.id]} for person in people}
        on_time = [p.id for p in people if has[p.id] & {session.id for session in self.early(p)}]
        late = [pk for pk, sessions in has.items() if sessions and pk not in on_time]
        return tuple(on_time), tuple(late), tuple(pk for pk, sessions in has.items() if not sessions)

    def could_start(self, person: Volunteer) -> bool:
        """Whether a session that is held has an empty place that this person may take now."""
        return any(
            self.standing.held(session.id)
            and self.standing.helpers(session.id) < session.helpers.wished
            and obstacle(self.standing, person, session, HELPER) is None
            for session in self.early(person)
        )

    def no_place(self, person: Volunteer) -> NoPlace | None:
        """What is in the way of any early session whatsoever; None if one could be held with the person."""
        stopped: Counter[tuple[str, str]] = Counter()
        for session in self.early(person):
            rule = obstacle(self.empty, person, session, HELPER, ALONE)
            if rule:
                stopped[rule.code, rule.label] += 1
            elif self._held_with(person, session):
                return None
            else:
                stopped[TOO_FEW] += 1
        (rule_code, label), _ = (stopped or Counter([NO_SESSION])).most_common(1)[0]
        return NoPlace(person.id, rule_code, f"{name_of(self.problem, person.id)}：{label}")

    def _held_with(self, person: Volunteer, session: Session) -> bool:
        """Whether this session alone can be staffed by the rules with the person in it."""
        forced = Lock(person.id, session.id)
        part = cut(replace(self.problem, locked=(*self.problem.locked, forced)), (), {session.id})
        return any(p.volunteer == person.id for p in solve(part, tiers=("unheld",)).placements)


def _gini(numbers: Collection[int]) -> float:
    """Half the mean difference of two people, over the mean; 0 where there is nothing to share."""
    total, count = sum(numbers), len(numbers)
    if not total:
        return 0.0
    ranked = math.fsum((2 * place - count - 1) * number for place, number in enumerate(sorted(numbers), 1))
    return ranked / (count * total)
