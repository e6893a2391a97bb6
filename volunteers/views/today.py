"""今天: the day as a time line; 更多: the rest of the desk on a phone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from people.access import staff_required
from people.models import Heartbeat
from volunteers.context import community_of
from volunteers.queries import changes
from volunteers.queries import today as queries


@require_GET
@staff_required
def today(request: HttpRequest) -> HttpResponse:
    """The first page after login."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    now = timezone.now()
    page = queries.today(community=community, now=now, may_organise=request.user.may_organise)
    return render(request, "volunteers/today.html", {"today": page, "now": now})


@require_GET
@staff_required
def call_list(request: HttpRequest) -> HttpResponse:
    """Who comes to one day's sessions, to be printed; numbers stay masked, calling is a tap."""
    community = community_of(request)
    now = timezone.now()
    page = queries.today(community=community, now=now)
    helped = queries.helped_by(page.running)
    return render(request, "volunteers/call_list.html", {"today": page, "now": now, "helped": helped})


@require_GET
@staff_required
def more(request: HttpRequest) -> HttpResponse:
    """Everything that has no place in the bar of a phone, and the background worker's pulse."""
    community = community_of(request)
    still_open = changes.open_changes(community=community, now=timezone.now()) if community else 0
    context = {"beats": Heartbeat.objects.filter(name="worker"), "open_changes": still_open}
    return render(request, "volunteers/more.html", context)
