"""The outbox: a note is a row written with its cause; `people.delivery` claims, sends and marks it later.

`write` is the one function for telling anybody anything: docs/messages.md.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from people import channels, queries
from people.models import Channel, Message, Person, User
from people.wordings import PERSONAL

# A note about something that begins before this hour may not wait for the end of the quiet hours.
NEXT_MORNING_ENDS = time(12)
NEVER_QUIET = range(10, 18)
"""Hours that no setting may make quiet, so nobody has to look it up."""


class NotForGroups(Exception):
    """A text for a group's bot holds a mobile number or a personal link."""


def write(
    *,
    person: Person | None = None,
    user: User | None = None,
    bot: Channel | None = None,
    kind: str,
    about: str,
    subject: str,
    body: str,
    link: str,
    now: datetime,
    not_before: datetime | None = None,
    happens_at: datetime | None = None,
    useless_after: datetime | None = None,
    facts: dict[str, str] | None = None,
) -> Message:
    """Add a note to one recipient about one thing; written twice it is one note.

    The recipient is a person, somebody of the staff (`user`) or a group's `bot`. `link` is a path of
    ours, shown at the end. Nothing leaves in the quiet hours, unless what it is about (`happens_at`)
    begins before the next noon; nothing leaves after `useless_after`. `facts` fill the variables of
    an SMS (`people.channels.templates`). Raises NotForGroups.
    """
    if bot and PERSONAL.search(f"{subject}\n{body}\n{link}"):
        raise NotForGroups(subject)
    fields: dict[str, Any] = {"subject": subject[:120], "body": body, "link": link, "facts": facts or {}}
    earliest = max(now, not_before or now)
    message, _ = Message.objects.get_or_create(
        person=person,
        user=user,
        bot=bot,
        kind=kind,
        about=about,
        defaults={
            **fields,
            "created_at": now,
            "not_before": after_quiet_hours(earliest, happens_at=happens_at),
            "happens_at": happens_at,
            "useless_after": useless_after,
        },
    )
    return message


def after_quiet_hours(moment: datetime, *, happens_at: datetime | None = None) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into (settings, local time)."""
    local = timezone.localtime(moment)
    if local.hour in NEVER_QUIET:
        return moment
    quiet = queries.setting("quiet")
    if quiet["until_hour"] <= local.hour < quiet["from_hour"]:
        return moment
    morning = local.date() + timedelta(days=1 if local.hour >= quiet["from_hour"] else 0)
    zone = timezone.get_current_timezone()
    if happens_at and happens_at < datetime.combine(morning, NEXT_MORNING_ENDS, zone):
        return moment
    return datetime.combine(morning, time(quiet["until_hour"]), zone)


def full_text(message: Message) -> str:
    """The whole note as it is sent, or copied into WeChat; it ends with its link."""
    if not message.link:
        return message.body
    return f"{message.body}\n{settings.LINKE_ADDRESS}{message.link}"


KEPT_IN_SIGHT = timedelta(days=30)


def recent(now: datetime) -> QuerySet[Message]:
    """Notes of the last 30 days to people; staff and work groups get theirs without anybody's help."""
    return Message.objects.filter(created_at__gt=now - KEPT_IN_SIGHT, person__isnull=False)


def to_hand_on(now: datetime) -> QuerySet[Message]:
    """Notes that somebody has to copy into WeChat, those that are soon of no use first.

    Left out is what leaves by itself, what has to be said by telephone, and what is past its use.
    """
    status = Message.Status
    by_hand = Q(status=status.SENT, via="file") | Q(status=status.FAILED)
    if not channels.sends():
        by_hand |= Q(status__in=(status.WAITING, status.CLAIMED))
    still = Q(useless_after=None) | Q(useless_after__gt=now)
    found = recent(now).filter(by_hand, still, handed_on_at=None).exclude(person__reach=Person.Reach.CALL)
    return found.order_by(F("useless_after").asc(nulls_last=True), "id")


def handed_on_since(moment: datetime) -> QuerySet[Message]:
    """Notes that somebody passed on in writing since then."""
    return Message.objects.filter(handed_on_at__gte=moment, person__isnull=False).exclude(via="call")


def hand_on(*, message: Message, is_done: bool, now: datetime) -> bool:
    """Keep whether somebody of the staff has passed the note on; said twice, the first time counts.

    False when it was so already: somebody else was faster.
    """
    rows = Message.objects.filter(pk=message.pk, handed_on_at__isnull=is_done)
    return bool(rows.update(handed_on_at=now if is_done else None))
