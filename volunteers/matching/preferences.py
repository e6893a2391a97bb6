"""What would be nice, in tiers: one class per tier, each with a cost in whole numbers.

`cost` is the meaning; `post` says the same to the solver. Tiers are solved in order or, for
the benchmark, added up with the weights of the problem file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from volunteers.matching.arrays import Name
from volunteers.matching.balance import Balance
from volunteers.matching.company import Row, add_rows, columns_at
from volunteers.matching.faces import Faces
from volunteers.matching.model import Model
from volunteers.matching.newcomers import Waiting
from volunteers.matching.preference import Preference
from volunteers.matching.problem import LEAD, Placement, Post, Problem, Session, Volunteer
from volunteers.matching.standing import Standing

__all__ = ["PREFERENCES", "TIERS", "Preference", "costs", "value"]

SECOND_HALF_COST = 2
FIRST_HALF_COST = 3
DIALECT_COST = 2
STRANGER_COST = 2
NEAR_KM = 2


class Unheld(Preference):
    """Every session is held; the more so the higher its priority."""

    code = "unheld"
    label = "开课"
    sentence = "每一场都开，重要的先开。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        held = {placement.session for placement in placements}
        return sum(session.priority for session in problem.sessions if session.id not in held)

    def post(self, model: Model) -> None:
        priority = np.array([session.priority for session in model.sessions], dtype=int)
        model.price(self.code, model.held, -priority)
        model.add_constant(self.code, int(priority.sum()))

    def least(self, standing: Standing, session: Session, role: str) -> int:
        return 0 if standing.held(session.id) else -session.priority

    def joining(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> int:
        return 0 if standing.held(session.id) else -session.priority


class Short(Preference):
    """Sessions have their wished people in every role, and dialect speakers; one not held lacks them all."""

    code = "short"
    label = "人手"
    sentence = "尽量排满每个岗位想要的人数，并有会说本地话的人。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        standing = Standing(problem, placements)
        return sum(self.of(standing, session) for session in problem.sessions)

    def of(self, standing: Standing, session: Session) -> int:
        """The cost of one session as it stands."""
        speakers = sum(person.dialect for person in standing.people(session.id))
        places = sum(self.lacking(post, standing.count(session.id, post.role)) for post in session.helped)
        return places + DIALECT_COST * max(0, session.dialect_wished - speakers)

    def lacking(self, post: Post, people: int) -> int:
        """The cost of so many people in one role."""
        places = max(0, post.wished - people)
        second = min(places, post.second_half)
        return SECOND_HALF_COST * second + FIRST_HALF_COST * (places - second)

    def post(self, model: Model) -> None:
        for number, role in enumerate(model.roles):
            if role != LEAD:
                self._post_role(model, number, role)
        seats = np.arange(len(model.sessions))
        speakers = np.array([session.dialect_wished for session in model.sessions], dtype=int)
        silent = model.add_columns(speakers, names=lambda: [("silent", session.id) for session in model.sessions])
        model.price(self.code, silent, np.full(len(seats), DIALECT_COST))
        speaks = np.array([volunteer.dialect for volunteer in model.volunteers], dtype=bool)
        heard = np.nonzero(speaks[model.who])[0]
        model.add_rows(
            len(seats),
            [(model.where[heard], heard, np.ones(len(heard))), (seats, silent, np.ones(len(seats)))],
            lower=speakers,
        )

    def _post_role(self, model: Model, number: int, role: str) -> None:
        """The shortage of one role in every session that has it."""
        posts = [(seat, post) for seat, one in enumerate(model.sessions) if (post := one.post(role))]
        seats = np.array([seat for seat, _ in posts], dtype=int)
        wished = np.array([post.wished for _, post in posts], dtype=int)
        second = np.array([post.second_half for _, post in posts], dtype=int)
        at = [model.sessions[seat].id for seat in seats.tolist()]
        less = model.add_columns(second, names=lambda: [("less", role, session) for session in at])
        more = model.add_columns(wished - second, names=lambda: [("more", role, session) for session in at])
        model.lack(seats, wished, less)
        model.lack(seats, np.zeros(len(seats), dtype=int), more)
        model.price(self.code, less, np.full(len(seats), SECOND_HALF_COST))
        model.price(self.code, more, np.full(len(seats), FIRST_HALF_COST))
        columns = np.nonzero((model.role == number) & np.isin(model.where, seats))[0]
        rows, ones = np.arange(len(seats)), np.ones(len(seats))
        model.add_rows(
            len(seats),
            [
                (np.searchsorted(seats, model.where[columns]), columns, np.ones(len(columns))),
                (rows, less, ones),
                (rows, more, ones),
            ],
            lower=wished,
        )

    def least(self, standing: Standing, session: Session, role: str) -> int:
        return self._saved(standing, session, role) - DIALECT_COST * self._is_silent(standing, session)

    def joining(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> int:
        heard = volunteer.dialect and self._is_silent(standing, session)
        return self._saved(standing, session, role) - DIALECT_COST * heard

    def _saved(self, standing: Standing, session: Session, role: str) -> int:
        """What one more person in the role adds, whoever it is: nothing or less."""
        post = session.post(role)
        if not post or role == LEAD:
            return 0
        there = standing.count(session.id, role)
        return self.lacking(post, there + 1) - self.lacking(post, there)

    def _is_silent(self, standing: Standing, session: Session) -> bool:
        """Whether another speaker of the dialect is wished for."""
        return sum(person.dialect for person in standing.people(session.id)) < session.dialect_wished


class Strange(Preference):
    """People come where they came last time, and where they know the learners."""

    code = "strange"
    label = "熟悉"
    sentence = "尽量请来过这个班、认识这里学员的人。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        return sum(self.of(problem, p.volunteer, problem.session[p.session]) for p in placements)

    def of(self, problem: Problem, volunteer: int, session: Session) -> int:
        """The cost of one person at one session; negative for somebody who knows many."""
        pair = (volunteer, session.series)
        stranger = 0 if pair in problem.served else STRANGER_COST
        return stranger - problem.learners_known.get(pair, 0)

    def post(self, model: Model) -> None:
        costs = [
            self.of(model.problem, model.volunteers[who].id, model.sessions[where])
            for who, where in zip(model.who, model.where, strict=True)
        ]
        model.price(self.code, model.pairs, np.array(costs))

    def alone(self, problem: Problem) -> bool:
        return True

    def joining(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> int:
        return self.of(standing.problem, volunteer.id, session)


class Uneven(Preference):
    """The work is shared: squares of loads, what was done recently included."""

    code = "uneven"
    label = "公平"
    sentence = "大家轮着来，最近来得多的人少排。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        loads: dict[int, int] = {}
        for placement in placements:
            loads[placement.volunteer] = loads.get(placement.volunteer, 0) + 1
        return sum(load * (2 * problem.volunteer[v].recent_load + load) for v, load in loads.items())

    def post(self, model: Model) -> None:
        possible = np.bincount(model.who, minlength=model.shape[0])
        limits = [volunteer.max_total for volunteer in model.volunteers]
        cap = np.array([possible.max(initial=0) if x is None else x for x in limits], dtype=int)
        steps = np.minimum(possible, cap)
        person = np.repeat(np.arange(model.shape[0]), steps)
        step = np.arange(len(person)) - np.repeat(np.cumsum(steps) - steps, steps)
        recent = np.array([volunteer.recent_load for volunteer in model.volunteers], dtype=int)

        def names() -> list[Name]:
            loads = zip(person.tolist(), step.tolist(), strict=True)
            return [(self.code, model.volunteers[who].id, place) for who, place in loads]

        units = model.add_columns(np.ones(len(person)), names=names)
        model.price(self.code, units, 2 * (recent[person] + step) + 1)
        model.add_rows(
            model.shape[0],
            [
                (model.who, model.pairs, np.ones(len(model.pairs))),
                (person, units, -np.ones(len(person))),
            ],
            lower=0,
            upper=0,
        )

    def alone(self, problem: Problem) -> bool:
        return True

    def joining(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> int:
        return 2 * (volunteer.recent_load + standing.load(volunteer.id)) + 1


class Wishes(Preference):
    """Favourite programmes, weekdays and times, favourite company, and a short way from home."""

    code = "wishes"
    label = "方便"
    sentence = "照顾本人喜欢的项目、时间和同伴，就近安排。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        pairs = sum(self.of(problem, problem.volunteer[p.volunteer], problem.session[p.session]) for p in placements)
        there = _pairs(placements)
        liked = set(problem.liked)
        return pairs + sum(v == one and (other, s) not in there for one, other in liked for v, s in there)

    def of(self, problem: Problem, volunteer: Volunteer, session: Session) -> int:
        """The cost of one person at one session, whoever else comes."""
        return (
            dict(volunteer.programme_cost).get(session.programme, 0)
            + volunteer.weekday_cost[session.starts_at.weekday()]
            + self.distance(problem, volunteer, session)
            + self.time(problem, volunteer, session)
        )

    def distance(self, problem: Problem, volunteer: Volunteer, session: Session) -> int:
        """0 in the home community, 1 up to two kilometres, else 2."""
        if volunteer.home == session.community:
            return 0
        return 1 if problem.km(volunteer.home, session.community) <= NEAR_KM else 2

    def time(self, problem: Problem, volunteer: Volunteer, session: Session) -> int:
        """`possible_cost` for a stated time that is not a preferred one."""
        if not problem.possible_cost:
            return 0
        window = volunteer.window(session)
        return problem.possible_cost if window is not None and not window.preferred else 0

    def post(self, model: Model) -> None:
        costs = [
            self.of(model.problem, model.volunteers[who], model.sessions[where])
            for who, where in zip(model.who, model.where, strict=True)
        ]
        model.price(self.code, model.pairs, np.array(costs))
        self._post_company(model)

    def _post_company(self, model: Model) -> None:
        """A column for each session of somebody's without a person they like: missed >= own - other's."""
        rows: list[Row] = []
        for one, other in sorted(set(model.problem.liked)):
            first, second = columns_at(model, one), columns_at(model, other)
            for seat, own in first.items():
                company = second.get(seat, [])
                rows.append(([*own, *company], [*[1.0] * len(own), *[-1.0] * len(company)]))
        if not rows:
            return
        missed = model.add_columns(np.ones(len(rows)))
        model.price(self.code, missed, np.ones(len(rows), dtype=int))
        add_rows(model, [([*a, int(m)], [*b, -1.0]) for (a, b), m in zip(rows, missed, strict=True)], upper=0)

    def alone(self, problem: Problem) -> bool:
        return not problem.liked

    def joining(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> int:
        problem = standing.problem
        here = {placement.volunteer for placement in standing.at[session.id]} if problem.liked else set()
        pairs = set(problem.liked)
        missed = sum(one == volunteer.id and other not in here for one, other in pairs)
        met = sum(other == volunteer.id and one in here for one, other in pairs)
        return self.of(problem, volunteer, session) + missed - met


class Change(Preference):
    """The plan people know stays: pairs that come and pairs that go count one each."""

    code = "change"
    label = "少变动"
    sentence = "和已经公布的安排尽量一致。"

    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        if problem.previous is None:
            return 0
        return len(_pairs(problem.previous) ^ _pairs(placements))

    def post(self, model: Model) -> None:
        if model.problem.previous is None:
            return
        known = _pairs(model.problem.previous)
        costs = [
            -1 if (model.volunteers[who].id, model.sessions[where].id) in known else 1
            for who, where in zip(model.who, model.where, strict=True)
        ]
        model.price(self.code, model.pairs, np.array(costs))
        model.add_constant(self.code, len(known))

    def alone(self, problem: Problem) -> bool:
        return True

    def joining(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> int:
        previous = standing.problem.previous
        if previous is None:
            return 0
        return -1 if (volunteer.id, session.id) in _pairs(previous) else 1


def _pairs(placements: Iterable[Placement]) -> set[tuple[int, int]]:
    return {(placement.volunteer, placement.session) for placement in placements}


PREFERENCES: tuple[Preference, ...] = (
    Unheld(),
    Short(),
    Waiting(),
    Faces(),
    Strange(),
    Balance(),
    Uneven(),
    Wishes(),
    Change(),
)
TIERS = {preference.code: preference for preference in PREFERENCES}


def costs(problem: Problem, placements: Sequence[Placement]) -> dict[str, int]:
    """What a plan costs in each tier."""
    return {tier.code: tier.cost(problem, placements) for tier in PREFERENCES}


def value(problem: Problem, placements: Sequence[Placement]) -> int:
    """The tiers added up with the weights of the problem file."""
    return sum(problem.weight[t] * cost for t, cost in costs(problem, placements).items())
