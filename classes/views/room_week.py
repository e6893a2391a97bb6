"""教室周: who is in which room in a week, and what is free."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from classes.calendar import day_in
from classes.queries.room_week import room_week
from classes.views.place import community_of
from people.access import staff_required


@require_GET
@staff_required
def week(request: HttpRequest) -> HttpResponse:
    """The rooms of the community in a week: `?w=` any day of it, `?room=` one room only."""
    community = community_of(request)
    if community is None:
        return render(request, "classes/no_community.html")
    now = timezone.now()
    monday = monday_of(request.GET.get("w"), timezone.localdate(now))
    page = room_week(community=community, monday=monday, room=request.GET.get("room"), now=now)
    context = {"page": page, "hours": range(8, 21), "may_organise": request.user.may_organise, "now": now}
    return render(request, "classes/room_week.html", context)


def monday_of(text: str | None, today: date) -> date:
    """The Monday of the week of the date in `text`; of today where it is none, or not of this age."""
    day = day_in(text) or today
    return day - timedelta(days=day.weekday())
