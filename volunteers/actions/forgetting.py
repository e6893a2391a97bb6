"""What is not kept longer than needed (PIPL art. 19): counted before, taken out every night."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from classes.models import Delegate, Request
from people import audit, queries
from people.models import Message, User
from volunteers.models import ImportRow, RollMark

# A roll is settled after a day; a month leaves time to ask who had tapped what.
TAPS_DAYS = 30
ENDED = ("rejected", "done", "rated", "call_back", "closed", "cancelled")


@dataclass(frozen=True, slots=True)
class Due:
    """One kind of data: how many days it is kept, how much is due now, and what happens to it."""

    key: str
    word: str
    days: int
    count: int
    what: str


def due(*, now: datetime) -> list[Due]:
    """What the next run would take out."""
    days = queries.setting("retention")
    return [
        Due(
            "requests",
            "办完的点单",
            days["requests"],
            requests_over(now, days["requests"]).count(),
            "姓名和电话清掉，想学什么留着统计",
        ),
        Due(
            "messages",
            "发过的通知",
            days["messages"],
            messages_over(now, days["messages"]).count(),
            "通知的文字整条删掉",
        ),
        Due(
            "imports",
            "导入的原始表格行",
            days["imports"],
            rows_over(now, days["imports"]).count(),
            "表格里的原文清掉，导入的人和课都在",
        ),
        Due(
            "taps",
            "点名时每一下的记录",
            TAPS_DAYS,
            taps_over(now).count(),
            "删掉，谁来了、谁没来都还在",
        ),
        Due(
            "delegates",
            "家长请的、来接一次的人",
            TAPS_DAYS,
            delegates_over(now).count(),
            "删掉，哪天谁接走的留在点名里",
        ),
    ]


def requests_over(now: datetime, days: int) -> QuerySet[Request]:
    """Requests that ended so long ago and still have a name."""
    return Request.objects.filter(
        status__in=ENDED, closed_at__lte=now - timedelta(days=days), forgotten_at=None
    ).order_by("pk")


def messages_over(now: datetime, days: int) -> QuerySet[Message]:
    """Notes that have left, or never will, written so long ago."""
    over = ("sent", "stale", "failed")
    return Message.objects.filter(status__in=over, created_at__lte=now - timedelta(days=days)).order_by("pk")


def rows_over(now: datetime, days: int) -> QuerySet[ImportRow]:
    """Rows of finished imports that still hold what the sheet said."""
    return (
        ImportRow.objects.filter(batch__done_at__lte=now - timedelta(days=max(days, 2)))
        .exclude(raw={}, fields={})
        .order_by("pk")
    )


def taps_over(now: datetime) -> QuerySet[RollMark]:
    """Taps on a roll that can no longer be in anybody's way: the roll itself says who came."""
    return RollMark.objects.filter(received_at__lte=now - timedelta(days=TAPS_DAYS)).order_by("pk")


def delegates_over(now: datetime) -> QuerySet[Delegate]:
    """Who was named to fetch a child on a day that is long over: the roll itself says who came."""
    return Delegate.objects.filter(on_date__lte=timezone.localdate(now) - timedelta(days=TAPS_DAYS)).order_by("pk")


@transaction.atomic
def forget(*, now: datetime, actor: User | None = None) -> int:
    """Take out what is due; answers how many rows. Running it again finds nothing."""
    days = queries.setting("retention")
    done = requests_over(now, days["requests"]).update(name="", phone="", forgotten_at=now)
    done += messages_over(now, days["messages"]).delete()[0]
    done += rows_over(now, days["imports"]).update(raw={}, fields={})
    done += taps_over(now).delete()[0]
    done += delegates_over(now).delete()[0]
    if done:
        audit.write(actor=actor, verb="到期清理", thing="retention:all", now=now, summary=f"{done} 行")
    return done
