"""Passing notes on by WeChat: one after the other, several at a time, and one text for the group."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import calls, outbox
from people.access import organiser_required
from people.addresses import public_address
from people.models import Message
from volunteers.context import community_of
from volunteers.queries import board, group_text
from volunteers.views.board import date_of
from volunteers.views.notes import number

ANOTHER_DID = "给{}的话刚才已经有人转发了，不用再发。"


@require_http_methods(["GET", "POST"])
@organiser_required
def one_by_one(request: HttpRequest) -> HttpResponse:
    """One note at a time, large; marking it, or taking the last mark back, leads on to the next.

    `since` is when this round began (seconds of the epoch): what was passed on from then counts as done.
    `at` asks for one note, `did` is the one just marked.
    """
    if request.method == "POST":
        return _mark(request)
    now = timezone.now()
    since = _since(request.GET.get("since"), now)
    left = list(outbox.to_hand_on(now).values_list("pk", flat=True))
    at = number(request.GET.get("at"))
    index = left.index(at) if at in left else 0
    done = outbox.handed_on_since(since).count()
    did = outbox.handed_on_since(since).select_related("person").filter(pk=number(request.GET.get("did"))).first()
    message = Message.objects.select_related("person").get(pk=left[index]) if left else None
    context = {
        "message": message,
        "text": outbox.full_text(message) if message else "",
        "following": left[(index + 1) % len(left)] if len(left) > 1 else None,
        "nth": done + index + 1,
        "total": done + len(left),
        "percent": round(100 * done / (done + len(left))) if left else 100,
        "done": done,
        "did": did,
        "since": int(since.timestamp()),
        "calls": calls.open_calls(now=now).count(),
        "cur": "notes",
    }
    return render(request, "volunteers/notes_next.html", context)


def _mark(request: HttpRequest) -> HttpResponse:
    """Mark one note as passed on, or take that back, and go on."""
    now = timezone.now()
    message = get_object_or_404(Message.objects.select_related("person"), pk=number(request.POST.get("message")))
    is_done = not request.POST.get("undo")
    changed = outbox.hand_on(message=message, is_done=is_done, now=now)
    if is_done and not changed:
        messages.warning(request, ANOTHER_DID.format(message.person))
    kept = {"since": int(_since(request.POST.get("since"), now).timestamp())}
    if not is_done:
        kept["at"] = message.pk
    else:
        kept |= {"at": number(request.POST.get("following"))} | ({"did": message.pk} if changed else {})
    return redirect(f"{reverse('desk:notes-next')}?{urlencode(kept)}")


def _since(text: str | None, now: datetime) -> datetime:
    """When the round began; now for a new one, and for what is no time of the last month."""
    seconds, latest = number(text), int(now.timestamp())
    if not latest - outbox.KEPT_IN_SIGHT.total_seconds() < seconds <= latest:
        seconds = latest
    return datetime.fromtimestamp(seconds, UTC)


@require_POST
@organiser_required
def several(request: HttpRequest) -> HttpResponse:
    """Mark the ticked notes as passed on; with `undo` take exactly these marks back."""
    now, is_done = timezone.now(), not request.POST.get("undo")
    wanted = [number(text) for text in request.POST.getlist("message")]
    found = Message.objects.filter(pk__in=wanted, person__isnull=False)
    changed = [one.pk for one in found if outbox.hand_on(message=one, is_done=is_done, now=now)]
    kept = [(name, request.POST[name]) for name in ("state", "page") if request.POST.get(name)]
    if not wanted:
        messages.warning(request, "还没有勾选。请先勾上已经发给本人的几条。")
    elif is_done:
        kept += [("did", pk) for pk in changed]
    else:
        messages.success(request, f"撤销了，{len(changed)} 条又是还没转发。")
    return redirect(f"{reverse('desk:notes')}?{urlencode(kept)}")


@require_GET
@organiser_required
def group(request: HttpRequest) -> HttpResponse:
    """Who helps when in one week, as one text for the volunteers' group."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    now = timezone.now()
    monday = board.monday_of(date_of(request, "w") or timezone.localdate(now))
    week = timedelta(days=7)
    address = public_address(request)
    context = {
        "text": group_text.of_week(community=community, monday=monday, now=now, address=address),
        "public": address,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "previous": monday - week,
        "next": monday + week,
        "cur": "notes",
    }
    return render(request, "volunteers/notes_group.html", context)
