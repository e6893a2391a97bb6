"""Sessions and volunteers as members of a `linke-roster/1` document: read and written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from volunteers.matching.parts import AWAY_KINDS, HELPER, LEAD, PROGRAMMES, Away, Busy, Post, Session, Volunteer, Window
from volunteers.matching.reading import MOST, Node

MOST_EXPERIENCED = 100
"""More experienced people than this no session wishes for; each of them is a column."""


def read_session(node: Node, communities: dict[int, Any]) -> Session:
    """A session; raises BadDocument."""
    lesson, two_adults, experienced = (node.maybe(key) for key in ("lesson", "two_adults", "experienced_wished"))
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
        posts=_each(node, "posts", _post),
        requires=_each(node, "requires", Node.text),
        reserved=_each(node, "reserved", _reserved),
        experienced_wished=experienced.whole() if experienced else 0,
    )
    if session.ends_at <= session.starts_at:
        raise node.at("ends_at").refuse("a session must end after it starts")
    if not session.minimum <= session.wished <= session.maximum:
        raise node.at("wished").refuse("expected minimum <= wished <= maximum")
    if session.needs_lead and session.lesson is None:
        raise node.refuse("needs a lead but has no lesson to lead")
    if session.experienced_wished > MOST_EXPERIENCED:
        raise node.at("experienced_wished").refuse(f"expected {MOST_EXPERIENCED} or less")
    for place, post in enumerate(session.posts):
        if post.role in (LEAD, HELPER, *(other.role for other in session.posts[:place])):
            raise node.at("posts").items()[place].at("role").refuse(f"the role {post.role!r} is there already")
    return session


def _each(node: Node, key: str, read: Any) -> tuple[Any, ...]:
    """The elements of an optional list."""
    found = node.maybe(key)
    return tuple(read(item) for item in found.items()) if found else ()


def _reserved(node: Node) -> tuple[int, int]:
    club, count = node.items(2)
    return club.whole(low=None), count.whole(low=1)


def _post(node: Node) -> Post:
    name = node.maybe("name")
    post = Post(
        node.at("role").text(),
        node.at("minimum").whole(),
        node.at("wished").whole(),
        node.at("maximum").whole(),
        _each(node, "requires", Node.text),
        name.text() if name else None,
    )
    if not post.minimum <= post.wished <= post.maximum:
        raise node.at("wished").refuse("expected minimum <= wished <= maximum")
    return post


def read_volunteer(node: Node, communities: dict[int, Any]) -> Volunteer:
    """A volunteer; raises BadDocument."""

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
        skills=_each(node, "skills", _skill),
        away=_each(node, "away", read_away),
        max_per_day=optional("max_per_day", Node.whole),
    )


def read_away(node: Node) -> Away:
    """Days on which somebody cannot come: first, last and the kind; raises BadDocument."""
    first, last, kind = node.items(3)
    away = Away(first.day(), last.day(), kind.choice(AWAY_KINDS))
    if away.last < away.first:
        raise last.refuse("the last day must not be before the first")
    return away


def _skill(node: Node) -> tuple[str, date | None]:
    name, until = node.items(2)
    return name.text(), None if until.value is None else until.day()


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
    return tuple((key, value.whole(low=-MOST)) for key, value in node.members())


def _weekday_cost(node: Node) -> tuple[int, ...]:
    return tuple(item.whole(low=-MOST) for item in node.items(7))


def fields_of(thing: Any) -> dict[str, Any]:
    """The fields of one of the parts by name."""
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


def without_none(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """The members without those of these names that are None."""
    return {key: value for key, value in fields.items() if key not in names or value is not None}


def _without_empty(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in names or value}


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def session_dict(session: Session) -> dict[str, Any]:
    """The document of a session, without what is not used."""
    fields = fields_of(session)
    fields |= {"starts_at": _minute(session.starts_at), "ends_at": _minute(session.ends_at)}
    if session.two_adults == (session.programme == "child"):
        del fields["two_adults"]
    posts = [without_none(fields_of(post) | {"requires": list(post.requires)}, "name") for post in session.posts]
    fields |= {"posts": posts, "requires": list(session.requires), "reserved": [list(one) for one in session.reserved]}
    return _without_empty(fields, "posts", "requires", "reserved", "experienced_wished")


def volunteer_dict(volunteer: Volunteer) -> dict[str, Any]:
    """The document of a volunteer, without what is not used."""
    fields = fields_of(volunteer)
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
    fields["skills"] = [[name, until.isoformat() if until else None] for name, until in volunteer.skills]
    fields["away"] = [[away.first.isoformat(), away.last.isoformat(), away.kind] for away in volunteer.away]
    fields = _without_empty(fields, "busy", "skills", "away")
    optional = ("max_per_day", "max_per_week", "max_per_month", "max_total", "adult_from", "name", "first_by")
    return without_none(fields, *optional)
