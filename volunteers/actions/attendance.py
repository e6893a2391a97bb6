"""签到 and 点名: who of the volunteers came, until the hours are in the ledger.

The volunteer's row is locked first, then the session's, as for places (seats). Nothing here is in the
ledger yet: everything can be said otherwise for a day (docs/decisions, attendance).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from classes import demand
from classes.actions import attending
from classes.actions.attending import NotHeld, Refused
from classes.models import Attendance, Learner, Session
from people import audit
from people.models import User
from volunteers import rules
from volunteers.actions import marks, seats
from volunteers.models import Assignment, CheckIn, NoShow, Volunteer
from volunteers.rules import floor, hours
from volunteers.rules.persons import ADULT_AT, cleared_until, turns

How, LeftHow = CheckIn.How, CheckIn.LeftHow
AGREED = (Assignment.Status.ACCEPTED, Assignment.Status.OFFERED)


class NotInTime(Refused):
    """Too early or too late to check in oneself."""


class NotOnTheRoster(Refused):
    """No place at this session; staff may add somebody who came all the same."""


class MayNotServe(Refused):
    """A child session and no valid check, or somebody who is elsewhere."""


class AlreadyIn(Refused):
    """Has checked in already; `checkin` is the row."""

    def __init__(self, checkin: CheckIn):
        when = f"{timezone.localtime(checkin.arrived_at):%H:%M} " if checkin.arrived_at else ""
        super().__init__(f"{checkin.volunteer}{when}已经签到了。")
        self.checkin = checkin


class Settled(Refused):
    """In the ledger, or said more than a day ago: only a correction can change it."""


class UnderTheFloor(Refused):
    """A children's session without enough cleared adults may not begin."""


class BadTimes(Refused):
    """Times that are not within the bounds of the session, or without a reason."""


@dataclass(frozen=True, slots=True)
class Came:
    """What 全到了 did: how many of whom, and the moment that undoes it."""

    volunteers: int
    learners: int
    at: datetime


@transaction.atomic
def check_in(
    *,
    volunteer: Volunteer,
    session: Session,
    how: str,
    now: datetime,
    actor: User | None = None,
    at: datetime | None = None,
) -> CheckIn:
    """One volunteer is there. By phone only with a place and in the window; staff may say it later too.

    `at` is when it was said, where that came here later. Raises NotHeld, NotInTime, NotOnTheRoster, MayNotServe, AlreadyIn; then nothing has changed.
    """
    seats.lock([volunteer.pk])
    seats.lock_session(session)
    place = session.assignments.filter(volunteer=volunteer, status__in=Assignment.ACTIVE).first()
    at = at or now
    _require_time(session, how, at)
    if how != How.STAFF and (place is None or place.status not in AGREED):
        raise NotOnTheRoster("这一场的名单里没有您。来帮忙的话，请找工作人员登记。")
    _require_fit(volunteer, session, is_placed=place is not None)
    known = CheckIn.objects.filter(volunteer=volunteer, series=session.series_id, on_date=session.on_date).first()
    if known:
        raise AlreadyIn(known)
    over = session.ends_at <= at
    row = CheckIn(
        volunteer=volunteer,
        series_id=session.series_id,
        session=session,
        on_date=session.on_date,
        arrived_at=session.starts_at if over else at,
        left_at=session.ends_at if over else None,
        how=how,
        left_how=LeftHow.PLANNED if over else LeftHow.UNSAID,
        source="签到" if place else "临时来帮忙",
        changed_at=now,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise AlreadyIn(
            CheckIn.objects.get(volunteer=volunteer, series=session.series_id, on_date=session.on_date)
        ) from error
    if place:
        NoShow.objects.filter(assignment=place).delete()
    settle(session, now)
    return row


def _require_time(session: Session, how: str, now: datetime) -> None:
    attending.require_held(session, now)
    if how == How.STAFF:
        return
    if now < session.starts_at - hours.OPENS_BEFORE:
        raise NotInTime(f"{timezone.localtime(session.starts_at - hours.OPENS_BEFORE):%H:%M} 起可以签到。")
    if now > session.starts_at + hours.CLOSES_AFTER:
        raise NotInTime("开课 15 分钟以后不能自己签了，请找工作人员点一下。")


def _require_fit(volunteer: Volunteer, session: Session, *, is_placed: bool) -> None:
    """Children's sessions want a check that holds on the day, of everybody; nobody is in two places."""
    if session.series.programme.needs_clearance:
        until = cleared_until([volunteer.pk]).get(volunteer.pk)
        if until is None or until < session.on_date:
            raise MayNotServe(f"{volunteer}没有当天有效的背景查询，不能陪孩子。")
        of_age = turns(volunteer, ADULT_AT)
        if of_age and of_age > session.on_date:
            raise MayNotServe(f"{volunteer}还没满 {ADULT_AT} 岁，不能陪孩子。")
    shift = None if is_placed else session.shifts.select_related("role").order_by("role__is_lead", "id").first()
    if shift:
        found = {one.code: one for one in rules.refusals(volunteer, session, shift.role)}
        if rules.ONE_PLACE in found:
            raise MayNotServe(found[rules.ONE_PLACE].sentence)


@transaction.atomic
def say_missed(
    *, assignment: Assignment, now: datetime, actor: User | None, reason: str = "", at: datetime | None = None
) -> NoShow:
    """没来: no hours for this place. Takes a check-in back that is not in the ledger yet.

    `at` is when it was said, where that came here later. Raises NotHeld before the session begins, Settled.
    """
    seats.lock([assignment.volunteer_id])
    seats.lock_session(assignment.session)
    at = at or now
    attending.require_held(assignment.session, at)
    if at < assignment.session.starts_at:
        raise NotHeld("还没开课，来不来要到开课才知道。")
    known = NoShow.objects.filter(assignment=assignment).first()
    if known:
        return known
    _remove(CheckIn.objects.filter(volunteer=assignment.volunteer_id, session=assignment.session_id), now)
    made = NoShow.objects.create(assignment=assignment, said_at=at, said_by=actor, reason=reason[:120])
    settle(assignment.session, now)
    return made


@transaction.atomic
def take_back(*, session: Session, volunteer: Volunteer, now: datetime) -> None:
    """Nobody has said anything about this volunteer. Raises Settled a day after it was said."""
    seats.lock([volunteer.pk])
    seats.lock_session(session)
    _remove(CheckIn.objects.filter(volunteer=volunteer, session=session), now)
    missed = NoShow.objects.filter(assignment__volunteer=volunteer, assignment__session=session)
    if missed.filter(said_at__lt=now - hours.STAYS_OPEN).exists():
        raise Settled("已经过了 24 小时，不能再改。")
    missed.delete()
    settle(session, now)


def _remove(rows: Iterable[CheckIn], now: datetime) -> None:
    for row in rows:
        _require_open(row, now)
        row.delete()


def _require_open(row: CheckIn, now: datetime) -> None:
    if row.records.exists():
        raise Settled(f"{row.volunteer}这一次的时长已经入账，只能写原因更正。")
    if row.changed_at and row.changed_at < now - hours.STAYS_OPEN:
        raise Settled("签到已经过了 24 小时，不能再撤。")


@transaction.atomic
def set_times(
    *, checkin: CheckIn, arrived_at: datetime, left_at: datetime, reason: str, now: datetime, actor: User | None
) -> CheckIn:
    """The exception: came or left at another time than planned, with a reason. Raises BadTimes, Settled."""
    seats.lock([checkin.volunteer_id])
    row = CheckIn.objects.select_related("session", "volunteer__person").get(pk=checkin.pk)
    _require_open(row, now)
    _require_bounds(row, arrived_at, left_at, now)
    if not reason.strip():
        raise BadTimes("请写一句为什么和课表不一样。")
    row.arrived_at, row.left_at, row.left_how = arrived_at, left_at, LeftHow.SAID
    row.note, row.changed_at = reason.strip()[:120], now
    row.save(update_fields=["arrived_at", "left_at", "left_how", "note", "changed_at"])
    audit.write(actor=actor, verb="改签到时间", thing=f"checkin:{row.pk}", now=now, summary=reason)
    if row.session:
        settle(row.session, now)
    return row


def _require_bounds(row: CheckIn, arrived_at: datetime, left_at: datetime, now: datetime) -> None:
    if left_at <= arrived_at:
        raise BadTimes("离开要晚于到达。")
    if left_at > now + hours.ALLOWANCE:
        raise BadTimes("离开的时间还没到。")
    if row.session is None:
        return
    first, last = row.session.starts_at - hours.ALLOWANCE, row.session.ends_at + hours.ALLOWANCE
    if arrived_at < first or left_at > last:
        local = [f"{timezone.localtime(one):%H:%M}" for one in (first, last)]
        raise BadTimes(f"时间要在 {local[0]} 到 {local[1]} 之间：课前课后各算半小时准备和收拾。")


# --- learners ---------------------------------------------------------------------------------------


@transaction.atomic
def mark_learners(
    *,
    session: Session,
    learners: Iterable[Learner],
    state: str,
    now: datetime,
    actor: User | None,
    at: datetime | None = None,
) -> list[Attendance]:
    """Say who of the learners came; children only with enough cleared adults there, while it goes on.

    `at` is when it was said, where that came here later. Raises UnderTheFloor and what `classes.actions.attending.mark` raises.
    """
    wanted = list(learners)
    seats.lock_session(session)
    if state == Attendance.State.PRESENT and now < session.ends_at:
        require_floor(session, wanted)
    rows = attending.mark(session=session, learners=wanted, state=state, now=at or now, actor=actor)
    settle(session, now)
    return rows


def require_floor(session: Session, joining: Iterable[Learner]) -> None:
    """Raise UnderTheFloor when these children together with those present are too many for the adults there."""
    here = Attendance.objects.filter(session=session, state=Attendance.State.PRESENT, left_at=None)
    children = set(here.values_list("learner_id", flat=True)) | {one.pk for one in joining}
    found = floor.floor_of(session, children=len(children))
    if found.lacking:
        raise UnderTheFloor(found.sentence)


@transaction.atomic
def clear_learners(*, session: Session, learners: Iterable[Learner], now: datetime) -> None:
    """Take the marks of these learners back. Raises Settled of attending."""
    attending.clear(session=session, learners=learners, now=now)
    settle(session, now)


# --- everybody at once ------------------------------------------------------------------------------


@transaction.atomic
def all_came(*, session: Session, now: datetime, actor: User | None) -> Came:
    """全到了: everybody who agreed and every learner expected of whom nobody has said anything.

    Raises NotHeld, UnderTheFloor. Whoever may not be with children is left out.
    """
    found = silent(session)
    seats.lock(one.volunteer_id for one in found)
    seats.lock_session(session)
    attending.require_held(session, now)
    came = []
    for assignment in found:
        try:
            check_in(volunteer=assignment.volunteer, session=session, how=How.STAFF, now=now, actor=actor)
            came.append(assignment.volunteer)
        except (AlreadyIn, MayNotServe):
            continue
    marked = set(session.attendance.values_list("learner_id", flat=True))
    expected = [pk for pk in demand.expected_learners(session) if pk not in marked]
    learners = list(Learner.objects.filter(pk__in=expected).select_related("person"))
    if learners:
        mark_learners(session=session, learners=learners, state=Attendance.State.PRESENT, now=now, actor=actor)
    marks.note_all(session=session, people=[*came, *learners], now=now, actor=actor)
    settle(session, now)
    return Came(len(came), len(learners), now)


@transaction.atomic
def undo_all_came(*, session: Session, at: datetime, now: datetime) -> None:
    """Take back what 全到了 said at that moment and nobody has touched since. Raises Settled."""
    seats.lock_session(session)
    if at + hours.STAYS_OPEN < now:
        raise Settled("已经过了 24 小时，不能再撤。")
    _remove(session.checkins.filter(changed_at=at, how=How.STAFF).select_related("volunteer__person"), now)
    session.attendance.filter(marked_at=at, left_at=None).delete()
    marks.forget_all(session=session, at=at)
    settle(session, now)


def silent(session: Session) -> list[Assignment]:
    """Who agreed, and nobody has said whether they came."""
    agreed = session.assignments.filter(status=Assignment.Status.ACCEPTED, no_show=None)
    came = CheckIn.objects.filter(series=session.series_id, on_date=session.on_date).values("volunteer")
    return list(agreed.exclude(volunteer__in=came).select_related("volunteer__person").order_by("pk"))


# --- closing ----------------------------------------------------------------------------------------


def close_visits(*, now: datetime) -> int:
    """Whoever checked in and said nothing more has left at the planned end. Answers how many.

    Sessions of the last day of which everything is said are then done.
    """
    open_visits = CheckIn.objects.filter(
        ~Q(how=How.IMPORT), arrived_at__isnull=False, left_at=None, session__ends_at__lte=now
    )
    rows = list(open_visits.filter(arrived_at__lt=F("session__ends_at")).select_related("session"))
    closed = 0
    for row in rows:
        assert row.session
        with transaction.atomic():
            closed += CheckIn.objects.filter(pk=row.pk, left_at=None).update(
                left_at=row.session.ends_at, left_how=LeftHow.PLANNED, changed_at=now
            )
            settle(row.session, now)
    over = Session.objects.filter(status=Session.Status.PLANNED, ends_at__range=(now - hours.STAYS_OPEN, now))
    for session in over.select_related("series__programme").order_by("pk"):
        settle(session, now)
    return closed


def settle(session: Session, now: datetime) -> bool:
    """A session that is over and of which everything is said is done; one with an open question is not.

    Answers whether it is done. Cancelled sessions stay cancelled.
    """
    done = session.ends_at <= now and is_closed(session)
    status, other = Session.Status.DONE, Session.Status.PLANNED
    if not done:
        status, other = other, status
    if Session.objects.filter(pk=session.pk, status=other).update(status=status):
        session.status = status
    return done


def is_closed(session: Session) -> bool:
    """Whether everybody who agreed came and left, or did not come, and every learner expected is marked."""
    if silent(session) or session.checkins.filter(left_at=None).exists():
        return False
    expected = set(demand.expected_learners(session))
    return not expected - set(session.attendance.values_list("learner_id", flat=True))
