"""撤销: one door for everything that an organiser may take back within a day."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from classes.actions import families
from classes.actions.undoing import ChangedSince, TooLateToUndo, claim
from classes.models import Change, Session
from people import audit
from people.models import User
from volunteers.actions import counting, notes, seats, undoing, wordings
from volunteers.actions.steps import ON_THE_ROSTER, Kind
from volunteers.models import Assignment, AssignmentChange, Placement, Proposal

Status = Assignment.Status
NAMED = 4


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The places that are as they were, and whose were left because they know of them by now."""

    assignments: list[Assignment] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def undo(*, change: Change, now: datetime, actor: User | None) -> TakenBack:
    """Take a change of the timetable or a step on the roster back. Raises what those raise."""
    if change.kind == Kind.COUNT:
        counting.take_back(change=change, now=now, actor=actor)
        return TakenBack()
    if change.kind in ON_THE_ROSTER:
        return undo_step(change=change, now=now, actor=actor)
    undoing.undo(change=change, now=now, actor=actor)
    return TakenBack()


@transaction.atomic
def undo_step(*, change: Change, now: datetime, actor: User | None) -> TakenBack:
    """Drafts that the step made go; whoever it took off is back, with what was said about it put right.

    Somebody who was told about a place meanwhile keeps it. Raises AlreadyUndone, TooLateToUndo, ChangedSince.
    """
    claim(change=change, now=now, actor=actor)
    found = AssignmentChange.objects.filter(change=change)
    seats.lock(found.values_list("assignment__volunteer_id", flat=True))
    rows = list(
        found.select_related("change", "assignment__volunteer__person", "assignment__shift", "assignment__session")
    )
    done = [row.assignment for row in rows if (_put_back(row, now) if row.before else _take_off(row, now))]
    left = [str(row.assignment.volunteer) for row in rows if row.assignment not in done]
    if not done:
        names = "、".join(left[:NAMED])
        raise ChangedSince(f"{names}的安排后来又变过了，撤不回来；要改，请在周排班里点这个人。")
    _open_again(done)
    families.take_back(change=change, kind=notes.RELEASED, back=wordings.RELEASED_BACK, now=now)
    summary = f"{change.summary}：{len(done)} 个名额恢复原样"
    audit.write(actor=actor, verb="撤销改动", thing=f"change:{change.pk}", now=now, summary=summary)
    return TakenBack(done, left)


def _take_off(row: AssignmentChange, now: datetime) -> bool:
    """A draft that the step made goes; False when it is no such draft any more."""
    try:
        seats.move(row.assignment, to=Status.RELEASED, now=now, note="撤销了", only_from=[row.after["status"]])
    except seats.NotPlaced:
        return False
    return True


def _put_back(row: AssignmentChange, now: datetime) -> bool:
    """Somebody who was taken off is back as before. Raises ChangedSince, TooLateToUndo."""
    one = row.assignment
    if one.status != row.after["status"]:
        return False
    if one.session.status != Session.Status.PLANNED or one.session.starts_at <= now:
        raise TooLateToUndo("这一场停课了，或者已经开始了，撤不回来。")
    if (one.starts_at, one.ends_at) != (one.session.starts_at, one.session.ends_at):
        raise ChangedSince("这一场后来改过时间，撤不回来。")
    undoing.restore(row, now)
    return True


def _open_again(done: list[Assignment]) -> None:
    """Rows of a proposal whose places went can be accepted once more."""
    ready, accepted = Proposal.Status.READY, Proposal.Status.ACCEPTED
    rows = Placement.objects.filter(assignment__in=done, status=Placement.Status.ACCEPTED)
    proposals = set(rows.filter(proposal__status__in=(ready, accepted)).values_list("proposal", flat=True))
    rows.filter(proposal__in=proposals).update(status=Placement.Status.PROPOSED, assignment=None)
    Proposal.objects.filter(pk__in=proposals, status=accepted).update(status=ready)
