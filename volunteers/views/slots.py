"""挑一个空档: where a session could go in a week. Nothing is moved here: each slot leads to the page of the move."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from classes.views.room_week import monday_of
from people.access import organiser_required
from volunteers.actions import slots as actions
from volunteers.queries import changes


@require_GET
@organiser_required
def slots(request: HttpRequest, pk: int) -> HttpResponse:
    """The free slots of a week, `?w=` any day of it; else the week in which the session is."""
    session, now = get_object_or_404(changes.found_session(pk)), timezone.now()
    is_open = session.status == session.Status.PLANNED and session.starts_at > now
    monday = monday_of(request.GET.get("w"), session.on_date)
    week, days = actions.slot_days(session=session, monday=monday, now=now)
    context = {"session": session, "page": week, "days": days if is_open else [], "is_open": is_open}
    return render(request, "volunteers/slots.html", context)
