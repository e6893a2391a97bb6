"""有人来不了就叫我: waiting for a place at a full session, and being asked when one comes free."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from classes.models import Session
from people import audit, outbox
from volunteers.actions import notes, seats, signup, texts
from volunteers.actions.seats import NotHeld, Refused
from volunteers.models import Assignment, Offer, Shift, Volunteer, Wait
from volunteers.queries import waiting
from volunteers.rules import WISHES

__all__ = [
    "NotHeld",
    "PlaceOpen",
    "Refused",
    "come",
    "leave",
    "offer_freed_places",
    "sign_up_to_wait",
    "wait",
]

# Closer to the session than this nobody is given hours to think: all who wait are told at once.
TOO_CLOSE = timedelta(hours=24)


class PlaceOpen(Refused):
    """There is a place: one signs up and does not wait."""


@transaction.atomic
def sign_up_to_wait(
    *, session: Session, name: str, phone: str, occupation: str, consent: bool, now: datetime
) -> tuple[Wait, bool]:
    """Wait by name and mobile number; answers the row and whether the person was here before.

    Raises what `signup.sign_up` raises about name and number, and what `wait` raises.
    """
    volunteer, is_known = signup.enter(
        session=session, name=name, phone=phone, occupation=occupation, consent=consent, now=now
    )
    return wait(volunteer=volunteer, session=session, now=now), is_known


@transaction.atomic
def wait(*, volunteer: Volunteer, session: Session, now: datetime) -> Wait:
    """Put a known volunteer at the end of the queue; said twice it is said once.

    Whoever was asked before and did not come goes to the end. Raises PlaceOpen, NotHeld, AlreadyPlaced,
    InTwoPlaces, RuleBroken.
    """
    seats.lock([volunteer.pk])
    shift = waiting.helpers_shift(session)
    if shift is None:
        raise NotHeld("这一场不用人帮忙。")
    shift.session = session
    seats.require_rules(shift=shift, volunteer=volunteer, now=now, overlooking=WISHES)
    if shift.taken < shift.needed:
        raise PlaceOpen("这一场现在就有名额，直接报名就行。")
    row, is_new = Wait.objects.get_or_create(session=session, volunteer=volunteer, defaults={"since": now})
    if not is_new and row.asked_at:
        row.since, row.asked_at = now, None
        row.save(update_fields=["since", "asked_at"])
        is_new = True
    if is_new:
        _wrote(row, "有人来不了就叫我", now)
    return row


@transaction.atomic
def leave(*, wait: Wait, now: datetime) -> None:
    """Wait no longer; saying it twice is saying it once."""
    if Wait.objects.filter(pk=wait.pk).delete()[0]:
        _wrote(wait, "不等名额了", now)


@transaction.atomic
def come(*, wait: Wait, now: datetime) -> Assignment:
    """我来, from the queue: take a place that is open. Raises SessionFull and the refusals of `seats.take`."""
    assignment = signup.join(volunteer=wait.volunteer, session=wait.session, now=now)
    Wait.objects.filter(pk=wait.pk).delete()
    return assignment


def offer_freed_places(*, now: datetime) -> int:
    """Offer places that came free to those who wait for them; answers how many were asked or told.

    The first has a place kept for so many hours; close to the session all are told, and the first to
    answer has it. Each row is asked once, whatever dies in between.
    """
    open_now = Shift.objects.filter(
        role__is_lead=False,
        taken__lt=F("needed"),
        session__starts_at__gt=now,
        session__status=Session.Status.PLANNED,
        session__in=waiting.waits().values("session"),
    ).select_related("role", "session__series__programme", "session__room", "session__community")
    asked = 0
    for shift in open_now.order_by("session_id", "id"):
        answer_by = outbox.after_quiet_hours(now) + timedelta(hours=settings.LINKE_WAIT_HOURS)
        if answer_by > shift.session.starts_at - TOO_CLOSE:
            asked += _tell_all(shift, now)
        else:
            asked += _keep_for_the_first(shift, answer_by, now)
    return asked


def _keep_for_the_first(shift: Shift, answer_by: datetime, now: datetime) -> int:
    """One place for each of the first who still may come."""
    asked, words = 0, texts.current("place-free")
    for row in waiting.waits().filter(session=shift.session):
        if asked == shift.needed - shift.taken:
            break
        try:
            asked += _keep(row, shift, words, answer_by, now)
        except seats.ShiftFull:
            break
        except Refused:
            continue  # not free by now: stays in the queue, and the next one is asked
    return asked


@transaction.atomic
def _keep(row: Wait, shift: Shift, words: str, answer_by: datetime, now: datetime) -> bool:
    if not _claim(row, now):
        return False
    assignment = seats.take(
        shift=shift,
        volunteer=row.volunteer,
        status=Assignment.Status.OFFERED,
        source="wait",
        now=now,
        overlooking=WISHES,
    )
    Offer.objects.create(assignment=assignment, made_at=now, expires_at=answer_by)
    notes.place_free(wait=row, assignment=assignment, words=words, answer_by=answer_by, now=now)
    _wrote(row, "问了等名额的人", now)
    return True


def _tell_all(shift: Shift, now: datetime) -> int:
    words = texts.current("places-free")
    return sum(_tell(row, shift, words, now) for row in waiting.waits().filter(session=shift.session))


@transaction.atomic
def _tell(row: Wait, shift: Shift, words: str, now: datetime) -> bool:
    if not _claim(row, now):
        return False
    row.session = shift.session
    notes.places_free(wait=row, line=notes.place_line(shift.session, shift.role), words=words, now=now)
    return True


def _claim(row: Wait, now: datetime) -> bool:
    """Whether this call is the one that asks: the row count is the lock."""
    return bool(Wait.objects.filter(pk=row.pk, asked_at=None).update(asked_at=now))


def _wrote(row: Wait, verb: str, now: datetime) -> None:
    audit.write(
        actor=None,
        label=str(row.volunteer),
        verb=verb,
        thing=f"session:{row.session_id}",
        now=now,
        summary=f"{row.volunteer} {notes.when(row.session.starts_at)}",
        data={"volunteer": row.volunteer_id},
    )
