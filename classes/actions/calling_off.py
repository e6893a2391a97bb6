"""Sessions that are not held: single ones, or a whole day of a community."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from classes import demand
from classes.actions import changing, families, holding
from classes.actions.changing import Done, Record, say, say_day, say_when
from classes.actions.timetable import sessions_changed
from classes.models import CalendarDay, Change, Community, Session
from people.models import User


class NoReason(changing.Refused):
    """Whoever is told wants to know why (domain 9.6 rule 16)."""


@transaction.atomic
def cancel_sessions(*, sessions: Iterable[Session], reason: str, now: datetime, actor: User | None) -> Done:
    """Call sessions of one community off. Raises NoReason, changing.NotHeld, changing.ChangedMeanwhile."""
    wanted = list(sessions)
    require_reason(reason)
    holding.hold_community(wanted[0].community_id)
    held = changing.hold(one.pk for one in wanted)
    changing.require_held(held, now)
    for one in wanted:
        changing.require_as_seen(one, held)
    summary = say(held[0]) if len(held) == 1 else f"{held[0].series} 等 {len(held)} 场，从{say_day(held[0].on_date)}起"
    return call_off(Change.Kind.CANCEL, held, held[0].community, summary, reason, now, actor)


@transaction.atomic
def close_day(*, community: Community, day: date, reason: str, now: datetime, actor: User | None) -> Done:
    """Call off everything in a community on one day, and close the day: nothing moves there without a tick.

    Raises NoReason, and changing.NotHeld when the day is closed already.
    """
    require_reason(reason)
    holding.hold_community(community.pk)
    rows = Session.objects.filter(community=community, on_date=day, status=Session.Status.PLANNED, starts_at__gt=now)
    held = changing.hold(rows.values_list("pk", flat=True))
    # A session that was moved away while we waited is not of this day any more.
    held = [one for one in held if one.on_date == day and one.status == Session.Status.PLANNED]
    known = CalendarDay.objects.filter(community=community, date=day).first()
    if known and known.day_type == CalendarDay.Type.CLOSED and not held:
        raise changing.NotHeld(f"{say_day(day)}已经停课了。")
    summary = f"{community}{say_day(day)}全天停课，{len(held)} 场"
    done = call_off(Change.Kind.CLOSE, held, community, summary, reason, now, actor)
    done.change.before = {"closed": day.isoformat(), "closed_was": as_it_was(known)}
    done.change.save(update_fields=["before"])
    CalendarDay.objects.update_or_create(
        community=community,
        date=day,
        defaults={
            "day_type": CalendarDay.Type.CLOSED,
            "name": reason.strip()[:40],
            "source": "本社区停课",
            "status": CalendarDay.Status.LOCAL,
        },
    )
    return done


def require_reason(reason: str) -> None:
    """Raise NoReason for an empty one."""
    if not reason.strip():
        raise NoReason("请写原因：通知里会告诉大家。")


def as_it_was(day: CalendarDay | None) -> dict[str, Any] | None:
    """The community's own row of that day before it was closed."""
    if day is None:
        return None
    return {name: getattr(day, name) for name in ("day_type", "name", "source", "status", "follows_weekday")}


def call_off(
    kind: str,
    sessions: list[Session],
    community: Community,
    summary: str,
    reason: str,
    now: datetime,
    actor: User | None,
) -> Done:
    """Write them as cancelled, and tell whoever was expected."""
    heads = demand.headcounts(sessions)
    record = changing.begin(kind=kind, community=community, summary=summary, reason=reason, now=now, actor=actor)
    done = Done(record.change)
    for session in sessions:
        done.lines[session.pk] = f"{session.series} {say_when(session.starts_at, session.ends_at)} 停课"
        cancel(record, session, reason)
    record.keep()
    for series in {session.series for session in sessions}:
        sessions_changed(series, now)
    families.tell(done=done, heads=heads, now=now)
    return done


def cancel(record: Record, session: Session, reason: str, **more: Any) -> None:
    """One session is not held."""
    record.write(session, status=Session.Status.CANCELLED, cancel_reason=reason.strip()[:120], step_free=None, **more)
