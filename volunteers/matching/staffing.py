"""Hard rules about the people of one session: enough, safe, and nobody left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from volunteers.matching.company import ComesWith, KeptApart
from volunteers.matching.gates import Broken, Rule, is_adult, is_cleared
from volunteers.matching.model import Model, Numbers
from volunteers.matching.problem import Placement, Problem, Session, Volunteer
from volunteers.matching.standing import Standing
from volunteers.matching.teams import tighten_company, tighten_experience


class StaffedSafely(Rule):
    """A session is staffed safely or not at all.

    Held means: exactly one lead if it needs one and none if not, and in every other role from its
    minimum to its maximum. Safety has no price: a session under its floor has nobody.
    """

    code = "staffed"
    label = "名额已满"
    sentence = "人数够安全才开：要讲师的有一位讲师，其他岗位不少于下限、不多于上限；不够就一个也不排。"

    def broken(self, problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
        standing = Standing(problem, placements)
        return [
            self.report(session, *standing.people(session.id))
            for session in standing.sessions()
            if not self.safe(standing, session)
        ]

    def safe(self, standing: Standing, session: Session) -> bool:
        """Whether the people there are enough, not too many, and all in roles of the session."""
        counts = Counter(placement.role for placement in standing.at[session.id])
        posts = [post for role in session.roles if (post := session.post(role))]
        return set(counts) <= set(session.roles) and all(
            post.minimum <= counts[post.role] <= post.maximum for post in posts
        )

    def stops(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> bool:
        post = session.post(role)
        return post is None or standing.count(session.id, role) >= post.maximum

    def screen(self, model: Model) -> None:
        for role, allowed in model.allowed.items():
            allowed &= np.array([role in session.roles for session in model.sessions], dtype=bool)[None, :]

    def post(self, model: Model) -> None:
        for number, role in enumerate(model.roles):
            posts = [(seat, post) for seat, one in enumerate(model.sessions) if (post := one.post(role))]
            if not posts:
                continue
            seats = np.array([seat for seat, _ in posts], dtype=int)
            columns = np.nonzero(model.role == number)[0]
            row = np.searchsorted(seats, model.where[columns])
            inside = (row, columns, np.ones(len(columns)))
            minimum = np.array([post.minimum for _, post in posts])
            maximum = np.array([post.maximum for _, post in posts])
            held = model.held[seats]
            if (minimum == maximum).all():
                model.add_rows(len(seats), [inside, (np.arange(len(seats)), held, -minimum)], lower=0, upper=0)
                continue
            model.add_rows(len(seats), [inside, (np.arange(len(seats)), held, -minimum)], lower=0)
            model.add_rows(len(seats), [inside, (np.arange(len(seats)), held, -maximum)], upper=0)


class TwoClearedAdults(Rule):
    """A held child session has at least two adults cleared on its date (domain 2.2).

    One adult alone with children is impossible by construction, at every moment: whoever is placed is
    there from the first minute to the last (`Free` admits nobody for a part), in whatever role. Places
    held for a club count as nobody.
    """

    code = "two-adults"
    label = "不算在两位成年人里"
    sentence = "四点半课堂至少有两位背景查询有效的成年人在场。"

    def broken(self, problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
        standing = Standing(problem, placements)
        found = []
        for session in standing.sessions():
            people = standing.people(session.id)
            adults = sum(self.counts(person, session) for person in people)
            if session.two_adults and adults < 2:
                found.append(self.report(session, *people))
        return found

    def counts(self, volunteer: Volunteer, session: Session) -> bool:
        """Whether this person is one of the two."""
        return is_adult(volunteer, session) and is_cleared(volunteer, session)

    def post(self, model: Model) -> None:
        seats = np.array([s for s, one in enumerate(model.sessions) if one.two_adults], dtype=int)
        number = np.full(len(model.sessions), -1)
        number[seats] = np.arange(len(seats))
        row = number[model.where]
        counted = [
            at >= 0 and self.counts(model.volunteers[who], model.sessions[where])
            for at, who, where in zip(row, model.who, model.where, strict=True)
        ]
        used = np.nonzero(counted)[0]
        model.add_rows(
            len(seats),
            [
                (row[used], used, np.ones(len(used))),
                (number[seats], model.held[seats], np.full(len(seats), -2)),
            ],
            lower=0,
        )


class NewcomersAreAccompanied(Rule):
    """In a session there are no more newcomers than experienced people, whatever their roles."""

    code = "newcomers"
    label = "这一场新人已经够多"
    sentence = "一场里新人不多于有经验的人。"

    def broken(self, problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
        standing = Standing(problem, placements)
        found = []
        for session in standing.sessions():
            people = standing.people(session.id)
            newcomers = [person for person in people if person.newcomer]
            if 2 * len(newcomers) > len(people):
                found.append(self.report(session, *newcomers))
        return found

    def stops(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> bool:
        people = standing.people(session.id)
        newcomers = sum(person.newcomer for person in people)
        return volunteer.newcomer and 2 * (newcomers + 1) > len(people) + 1

    def post(self, model: Model) -> None:
        newcomer = np.array([volunteer.newcomer for volunteer in model.volunteers], dtype=bool)
        sign = np.where(newcomer[model.who], 1.0, -1.0)
        mixed = np.unique(model.where[newcomer[model.who]])
        used = np.nonzero(np.isin(model.where, mixed))[0]
        row = np.searchsorted(mixed, model.where[used])
        model.add_rows(len(mixed), [(row, used, sign[used])], upper=0)

    def tighten(self, model: Model, values: Numbers) -> None:
        tighten_experience(model, values)


class NeverAloneFromTheClub(Rule):
    """Whoever must not come alone from a club comes with another member of that club.

    Somebody without a club has no fellow members, so the rule does not concern them.
    """

    code = "club"
    label = "没有同社团的人同来"
    sentence = "不能单独来的人，要有同社团的人同来。"

    def broken(self, problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
        standing = Standing(problem, placements)
        found = []
        for session in standing.sessions():
            people = standing.people(session.id)
            for person in people:
                if not self.accompanied(person, people):
                    found.append(self.report(session, person))
        return found

    def accompanied(self, person: Volunteer, people: list[Volunteer]) -> bool:
        """Whether the rule is content with this person among these people."""
        if not person.not_alone or person.club is None:
            return True
        return any(other.club == person.club and other.id != person.id for other in people)

    def stops(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> bool:
        return not self.accompanied(volunteer, standing.people(session.id))

    def post(self, model: Model) -> None:
        groups: dict[tuple[int, int], list[int]] = {}
        for column, (who, where) in enumerate(zip(model.who, model.where, strict=True)):
            club = model.volunteers[who].club
            if club is not None:
                groups.setdefault((club, int(where)), []).append(column)
        rows: list[tuple[list[int], list[int]]] = []
        for group in groups.values():
            for timid in dict.fromkeys(model.who[group].tolist()):
                if model.volunteers[timid].not_alone:
                    own = [column for column in group if model.who[column] == timid]
                    rows.append((own, [column for column in group if model.who[column] != timid]))
        row = np.repeat(np.arange(len(rows)), [len(a) + len(b) for a, b in rows])
        columns = np.array([column for a, b in rows for column in (*a, *b)], dtype=int)
        sign = np.array([s for a, b in rows for s in (*[1.0] * len(a), *[-1.0] * len(b))])
        model.add_rows(len(rows), [(row.astype(int), columns, sign)], upper=0)

    def tighten(self, model: Model, values: Numbers) -> None:
        tighten_company(model, values)


STAFFING: tuple[Rule, ...] = (
    StaffedSafely(),
    TwoClearedAdults(),
    NewcomersAreAccompanied(),
    NeverAloneFromTheClub(),
    KeptApart(),
    ComesWith(),
)
