"""What a change would do, told by doing it and taking it back: the page cannot promise anything else."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from classes.actions.changing import Done
from classes.models import SessionChange
from people.models import Message
from volunteers.actions import notes
from volunteers.models import Assignment, AssignmentChange

Status = Assignment.Status


@dataclass(frozen=True, slots=True)
class Preview:
    """How many sessions, who had agreed to how many of them, and each note that would be written."""

    sessions: int
    lines: list[str]
    agreed: list[str]
    agreed_sessions: int
    helpers: list[Message]
    families: list[Message]
    unreachable: list[str]

    @property
    def people(self) -> int:
        """How many people would be told."""
        return len({message.person_id for message in [*self.helpers, *self.families]})


def preview(make: Callable[[], Done]) -> Preview:
    """Do it, look, and roll back. Raises what the action raises."""
    with transaction.atomic():
        done = make()
        found = _look(done)
        transaction.set_rollback(True)
    return found


def publish_texts(make: Callable[[], list[Assignment]]) -> dict[int, Message]:
    """The very invitation that each person would get, by volunteer. Raises what the action raises."""
    with transaction.atomic():
        asked = make()
        people = {one.volunteer.person_id: one.volunteer_id for one in asked}
        since = {one.changed_at for one in asked}
        written = Message.objects.filter(kind="offer", person__in=people, created_at__in=since)
        found = {people[one.person_id]: one for one in written if one.person_id}
        transaction.set_rollback(True)
    return found


def _look(done: Done) -> Preview:
    touched = set(SessionChange.objects.filter(change=done.change).values_list("session_id", flat=True))
    was = {row.assignment_id: row.before.get("status") for row in AssignmentChange.objects.filter(change=done.change)}
    rows = Assignment.objects.filter(session__in=touched).select_related("volunteer__person")
    agreed = [one for one in rows.order_by("id") if was.get(one.pk, one.status) == Status.ACCEPTED]
    written = Message.objects.filter(about=f"change:{done.change.pk}").select_related("person").order_by("id")
    messages = list(written)
    return Preview(
        sessions=len(touched),
        lines=[done.lines[pk] for pk in sorted(done.lines)],
        agreed=list(dict.fromkeys(str(one.volunteer) for one in agreed)),
        agreed_sessions=len({one.session_id for one in agreed}),
        helpers=[message for message in messages if message.kind == notes.CHANGED],
        families=[message for message in messages if message.kind != notes.CHANGED],
        unreachable=done.unreachable,
    )
