"""排时间: choose classes, watch the engine, compare timetables, take one; and 挪到… for one class."""

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from classes.actions.changing import Refused
from classes.models import Series
from classes.views.place import term_of
from people.access import organiser_required, staff_required
from volunteers import planning
from volunteers.actions import runs
from volunteers.actions import timetables as actions
from volunteers.context import community_of
from volunteers.models import TimetableProposal
from volunteers.queries import timetables as queries
from volunteers.tasks import run_timetable

Status = TimetableProposal.Status
GIVES = {"learners": 0, "balanced": 5, "helpers": 30}
"""How many of a thousand learners may be given for helpers, by what the form says."""


@require_GET
@staff_required
def timetable(request: HttpRequest) -> HttpResponse:
    """The form that asks for timetables; a run under way comes first unless `?new=1`."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    latest = queries.under_way(community=community)
    if latest and latest.status in runs.OPEN and "new" not in request.GET:
        return redirect("desk:timetable-run", latest.pk)
    terms, term = term_of(request)
    rows = queries.choices(term=term, community=community) if term else []
    context = {
        "terms": terms,
        "term": term,
        "choices": rows,
        "any_new": any(choice.is_new for choice in rows),
        "latest": latest,
        "may_organise": request.user.may_organise,
    }
    return render(request, "volunteers/timetable.html", context)


@require_POST
@organiser_required
def start(request: HttpRequest) -> HttpResponse:
    """Write the waiting run and start its task once it is committed."""
    _, term = term_of(request)
    ids = [int(value) for value in request.POST.getlist("series") if value.isdecimal()]
    term_id = request.POST.get("term", "")
    term = next((one for one in term_of(request)[0] if str(one.pk) == term_id), term)
    try:
        with transaction.atomic():
            made = actions.request_timetable(
                term=term,
                community=community_of(request),
                series=ids,
                gives=GIVES.get(request.POST.get("first", ""), 0),
                now=timezone.now(),
                actor=request.user,
            )
            transaction.on_commit(partial(run_timetable.enqueue, made.pk))
    except actions.NothingChosen:
        messages.error(request, f"请至少选一个班，最多 {actions.MOST_CLASSES} 个。")
        return redirect(f"{reverse('desk:timetable')}?new=1")
    return redirect("desk:timetable-run", made.pk)


@require_GET
@staff_required
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run in whatever state it is; while the engine works, htmx asks for the fragment."""
    found = _run(pk)
    if found.status in (Status.WAITING, Status.RUNNING):
        fragment = "#progress" if request.htmx else ""
        context = {"proposal": found, "is_late": queries.is_late(found, timezone.now())}
        return render(request, f"volunteers/timetable_progress.html{fragment}", _may(request) | context)
    if request.htmx:
        return HttpResponseClientRefresh()
    context = {"proposal": found, "tables": queries.compare(found), "now": found.answer.get("now")}
    if found.status == Status.ACCEPTED:
        context["chosen"] = context["tables"][found.chosen]
        names = dict(Series.objects.filter(pk__in=found.series).values_list("pk", "name"))
        context["refused"] = [(names.get(pk, ""), why) for pk, why in found.answer.get("refused", [])]
    return render(request, "volunteers/timetable_compare.html", _may(request) | context)


@require_POST
@organiser_required
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """End a run: `keep=1` looks at the best so far, otherwise it is thrown away."""
    found = _run(pk)
    try:
        if request.POST.get("keep"):
            runs.stop(run=found)
            return redirect("desk:timetable-run", pk)
        actions.discard_timetable(proposal=found, now=timezone.now(), actor=request.user)
    except runs.NotReady:
        messages.info(request, "还没开始，或者刚好排完了。")
        return redirect("desk:timetable-run", pk)
    messages.success(request, "这次的时间都不要了，课表一点没动。")
    return redirect(f"{reverse('desk:timetable')}?new=1")


@require_POST
@organiser_required
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one of the timetables."""
    found = _run(pk)
    number = request.POST.get("number", "")
    try:
        taken = actions.accept_timetable(
            proposal=found, number=int(number) if number.isdecimal() else -1, now=timezone.now(), actor=request.user
        )
    except runs.NotReady:
        messages.error(request, "这次的时间已经采纳或撤掉了。")
    else:
        messages.success(request, f"{len(taken.moved)} 个班换好了时间，{len(taken.same)} 个没有变。")
    return redirect("desk:timetable-run", pk)


@require_GET
@staff_required
def times(request: HttpRequest, pk: int) -> HttpResponse:
    """挪到…: every other time of a class with what it gains and costs."""
    series = _series(pk)
    present = planning.other_times(series=series, term=series.term, community=series.community, now=timezone.now())
    context = {"series": series, "when": queries.when_of(series), "times": queries.times(present)}
    return render(request, "volunteers/timetable_times.html", _may(request) | context)


@require_POST
@organiser_required
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one of the times."""
    series = _series(pk)
    parts = request.POST.get("to", "").split("-")
    days = list(series.days.order_by("weekday").values_list("weekday", flat=True))
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        messages.error(request, "请先选一个时间。")
        return redirect("desk:series-times", series.pk)
    weekday, starts, room = map(int, parts)
    try:
        actions.move_series(
            series=series,
            weekday=days[0] if days else weekday,
            to=(weekday, starts, room),
            now=timezone.now(),
            actor=request.user,
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:series-times", series.pk)
    messages.success(request, f"{series}挪好了。")
    return redirect("desk:series", series.pk)


def _series(pk: int) -> Series:
    return get_object_or_404(Series.objects.select_related("term", "community", "programme", "room"), pk=pk)


def _run(pk: int) -> TimetableProposal:
    return get_object_or_404(TimetableProposal.objects.select_related("community", "term"), pk=pk)


def _may(request: HttpRequest) -> dict:
    return {"may_organise": request.user.may_organise}
