"""The counters of places that clubs hold: the only code that touches `Hold.places` and `Shift.held`.

Rows are taken in the order volunteer, session, hold, shift, like everywhere.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from volunteers.models import Assignment, Hold, Shift


def keep(hold: Hold, places: int) -> bool:
    """Hold so many places more while that many are open: the row count is the lock."""
    open_now = Shift.objects.filter(pk=hold.shift_id, taken__lte=F("needed") - places)
    if not open_now.update(taken=F("taken") + places, held=F("held") + places):
        return False
    Hold.objects.filter(pk=hold.pk).update(places=F("places") + places)
    return True


def name_one(hold: Hold, *, now: datetime) -> bool:
    """One held place is somebody's from now on; False when none is left or the time is over."""
    if not _running(now).filter(pk=hold.pk, places__gt=0).update(places=F("places") - 1):
        return False
    Shift.objects.filter(pk=hold.shift_id).update(held=F("held") - 1)
    return True


def name_again(assignment: Assignment, *, now: datetime) -> bool:
    """The same for somebody whose name it had before."""
    hold = _hold_of(assignment)
    return hold is not None and name_one(hold, now=now)


def back_to_club(assignment: Assignment, *, now: datetime) -> bool:
    """A named place that is given up is the club's again while its hold runs; False when it is everybody's."""
    hold = _hold_of(assignment)
    # By its own columns: a condition on another table is not asked again after waiting for the row.
    if hold is None or not _running(now).filter(pk=hold.pk).update(places=F("places") + 1):
        return False
    Shift.objects.filter(pk=hold.shift_id).update(held=F("held") + 1)
    return True


def _hold_of(assignment: Assignment) -> Hold | None:
    """The hold that the place was named from, while it is on the same shift."""
    return Hold.objects.filter(names__assignment=assignment.pk, shift=assignment.shift_id).first()


@transaction.atomic
def let_go(hold: Hold, places: int) -> int:
    """Free so many places, or as many as are left; answers how many."""
    left = Hold.objects.select_for_update().filter(pk=hold.pk).values_list("places", flat=True).first() or 0
    freed = min(left, places)
    if freed:
        Hold.objects.filter(pk=hold.pk).update(places=F("places") - freed)
        Shift.objects.filter(pk=hold.shift_id).update(taken=F("taken") - freed, held=F("held") - freed)
    return freed


@transaction.atomic
def end(hold: Hold, *, now: datetime) -> int | None:
    """Free what has no name and close the hold; answers how many, None when it was closed before."""
    if not Hold.objects.select_for_update().filter(pk=hold.pk, ended_at=None).values_list("pk", flat=True):
        return None
    freed = let_go(hold, hold.shift.needed)
    Hold.objects.filter(pk=hold.pk).update(ended_at=now)
    return freed


def end_all(found: QuerySet[Hold], *, now: datetime) -> None:
    """Close all of these that are open."""
    for hold in found.filter(ended_at=None).select_related("shift").order_by("pk"):
        end(hold, now=now)


def _running(now: datetime) -> QuerySet[Hold]:
    return Hold.objects.filter(ended_at=None, lapses_at__gt=now)
