"""Who has a room when, and whether a session fits into it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Prefetch, Q

from classes.models import Community, Room, RoomBooking, Session, Venue, VenueClosing
from classes.recurrence import days_between

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Use:
    """A period in which the room is taken: by a session, or by others."""

    starts_at: datetime
    ends_at: datetime
    who: str


def uses(room_id: int, starts_at: datetime, ends_at: datetime, *, besides: Iterable[int] = ()) -> list[Use]:
    """What is in the room in that period, in order of time; sessions of `besides` do not count."""
    sessions = (
        Session.objects.filter(room=room_id, starts_at__lt=ends_at, ends_at__gt=starts_at)
        .exclude(status=Session.Status.CANCELLED)
        .exclude(pk__in=list(besides))
        .select_related("series")
    )
    bookings = RoomBooking.objects.filter(room=room_id, starts_at__lt=ends_at, ends_at__gt=starts_at)
    found = [Use(one.starts_at, one.ends_at, one.series.name) for one in sessions]
    found += [Use(one.starts_at, one.ends_at, one.who) for one in bookings]
    return sorted(found, key=lambda use: (use.starts_at, use.who))


def is_open(room: Room, weekday: int, starts: time, ends: time) -> bool:
    """Whether the room's windows hold the class; no windows = open all day."""
    if not room.open_windows:
        return True
    return any(
        day == weekday and time.fromisoformat(opens) <= starts and ends <= time.fromisoformat(closes)
        for day, opens, closes in room.open_windows
    )


def in_the_way(
    room: Room,
    starts_at: datetime,
    ends_at: datetime,
    *,
    people: int,
    needs_no_stairs: bool,
    needs: Iterable[str] = (),
    besides: Iterable[int],
) -> Iterator[tuple[str, str]]:
    """Why a session cannot be in the room then: code ("small", "stairs", "lacks", "closed", "used") and sentence."""
    if room.seats and people > room.seats:
        yield "small", f"{room}只有 {room.seats} 个座位，要来 {people} 人。"
    if needs_no_stairs and not room.step_free:
        yield "stairs", f"有人坐轮椅，{room}在 {room.floor} 楼没有电梯。"
    if lacking := room.lacks(needs):
        yield "lacks", say_lacking(room, lacking)
    starts, ends = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    if not is_open(room, starts.weekday(), starts.time(), ends.time()):
        day = f"周{'一二三四五六日'[starts.weekday()]}"
        yield "closed", f"{room}{day}这个时间不开门（能用的时间：{room.open_text or '没有写'}）。"
    gap = timedelta(minutes=room.gap_minutes)
    for use in uses(room.pk, starts_at - gap, ends_at + gap, besides=besides):
        meets = use.starts_at < ends_at and starts_at < use.ends_at
        yield "used", say_use(room, use, "" if meets else f"，两场之间要留 {room.gap_minutes} 分钟")


def say_use(room: Room, use: Use, why: str = "") -> str:
    """智慧教室9月12日 09:30–11:00 是“菜鸟学堂·启蒙”在用。"""
    starts, ends = use.starts_at.astimezone(SHANGHAI), use.ends_at.astimezone(SHANGHAI)
    if ends - starts > timedelta(hours=12):
        last = ends - timedelta(minutes=1)
        until = "" if last.date() == starts.date() else f"到 {last.month}月{last.day}日"
        return f"{room}{starts.month}月{starts.day}日{until}不能用（{use.who}）{why}。"
    return f"{room}{starts.month}月{starts.day}日 {starts:%H:%M}–{ends:%H:%M} 是“{use.who}”在用{why}。"


def shut_days(room: Room | None, first: date, last: date) -> set[date]:
    """The days of that range on which the venue of the room is shut. One query."""
    if room is None:
        return set()
    found = VenueClosing.objects.filter(bookings__room=room, first_on__lte=last, last_on__gte=first)
    return {day for one in found for day in days_between(max(first, one.first_on), min(last, one.last_on))}


@dataclass(frozen=True, slots=True)
class VenueRow:
    """A venue with its rooms and the days to come on which it is shut."""

    venue: Venue
    rooms: list["RoomRow"]
    closings: list[VenueClosing]


def venues_of(community: Community, now: datetime) -> list[VenueRow]:
    """The venues of a community with what is to come in each room. Three queries."""
    rows = rooms_of(community, now)
    to_come = VenueClosing.objects.filter(last_on__gte=now.astimezone(SHANGHAI).date()).order_by("first_on", "id")
    venues = community.venues.order_by("id").prefetch_related(Prefetch("closings", to_come, to_attr="to_come"))
    return [VenueRow(one, [row for row in rows if row.room.venue_id == one.pk], one.to_come) for one in venues]


def say_lacking(room: Room, lacking: Iterable[str]) -> str:
    """阅览室没有投影、无线网。有的话，先在“教室”里勾上。"""
    return f"{room}没有{'、'.join(lacking)}。有的话，先在“教室”里勾上。"


def sessions_needing(room: Room, things: Iterable[str], now: datetime) -> list[Session]:
    """Sessions to come in the room that need one of these things, with their class. Three queries at most."""
    found = Session.objects.filter(room=room, status=Session.Status.PLANNED, starts_at__gt=now)
    rows = found.select_related("series").prefetch_related("merged__series").order_by("starts_at", "id")
    asked = set(things)
    return [one for one in rows if asked.intersection(one.needs)]


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room with how much is to come in it."""

    room: Room
    sessions: int
    bookings: int
    wheelchairs: int


def rooms_of(community: Community, now: datetime) -> list[RoomRow]:
    """The rooms of a community with what is to come in each. One query."""
    coming = Q(session__status=Session.Status.PLANNED, session__starts_at__gt=now)
    found = Room.objects.filter(venue__community=community).annotate(
        sessions=Count("session", filter=coming, distinct=True),
        booked=Count("bookings", filter=Q(bookings__ends_at__gt=now, bookings__closing=None), distinct=True),
        wheelchairs=Count("session", filter=coming & Q(session__step_free=True), distinct=True),
    )
    return [RoomRow(room, room.sessions, room.booked, room.wheelchairs) for room in found.order_by("id")]
