"""The volunteer's own word: I come, I cannot, I can after all. Only these make a place agreed."""

from datetime import datetime

from django.db import IntegrityError, transaction

from people import audit
from volunteers.actions import holds, notes, seats, substitutes
from volunteers.actions.seats import NotHeld, NotPlaced, Refused
from volunteers.models import Assignment, Offer, Shift
from volunteers.rules import WISHES

__all__ = [
    "MovedMeanwhile",
    "NotHeld",
    "NotPlaced",
    "OfferExpired",
    "Refused",
    "SeatRefilled",
    "accept_offer",
    "come_back",
    "decline_offer",
    "expire_offers",
    "withdraw",
]

Status = Assignment.Status
UNANSWERED = "没有回复"


class OfferExpired(Refused):
    """The answer came after the invitation ran out."""


class MovedMeanwhile(Refused):
    """The session is at another time than the one that was answered about."""


class SeatRefilled(Refused):
    """Somebody else has taken the place meanwhile."""


@transaction.atomic
def accept_offer(*, offer: Offer, now: datetime, about: datetime | None = None) -> Assignment:
    """The volunteer comes. Saying it twice is saying it once; after 来不了 the place must be free.

    `about` is the time that stood on the page. Raises MovedMeanwhile, OfferExpired, SeatRefilled,
    NotHeld, NotPlaced.
    """
    assignment = _current(offer.assignment_id)
    if about and about != assignment.starts_at:
        raise MovedMeanwhile(f"这一场的时间改到了{notes.when(assignment.starts_at)}，请再看一眼能不能来。")
    if assignment.status == Status.ACCEPTED:
        return assignment
    if assignment.status == Status.DECLINED:
        return come_back(assignment=assignment, now=now)
    if offer.expires_at <= now or assignment.note == UNANSWERED:
        raise OfferExpired("这个邀请已经过期，名额放出来了。还想来，可以在下面挑一场。")
    _not_begun(assignment, now)
    seats.move(assignment, to=Status.ACCEPTED, now=now, only_from=[Status.OFFERED])
    _answered(assignment, Offer.Answer.YES, now)
    _wrote(assignment, "能来", now)
    return assignment


@transaction.atomic
def decline_offer(*, offer: Offer, now: datetime, note: str = "") -> Assignment:
    """The volunteer cannot come; no reason is asked for. Raises NotHeld, NotPlaced."""
    return withdraw(assignment=offer.assignment, now=now, note=note)


@transaction.atomic
def withdraw(*, assignment: Assignment, now: datetime, note: str = "") -> Assignment:
    """Give back a place that was asked for or agreed; the organiser sees the gap at once.

    Saying it twice is saying it once. Raises NotHeld once the session has begun, NotPlaced.
    """
    assignment = _current(assignment.pk)
    if assignment.status == Status.DECLINED:
        return assignment
    _not_begun(assignment, now)
    seats.move(assignment, to=Status.DECLINED, now=now, note=note, only_from=(Status.OFFERED, Status.ACCEPTED))
    Shift.objects.filter(pk=assignment.shift_id, gap_marked_at=None).update(gap_marked_at=now)
    _answered(assignment, Offer.Answer.NO, now)
    _wrote(assignment, "来不了", now, note)
    substitutes.place_given_up(assignment=assignment, now=now)
    return assignment


@transaction.atomic
def come_back(*, assignment: Assignment, now: datetime) -> Assignment:
    """还是能来: take a declined place again while nobody else has it.

    Raises SeatRefilled, NotPlaced, and the refusals of `seats.require_rules`.
    """
    seats.lock([assignment.volunteer_id])
    assignment = _current(assignment.pk)
    if assignment.status == Status.ACCEPTED:
        return assignment
    seats.require_rules(shift=assignment.shift, volunteer=assignment.volunteer, now=now, overlooking=WISHES)
    if not (holds.name_again(assignment, now=now) or seats.claim(assignment.shift)):
        raise SeatRefilled("这个名额已经有人补上了，谢谢您还惦记着。")
    try:
        with transaction.atomic():
            seats.move(assignment, to=Status.ACCEPTED, now=now, only_from=[Status.DECLINED])
    except IntegrityError as error:
        raise seats.named(error, assignment.volunteer) from error
    _answered(assignment, Offer.Answer.YES, now)
    _wrote(assignment, "还是能来", now)
    return assignment


def expire_offers(*, now: datetime) -> int:
    """Set free the places whose invitations ran out without an answer; answers how many."""
    silent = Offer.objects.filter(
        answer="", expires_at__lte=now, assignment__status=Status.OFFERED, assignment__starts_at__gt=now
    )
    freed = 0
    for pk in silent.order_by("assignment__shift_id", "id").values_list("assignment_id", flat=True):
        freed += _expire(pk, now)
    return freed


@transaction.atomic
def _expire(pk: int, now: datetime) -> bool:
    assignment = _current(pk)
    try:
        seats.move(assignment, to=Status.RELEASED, now=now, note=UNANSWERED, only_from=[Status.OFFERED])
    except NotPlaced:
        return False  # answered at this very moment
    _wrote(assignment, UNANSWERED, now)
    return True


def _current(pk: int) -> Assignment:
    """The assignment as the database has it, with what the rules and the trail need."""
    rows = Assignment.objects.select_related(
        "volunteer__person", "shift__role", "shift__session__series__programme", "shift__session__community"
    )
    return rows.get(pk=pk)


def _not_begun(assignment: Assignment, now: datetime) -> None:
    if assignment.starts_at <= now:
        raise NotHeld("这一场已经开始了，请直接打社区电话。")


def _answered(assignment: Assignment, answer: str, now: datetime) -> None:
    Offer.objects.filter(assignment=assignment.pk).update(answer=answer, answered_at=now)


def _wrote(assignment: Assignment, verb: str, now: datetime, note: str = "") -> None:
    audit.write(
        actor=None,
        label=str(assignment.volunteer),
        verb=verb,
        thing=f"session:{assignment.session_id}",
        now=now,
        summary=f"{assignment.volunteer} {notes.when(assignment.starts_at)} {note}".strip(),
        data={"assignment": assignment.pk, "volunteer": assignment.volunteer_id},
    )
