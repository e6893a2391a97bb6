"""通知: what is to be told to whom, who has been told, and the text to copy into WeChat."""

from datetime import datetime
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from people import channels, outbox
from people.access import organiser_required
from people.models import Message

A_PAGE = 20
LONGEST_ID = 18
HANDED = {"open": "还没转发", "handed": "已转发"}


@require_GET
@organiser_required
def notes(request: HttpRequest) -> HttpResponse:
    """The notes of the last 30 days, those not passed on first; `?state=` shows one state only."""
    state = request.GET.get("state", "")
    now = timezone.now()
    page = Paginator(_found(state, now), A_PAGE).get_page(request.GET.get("page"))
    sends = channels.sends()
    context = {
        "page": page,
        "rows": [{"message": message, "text": outbox.full_text(message)} for message in page],
        "did": [pk for pk in map(number, request.GET.getlist("did")[:A_PAGE]) if pk],
        "state": state,
        "states": [*HANDED.items(), *(Message.Status.choices if sends else ())],
        "sends": sends,
        "unhanded": outbox.to_hand_on(now).count(),
        "now": now,
    }
    return render(request, "volunteers/notes.html", context)


@require_POST
@organiser_required
def hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """我已发给本人; `undo=1` takes it back."""
    message = get_object_or_404(Message, pk=pk)
    outbox.hand_on(message=message, is_done=not request.POST.get("undo"), now=timezone.now())
    kept = {name: request.POST[name] for name in ("state", "page") if request.POST.get(name)}
    return redirect(f"{reverse('desk:notes')}?{urlencode(kept)}" if kept else "desk:notes")


def number(text: str | None) -> int:
    """An id out of a form or an address; 0 for what is none."""
    return int(text) if text and text.isdecimal() and len(text) <= LONGEST_ID else 0


def published(people: int) -> str:
    """What to say after 发布, with the way to the words; true to whether anything leaves by itself."""
    if not people:
        return "已经发过了，没有再发一遍。"
    told = f"正在通知 {people} 人。" if channels.sends() else f"给 {people} 人的话已备好，请复制发到微信。"
    return format_html("已发布，{}{}", told, _way())


def asked(people: int) -> str:
    """What to say after 发消息问, with the way to the words."""
    told = f"正在问 {people} 人。" if channels.sends() else f"问 {people} 人的话备好了，请复制发到微信。"
    return format_html("{}{}", told, _way())


def _way() -> str:
    """The link to the words: to all of them when they leave by themselves, else to one after the other."""
    page, words = ("desk:notes", "看发出的话") if channels.sends() else ("desk:notes-next", "一条一条转发")
    return format_html('<a href="{}">{}</a>', reverse(page), words)


def _found(state: str, now: datetime) -> QuerySet[Message]:
    if state == "open":
        return outbox.to_hand_on(now).select_related("person")
    found = outbox.recent(now).select_related("person")
    if state in Message.Status.values:
        found = found.filter(status=state)
    if state == "handed":
        found = found.filter(handed_on_at__isnull=False)
    return found.order_by(F("handed_on_at").desc(nulls_first=True), "-id")
