"""Relaxed staffing: how many places a timetable can fill, when people come once a day and so often a week.

Once the timetable stands this is a flow: a person's week, the days in it, the sessions of the day, the
places of a session. All limits are whole numbers, so the most places is a whole number too.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from classes.timetabling.parts import Need, Placement, Series, Volunteer, Window, covered
from classes.timetabling.problem import Problem

type Post = tuple[Placement, str]
"""One role at one session."""


def may_help(person: Volunteer, role: str, venue: int, time: Window) -> bool:
    """Whether somebody could take this role then and there."""
    return role in person.roles and venue in person.reach and covered(person.free, time)


class Supply:
    """Who could help where; the same question is answered once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._known: dict[tuple[str, int, Window], frozenset[int]] = {}
        self._here: dict[tuple[str, int, int], list[Volunteer]] = defaultdict(list)
        for person in problem.volunteers:
            if min(person.a_day, person.a_week) < 1:
                continue
            days = sorted({window.weekday for window in person.free})
            for role in person.roles:
                for venue in person.reach:
                    for day in days:
                        self._here[role, venue, day].append(person)

    def able(self, role: str, venue: int, time: Window) -> frozenset[int]:
        """The volunteers, by id, who could take this role then and there."""
        key = role, venue, time
        if key not in self._known:
            here = self._here.get((role, venue, time.weekday), ())
            self._known[key] = frozenset(person.id for person in here if covered(person.free, time))
        return self._known[key]

    def of(self, series: Series, need: Need, place: Placement) -> frozenset[int]:
        """Who could take one of these places at this session."""
        return self.able(need.role, self.problem.room[place.room].venue, series.time(place))


@dataclass(slots=True)
class Staffing:
    """Who takes which places, as far as supply goes: grows by augmenting paths."""

    supply: Supply
    a_day: dict[int, int]
    a_week: dict[int, int]
    taken: dict[Post, set[int]] = field(default_factory=dict)
    places: dict[Post, int] = field(default_factory=dict)
    own: dict[int, set[Post]] = field(default_factory=dict)

    @classmethod
    def empty(cls, supply: Supply) -> Staffing:
        """Nobody placed yet."""
        people = supply.problem.volunteers
        return cls(supply, {one.id: one.a_day for one in people}, {one.id: one.a_week for one in people})

    def copy(self) -> Staffing:
        """The same again, to try something."""
        return Staffing(
            self.supply,
            self.a_day,
            self.a_week,
            {post: set(people) for post, people in self.taken.items()},
            dict(self.places),
            {person: set(posts) for person, posts in self.own.items()},
        )

    @property
    def filled(self) -> int:
        """Places with somebody in them."""
        return sum(map(len, self.taken.values()))

    def filled_at(self, place: Placement) -> int:
        """Places with somebody in them at one session."""
        return sum(len(people) for (where, _), people in self.taken.items() if where == place)

    def add(self, series: Series, place: Placement) -> None:
        """Open the places of one more session and fill as many as can be."""
        for need in series.needs:
            post = place, need.role
            self.taken[post], self.places[post] = set(), need.places
            able = self.supply.of(series, need, place)
            while len(self.taken[post]) < min(need.places, len(able)) and self._augment(post):
                pass

    def remove(self, place: Placement) -> None:
        """Close the places of one session; whoever was there may now be elsewhere."""
        for post in [post for post in self.taken if post[0] == place]:
            for person in list(self.taken[post]):
                self._leave(person, post)
            del self.taken[post], self.places[post]
        for post in sorted(self.taken):
            while len(self.taken[post]) < self.places[post] and self._augment(post):
                pass

    def _augment(self, goal: Post) -> bool:
        """Find somebody for one more place, moving others between their sessions if need be."""
        came: dict[Post, tuple[int, Post, Post] | None] = {goal: None}
        queue = deque([goal])
        seen: set[object] = set()
        while queue:
            post = queue.popleft()
            place = post[0]
            for person in self._able(post):
                if person in self.taken[post]:
                    continue
                found = self._blocking(person, place, seen)
                if found is None:
                    self._shift(person, post, came)
                    return True
                for other in found:
                    if other not in came:
                        came[other] = (person, other, post)
                        queue.append(other)
        return False

    def _able(self, post: Post) -> list[int]:
        place, role = post
        problem = self.supply.problem
        time = problem.time(place)
        return sorted(self.supply.able(role, problem.room[place.room].venue, time))

    def _blocking(self, person: int, place: Placement, seen: set[object]) -> list[Post] | None:
        """What somebody would have to give up to come here; None if nothing, each thing once."""
        own = self.own.get(person, ())
        day = [post for post in own if post[0].weekday == place.weekday]
        here = [post for post in day if post[0] == place]
        if here:
            return self._once((person, place), here, seen)
        if len(day) >= self.a_day[person]:
            return self._once((person, place.weekday), day, seen)
        if len(own) >= self.a_week[person]:
            return self._once(person, list(own), seen)
        return None

    def _once(self, key: object, posts: list[Post], seen: set[object]) -> list[Post]:
        if key in seen:
            return []
        seen.add(key)
        return sorted(posts)

    def _shift(self, person: int, post: Post, came: dict[Post, tuple[int, Post, Post] | None]) -> None:
        """Along the path: this person joins here, and whoever the path moves leaves for there."""
        self._join(person, post)
        step = came[post]
        while step is not None:
            mover, left, joined = step
            self._leave(mover, left)
            self._join(mover, joined)
            step = came[joined]

    def _join(self, person: int, post: Post) -> None:
        self.taken[post].add(person)
        self.own.setdefault(person, set()).add(post)

    def _leave(self, person: int, post: Post) -> None:
        self.taken[post].discard(person)
        self.own[person].discard(post)


def staff(problem: Problem, placements: Iterable[Placement], supply: Supply | None = None) -> Staffing:
    """The most places that can be filled in a timetable, what is fixed included."""
    staffing = Staffing.empty(supply or Supply(problem))
    for place in sorted((*placements, *problem.settled)):
        staffing.add(problem.one[place.series], place)
    return staffing
