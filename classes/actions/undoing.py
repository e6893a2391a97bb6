"""Taking a change back within a day, exactly, or saying why not."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from classes import wordings
from classes.actions import changing, families, holding, moving
from classes.actions.changing import decoded, local, say, say_day
from classes.actions.pattern import restore_pattern
from classes.actions.timetable import sessions_changed
from classes.calendar import Days
from classes.models import CalendarDay, Change, PartPlace, Room, Session, SessionChange, VenueClosing
from classes.models.changes import UNDO_WITHIN
from people import audit
from people.models import User


class AlreadyUndone(changing.Refused):
    """It has been taken back before."""


class TooLateToUndo(changing.Refused):
    """A day has passed, or the session has begun."""


class ChangedSince(changing.Refused):
    """Something else was done to the same sessions since; the message says what."""


def claim(*, change: Change, now: datetime, actor: User | None) -> None:
    """Mark it undone; the row count is the lock. Raises AlreadyUndone, TooLateToUndo."""
    holding.hold_community(change.community_id)
    mine = Change.objects.filter(pk=change.pk, undone_at=None, made_at__gt=now - UNDO_WITHIN)
    if mine.update(undone_at=now, undone_by=actor):
        change.refresh_from_db()
        return
    change.refresh_from_db()
    if change.undone_at:
        raise AlreadyUndone(f"{local(change.undone_at):%H:%M} 已经撤销过了。")
    raise TooLateToUndo("已经过了 24 小时，不能撤销了。可以再改一次。")


@transaction.atomic
def undo_change(*, change: Change, now: datetime, actor: User | None) -> list[Session]:
    """Put the sessions back; answers them. The volunteers app calls this inside its own action.

    Raises AlreadyUndone, TooLateToUndo, ChangedSince, and changing.Refused when room or day are
    taken now.
    """
    claim(change=change, now=now, actor=actor)
    rows = list(change.sessions.select_related("session").order_by("-id"))
    rooms = [row.before.get("room_id") for row in rows]
    held = {one.pk: one for one in changing.hold((row.session_id for row in rows), rooms=rooms)}
    reopen(change)
    for row in rows:
        require_as_left(row, held[row.session_id], now)
    require_free(rows, held)
    # First nobody is in any of the rooms, so that none meets another on the way back.
    # Nor has any of them its day of the pattern.
    Session.objects.filter(pk__in=held).update(room=None, planned_on=None)
    for row in rows:
        put_back(row, held[row.session_id])
    restore_pattern(change.before)
    for series in {session.series for session in held.values()}:
        sessions_changed(series, now)
    gone, corrected = families.take_back(change=change, kind=families.TOLD, back=wordings.CHANGED_BACK, now=now)
    audit.write(
        actor=actor,
        verb="撤销改动",
        thing=f"change:{change.pk}",
        now=now,
        summary=f"{change.summary}。收回 {gone} 条通知，更正 {corrected} 条"[:300],
    )
    return list(held.values())


def require_as_left(row: SessionChange, session: Session, now: datetime) -> None:
    """The session still is what the change made of it, and has not begun."""
    left = decoded(row.after)
    differs = [name for name, value in left.items() if name not in PLAN and getattr(session, name) != value]
    differs += [name for name in PLAN & left.keys() if session.lesson_by_hand and getattr(session, name) != left[name]]
    if differs:
        raise ChangedSince(f"{say(session)} 后来又改过{what_since(row)}，先撤销后来的那一次。")
    begins = decoded(row.before).get("starts_at") or session.starts_at
    if begins <= now or (session.starts_at <= now and session.status == Session.Status.PLANNED):
        raise TooLateToUndo(f"{say(session)} 的时间已经到了，不能撤销。")


PLAN = {"lesson_id", "is_review"}


def what_since(row: SessionChange) -> str:
    """The later change by name, where it was one of these."""
    later = Change.objects.filter(sessions__session=row.session_id, undone_at=None, pk__gt=row.change_id)
    found = later.order_by("-pk").first()
    if found is None:
        return ""
    return f"（{timezone.localtime(found.made_at):%H:%M} {found.get_kind_display()}）"


def require_free(rows: list[SessionChange], held: dict[int, Session]) -> None:
    """Who or what has the old room at the old time now, as a sentence."""
    for row in rows:
        session, back = held[row.session_id], decoded(row.before)
        if not back or back.get("status", session.status) != Session.Status.PLANNED:
            continue
        was = {name: back.get(name, getattr(session, name)) for name in ("starts_at", "ends_at", "on_date", "room_id")}
        require_own_learners(session)
        require_open(session, was["on_date"], back.get("ticked_at", session.ticked_at))
        room = Room.objects.filter(pk=was["room_id"]).first()
        target = moving.Target(session, was["on_date"], was["starts_at"], was["ends_at"], room)
        was_off = session.status != Session.Status.PLANNED
        moving.require_room(target, besides=held, comes_back=was_off)


def require_own_learners(session: Session) -> None:
    """Learners of a part that comes back have not been put into another part meanwhile."""
    if session.split_from_id is None:
        return
    own = PartPlace.objects.filter(part=session).values("enrolment")
    others = PartPlace.objects.filter(whole=session.split_from_id, enrolment__in=own).exclude(part=session)
    if others.exclude(part__status=Session.Status.CANCELLED).exists():
        raise ChangedSince(f"{say(session)} 的学员后来又分到了另一场，先撤销后来的那一次。")


def require_open(session: Session, day: date, ticked_at: datetime | None) -> None:
    """The day has not been closed since."""
    is_closed = Days.between(day, day, session.community).type_of(day) == CalendarDay.Type.CLOSED
    if is_closed and ticked_at is None:
        raise ChangedSince(f"{say_day(day)}后来定了停课，{session.series}回不去。")


def put_back(row: SessionChange, session: Session) -> None:
    """One session as it was; one that the change made is called off, a part's learners are back in the whole."""
    values = {"room_id": session.room_id, "planned_on": session.planned_on} | decoded(row.before)
    if not row.before:
        Session.objects.filter(pk=session.pk).update(
            status=Session.Status.CANCELLED,
            cancel_reason="撤销了分班" if session.split_from_id else "加的这一场又不开了",
            step_free=None,
        )
        PartPlace.objects.filter(part=session).delete()
        return
    if values.get("regrouped") is False and is_still_regrouped(session, row.change_id):
        values.pop("regrouped")
    values.pop("step_free", None)  # worked out anew from who comes
    try:
        with transaction.atomic():
            Session.objects.filter(pk=session.pk).update(**values)
    except IntegrityError as error:
        raise changing.named(error, session) from error


def is_still_regrouped(session: Session, change_id: int) -> bool:
    """Whether another change has split it, or merged something into it."""
    mine = Q(changes__change=change_id)
    parts = session.parts.exclude(mine).exclude(status=Session.Status.CANCELLED)
    return parts.exists() or session.merged.exclude(mine).exists()


def reopen(change: Change) -> None:
    """The day that the change closed is what it was, the venue that it shut is in use."""
    VenueClosing.objects.filter(change=change).delete()
    if "closed" not in change.before:
        return
    of = CalendarDay.objects.filter(community=change.community_id, date=change.before["closed"])
    before = change.before["closed_was"]
    if before:
        of.update(**before)
    else:
        of.delete()
