"""找替补: the searches of a community, one search as it stands now, and the community's timings."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import audit, channels, outbox
from people.access import organiser_required, staff_required
from people.models import Message
from volunteers import planning
from volunteers.actions import substitute_notes, substitutes
from volunteers.context import community_of
from volunteers.forms.substitutes import SubstitutePlanForm
from volunteers.models import Shift, SubstituteAsk, SubstituteSearch, Volunteer
from volunteers.queries import recruiting
from volunteers.queries import substitutes as queries

PAGE = "volunteers/search.html"
MOST_NEXT = 8
MOST_AT_ONCE = 20


@require_GET
@staff_required
def searches(request: HttpRequest) -> HttpResponse:
    """Every search of the community, the newest first."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    return render(request, "volunteers/searches.html", {"found": queries.recent_in(community)})


@require_POST
@organiser_required
def start(request: HttpRequest) -> HttpResponse:
    """找替补, from any gap."""
    shift = get_object_or_404(Shift, pk=_number(request.POST.get("shift")))
    try:
        search = substitutes.start(shift=shift, now=timezone.now(), actor=request.user, why="从空缺开始找")
    except substitutes.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:week")
    return redirect("desk:search", search.pk)


@require_GET
@staff_required
def search(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was asked, in which order and why, what they said, and what happens next."""
    found = _search(pk)
    context = _context(request, found, timezone.now())
    return render(request, f"{PAGE}#live" if request.GET.get("fragment") == "live" else PAGE, context)


@require_POST
@organiser_required
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One button of the page."""
    found = _search(pk)
    try:
        messages.success(request, ACTS[verb](request, found, timezone.now()))
    except substitutes.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:search", pk)


def _stop(request: HttpRequest, search: SubstituteSearch, now: datetime) -> str:
    substitutes.stop(search=search, now=now, actor=request.user)
    return "停了，不再问人。还要找，点“接着找”。"


def _resume(request: HttpRequest, search: SubstituteSearch, now: datetime) -> str:
    substitutes.resume(search=search, now=now, actor=request.user)
    return "接着找了。"


def _more(request: HttpRequest, search: SubstituteSearch, now: datetime) -> str:
    count = max(1, min(_number(request.POST.get("count")), MOST_AT_ONCE))
    asked = substitutes.ask_next(search=search, count=count, now=now, actor=request.user)
    return f"又问了 {len(asked)} 位。"


def _ask(request: HttpRequest, search: SubstituteSearch, now: datetime) -> str:
    whom = get_object_or_404(Volunteer.objects.select_related("person"), pk=_number(request.POST.get("volunteer")))
    substitutes.ask_person(search=search, volunteer=whom, now=now, actor=request.user)
    return f"问了{whom}。"


def _take_back(request: HttpRequest, search: SubstituteSearch, now: datetime) -> str:
    asks = SubstituteAsk.objects.filter(search=search).select_related("volunteer__person", "search__shift__session")
    ask = get_object_or_404(asks, pk=_number(request.POST.get("ask")))
    substitutes.take_back(ask=ask, now=now, actor=request.user)
    return f"不问{ask.volunteer}了。"


def _handed(request: HttpRequest, search: SubstituteSearch, now: datetime) -> str:
    note = get_object_or_404(Message, pk=_number(request.POST.get("note")), kind=substitute_notes.ASK)
    is_done = not request.POST.get("undo")
    outbox.hand_on(message=note, is_done=is_done, now=now)
    return f"记下了：已发给{note.person}。" if is_done else f"{note.person}那条，还没发。"


ACTS = {"stop": _stop, "resume": _resume, "more": _more, "ask": _ask, "take-back": _take_back, "handed": _handed}


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_required
def plan(request: HttpRequest) -> HttpResponse:
    """The community's own sizes and waits."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    form = SubstitutePlanForm(request.POST or None, instance=queries.plan_of(community))
    if request.method == "POST" and _saved(request, form):
        messages.success(request, "存好了，从下一批起照这样问。")
        return redirect("desk:search-plan")
    return render(request, "volunteers/search_plan.html", {"form": form}, status=400 if form.errors else 200)


def _saved(request: HttpRequest, form: SubstitutePlanForm) -> bool:
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            kept = form.save()
            audit.write(
                actor=request.user,
                verb="改了找替补的设置",
                thing=f"community:{kept.community_id}",
                now=timezone.now(),
                summary="、".join(str(form.fields[name].label) for name in form.changed_data),
            )
    except (IntegrityError, ValidationError):
        form.add_error(None, "刚才有人也在存，请再存一次。")
        return False
    return True


# --- what the page is made of -------------------------------------------------------------------------


def _context(request: HttpRequest, search: SubstituteSearch, now: datetime) -> dict:
    shift = search.shift
    gaps = max(0, shift.needed - shift.taken) if shift.session.starts_at > now else 0
    rows = [{"row": one, "text": _text(one.note)} for one in queries.rows(search, substitute_notes.ASK)]
    may_organise = request.user.may_organise
    return {
        "progress": queries.progress([search])[0],
        "search": search,
        "shift": shift,
        "gaps": gaps,
        "rows": rows,
        "now": now,
        "may_organise": may_organise,
        "sends": channels.sends(),
        "plan": queries.plan_of(shift.session.community_id),
        "next": _next(search, rows, now) if search.is_open and may_organise and gaps else [],
        "may_resume": search.status == SubstituteSearch.Status.STOPPED and gaps and shift.session.starts_at > now,
        "recruit_text": recruiting.for_shift(shift, gaps=max(1, gaps), address=settings.LINKE_ADDRESS),
    }


def _next(search: SubstituteSearch, rows: list[dict], now: datetime) -> list:
    """Who would be asked next, and why."""
    asked = {one["row"].ask.volunteer_id for one in rows if one["row"].ask.state not in SubstituteAsk.UNASKED}
    plan = queries.plan_of(search.shift.session.community_id)
    return planning.to_ask(shift=search.shift, now=now, besides=asked, asks_a_week=plan.asks_a_week, limit=MOST_NEXT)


def _text(note: Message | None) -> str:
    return outbox.full_text(note) if note else ""


def _search(pk: int) -> SubstituteSearch:
    return get_object_or_404(SubstituteSearch.objects.for_telling(), pk=pk)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0
