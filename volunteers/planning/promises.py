"""What people have agreed to, in the few facts that a plan asks of hundreds of rows."""

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
    changed_at: datetime
    community_id: int
    leads: bool


COLUMNS = (*Promise._fields[:-2], "session__community_id", "shift__role__is_lead")


def promises(from_on: date, until_on: date) -> list[Promise]:
    """Everything in the calendar weeks that the range touches, in every community, ended rows too. One query.

    Of those who come at most so often a month, everything in its months.
    """
    first = from_on - timedelta(days=from_on.weekday())
    last = until_on + timedelta(days=6 - until_on.weekday())
    month_ends = (until_on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    of_the_months = Q(
        volunteer__max_per_month__isnull=False, session__on_date__range=(from_on.replace(day=1), month_ends)
    )
    rows = Assignment.objects.filter(Q(session__on_date__range=(first, last)) | of_the_months).exclude(
        session__status=Session.Status.CANCELLED
    )
    return [Promise(*row) for row in rows.order_by("id").values_list(*COLUMNS)]
