"""The hour ledger: what was counted goes in once, a day after the last change; corrections are lines of their own."""

from collections.abc import Iterable
from datetime import datetime
from itertools import batched

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum

from people import audit
from people.models import User
from volunteers.models import CheckIn, ServiceRecord
from volunteers.models.service import MOST_MINUTES
from volunteers.rules import hours

AT_ONCE = 200


class Refused(Exception):
    """A correction that cannot be made; the message is the sentence for the screen."""


def due(now: datetime) -> QuerySet[CheckIn]:
    """Whole visits that nobody has changed for a day and that are not in the ledger."""
    settled = Q(changed_at=None) | Q(changed_at__lt=now - hours.STAYS_OPEN)
    whole = CheckIn.objects.filter(settled, arrived_at__isnull=False, left_at__isnull=False, records=None)
    return whole.select_related("session", "series__programme", "volunteer__person").order_by("on_date", "pk")


def post_hours(*, now: datetime) -> int:
    """Write the ledger lines that are due; answers how many.

    A visit longer than twelve hours, or at the same time as another of the same person, stays out:
    the page 报表 lists it until somebody has said how it was.
    """
    lines = [line for row in due(now) if (line := line_of(row, now))]
    return sum(_write(list(some)) for some in batched(lines, AT_ONCE))


def line_of(row: CheckIn, now: datetime) -> ServiceRecord | None:
    """The ledger line of a whole visit, not saved; None when somebody has to look at it first."""
    span = hours.counted(row)
    if span is None or not span.is_plausible:
        return None
    return ServiceRecord(
        volunteer_id=row.volunteer_id,
        checkin=row,
        community_id=row.series.community_id,
        on_date=row.on_date,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        minutes=span.minutes,
        kind=row.series.programme.kind,
        what=row.series.name,
        recorded_at=now,
    )


def _write(lines: list[ServiceRecord]) -> int:
    """All at once, or one by one where the database refuses some of them."""
    try:
        with transaction.atomic():
            return len(ServiceRecord.objects.bulk_create(lines))
    except IntegrityError:
        return sum(_write_one(line) for line in lines)


def _write_one(line: ServiceRecord) -> bool:
    line.pk = None
    try:
        with transaction.atomic():
            line.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def total(lines: Iterable[ServiceRecord] | QuerySet[ServiceRecord]) -> int:
    """Minutes of some lines together."""
    if isinstance(lines, QuerySet):
        return lines.aggregate(total=Sum("minutes"))["total"] or 0
    return sum(line.minutes for line in lines)


@transaction.atomic
def correct(*, record: ServiceRecord, minutes: int, reason: str, now: datetime, actor: User | None) -> ServiceRecord:
    """Make a visit count so many minutes, by a further line with the difference and the reason.

    Raises Refused without a reason, without a difference, and beyond twelve hours.
    """
    first = ServiceRecord.objects.select_for_update().get(pk=record.corrects_id or record.pk)
    stands = first.minutes + total(first.corrections.all())
    if not reason.strip():
        raise Refused("请写一句为什么更正。")
    if not 0 <= minutes <= MOST_MINUTES:
        raise Refused(f"一次服务最多 {MOST_MINUTES // 60} 小时。")
    if minutes == stands:
        raise Refused(f"现在就是 {minutes} 分钟，不用更正。")
    made = ServiceRecord.objects.create(
        volunteer_id=first.volunteer_id,
        checkin_id=first.checkin_id,
        community_id=first.community_id,
        corrects=first,
        on_date=first.on_date,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        minutes=minutes - stands,
        kind=first.kind,
        what=first.what,
        reason=reason.strip()[:120],
        recorded_at=now,
        recorded_by=actor,
    )
    audit.write(
        actor=actor,
        verb="更正时长",
        thing=f"volunteer:{first.volunteer_id}",
        now=now,
        summary=f"{first.on_date} {stands}→{minutes} 分钟：{reason}",
    )
    return made
