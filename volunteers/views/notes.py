"""通知: what was told to whom, whether it left, and the text to copy into WeChat."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from people import outbox
from people.access import organiser_required
from people.models import Message

A_PAGE = 20
KEPT_IN_SIGHT = timedelta(days=30)


@require_GET
@organiser_required
def notes(request: HttpRequest) -> HttpResponse:
    """The notes of the last 30 days, the newest first; `?state=` shows one state only."""
    state = request.GET.get("state", "")
    now = timezone.now()
    found = Message.objects.filter(created_at__gt=now - KEPT_IN_SIGHT)
    if state in Message.Status.values:
        found = found.filter(status=state)
    page = Paginator(found.select_related("person").order_by("-id"), A_PAGE).get_page(request.GET.get("page"))
    rows = [{"message": message, "text": outbox.full_text(message)} for message in page]
    context = {"page": page, "rows": rows, "state": state, "states": Message.Status.choices, "now": now}
    return render(request, "volunteers/notes.html", context)
