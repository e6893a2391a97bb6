"""What a change would do, told by doing it and taking it back: the page cannot promise anything else."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from classes import demand
from classes.actions.changing import Done, say_when
from classes.models import Session, SessionChange
from classes.queries import learners_meet
from people.models import Message
from volunteers.actions import notes
from volunteers.models import Assignment, AssignmentChange
from volunteers.rules.said_free import SaidFree, span

Status = Assignment.Status


@dataclass(frozen=True, slots=True)
class Preview:
    """How many sessions, who had agreed to how many of them, and each note that would be written.

    `meeting` are learners who would be in two classes at one time, `not_free` the volunteers who have not
    said that they are free at the new time.
    """

    sessions: int
    lines: list[str]
    agreed: list[str]
    agreed_sessions: int
    helpers: list[Message]
    families: list[Message]
    unreachable: list[str]
    meeting: list[str]
    not_free: list[str]

    @property
    def people(self) -> int:
        """How many people would be told."""
        return len({message.person_id for message in [*self.helpers, *self.families]})


def preview(make: Callable[[], Done]) -> Preview:
    """Do it, look, and roll back. Raises what the action raises."""
    found = preview_or_none(make)
    assert found is not None
    return found


def preview_or_none(make: Callable[[], Done | None]) -> Preview | None:
    """The same where it may be that no session changes."""
    with transaction.atomic():
        done = make()
        found = _look(done) if done else None
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
        meeting=_meeting(done),
        not_free=_not_free(done),
    )


def _moved(done: Done) -> list[Session]:
    """Sessions that are held at a time that people have not known."""
    rows = SessionChange.objects.filter(change=done.change, session__status=Session.Status.PLANNED)
    moved = [row.session_id for row in rows if not row.before or "starts_at" in row.before]
    return list(Session.objects.filter(pk__in=moved).select_related("series").order_by("starts_at", "id"))


def _meeting(done: Done) -> list[str]:
    """One sentence for each learner: the first session that meets another of theirs, and how many do."""
    sessions = _moved(done)
    if not sessions:
        return []
    heads = demand.headcounts(sessions)
    learners = {place.learner for places in heads.values() for place in places}
    last = max(one.ends_at for one in sessions)
    busy = learners_meet.elsewhere(learners, sessions[0].starts_at, last, {one.pk for one in sessions})
    found: dict[int, list[str]] = {}
    for session in sessions:
        for place in heads[session.pk]:
            for other in busy[place.learner]:
                if other.starts_at < session.ends_at and session.starts_at < other.ends_at:
                    when = say_when(other.starts_at, other.ends_at)
                    found.setdefault(place.learner, []).append(f"{when} 还在{other.session.series}上课")
    names = learners_meet.names_of(found)
    return [f"{names[pk]} {lines[0]}{_more(lines)}" for pk, lines in sorted(found.items())]


def _not_free(done: Done) -> list[str]:
    """One sentence for each volunteer whom the new time does not suit, as far as they have said."""
    moved = {one.pk for one in _moved(done)}
    rows = Assignment.objects.filter(session__in=moved, status__in=Assignment.ACTIVE)
    active = list(rows.select_related("volunteer__person").order_by("starts_at", "id"))
    if not active:
        return []
    said = SaidFree.of({one.volunteer_id for one in active}, *span(one.starts_at for one in active))
    found: dict[str, list[str]] = {}
    for one in active:
        if not said.is_free(one.volunteer, one.starts_at, one.ends_at):
            found.setdefault(str(one.volunteer), []).append(f"没说{say_when(one.starts_at, one.ends_at)}有空")
    return [f"{name}{lines[0]}{_more(lines)}" for name, lines in found.items()]


def _more(lines: list[str]) -> str:
    return f"，另外还有 {len(lines) - 1} 场" if len(lines) > 1 else ""
