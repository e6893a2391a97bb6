"""加到手机日历: the volunteer's address, the feed behind it, and one place as a file."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from volunteers.actions import own_feed as actions
from volunteers.models import Assignment, OwnFeed, Volunteer
from volunteers.queries import own_feed as queries
from volunteers.views import device


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed itself: whoever has the address may read it. A closed one is not there."""
    rows = OwnFeed.objects.select_related("volunteer__person").exclude(volunteer__status=Volunteer.Status.LEFT)
    found = get_object_or_404(rows, token=token, closed_at=None)
    text = queries.own_feed_text(volunteer=found.volunteer, now=timezone.now(), host=_host())
    return _calendar(text, "service.ics")


@require_safe
def shift(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """One place as a file."""
    rows = queries.loaded(Assignment.objects.exclude(status=Assignment.Status.DRAFT))
    found = get_object_or_404(rows, pk=pk, volunteer__token=token)
    return _calendar(queries.shift_text(assignment=found, now=timezone.now(), host=_host()), "shift.ics")


@require_http_methods(["GET", "HEAD", "POST"])
@device.theirs
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """How to subscribe, in a browser and from WeChat; POST opens the address or takes it back."""
    volunteer = device.of_token(token)
    now = timezone.now()
    if request.method == "POST":
        if request.POST.get("close"):
            actions.close_own_feed(volunteer=volunteer, now=now)
            messages.success(request, "地址收回了，订过的日历不再更新。")
        else:
            actions.open_own_feed(volunteer=volunteer, now=now)
        return redirect("public:my-calendar", token)
    known = device.token_of(request) == token
    found = OwnFeed.objects.filter(volunteer=volunteer, closed_at=None).first() if known else None
    path = reverse("public:own-feed", args=[found.token]) if found else ""
    context = {
        "volunteer": volunteer,
        "address": f"{settings.LINKE_ADDRESS}{path}" if found else "",
        "webcal": f"webcal://{urlsplit(settings.LINKE_ADDRESS).netloc}{path}" if found else "",
        "community": volunteer.home,
        "my_token": token,
    }
    response = render(request, "volunteers/my_calendar.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _host() -> str:
    return urlsplit(settings.LINKE_ADDRESS).hostname or "linke"


def _calendar(text: bytes, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, max-age=900"
    response["X-Robots-Tag"] = "noindex"
    return response
