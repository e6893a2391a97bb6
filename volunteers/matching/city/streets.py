"""A city divided into streets: each one's sessions and people, and who may serve in several.

A session belongs to the street of its community. Every hard rule and every tier concerns one session,
except those about one person's own plan; so two streets share nothing but the time of their
travellers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter

from volunteers.matching.locks import sort_locks
from volunteers.matching.problem import Community, Lock, Placement, Problem, Session, Volunteer

REGION_SESSIONS = 2_000
"""The streets of one region have so many sessions at most, if there is more than one street in it."""
NO_STREET = -1
"""Communities without a street make up one street together."""


class City:
    """A problem with its streets. Streets without sessions are none."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.street_of = {c.id: NO_STREET if c.street is None else c.street for c in problem.communities}
        self.sessions: dict[int, list[Session]] = {}
        for session in problem.sessions:
            self.sessions.setdefault(self.street_of[session.community], []).append(session)
        self.streets = tuple(sorted(self.sessions))
        self.streets_of = {volunteer.id: self._reached(volunteer) for volunteer in problem.volunteers}
        self.travellers = tuple(number for number, streets in self.streets_of.items() if len(streets) > 1)
        self.locks, self.conflicts = sort_locks(problem)
        self.locks_of = _grouped(self.locks, lambda lock: lock.volunteer)

    def _reached(self, volunteer: Volunteer) -> tuple[int, ...]:
        """The streets where somebody may serve, that of the home first."""
        home = self.street_of[volunteer.home]
        found = {self.street_of[place] for place in volunteer.reach} & self.sessions.keys()
        return tuple(sorted(found, key=lambda street: (street != home, street)))

    def street(self, session: int) -> int:
        """The street of a session."""
        return self.street_of[self.problem.session[session].community]

    @cached_property
    def _about(self) -> _About:
        """What the problem says about series, sessions and people, by series, street and person."""
        problem = self.problem
        return _About(
            history=_grouped(problem.history, itemgetter(1)),
            known=_grouped(problem.known, itemgetter(1)),
            faces=_grouped(problem.faces, itemgetter(0)),
            locked=_grouped(self.locks, lambda lock: self.street(lock.session)),
            barred=_grouped(problem.barred, lambda pair: self.street(pair[1])),
            previous=_grouped(problem.previous or (), lambda placement: self.street(placement.session)),
            apart=_grouped(problem.apart, itemgetter(0)),
            together=_grouped(problem.together, itemgetter(0)),
            liked=_grouped(problem.liked, itemgetter(0)),
        )

    @cached_property
    def _people(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, streets in self.streets_of.items():
            for street in streets:
                found.setdefault(street, []).append(number)
        return found

    def part(self, streets: Collection[int], change: Callable[[Volunteer], Volunteer] | None = None) -> Problem:
        """The problem of these streets alone, with everybody who can be of use there.

        `change` is applied to each of them. Whoever is only there because of a pair or an old plan
        waits for no first session here.
        """
        about = self._about
        sessions = tuple(session for street in streets for session in self.sessions[street])
        own = {number for street in streets for number in self._people.get(street, ())}
        locked, barred, previous = (_of(rows, streets) for rows in (about.locked, about.barred, about.previous))
        people = own | {one.volunteer for one in (*locked, *previous)} | {number for number, _ in barred}
        people |= {other for pairs in (about.together, about.liked) for _, other in _of(pairs, people)}
        series = dict.fromkeys(session.series for session in sessions)
        volunteers = [v if v.id in own else replace(v, first_by=None) for v in self._in_order(people)]
        return replace(
            self.problem,
            name=f"{self.problem.name}/{'+'.join(map(str, streets))}",
            sessions=sessions,
            volunteers=tuple(map(change, volunteers) if change else volunteers),
            communities=self._places(sessions, volunteers),
            history=tuple(row for row in _of(about.history, series) if row[0] in people),
            known=tuple(row for row in _of(about.known, series) if row[0] in people),
            faces=tuple(
                (one, learner, *(v for v in those if v in people)) for one, learner, *those in _of(about.faces, series)
            ),
            locked=tuple(locked),
            barred=tuple(barred),
            previous=None if self.problem.previous is None else tuple(previous),
            apart=_among(about.apart, people),
            together=_among(about.together, people),
            liked=_among(about.liked, people),
        )

    def _in_order(self, people: Collection[int]) -> list[Volunteer]:
        return [self.problem.volunteer[number] for number in sorted(people, key=self._place.__getitem__)]

    @cached_property
    def _place(self) -> dict[int, int]:
        return {volunteer.id: place for place, volunteer in enumerate(self.problem.volunteers)}

    def _places(self, sessions: Iterable[Session], volunteers: Iterable[Volunteer]) -> tuple[Community, ...]:
        used = {session.community for session in sessions}
        for volunteer in volunteers:
            used |= {volunteer.home, *volunteer.reach, *(busy.community for busy in volunteer.busy)}
        return tuple(community for community in self.problem.communities if community.id in used)

    def regions(self) -> list[tuple[int, ...]]:
        """The streets in groups of limited size that share as many travellers as can be, one after the other."""
        shared: Counter[tuple[int, int]] = Counter()
        for number in self.travellers:
            streets = self.streets_of[number]
            shared.update((a, b) for a in streets for b in streets if a != b)
        left, found = dict.fromkeys(self.streets), []
        while left:
            region = [next(iter(left))]
            room = REGION_SESSIONS - len(self.sessions[region[0]])
            del left[region[0]]
            while near := [s for s in left if len(self.sessions[s]) <= room]:
                best = max(near, key=lambda s: (sum(shared[s, inside] for inside in region), -s))
                region.append(best)
                room -= len(self.sessions[best])
                del left[best]
            found.append(tuple(sorted(region)))
        return found


@dataclass(frozen=True, slots=True)
class _About:
    """Rows by what they are about: series, street, or the first person of a pair."""

    history: dict[int, list[tuple[int, int]]]
    known: dict[int, list[tuple[int, int, int]]]
    faces: dict[int, list[tuple[int, ...]]]
    locked: dict[int, list[Lock]]
    barred: dict[int, list[tuple[int, int]]]
    previous: dict[int, list[Placement]]
    apart: dict[int, list[tuple[int, int]]]
    together: dict[int, list[tuple[int, int]]]
    liked: dict[int, list[tuple[int, int]]]


def _grouped[T](things: Iterable[T], key: Callable[[T], int]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for thing in things:
        found.setdefault(key(thing), []).append(thing)
    return found


def _of[T](rows: dict[int, list[T]], keys: Iterable[int]) -> list[T]:
    return [row for key in keys for row in rows.get(key, ())]


def _among(pairs: dict[int, list[tuple[int, int]]], people: Collection[int]) -> tuple[tuple[int, int], ...]:
    return tuple(pair for pair in _of(pairs, sorted(people)) if pair[1] in people)
