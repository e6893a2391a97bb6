"""Another time or room for one session, for it and the following, or for all to come; two rooms swapped."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from classes import demand
from classes.actions import changing, families, holding
from classes.actions.changing import (
    DayTaken,
    Done,
    InThePast,
    LacksEquipment,
    NeedsTick,
    Record,
    RoomInUse,
    TooSmall,
    UpTheStairs,
    local,
    say,
    say_day,
    say_when,
)
from classes.actions.pattern import change_pattern
from classes.actions.timetable import sessions_changed
from classes.calendar import Days
from classes.models import CalendarDay, Change, Room, Session
from classes.queries import rooms
from people.models import User

ONE, FOLLOWING, ALL = "one", "following", "all"
OFF = (CalendarDay.Type.CLOSED, CalendarDay.Type.HOLIDAY)
BY_CODE = {
    "small": TooSmall,
    "stairs": UpTheStairs,
    "lacks": LacksEquipment,
    "closed": RoomInUse,
    "used": RoomInUse,
}


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be different; nothing said means as it is. `days` shifts the date, `room` None with
    `changes_room` takes the room away. `anyway` is the tick for a closed day or a holiday.
    """

    days: int = 0
    starts: time | None = None
    ends: time | None = None
    changes_room: bool = False
    room: Room | None = None
    anyway: bool = False

    def is_nothing(self) -> bool:
        """Whether it changes nothing at all."""
        return not (self.days or self.starts or self.ends or self.changes_room)


@dataclass(frozen=True, slots=True)
class Target:
    """Where one session would be."""

    session: Session
    on_date: date
    starts_at: datetime
    ends_at: datetime
    room: Room | None

    @property
    def moves_in_time(self) -> bool:
        """Whether people have to come at another time."""
        return (self.starts_at, self.ends_at) != (self.session.starts_at, self.session.ends_at)


def in_scope(session: Session, scope: str, edit: Edit, now: datetime) -> list[Session]:
    """The sessions an edit is about, in order of time: this one, from it on, or all that have not begun.

    A shift of days takes only those of the same weekday along.
    """
    if scope == ONE:
        return [session]
    found = session.series.sessions.filter(status=Session.Status.PLANNED, starts_at__gt=now, split_from=None)
    if scope == FOLLOWING:
        found = found.filter(starts_at__gte=session.starts_at)
    rows = list(found.select_related("series__programme", "community", "room").order_by("starts_at", "id"))
    weekday = demand.asked_day(session).weekday()
    return [one for one in rows if not edit.days or demand.asked_day(one).weekday() == weekday]


def targets(sessions: Iterable[Session], edit: Edit) -> list[Target]:
    """Where each would be. The end moves with the start where only the start is said."""
    found = []
    for session in sessions:
        starts, ends = local(session.starts_at), local(session.ends_at)
        on_date = session.on_date + timedelta(days=edit.days)
        new_starts = datetime.combine(on_date, edit.starts or starts.time(), changing.SHANGHAI)
        new_ends = datetime.combine(on_date, edit.ends, changing.SHANGHAI) if edit.ends else None
        new_ends = new_ends or new_starts + (ends - starts)
        found.append(Target(session, on_date, new_starts, new_ends, edit.room if edit.changes_room else session.room))
    return found


@transaction.atomic
def move_sessions(*, session: Session, scope: str, edit: Edit, reason: str, now: datetime, actor: User | None) -> Done:
    """Move a session, or it and others of its class, all or none.

    Raises changing.Refused: NotHeld, ChangedMeanwhile, InThePast, NeedsTick, DayTaken, RoomInUse,
    TooSmall, UpTheStairs, LacksEquipment. Who helps follows in the database; the volunteers app calls this inside its
    own action, which asks and tells them.
    """
    holding.hold_community(session.community_id)
    wanted = in_scope(session, scope, edit, now)
    sessions = changing.hold((one.pk for one in wanted), rooms=[edit.room.pk if edit.room else None])
    changing.require_held(sessions, now)
    changing.require_as_seen(session, sessions)
    going = targets(sessions, edit)
    if not going or all(unchanged(target) for target in going):
        raise changing.Refused("没有改动：时间和教室都和原来一样。")
    ticked = require_possible(going, edit, now)
    heads = demand.headcounts(sessions)
    record = changing.begin(
        kind=Change.Kind.MOVE,
        community=session.community,
        summary=summary_of(going),
        reason=reason,
        now=now,
        actor=actor,
    )
    done = Done(
        record.change,
        lines={target.session.pk: line_of(target) for target in going},
        asks={target.session.pk for target in going if target.moves_in_time},
    )
    # Moving later, the last one goes first: so none has to pass through another.
    for target in sorted(going, key=lambda one: one.session.starts_at, reverse=is_later(going)):
        write(record, target, ticked)
    if scope != ONE:
        change_pattern(record, session, going, edit, now)
    record.keep()
    sessions_changed(session.series, now)
    families.tell(done=done, heads=heads, now=now)
    return done


def unchanged(target: Target) -> bool:
    """Whether the session is there already."""
    return not target.moves_in_time and target.room == target.session.room


def is_later(going: list[Target]) -> bool:
    """Whether the sessions move forward in time."""
    return any(target.starts_at > target.session.starts_at for target in going)


def require_possible(going: list[Target], edit: Edit, now: datetime) -> dict[int, str]:
    """Raise the first refusal, else the type of the new day of each session, by its id."""
    first, last = min(one.on_date for one in going), max(one.on_date for one in going)
    days = Days.between(first, last, going[0].session.community)
    for target in going:
        if target.ends_at <= target.starts_at:
            raise changing.Refused("下课时间要晚于上课时间。")
        if target.starts_at <= now:
            raise InThePast(f"{say_when(target.starts_at, target.ends_at)} 已经过去了。")
        if days.type_of(target.on_date) in OFF and not edit.anyway and target.on_date != target.session.on_date:
            name = days.name_of(target.on_date) or CalendarDay.Type(days.type_of(target.on_date)).label
            raise NeedsTick(f"{say_day(target.on_date)}{name}，要照开请先打勾。")
    require_days_free(going)
    for target in going:
        require_room(target, besides={one.session.pk for one in going})
    return {
        one.session.pk: days.type_of(one.on_date) if one.on_date != one.session.on_date else one.session.day_type
        for one in going
    }


def require_room(target: Target, besides: Collection[int], *, comes_back: bool = False) -> None:
    """Raise what is in the way in the room.

    A session that was off or is new (`comes_back`) does not carry yet who is in a wheelchair: the class is asked.
    """
    if target.room is None:
        return
    session = target.session
    for code, sentence in rooms.in_the_way(
        target.room,
        target.starts_at,
        target.ends_at,
        people=session.expected if target.room != session.room else 0,
        needs_no_stairs=bool(session.step_free) or (comes_back and demand.rolls_in(session.series_id)),
        needs=session.needs if target.room != session.room or comes_back else (),
        besides=besides,
    ):
        raise BY_CODE[code](sentence)


def require_days_free(going: list[Target]) -> None:
    """A class has one session a day, parts of a split one besides."""
    wanted = {target.on_date: target for target in going if target.session.split_from_id is None}
    others = Session.objects.filter(
        series=going[0].session.series_id, on_date__in=wanted, split_from=None, status__in=("planned", "done")
    ).exclude(pk__in=[target.session.pk for target in going])
    if other := others.order_by("starts_at", "id").first():
        when = say_when(other.starts_at, other.ends_at)
        raise DayTaken(f"{going[0].session.series}在{when}已经有一场，挪过去就是一天两场。可以并班。")


def write(record: Record, target: Target, day_types: dict[int, str]) -> None:
    """One session goes to its target."""
    day_type = day_types[target.session.pk]
    ticked = day_type in OFF and target.on_date != target.session.on_date
    tick = {"ticked_at": record.change.made_at} if ticked else {}
    record.write(
        target.session,
        on_date=target.on_date,
        starts_at=target.starts_at,
        ends_at=target.ends_at,
        room_id=target.room and target.room.pk,
        day_type=day_type,
        **tick,
    )
    target.session.room = target.room


def line_of(target: Target) -> str:
    """原 周六 9月12日 09:30–11:00，改到 周日 9月13日 14:30–16:00，智慧教室"""
    where = f"，{target.room}" if target.room else "，教室另外通知"
    if not target.moves_in_time:
        return f"{say_when(target.starts_at, target.ends_at)} 时间不变，换教室{where}"
    before = say_when(target.session.starts_at, target.session.ends_at)
    return f"原 {before}，改到 {say_when(target.starts_at, target.ends_at)}{where}"


def summary_of(going: list[Target]) -> str:
    """The change as one line of the list of changes."""
    first = going[0]
    if len(going) == 1:
        return f"{first.session.series}：{line_of(first)}"
    return f"{first.session.series} {len(going)} 场，从{say_day(first.session.on_date)}起：{line_of(first)}"


@transaction.atomic
def swap_rooms(*, one: Session, other: Session, reason: str, now: datetime, actor: User | None) -> Done:
    """Two sessions of a community change rooms. Raises changing.Refused as move_sessions does."""
    holding.hold_community(one.community_id)
    held = {found.pk: found for found in changing.hold([one.pk, other.pk])}
    changing.require_as_seen(one, held.values())
    changing.require_as_seen(other, held.values())
    one, other = held[one.pk], held[other.pk]
    changing.require_held([one, other], now)
    if one.community_id != other.community_id or one.room_id == other.room_id:
        raise changing.Refused("这两场没有教室可换。")
    going = [
        Target(one, one.on_date, one.starts_at, one.ends_at, other.room),
        Target(other, other.on_date, other.starts_at, other.ends_at, one.room),
    ]
    for target in going:
        require_room(target, besides=held)
    heads = demand.headcounts([one, other])
    summary = f"{say(one)} 和 {say(other)} 换教室"
    record = changing.begin(
        kind=Change.Kind.SWAP, community=one.community, summary=summary, reason=reason, now=now, actor=actor
    )
    done = Done(record.change, {target.session.pk: line_of(target) for target in going})
    record.write(one, room_id=None)  # so that neither meets the other in a room
    for target in reversed(going):
        record.write(target.session, room_id=target.room and target.room.pk)
    record.keep()
    families.tell(done=done, heads=heads, now=now)
    return done
