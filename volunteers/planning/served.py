"""Who has served where and when: no more of it than a plan asks for, however long a community keeps its records."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Q, QuerySet, When

from classes.models import Session
from volunteers.models import Assignment, CheckIn

RECENT = timedelta(days=28)
Served = tuple[int, int | None, date | None]


def served(series: Collection[int], first: date) -> set[Served]:
    """(volunteer, series, date) of everything served before the first day. Two queries.

    The date is there for the last four weeks only, the series for those and for the classes asked about; of
    everything else no more than that somebody has served at all.
    """
    agreed = Assignment.objects.filter(status=Assignment.Status.ACCEPTED, session__on_date__lt=first)
    return {
        *_rows(CheckIn.objects.filter(on_date__lt=first), "", series, first),
        *_rows(agreed.exclude(session__status=Session.Status.CANCELLED), "session__", series, first),
    }


def _rows(rows: QuerySet[Any], at: str, series: Collection[int], first: date) -> QuerySet[Any]:
    recent = Q(**{f"{at}on_date__gte": first - RECENT})
    told = Case(When(recent | Q(**{f"{at}series__in": series}), then=f"{at}series_id"))
    return rows.order_by().values_list("volunteer_id", told, Case(When(recent, then=f"{at}on_date"))).distinct()
