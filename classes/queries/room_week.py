"""A week of the rooms of a community: what is held where, what others booked, and what is still free."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from classes.calendar import Days, Status, Type, teaching_week
from classes.models import Community, Room, RoomBooking, Session, Term
from classes.queries.rooms import SHANGHAI

# The picture of a day: from eight to nine in quarters of an hour; what lies outside stands at its edge.
FIRST, LAST = time(8), time(21)
QUARTER = timedelta(minutes=15)
QUARTERS = 52
# A hole shorter than this is a pause, not a slot.
SHORTEST = timedelta(minutes=30)
DAY_WORDS = {Type.MAKEUP: "补班日", Type.HOLIDAY: "放假", Type.CLOSED: "停课", Type.HALF: "半天放假"}
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Block:
    """A period of a room: `kind` is session, booking, closed or free."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    session: Session | None = None
    who: str = ""

    @property
    def length(self) -> timedelta:
        """How long it takes."""
        return self.ends_at - self.starts_at

    @property
    def minutes(self) -> int:
        """How many minutes it takes."""
        return int(self.length.total_seconds()) // 60

    @property
    def place(self) -> str:
        """The classes that put it into the picture of the day: first quarter and number of quarters."""
        first, last = quarter(self.starts_at), quarter(self.ends_at, up=True)
        first = min(first, QUARTERS - 1)
        return f"q{first} n{max(1, last - first)}"

    @property
    def length_text(self) -> str:
        """1 小时 30 分"""
        hours, minutes = divmod(int(self.length.total_seconds()) // 60, 60)
        return " ".join(part for part in (hours and f"{hours} 小时", minutes and f"{minutes} 分") if part)


@dataclass(slots=True)
class Lane:
    """One room on one day; `room` None holds the sessions that have none yet."""

    room: Room | None
    blocks: list[Block]

    @property
    def used(self) -> timedelta:
        """How long it is taken, by us and by others."""
        return sum((b.length for b in self.blocks if b.kind in ("session", "booking")), timedelta())

    @property
    def usable(self) -> timedelta:
        """How long it is taken or could be."""
        return self.used + sum((b.length for b in self.blocks if b.kind == "free"), timedelta())


@dataclass(slots=True)
class DayRow:
    """One day with its rooms; `word` and `name` are the layer of holidays."""

    date: date
    kind: str
    look: str
    word: str
    name: str
    follows: str
    is_predicted: bool
    is_today: bool
    lanes: list[Lane] = field(default_factory=list)
    cancelled: list[Session] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many sessions are held."""
        return sum(block.kind == "session" for lane in self.lanes for block in lane.blocks)

    @property
    def full(self) -> str:
        """How full the rooms are: 用了 6.5 小时，还空 45.5 小时"""
        used = sum((lane.used for lane in self.lanes if lane.room), timedelta())
        usable = sum((lane.usable for lane in self.lanes if lane.room), timedelta())
        if not usable:
            return "教室都不开门" if self.lanes else ""
        return f"用了 {hours(used)} 小时，空 {hours(usable - used)} 小时"


@dataclass(slots=True)
class RoomWeek:
    """All the page shows. `rooms` are all of the community, with the hours that each is taken."""

    community: Community
    monday: date
    number: int | None
    days: list[DayRow]
    rooms: list[tuple[Room, str]]
    room: Room | None

    @property
    def sunday(self) -> date:
        """The last day."""
        return self.monday + timedelta(days=6)

    @property
    def previous(self) -> date:
        """The Monday before."""
        return self.monday - timedelta(days=7)

    @property
    def next(self) -> date:
        """The Monday after."""
        return self.monday + timedelta(days=7)

    @property
    def sessions(self) -> int:
        """How many sessions are held in the week."""
        return sum(day.number for day in self.days)

    @property
    def predicted(self) -> bool:
        """Whether any of its days rests on a guess."""
        return any(day.is_predicted for day in self.days)


def hours(length: timedelta) -> str:
    """6.5 or 6: hours with at most one decimal."""
    return f"{length.total_seconds() / 3600:.1f}".removesuffix(".0")


def quarter(moment: datetime, *, up: bool = False) -> int:
    """The quarter of the picture in which the moment lies, kept inside it; `up` rounds to the end of it."""
    local = moment.astimezone(SHANGHAI)
    minutes = (local.hour - FIRST.hour) * 60 + local.minute
    return max(0, min(QUARTERS, -(-minutes // 15) if up else minutes // 15))


def room_week(
    *, community: Community, monday: date, room: str | None, now: datetime, besides: int | None = None
) -> RoomWeek:
    """The week from that Monday; `room` is the id of the one to show, else all. A constant number of queries.

    `besides` is the id of a session that is to go elsewhere: its room counts as free.
    """
    known = list(Room.objects.filter(venue__community=community).order_by("id"))
    chosen = next((one for one in known if str(one.pk) == str(room)), None)
    sessions = [one for one in sessions_of(community, monday) if one.pk != besides]
    bookings = list(RoomBooking.objects.filter(room__in=known, **meets(monday)).order_by("starts_at", "id"))
    lanes = {one.pk: lanes_of(one, monday, sessions, bookings) for one in known}
    term = Term.objects.filter(starts_on__lte=monday + timedelta(days=6), ends_on__gte=monday).first()
    rows = day_rows(community, monday, now)
    for row in rows:
        shown = [chosen] if chosen else known
        row.lanes = [lanes[one.pk][row.date] for one in shown]
        homeless = [] if chosen else homeless_of(sessions, row.date)
        row.lanes += [Lane(None, homeless)] if homeless else []
        row.cancelled = [
            one
            for one in sessions
            if one.on_date == row.date
            and one.status == Session.Status.CANCELLED
            and (chosen is None or one.room_id == chosen.pk)
        ]
    used = {one.pk: sum((lane.used for lane in lanes[one.pk].values()), timedelta()) for one in known}
    return RoomWeek(
        community=community,
        monday=monday,
        number=teaching_week(term, monday) if term else None,
        days=rows,
        rooms=[(one, hours(used[one.pk])) for one in known],
        room=chosen,
    )


def meets(monday: date) -> dict[str, datetime]:
    """The condition that a period meets the week."""
    first = datetime.combine(monday, time(0), SHANGHAI)
    return {"starts_at__lt": first + timedelta(days=7), "ends_at__gt": first}


def sessions_of(community: Community, monday: date) -> list[Session]:
    """The sessions of the community and those of others in its rooms, cancelled ones too. One query."""
    found = Session.objects.filter(Q(community=community) | Q(room__venue__community=community), **meets(monday))
    return list(found.select_related("series__programme", "room", "lesson").order_by("starts_at", "id"))


def day_rows(community: Community, monday: date, now: datetime) -> list[DayRow]:
    """The seven days with what the calendar says. Two queries."""
    days = Days.between(monday, monday + timedelta(days=6), community)
    rows = []
    for day in days.dates():
        kind, follows = days.type_of(day), days.follows(day)
        rows.append(
            DayRow(
                date=day,
                kind=kind,
                look={Type.MAKEUP: "makeup", Type.HOLIDAY: "holiday", Type.CLOSED: "closed"}.get(kind, ""),
                word=DAY_WORDS.get(kind, ""),
                name=days.name_of(day),
                follows=f"按周{WEEKDAYS[follows]}的课表" if follows is not None else "",
                is_predicted=days.status_of(day) == Status.PREDICTED,
                is_today=day == now.astimezone(SHANGHAI).date(),
            )
        )
    return rows


def homeless_of(sessions: Iterable[Session], day: date) -> list[Block]:
    """The sessions of the day that have no room."""
    return [
        Block("session", one.starts_at, one.ends_at, one)
        for one in sessions
        if one.on_date == day and one.room_id is None and one.status != Session.Status.CANCELLED
    ]


def lanes_of(
    room: Room, monday: date, sessions: Iterable[Session], bookings: Iterable[RoomBooking]
) -> dict[date, Lane]:
    """The room on each day of the week."""
    taken: dict[date, list[Block]] = defaultdict(list)
    for one in sessions:
        if one.room_id == room.pk and one.status != Session.Status.CANCELLED:
            taken[one.on_date].append(Block("session", one.starts_at, one.ends_at, one))
    found = {}
    for offset in range(7):
        day = monday + timedelta(days=offset)
        opens, closes = (datetime.combine(day, clock, SHANGHAI) for clock in (FIRST, LAST))
        others = [
            Block("booking", max(one.starts_at, opens), min(one.ends_at, closes), who=one.who)
            for one in bookings
            if one.room_id == room.pk and one.starts_at < closes and one.ends_at > opens
        ]
        blocks = sorted([*taken[day], *others], key=lambda block: block.starts_at)
        found[day] = Lane(room, list(filled(room, opens, closes, blocks)))
    return found


def filled(room: Room, opens: datetime, closes: datetime, blocks: list[Block]) -> Iterator[Block]:
    """The blocks with the holes between them, each open or closed. In order of time."""
    at = opens
    for block in blocks:
        yield from holes(room, at, block.starts_at)
        yield block
        at = max(at, block.ends_at)
    yield from holes(room, at, closes)


def holes(room: Room, first: datetime, last: datetime) -> Iterator[Block]:
    """The hole from `first` to `last` cut where the room opens and closes."""
    at = first
    for opens, closes in windows(room, first):
        starts, ends = max(opens, first), min(closes, last)
        if starts >= ends:
            continue
        if starts > at:
            yield Block("closed", at, starts)
        if ends - starts >= SHORTEST:
            yield Block("free", starts, ends)
        at = ends
    if room.open_windows and last > at:
        yield Block("closed", at, last)


def windows(room: Room, moment: datetime) -> list[tuple[datetime, datetime]]:
    """When the room is open on the day of the moment, in order; no windows = all day."""
    day = moment.astimezone(SHANGHAI).date()
    clocks = [
        (time.fromisoformat(opens), time.fromisoformat(closes))
        for weekday, opens, closes in room.open_windows or [[day.weekday(), "00:00", "23:59"]]
        if weekday == day.weekday()
    ]
    return sorted((datetime.combine(day, a, SHANGHAI), datetime.combine(day, b, SHANGHAI)) for a, b in clocks)
