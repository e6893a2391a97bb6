"""有人来不了就叫我: waiting for a place at a full session."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from classes.models import Session
from volunteers.actions import waiting as actions
from volunteers.forms.signup import SignUpForm
from volunteers.models import Volunteer, Wait
from volunteers.queries import opening, waiting
from volunteers.views import device

TOO_OFTEN = "试得太勤了，请过一小时再来，或者打社区电话。"


@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, pk: int) -> HttpResponse:
    """A form for strangers, one button for a phone we know. A session with a place leads to signing up."""
    session, found = opening.opening_of(pk)
    if session is None or found is None:
        raise Http404
    now = timezone.now()
    if session.status != Session.Status.PLANNED or session.starts_at <= now or found.gaps:
        return redirect("public:sign-up", pk)
    me = None if request.GET.get("new") else device.volunteer_of(request)
    if request.method != "POST":
        return _page(request, session, found, _form(), me=me)
    return _known_waits(request, session, found, me) if me else _stranger_waits(request, session, found)


def _known_waits(request: HttpRequest, session: Session, found, me: Volunteer) -> HttpResponse:
    try:
        actions.wait(volunteer=me, session=session, now=timezone.now())
    except actions.PlaceOpen:
        return redirect("public:sign-up", session.pk)
    except actions.Refused as refusal:
        return _page(request, session, found, _form(), me=me, why=str(refusal), status=409)
    return redirect("public:wait", session.pk)


def _stranger_waits(request: HttpRequest, session: Session, found) -> HttpResponse:
    form = _form(request.POST)
    if device.has_tried_too_often(request):
        return _page(request, session, found, form, why=TOO_OFTEN, status=429)
    if not form.is_valid():
        return _page(request, session, found, form, status=400)
    try:
        row, is_known = actions.sign_up_to_wait(session=session, now=timezone.now(), **form.cleaned_data)
    except actions.PlaceOpen:
        return redirect("public:sign-up", session.pk)
    except actions.Refused as refusal:
        return _page(request, session, found, form, why=str(refusal), status=409)
    if is_known and device.token_of(request) != row.volunteer.token:
        # Name and number are no secret among neighbours: they put in the queue, they open no page.
        return _page(request, session, found, _form(), place=waiting.place_of(volunteer=row.volunteer, session=session))
    return device.remember(request, redirect("public:wait", session.pk), row.volunteer.token)


@require_POST
@device.theirs
def act(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """From one's own page: 我来 when a place is open, or 不等了."""
    rows = Wait.objects.select_related("volunteer__person", "session__series__programme", "session__community")
    row = get_object_or_404(rows.exclude(volunteer__status=Volunteer.Status.LEFT), volunteer__token=token, session=pk)
    if request.POST.get("leave"):
        actions.leave(wait=row, now=timezone.now())
        messages.success(request, "好，这一场不等了。")
        return redirect("public:me", token=token)
    try:
        placed = actions.come(wait=row, now=timezone.now())
    except actions.Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("public:me", token=token)
    return redirect(f"/me/{token}/?new={placed.pk}")


def _form(data=None) -> SignUpForm:
    return SignUpForm(data, label_suffix="", auto_id="s-%s")


def _page(
    request: HttpRequest,
    session: Session,
    found,
    form: SignUpForm,
    *,
    me=None,
    why: str = "",
    place: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "session": session,
        "opening": found,
        "form": form,
        "me": me,
        "place": place or (waiting.place_of(volunteer=me, session=session) if me else ""),
        "why": why,
        "community": session.community,
        "my_token": device.token_of(request),
    }
    return render(request, "volunteers/wait.html", context, status=status)
