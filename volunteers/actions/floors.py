"""Children's sessions with too few cleared adults: an alarm that climbs until somebody has seen to it.

Who is in charge is told at once, the deputy after the community's time; the page 今天 shows it until the
session is safe, called off or over. That it cannot begin is `attendance.require_floor`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from classes.models import Session
from people import audit
from people.models import User
from volunteers.actions import notes, substitute_notes
from volunteers.actions.briefing import organisers
from volunteers.models import FloorAlarm, SubstitutePlan
from volunteers.queries import floors as queries
from volunteers.queries.substitutes import plan_of
from volunteers.rules.floor import Floor, agreed


def in_charge(plan: SubstitutePlan) -> Sequence[User]:
    """Who is told first: the one who was named, else all organisers."""
    return [plan.in_charge] if plan.in_charge and plan.in_charge.is_active else list(organisers())


def deputies(plan: SubstitutePlan) -> Sequence[User]:
    """Who is told next: the deputy who was named, else all organisers."""
    return [plan.deputy] if plan.deputy and plan.deputy.is_active else list(organisers())


@transaction.atomic
def check(*, session: Session, now: datetime) -> FloorAlarm | None:
    """Raise the alarm of a session that is under its floor and near, close that of one that is not.

    Answers the open alarm. Run any number of times, it tells nobody twice.
    """
    floor = agreed([session]).get(session.pk)
    if floor is None:
        return None
    is_held = session.status == Session.Status.PLANNED and session.ends_at > now
    if not is_held or not floor.lacking:
        FloorAlarm.objects.filter(session=session, closed_at=None).update(closed_at=now)
        return None
    plan = plan_of(session.community_id)
    if session.starts_at - now > timedelta(hours=plan.alarm_hours):
        return None
    return _raise(session, floor, plan, now)


def _raise(session: Session, floor: Floor, plan: SubstitutePlan, now: datetime) -> FloorAlarm:
    known = FloorAlarm.objects.filter(session=session, closed_at=None).first()
    if known:
        return known
    try:
        with transaction.atomic():
            deputy_at = now + timedelta(minutes=plan.deputy_minutes)
            alarm = FloorAlarm.objects.create(session=session, raised_at=now, deputy_at=deputy_at)
    except IntegrityError:  # raised at this very moment
        return FloorAlarm.objects.get(session=session, closed_at=None)
    substitute_notes.under_floor(alarm=alarm, floor=floor, to=in_charge(plan), step="at-once", now=now)
    audit.write(
        actor=None,
        verb="孩子的课人不够",
        thing=f"session:{session.pk}",
        now=now,
        summary=f"{notes.when(session.starts_at)} {session.series.name}：{floor.here} 位，至少 {floor.needed} 位",
        data={"alarm": alarm.pk},
    )
    return alarm


def watch(*, now: datetime) -> int:
    """Look at the children's sessions of the next day and at every open alarm; call deputies. Answers how many open."""
    for session in queries.to_watch(now):
        check(session=session, now=now)
    for alarm in queries.open_alarms().filter(deputy_told_at=None, deputy_at__lte=now):
        _call_deputy(alarm, now)
    return queries.open_alarms().count()


@transaction.atomic
def _call_deputy(alarm: FloorAlarm, now: datetime) -> None:
    mine = FloorAlarm.objects.filter(pk=alarm.pk, closed_at=None, deputy_told_at=None)
    floor = agreed([alarm.session])[alarm.session_id]
    if floor.lacking and mine.update(deputy_told_at=now):
        to = deputies(plan_of(alarm.session.community_id))
        substitute_notes.under_floor(alarm=alarm, floor=floor, to=to, step="deputy", now=now)
