"""转给朋友, 换班: the volunteers' pages behind secret links, and the desk's list. Every answer is a POST."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from people.access import organiser_required
from volunteers.actions import exchanges as actions
from volunteers.actions import signup
from volunteers.context import community_of
from volunteers.forms.signup import SignUpForm
from volunteers.models import Assignment, Exchange, Volunteer
from volunteers.queries import exchanges as queries
from volunteers.queries.opening import Opening
from volunteers.views import device
from volunteers.views.waiting import TOO_OFTEN

Kind, Status = Exchange.Kind, Exchange.Status
VERBS = {"approve": actions.approve, "refuse": actions.turn_down, "undo": actions.undo}
SAID = {"approve": "同意了，两边都写了通知。", "refuse": "没同意，两边都写了通知。", "undo": "撤销了，都换回来了。"}


@require_http_methods(["GET", "HEAD", "POST"])
def hand(request: HttpRequest, token: str) -> HttpResponse:
    """/hand/<token>/: for the friend. The giver sees the link to pass on; opening it changes nothing."""
    found = get_object_or_404(queries.loaded(), token=token, kind=Kind.HAND_OVER)
    me = None if request.GET.get("new") else device.volunteer_of(request)
    if _is_over(found):
        return _hand_page(request, found, me=me, status=410)
    if request.method != "POST":
        return _hand_page(request, found, me=me)
    return _known_takes(request, found, me) if me else _stranger_takes(request, found)


def _known_takes(request: HttpRequest, found: Exchange, me: Volunteer) -> HttpResponse:
    try:
        actions.take_over(exchange=found, volunteer=me, now=timezone.now())
    except actions.Refused as refusal:
        found.refresh_from_db(fields=["status"])
        return _hand_page(request, found, me=me, why=str(refusal), status=409)
    return _thanks(found, me)


def _stranger_takes(request: HttpRequest, found: Exchange) -> HttpResponse:
    form = _form(request.POST)
    if device.has_tried_too_often(request):
        return _hand_page(request, found, form=form, why=TOO_OFTEN, status=429)
    if not form.is_valid():
        return _hand_page(request, found, form=form, status=400)
    now = timezone.now()
    try:
        who, is_known = actions.take_over_as(exchange=found, now=now, **form.cleaned_data)
    except signup.Refused as refusal:
        found.refresh_from_db(fields=["status"])
        return _hand_page(request, found, form=form, why=str(refusal), status=409)
    if is_known and device.token_of(request) != who.token:
        # Name and number are no secret among neighbours: they take the place, they open no page.
        return _hand_page(request, found, done=True)
    return device.remember(request, _thanks(found, who), who.token)


def _thanks(found: Exchange, who: Volunteer) -> HttpResponse:
    if found.status == Status.ASKED:
        return redirect("public:hand", found.token)
    return redirect(f"/me/{who.token}/?new={found.took_id}")


def _is_over(found: Exchange) -> bool:
    """Answered, taken back, begun, or the place is nobody's to give any more."""
    places = [one for one in (found.given, found.wanted) if one]
    stand = all(one.status in actions.TAKEN and one.starts_at > timezone.now() for one in places)
    return found.status not in Exchange.RUNNING or not stand


def _hand_page(
    request: HttpRequest,
    found: Exchange,
    *,
    me: Volunteer | None = None,
    form: SignUpForm | None = None,
    why: str = "",
    done: bool = False,
    status: int = 200,
) -> HttpResponse:
    giver = found.given.volunteer
    context = {
        "exchange": found,
        "opening": Opening(found.given.session, found.given.shift),
        "is_giver": me is not None and me.pk == giver.pk,
        "is_over": _is_over(found) and not done,
        "done": done,
        "waits": found.status == Status.ASKED,
        "me": me,
        "form": form or _form(),
        "why": why,
        "address": f"{settings.LINKE_ADDRESS}{request.path}",
        "community": found.given.session.community,
        "my_token": device.token_of(request),
    }
    return _secret(render(request, "volunteers/hand.html", context, status=status))


@require_http_methods(["GET", "HEAD", "POST"])
@device.theirs
def swap(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """/me/<token>/swaps/<pk>/: for the volunteer who is asked to swap: 换, or 不换."""
    found = get_object_or_404(queries.loaded(), pk=pk, taker__token=token, kind=Kind.SWAP)
    if request.method != "POST" or _is_over(found):
        return _swap_page(request, found, status=410 if _is_over(found) else 200)
    now = timezone.now()
    try:
        if request.POST.get("answer") == "yes":
            actions.agree(exchange=found, now=now)
            messages.success(request, "好，换好了。" if found.status == Status.DONE else "记下了，等社区点头。")
        else:
            actions.refuse(exchange=found, now=now)
            messages.success(request, "好，不换，还是您原来那一场。")
    except actions.Refused as refusal:
        found.refresh_from_db(fields=["status"])
        return _swap_page(request, found, why=str(refusal), status=409)
    return redirect("public:me", token=found.taker.token)


def _swap_page(request: HttpRequest, found: Exchange, *, why: str = "", status: int = 200) -> HttpResponse:
    context = {
        "exchange": found,
        "mine": Opening(found.wanted.session, found.wanted.shift),
        "theirs": Opening(found.given.session, found.given.shift),
        "is_over": _is_over(found) or found.status != Status.OPEN,
        "why": why,
        "community": found.given.session.community,
        "my_token": device.token_of(request),
    }
    return _secret(render(request, "volunteers/swap.html", context, status=status))


@require_http_methods(["GET", "HEAD", "POST"])
@device.theirs
def choose(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """/me/<token>/<pk>/swap/: whose place to ask for in return for one of mine."""
    rows = queries.placed(timezone.now())
    mine = get_object_or_404(rows, pk=pk, volunteer__token=token)
    if request.method != "POST":
        return _choose_page(request, mine)
    text = request.POST.get("wanted", "")
    wanted = get_object_or_404(rows, pk=text if text.isdecimal() and len(text) < 19 else 0)
    try:
        actions.propose_swap(assignment=mine, wanted=wanted, now=timezone.now())
    except actions.Refused as refusal:
        return _choose_page(request, mine, why=str(refusal), status=409)
    messages.success(request, "问了对方，对方点“换”才算数；在那之前这一场还是您的。")
    return redirect("public:me", token=token)


def _choose_page(request: HttpRequest, mine: Assignment, *, why: str = "", status: int = 200) -> HttpResponse:
    context = {
        "assignment": mine,
        "opening": Opening(mine.session, mine.shift),
        "partners": queries.partners(assignment=mine, now=timezone.now()),
        "why": why,
        "community": mine.session.community,
        "my_token": mine.volunteer.token,
    }
    return _secret(render(request, "volunteers/swap_choose.html", context, status=status))


@require_POST
@device.theirs
def close(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """不换了, from one's own page."""
    found = get_object_or_404(queries.loaded(), pk=pk, given__volunteer__token=token)
    try:
        actions.close(exchange=found, now=timezone.now())
        messages.success(request, "好，不换了，这一场还是您的。")
    except actions.Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("public:me", token=token)


def _form(data=None) -> SignUpForm:
    return SignUpForm(data, label_suffix="", auto_id="s-%s")


def _secret(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response


# --- the desk ---------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@organiser_required
def exchanges(request: HttpRequest) -> HttpResponse:
    """换班: what waits for a word, what happened, and whether a word is needed at all."""
    here = community_of(request)
    if here is None:
        return render(request, "volunteers/no_community.html")
    if request.method == "POST":
        asks = request.POST.get("asks") == "1"
        actions.set_rule(community=here, asks=asks, now=timezone.now(), actor=request.user)
        messages.success(request, "以后换班先等社区点头。" if asks else "以后两边说好就换，事后告诉您。")
        return redirect("desk:exchanges")
    context = {"page": queries.desk(community=here, now=timezone.now()), "cur": "volunteers"}
    return render(request, "volunteers/exchanges.html", context)


@require_POST
@organiser_required
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One click: approve, refuse or undo."""
    found = get_object_or_404(queries.loaded(), pk=pk)
    try:
        VERBS[verb](exchange=found, now=timezone.now(), actor=request.user)
        messages.success(request, SAID[verb])
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:exchanges")
