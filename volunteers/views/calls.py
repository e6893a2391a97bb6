"""打电话: people who have to be told by telephone, and what came of each call."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from classes.models import Grid
from people import audit, calls
from people.access import organiser_required
from people.models import Call, Message, Person

A_PAGE, A_SHEET = 20, 200
DONE_SHOWN, MOST_DONE = timedelta(hours=24), 10
WHY = {
    "call": "没有智能手机",
    "unsure": "发出去了，没等到回执",
    "failed": "没发出去",
}


@require_GET
@organiser_required
def call_people(request: HttpRequest) -> HttpResponse:
    """Whom to call, what to say, and what was tried before."""
    tried = Prefetch("calls", Call.objects.select_related("by"))
    now = timezone.now()
    page = Paginator(calls.open_calls(now=now).prefetch_related(tried), A_PAGE).get_page(request.GET.get("page"))
    done = Call.objects.filter(at__gt=now - DONE_SHOWN).select_related("message__person").order_by("-at", "-id")
    context = {
        "page": page,
        "rows": [{"message": one, "why": WHY[one.status], "tried": list(one.calls.all())} for one in page],
        "results": Call.Result.choices,
        "done": done[:MOST_DONE],
    }
    return render(request, "volunteers/call_people.html", context)


@require_GET
@organiser_required
def sheet(request: HttpRequest) -> HttpResponse:
    """打电话名单 for grid workers: whole numbers, what to say, boxes to tick; `?grid=` is one 网格.

    Opening it writes down for each person that their number was shown. A result answered here comes back here.
    """
    now, chosen = timezone.now(), request.GET.get("grid", "")
    found = list(calls.open_calls(now=now).select_related("person__learner__grid")[:A_SHEET])
    grids = {one.pk: str(grid) for one in found if (grid := grid_of(one.person))}
    names = sorted(set(grids.values()))
    chosen = chosen if chosen in names else ""
    rows = [{"message": one, "grid": grids.get(one.pk)} for one in found if not chosen or grids.get(one.pk) == chosen]
    things = sorted({f"person:{row['message'].person_id}" for row in rows})
    audit.write_each(actor=request.user, verb="看电话", things=things, now=now, summary="打电话名单")
    context = {"rows": rows, "names": names, "chosen": chosen, "results": Call.Result.choices, "now": now}
    return render(request, "volunteers/call_sheet.html", context)


def grid_of(person: Person) -> Grid | None:
    """The 网格 of a learner; nobody else has one."""
    return person.learner.grid if hasattr(person, "learner") else None


@require_POST
@organiser_required
def number(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the whole number of one person, and write down who looked."""
    message = get_object_or_404(Message.objects.select_related("person"), pk=pk, person__isnull=False)
    now = timezone.now()
    audit.write(actor=request.user, verb="看电话", thing=f"person:{message.person_id}", now=now, summary="要打电话通知")
    context = {
        "message": message,
        "why": WHY.get(message.status, ""),
        "tried": message.calls.select_related("by"),
        "results": Call.Result.choices,
    }
    return render(request, "volunteers/call_one.html", context)


@require_POST
@organiser_required
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """通知到了, 没人接 or 号码错."""
    message = get_object_or_404(Message.objects.select_related("person"), pk=pk, person__isnull=False)
    back = "desk:call-sheet" if request.POST.get("back") == "sheet" else "desk:calls"
    if request.POST.get("result") not in Call.Result.values:
        messages.warning(request, "请点一个结果。")
        return redirect(back)
    try:
        call = calls.record(message=message, result=request.POST["result"], now=timezone.now(), actor=request.user)
        messages.success(request, f"记下了：{message.person}，{call.get_result_display()}。")
    except calls.AlreadySettled:
        messages.warning(request, f"{message.person}刚才已经有人打过了。")
    return redirect(back)


@require_POST
@organiser_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """记错了: the call has not been made, or was somebody else's line."""
    call = get_object_or_404(Call.objects.select_related("message__person"), pk=pk)
    try:
        calls.take_back(call=call, now=timezone.now(), actor=request.user)
        messages.success(request, f"{call.message.person}又回到要打的名单里。")
    except calls.AlreadySettled:
        messages.warning(request, "后面又打过电话了，撤不回来。")
    return redirect("desk:calls")
