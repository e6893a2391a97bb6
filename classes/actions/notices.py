"""A yearly notice that was brought in: kept with what it changed, and taken back within 24 hours."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from classes.actions.changing import Refused
from classes.models import CalendarDay, NoticeImport
from classes.models.changes import UNDO_WITHIN
from people import audit
from people.models import User

FIELDS = ("day_type", "name", "follows_weekday", "source", "status")
Days = dict[str, dict[str, Any]]


class NotToUndo(Refused):
    """Taken back already, too long ago, or followed by another notice for the year."""


def standing(*, year: int, now: datetime) -> NoticeImport | None:
    """The latest notice of that year, while it can be taken back."""
    last = NoticeImport.objects.filter(year=year, undone_at=None).first()
    return last if last and last.made_at > now - UNDO_WITHIN else None


def days_of(year: int, dates: Iterable[date]) -> Days:
    """The days that hold everywhere, of a year and of some dates around it. One query."""
    found = CalendarDay.objects.filter(Q(date__year=year) | Q(date__in=list(dates)), community=None)
    return {day.isoformat(): dict(zip(FIELDS, row, strict=True)) for day, *row in found.values_list("date", *FIELDS)}


@transaction.atomic
def undo_import(*, record: NoticeImport, now: datetime, actor: User | None) -> int:
    """Every day is again what it was before the notice; answers how many changed. Raises NotToUndo.

    A day that somebody has changed since stays as they left it.
    """
    last = NoticeImport.objects.filter(year=record.year, undone_at=None).values("pk")[:1]
    mine = NoticeImport.objects.filter(pk=record.pk, pk__in=list(last.values_list("pk", flat=True)))
    if not mine.filter(undone_at=None, made_at__gt=now - UNDO_WITHIN).update(undone_at=now):
        raise NotToUndo("这次导入撤销不了：已经撤销过、过了 24 小时，或者后来又导入了一次。")
    dates = sorted(record.before.keys() | record.after.keys())
    known = days_of(record.year, [date.fromisoformat(day) for day in dates])
    back = [
        day
        for day in dates
        if known.get(day) == record.after.get(day) and record.before.get(day) != record.after.get(day)
    ]
    rows = [CalendarDay(date=date.fromisoformat(day), **record.before[day]) for day in back if day in record.before]
    try:
        with transaction.atomic():
            CalendarDay.objects.filter(community=None, date__in=back).delete()
            CalendarDay.objects.bulk_create(rows)
    except IntegrityError as error:
        raise NotToUndo("刚刚有人在改同样的日子，请看看现在的日历。") from error
    summary = f"{record.year} 年，{len(back)} 天，{record.source}"
    audit.write(actor=actor, verb="撤销了放假通知", thing=f"calendar:{record.year}", now=now, summary=summary)
    return len(back)
