"""Adds to a fictional problem what only some organisers use, so that every rule has work to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from volunteers.matching.parts import Away, Busy
from volunteers.matching.problem import Post, Problem, Session, Volunteer

HAS = {"greeting": 0.4, "maths": 0.3, "first-aid": 0.6}
"""How many have a skill; one of six runs out in the second week."""
POSTS = {
    "desk": Post("greeter", 0, 1, 1, ("greeting",), "引导"),
    "child": Post("tutor", 0, 1, 2, ("maths",), "数学辅导"),
}
LONGEST_WAIT = timedelta(days=20)
CLUBS = (0, 1, 2, 3)
KNOWN_TO = 3
"""Of the people who know learners of a series, so many at most are the familiar faces of one learner."""


def enrich(problem: Problem, *, seed: int = 0) -> Problem:
    """The problem with roles, skills, absences, held places, pairs of people, familiar faces and bars.

    Random, the same for the same seed; the problem has a session and two volunteers at least.
    """
    chance = Random(seed)
    first = min(session.starts_at.date() for session in problem.sessions)
    people = tuple(_person(chance, person, first) for person in problem.volunteers)
    return replace(
        problem,
        name=f"{problem.name}-rich",
        sessions=tuple(_session(chance, session) for session in problem.sessions),
        volunteers=people,
        barred=_some(chance, [(v.id, s.id) for v in people for s in problem.sessions], 0.002),
        apart=_pairs(chance, people, 0.02),
        together=_pairs(chance, people, 0.01),
        liked=_pairs(chance, people, 0.05),
        faces=_faces(chance, problem),
        possible_cost=1,
    )


def _session(chance: Random, session: Session) -> Session:
    """Now and then a post, a skill that all need, places held for a club, and experienced people."""
    post = POSTS.get(session.programme)
    return replace(
        session,
        posts=(post,) if post and chance.random() < 0.3 else (),
        requires=("first-aid",) if session.programme == "child" and chance.random() < 0.1 else (),
        reserved=((chance.choice(CLUBS), 2),) if session.programme == "senior" and chance.random() < 0.2 else (),
        experienced_wished=session.minimum if chance.random() < 0.3 else 0,
    )


def _person(chance: Random, person: Volunteer, first: date) -> Volunteer:
    """Skills, a week away, one session a day, a month's limit, promises elsewhere; newcomers wait."""
    week = first + timedelta(days=7 * chance.randrange(4))
    busy = chance.choice(person.availability) if person.availability and chance.random() < 0.05 else None
    return replace(
        person,
        skills=tuple(
            (skill, first + timedelta(days=10) if chance.random() < 1 / 6 else None)
            for skill, share in HAS.items()
            if chance.random() < share
        ),
        away=(Away(week, week + timedelta(days=6)),) if chance.random() < 0.1 else (),
        max_per_day=1 if chance.random() < 0.5 else None,
        max_per_month=3 if chance.random() < 0.1 else None,
        busy=(Busy(person.home, busy.starts_at, busy.ends_at),) if busy else (),
        recent_load=0 if person.newcomer else person.recent_load,
        first_by=first + LONGEST_WAIT if person.newcomer else None,
    )


def _some[T](chance: Random, all_of_them: list[T], share: float) -> tuple[T, ...]:
    return tuple(chance.sample(all_of_them, round(share * len(all_of_them))))


def _pairs(chance: Random, people: tuple[Volunteer, ...], share: float) -> tuple[tuple[int, int], ...]:
    """For so many people somebody else who may come to the same community."""
    found = []
    for person in _some(chance, list(people), share):
        near = [other.id for other in people if other.id != person.id and person.home in other.reach]
        if near:
            found.append((person.id, chance.choice(near)))
    return tuple(dict.fromkeys(found))


def _faces(chance: Random, problem: Problem) -> tuple[tuple[int, ...], ...]:
    """A learner or two of each series whom people know, with whom they know."""
    knows: dict[int, list[int]] = {}
    for volunteer, series, _ in problem.known:
        knows.setdefault(series, []).append(volunteer)
    return tuple(
        (series, learner, *sorted(chance.sample(people, min(KNOWN_TO, len(people)))))
        for series, people in knows.items()
        for learner in range(chance.randint(1, 2))
    )
