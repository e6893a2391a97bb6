"""The outbox: a note is a row written with its cause; a worker claims, sends and marks it later.

Delivery is at least once, said honestly: a worker that dies between sending and marking leaves
a claim behind, and after CLAIM_LASTS the note goes out again. Every repeat carries the same
Message-ID (mail programs show it once) and the file backend writes the same file again. The
other choice, at most once, would lose a note whenever a worker dies.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from people import audit
from people.models import Message, Person

Status = Message.Status
CLAIM_LASTS = timedelta(minutes=5)
# How long to wait after the first, second, … failure; after the last one nobody tries again.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
MOST_ATTEMPTS = len(WAITS) + 1
# A note about something that begins before this hour may not wait for the end of the quiet hours.
NEXT_MORNING_ENDS = time(12)


def write(
    *,
    person: Person,
    kind: str,
    about: str,
    subject: str,
    body: str,
    link: str,
    now: datetime,
    not_before: datetime | None = None,
    happens_at: datetime | None = None,
) -> Message:
    """Add a note to one person about one thing; written twice it is one note.

    `link` is a path of ours. Nothing leaves in the quiet hours, unless what it is about
    (`happens_at`) begins before the next noon.
    """
    earliest = max(now, not_before or now)
    message, _ = Message.objects.get_or_create(
        person=person,
        kind=kind,
        about=about,
        defaults={
            "subject": subject[:120],
            "body": body,
            "link": link,
            "created_at": now,
            "not_before": after_quiet_hours(earliest, happens_at=happens_at),
        },
    )
    return message


def after_quiet_hours(moment: datetime, *, happens_at: datetime | None = None) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into (settings, local time)."""
    local = timezone.localtime(moment)
    if settings.LINKE_QUIET_UNTIL <= local.hour < settings.LINKE_QUIET_FROM:
        return moment
    morning = local.date() + timedelta(days=1 if local.hour >= settings.LINKE_QUIET_FROM else 0)
    zone = timezone.get_current_timezone()
    if happens_at and happens_at < datetime.combine(morning, NEXT_MORNING_ENDS, zone):
        return moment
    return datetime.combine(morning, time(settings.LINKE_QUIET_UNTIL), zone)


def full_text(message: Message) -> str:
    """The whole note as it is sent, or copied into WeChat; it ends with its link."""
    if not message.link:
        return message.body
    return f"{message.body}\n{settings.LINKE_ADDRESS}{message.link}"


def hand_on(*, message: Message, is_done: bool, now: datetime) -> None:
    """Keep whether somebody of the staff has passed the note on; said twice, the first time counts."""
    rows = Message.objects.filter(pk=message.pk, handed_on_at__isnull=is_done)
    rows.update(handed_on_at=now if is_done else None)


def deliver_next(*, now: datetime) -> Message | None:
    """Claim the next note that is due, send it and mark it; None when nothing is due.

    A failure is written on the row and tried again later; the last one is given up visibly.
    """
    message = _claim(now)
    if message is None:
        return None
    if message.attempts > MOST_ATTEMPTS:
        _give_up(message, message.last_error or "发送时程序反复中断", now)
        return message
    try:
        _mail(message).send()
    except Exception as error:  # whatever a mail server or a disk may say
        _failed(message, f"{type(error).__name__}: {error}", now)
    else:
        _mine(message).update(status=Status.SENT, sent_at=now, last_error="")
    message.refresh_from_db()
    return message


def _due(now: datetime) -> Q:
    waiting = Q(status=Status.WAITING, not_before__lte=now)
    return waiting | Q(status=Status.CLAIMED, claimed_at__lte=now - CLAIM_LASTS)


def _claim(now: datetime) -> Message | None:
    """Take one note for this worker: the row count of the update is the lock."""
    for pk in Message.objects.filter(_due(now)).order_by("id").values_list("pk", flat=True)[:20]:
        free = Message.objects.filter(_due(now), pk=pk)
        if free.update(status=Status.CLAIMED, claimed_at=now, attempts=F("attempts") + 1):
            return Message.objects.select_related("person").get(pk=pk)
    return None


def _mine(message: Message) -> QuerySet[Message]:
    """The row while this worker's claim holds: a later claim is somebody else's."""
    return Message.objects.filter(pk=message.pk, status=Status.CLAIMED, attempts=message.attempts)


def _mail(message: Message) -> EmailMessage:
    """The note for Django's mail; people have no e-mail here, so a masked number stands for one."""
    person = message.person
    return EmailMessage(
        subject=message.subject,
        body=full_text(message),
        to=[f'"{person.name} {person.masked_phone}" <person-{person.pk}@linke.invalid>'],
        headers={"Message-ID": f"<message-{message.pk}@linke.invalid>"},
    )


def _failed(message: Message, error: str, now: datetime) -> None:
    if message.attempts >= MOST_ATTEMPTS:
        _give_up(message, error, now)
        return
    _mine(message).update(status=Status.WAITING, not_before=now + WAITS[message.attempts - 1], last_error=error[:300])


def _give_up(message: Message, error: str, now: datetime) -> None:
    if _mine(message).update(status=Status.FAILED, last_error=error[:300]):
        audit.write(
            actor=None,
            verb="没通知到",
            thing=f"message:{message.pk}",
            now=now,
            summary=f"{message.person}：{message.subject}。试了 {MOST_ATTEMPTS} 次，请打电话。",
        )
