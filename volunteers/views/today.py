"""今天: the day as a time line; 更多: the rest of the desk on a phone."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from classes import demand
from classes.actions import learners
from classes.models import Community, Guardian, Session
from people.access import organiser_required, staff_required
from people.models import Heartbeat
from volunteers.actions import people
from volunteers.context import community_of
from volunteers.models import Assignment, Volunteer
from volunteers.queries import board, changes
from volunteers.queries import today as queries
from volunteers.views import notes


@require_GET
@staff_required
def today(request: HttpRequest) -> HttpResponse:
    """The first page after login."""
    return page(request)


def page(request: HttpRequest, **revealed) -> HttpResponse:
    """The day; `revealed` names one number that was asked for without script."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    now = timezone.now()
    found = queries.today(community=community, now=now, may_organise=request.user.may_organise)
    context = {"today": found, "now": now} | (_sheet(community, now) if found.next_card else {})
    return render(request, "volunteers/today.html", context | revealed)


def _sheet(community: Community, now: datetime) -> dict:
    """Which week is printed on a day without a class, and how far it is: 0 for this week, 1 for the next."""
    monday = queries.week_to_print(community=community, now=now)
    ahead = (monday - board.monday_of(timezone.localdate(now))).days // 7 if monday else 0
    return {"sheet": monday, "sheet_ahead": ahead}


@require_POST
@organiser_required
def number(request: HttpRequest) -> HttpResponse:
    """Whom to ring now: a volunteer or a guardian of today's sessions; who looked is written down."""
    now, community = timezone.now(), community_of(request)
    sessions = list(Session.objects.filter(community=community, on_date=timezone.localdate(now)))
    if pk := notes.number(request.POST.get("volunteer")):
        placed = Assignment.objects.filter(session__in=sessions, status__in=Assignment.ACTIVE)
        who = get_object_or_404(Volunteer.objects.select_related("person"), pk=pk, pk__in=placed.values("volunteer"))
        phone = people.reveal_phone(volunteer=who, now=now, actor=request.user)
    elif pk := notes.number(request.POST.get("guardian")):
        coming = {place.learner for places in demand.headcounts(sessions).values() for place in places}
        who = get_object_or_404(Guardian.objects.select_related("person", "learner__person"), pk=pk, learner__in=coming)
        phone = learners.reveal_phone(learner=who.learner, person=who.person, now=now, actor=request.user)
    else:
        raise Http404
    if request.htmx:
        return render(request, "volunteers/today.html#tel", {"phone": phone})
    return page(request, revealed=who, phone=phone)


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
    context = {
        "today": timezone.localdate(),
        "beats": Heartbeat.objects.filter(name="worker"),
        "open_changes": still_open,
    }
    return render(request, "volunteers/more.html", context)
