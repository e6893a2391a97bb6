"""Who has served where and how often lately: no more of it than a plan asks for, however long a community keeps records."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from classes.models import Session
from volunteers.models import Assignment, CheckIn, Volunteer

RECENT = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Served:
    """What was served before a day: `recent` counts the meetings of each volunteer in the last four weeks, `history`
    has the (volunteer, series) of the classes asked about, whenever that was."""

    recent: Counter[int] = field(default_factory=Counter)
    history: set[tuple[int, int]] = field(default_factory=set)


def served(series: Collection[int], first: date) -> Served:
    """What an agreement or a check-in says, each meeting counted once. Counted by the database; two queries."""
    found = Served()
    came = CheckIn.objects.filter(on_date__lt=first)
    agreed = _agreed().filter(session__on_date__lt=first)
    known = _agreed().filter(
        volunteer=OuterRef("volunteer"), session__series=OuterRef("series"), session__on_date=OuterRef("on_date")
    )
    for rows, at, counted in ((agreed, "session__", Q()), (came, "", ~Exists(known))):
        for volunteer, where, meetings in _counted(rows, at, counted, series, first):
            found.recent[volunteer] += meetings
            if where is not None:
                found.history.add((volunteer, where))
    return found


def ever(volunteers: Iterable[int], first: date) -> set[int]:
    """Who of these has served before that day, wherever. One query; none for nobody."""
    asked = list(volunteers)
    if not asked:
        return set()
    came = CheckIn.objects.filter(volunteer=OuterRef("pk"), on_date__lt=first)
    agreed = _agreed().filter(volunteer=OuterRef("pk"), session__on_date__lt=first)
    rows = Volunteer.objects.filter(Exists(came) | Exists(agreed), pk__in=asked)
    return set(rows.order_by().values_list("pk", flat=True))


def _agreed() -> QuerySet[Assignment]:
    return Assignment.objects.filter(status=Assignment.Status.ACCEPTED).exclude(
        session__status=Session.Status.CANCELLED
    )


def _counted(rows: QuerySet[Any], at: str, counted: Any, series: Collection[int], first: date) -> QuerySet[Any]:
    """(volunteer, series if it is asked about, meetings of the last four weeks)."""
    recent = Q(**{f"{at}on_date__gte": first - RECENT})
    asked = Q(**{f"{at}series__in": series})
    told = rows.filter(recent | asked).annotate(asked=Case(When(asked, then=F(f"{at}series_id"))))
    grouped = told.order_by().values("volunteer_id", "asked").annotate(meetings=Count("pk", filter=recent & counted))
    return grouped.values_list("volunteer_id", "asked", "meetings")
