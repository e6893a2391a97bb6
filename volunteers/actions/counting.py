"""改人数: how many of one role a session wants, said by an organiser instead of worked out from its learners.

And the way back to the number that is worked out, whenever it is asked for.
"""

from datetime import datetime
from typing import Any

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
    _may_change(shift, now)
    if not max(1, shift.minimum) <= needed <= MOST:
        raise OutOfRange(f"{shift.role}至少要 {max(1, shift.minimum)} 位，最多 {MOST} 位。")
    before = Shift.objects.filter(pk=shift.pk).values("fixed").get()
    mine = Shift.objects.filter(pk=shift.pk, needed=seen, taken__lte=needed, minimum__lte=needed)
    if not mine.update(needed=needed, fixed=needed):
        shift.refresh_from_db(fields=["needed", "taken", "minimum"])
        if shift.needed == seen:
            raise OutOfRange(f"{shift.role}已经排了 {shift.taken} 位，先撤下再减。")
        raise seats.ChangedMeanwhile(f"刚刚有人改过，现在要 {shift.needed} 位。")
    shift.needed, shift.fixed = needed, needed
    return _step(shift, f"从 {seen} 位改成 {needed} 位", {"needed": seen, "to": needed, **before}, now, actor)


@transaction.atomic
def work_out_again(*, shift: Shift, seen: int, now: datetime, actor: User | None) -> Change:
    """As many as the learners ask for, from now on; answers the step that takes it back.

    `seen` is the number on the page that was looked at. Raises NotHeld, ChangedMeanwhile when it is another
    one by now or nobody has said one.
    """
    _may_change(shift, now)
    before = Shift.objects.filter(pk=shift.pk).values("fixed").get()
    mine = Shift.objects.filter(pk=shift.pk, needed=seen, fixed=before["fixed"]).exclude(fixed=None)
    done = mine.update(fixed=None)
    if done:
        shifts.set_demand(sessions=[shift.session], now=now)
    shift.refresh_from_db(fields=["needed", "taken", "minimum", "fixed", "why"])
    if not done:
        raise seats.ChangedMeanwhile(f"刚刚有人改过，现在要 {shift.needed} 位。")
    words = f"从 {seen} 位改回{words_of(shift)}算，要 {shift.needed} 位"
    return _step(shift, words, {"needed": seen, "to": None, **before}, now, actor)


def words_of(shift: Shift) -> str:
    """What the number of a role is worked out from."""
    return "按课表" if shift.role.is_lead else "按学员数"


def _may_change(shift: Shift, now: datetime) -> None:
    if shift.session.status != Session.Status.PLANNED or shift.session.starts_at <= now:
        raise seats.NotHeld("这一场停课了，或者已经开始了，人数不再改。")


def _step(shift: Shift, words: str, before: dict[str, Any], now: datetime, actor: User | None) -> Change:
    session = shift.session
    summary = f"{session.on_date:%-m月%-d日} {session.series}：{shift.role}{words}"
    step = steps.begin(kind=steps.Kind.COUNT, community=session.community, summary=summary, now=now, actor=actor)
    step.before = {"shift": shift.pk, "on_date": f"{session.on_date}", **before}
    step.save(update_fields=["before"])
    audit.write(actor=actor, verb="改人数", thing=f"session:{session.pk}", now=now, summary=summary)
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
