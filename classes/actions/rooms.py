"""Rooms: what they are like, when they may be used, and who else has them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from classes.actions.changing import Refused
from classes.actions.timetable import hold_rooms
from classes.actions.venues import book_new_room
from classes.models import Community, Room, RoomBooking, Series, Session, Venue
from classes.models.truths import STAIRS
from classes.queries import rooms as queries
from people import audit
from people.models import User
from people.workbooks.equipment import read_equipment


class RoomInUse(Refused):
    """Somebody has the room in that period."""


class StillNeeded(Refused):
    """Somebody in a wheelchair is expected in the room, or a class needs what goes; the message names the sessions."""


class NameTaken(Refused):
    """The community has a room of that name."""


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What the form of a room says. `open_windows` is [[weekday, "HH:MM", "HH:MM"], …].

    `has` is what read_equipment finds in `equipment`.
    """

    name: str
    seats: int | None
    floor: int | None
    has_lift: bool | None
    equipment: str
    open_text: str
    open_windows: list[list[Any]]
    gap_minutes: int
    has: list[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "has", read_equipment(self.equipment))


@transaction.atomic
def add_room(*, community: Community, facts: RoomFacts, now: datetime, actor: User | None) -> Room:
    """A new room in the first venue of the community, which is made with it where there is none. Raises NameTaken."""
    venue = community.venues.first() or Venue.objects.get_or_create(community=community, name=community.name)[0]
    room = Room(venue=venue)
    _write(room, facts)
    book_new_room(room, now)
    audit.write(actor=actor, verb="加了教室", thing=f"room:{room.pk}", now=now, summary=facts.name)
    return room


@transaction.atomic
def change_room(*, room: Room, facts: RoomFacts, now: datetime, actor: User | None) -> Room:
    """Other seats, floor, hours. Raises NameTaken, and StillNeeded when a lift or equipment goes that is needed.

    Sessions that are over need nothing any more.
    """
    hold_rooms([room.pk])
    require_equipment_to_spare(room, facts, now)
    Session.objects.filter(room=room, step_free=True, starts_at__lte=now).update(step_free=None)
    _write(room, facts)
    audit.write(actor=actor, verb="改了教室", thing=f"room:{room.pk}", now=now, summary=facts.name)
    return room


def require_equipment_to_spare(room: Room, facts: RoomFacts, now: datetime) -> None:
    """Raise StillNeeded when a class of this room needs what the room is not to have any more."""
    had = Room.objects.values_list("has", flat=True).get(pk=room.pk)
    gone = [one for one in had if one not in facts.has]
    if not gone:
        return
    needing = queries.sessions_needing(room, gone, now)
    # A class whose sessions are not made yet has a room too.
    known = Series.objects.filter(room=room, term__ends_on__gte=now.astimezone(queries.SHANGHAI).date())
    waiting = [one for one in known.order_by("id") if set(one.needs) & set(gone)]
    classes = list(dict.fromkeys([*(one.series for one in needing), *waiting]))
    wanted: set[str] = set().union(*(one.needs for one in needing), *(one.needs for one in waiting))
    if classes:
        count = f"有 {len(needing)} 场要上，" if needing else ""
        used = "、".join(one for one in gone if one in wanted)
        names = "、".join(map(str, classes))
        raise StillNeeded(f"{names}{count}要用{used}：先给这些班换教室，或者改它们要的设备。")


def _write(room: Room, facts: RoomFacts) -> None:
    for name in facts.__slots__:
        setattr(room, name, getattr(facts, name))
    try:
        with transaction.atomic():
            room.save()
    except IntegrityError as error:
        if STAIRS in str(error):
            raise StillNeeded(_who_needs_it(room)) from error
        raise NameTaken(f"这里已经有一间“{facts.name}”，换一个名字。") from error


def _who_needs_it(room: Room) -> str:
    found = Session.objects.filter(room=room, step_free=True, status=Session.Status.PLANNED).select_related("series")
    names = sorted({session.series.name for session in found})
    return f"{'、'.join(names)}有 {len(found)} 场有人坐轮椅，先把这几场换到一楼或有电梯的教室。"


@transaction.atomic
def book_room(
    *, room: Room, who: str, starts_at: datetime, ends_at: datetime, now: datetime, actor: User | None
) -> RoomBooking:
    """Somebody else has the room in this period. Raises RoomInUse with what is there."""
    hold_rooms([room.pk])
    if used := queries.uses(room.pk, starts_at, ends_at):
        raise RoomInUse(queries.say_use(room, used[0]))
    try:
        with transaction.atomic():
            booking = RoomBooking.objects.create(
                room=room, who=who.strip()[:40], starts_at=starts_at, ends_at=ends_at, created_at=now
            )
    except IntegrityError as error:
        raise RoomInUse(f"{room}那个时间刚刚被占用。") from error
    audit.write(actor=actor, verb="登记了别人订教室", thing=f"room:{room.pk}", now=now, summary=f"{room}：{who}")
    return booking


@transaction.atomic
def free_room(*, booking: RoomBooking, now: datetime, actor: User | None) -> None:
    """The booking is off; done twice, it is done once. A venue that is shut is opened as a whole (actions.venues)."""
    if RoomBooking.objects.filter(pk=booking.pk, closing=None).delete()[0]:
        summary = f"{booking.room}：{booking.who}"
        audit.write(actor=actor, verb="取消了别人订教室", thing=f"room:{booking.room_id}", now=now, summary=summary)
