"""Another pattern for a class whose sessions are made: which of them move, which are added, which fall out."""

from copy import copy
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction

from classes import calendar, demand, recurrence
from classes.actions import aligning, calling_off, changing, families, holding, moving, pattern
from classes.actions.changing import SHANGHAI, Done, Record, local, say_day, say_when
from classes.actions.moving import Edit, Target
from classes.actions.series import Pattern, room_named
from classes.actions.timetable import blank_session, sessions_changed
from classes.calendar import Days, Meeting
from classes.models import CalendarDay, Change, Community, DayQuestion, Room, Series, Session
from classes.queries import rooms
from people.models import User

FELL_OUT = "班的时间改了"


@dataclass(frozen=True, slots=True)
class Shape:
    """When and where a class meets; the last five are those of Series."""

    weekdays: tuple[int, ...]
    starts: time
    ends: time
    room: Room | None
    every_weeks: int = 1
    week_offset: int = 0
    month_weeks: str = ""
    from_on: date | None = None
    until_on: date | None = None

    def columns(self) -> dict[str, Any]:
        """The fields of Series, weekdays left out."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in ("weekdays", "room")}
        return {**values, "room_id": self.room and self.room.pk}

    def clock_of(self, day: date) -> tuple[datetime, datetime]:
        """Both ends on that day."""
        return datetime.combine(day, self.starts, SHANGHAI), datetime.combine(day, self.ends, SHANGHAI)


def shape_of(series: Series) -> Shape:
    """What a class is now."""
    weekdays = series.days.order_by("weekday").values_list("weekday", flat=True)
    own = {one.name: getattr(series, one.name) for one in fields(Shape) if one.name != "weekdays"}
    return Shape(weekdays=tuple(weekdays), **own)


def shape_from(community: Community, said: Pattern, now: datetime) -> Shape:
    """What the form of a class says; a room of a new name is made."""
    room = room_named(community, said.room_name, now)
    return Shape(tuple(sorted(set(said.weekdays))), said.starts, said.ends, room, **said.rhythm())


def said(series: Series, shape: Shape) -> Pattern:
    """A shape as the form of the class would say it, the rest as it is."""
    columns = {name: value for name, value in shape.columns().items() if name != "room_id"}
    return Pattern(
        name=series.name,
        weekdays=shape.weekdays,
        room_name=shape.room.name if shape.room else "",
        capacity=series.capacity,
        stages=series.stages,
        needs=tuple(series.needs),
        **columns,
    )


@dataclass(slots=True)
class Plan:
    """What a shape does to the sessions to come. `stay` are those that change nothing, `planned` the days of
    the new pattern of those that go to another day.
    """

    going: list[Target] = field(default_factory=list)
    planned: dict[int, date] = field(default_factory=dict)
    off: list[Session] = field(default_factory=list)
    stay: list[Session] = field(default_factory=list)
    added: list[Meeting] = field(default_factory=list)

    @property
    def sessions(self) -> list[Session]:
        """Every session that is there and that the shape has been asked about."""
        return [*(target.session for target in self.going), *self.off, *self.stay]

    def first(self) -> date | None:
        """The first day of the new pattern."""
        days = [target.on_date for target in self.going]
        days += [one.on_date for one in self.stay]
        return min([*days, *(one.on_date for one in self.added)], default=None)


def lay(*, series: Series, shape: Shape, since: date | None, now: datetime) -> Plan:
    """What becomes of every session to come, from `since` on where it is said. A constant number of queries.

    A session on a day that the new pattern names too stays on its day, also where it was moved by hand.
    The others go to the nearest free day of the pattern within a week; what is left over falls out, and
    days of the pattern without a session get one, unless none has been made yet for any day to come.
    """
    before, coming = shape_of(series), coming_of(series, since, now)
    wanted = wanted_days(series, shape, coming, since, now)
    plan, rest = Plan(), []
    for session in coming:
        if wanted.pop(demand.asked_day(session), None) is None:
            rest.append(session)
        else:
            keep_day(plan, session, before, shape)
    for session in (*plan.stay, *(target.session for target in plan.going)):
        wanted.pop(session.on_date, None)
    pairs = aligning.nearest([(one.pk, one.on_date) for one in rest], list(wanted))
    for session in rest:
        if session.pk not in pairs:
            plan.off.append(session)
            continue
        day = pairs[session.pk]
        plan.going.append(Target(session, day, *shape.clock_of(day), shape.room))
        plan.planned[session.pk] = day
    if coming:
        plan.added = [wanted[day] for day in sorted(wanted.keys() - set(pairs.values()))]
    plan.going.sort(key=lambda target: target.session.starts_at)
    return plan


def keep_day(plan: Plan, session: Session, before: Shape, shape: Shape) -> None:
    """It stays on its day; clock and room follow where the class has others now."""
    times = (session.starts_at, session.ends_at)
    if (before.starts, before.ends) != (shape.starts, shape.ends):
        times = shape.clock_of(session.on_date)
    room = shape.room if before.room != shape.room else session.room
    target = Target(session, session.on_date, *times, room)
    if moving.unchanged(target):
        plan.stay.append(session)
    else:
        plan.going.append(target)


def coming_of(series: Series, since: date | None, now: datetime) -> list[Session]:
    """Sessions of the pattern that have not begun, in order of time; extra ones and parts stay what they are."""
    found = series.sessions.filter(status=Session.Status.PLANNED, starts_at__gt=now, split_from=None)
    if since:
        found = found.filter(on_date__gte=since)
    weekdays = frozenset(shape_of(series).weekdays)
    rows = found.select_related("series__programme", "series__term", "community", "room")
    return [
        one
        for one in rows.order_by("starts_at", "id")
        if one.planned_on or recurrence.is_named(series, weekdays, one.on_date)
    ]


def wanted_days(
    series: Series, shape: Shape, coming: list[Session], since: date | None, now: datetime
) -> dict[date, Meeting]:
    """Days on which the class meets in its new shape: those that run, and those that are held already anyway."""
    like = copy(series)
    for name, value in shape.columns().items():
        setattr(like, name, value)
    answers = dict(series.questions.values_list("on_date", "answer"))
    held = {demand.asked_day(one) for one in coming}
    others = series.sessions.filter(split_from=None).exclude(pk__in=[one.pk for one in coming])
    rows = list(others.values_list("status", "on_date", "planned_on"))
    taken = {on_date for status, on_date, _ in rows if status != Session.Status.CANCELLED}
    taken |= {planned_on for _, _, planned_on in rows if planned_on}
    first = since or local(now).date()
    shut = rooms.shut_days(shape.room, first, series.term.ends_on)
    stays_there = held if shape.room == series.room else set()
    found = {}
    for meeting in calendar.meetings(like, frozenset(shape.weekdays), Days.of(series.term, series.community)):
        day = meeting.on_date
        runs = meeting.rule == calendar.DayRule.RUN or answers.get(day) == DayQuestion.Answer.RUN or day in held
        if day in shut and day not in stays_there:
            continue
        if runs and day >= first and day not in taken and shape.clock_of(day)[0] > now:
            found[day] = meeting
    return found


@transaction.atomic
def reshape_series(
    *, series: Series, shape: Shape, since: date | None, reason: str, now: datetime, actor: User | None
) -> Done:
    """Give a class another pattern, and every session to come its new day, time and room, all or none.

    With `since` sessions before that day stay, and the pattern begins with the first after it. Raises
    changing.Refused as move_sessions does. Who helps follows in the database; the volunteers app calls
    this inside its own action, which asks and tells them.
    """
    holding.hold_community(series.community_id)
    holding.hold_series([series.pk])
    changing.hold((one.pk for one in coming_of(series, since, now)), rooms=[shape.room.pk if shape.room else None])
    series = Series.objects.select_related("programme", "term", "community", "room").get(pk=series.pk)
    before = shape_of(series)
    if before == shape:
        raise changing.Refused("没有改动：时间和教室都和原来一样。")
    plan = lay(series=series, shape=shape, since=since, now=now)
    ticked = require_possible(series, shape, plan, now)
    begins = begins_on(series, before, shape, plan)
    heads = demand.headcounts(plan.sessions)
    record = changing.begin(
        kind=Change.Kind.RESHAPE,
        community=series.community,
        summary=summary_of(series, before, shape, plan),
        reason=reason,
        now=now,
        actor=actor,
    )
    done = Done(record.change, rule=rule_in_words(series, before, shape, plan))
    write(record, done, plan, ticked, reason)
    pattern.reshape(record, series, replace(shape, from_on=begins), before)
    made = [add(record, series, meeting, now) for meeting in plan.added]
    record.keep()
    sessions_changed(series, now)
    done.lines |= {one.pk: f"加一场 {changing.say(one)}" for one in made}
    families.tell(done=done, heads=heads | demand.headcounts(made), now=now)
    return done


def begins_on(series: Series, before: Shape, shape: Shape, plan: Plan) -> date | None:
    """The first day of the new pattern, where other days than before are named and some have been held."""
    rhythm = replace(before, starts=shape.starts, ends=shape.ends, room=shape.room)
    first = plan.first()
    if rhythm == shape or first is None:
        return shape.from_on
    earlier = series.sessions.exclude(pk__in=[one.pk for one in plan.sessions]).filter(on_date__lt=first)
    return max(first, shape.from_on or first) if earlier.exists() else shape.from_on


def require_possible(series: Series, shape: Shape, plan: Plan, now: datetime) -> dict[int, str]:
    """Raise the first refusal, else the type of the day of each session that goes, by its id."""
    if not shape.weekdays:
        raise changing.Refused("至少要有一天上课。")
    ticked = moving.require_possible(plan.going, Edit(anyway=True), now) if plan.going else {}
    besides = {one.pk for one in plan.sessions}
    for meeting in plan.added:
        fresh = Session(series=series, room=shape.room, expected=0, step_free=None)
        target = Target(fresh, meeting.on_date, *shape.clock_of(meeting.on_date), shape.room)
        moving.require_room(target, besides, comes_back=True)
    return ticked


def write(record: Record, done: Done, plan: Plan, ticked: dict[int, str], reason: str) -> None:
    """The sessions that are there: those that fall out first, so that their days are free."""
    for session in plan.off:
        done.lines[session.pk] = f"{session.series} {say_when(session.starts_at, session.ends_at)} 不上了"
        calling_off.cancel(record, session, reason or FELL_OUT, planned_on=None)
    for target in plan.going:
        done.lines[target.session.pk] = moving.line_of(target)
        if target.moves_in_time:
            done.asks.add(target.session.pk)
        if target.session.pk in plan.planned:
            record.write(target.session, planned_on=None)
    for target in sorted(plan.going, key=lambda one: one.session.starts_at, reverse=moving.is_later(plan.going)):
        moving.write(record, target, ticked)
    for target in plan.going:
        if target.session.pk in plan.planned:
            record.write(target.session, planned_on=plan.planned[target.session.pk])


def add(record: Record, series: Series, meeting: Meeting, now: datetime) -> Session:
    """A session on a day that the old pattern did not name."""
    series.refresh_from_db(fields=["starts", "ends", "room"])
    session = blank_session(series, meeting.on_date, meeting.day_type)
    session.ticked_at = now if meeting.day_type == CalendarDay.Type.CLOSED else None
    try:
        with transaction.atomic():
            session.save(force_insert=True)
    except IntegrityError as error:
        raise changing.named(error, session) from error
    record.made(session)
    return session


def in_words(series: Series, shape: Shape) -> str:
    """周二、四 09:30–11:00，智慧教室"""
    like = copy(series)
    for name, value in shape.columns().items():
        setattr(like, name, value)
    where = f"，{shape.room}" if shape.room else ""
    return f"{recurrence.in_words(like, list(shape.weekdays))} {shape.starts:%H:%M}–{shape.ends:%H:%M}{where}"


def since_in_words(plan: Plan) -> str:
    """从周六 9月12日起"""
    first = plan.first()
    return f"从{say_day(first)}起，" if first else ""


def rule_in_words(series: Series, before: Shape, shape: Shape, plan: Plan) -> str:
    """The change as one sentence for whoever comes every week."""
    return f"{since_in_words(plan)}{series}改为{in_words(series, shape)}（原来 {in_words(series, before)}）"


def summary_of(series: Series, before: Shape, shape: Shape, plan: Plan) -> str:
    """The change as one line of the list of changes."""
    counts = (("改", len(plan.going)), ("加", len(plan.added)), ("少", len(plan.off)))
    said = "、".join(f"{word} {number} 场" for word, number in counts if number)
    return f"{rule_in_words(series, before, shape, plan)}{f'，{said}' if said else ''}"
