"""Feeds as RFC 5545 text: a series as one recurring event, a room and a community as single events.

A series is its rule (classes.recurrence) with EXDATE for days without a session and RDATE for days the
rule does not name; what is called off, moved, or teaches a lesson of its own stands in an event with
RECURRENCE-ID. So the dates a calendar shows are exactly those of the sessions. No names of people.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from icalendar import Calendar, Event, vRecur

from classes.models import Community, Feed, Room, Series, Session
from classes.recurrence import rule_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
PRODUCT = "-//Linke//Timetable//ZH"
LOOK_BACK = timedelta(days=60)
REFRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every event carries: when it was written, and whose it is in the wide world."""

    now: datetime
    host: str

    def uid(self, kind: str, pk: int) -> str:
        """The same for ever for one thing."""
        return f"{kind}-{pk}@{self.host}"


def feed_text(*, feed: Feed, now: datetime, host: str) -> bytes:
    """The feed as a calendar program reads it. Times are in Asia/Shanghai, with their VTIMEZONE."""
    stamp = Stamp(now, host)
    if feed.series:
        events = series_events(feed.series, stamp)
    else:
        rows = Session.objects.filter(on_date__gte=(now - LOOK_BACK).astimezone(SHANGHAI).date())
        rows = rows.filter(room=feed.room_id) if feed.room_id else rows.filter(community=feed.community_id)
        events = [single(session, stamp) for session in loaded(rows)]
    return calendar(str(feed), events)


def calendar(name: str, events: Iterable[Event]) -> bytes:
    """The events in a calendar of that name."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", SHANGHAI.key)
    made.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for event in events:
        made.add_component(event)
    made.add_missing_timezones()
    return made.to_ical()


def loaded(rows: QuerySet[Session]) -> list[Session]:
    """Sessions with what an event says, in order of time."""
    return list(rows.select_related("series", "lesson", "room__venue", "community").order_by("starts_at", "id"))


def single(session: Session, stamp: Stamp) -> Event:
    """One session as an event of its own."""
    event = described(session, stamp)
    event.add("uid", stamp.uid("session", session.pk))
    return event


def described(session: Session, stamp: Stamp) -> Event:
    """What, when, where and whether; the UID is for the caller to say."""
    event = Event()
    off = session.status == Session.Status.CANCELLED
    event.add("dtstamp", stamp.now)
    event.add("dtstart", session.starts_at.astimezone(SHANGHAI))
    event.add("dtend", session.ends_at.astimezone(SHANGHAI))
    event.add("sequence", session.sequence)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("summary", f"停课：{titled(session)}" if off else titled(session))
    if off and session.cancel_reason:
        event.add("description", f"停课原因：{session.cancel_reason}")
    if session.room:
        event.add("location", place(session.room))
    return event


def titled(session: Session) -> str:
    """The class and what it teaches that day."""
    lesson = "复习" if session.is_review else session.lesson and session.lesson.short_title
    return f"{session.series} {lesson}" if lesson else str(session.series)


def place(room: Room) -> str:
    """The room, its venue and its address."""
    return " ".join(part for part in (room.name, room.venue.name, room.venue.address) if part)


# --- a series ---------------------------------------------------------------------------------


def series_events(series: Series, stamp: Stamp) -> list[Event]:
    """The recurring event of a series, its exceptions, and what has no place in its rule."""
    sessions = loaded(series.sessions.all())
    if not sessions:
        return []
    slots: dict[date, Session] = {}
    beside = []
    # A day that the pattern asked for belongs to that session, wherever it was moved to.
    for session in sorted(sessions, key=lambda one: (one.planned_on is None, one.starts_at)):
        slot = session.planned_on or session.on_date
        if session.split_from_id is None and slot not in slots:
            slots[slot] = session
        else:
            beside.append(session)
    events = [recurring(series, slots, stamp, changes=sum(one.sequence + 1 for one in sessions))]
    events += [
        exception(series, slot, slots[slot], stamp) for slot in sorted(slots) if differs(series, slot, slots[slot])
    ]
    return events + [single(session, stamp) for session in beside]


def usual_start(series: Series, day: date) -> datetime:
    """When the series meets on a day of its pattern."""
    return datetime.combine(day, series.starts, SHANGHAI)


def recurring(series: Series, slots: dict[date, Session], stamp: Stamp, changes: int) -> Event:
    """The event with the rule. `changes` grows with every change of a session."""
    rule = rule_of(series, frozenset(day.weekday for day in series.days.all()))
    named = set(rule.dates()) if rule else set()
    event = Event()
    event.add("uid", stamp.uid("series", series.pk))
    event.add("dtstamp", stamp.now)
    starts_at = rule.starts_at if rule else usual_start(series, min(slots))
    event.add("dtstart", starts_at)
    event.add("dtend", datetime.combine(starts_at.date(), series.ends, SHANGHAI))
    event.add("sequence", changes)
    event.add("status", "CONFIRMED")
    event.add("summary", series.name)
    if series.room:
        event.add("location", place(series.room))
    if rule:
        event.add("rrule", vRecur.from_ical(rule.text))
    without = sorted(named - slots.keys())
    more = sorted(slots.keys() - named - {starts_at.date()})
    if without:
        event.add("exdate", [usual_start(series, day) for day in without])
    if more:
        event.add("rdate", [usual_start(series, day) for day in more])
    return event


def differs(series: Series, slot: date, session: Session) -> bool:
    """Whether a session is not simply what the recurring event says."""
    usual = (usual_start(series, slot), datetime.combine(slot, series.ends, SHANGHAI), series.room_id)
    as_usual = (session.starts_at, session.ends_at, session.room_id) == usual
    return not as_usual or session.status == Session.Status.CANCELLED or titled(session) != series.name


def exception(series: Series, slot: date, session: Session, stamp: Stamp) -> Event:
    """One meeting that is different."""
    event = described(session, stamp)
    event.add("uid", stamp.uid("series", series.pk))
    event.add("recurrence-id", usual_start(series, slot))
    return event


# --- the page ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that has a feed or may have one. `kind` and `pk` name it in forms."""

    kind: str
    pk: int
    name: str
    feed: Feed | None


def offered(*, community: Community, series: Iterable[Series]) -> dict[str, list[Offered]]:
    """The community, its rooms and these classes with their open addresses. Two queries."""
    open_ones = Feed.objects.filter(closed_at=None)
    by_thing = {(one.series_id, one.room_id, one.community_id): one for one in open_ones}
    rooms = Room.objects.filter(venue__community=community)
    return {
        "整个社区": [Offered("community", community.pk, community.name, by_thing.get((None, None, community.pk)))],
        "教室": [Offered("room", one.pk, one.name, by_thing.get((None, one.pk, None))) for one in rooms],
        "班": [Offered("series", one.pk, one.name, by_thing.get((one.pk, None, None))) for one in series],
    }
