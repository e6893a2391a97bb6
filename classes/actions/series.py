"""Terms and classes: made and changed by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Q

from classes import demand
from classes.actions.changing import LacksEquipment, UpTheStairs, say
from classes.actions.holding import hold_community, hold_series
from classes.actions.seats import set_expected, set_seats
from classes.actions.timetable import hold_rooms
from classes.actions.venues import book_new_room
from classes.demand import need_changed
from classes.models import Community, Programme, Room, Series, SeriesDay, Session, Term, Venue
from classes.queries import rooms as room_queries
from classes.seeds import seed_reference
from people import audit
from people.models import User

SHANGHAI = ZoneInfo("Asia/Shanghai")


RHYTHM = ("every_weeks", "week_offset", "month_weeks", "from_on", "until_on")


# Days of the longest term: a school year and the summer after it.
LONGEST = 400


class TermTooLong(Exception):
    """A term of years is a slip in a date, and would make a session on every day of them."""


class NameTaken(Exception):
    """There is a term, or a class of the term, with that name."""


class StillWithout(LacksEquipment):
    """Sessions to come are in rooms that do not have what the class is to need; the message names them."""


class SeatsInUse(Exception):
    """More learners have a place than the new number of seats."""


class TimesFixed(Exception):
    """Sessions have been made: weekdays and times of the class no longer change here."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What the form of a class says. `room_name` that is not known yet becomes a room.

    The other fields are those of Series: every week of the term unless they say otherwise.
    """

    name: str
    weekdays: Iterable[int]
    starts: time
    ends: time
    room_name: str
    capacity: int
    stages: str = ""
    every_weeks: int = 1
    week_offset: int = 0
    month_weeks: str = ""
    from_on: date | None = None
    until_on: date | None = None
    needs: tuple[str, ...] = ()

    def rhythm(self) -> dict[str, Any]:
        """The fields of Series that say in which weeks it meets."""
        return {name: getattr(self, name) for name in RHYTHM}


@transaction.atomic
def create_term(*, name: str, starts_on: date, ends_on: date, now: datetime, actor: User | None) -> Term:
    """A new planning range, with the reference data every term needs. Raises NameTaken, TermTooLong."""
    if (ends_on - starts_on).days >= LONGEST:
        raise TermTooLong
    seed_reference(now)
    try:
        with transaction.atomic():
            term = Term.objects.create(name=name, starts_on=starts_on, ends_on=ends_on)
    except IntegrityError as error:
        raise NameTaken from error
    audit.write(actor=actor, verb="建了学期", thing=f"term:{term.pk}", now=now, summary=name)
    return term


@transaction.atomic
def create_series(
    *,
    term: Term,
    community: Community,
    programme: Programme,
    pattern: Pattern,
    now: datetime,
    actor: User | None,
) -> Series:
    """A new class with its weekdays; sessions come from generate_term. Raises NameTaken, LacksEquipment."""
    leads, helpers = usual_team(programme, pattern.capacity)
    room = room_with(community, pattern, now)
    try:
        with transaction.atomic():
            series = Series.objects.create(
                programme=programme,
                term=term,
                community=community,
                name=pattern.name,
                room=room,
                starts=pattern.starts,
                ends=pattern.ends,
                capacity=pattern.capacity,
                stated_leads=leads,
                stated_helpers=helpers,
                stages=pattern.stages,
                needs=list(pattern.needs),
                **pattern.rhythm(),
            )
    except IntegrityError as error:
        raise NameTaken from error
    SeriesDay.objects.bulk_create(
        SeriesDay(series=series, weekday=weekday, seats=pattern.capacity) for weekday in sorted(set(pattern.weekdays))
    )
    audit.write(actor=actor, verb="建了班", thing=f"series:{series.pk}", now=now, summary=series.name)
    return series


def usual_team(programme: Programme, capacity: int) -> tuple[int, int]:
    """Leads and helpers of a full class, until learners are enrolled."""
    if programme.kind == Programme.Kind.DESK:
        return 0, 4
    helpers = max(programme.minimum_adults, ceil(capacity / programme.default_ratio))
    return (1 if programme.kind == Programme.Kind.SENIOR else 0), helpers


def room_named(community: Community, name: str, now: datetime) -> Room | None:
    """The community's room of that name, made in its first venue when it is new; shut there means shut for it too."""
    if not name:
        return None
    known = Room.objects.filter(venue__community=community, name=name).first()
    if known:
        return known
    venue = community.venues.first() or Venue.objects.create(community=community, name=community.name)
    made = Room.objects.create(venue=venue, name=name)
    book_new_room(made, now)
    return made


def room_with(community: Community, pattern: Pattern, now: datetime) -> Room | None:
    """The room that the form names, when it has what the class needs. Raises LacksEquipment."""
    room = room_named(community, pattern.room_name, now)
    hold_rooms([room.pk if room else None])
    if room:
        room.refresh_from_db(fields=["has"])
        if lacking := room.lacks(pattern.needs):
            raise LacksEquipment(room_queries.say_lacking(room, lacking))
    return room


@transaction.atomic
def set_needs(*, series: Series, needs: Iterable[str], now: datetime, actor: User | None) -> None:
    """What the class cannot be held without, where its learners go, also into a session of another class.

    Raises StillWithout, naming the sessions that are elsewhere.
    """
    wanted = list(needs)
    if wanted == series.needs:
        return
    hold_community(series.community_id)
    hold_series([series.pk])
    merged = series.sessions.exclude(merged_into=None).values("merged_into")
    theirs = Session.objects.filter(Q(series=series) | Q(pk__in=merged))
    coming = theirs.filter(status="planned", starts_at__gt=now).exclude(room=None)
    hold_rooms([series.room_id, *coming.values_list("room_id", flat=True)])
    rows = coming.select_related("series", "room").order_by("starts_at", "id")
    without = [(one, lacking) for one in rows if (lacking := one.room.lacks(wanted) if one.room else [])]
    if without:
        first, lacking = without[0]
        raise StillWithout(
            f"{say(first)}等 {len(without)} 场的教室没有{'、'.join(lacking)}："
            "先换教室；教室里其实有的话，先在“教室”里勾上。"
        )
    series.refresh_from_db(fields=["room"])
    if series.room and (lacking := series.room.lacks(wanted)):
        raise StillWithout(room_queries.say_lacking(series.room, lacking))
    series.needs = wanted
    Series.objects.filter(pk=series.pk).update(needs=wanted)
    said = "、".join(wanted) or "没有要求"
    audit.write(actor=actor, verb="改了班要的设备", thing=f"series:{series.pk}", now=now, summary=f"{series}：{said}")


@transaction.atomic
def change_series(*, series: Series, pattern: Pattern, now: datetime, actor: User | None) -> Series:
    """Change a class: its name, seats and what it teaches, and when and where while it has no sessions.

    Once sessions are made people have been asked for those times: reshaping.reshape_series changes them
    with everybody told. Raises NameTaken, SeatsInUse, TimesFixed, UpTheStairs, LacksEquipment, StillWithout.
    """
    hold_community(series.community_id)
    hold_series([series.pk])
    weekdays = sorted(set(pattern.weekdays))
    before = list(series.days.values_list("weekday", flat=True))
    rhythm = {name: getattr(series, name) for name in RHYTHM}
    room_name = series.room.name if series.room else ""
    asked = (weekdays, pattern.starts, pattern.ends, pattern.rhythm(), pattern.room_name)
    if series.sessions.exists() and asked != (before, series.starts, series.ends, rhythm, room_name):
        raise TimesFixed
    if pattern.capacity != series.capacity and not set_seats(series, pattern.capacity):
        raise SeatsInUse
    if pattern.room_name != room_name:
        series.room = room_with(series.community, pattern, now)
        if series.room and not series.room.step_free and demand.rolls_in(series.pk):
            raise UpTheStairs(f"有人坐轮椅，{series.room}在 {series.room.floor} 楼没有电梯。")
        series.needs = list(pattern.needs)
    else:
        set_needs(series=series, needs=pattern.needs, now=now, actor=actor)
    series.name, series.capacity, series.stages = pattern.name, pattern.capacity, pattern.stages
    series.starts, series.ends = pattern.starts, pattern.ends
    for name, value in pattern.rhythm().items():
        setattr(series, name, value)
    try:
        with transaction.atomic():
            series.save()
    except IntegrityError as error:
        raise NameTaken from error
    change_days(series, weekdays, before)
    set_expected({series.pk}, since=now.astimezone(SHANGHAI).date())
    need_changed.send(sender=Series, series_ids={series.pk}, now=now)
    audit.write(actor=actor, verb="改了班", thing=f"series:{series.pk}", now=now, summary=series.name)
    return series


def change_days(series: Series, weekdays: list[int], before: list[int]) -> None:
    """Add and remove weekdays of a class that has no sessions yet."""
    series.days.exclude(weekday__in=weekdays).delete()
    for weekday in set(weekdays) - set(before):
        taken = series.enrolments.filter(status="confirmed", weekdays=[]).count()
        SeriesDay.objects.create(series=series, weekday=weekday, seats=max(series.capacity, taken), taken=taken)
