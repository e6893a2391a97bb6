"""What happens to single sessions, and the lessons of a series."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Case, When

from classes import demand
from classes.actions.holding import hold_community, hold_series
from classes.actions.lessons import plan_lessons
from classes.actions.seats import set_expected
from classes.calendar import Days
from classes.models import CalendarDay, DayQuestion, Room, RoomBooking, Series, Session
from classes.models.truths import BOOKED
from people import audit
from people.models import User

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOSED = CalendarDay.Type.CLOSED
ROOM_CLASH = "room_is_booked_once_at_a_time"


class RoomTaken(Exception):
    """Another session is in the room at that time."""


class AlreadyAnswered(Exception):
    """Somebody has answered this question before."""


class AlreadyCancelled(Exception):
    """The session is not going to happen anyway."""


def hold_rooms(room_ids: Iterable[int | None]) -> None:
    """Let nobody else book these rooms until the transaction ends, always in the same order.

    Two bookings that meet in PostgreSQL's exclusion constraint may otherwise wait for each
    other, and one would end as a deadlock instead of a refusal. SQLite has one writer anyway.
    """
    rooms = Room.objects.select_for_update(no_key=True).filter(pk__in={pk for pk in room_ids if pk})
    list(rooms.order_by("pk").values("pk"))


def planned_days(series: Series) -> set[date]:
    """The days of the pattern that have their session, also one that was moved to another day."""
    days = series.sessions.filter(split_from=None).values_list("planned_on", "on_date")
    return {planned_on or on_date for planned_on, on_date in days}


def who_has_the_room(session: Session) -> str:
    """The sentence that names the session already in the room."""
    other = (
        Session.objects.exclude(status=Session.Status.CANCELLED)
        .filter(room=session.room, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at)
        .select_related("series")
        .order_by("starts_at", "id")
        .first()
    )
    return occupied_by(other, session)


def occupied_by(other: Session | RoomBooking | None, session: Session) -> str:
    """The sentence that names who is in the room, as far as anybody knows."""
    if other is None:
        return f"{session.room}这个时间已被占用，请换教室或时间"
    if isinstance(other, RoomBooking) and other.closing_id:
        return f"{session.room}{other.who}"
    name = other.who if isinstance(other, RoomBooking) else other.series.name
    clock = f"{other.starts_at.astimezone(SHANGHAI):%H:%M} {name}"
    return f"{session.room}这个时间被“{clock}”占用，请换教室或时间"


def blank_session(series: Series, on_date: date, day_type: str) -> Session:
    """An unsaved session of a series at the series' own times and room."""
    return Session(
        series=series,
        community_id=series.community_id,
        room=series.room,
        on_date=on_date,
        planned_on=on_date,
        starts_at=datetime.combine(on_date, series.starts, SHANGHAI),
        ends_at=datetime.combine(on_date, series.ends, SHANGHAI),
        day_type=day_type,
    )


@transaction.atomic
def session_on(*, series: Series, on_date: date, now: datetime) -> Session:
    """The series' one session on that date, made when it is not there (an imported list says
    that it took or takes place). Raises RoomTaken.
    """
    cancelled_last = Case(When(status=Session.Status.CANCELLED, then=1), default=0)
    known = Session.objects.filter(series=series, on_date=on_date, split_from=None).order_by(cancelled_last, "id")
    if present := known.first():
        return present
    hold_community(series.community_id)
    hold_series([series.pk])
    hold_rooms([series.room_id])
    days = Days.between(on_date, on_date, series.community)
    session = blank_session(series, on_date, days.type_of(on_date))
    session.ticked_at = now if session.day_type == CLOSED else None
    if on_date in planned_days(series):  # the one of this day was moved to another
        session.planned_on = None
    try:
        with transaction.atomic():
            session.save(force_insert=True)
    except IntegrityError as error:
        if ROOM_CLASH in str(error) or BOOKED in str(error):
            raise RoomTaken(who_has_the_room(session)) from error
        return known[:1].get()
    sessions_changed(series, now)
    session.refresh_from_db()
    return session


@transaction.atomic
def answer_question(*, question: DayQuestion, answer: str, now: datetime, actor: User | None = None) -> Session | None:
    """Run or skip a day that asked; run makes the session. Raises AlreadyAnswered, RoomTaken."""
    claimed = DayQuestion.objects.filter(pk=question.pk, answer="").update(
        answer=DayQuestion.Answer(answer), answered_at=now
    )
    if not claimed:
        raise AlreadyAnswered
    question.refresh_from_db()
    audit.write(
        actor=actor,
        verb="定了开课" if answer == DayQuestion.Answer.RUN else "定了不开",
        thing=f"series:{question.series_id}",
        now=now,
        summary=f"{question.series.name} {question.on_date:%Y-%m-%d}（{question.why}）",
    )
    if answer != DayQuestion.Answer.RUN:
        return None
    return session_on(series=question.series, on_date=question.on_date, now=now)


@transaction.atomic
def cancel_session(*, session: Session, reason: str, now: datetime, actor: User | None = None) -> Session:
    """Call one session off. Whoever was going to help is told by the volunteers app, which
    calls this inside its own action. Raises AlreadyCancelled.
    """
    claimed = Session.objects.filter(pk=session.pk, status=Session.Status.PLANNED).update(
        status=Session.Status.CANCELLED, cancel_reason=reason[:120]
    )
    if not claimed:
        raise AlreadyCancelled
    session.refresh_from_db()
    audit.write(
        actor=actor,
        verb="停了一场课",
        thing=f"session:{session.pk}",
        now=now,
        summary=f"{session.series.name} {session.on_date:%Y-%m-%d}：{reason}",
    )
    sessions_changed(session.series, now)
    return session


def sessions_changed(series: Series, now: datetime) -> None:
    """After sessions came or went: lessons, expected numbers and the need follow."""
    plan_lessons(series)
    set_expected({series.pk})
    demand.need_changed.send(sender=Series, series_ids=demand.with_merged({series.pk}), now=now)
