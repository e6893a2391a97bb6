"""Steps on the board: taking one back, copying last week, and what others have done meanwhile."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from classes.actions.changing import Refused
from classes.calendar import day_in
from classes.models import Change
from people.access import organiser_required, staff_required
from volunteers.actions import copying, taking_back
from volunteers.context import community_of
from volunteers.queries import board as queries
from volunteers.queries import freshness
from volunteers.views import board

UNCHANGED = 204


@require_POST
@organiser_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销 in the toast: the card as it was, or the week where more than one card is concerned."""
    step = get_object_or_404(Change.objects.select_related("community"), pk=pk)
    now = timezone.now()
    first = step.assignments.select_related("assignment__session").order_by("pk").first()
    touched = first.assignment if first else step.sessions.select_related("session").order_by("pk").first()
    day = touched.session.on_date if touched else day_in(step.before.get("on_date"))
    monday = queries.monday_of(day or timezone.localdate(now))
    back = f"{reverse('desk:week')}?w={monday}"
    try:
        done = taking_back.undo(change=step, now=now, actor=request.user)
    except Refused as refusal:
        messages.error(request, f"没有撤销：{refusal}")
        return HttpResponseClientRedirect(back) if request.htmx else redirect(back)
    if request.htmx and len(done.assignments) == 1:
        shift = get_object_or_404(board.shifts(), pk=done.assignments[0].shift_id)
        return board.changed(request, shift, now, step)
    left = f"{'、'.join(done.left)}已经知道了，没有动。" if done.left else ""
    messages.success(request, f"撤销了：{step.summary}。{left}")
    return HttpResponseClientRedirect(back) if request.htmx else redirect(back)


@require_http_methods(["GET", "POST"])
@organiser_required
def copy(request: HttpRequest) -> HttpResponse:
    """照抄上周: who would come again and who cannot and why; POST makes the drafts."""
    community = community_of(request)
    now = timezone.now()
    monday = queries.monday_of(board.date_of(request, "w") or timezone.localdate(now))
    back = f"{reverse('desk:week')}?w={monday}"
    context = {"monday": monday, "sunday": monday + timedelta(days=6), "back": back}
    if request.method == "POST":
        try:
            done = copying.copy_week(community=community, monday=monday, now=now, actor=request.user)
        except copying.NothingToCopy as refusal:
            messages.error(request, str(refusal))
            return redirect(back)
        link = reverse("desk:changes")
        words = f"上周的 {len(done.made)} 位放进来了，是草稿，谁都还没通知。"
        messages.success(request, format_html('{}<a href="{}">24 小时内可以撤销</a>', words, link))
        return redirect(f"{back}&step={done.step}")
    found = copying.preview_copy(community=community, monday=monday, now=now)
    return render(request, "volunteers/copy_week.html", context | {"found": found})


@require_GET
@staff_required
def news(request: HttpRequest) -> HttpResponse:
    """Asked every few seconds by an open board: nothing while `seen` still is the week's stamp, else the new board."""
    community = community_of(request)
    now = timezone.now()
    monday = queries.monday_of(board.date_of(request, "w") or timezone.localdate(now))
    if community is None:
        return HttpResponse(status=UNCHANGED)
    if freshness.stamp(community=community, monday=monday, now=now) == request.GET.get("seen"):
        return HttpResponse(status=UNCHANGED)
    page = board.page_of(request, community, monday, now)
    said = freshness.news(community=community, reader=request.user, now=now)
    may = {"may_organise": request.user.may_organise, "now": now, "is_fragment": True, "news": said or "有人刚刚答复了"}
    return render(request, f"{board.PAGE}#news", page | may)
