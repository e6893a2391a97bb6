"""Telephone calls about notes: who is to be called, and what came of it (domain section 9.5)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from people import audit
from people.models import Call, Message, User

Status = Message.Status
# After so many calls without an answer the note is given up, visibly.
MOST_CALLS = 3
KEPT = timedelta(days=30)


class AlreadySettled(Exception):
    """Somebody has reached this person meanwhile, or the note was given up."""


def open_calls(*, now: datetime) -> QuerySet[Message]:
    """Notes to people about which somebody should telephone, the most pressing first.

    People without a smartphone; notes that nobody confirmed; notes that could not be sent and about
    which nobody has called yet. What is past its use is left out.
    """
    wanted = Q(status=Status.CALL) | Q(status=Status.UNSURE) | Q(status=Status.FAILED, calls=None)
    still = Q(useless_after=None, created_at__gt=now - KEPT) | Q(useless_after__gt=now)
    rows = Message.objects.filter(wanted, still, person__isnull=False, handed_on_at=None, carried_by=None)
    return rows.select_related("person").order_by(F("happens_at").asc(nulls_last=True), "id").distinct()


@transaction.atomic
def record(*, message: Message, result: str, now: datetime, actor: User | None) -> Call:
    """Keep what came of one call. Reached settles the note; a wrong number, or a third call in vain, gives it up.

    Raises AlreadySettled.
    """
    todo = Message.objects.filter(
        pk=message.pk, status__in=(Status.CALL, Status.UNSURE, Status.FAILED), handed_on_at=None
    )
    if result == Call.Result.REACHED:
        changed = todo.update(status=Status.SENT, sent_at=now, handed_on_at=now, via="call")
    else:
        # Writing the same status again locks the row: two people who call at once are counted one after the other.
        changed = todo.update(status=Status.CALL)
    if not changed:
        raise AlreadySettled
    call = Call.objects.create(message=message, result=result, at=now, by=actor)
    in_vain = message.calls.filter(result=Call.Result.NO_ANSWER).count()
    if result == Call.Result.WRONG_NUMBER or (result == Call.Result.NO_ANSWER and in_vain >= MOST_CALLS):
        Message.objects.filter(pk=message.pk).update(status=Status.FAILED, last_error=call.get_result_display())
    summary = f"{message.person}：{message.subject}，{call.get_result_display()}"
    audit.write(actor=actor, verb="打电话", thing=f"message:{message.pk}", now=now, summary=summary)
    return call


@transaction.atomic
def take_back(*, call: Call, now: datetime, actor: User | None) -> None:
    """Undo the last call of its note: it was the wrong line. Raises AlreadySettled when it is not the last one."""
    message = call.message
    if message.calls.order_by("at", "id").last() != call:
        raise AlreadySettled
    call.delete()
    Message.objects.filter(pk=message.pk).update(status=Status.CALL, sent_at=None, handed_on_at=None, last_error="")
    audit.write(actor=actor, verb="撤回电话结果", thing=f"message:{message.pk}", now=now, summary=str(message.person))
