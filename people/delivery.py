"""Delivery: claim a note, hand it to a gateway, mark it. Whatever dies, no note leaves twice and none is lost.

Three steps of a note in the database: claimed (nothing has left), handed over (`handing_at`, written
right before the step that cannot be undone), sent. A worker that dies before the second leaves a claim
that runs out after LEASE. One that dies after it leaves a doubt: after DOUBT_AFTER the gateway is
asked; when it cannot be asked the note is 没等到回执, shown to people and never repeated by itself.
The number of the claim (`attempts`) keeps a worker whose claim ran out from handing anything over.
docs/decisions/0008-exactly-once.md has the whole argument.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet

from people import audit, channels, outbox
from people.channels import Letter, LostClaim, Refused
from people.models import Message

log = logging.getLogger(__name__)

Status = Message.Status
LEASE = timedelta(seconds=45)
DOUBT_AFTER = timedelta(seconds=60)
# How long to wait after the first, second, … failure; after the last one nobody tries again.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
MOST_FAILURES = len(WAITS) + 1
# A note that so many workers have claimed without an end is the one that kills them.
MOST_CLAIMS = 20
# A code is asked for and waited for: it neither carries other notes nor is carried.
ALONE = ("link-code",)
# Who heard something from us this short a time ago gets the next notes together, unless they are pressing.
PRESSING = timedelta(hours=24)
MOST_CARRIED = 9


def deliver_next(*, now: datetime) -> Message | None:
    """Claim the next note that is due, send it and mark it; None when nothing is due.

    A failure is written on the row and tried again later; the last one is given up visibly.
    """
    message = _claim(now)
    if message is None:
        return None
    if message.attempts > MOST_CLAIMS:
        _give_up(message, message.last_error or "发送时程序反复中断", now)
    else:
        _send(message, now)
    message.refresh_from_db()
    return message


def settle_next(*, now: datetime) -> Message | None:
    """Find out about the next note that was handed over without an answer; None when there is none."""
    doubtful = _in_doubt(now)
    for message in doubtful.select_related("person", "user", "bot").order_by("id")[:20]:
        if _in_doubt(now).filter(pk=message.pk).update(claimed_at=now):
            _settle(message, now)
            message.refresh_from_db()
            return message
    return None


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many notes should have left by now, and since when the oldest of them."""

    due: int
    oldest_at: datetime | None


def unsent(*, now: datetime) -> Unsent:
    """What is due and has not left, claimed or not. One query."""
    waiting = Message.objects.filter(status__in=(Status.WAITING, Status.CLAIMED), carried_by=None, not_before__lte=now)
    found = waiting.aggregate(due=Count("pk"), oldest_at=Min("not_before"))
    return Unsent(**found)


def states(*, now: datetime) -> dict[str, int]:
    """How many notes wait for their time (`later`), and how many of the last 30 days failed or are unsure. One query."""
    recent = Q(created_at__gt=now - timedelta(days=30))
    return Message.objects.aggregate(
        later=Count("pk", filter=Q(status=Status.WAITING, not_before__gt=now)),
        failed=Count("pk", filter=recent & Q(status=Status.FAILED)),
        unsure=Count("pk", filter=recent & Q(status=Status.UNSURE)),
    )


def has_work(*, now: datetime) -> bool:
    """Whether anything is due or in doubt."""
    return due(now).exists() or _in_doubt(now).exists()


def release_claims(*, now: datetime) -> int:
    """Free the notes that dead workers had claimed and not handed over. Answers how many.

    Harmless while workers live: they lose their claim before anything leaves.
    """
    return Message.objects.filter(status=Status.CLAIMED, handing_at=None).update(claimed_at=now - LEASE)


# --- what is due ------------------------------------------------------------------------------------


def due(now: datetime) -> QuerySet[Message]:
    """Notes that should leave now: waiting for their moment, or left behind by a worker that died."""
    waiting = Q(status=Status.WAITING, not_before__lte=now)
    left = Q(status=Status.CLAIMED, handing_at=None, claimed_at__lte=now - LEASE)
    return Message.objects.filter(waiting | left, carried_by=None)


def _in_doubt(now: datetime) -> QuerySet[Message]:
    rows = Message.objects.filter(status=Status.CLAIMED, handing_at__isnull=False, carried_by=None)
    return rows.filter(claimed_at__lte=now - DOUBT_AFTER)


def _claim(now: datetime) -> Message | None:
    """Take one note for this worker: the row count of the update is the lock."""
    while found := list(due(now).select_related("person", "user", "bot").order_by("id")[:20]):
        for message in found:
            if _must_wait(message, now):
                continue
            if due(now).filter(pk=message.pk).update(status=Status.CLAIMED, claimed_at=now, attempts=F("attempts") + 1):
                message.refresh_from_db(fields=["status", "claimed_at", "attempts"])
                _gather(message, now)
                return message
    return None


def _must_wait(message: Message, now: datetime) -> bool:
    """Put off what must not leave now, for the quiet hours or to go with other notes; drop what is past use."""
    if message.useless_after and message.useless_after <= now:
        return _drop(message, now)
    until = outbox.after_quiet_hours(now, happens_at=message.happens_at)
    if until <= now:
        until = _together_at(message, now)
    return until > now and bool(due(now).filter(pk=message.pk).update(status=Status.WAITING, not_before=until))


@transaction.atomic
def _drop(message: Message, now: datetime) -> bool:
    """Past use: it never leaves, and what it was to carry goes its own way."""
    if not due(now).filter(pk=message.pk).update(status=Status.STALE):
        return False
    message.carried.update(status=Status.WAITING, carried_by=None)
    return True


def _together_at(message: Message, now: datetime) -> datetime:
    """When the next note to this person may leave; pressing ones, and second tries, at once."""
    is_pressing = message.happens_at and message.happens_at - now < PRESSING
    if message.person_id is None or is_pressing or message.attempts:
        return now
    told = Message.objects.filter(person=message.person_id, sent_at__gt=now - settings.LINKE_TOGETHER)
    last = told.aggregate(last=Max("sent_at"))["last"]
    return last + settings.LINKE_TOGETHER if last else now


def _gather(message: Message, now: datetime) -> None:
    """Take the other notes to the same person along; a group once made stays together."""
    if message.person_id is None or message.attempts > 1 or message.kind in ALONE:
        return
    others = due(now).filter(person=message.person_id, status=Status.WAITING, attempts=0).exclude(pk=message.pk)
    others = others.exclude(kind__in=ALONE)
    fresh = others.filter(Q(useless_after=None) | Q(useless_after__gt=now)).order_by("id")
    chosen = list(fresh.values_list("pk", flat=True)[:MOST_CARRIED])
    if chosen:
        others.filter(pk__in=chosen).update(status=Status.CLAIMED, claimed_at=now, carried_by=message)


# --- sending ------------------------------------------------------------------------------------------


def _mine(message: Message, *also: Status) -> QuerySet[Message]:
    """The row while this worker's claim holds: a later claim has another number, and is somebody else's."""
    return Message.objects.filter(pk=message.pk, status__in=(Status.CLAIMED, *also), attempts=message.attempts)


def _send(message: Message, now: datetime) -> None:
    carrier = channels.carrier_for(message)
    if carrier is None:
        _mark(message, status=Status.CALL, via="call")
        return
    handed = False

    def hand() -> None:
        nonlocal handed
        if not _mine(message).filter(handing_at=None).update(handing_at=now, via=carrier.code):
            raise LostClaim
        handed = True

    try:
        receipt = carrier.send(letter_of(message, now), hand)
    except LostClaim:
        return
    except Refused as refusal:
        _failed(message, str(refusal), now, is_final=refusal.is_final)
    except Exception as error:  # whatever a server, a disk or a provider's library may say
        words = f"{type(error).__name__}: {error}"
        if handed:
            _mine(message).update(last_error=words[:300])  # stays in doubt; settle_next asks
        else:
            _failed(message, words, now)
    else:
        _mark(message, status=Status.SENT, sent_at=now, receipt=receipt[:80], last_error="", via=carrier.code)


def letter_of(message: Message, now: datetime) -> Letter:
    """What leaves for this note and those it carries: the same words however often it is tried."""
    carried = list(message.carried.order_by("id"))
    person, addressee = message.person, message.person or message.user
    letter = Letter(
        key=f"message-{message.pk}",
        kind=message.kind,
        subject=message.subject,
        text=outbox.full_text(message),
        link=message.link,
        to=str(message.recipient),
        masked=person.masked_phone if person else "",
        phone=person.phone if person else "",
        email=addressee.email if addressee else "",
        facts=message.facts,
        handed_at=message.handing_at or now,
    )
    return _as_one(letter, [message, *carried]) if carried else letter


def _as_one(letter: Letter, notes: list[Message]) -> Letter:
    """Several notes in one: numbered, each as it was written, the link once at the end when all share it."""
    shared = len({note.link for note in notes}) == 1
    parts = [
        f"{number}. {note.subject}\n{note.body if shared else outbox.full_text(note)}"
        for number, note in enumerate(notes, 1)
    ]
    if shared and letter.link:
        parts.append(f"{settings.LINKE_ADDRESS}{letter.link}")
    fields = {name: getattr(letter, name) for name in ("key", "link", "to", "masked", "phone", "email", "handed_at")}
    count = str(len(notes))
    return Letter(
        kind="digest", subject=f"{count} 件事告诉您", text="\n\n".join(parts), facts={"count": count}, **fields
    )


@transaction.atomic
def _mark(message: Message, **values: object) -> bool:
    """Write what became of the note on it and on those it carries; False when the claim was lost."""
    # A receipt that comes after everybody had given up waiting for it still counts.
    late = (Status.UNSURE, Status.WAITING) if values["status"] == Status.SENT else ()
    if not _mine(message, *late).update(**values):
        return False
    message.carried.update(**values)
    return True


def _settle(message: Message, now: datetime) -> None:
    """Ask the gateway whether it took the note."""
    carrier = channels.carrier_named(message)
    try:
        taken = carrier.was_taken(letter_of(message, now)) if carrier else None
    except Exception:
        log.exception("asking about message %s", message.pk)
        return  # asked again after DOUBT_AFTER
    if taken:
        _mark(message, status=Status.SENT, sent_at=message.handing_at, last_error="")
    elif taken is False:
        _again(message, now + WAITS[0])
    else:
        _unsure(message, now)


def _unsure(message: Message, now: datetime) -> None:
    if _mark(message, status=Status.UNSURE):
        _tell_staff(message, "没等到回执", "多半已经收到，请打电话问一句。", now)


def _failed(message: Message, error: str, now: datetime, *, is_final: bool = False) -> None:
    failures = message.failures + 1
    if is_final or failures >= MOST_FAILURES:
        _give_up(message, error, now)
    else:
        _again(message, now + WAITS[failures - 1], failures=failures, last_error=error[:300])


def _again(message: Message, at: datetime, **values: object) -> None:
    """Back among the waiting."""
    _mine(message).update(status=Status.WAITING, handing_at=None, not_before=at, **values)


def _give_up(message: Message, error: str, now: datetime) -> None:
    if _mark(message, status=Status.FAILED, last_error=error[:300]):
        _tell_staff(message, "没通知到", "请打电话。", now)


def _tell_staff(message: Message, verb: str, what_to_do: str, now: datetime) -> None:
    summary = f"{message.recipient}：{message.subject}。{what_to_do}"
    audit.write(actor=None, verb=verb, thing=f"message:{message.pk}", now=now, summary=summary)
