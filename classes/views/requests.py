"""点单: the public page with four fields, and the desk's board of what was asked for."""

import hashlib

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from classes.actions import requesting
from classes.forms.requests import AskForm, MoveForm
from classes.models import Community, Lesson, Request, Session
from classes.queries import places
from classes.queries import requests as queries
from classes.views.place import community_of
from people import visitors
from people.access import organiser_required, staff_required
from people.addresses import public_address

AN_HOUR = 60 * 60  # seconds
# A community's own Wi-Fi brings many people from one address; one phone asks for few things.
PER_DEVICE, PER_ADDRESS = 6, 60
TOO_OFTEN = "填得太勤了，请过一小时再来，或者打社区电话。"
MOVES = {
    "needs_info": "要再问清楚",
    "rejected": "办不了",
    "cancelled": "不学了",
    "submitted": "重新打开",
    "closed": "办结",
    "call_back": "要回访",
    "done": "办好了",
}


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """想学点什么: what, when, who and a phone; the next thing that happens is a call."""
    communities = list(places.communities())
    asked = request.GET.get("community", "")
    community = next((one for one in communities if str(one.pk) == asked), None)
    if community is None and len(communities) == 1:
        community = communities[0]
    if community is None:
        return render(request, "classes/ask_where.html", {"communities": communities})
    form = AskForm(request.POST or None, auto_id="a-%s")
    if request.method != "POST":
        return asking(request, community, form)
    if has_asked_too_often(request):
        return asking(request, community, form, status=429, why=TOO_OFTEN)
    if not form.is_valid():
        return asking(request, community, form, status=400)
    made = requesting.ask(community=community, **form.cleaned_data, channel="page", now=timezone.now())
    return render(request, "classes/asked.html", {"asked": made, "community": community})


def asking(
    request: HttpRequest, community: Community, form: AskForm, *, status: int = 200, why: str = ""
) -> HttpResponse:
    """The form with what was typed."""
    context = {"form": form, "community": community, "why": why}
    return render(request, "classes/ask.html", context, status=status)


def has_asked_too_often(request: HttpRequest) -> bool:
    """Count one attempt; True beyond the limit of the hour for this phone or address."""
    address = visitors.address_of(request)
    if address is None:
        return False
    agent = hashlib.sha256(request.headers.get("User-Agent", "").encode()).hexdigest()[:16]
    by_device = visitors.count(f"ask:{address}:{agent}", seconds=AN_HOUR)
    by_address = visitors.count(f"ask:{address}", seconds=AN_HOUR)
    return by_device > PER_DEVICE or by_address > PER_ADDRESS


@require_GET
@staff_required
def requests(request: HttpRequest) -> HttpResponse:
    """The board: 新, 已排, 已办."""
    return board(request)


def board(request: HttpRequest, *, form: AskForm | None = None, status: int = 200) -> HttpResponse:
    """The board, with the form of a call where it was filled in wrongly."""
    community = community_of(request)
    if community is None:
        return render(request, "classes/no_community.html")
    address = f"{public_address(request)}{reverse('public:ask')}?community={community.pk}"
    now = timezone.now()
    found = queries.board(community=community, now=now)
    context = {
        "board": found,
        # The keys 1 to 3 place the first one for which something suits.
        "keyed": next((row.request.pk for row in found.fresh if row.suggestions), None),
        "form": form or AskForm(),
        "lessons": Lesson.objects.order_by("code"),
        "address": address,
        # The picture is drawn from our own address only, so it holds no foreign markup.
        "qr": mark_safe(segno.make(address).svg_inline(border=2, omitsize=True)),
        "may_organise": request.user.may_organise,
        "community": community,
    }
    return render(request, "classes/requests.html", context, status=status)


@require_POST
@organiser_required
def add(request: HttpRequest) -> HttpResponse:
    """接电话记一条."""
    community = community_of(request)
    if community is None:
        return render(request, "classes/no_community.html", status=409)
    form = AskForm(request.POST)
    if not form.is_valid():
        return board(request, form=form, status=422)
    made = requesting.ask(
        community=community, **form.cleaned_data, channel="phone", now=timezone.now(), actor=request.user
    )
    messages.success(request, f"记下了：{made}。")
    return redirect(f"{reverse('desk:requests')}#request-{made.pk}")


def request_of(pk: int) -> Request:
    """The request with what its page needs, or 404."""
    found = Request.objects.select_related("community", "lesson", "session__series", "session__room", "learner")
    return get_object_or_404(found, pk=pk)


@require_GET
@staff_required
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with its steps and everything that can become of it."""
    return page(request, request_of(pk))


def page(request: HttpRequest, found: Request, *, status: int = 200, **extra) -> HttpResponse:
    """The page of one request."""
    now = timezone.now()
    rows = queries.rows_of([found], found.community, now, now + queries.AHEAD) if found.is_open else []
    context = {
        "asked": found,
        "row": rows[0] if rows else None,
        "slots": queries.free_slots(found, now=now) if found.is_open else [],
        "steps": found.steps.select_related("by"),
        "moves": [(to, MOVES[to]) for to in requesting.NEXT[found.status] if to in MOVES],
        "may_undo": requesting.may_undo(found, now),
        "may_organise": request.user.may_organise,
    }
    return render(request, "classes/request.html", context | extra, status=status)


@require_POST
@organiser_required
def place(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """排进去: into a session that is there."""
    found = request_of(pk)
    chosen = get_object_or_404(Session.objects.select_related("series__programme"), pk=session)
    try:
        requesting.place(request=found, session=chosen, now=timezone.now(), actor=request.user)
    except requesting.Refused as refusal:
        return page(request, request_of(pk), status=409, why=str(refusal))
    return placed(request, found, requesting.say(chosen))


@require_POST
@organiser_required
def place_new(request: HttpRequest, pk: int) -> HttpResponse:
    """新开一场: in the free room that was chosen; somebody may have taken it meanwhile."""
    found, now = request_of(pk), timezone.now()
    key = request.POST.get("slot", "")
    slot = next((one for one in queries.free_slots(found, now=now) if key == one.key), None)
    try:
        if slot is None:
            raise requesting.SlotTaken("这间教室那个时间刚刚被占了，换一个。")
        requesting.place_in_new(request=found, slot=slot, now=now, actor=request.user)
    except requesting.Refused as refusal:
        return page(request, request_of(pk), status=409, why=str(refusal))
    found.refresh_from_db()
    return placed(request, found, requesting.say(found.session))


def placed(request: HttpRequest, found: Request, where: str) -> HttpResponse:
    """Back to the board, with the way back."""
    messages.success(request, f"排好了：{found.name}，{where}。请打电话告诉本人。24 小时内可以在“已排”里撤销。")
    return redirect(f"{reverse('desk:requests')}#request-{found.pk}")


@require_POST
@organiser_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销."""
    found = request_of(pk)
    try:
        requesting.undo_placing(request=found, now=timezone.now(), actor=request.user)
    except requesting.Refused as refusal:
        return page(request, request_of(pk), status=409, why=str(refusal))
    messages.success(request, f"撤销了，{found}又在等。")
    return redirect(f"{reverse('desk:requests')}#request-{found.pk}")


@require_POST
@organiser_required
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Any other step, with a word about it; 评 with stars."""
    found, form = request_of(pk), MoveForm(request.POST)
    if not form.is_valid() or form.cleaned_data["to"] not in (*MOVES, "rated"):
        return page(request, found, status=422, why="请从按钮里选一步；备注 200 个字以内。")
    to, note, now = form.cleaned_data["to"], form.cleaned_data["note"], timezone.now()
    try:
        if to == "rated":
            stars = request.POST.get("stars", "")
            chosen = int(stars) if stars in "12345" and stars else 0
            requesting.rate(request=found, stars=chosen, note=note, now=now, actor=request.user)
        else:
            requesting.move(request=found, to=to, note=note, now=now, actor=request.user)
    except requesting.Refused as refusal:
        return page(request, request_of(pk), status=409, why=str(refusal), note=note)
    messages.success(request, f"{found}：{found.get_status_display()}。")
    return redirect("desk:requests")


@require_POST
@organiser_required
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole number; who looked is written down."""
    found = request_of(pk)
    phone = requesting.reveal_phone(request=found, now=timezone.now(), actor=request.user)
    if request.htmx:
        return render(request, "classes/request.html#phone", {"asked": found, "phone": phone})
    return page(request, found, phone=phone)
