"""The page of somebody who is asked to take over: how it stands now. Answers are POST only, and never an error.

A forwarded link shows the state; to answer on a new phone one says the last four digits first.
"""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from volunteers.actions import covering
from volunteers.models import Assignment, SubstituteAsk, Volunteer
from volunteers.queries import mine, opening
from volunteers.queries import substitutes as queries
from volunteers.rules.persons import cleared_until
from volunteers.views import device

OTHERS_TO_OFFER = 3


@require_safe
def cover(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Still open with two buttons; or it is theirs; or thanks, and the next places they could take."""
    volunteer, ask = _asked(token, pk)
    now = timezone.now()
    shift, session = ask.search.shift, ask.search.shift.session
    placed = Assignment.objects.filter(session=session, volunteer=volunteer, status=Assignment.Status.ACCEPTED).first()
    is_free = not placed and queries.is_free(ask, now)
    context = {
        "volunteer": volunteer,
        "ask": ask,
        "session": session,
        "shift": shift,
        "opening": opening.Opening(session, shift),
        "placed": placed,
        "is_free": is_free,
        "is_over": session.starts_at <= now,
        "others": []
        if placed or (is_free and ask.state != SubstituteAsk.State.NO)
        else _others(volunteer, session.pk, now),
        "community": session.community,
        "my_token": token,
    }
    response = render(request, "volunteers/cover.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_POST
@device.theirs
def answer(request: HttpRequest, token: str, pk: int, said: str) -> HttpResponse:
    """能来 or 来不了."""
    _, ask = _asked(token, pk)
    now = timezone.now()
    try:
        if said == "yes":
            covering.say_yes(ask=ask, now=now)
        else:
            covering.say_no(ask=ask, now=now)
    except covering.Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("public:cover", token, pk)


def _others(volunteer: Volunteer, besides: int, now: datetime) -> list[opening.Opening]:
    """The next places this person could take."""
    places = mine.places(volunteer=volunteer, now=now)
    found = opening.next_open(now=now, besides=[besides, *(one.assignment.session_id for one in places)], limit=12)
    is_cleared = volunteer.pk in cleared_until([volunteer.pk])
    return mine.fitting(found, places, is_cleared=is_cleared)[:OTHERS_TO_OFFER]


def _asked(token: str, pk: int) -> tuple[Volunteer, SubstituteAsk]:
    volunteer = device.of_token(token)
    ask = queries.ask_of(volunteer=volunteer, pk=pk)
    if ask is None:
        raise Http404
    return volunteer, ask
