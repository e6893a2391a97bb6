"""场地停用: a whole venue is shut for some days. What was to be held there is called off, everybody touched is told."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from classes.actions import changing, holding
from classes.actions.calling_off import call_off, require_reason
from classes.actions.changing import Done, local, say_day
from classes.models import Change, Room, RoomBooking, Session, Venue, VenueClosing
from people import audit
from people.models import User

LONGEST = timedelta(days=366)
SHUT = "停用"


class WrongDays(changing.Refused):
    """The days are over, the wrong way round, or more than a year."""


def sessions_there(venue: Venue, first: date, last: date, now: datetime) -> QuerySet[Session]:
    """Sessions to come in the rooms of the venue on these days, of whichever community."""
    return Session.objects.filter(
        room__venue=venue, on_date__range=(first, last), status=Session.Status.PLANNED, starts_at__gt=now
    )


@transaction.atomic
def close_venue(*, venue: Venue, first: date, last: date, reason: str, now: datetime, actor: User | None) -> Done:
    """Call off everything in the rooms of a venue from `first` to `last`, and let nothing be put there.

    A session that has begun is held to its end. The rooms are booked for these days, so that generating,
    moving and the search for timetables leave them alone. The volunteers app calls this inside its own action.
    Raises calling_off.NoReason, WrongDays, and changing.NotHeld when it is shut already.
    """
    require_reason(reason)
    require_days(first, last, now)
    found = sessions_there(venue, first, last, now)
    holding.hold_community(venue.community_id, *found.order_by().values_list("community_id", flat=True))
    rooms = list(venue.rooms.order_by("id"))
    held = changing.hold(found.values_list("pk", flat=True), rooms=[room.pk for room in rooms])
    # A session that went elsewhere while we waited is not of these days any more.
    still = set(found.values_list("pk", flat=True))
    held = [one for one in held if one.pk in still]
    if not held and venue.closings.filter(first_on__lte=first, last_on__gte=last).exists():
        raise changing.NotHeld(f"{venue}{say_days(first, last)}已经停用了。")
    summary = f"{venue}{say_days(first, last)}停用，{len(held)} 场停课"
    done = call_off(Change.Kind.SHUT, held, venue.community, summary, reason, now, actor)
    closing = VenueClosing.objects.create(
        venue=venue, change=done.change, first_on=first, last_on=last, reason=reason.strip()[:120]
    )
    book(closing, rooms, now)
    return done


def require_days(first: date, last: date, now: datetime) -> None:
    """Raise WrongDays."""
    if last < first:
        raise WrongDays("最后一天要在第一天之后。")
    if last < local(now).date():
        raise WrongDays("这些日子已经过去了。")
    if last - first >= LONGEST:
        raise WrongDays("一次最多停用一年，请看看日期里的年份。")


def say_days(first: date, last: date) -> str:
    """周六 9月12日, or 周六 9月12日到周日 9月13日"""
    return say_day(first) if first == last else f"{say_day(first)}到{say_day(last)}"


def book(closing: VenueClosing, rooms: Iterable[Room], now: datetime) -> None:
    """Nobody else gets these rooms meanwhile; who is in one keeps it until they are done."""
    rooms = list(rooms)
    begins = max(now, datetime.combine(closing.first_on, time(), changing.SHANGHAI))
    ends = datetime.combine(closing.last_on + timedelta(days=1), time(), changing.SHANGHAI)
    running = Session.objects.exclude(status=Session.Status.CANCELLED).filter(
        room__in=rooms, starts_at__lte=now, ends_at__gt=begins
    )
    until = dict(running.order_by("ends_at").values_list("room_id", "ends_at"))
    rows = [
        RoomBooking(
            room=room,
            closing=closing,
            who=f"{SHUT}：{closing.reason}"[:40],
            starts_at=max(begins, until.get(room.pk, begins)),
            ends_at=ends,
            created_at=now,
        )
        for room in rooms
    ]
    try:
        with transaction.atomic():
            RoomBooking.objects.bulk_create(rows)
    except IntegrityError as error:
        raise changing.RoomInUse("刚刚有一场排进了这些教室，刷新再看。") from error


def book_new_room(room: Room, now: datetime) -> None:
    """A room added to a venue that is shut is shut too; whoever shuts it meanwhile waits, and finds the room."""
    holding.hold_community(room.venue.community_id)
    for closing in VenueClosing.objects.filter(venue=room.venue_id, last_on__gte=local(now).date()):
        book(closing, [room], now)


@transaction.atomic
def reopen_venue(*, closing: VenueClosing, now: datetime, actor: User | None) -> None:
    """The venue is in use again earlier than said; what was called off stays so. Done twice, it is done once."""
    if VenueClosing.objects.filter(pk=closing.pk).delete()[0]:
        days = say_days(closing.first_on, closing.last_on)
        summary = f"{closing.venue}（原定{days}停用）"
        audit.write(actor=actor, verb="恢复了场地", thing=f"venue:{closing.venue_id}", now=now, summary=summary)
