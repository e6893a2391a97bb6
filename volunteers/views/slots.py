"""挑一个空档: where a session could go in a week. Nothing is moved here: each slot leads to the page of the move."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from classes.models import Session
from classes.queries.room_week import RoomWeek
from classes.views.room_week import monday_of
from people.access import organiser_required
from volunteers.actions import slots as actions
from volunteers.queries import changes


@require_GET
@organiser_required
def slots(request: HttpRequest, pk: int) -> HttpResponse:
    """The free slots of a week, `?w=` any day of it; else the week in which the session is."""
    session, now = get_object_or_404(changes.found_session(pk)), timezone.now()
    week, days = week_of(session, request.GET.get("w"), now)
    context = {"session": session, "page": week, "days": days, "is_open": is_open(session, now)}
    return render(request, "volunteers/slots.html", context)


def week_of(session: Session, day: str | None, now: datetime) -> tuple[RoomWeek, list[actions.SlotDay]]:
    """The week of that day with its slots; without slots where the session can no longer go anywhere."""
    week, days = actions.slot_days(session=session, monday=monday_of(day, session.on_date), now=now)
    return week, days if is_open(session, now) else []


def is_open(session: Session, now: datetime) -> bool:
    """Whether it can still be moved."""
    return session.status == session.Status.PLANNED and session.starts_at > now
