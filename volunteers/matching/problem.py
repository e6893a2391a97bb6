"""What the engine is asked: sessions, volunteers and what is known about them.

Everything is keyed by whole numbers and fully prepared: the engine cleans nothing. Times are
local (Asia/Shanghai, without an offset), periods are half-open. The file format is
`linke-roster/1`; `docs/matching.md` describes it field by field.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from volunteers.matching.members import (
    fields_of,
    read_away,
    read_session,
    read_volunteer,
    session_dict,
    volunteer_dict,
    without_none,
)
from volunteers.matching.parts import (
    HELPER,
    LEAD,
    PROGRAMMES,
    ROLES,
    Away,
    Busy,
    Community,
    Lock,
    Placement,
    Post,
    Session,
    Travel,
    Volunteer,
    Window,
)
from volunteers.matching.reading import BadDocument, Node, read_document, read_once

__all__ = [
    "HELPER",
    "LEAD",
    "PROGRAMMES",
    "ROLES",
    "Away",
    "BadDocument",
    "Busy",
    "Community",
    "Lock",
    "Placement",
    "Post",
    "Problem",
    "Session",
    "Travel",
    "Volunteer",
    "Window",
    "from_dict",
    "load",
    "to_dict",
]

FORMAT = "linke-roster/1"
WEIGHTS = {
    "unheld": 1000,
    "short": 100,
    "waiting": 20,
    "faces": 10,
    "strange": 10,
    "balance": 5,
    "uneven": 2,
    "wishes": 1,
    "change": 5,
}
LIMITS = {"communities": 2_000, "sessions": 100_000, "volunteers": 100_000}
"""How many a problem may have: a city of ten million has fewer."""
NO_TRAVEL = Travel()


@dataclass(frozen=True, slots=True)
class Problem:
    """The whole question. `previous` is the plan people know, or None where there is none.

    Pairs of volunteers: `apart` never meet at a session; of `together` the first comes only where the
    second comes; of `liked` the first would rather come with the second. `faces` are a series, a learner
    and the volunteers whom this learner knows. `possible_cost` is the price, in the tier of wishes, of a
    time that is possible but not preferred. `memo` keeps what others have worked out from all this.
    """

    sessions: tuple[Session, ...]
    volunteers: tuple[Volunteer, ...]
    communities: tuple[Community, ...]
    name: str = ""
    travel: Travel = NO_TRAVEL
    weights: tuple[tuple[str, int], ...] = tuple(WEIGHTS.items())
    history: tuple[tuple[int, int], ...] = ()
    known: tuple[tuple[int, int, int], ...] = ()
    locked: tuple[Lock, ...] = ()
    barred: tuple[tuple[int, int], ...] = ()
    previous: tuple[Placement, ...] | None = None
    apart: tuple[tuple[int, int], ...] = ()
    together: tuple[tuple[int, int], ...] = ()
    liked: tuple[tuple[int, int], ...] = ()
    faces: tuple[tuple[int, ...], ...] = ()
    possible_cost: int = 0
    session: dict[int, Session] = field(init=False, compare=False, repr=False)
    volunteer: dict[int, Volunteer] = field(init=False, compare=False, repr=False)
    weight: dict[str, int] = field(init=False, compare=False, repr=False)
    served: frozenset[tuple[int, int]] = field(init=False, compare=False, repr=False)
    learners_known: dict[tuple[int, int], int] = field(init=False, compare=False, repr=False)
    refused: frozenset[tuple[int, int]] = field(init=False, compare=False, repr=False)
    community: dict[int, Community] = field(init=False, compare=False, repr=False)
    kept_from: dict[int, frozenset[int]] = field(init=False, compare=False, repr=False)
    familiar: dict[int, tuple[frozenset[int], ...]] = field(init=False, compare=False, repr=False)
    memo: dict[str, Any] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "session", {s.id: s for s in self.sessions})
        keep(self, "volunteer", {v.id: v for v in self.volunteers})
        keep(self, "weight", WEIGHTS | dict(self.weights))
        keep(self, "served", frozenset(self.history))
        keep(self, "learners_known", {(v, s): count for v, s, count in self.known})
        keep(self, "refused", frozenset(self.barred))
        keep(self, "community", {c.id: c for c in self.communities})
        keep(self, "kept_from", _grouped((*self.apart, *((b, a) for a, b in self.apart))))
        keep(self, "familiar", _by_series(self.faces))
        keep(self, "memo", {})

    def km(self, one: int, other: int) -> float:
        """Kilometres between two communities."""
        here, there = self.community[one], self.community[other]
        return math.hypot(here.x_km - there.x_km, here.y_km - there.y_km)

    def travel_minutes(self, one: int, other: int) -> int:
        """Whole minutes on the way between two communities, rounded up; 0 inside one."""
        if one == other:
            return 0
        exact = self.travel.base_minutes + self.travel.minutes_per_km * self.km(one, other)
        return math.ceil(exact - 1e-9)

    def clash(self, volunteer: Volunteer, one: Session | Busy, other: Session | Busy) -> bool:
        """Whether one person cannot serve both: the pause is under the rest or the way."""
        early = (one.starts_at, one.ends_at) <= (other.starts_at, other.ends_at)
        first, second = (one, other) if early else (other, one)
        way = self.travel_minutes(first.community, second.community)
        pause = timedelta(minutes=max(volunteer.rest_minutes, way))
        return second.starts_at < first.ends_at + pause


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
    return {one: frozenset(others) for one, others in found.items()}


def _by_series(faces: Iterable[tuple[int, ...]]) -> dict[int, tuple[frozenset[int], ...]]:
    """For each series, the people each of its learners knows."""
    found: dict[int, list[frozenset[int]]] = {}
    for series, _, *people in faces:
        found.setdefault(series, []).append(frozenset(people))
    return {series: tuple(learners) for series, learners in found.items()}


def load(path: str | Path, times: int = 1) -> Problem:
    """Read a problem file, plain or packed; raises BadDocument with the path of the wrong value.

    The file may be so many times as large as the usual limit.
    """
    return read_document(path, from_dict, times)


def from_dict(data: Any) -> Problem:
    """The problem in a `linke-roster/1` document; raises BadDocument."""
    top = Node(data)
    if top.at("format").text() != FORMAT:
        raise top.at("format").expected(repr(FORMAT))
    communities = _once(top, "communities", _community)
    sessions = _once(top, "sessions", lambda node: read_session(node, communities))
    volunteers = _spread(top, _once(top, "volunteers", lambda node: read_volunteer(node, communities)))
    name, previous, travel = top.maybe("name"), top.maybe("previous"), top.maybe("travel")
    possible = top.maybe("possible_cost")

    def pair(node: Node) -> tuple[int, int]:
        return (
            node.at("volunteer").known(volunteers, "volunteer"),
            node.at("session").known(sessions, "session"),
        )

    return Problem(
        name=name.text() if name else "",
        communities=tuple(communities.values()),
        sessions=tuple(sessions.values()),
        volunteers=tuple(volunteers.values()),
        travel=_travel(travel) if travel else NO_TRAVEL,
        weights=_weights(top.maybe("weights")),
        history=tuple(_row(node, volunteers, 2) for node in _list(top, "history")),
        known=tuple(_row(node, volunteers, 3) for node in _list(top, "known")),
        locked=tuple(Lock(*pair(node), _role(node, sessions)) for node in _list(top, "locked")),
        barred=tuple(pair(node) for node in _list(top, "barred")),
        previous=None
        if previous is None
        else tuple(Placement(*pair(node), _role(node, sessions) or HELPER) for node in previous.items()),
        apart=tuple(_two(node, volunteers) for node in _list(top, "apart")),
        together=tuple(_two(node, volunteers) for node in _list(top, "together")),
        liked=tuple(_two(node, volunteers) for node in _list(top, "liked")),
        faces=_faces(top, volunteers),
        possible_cost=possible.whole() if possible else 0,
    )


def to_dict(problem: Problem) -> dict[str, Any]:
    """The `linke-roster/1` document of a problem: the inverse of `from_dict`."""
    return {
        "format": FORMAT,
        "name": problem.name,
        "weights": dict(problem.weights),
        "travel": fields_of(problem.travel),
        "communities": [without_none(fields_of(c), "street") for c in problem.communities],
        "sessions": [session_dict(session) for session in problem.sessions],
        "volunteers": [volunteer_dict(volunteer) for volunteer in problem.volunteers],
        "history": [list(row) for row in problem.history],
        "known": [list(row) for row in problem.known],
        "locked": [without_none(fields_of(lock), "role") for lock in problem.locked],
        "barred": [{"volunteer": v, "session": s} for v, s in problem.barred],
        "previous": None if problem.previous is None else [fields_of(p) for p in problem.previous],
        **_further(problem),
    }


def _further(problem: Problem) -> dict[str, Any]:
    """The members of a document that are there only when they say something."""
    rows = {name: [list(row) for row in getattr(problem, name)] for name in ("apart", "together", "liked", "faces")}
    return {name: value for name, value in (rows | {"possible_cost": problem.possible_cost}).items() if value}


def _list(top: Node, key: str) -> list[Node]:
    node = top.maybe(key)
    return node.items() if node else []


def _once(top: Node, key: str, read: Any) -> dict[int, Any]:
    return read_once(top.at(key), read, most=LIMITS[key])


def _row(node: Node, volunteers: dict[int, Any], length: int) -> Any:
    first, series, *counts = node.items(length)
    return (first.known(volunteers, "volunteer"), series.whole(low=None), *(count.whole() for count in counts))


def _two(node: Node, volunteers: dict[int, Any]) -> tuple[int, int]:
    """Two different volunteers."""
    one, other = (item.known(volunteers, "volunteer") for item in node.items(2))
    if one == other:
        raise node.refuse(f"names volunteer {one} twice")
    return one, other


def _faces(top: Node, volunteers: dict[int, Any]) -> tuple[tuple[int, ...], ...]:
    """Series, learner, and the volunteers the learner knows; each learner once a series."""
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    for node in _list(top, "faces"):
        items = node.items()
        if len(items) < 2:
            raise node.refuse("expected a series, a learner and volunteers")
        series, learner, *people = items
        key = series.whole(low=None), learner.whole(low=None)
        if key in found:
            raise node.refuse(f"learner {key[1]} of series {key[0]} is there twice")
        found[key] = (*key, *(person.known(volunteers, "volunteer") for person in people))
    return tuple(found.values())


def _spread(top: Node, volunteers: dict[int, Volunteer]) -> dict[int, Volunteer]:
    """The volunteers with the exam weeks and holidays of their clubs as their own."""
    clubs: dict[int | None, tuple[Away, ...]] = {}
    for node in _list(top, "clubs"):
        number = node.at("id").whole(low=None)
        if number in clubs:
            raise node.at("id").refuse(f"the id {number} is used twice")
        clubs[number] = tuple(read_away(item) for item in _list(node, "away"))
    return {
        number: replace(one, away=tuple(dict.fromkeys((*one.away, *clubs.get(one.club, ())))))
        for number, one in volunteers.items()
    }


def _role(node: Node, sessions: dict[int, Session]) -> str | None:
    role = node.maybe("role")
    return read_role(role, sessions[node.at("session").whole(low=None)]) if role else None


def read_role(node: Node, session: Session) -> str:
    """A role of a session; lead and helper are words everywhere, so that an old plan can be read."""
    roles = (*ROLES, *(post.role for post in session.posts))
    if node.value not in roles:
        raise node.refuse(f"session {session.id} has no role {node.value!r}; it has {', '.join(roles)}")
    return str(node.value)


def _travel(node: Node) -> Travel:
    return Travel(node.at("base_minutes").number(low=0), node.at("minutes_per_km").number(low=0))


def _weights(node: Node | None) -> tuple[tuple[str, int], ...]:
    if node is None:
        return tuple(WEIGHTS.items())
    for key, value in node.members():
        if key not in WEIGHTS:
            raise value.refuse(f"there is no tier {key!r}; the tiers are {', '.join(WEIGHTS)}")
    return tuple((key, value.whole()) for key, value in node.members())


def _community(node: Node) -> Community:
    street = node.maybe("street")
    return Community(
        node.at("id").whole(low=None),
        node.at("x_km").number(),
        node.at("y_km").number(),
        street.whole(low=None) if street else None,
    )
