"""What happens to a plan people know already: drop-outs, new sessions, another need, cancellations.

`linke-events/1` is a list of them: `{"format", "events": [{"kind": ..., ...}]}` with the kinds
drop-out (volunteer, session), new-session (session), need (session, minimum, wished, maximum) and
cancel (session).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from volunteers.matching.members import read_session
from volunteers.matching.problem import HELPER, Placement, Problem, Session
from volunteers.matching.reading import Node, read_document

FORMAT = "linke-events/1"
KINDS = ("drop-out", "new-session", "need", "cancel")


@dataclass(frozen=True, slots=True)
class DropOut:
    """Somebody cannot come to a session, nor to any other at the same time."""

    volunteer: int
    session: int


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that nobody has planned for."""

    session: Session


@dataclass(frozen=True, slots=True)
class Need:
    """A session wants another number of helpers: more learners, another ratio."""

    session: int
    minimum: int
    wished: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A session does not take place."""

    session: int


type Event = DropOut | NewSession | Need | Cancelled


@dataclass(frozen=True, slots=True)
class Happened:
    """The problem after the events, what is left of the plan, and which sessions have to be looked at.

    `fresh` are those that ask for another number of people than before: new ones, and those with a new
    need. `shrunk` are those that may have to send somebody home, `without_lead` those where somebody there may
    have to take over from a lead or another post.
    """

    problem: Problem
    left: tuple[Placement, ...]
    hit: frozenset[int]
    fresh: frozenset[int]
    shrunk: frozenset[int]
    without_lead: frozenset[int]


def happen(problem: Problem, placements: Iterable[Placement], events: Sequence[Event]) -> Happened:
    """The problem and the plan once all the events have happened, whatever their order.

    Raises ValueError for a new session whose id is taken, and KeyError for ids that are not there.
    """
    gone = {(one.volunteer, one.session) for one in events if isinstance(one, DropOut)}
    needs = {one.session: one for one in events if isinstance(one, Need)}
    closed = {one.session for one in events if isinstance(one, Cancelled)}
    fresh = tuple(one.session for one in events if isinstance(one, NewSession))
    _look(problem, gone, {*needs, *closed}, fresh)
    before = tuple(placements)
    left = tuple(p for p in before if (p.volunteer, p.session) not in gone and p.session not in closed)
    barred = (*problem.barred, *sorted(_away(problem, gone) - problem.refused))
    sessions = tuple(_needing(s, needs.get(s.id)) for s in problem.sessions if s.id not in closed)
    if fresh or needs or closed or len(barred) > len(problem.barred):
        problem = _changed(problem, (*sessions, *fresh), barred)
    lost = {session for volunteer, session in gone} & {placement.session for placement in before}
    helpers = Counter(placement.session for placement in left if placement.role == HELPER)
    asking = (set(needs) | {session.id for session in fresh}) - closed
    return Happened(
        problem,
        left,
        hit=frozenset(lost - closed | asking),
        fresh=frozenset(asking),
        shrunk=frozenset(asking & {s.id for s in sessions if helpers[s.id] > s.helpers.maximum}),
        without_lead=frozenset(p.session for p in before if (p.volunteer, p.session) in gone and p.role != HELPER),
    )


def _look(problem: Problem, gone: set[tuple[int, int]], named: set[int], fresh: Sequence[Session]) -> None:
    for volunteer, session in gone:
        problem.volunteer[volunteer], problem.session[session]
    for number in named:
        problem.session[number]
    taken = set(problem.session)
    for one in fresh:
        if one.id in taken:
            raise ValueError(f"there is a session {one.id} already")
        taken.add(one.id)


def _away(problem: Problem, gone: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Every session at a time somebody has said they cannot come."""
    return {
        (volunteer, session.id)
        for volunteer, number in gone
        for session in problem.sessions
        if session.starts_at < problem.session[number].ends_at and problem.session[number].starts_at < session.ends_at
    }


def _needing(session: Session, need: Need | None) -> Session:
    if need is None:
        return session
    return replace(session, minimum=need.minimum, wished=need.wished, maximum=need.maximum)


def _changed(problem: Problem, sessions: tuple[Session, ...], barred: tuple[tuple[int, int], ...]) -> Problem:
    """The problem with these sessions; what is said about others goes with them."""
    there = {session.id for session in sessions}
    previous = problem.previous
    return replace(
        problem,
        sessions=sessions,
        locked=tuple(lock for lock in problem.locked if lock.session in there),
        barred=tuple(pair for pair in barred if pair[1] in there),
        previous=None if previous is None else tuple(p for p in previous if p.session in there),
    )


def load(path: str | Path, problem: Problem) -> tuple[Event, ...]:
    """Read an events file about this problem; raises BadDocument with the path of the wrong value."""
    return read_document(path, lambda data: from_dict(data, problem))


def from_dict(data: Any, problem: Problem) -> tuple[Event, ...]:
    """The events of a `linke-events/1` document; raises BadDocument."""
    top = Node(data)
    if top.at("format").text() != FORMAT:
        raise top.at("format").expected(repr(FORMAT))
    found: list[Event] = []
    taken = set(problem.session)
    for node in top.at("events").items():
        event = _event(node, problem)
        if isinstance(event, NewSession):
            if event.session.id in taken:
                raise node.at("session").at("id").refuse(f"there is a session {event.session.id} already")
            taken.add(event.session.id)
        found.append(event)
    return tuple(found)


def _event(node: Node, problem: Problem) -> Event:
    kind = node.at("kind").choice(KINDS)
    if kind == "new-session":
        return NewSession(read_session(node.at("session"), {place.id: place for place in problem.communities}))
    session = node.at("session").known(problem.session, "session")
    if kind == "cancel":
        return Cancelled(session)
    if kind == "drop-out":
        return DropOut(node.at("volunteer").known(problem.volunteer, "volunteer"), session)
    need = Need(session, *(node.at(key).whole() for key in ("minimum", "wished", "maximum")))
    if not need.minimum <= need.wished <= need.maximum:
        raise node.at("wished").refuse("expected minimum <= wished <= maximum")
    return need
