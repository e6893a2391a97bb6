"""What people have agreed to, in the few facts that a plan asks of hundreds of rows."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from classes.models import Session
from volunteers.models import Assignment


class Promise(NamedTuple):
    """An assignment: `community_id` is the session's, `leads` says whether its role does."""

    pk: int
    volunteer_id: int
    session_id: int
    shift_id: int
    status: str
    starts_at: datetime
    ends_at: datetime
    community_id: int
    leads: bool


COLUMNS = (*Promise._fields[:-2], "session__community_id", "shift__role__is_lead")


def promises(from_on: date, until_on: date) -> list[Promise]:
    """Everything in the calendar weeks that the range touches, in every community, ended rows too; the last word last.

    One query.
    """
    return _read(Q(session__on_date__range=_weeks(from_on, until_on)))


def rest_of_months(volunteers: Iterable[int], from_on: date, until_on: date) -> list[Promise]:
    """What these people have in the months of the range outside its weeks: they come at most so often a month.

    One query; none for nobody.
    """
    asked = list(volunteers)
    if not asked:
        return []
    last = (until_on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    months = Q(session__on_date__range=(from_on.replace(day=1), last))
    return _read(months & ~Q(session__on_date__range=_weeks(from_on, until_on)) & Q(volunteer__in=asked))


def _weeks(from_on: date, until_on: date) -> tuple[date, date]:
    return from_on - timedelta(days=from_on.weekday()), until_on + timedelta(days=6 - until_on.weekday())


def _read(those: Q) -> list[Promise]:
    rows = Assignment.objects.filter(those).exclude(session__status=Session.Status.CANCELLED)
    return [Promise(*row) for row in rows.order_by("changed_at", "id").values_list(*COLUMNS)]
