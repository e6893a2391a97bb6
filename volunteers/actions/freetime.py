"""The volunteer says when they are free, by parts of the week."""

from collections.abc import Collection
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from people import audit
from volunteers.models import Availability, Volunteer
from volunteers.queries.mine import BANDS, bands

OWN_WORDS = "自己在网页上选的"


@transaction.atomic
def set_bands(*, volunteer: Volunteer, chosen: Collection[str], now: datetime) -> bool:
    """Make exactly these parts of the week ("2-after") free; answers whether anything changed.

    Only parts that changed are touched: finer windows somebody wrote down stay as they are.
    """
    today = timezone.localdate(now)
    rows = list(Availability.objects.select_for_update().filter(volunteer=volunteer, weekday__isnull=False))
    lit = bands(rows, today)
    known = {f"{weekday}-{code}" for weekday in range(7) for code in BANDS}
    wanted = known & set(chosen)
    for name in lit - wanted:
        _cut(volunteer, *_parts(name))
    for name in wanted - lit:
        weekday, starts, ends = _parts(name)
        Availability.objects.create(
            volunteer=volunteer, weekday=weekday, starts=starts, ends=ends, told_on=today, told_how=OWN_WORDS
        )
    if lit == wanted:
        return False
    audit.write(
        actor=None,
        label=str(volunteer),
        verb="改空闲时间",
        thing=f"volunteer:{volunteer.pk}",
        now=now,
        summary=f"{volunteer}：加了 {len(wanted - lit)} 段，去掉 {len(lit - wanted)} 段",
    )
    return True


def _parts(name: str) -> tuple[int, time, time]:
    weekday, code = name.split("-")
    _, starts, ends = BANDS[code]
    return int(weekday), starts, ends


def _cut(volunteer: Volunteer, weekday: int, starts: time, ends: time) -> None:
    """Take a stretch out of every weekly window of that day; what lies outside it stays."""
    touched = Availability.objects.filter(volunteer=volunteer, weekday=weekday, starts__lt=ends, ends__gt=starts)
    for row in touched.exclude(kind=Availability.Kind.IMPOSSIBLE):
        before, after = (row.starts, starts), (ends, row.ends)
        pk = row.pk
        for piece_starts, piece_ends in (before, after):
            if piece_starts < piece_ends:
                row.pk, row.starts, row.ends = None, piece_starts, piece_ends
                row._state.adding = True
                row.save()
        Availability.objects.filter(pk=pk).delete()
