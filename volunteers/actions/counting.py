"""改人数: how many of one role a session wants, said by an organiser instead of worked out from its learners."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from classes.actions.undoing import ChangedSince, claim
from classes.models import Change, Session
from people import audit
from people.models import User
from volunteers.actions import seats, shifts, steps
from volunteers.models import Shift

MOST = 60


class OutOfRange(seats.Refused):
    """Fewer than the safety floor or than are placed already, or more than a room holds."""


@transaction.atomic
def set_places(*, shift: Shift, needed: int, seen: int, now: datetime, actor: User | None) -> Change:
    """So many places from now on, whatever the learners are; answers the step that takes it back.

    `seen` is the number on the page that was looked at. Raises NotHeld, OutOfRange, ChangedMeanwhile.
    """
    session = shift.session
    if session.status != Session.Status.PLANNED or session.starts_at <= now:
        raise seats.NotHeld("这一场停课了，或者已经开始了，人数不再改。")
    if not max(1, shift.minimum) <= needed <= MOST:
        raise OutOfRange(f"{shift.role}至少要 {max(1, shift.minimum)} 位，最多 {MOST} 位。")
    before = Shift.objects.filter(pk=shift.pk).values("fixed").get()
    mine = Shift.objects.filter(pk=shift.pk, needed=seen, taken__lte=needed, minimum__lte=needed)
    if not mine.update(needed=needed, fixed=needed):
        shift.refresh_from_db(fields=["needed", "taken", "minimum"])
        if shift.needed == seen:
            raise OutOfRange(f"{shift.role}已经排了 {shift.taken} 位，先撤下再减。")
        raise seats.ChangedMeanwhile(f"刚刚有人改过，现在要 {shift.needed} 位。")
    summary = f"{session.on_date:%-m月%-d日} {session.series}：{shift.role}从 {seen} 位改成 {needed} 位"
    step = steps.begin(kind=steps.Kind.COUNT, community=session.community, summary=summary, now=now, actor=actor)
    step.before = {"shift": shift.pk, "on_date": f"{session.on_date}", "needed": seen, "to": needed, **before}
    step.save(update_fields=["before"])
    audit.write(actor=actor, verb="改人数", thing=f"session:{session.pk}", now=now, summary=summary)
    shift.needed, shift.fixed = needed, needed
    return step


@transaction.atomic
def take_back(*, change: Change, now: datetime, actor: User | None) -> None:
    """As many as before, and worked out from the learners again if they were.

    Raises AlreadyUndone, TooLateToUndo, and ChangedSince when the number was changed again or more are placed.
    """
    claim(change=change, now=now, actor=actor)
    was = change.before
    mine = Shift.objects.filter(pk=was["shift"], fixed=was["to"], taken__lte=was["needed"])
    needed = Greatest(F("minimum"), Value(was["needed"]))
    if not mine.update(needed=needed, fixed=was["fixed"]):
        raise ChangedSince("这一场的人数后来又改过，或者排的人已经比原来要的多，先撤下再撤销。")
    if was["fixed"] is None:
        shifts.set_demand(sessions=Session.objects.filter(shifts=was["shift"]), now=now)
    audit.write(actor=actor, verb="撤销改动", thing=f"change:{change.pk}", now=now, summary=change.summary)
