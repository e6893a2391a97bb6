"""点名: who of the learners came, who fetched a child. A mark can be changed for a day, then it stands."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from classes import demand
from classes.models import Attendance, Delegate, Learner, PickUp, Session
from people.models import User

OPENS_BEFORE = timedelta(hours=1)
STAYS_OPEN = timedelta(hours=24)
State = Attendance.State


class Refused(Exception):
    """The mark cannot be made; the message is the sentence for the screen."""


class NotHeld(Refused):
    """The session is cancelled, or has not come yet."""


class NotOnTheList(Refused):
    """A child who is not in the class, or an adult who may not fetch the child."""


class HasLeft(Refused):
    """Whoever was fetched was there: first say that the child is still here."""


class Settled(Refused):
    """Said more than a day ago."""


def require_held(session: Session, now: datetime) -> None:
    """Raise NotHeld unless attendance of the session may be said now."""
    if session.status == Session.Status.CANCELLED:
        raise NotHeld("这一场停课了，不用点名。")
    if now < session.starts_at - OPENS_BEFORE:
        raise NotHeld("还没到点名的时候，开课前一小时才能点。")


@transaction.atomic
def mark(
    *, session: Session, learners: Iterable[Learner], state: str, now: datetime, actor: User | None
) -> list[Attendance]:
    """Say of these learners whether they came. Whoever is marked so already stays as marked.

    Arrival is now, or the beginning when the session is over. Seniors may come without a place;
    a child must be expected. Raises NotHeld, NotOnTheList, HasLeft, Settled.
    """
    list(Session.objects.select_for_update(no_key=True).filter(pk=session.pk).values("pk"))
    require_held(session, now)
    wanted = list(learners)
    expected = set(demand.expected_learners(session))
    for learner in wanted:
        if learner.kind == Learner.Kind.CHILD and learner.pk not in expected:
            raise NotOnTheList(f"{learner}不在这一场的名单上，先办入班。")
    # Held until it is written: a child may be handed over at this moment, and to whom must stay.
    known = {row.learner_id: row for row in session.attendance.select_for_update().filter(learner__in=wanted)}
    return [_mark(session, one, known.get(one.pk), state, now, actor) for one in wanted]


def _mark(
    session: Session, learner: Learner, row: Attendance | None, state: str, now: datetime, actor: User | None
) -> Attendance:
    if row and row.state == state:
        return row
    row = row or Attendance(session=session, learner=learner, marked_at=now)
    _require_open(row, now)
    require_here(row)
    row.state, row.marked_at, row.marked_by = State(state), now, actor
    row.arrived_at = (now if now < session.ends_at else session.starts_at) if state == State.PRESENT else None
    row.left_at, row.collected_by, row.delegate, row.collected_text = None, None, None, ""
    row.save()
    return row


@transaction.atomic
def clear(*, session: Session, learners: Iterable[Learner], now: datetime) -> int:
    """Take the marks of these learners back: nobody has said anything. Answers how many. Raises HasLeft, Settled."""
    rows = list(session.attendance.select_for_update().filter(learner__in=list(learners)))
    for row in rows:
        _require_open(row, now)
        require_here(row)
    Attendance.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@transaction.atomic
def collect(
    *, attendance: Attendance, pickup: PickUp | Delegate | None, now: datetime, actor: User | None
) -> Attendance:
    """A child leaves with somebody of its list, with the delegate of the day whose digits were right
    (family.try_code), or alone (None) where that is allowed.

    Raises NotHeld when the child is not there, NotOnTheList for anybody else.
    """
    row = Attendance.objects.select_for_update().get(pk=attendance.pk)
    learner = Learner.objects.select_related("person").get(pk=row.learner_id)
    if row.state != State.PRESENT or row.left_at:
        raise NotHeld(f"{learner}不在教室里，或者已经接走了。")
    if pickup is None and not learner.may_leave_alone:
        raise NotOnTheList(f"{learner}不能自己回家，请选谁来接。")
    if pickup and pickup.learner_id != learner.pk:
        raise NotOnTheList(f"这个人不在{learner}的接送名单上。")
    if isinstance(pickup, Delegate):
        _require_named(pickup, learner, row.session)
        row.delegate, row.collected_text = pickup, f"{pickup}（家长请的）"
    else:
        row.collected_by, row.collected_text = pickup, str(pickup)[:60] if pickup else "自己回家"
    row.left_at, row.marked_by = max(now, row.arrived_at or now), actor
    row.save(update_fields=["left_at", "collected_by", "delegate", "collected_text", "marked_by"])
    return row


def _require_named(delegate: Delegate, learner: Learner, session: Session) -> None:
    """The guardian may have taken it back at this moment: the row is held until the child has gone."""
    held = Delegate.objects.select_for_update().get(pk=delegate.pk)
    if held.withdrawn_at or held.on_date != session.on_date:
        raise NotOnTheList(f"家长没有请{delegate}这天来接{learner}。")


@transaction.atomic
def uncollect(*, attendance: Attendance, now: datetime) -> Attendance:
    """The child is still here after all. Raises Settled a day later."""
    row = Attendance.objects.select_for_update().get(pk=attendance.pk)
    if row.left_at and row.left_at + STAYS_OPEN < now:
        raise Settled("已经过了 24 小时，不能再改。")
    row.left_at, row.collected_by, row.delegate, row.collected_text = None, None, None, ""
    row.save(update_fields=["left_at", "collected_by", "delegate", "collected_text"])
    return row


def require_here(row: Attendance) -> None:
    """Raise HasLeft when the child was handed over: no later tap on another machine may wipe out to whom."""
    if row.left_at:
        when = f"{timezone.localtime(row.left_at):%H:%M}"
        by = f"（{row.collected_text}）" if row.collected_text else ""
        raise HasLeft(f"{row.learner} {when} 已经走了{by}。记错了的话，先点“还没走”。")


def _require_open(row: Attendance, now: datetime) -> None:
    if row.marked_at + STAYS_OPEN < now:
        raise Settled("点名已经过了 24 小时，不能再改。")
