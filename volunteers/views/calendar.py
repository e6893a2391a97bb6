"""日历 with the days on which organisations cannot come: the page of classes, and what only volunteers know."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from classes.views import days
from people.access import staff_required
from volunteers.models import Absence


@require_GET
@staff_required
def calendar(request: HttpRequest) -> HttpResponse:
    """One year of the calendar, with the absences that touch it."""
    year = days.year_of(request)
    absences = Absence.objects.filter(starts_on__year__lte=year, ends_on__year__gte=year)
    return days.calendar(request, absences=absences.select_related("organisation"))
