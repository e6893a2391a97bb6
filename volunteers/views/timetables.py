"""排时间: choose classes, watch the engine, compare timetables, take one; and 挪到… for one class."""

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from classes.forms.term import initial_of
from classes.models import Room, Series
from classes.timetabling.parts import Placement
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
"""How many of a thousand learners may be given for helpers, by what the form says; balanced is the usual one."""


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
                gives=GIVES.get(request.POST.get("first", ""), GIVES["balanced"]),
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
    tables = queries.compare(found)
    context = {"proposal": found, "tables": tables, "now": found.answer.get("now")}
    context |= {"kept": queries.kept(found), "ratios": queries.ratios(tables)}
    context["all_as_good"] = len(tables) > 1 and all(table.is_as_good for table in tables[1:])
    if found.status in (Status.READY, Status.FAILED):
        context |= _with_more(found)
    if found.status == Status.ACCEPTED:
        context["chosen"] = context["tables"][found.chosen]
        names = dict(Series.objects.filter(pk__in=found.series).values_list("pk", "name"))
        context["refused"] = [(names.get(pk, ""), why) for pk, why in found.answer.get("refused", [])]
    return render(request, "volunteers/timetable_compare.html", _may(request) | context)


def _with_more(found: TimetableProposal) -> dict:
    """The classes that are not in a run, and what asks for the same with them."""
    more = queries.left_out(found)
    first = next((name for name, gives in GIVES.items() if gives == found.gives), "balanced")
    return {"more": more, "again": [*found.series, *(one.pk for one in more)], "first": first}


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
        messages.success(request, in_words(taken))
    return redirect("desk:timetable-run", pk)


def in_words(taken: actions.Taken) -> str:
    """What became of the classes."""
    if not taken.moved and not taken.refused:
        return "课表就按现在的，一个班也没有改。"
    return f"{len(taken.moved)} 个班改好了，{len(taken.same)} 个没有变。已有场次的班，24 小时内可以在“改动”里撤销。"


@require_GET
@staff_required
def times(request: HttpRequest, pk: int) -> HttpResponse:
    """挪到…: every other time of a class with what it gains and costs; `day` is the one of its days that moves."""
    series = _series(pk)
    days = list(series.days.order_by("weekday"))
    moves = next((day for day in days if str(day.weekday) == request.GET.get("day")), days[0] if days else None)
    present = planning.other_times(
        series=series,
        term=series.term,
        community=series.community,
        now=timezone.now(),
        weekday=moves.weekday if moves else None,
    )
    rooms = dict(Room.objects.filter(venue__community=series.community_id).values_list("pk", "name"))
    usual = initial_of(series)
    others = [day for day in usual["weekdays"] if moves is None or day != moves.weekday]

    def link(place: Placement) -> str:
        starts = actions.clock(place.starts)
        ends = actions.clock(place.starts + actions.long(series))
        said = {
            **usual,
            "weekdays": [*others, place.weekday],
            "time": f"{starts:%H:%M}-{ends:%H:%M}",
            "room_name": rooms.get(place.room, ""),
            "look": "1",
        }
        kept = {name: value for name, value in said.items() if value is not None}
        return f"{reverse('desk:series-edit', args=[series.pk])}?{urlencode(kept, doseq=True)}"

    found = queries.times(present, link if request.user.may_organise else None)
    context = {"series": series, "when": queries.when_of(series), "times": found, "days": days, "moves": moves}
    return render(request, "volunteers/timetable_times.html", _may(request) | context)


def _series(pk: int) -> Series:
    return get_object_or_404(Series.objects.select_related("term", "community", "programme", "room"), pk=pk)


def _run(pk: int) -> TimetableProposal:
    return get_object_or_404(TimetableProposal.objects.select_related("community", "term"), pk=pk)


def _may(request: HttpRequest) -> dict:
    return {"may_organise": request.user.may_organise}
