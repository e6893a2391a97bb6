"""A children's session under its floor: what is missing, and the families to ring up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from classes.actions import learners
from classes.models import Guardian, Session
from people.access import organiser_required
from volunteers.actions import texts
from volunteers.actions.notes import when
from volunteers.models import Shift
from volunteers.queries import floors as queries
from volunteers.queries import substitutes
from volunteers.rules.floor import agreed


@require_GET
@organiser_required
def floor(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of families, numbers masked until one is asked for."""
    return _page(request, _session(pk))


@require_POST
@organiser_required
def number(request: HttpRequest, pk: int, guardian: int) -> HttpResponse:
    """One whole number; who looked is written down."""
    session = _session(pk)
    coming = [one.pk for one in queries.children_of(session)]
    whose = get_object_or_404(
        Guardian.objects.select_related("person", "learner__person"), pk=guardian, learner__in=coming
    )
    learners.reveal_phone(learner=whose.learner, person=whose.person, now=timezone.now(), actor=request.user)
    return _page(request, session, revealed=whose.pk)


def _page(request: HttpRequest, session: Session, revealed: int = 0) -> HttpResponse:
    lacking = Shift.objects.filter(session=session).order_by("-role__is_lead", "pk")
    context = {
        "session": session,
        "floor": agreed([session]).get(session.pk),
        "children": queries.children_of(session),
        "searches": [one for one in map(substitutes.latest_for, lacking) if one],
        "gaps": [shift for shift in lacking.select_related("role") if shift.taken < shift.needed],
        "revealed": revealed,
        "text": texts.say("floor-families", 时间=when(session.starts_at), 班=session.series.name),
    }
    return render(request, "volunteers/floor.html", context)


def _session(pk: int) -> Session:
    found = Session.objects.select_related("series__programme", "room", "community")
    return get_object_or_404(found, pk=pk, series__programme__needs_clearance=True)
