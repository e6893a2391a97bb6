"""What the engine is asked: sessions, volunteers and what is known about them.

Everything is keyed by whole numbers and fully prepared: the engine cleans nothing. Times are
local (Asia/Shanghai, without an offset), periods are half-open. The file format is
`linke-roster/1`; `docs/matching.md` describes it field by field.
"""

from __future__ import annotations

import gzip
import json
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from volunteers.matching.parts import (
    HELPER,
    LEAD,
    PROGRAMMES,
    ROLES,
    Busy,
    Community,
    Lock,
    Placement,
    Session,
    Travel,
    Volunteer,
    Window,
)
from volunteers.matching.reading import BadDocument, Node

__all__ = [
    "HELPER",
    "LEAD",
    "PROGRAMMES",
    "ROLES",
    "BadDocument",
    "Busy",
    "Community",
    "Lock",
    "Placement",
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
WEIGHTS = {"unheld": 1000, "short": 100, "waiting": 20, "strange": 10, "uneven": 2, "wishes": 1, "change": 5}
NO_TRAVEL = Travel()


@dataclass(frozen=True, slots=True)
class Problem:
    """The whole question. `previous` is the plan people know, or None where there is none."""

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
    session: dict[int, Session] = field(init=False, compare=False, repr=False)
    volunteer: dict[int, Volunteer] = field(init=False, compare=False, repr=False)
    weight: dict[str, int] = field(init=False, compare=False, repr=False)
    served: frozenset[tuple[int, int]] = field(init=False, compare=False, repr=False)
    learners_known: dict[tuple[int, int], int] = field(init=False, compare=False, repr=False)
    refused: frozenset[tuple[int, int]] = field(init=False, compare=False, repr=False)
    distances: dict[tuple[int, int], float] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "session", {s.id: s for s in self.sessions})
        keep(self, "volunteer", {v.id: v for v in self.volunteers})
        keep(self, "weight", WEIGHTS | dict(self.weights))
        keep(self, "served", frozenset(self.history))
        keep(self, "learners_known", {(v, s): count for v, s, count in self.known})
        keep(self, "refused", frozenset(self.barred))
        keep(self, "distances", _distances(self.communities))

    def km(self, one: int, other: int) -> float:
        """Kilometres between two communities."""
        return self.distances[one, other]

    def travel_minutes(self, one: int, other: int) -> int:
        """Whole minutes on the way between two communities, rounded up; 0 inside one."""
        if one == other:
            return 0
        exact = self.travel.base_minutes + self.travel.minutes_per_km * self.km(one, other)
        return math.ceil(exact - 1e-9)

    def clash(self, volunteer: Volunteer, one: Session | Busy, other: Session | Busy) -> bool:
        """Whether one person cannot serve both: the pause is under the rest or the way."""
        first, second = sorted((one, other), key=lambda s: (s.starts_at, s.ends_at))
        way = self.travel_minutes(first.community, second.community)
        pause = timedelta(minutes=max(volunteer.rest_minutes, way))
        return second.starts_at < first.ends_at + pause


def _distances(communities: tuple[Community, ...]) -> dict[tuple[int, int], float]:
    return {(a.id, b.id): math.hypot(a.x_km - b.x_km, a.y_km - b.y_km) for a in communities for b in communities}


def load(path: str | Path) -> Problem:
    """Read a problem file, plain or .gz; raises BadDocument with the path of the wrong value."""
    content = Path(path).read_bytes()
    try:
        if Path(path).suffix == ".gz":
            content = gzip.decompress(content)
        return from_dict(json.loads(content))
    except (gzip.BadGzipFile, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadDocument("$", f"is not JSON: {error}") from error


def from_dict(data: Any) -> Problem:
    """The problem in a `linke-roster/1` document; raises BadDocument."""
    top = Node(data)
    if top.at("format").text() != FORMAT:
        raise top.at("format").refuse(f"expected {FORMAT!r}, found {data['format']!r}")
    communities = _once(top.at("communities"), _community)
    sessions = _once(top.at("sessions"), lambda node: _session(node, communities))
    volunteers = _once(top.at("volunteers"), lambda node: _volunteer(node, communities))
    name, previous, travel = top.maybe("name"), top.maybe("previous"), top.maybe("travel")

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
        locked=tuple(Lock(*pair(node), _role(node)) for node in _list(top, "locked")),
        barred=tuple(pair(node) for node in _list(top, "barred")),
        previous=None
        if previous is None
        else tuple(Placement(*pair(node), _role(node) or HELPER) for node in previous.items()),
    )


def to_dict(problem: Problem) -> dict[str, Any]:
    """The `linke-roster/1` document of a problem: the inverse of `from_dict`."""
    return {
        "format": FORMAT,
        "name": problem.name,
        "weights": dict(problem.weights),
        "travel": _fields(problem.travel),
        "communities": [_without_none(_fields(c), "street") for c in problem.communities],
        "sessions": [_session_dict(session) for session in problem.sessions],
        "volunteers": [_volunteer_dict(volunteer) for volunteer in problem.volunteers],
        "history": [list(row) for row in problem.history],
        "known": [list(row) for row in problem.known],
        "locked": [_without_none(_fields(lock), "role") for lock in problem.locked],
        "barred": [{"volunteer": v, "session": s} for v, s in problem.barred],
        "previous": None if problem.previous is None else [_fields(p) for p in problem.previous],
    }


def _list(top: Node, key: str) -> list[Node]:
    node = top.maybe(key)
    return node.items() if node else []


def _once(nodes: Node, read: Any) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for node in nodes.items():
        one = read(node)
        if one.id in found:
            raise node.at("id").refuse(f"the id {one.id} is used twice")
        found[one.id] = one
    return found


def _row(node: Node, volunteers: dict[int, Any], length: int) -> Any:
    first, *rest = node.items(length)
    return (first.known(volunteers, "volunteer"), *(item.whole(low=None) for item in rest))


def _role(node: Node) -> str | None:
    role = node.maybe("role")
    return role.choice(ROLES) if role else None


def _travel(node: Node) -> Travel:
    return Travel(node.at("base_minutes").number(), node.at("minutes_per_km").number())


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


def _session(node: Node, communities: dict[int, Any]) -> Session:
    lesson, two_adults = node.maybe("lesson"), node.maybe("two_adults")
    programme = node.at("programme").choice(PROGRAMMES)
    session = Session(
        id=node.at("id").whole(low=None),
        community=node.at("community").known(communities, "community"),
        series=node.at("series").whole(low=None),
        programme=programme,
        starts_at=node.at("starts_at").moment(),
        ends_at=node.at("ends_at").moment(),
        lesson=lesson.text() if lesson else None,
        people=node.at("people").whole(),
        minimum=node.at("minimum").whole(),
        wished=node.at("wished").whole(),
        maximum=node.at("maximum").whole(),
        needs_lead=node.at("needs_lead").flag(),
        dialect_wished=node.at("dialect_wished").whole(),
        priority=node.at("priority").whole(),
        two_adults=two_adults.flag() if two_adults else programme == "child",
    )
    if session.ends_at <= session.starts_at:
        raise node.at("ends_at").refuse("a session must end after it starts")
    if not session.minimum <= session.wished <= session.maximum:
        raise node.at("wished").refuse("expected minimum <= wished <= maximum")
    if session.needs_lead and session.lesson is None:
        raise node.refuse("needs a lead but has no lesson to lead")
    return session


def _volunteer(node: Node, communities: dict[int, Any]) -> Volunteer:
    def optional(key: str, read: Any, otherwise: Any = None) -> Any:
        found = node.maybe(key)
        return otherwise if found is None else read(found)

    return Volunteer(
        id=node.at("id").whole(low=None),
        home=node.at("home").known(communities, "community"),
        reach=tuple(item.known(communities, "community") for item in node.at("reach").items()),
        does=tuple(item.choice(PROGRAMMES) for item in node.at("does").items()),
        leads=optional("leads", lambda found: tuple(item.text() for item in found.items()), ()),
        child_clearance_until=optional("child_clearance_until", Node.day),
        dialect=optional("dialect", Node.flag, False),
        newcomer=optional("newcomer", Node.flag, False),
        max_per_week=optional("max_per_week", Node.whole),
        max_per_month=optional("max_per_month", Node.whole),
        max_total=optional("max_total", Node.whole),
        rest_minutes=optional("rest_minutes", Node.whole, 0),
        club=optional("club", lambda found: found.whole(low=None)),
        not_alone=optional("not_alone", Node.flag, False),
        recent_load=optional("recent_load", Node.whole, 0),
        availability=tuple(_window(item) for item in node.at("availability").items()),
        busy=optional("busy", lambda found: tuple(_busy(item, communities) for item in found.items()), ()),
        programme_cost=optional("programme_cost", _programme_cost, ()),
        weekday_cost=optional("weekday_cost", _weekday_cost, (0,) * 7),
        adult_from=optional("adult_from", Node.day),
        name=optional("name", Node.text),
        first_by=optional("first_by", Node.day),
    )


def _window(node: Node) -> Window:
    start, end, liking = node.items(3)
    window = Window(start.moment(), end.moment(), liking.choice(("preferred", "possible")) == "preferred")
    if window.ends_at <= window.starts_at:
        raise end.refuse("a free time must end after it starts")
    return window


def _busy(node: Node, communities: dict[int, Any]) -> Busy:
    place, start, end = node.items(3)
    busy = Busy(place.known(communities, "community"), start.moment(), end.moment())
    if busy.ends_at <= busy.starts_at:
        raise end.refuse("a busy time must end after it starts")
    return busy


def _programme_cost(node: Node) -> tuple[tuple[str, int], ...]:
    for key, value in node.members():
        if key not in PROGRAMMES:
            raise value.refuse(f"there is no programme {key!r}")
    return tuple((key, value.whole(low=None)) for key, value in node.members())


def _weekday_cost(node: Node) -> tuple[int, ...]:
    return tuple(item.whole(low=None) for item in node.items(7))


def _fields(thing: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


def _without_none(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in names or value is not None}


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _session_dict(session: Session) -> dict[str, Any]:
    fields = _fields(session)
    fields |= {"starts_at": _minute(session.starts_at), "ends_at": _minute(session.ends_at)}
    if session.two_adults == (session.programme == "child"):
        del fields["two_adults"]
    return fields


def _volunteer_dict(volunteer: Volunteer) -> dict[str, Any]:
    fields = _fields(volunteer)
    for name in ("reach", "does", "leads", "weekday_cost"):
        fields[name] = list(fields[name])
    for name in ("child_clearance_until", "adult_from", "first_by"):
        fields[name] = fields[name].isoformat() if fields[name] else None
    fields["programme_cost"] = dict(volunteer.programme_cost)
    fields["availability"] = [
        [_minute(w.starts_at), _minute(w.ends_at), "preferred" if w.preferred else "possible"]
        for w in volunteer.availability
    ]
    fields["busy"] = [[b.community, _minute(b.starts_at), _minute(b.ends_at)] for b in volunteer.busy]
    if not volunteer.busy:
        del fields["busy"]
    return _without_none(fields, "max_per_week", "max_per_month", "max_total", "adult_from", "name", "first_by")
