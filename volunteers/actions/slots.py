"""Where one session could go in a week: each free slot with what is in the way there.

The page of a move asks again, with the action itself; this is what one sees while choosing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from classes.actions.changing import SHANGHAI
from classes.actions.moving import OFF, Target
from classes.models import Programme, Room, Session
from classes.queries.room_week import Block, DayRow, Lane, RoomWeek, room_week
from volunteers.actions import coming
from volunteers.actions.coming import Coming
from volunteers.actions.following import hindered

STEP = timedelta(minutes=30)
PARTS = (time(12), time(18))
"""Where the afternoon and the evening begin: a long hole has a slot in each part of the day."""
SENIORS_FROM, NOON = time(9), (time(12), time(14))


@dataclass(slots=True)
class Slot:
    """One place and time. `stops` keep the session from going there, `notes` are to be known before; so many
    of the learners expected and of the helpers asked can come.
    """

    target: Target
    learners: int = 0
    helpers: int = 0
    learners_asked: int = 0
    helpers_asked: int = 0
    stops: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def starts_at(self) -> datetime:
        """When it would begin."""
        return self.target.starts_at

    @property
    def ends_at(self) -> datetime:
        """When it would end."""
        return self.target.ends_at

    @property
    def clocks(self) -> str:
        """14:00-15:30, as the form of a move reads it."""
        return "-".join(f"{moment.astimezone(SHANGHAI):%H:%M}" for moment in (self.starts_at, self.ends_at))


@dataclass(slots=True)
class SlotDay:
    """A day with its slots; `taken` says who has the rooms that are not free long enough."""

    row: DayRow
    slots: list[Slot] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


def slot_days(*, session: Session, monday: date, now: datetime) -> tuple[RoomWeek, list[SlotDay]]:
    """The days of the week with the slots of each. The same number of queries for any number of rooms and people."""
    week = room_week(community=session.community, monday=monday, room=None, now=now, besides=session.pk)
    people = coming.people_of(session, week.days[0].date, week.days[-1].date)
    days = [slots_of(session, row, people, now) for row in week.days]
    every = [slot for day in days for slot in day.slots]
    for slot, sentences in zip(every, hindered(people.helpers, [slot.target for slot in every]), strict=True):
        slot.notes += sentences
    others = dict(held_days(session, monday))
    for day in days:
        for slot in day.slots if day.row.date in others else ():
            slot.stops.append(f"这个班那天 {others[day.row.date]:%H:%M} 已经有一场，可以并班")
        # What works stands first, then where most can come, then what is nearest to the session's own clock.
        day.slots.sort(key=lambda slot: (bool(slot.stops), -slot.learners - slot.helpers, away(session, slot)))
    return week, days


def held_days(session: Session, monday: date) -> Iterator[tuple[date, datetime]]:
    """The days of the week on which the class meets anyway, with the beginning. One query."""
    if session.split_from_id:
        return
    found = session.series.sessions.filter(
        on_date__range=(monday, monday + timedelta(days=6)), split_from=None, status__in=("planned", "done")
    ).exclude(pk=session.pk)
    for one in found.order_by("-starts_at", "-id"):
        yield one.on_date, one.starts_at.astimezone(SHANGHAI)


def slots_of(session: Session, row: DayRow, people: Coming, now: datetime) -> SlotDay:
    """The best slots of each hole of each room on that day, and who has the other rooms."""
    day = SlotDay(row)
    for lane in row.lanes:
        if lane.room is None:
            continue
        found = [slot for slot in in_lane(session, row.date, lane, people, now) if not is_where_it_is(slot, session)]
        for slot in found:
            judge(slot, row, lane.room)
        day.slots += found
        if not found:
            day.taken.append(f"{lane.room}：{who_has(lane)}")
    return day


def in_lane(session: Session, day: date, lane: Lane, people: Coming, now: datetime) -> Iterator[Slot]:
    """For each hole that is long enough, the slot of each part of the day at which most people can come."""
    for first, last in free_of(lane):
        best: dict[int, Slot] = {}
        for starts in starts_in(session, day, max(first, quarter_after(now)), last):
            ends = starts + (session.ends_at - session.starts_at)
            slot = Slot(
                Target(session, day, starts, ends, lane.room),
                *people.count(starts, ends),
                len(people.learners),
                len(people.helpers),
            )
            part = sum(starts.time() >= begins for begins in PARTS)
            known = best.setdefault(part, slot)
            if rank(session, slot) < rank(session, known):
                best[part] = slot
        yield from best.values()


def starts_in(session: Session, day: date, first: datetime, last: datetime) -> list[datetime]:
    """Beginnings in a hole: the one nearest to the session's own clock and every half hour; for seniors those
    at a fit hour, where there is one.
    """
    length = session.ends_at - session.starts_at
    first, last = first.astimezone(SHANGHAI), last.astimezone(SHANGHAI)
    if last - first < length:
        return []
    own = datetime.combine(day, session.starts_at.astimezone(SHANGHAI).time(), SHANGHAI)
    found = {min(max(own, first), last - length)}
    starts = datetime.combine(day, time(), SHANGHAI)
    while starts <= last - length:
        found |= {starts} if starts >= first else set()
        starts += STEP
    fit = {one for one in found if is_fit(session, one, one + length)}
    return sorted(fit or {min(max(own, first), last - length)})


def is_fit(session: Session, starts: datetime, ends: datetime) -> bool:
    """Seniors: not before 9:00, not over noon (the engine's rule `senior-hours`)."""
    if session.series.programme.kind != Programme.Kind.SENIOR:
        return True
    return starts.time() >= SENIORS_FROM and (ends.time() <= NOON[0] or starts.time() >= NOON[1])


def rank(session: Session, slot: Slot) -> tuple[int, timedelta, datetime]:
    """Most people first, then the nearest clock."""
    return -slot.learners - slot.helpers, away(session, slot), slot.starts_at


def away(session: Session, slot: Slot) -> timedelta:
    """How far the clock is from the session's own."""
    own = session.starts_at.astimezone(SHANGHAI)
    there = slot.starts_at.astimezone(SHANGHAI)
    return abs(datetime.combine(own.date(), there.time()) - datetime.combine(own.date(), own.time()))


def free_of(lane: Lane) -> Iterator[tuple[datetime, datetime]]:
    """The holes of a room, less the minutes that it wants between two uses."""
    gap = timedelta(minutes=lane.room.gap_minutes if lane.room else 0)
    uses = [block for block in lane.blocks if block.kind in ("session", "booking")]
    for block in lane.blocks:
        if block.kind == "free":
            first = max([block.starts_at, *(use.ends_at + gap for use in uses if use.ends_at <= block.starts_at)])
            last = min([block.ends_at, *(use.starts_at - gap for use in uses if use.starts_at >= block.ends_at)])
            yield first, last


def quarter_after(now: datetime) -> datetime:
    """The next full quarter of an hour."""
    return datetime.fromtimestamp((int(now.timestamp()) // 900 + 1) * 900, tz=SHANGHAI)


def is_where_it_is(slot: Slot, session: Session) -> bool:
    """Whether nothing would change."""
    return slot.starts_at == session.starts_at and slot.target.room == session.room


def judge(slot: Slot, row: DayRow, room: Room) -> None:
    """What the room and the day say."""
    session = slot.target.session
    if room != session.room and room.seats and session.expected > room.seats:
        slot.stops.append(f"只有 {room.seats} 个座位，要来 {session.expected} 人")
    if room != session.room and (lacking := room.lacks(session.needs)):
        slot.stops.append(f"没有{'、'.join(lacking)}")
    if session.step_free and not room.step_free:
        slot.stops.append(f"有人坐轮椅，在 {room.floor} 楼没有电梯")
    if row.kind in OFF and row.date != session.on_date:
        slot.notes.append(f"{row.name or row.word}，要照开得打勾")


def who_has(lane: Lane) -> str:
    """Who is in the way in a room without a slot."""
    return "、".join(dict.fromkeys(named(lane.blocks))) or "不开门"


def named(blocks: Iterable[Block]) -> Iterator[str]:
    """The classes and others that have the room."""
    for block in blocks:
        if block.session:
            yield block.session.series.name
        elif block.kind == "booking":
            yield block.who
