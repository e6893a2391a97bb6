"""Taking a change back with everybody it touched: their places, their answers, and what they were told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from classes.actions import families, holding, undoing
from classes.actions.changing import Refused, decoded, hold
from classes.actions.moving import Target
from classes.actions.undoing import AlreadyUndone, ChangedSince, TooLateToUndo
from classes.models import Change
from people.models import User
from volunteers.actions import notes, seats, wordings
from volunteers.actions.answers import UNANSWERED
from volunteers.actions.following import clashes
from volunteers.models import Assignment, AssignmentChange, Offer, Shift

__all__ = ["AlreadyUndone", "ChangedSince", "Refused", "TooLateToUndo", "undo"]

Status = Assignment.Status
MOMENTS = ("made_at", "expires_at", "answered_at")


@transaction.atomic
def undo(*, change: Change, now: datetime, actor: User | None) -> None:
    """Everything as it was: sessions, places, answers. Unsent notes go, sent ones are corrected.

    Who answered about the new time is back at what they had said about the old one. Raises
    AlreadyUndone, TooLateToUndo, and ChangedSince or another changing.Refused with the sentence that
    says who or what is in the way.
    """
    holding.hold_community(change.community_id)
    sessions = {row.session_id: row for row in change.sessions.select_related("session")}
    seats.lock(Assignment.objects.filter(session__in=sessions).values_list("volunteer_id", flat=True))
    hold(sessions, rooms=[row.before.get("room_id") for row in sessions.values()])
    rows = list(
        AssignmentChange.objects.filter(change=change).select_related(
            "change", "assignment__volunteer__person", "assignment__shift"
        )
    )
    require_nobody_new(change, sessions, rows)
    coming_back = [row for row in rows if comes_back(row)]
    require_free(coming_back, sessions)
    for row in rows:
        if not row.before:
            let_go(row.assignment, now)
    try:
        undoing.undo_change(change=change, now=now, actor=actor)
    except IntegrityError as error:
        raise ChangedSince("有人那个时间已经排到别的场次，先把那里撤下再撤销。") from error
    for row in coming_back:
        restore(row, now)
    families.take_back(change=change, kind=notes.CHANGED, back=wordings.CHANGED_BACK, now=now)


def comes_back(row: AssignmentChange) -> bool:
    """Whether the row is as the change left it, or only the volunteer has answered since."""
    current, left = row.assignment, row.after["status"]
    if not row.before:
        return False
    if current.status == left:
        return True
    own_word = current.status in (Status.ACCEPTED, Status.DECLINED)
    return left == Status.OFFERED and (own_word or current.note == UNANSWERED)


def require_nobody_new(change: Change, sessions: dict[int, Any], rows: list[AssignmentChange]) -> None:
    """Whoever joined after a session moved, or joined a part that goes, was never asked about the old time."""
    moved = [pk for pk, row in sessions.items() if not row.before or "starts_at" in row.before]
    here = Assignment.objects.filter(session__in=moved, status__in=Assignment.ACTIVE, created_at__gt=change.made_at)
    new = here.exclude(pk__in=[row.assignment_id for row in rows]).select_related("volunteer__person")
    if names := [str(one.volunteer) for one in new.order_by("id")]:
        raise ChangedSince(f"{'、'.join(names)}后来排进了改后的场次，先撤下再撤销。")


def require_free(rows: Iterable[AssignmentChange], sessions: dict[int, Any]) -> None:
    """Nobody who comes back has gone elsewhere at the old time."""
    of = Assignment.objects.filter(pk__in=[row.assignment_id for row in rows])
    back = of.select_related("volunteer__person", "shift__role", "session__series__programme", "session__community")
    going = {}
    for pk, row in sessions.items():
        was, session = decoded(row.before), row.session
        times = {name: was.get(name, getattr(session, name)) for name in ("on_date", "starts_at", "ends_at")}
        going[pk] = Target(session, room=None, **times)
    if stuck := clashes(back.order_by("starts_at", "id"), going):
        raise ChangedSince("；".join(clash.sentence for clash in stuck) + "，先把那里撤下再撤销。")


def let_go(one: Assignment, now: datetime) -> None:
    """A place that the change had made goes."""
    mine = Assignment.objects.filter(pk=one.pk, status__in=Assignment.ACTIVE)
    if mine.update(status=Status.RELEASED, note="撤销了改动", changed_at=now):
        seats.give_back(one.shift_id)


def claim_again(row: AssignmentChange) -> bool:
    """A place on the shift again, also where fewer are needed now; False when somebody has come in since."""
    shift = row.assignment.shift
    if seats.claim(shift):
        return True
    since = shift.assignments.filter(status__in=Assignment.ACTIVE, created_at__gt=row.change.made_at)
    if since.exclude(changes__change=row.change).exists():
        return False
    Shift.objects.filter(pk=shift.pk).update(needed=F("needed") + 1, taken=F("taken") + 1)
    return True


def restore(row: AssignmentChange, now: datetime) -> None:
    """Status, note and invitation as before; the place is claimed again. Raises ChangedSince."""
    one, before = row.assignment, row.before
    was_active, is_active = before["status"] in Assignment.ACTIVE, one.status in Assignment.ACTIVE
    if was_active and not is_active and not claim_again(row):
        raise ChangedSince(f"{one.volunteer}的位子后来有人补上了，先撤下那位再撤销。")
    try:
        with transaction.atomic():
            Assignment.objects.filter(pk=one.pk).update(status=before["status"], note=before["note"], changed_at=now)
    except IntegrityError as error:
        raise ChangedSince(f"{one.volunteer}那个时间已经在别处，先把那里撤下再撤销。") from error
    if is_active and not was_active:
        seats.give_back(one.shift_id)
    if before["offer"] is None:
        Offer.objects.filter(assignment=one).delete()
    elif before["offer"] != row.after["offer"] or one.status != row.after["status"]:
        fields = dict(before["offer"])
        values = {name: fields[name] and datetime.fromisoformat(fields[name]) for name in MOMENTS}
        Offer.objects.filter(assignment=one).update(answer=fields["answer"], **values)
