"""Hard rules about one person's whole plan: one place at a time, and own limits."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np

from volunteers.matching.cliques import conflict_cliques
from volunteers.matching.gates import Broken, Rule
from volunteers.matching.model import INFINITE, Model
from volunteers.matching.problem import Busy, Placement, Problem, Session, Volunteer
from volunteers.matching.standing import Standing


class OnePlaceAtATime(Rule):
    """Nobody is in two places: the next start waits for the rest and for the way there."""

    code = "one-place"
    label = "和别的场次冲突或间隔不够"
    sentence = "一个人不同时在两处，两场之间留够休息和路上的时间。"

    def broken(self, problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
        found = []
        standing = Standing(problem, placements)
        for number, sessions in standing.sessions_of.items():
            volunteer = problem.volunteer[number]
            for one, other in combinations(sessions, 2):
                if one.id == other.id or problem.clash(volunteer, one, other):
                    found.append(self.report(other, volunteer))
            for session in sessions:
                if self.elsewhere(problem, volunteer, session):
                    found.append(self.report(session, volunteer))
        return found

    def elsewhere(self, problem: Problem, volunteer: Volunteer, session: Session) -> bool:
        """Whether the volunteer has promised this time to something outside the plan."""
        return any(problem.clash(volunteer, busy, session) for busy in volunteer.busy)

    def screen(self, model: Model) -> None:
        for row, volunteer in enumerate(model.volunteers):
            if not volunteer.busy:
                continue
            free = [not self.elsewhere(model.problem, volunteer, s) for s in model.sessions]
            for allowed in model.allowed.values():
                allowed[row] &= np.array(free, dtype=bool)

    def stops(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> bool:
        return self.elsewhere(standing.problem, volunteer, session) or any(
            other.id == session.id or standing.problem.clash(volunteer, other, session)
            for other in standing.sessions_of.get(volunteer.id, ())
        )

    def post(self, model: Model) -> None:
        row, columns = conflict_cliques(model)
        count = int(row[-1]) + 1 if len(row) else 0
        model.add_rows(count, [(row, columns, np.ones(len(row)))], upper=1)


class PeriodLimit(Rule):
    """A volunteer has no more sessions in a period than they have agreed to."""

    def limit(self, volunteer: Volunteer) -> int | None:
        """The volunteer's own limit, None where there is none."""
        raise NotImplementedError

    def period(self, session: Session | Busy) -> tuple[int, int]:
        """The period a session belongs to."""
        raise NotImplementedError

    def spent(self, volunteer: Volunteer, period: tuple[int, int]) -> int:
        """How much of the limit is taken by what is not planned here."""
        return sum(self.period(busy) == period for busy in volunteer.busy)

    def broken(self, problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
        counts: dict[tuple[int, tuple[int, int]], list[int]] = {}
        for placement in placements:
            period = self.period(problem.session[placement.session])
            counts.setdefault((placement.volunteer, period), []).append(placement.session)
        found = []
        for (number, period), sessions in counts.items():
            volunteer = problem.volunteer[number]
            limit = self.limit(volunteer)
            if limit is not None and len(sessions) + self.spent(volunteer, period) > limit:
                found.append(self.report(problem.session[sessions[-1]], volunteer))
        return found

    def stops(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> bool:
        limit = self.limit(volunteer)
        if limit is None:
            return False
        others = standing.sessions_of.get(volunteer.id, [])
        if len(others) + len(volunteer.busy) < limit:
            return False
        period = self.period(session)
        own = sum(self.period(other) == period for other in others)
        return own + self.spent(volunteer, period) >= limit

    def post(self, model: Model) -> None:
        periods = [self.period(session) for session in model.sessions]
        number = {period: place for place, period in enumerate(dict.fromkeys(periods))}
        of_session = np.array([number[period] for period in periods], dtype=int)
        limits = [self.limit(volunteer) for volunteer in model.volunteers]
        cap = np.array([INFINITE if limit is None else limit for limit in limits], dtype=float)
        room = np.repeat(cap[:, None], max(1, len(number)), axis=1)
        for who, volunteer in enumerate(model.volunteers):
            if volunteer.busy:
                spent = [self.spent(volunteer, period) for period in number]
                room[who, : len(spent)] = np.maximum(0, room[who, : len(spent)] - spent)
        key, row, count = np.unique(
            model.who * len(number) + of_session[model.where], return_inverse=True, return_counts=True
        )
        upper = room.reshape(-1)[key]
        limiting = count > upper
        rank = np.cumsum(limiting) - 1
        used = np.nonzero(limiting[row])[0]
        model.add_rows(
            int(limiting.sum()), [(rank[row[used]], model.pairs[used], np.ones(len(used)))], upper=upper[limiting]
        )


class DayLimit(PeriodLimit):
    """A volunteer has no more sessions on one day than they have agreed to (domain 9.6: two)."""

    code = "day-limit"
    label = "这一天已排满"
    sentence = "一天里不超过本人愿意的次数。"

    def limit(self, volunteer: Volunteer) -> int | None:
        return volunteer.max_per_day

    def period(self, session: Session | Busy) -> tuple[int, int]:
        return session.starts_at.year, session.starts_at.timetuple().tm_yday


class WeekLimit(PeriodLimit):
    """A volunteer has no more sessions in one ISO week than they have agreed to."""

    code = "week-limit"
    label = "这一周已排满"
    sentence = "一周里不超过本人愿意的次数。"

    def limit(self, volunteer: Volunteer) -> int | None:
        return volunteer.max_per_week

    def period(self, session: Session | Busy) -> tuple[int, int]:
        return session.week


class MonthLimit(PeriodLimit):
    """A volunteer has no more sessions in one month than they have agreed to."""

    code = "month-limit"
    label = "这个月已排满"
    sentence = "一个月里不超过本人愿意的次数。"

    def limit(self, volunteer: Volunteer) -> int | None:
        return volunteer.max_per_month

    def period(self, session: Session | Busy) -> tuple[int, int]:
        return session.month


class TotalLimit(PeriodLimit):
    """A volunteer has no more sessions in the whole plan than they have agreed to."""

    code = "total-limit"
    label = "这段时间已排满"
    sentence = "整段时间里不超过本人愿意的次数。"

    def limit(self, volunteer: Volunteer) -> int | None:
        return volunteer.max_total

    def period(self, session: Session | Busy) -> tuple[int, int]:
        return 0, 0

    def spent(self, volunteer: Volunteer, period: tuple[int, int]) -> int:
        return 0


LIMITS: tuple[Rule, ...] = (OnePlaceAtATime(), DayLimit(), WeekLimit(), MonthLimit(), TotalLimit())
