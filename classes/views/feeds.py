"""日历订阅: addresses for calendar programs, and the feeds behind them."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from classes.actions import feeds as actions
from classes.models import Community, Feed, Room, Series
from classes.queries import feeds as queries
from classes.views.place import community_of, term_of
from people.access import organiser_required, staff_required

KINDS = {"series": Series, "room": Room, "community": Community}


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed itself: whoever has the address may read it. A closed one is not there."""
    found = get_object_or_404(
        Feed.objects.select_related("series__term", "series__room__venue", "room", "community"),
        token=token,
        closed_at=None,
    )
    host = urlsplit(settings.LINKE_ADDRESS).hostname or "linke"
    text = queries.feed_text(feed=found, now=timezone.now(), host=host)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="timetable.ics"'
    response["Cache-Control"] = "private, max-age=900"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_GET
@staff_required
def feeds(request: HttpRequest) -> HttpResponse:
    """What may be subscribed to, and the addresses that are open."""
    community = community_of(request)
    if community is None:
        return render(request, "classes/no_community.html")
    _, term = term_of(request)
    series = Series.objects.filter(term=term, community=community).order_by("starts", "id") if term else []
    context = {
        "groups": queries.offered(community=community, series=series),
        "base": settings.LINKE_ADDRESS,
        "term": term,
        "may_organise": request.user.may_organise,
        "cur": "term",
    }
    return render(request, "classes/feeds.html", context)


@require_POST
@organiser_required
def open_feed(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Give an address."""
    of = get_object_or_404(KINDS.get(kind, Series), pk=pk)
    actions.open_feed(of=of, now=timezone.now(), actor=request.user)
    messages.success(request, f"{of}的订阅地址好了，复制给要看的人。")
    return redirect(f"{reverse('desk:feeds')}#{kind}-{pk}")


@require_POST
@organiser_required
def close_feed(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an address back."""
    found = get_object_or_404(Feed.objects.select_related("series", "room", "community"), pk=pk)
    actions.close_feed(feed=found, now=timezone.now(), actor=request.user)
    messages.success(request, f"{found}的订阅地址收回了，订过的手机不再更新。")
    return redirect("desk:feeds")
