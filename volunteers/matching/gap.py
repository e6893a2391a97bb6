"""A gap and the ways out of it: the question, the answers as data, and the small solve behind both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from volunteers.matching.answer import Answer
from volunteers.matching.problem import Placement, Problem, Session, Volunteer
from volunteers.matching.recruit import lacks
from volunteers.matching.slices import cut
from volunteers.matching.solve import solve
from volunteers.matching.standing import Standing

ASK, MOVE, LOWER, RECRUIT, TIME, MERGE = "ask", "move", "lower", "recruit", "time", "merge"
TIERS = ("unheld", "short", "wishes", ("uneven", "strange"))
PRICE = 100
"""In the small solve the tier *wishes* counts the people to be asked: few first, then softly."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a way out needs, and the soft limit to ask about ("" = none, free to come)."""

    volunteer: int
    limit: str = ""


@dataclass(frozen=True, slots=True)
class WayOut:
    """One thing to do about a gap, what it gives, and whether a solve has confirmed it.

    `filled` are places of the gap's session that get somebody, `left` those still empty then;
    `held` tells whether the session takes place. What it takes is data, so that `applying.apply`
    can do it: `people` to ask, `wished` to lower to, `guests` to recruit (virtual people of the
    kind), `time` to move the session to, `other` to join with `need` = (minimum, wished, maximum).
    `added` and `removed` are what becomes of the plan, `plan` is the whole of it, guests included.
    `absent` are people agreed or placed here who cannot come then.
    """

    kind: str
    text: str
    filled: int
    left: int
    held: bool
    people: tuple[Person, ...] = ()
    numbers: dict[str, Any] = field(default_factory=dict)
    plan: tuple[Placement, ...] | None = None
    proven: bool = False
    session: int = 0
    wished: int | None = None
    guests: tuple[Volunteer, ...] = ()
    time: tuple[datetime, datetime] | None = None
    other: int | None = None
    need: tuple[int, int, int] | None = None
    added: tuple[Placement, ...] = ()
    removed: tuple[Placement, ...] = ()
    absent: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """The question: one session of a plan, and how long each small solve may take."""

    problem: Problem
    plan: tuple[Placement, ...]
    session: Session
    standing: Standing
    seconds: float
    seed: int

    def lacking(self) -> int:
        """How many of its places are empty."""
        return lacks(self.standing, self.session)

    def gives(self, problem: Problem, plan: Iterable[Placement]) -> tuple[int, int]:
        """How many of the empty places a plan fills, and how many it leaves."""
        left = lacks(Standing(problem, plan), self.session)
        return self.lacking() - left, left

    def held(self) -> bool:
        """Whether it takes place as things stand."""
        return self.standing.held(self.session.id)

    def aims(self) -> list[int]:
        """How many helpers to reach: first what holds the session, then the wish."""
        session = self.session
        return [session.wished] if self.held() else list(dict.fromkeys((session.minimum, session.wished)))

    def result(self, filled: int, left: int) -> str:
        """What a way out gives, in words."""
        more = f"，还缺 {left} 位" if left else ""
        return f"这一场就开得起来{more}" if not self.held() else f"补上 {filled} 个名额{more}"

    def alone(self, *, wished: int | None = None, said_yes: tuple[Volunteer, ...] = ()) -> Problem:
        """The session cut out, whoever is there stays; without the wish for dialect.

        `said_yes` are people as they are after they have agreed to something.
        """
        agreed = {person.id: person for person in said_yes}
        people = tuple(agreed.get(person.id, person) for person in self.problem.volunteers)
        only = {self.session.id}
        part = cut(replace(self.problem, volunteers=people), self.plan, only, fixed=only)
        wished = self.session.wished if wished is None else wished
        return replace(part, sessions=(replace(self.session, wished=wished, dialect_wished=0),))

    def cheapest(self, part: Problem, wished: int, guests: dict[int, tuple[Volunteer, int]]) -> Answer:
        """Held, then filled up to `wished`, then with the cheapest guests: the prices are their wishes."""
        free = {person.id: self._priced(person, 0) for person in part.volunteers if person.id not in guests}
        priced = {pk: self._priced(person, price) for pk, (person, price) in guests.items()}
        session = replace(part.sessions[0], wished=wished)
        if wished < self.session.wished:
            session = replace(session, posts=tuple(replace(post, wished=post.minimum) for post in session.posts))
        everybody = replace(part, sessions=(session,), volunteers=tuple((free | priced).values()))
        return solve(everybody, seconds=self.seconds, seed=self.seed, tiers=TIERS)

    def _priced(self, person: Volunteer, price: int) -> Volunteer:
        cost = ((self.session.programme, price),)
        return replace(person, home=self.session.community, programme_cost=cost, weekday_cost=(0,) * 7)

    def way(self, kind: str, text: str, after: tuple[Placement, ...], **found: Any) -> WayOut:
        """A way out that leads to this whole plan."""
        before, then = set(self.plan), set(after)
        added, removed = tuple(sorted(then - before)), tuple(sorted(before - then))
        return WayOut(kind, text, session=self.session.id, plan=after, added=added, removed=removed, **found)


def name_of(problem: Problem, volunteer: int) -> str:
    """The person's name, or the number where the file has none."""
    return problem.volunteer[volunteer].name or f"{volunteer} 号"
