"""Whether volunteers have said that they are free at some times: habits, dates, and their organisations' absences."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from classes.calendar import teaching_week
from classes.models import Term
from volunteers.models import Absence, Availability, Volunteer
from volunteers.rules.windows import free_windows


@dataclass(frozen=True, slots=True)
class SaidFree:
    """What some volunteers have said about their time, read with three queries."""

    rows: dict[int, list[Availability]]
    terms: list[Term]
    absences: list[Absence]

    @classmethod
    def of(cls, volunteers: Collection[int], first: date, last: date) -> "SaidFree":
        """Everything about these days, both ends included."""
        rows: dict[int, list[Availability]] = defaultdict(list)
        for row in Availability.objects.filter(volunteer__in=volunteers).order_by("id"):
            rows[row.volunteer_id].append(row)
        terms = Term.objects.filter(starts_on__lte=last, ends_on__gte=first).order_by("starts_on")
        absences = Absence.objects.filter(starts_on__lte=last, ends_on__gte=first).order_by("id")
        return cls(rows, list(terms), list(absences))

    def is_free(self, volunteer: Volunteer, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether one of their free periods holds the whole of this one."""
        starts, ends = (timezone.localtime(moment).replace(tzinfo=None) for moment in (starts_at, ends_at))
        day = starts.date()
        away = (one for one in self.absences if one.organisation_id == volunteer.organisation_id)
        if any(one.starts_on <= day <= one.ends_on for one in away):
            return False
        windows = free_windows(self.rows.get(volunteer.pk, []), [day], self._week)
        return any(window.starts_at <= starts and ends <= window.ends_at for window in windows)

    def _week(self, day: date) -> int | None:
        term = next((one for one in self.terms if one.starts_on <= day <= one.ends_on), None)
        return teaching_week(term, day) if term else None


def span(moments: Iterable[datetime]) -> tuple[date, date]:
    """The first and the last day of some moments, on a clock in Shanghai."""
    days = [timezone.localtime(moment).date() for moment in moments]
    return min(days), max(days)
