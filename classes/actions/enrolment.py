"""Learners' places: enrol, withdraw, promote, and what a child needs before a place counts."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from classes import demand
from classes.actions.holding import hold_series
from classes.actions.seats import NoSeat, claim, give_back, set_expected
from classes.actions.timetable import hold_rooms
from classes.models import Enrolment, Learner, Room, Series, SeriesDay, Session
from people import audit
from people.models import User

SHANGHAI = ZoneInfo("Asia/Shanghai")
Status = Enrolment.Status
DAYS_UNSAID = Enrolment.DAYS_UNSAID
WEEKDAYS = "一二三四五六日"


class AlreadyEnrolled(Exception):
    """The learner has a place on this series already."""


class WrongDays(Exception):
    """The series does not meet on one of these weekdays. The message says when it does."""


class NotActive(Exception):
    """The enrolment has ended or changed meanwhile."""


def missing_papers(learner: Learner) -> str:
    """What stops a child from being taken in (domain 9.6 rule 13), or nothing."""
    if learner.kind != Learner.Kind.CHILD:
        return ""
    if not learner.consent_on:
        return "缺监护人签字"
    if not any(guardian.person.phone for guardian in learner.guardians.select_related("person")):
        return "缺监护人电话"
    return ""


@transaction.atomic
def enrol(*, learner: Learner, series: Series, weekdays: Iterable[int] | None = None, now: datetime) -> Enrolment:
    """Give a learner a place, or say why not yet.

    `weekdays` empty means every day of the series, None that nobody has said (a child then
    waits). All chosen days have a seat, or the learner waits. A child without signature or
    guardian's phone stays requested and takes no seat. Raises AlreadyEnrolled, WrongDays.
    """
    enrolment = give_place(learner, series, weekdays, now)
    if enrolment.status == Status.CONFIRMED:
        places_changed({series.pk}, now)
    return enrolment


def give_place(learner: Learner, series: Series, weekdays: Iterable[int] | None, now: datetime) -> Enrolment:
    """What enrol does, without telling anybody that the need has changed."""
    chosen = checked_days(series, weekdays or [])
    if Enrolment.objects.filter(learner=learner, series=series).exclude(status=Status.WITHDRAWN).exists():
        raise AlreadyEnrolled
    status, why = settle(learner, series, chosen, unsaid=weekdays is None)
    try:
        with transaction.atomic():
            enrolment = Enrolment.objects.create(
                learner=learner, series=series, weekdays=chosen, status=status, why=why, created_at=now
            )
    except IntegrityError as error:
        # Two people pressed at once: this one gives its seat back.
        if status == Status.CONFIRMED:
            give_back(series, chosen)
        raise AlreadyEnrolled from error
    return enrolment


def settle(learner: Learner, series: Series, weekdays: list[int], *, unsaid: bool) -> tuple[str, str]:
    """The status a place can have now, and why it is not better. Claims the seats if it can."""
    unsaid = unsaid and learner.kind == Learner.Kind.CHILD
    missing = missing_papers(learner)
    if missing:
        return Status.REQUESTED, f"{missing}；{DAYS_UNSAID}" if unsaid else missing
    if unsaid:
        return Status.WAITING, DAYS_UNSAID
    if stairs := stairs_to(series) if demand.in_a_wheelchair(learner.needs) else "":
        return Status.WAITING, stairs
    try:
        claim(series, weekdays)
    except NoSeat as refusal:
        return Status.WAITING, f"{say_days(refusal.full)}名额已满" if weekdays else "名额已满"
    return Status.CONFIRMED, ""


def stairs_to(series: Series) -> str:
    """Which room of the class a wheelchair cannot get into, as a sentence; empty when all can be reached.

    The rooms are held until the transaction ends, so that no session moves upstairs meanwhile.
    """
    planned = series.sessions.filter(status=Session.Status.PLANNED)
    hold_series([series.pk])
    used = {series.room_id, *planned.values_list("room_id", flat=True)}
    hold_rooms(used)
    used |= set(planned.values_list("room_id", flat=True))
    room = Room.objects.filter(pk__in=used - {None}, step_free=False).order_by("pk").first()
    return f"{room}在 {room.floor} 楼没有电梯，轮椅上不去" if room else ""


def checked_days(series: Series, weekdays: Iterable[int]) -> list[int]:
    """The choice in order; all days of the series become the empty choice. Raises WrongDays."""
    own = set(SeriesDay.objects.filter(series=series).values_list("weekday", flat=True))
    chosen = set(weekdays)
    if chosen - own:
        raise WrongDays(f"{series.name}只在{say_days(own)}上课")
    return [] if chosen == own else sorted(chosen)


def say_days(weekdays: Iterable[int]) -> str:
    """周一、三、五"""
    found = "、".join(WEEKDAYS[day] for day in sorted(weekdays))
    return f"周{found}" if found else ""


@transaction.atomic
def withdraw(*, enrolment: Enrolment, now: datetime, actor: User | None = None) -> Enrolment:
    """End a place; its seats become free. Raises NotActive."""
    before = enrolment.status
    claimed = Enrolment.objects.filter(pk=enrolment.pk, status=before).exclude(status=Status.WITHDRAWN)
    if not claimed.update(status=Status.WITHDRAWN, why=""):
        raise NotActive
    if before == Status.CONFIRMED:
        give_back(enrolment.series, enrolment.weekdays)
        places_changed({enrolment.series_id}, now)
    enrolment.refresh_from_db()
    record(enrolment, "退了班", now, actor)
    return enrolment


@transaction.atomic
def confirm(
    *,
    enrolment: Enrolment,
    now: datetime,
    weekdays: Iterable[int] | None = None,
    actor: User | None = None,
) -> Enrolment:
    """Try again to give a waiting or requested learner the place, on other days if said.

    The status and reason afterwards say whether it worked. Raises NotActive, WrongDays.
    """
    unsaid = weekdays is None and DAYS_UNSAID in enrolment.why
    chosen = enrolment.weekdays if weekdays is None else checked_days(enrolment.series, weekdays)
    open_states = (Status.WAITING, Status.REQUESTED)
    # Taking the row first makes a second press wait here, and then find it settled.
    if not Enrolment.objects.filter(pk=enrolment.pk, status__in=open_states).update(weekdays=chosen):
        raise NotActive
    status, why = settle(enrolment.learner, enrolment.series, chosen, unsaid=unsaid)
    Enrolment.objects.filter(pk=enrolment.pk).update(status=status, why=why)
    enrolment.refresh_from_db()
    if status == Status.CONFIRMED:
        places_changed({enrolment.series_id}, now)
        record(enrolment, "转入班", now, actor)
    return enrolment


@transaction.atomic
def promote(*, series: Series, now: datetime, actor: User | None = None) -> Enrolment | None:
    """Give a free seat to the first who waits and whose days are free; None when nobody fits."""
    waiting = series.enrolments.filter(status=Status.WAITING).exclude(why__contains=DAYS_UNSAID)
    for enrolment in waiting.select_related("learner__person", "series").order_by("created_at", "id"):
        try:
            settled = confirm(enrolment=enrolment, now=now, actor=actor)
        except NotActive:  # Somebody else has just settled this one.
            continue
        if settled.status == Status.CONFIRMED:
            return settled
    return None


@transaction.atomic
def record_consent(*, learner: Learner, signed_on: date, now: datetime, actor: User | None = None) -> list[Enrolment]:
    """Note the guardian's signature and settle the places that waited for it."""
    learner.consent_on = signed_on
    learner.save(update_fields=["consent_on"])
    audit.write(
        actor=actor,
        verb="登记了监护人签字",
        thing=f"learner:{learner.pk}",
        now=now,
        summary=f"{learner}，{signed_on:%Y-%m-%d} 签",
    )
    return settle_requested(learner=learner, now=now, actor=actor)


def settle_requested(*, learner: Learner, now: datetime, actor: User | None) -> list[Enrolment]:
    """Try again the places that waited for papers; each says what became of it."""
    waiting = learner.enrolments.filter(status=Status.REQUESTED).select_related("series", "learner__person")
    return [confirm(enrolment=enrolment, now=now, actor=actor) for enrolment in waiting]


def wanted_days(learner: Learner, series: Series) -> list[int] | None:
    """The wanted weekdays on which the series meets (empty = all of its days, as for seniors);
    None when nobody has said or none fits.
    """
    if learner.kind != Learner.Kind.CHILD:
        return []
    own = {day.weekday for day in series.days.all()}
    return sorted(own & set(learner.days_wanted or [])) or None


def places_changed(series_ids: set[int], now: datetime) -> None:
    """After places were given or given back: expected numbers and the need follow."""
    set_expected(series_ids, since=now.astimezone(SHANGHAI).date())
    demand.need_changed.send(sender=Series, series_ids=demand.with_merged(series_ids), now=now)


def record(enrolment: Enrolment, verb: str, now: datetime, actor: User | None) -> None:
    """One audit line about a place."""
    audit.write(
        actor=actor,
        verb=verb,
        thing=f"learner:{enrolment.learner_id}",
        now=now,
        summary=f"{enrolment.learner}：{enrolment.series.name} {say_days(enrolment.weekdays)}".strip(),
    )
