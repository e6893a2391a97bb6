"""Taking a place and giving it back: the only code that touches `Shift.taken` for one person.

Who takes or gives back locks the volunteer's row first, then the shift's: always in this order,
so that two people at two desks never wait for each other.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from classes.models import Session
from volunteers import rules
from volunteers.actions import holds
from volunteers.models import Assignment, Hold, Shift, Volunteer

Status = Assignment.Status


class Refused(Exception):
    """A place cannot be taken or changed; the message is the sentence for the screen."""


class ShiftFull(Refused):
    """Every place of the shift has somebody."""


class AlreadyPlaced(Refused):
    """The volunteer is in this session already."""


class InTwoPlaces(Refused):
    """The volunteer is somewhere else at that time, or cannot get here in time."""


class RuleBroken(Refused):
    """Another hard rule is in the way; `refusals` are all of them, first first."""

    def __init__(self, refusals: list[rules.Refusal]):
        super().__init__(refusals[0].sentence)
        self.refusals = refusals


class NotHeld(Refused):
    """The session is cancelled or has begun."""


class NotPlaced(Refused):
    """The assignment has ended meanwhile."""


class ChangedMeanwhile(Refused):
    """Somebody else changed it since whoever acts has looked."""


SINCE = "您看的这一会儿，这里被改过了。现在的样子在下面，请再看一眼。"
FULL = "这个岗位已经满了，刷新看看现在缺不缺人。"
HERE = "{}已经在这一场了。"
ELSEWHERE = "{}同一时间在别的场次，不能两边都去。"


def lock(volunteer_ids: Iterable[int]) -> None:
    """Let nobody else change places of these volunteers until the transaction ends."""
    list(Volunteer.objects.select_for_update().filter(pk__in=set(volunteer_ids)).order_by("pk").values("pk"))


def lock_session(session: Session) -> None:
    """Let nobody cancel or move the session until the transaction ends; it is as the database has it then."""
    list(Session.objects.select_for_update(no_key=True).filter(pk=session.pk).values("pk"))
    session.refresh_from_db(fields=["status", "cancel_reason", "on_date", "starts_at", "ends_at", "sequence"])


@transaction.atomic
def take(
    *,
    shift: Shift,
    volunteer: Volunteer,
    status: str,
    source: str,
    now: datetime,
    reasons: Iterable[Any] = (),
    overlooking: Collection[str] = (),
    hold: Hold | None = None,
) -> Assignment:
    """Claim one place for one volunteer, every hard rule checked again; one of a club's `hold` when that is given.

    Raises NotHeld, ShiftFull, AlreadyPlaced, InTwoPlaces, RuleBroken; then nothing has changed.
    """
    session = shift.session
    lock([volunteer.pk])
    # Paused, or made part of another entry, while we waited.
    volunteer.refresh_from_db(fields=["status"])
    lock_session(session)
    require_rules(shift=shift, volunteer=volunteer, now=now, overlooking=overlooking)
    if not (holds.name_one(hold, now=now) if hold else claim(shift)):
        raise ShiftFull(FULL)
    try:
        with transaction.atomic():
            return Assignment.objects.create(
                shift=shift,
                session=session,
                volunteer=volunteer,
                status=status,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                source=source,
                reasons=list(reasons),
                created_at=now,
                changed_at=now,
            )
    except IntegrityError as error:
        raise named(error, volunteer) from error


def require_rules(*, shift: Shift, volunteer: Volunteer, now: datetime, overlooking: Collection[str] = ()) -> None:
    """Raise the named refusal of the first rule in the way."""
    session = shift.session
    if session.status == Session.Status.CANCELLED:
        raise NotHeld(f"这一场停课了：{session.cancel_reason}" if session.cancel_reason else "这一场停课了。")
    if session.starts_at <= now:
        raise NotHeld("这一场已经开始了。")
    found = rules.refusals(volunteer, session, shift.role, overlooking=overlooking)
    by_code = {refusal.code: refusal for refusal in found}
    if "here" in by_code:
        raise AlreadyPlaced(by_code["here"].sentence)
    if found and found[0].code == rules.ONE_PLACE:
        raise InTwoPlaces(found[0].sentence)
    if found:
        raise RuleBroken(found)


def require_as_seen(session: Session, sequence: int | None) -> None:
    """Raise ChangedMeanwhile when the session was moved or called off since; held until the transaction ends."""
    if sequence is None:
        return
    lock_session(session)
    if session.sequence != sequence:
        raise ChangedMeanwhile(SINCE)


def claim(shift: Shift) -> bool:
    """Count one more place as taken while there is one: the row count is the lock."""
    return bool(Shift.objects.filter(pk=shift.pk, taken__lt=F("needed")).update(taken=F("taken") + 1))


def give_back(shift_id: int) -> None:
    """Count one place less as taken."""
    Shift.objects.filter(pk=shift_id, taken__gt=0).update(taken=F("taken") - 1)


def move(
    assignment: Assignment,
    *,
    to: str,
    now: datetime,
    note: str = "",
    only_from: Iterable[str],
    seen: datetime | None = None,
) -> str:
    """Change the status of one assignment; answers the status before. Raises NotPlaced.

    Leaving the active states gives the place back, to the club that held it while that still holds. With
    `seen` it must not have changed since that moment: raises ChangedMeanwhile.
    """
    lock([assignment.volunteer_id])
    before, changed_at = Assignment.objects.values_list("status", "changed_at").get(pk=assignment.pk)
    if seen is not None and changed_at != seen and before in Assignment.ACTIVE:
        raise ChangedMeanwhile(SINCE)
    mine = Assignment.objects.filter(pk=assignment.pk, status=before)
    if before not in only_from or not mine.update(status=to, changed_at=now, note=note[:120]):
        raise NotPlaced("这个安排刚刚变过了，刷新看看现在的样子。")
    leaves = before in Assignment.ACTIVE and to not in Assignment.ACTIVE
    if leaves and not holds.back_to_club(assignment, now=now):
        give_back(assignment.shift_id)
    assignment.status, assignment.changed_at, assignment.note = to, now, note[:120]
    return before


def named(error: IntegrityError, volunteer: Volunteer) -> Refused:
    """The database's last word as a refusal."""
    text = str(error)
    if "nobody_is_in_two_places" in text:
        return InTwoPlaces(ELSEWHERE.format(volunteer))
    if "one_active_assignment_a_session" in text or "assignment.session_id" in text:
        return AlreadyPlaced(HERE.format(volunteer))
    return ShiftFull(FULL)
