"""Pages for everybody: what is open, signing up, what we keep and why, the code to scan."""

import io

import segno
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from classes.models import Community, Session
from people.access import staff_required
from people.addresses import public_address
from volunteers.actions import signup
from volunteers.context import community_of
from volunteers.forms.signup import SignUpForm
from volunteers.models import Assignment, Volunteer
from volunteers.queries import mine, opening
from volunteers.rules.persons import cleared_until
from volunteers.views import device

SIGNER = Signer(salt="volunteers.kept")


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """可报名的场次: what is missing in seven days, and what one can do about it."""
    now = timezone.now()
    number = _number(request.GET.get("week"))
    only = request.GET.get("p", "")
    communities = opening.communities()
    asked = request.GET.get("community", "")
    community = next((one for one in communities if str(one.pk) == asked), None)
    first = opening.first_day(number, now)
    week = opening.week(first=first, now=now, only=only, community=community)
    me = device.volunteer_of(request)
    fitted = mine.fitted(week, volunteer=me, now=now) if me else mine.Fitted(week)
    return render(
        request,
        "volunteers/sessions.html",
        {
            "week": fitted.week,
            "hidden": fitted.hidden,
            "me": me,
            "is_cleared": fitted.is_cleared,
            "number": number,
            "last": opening.FURTHEST_WEEK,
            "only": only,
            "chosen": community,
            "community": community or (communities[0] if len(communities) == 1 else None),
            "places": communities if len(communities) > 1 else [],
            "later": [] if fitted.week.wanting or number else opening.next_open(now=now),
            "my_token": device.token_of(request),
            "today": timezone.localdate(now),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """报名: a form for strangers, one button for a phone we know. The status tells the truth."""
    session, found = opening.opening_of(pk)
    if session is None:
        raise Http404
    now = timezone.now()
    if session.status != Session.Status.PLANNED or session.starts_at <= now:
        return _over(request, session, now)
    me = None if request.GET.get("new") else device.volunteer_of(request)
    if request.method == "POST":
        return _known_signs_up(request, session, found, me) if me else _stranger_signs_up(request, session, found)
    if me and mine.is_in(volunteer=me, session=session):
        return _form(request, session, found, _blank(), me=me, is_in=True)
    if found is None or not found.gaps:
        return _full(request, session)
    return _form(request, session, found, _blank(), me=me)


def _stranger_signs_up(request: HttpRequest, session: Session, found) -> HttpResponse:
    if device.has_tried_too_often(request):
        return _form(
            request, session, found, _typed(request), status=429, why="试得太勤了，请过一小时再来，或者打社区电话。"
        )
    form = _typed(request)
    if not form.is_valid():
        return _form(request, session, found, form, status=400)
    try:
        done = signup.sign_up(session=session, now=timezone.now(), **form.cleaned_data)
    except signup.SessionFull:
        return _full(request, session)
    except signup.NotHeld:
        return _over(request, session, timezone.now())
    except signup.AlreadyPlaced:
        return _form(request, session, found, form, status=409, why=_lost_link(session))
    except signup.Refused as refusal:
        if _lacks_only_the_check(refusal):
            return _stranger_wishes(request, session, form)
        return _form(request, session, found, form, status=409, why=str(refusal))
    if done.is_known and device.token_of(request) != done.volunteer.token:
        # Name and number are no secret among neighbours: they hold a place, they open no page.
        return redirect("public:kept", signed=SIGNER.sign(done.assignment.pk))
    return device.remember(_to_me(done.volunteer, done.assignment), done.volunteer.token)


def _known_signs_up(request: HttpRequest, session: Session, found, me: Volunteer) -> HttpResponse:
    try:
        assignment = signup.join(volunteer=me, session=session, now=timezone.now())
    except signup.SessionFull:
        return _full(request, session)
    except signup.AlreadyPlaced as refusal:
        return _form(request, session, found, _blank(), me=me, is_in=True, status=409, why=str(refusal))
    except signup.Refused as refusal:
        if _lacks_only_the_check(refusal):
            signup.wish_of(volunteer=me, session=session, now=timezone.now())
            return _wished(request, session, me)
        return _form(request, session, found, _blank(), me=me, status=409, why=str(refusal))
    return _to_me(me, assignment)


def _lacks_only_the_check(refusal: signup.Refused) -> bool:
    return isinstance(refusal, signup.RuleBroken) and signup.lacks_only_the_check(refusal)


def _stranger_wishes(request: HttpRequest, session: Session, form: SignUpForm) -> HttpResponse:
    """我想来: kept until the check is recorded; a known number opens nobody's page."""
    volunteer, is_known = signup.wish(session=session, now=timezone.now(), **form.cleaned_data)
    response = _wished(request, session, volunteer)
    return response if is_known else device.remember(response, volunteer.token)


def _wished(request: HttpRequest, session: Session, volunteer: Volunteer) -> HttpResponse:
    context = {"session": session, "volunteer": volunteer, "community": session.community}
    return render(request, "volunteers/wished.html", context)


def _lost_link(session: Session) -> str:
    """For somebody who gives a name and number that are in this session: help, and no link."""
    phone = session.community.help_phone
    ring = f"打社区电话 {phone}" if phone else "打社区电话"
    return f"这个名字和手机号已经在这一场了。链接丢了？{ring}，请工作人员重发。"


def _to_me(volunteer: Volunteer, assignment: Assignment) -> HttpResponse:
    return redirect(f"{reverse('public:me', args=[volunteer.token])}?new={assignment.pk}")


def _blank() -> SignUpForm:
    return SignUpForm(label_suffix="", auto_id="s-%s")


def _typed(request: HttpRequest) -> SignUpForm:
    return SignUpForm(request.POST, label_suffix="", auto_id="s-%s")


def _form(
    request: HttpRequest,
    session: Session,
    found,
    form: SignUpForm,
    *,
    me=None,
    is_in: bool = False,
    status: int = 200,
    why: str = "",
) -> HttpResponse:
    needs_check = session.series.programme.needs_clearance
    until = cleared_until([me.pk]).get(me.pk) if me and needs_check else None
    context = {
        "wants_check": needs_check and not (until and session.on_date <= until),
        "is_in": is_in,
        "session": session,
        "opening": found,
        "form": form,
        "me": me,
        "why": why,
        "community": session.community,
        "my_token": device.token_of(request),
    }
    return render(request, "volunteers/sign_up.html", context, status=status)


def _full(request: HttpRequest, session: Session) -> HttpResponse:
    """刚刚满了: 409, with the next sessions that want somebody."""
    return _elsewhere(request, session, "这一场刚刚满了", "谢谢您！下面这几场还缺人：", status=409)


def _over(request: HttpRequest, session: Session, now) -> HttpResponse:
    """410: it is gone and will not come back."""
    if session.status == Session.Status.CANCELLED:
        title, text = "这一场停课了", session.cancel_reason
    else:
        title, text = "这一场已经过了", ""
    return _elsewhere(request, session, title, text or "下面这几场还缺人：", status=410)


def _elsewhere(request: HttpRequest, session: Session, title: str, text: str, *, status: int) -> HttpResponse:
    context = {
        "title": title,
        "text": text,
        "session": session,
        "may_wait": status == 409,
        "openings": opening.next_open(now=timezone.now(), besides=[session.pk]),
        "community": session.community,
        "my_token": device.token_of(request),
    }
    return render(request, "volunteers/full.html", context, status=status)


@require_GET
def kept(request: HttpRequest, signed: str) -> HttpResponse:
    """名额留好了, for somebody we know on a phone we do not: this one place and nothing else."""
    try:
        pk = SIGNER.unsign(signed)
    except BadSignature as error:
        raise Http404 from error
    rows = Assignment.objects.select_related(
        "volunteer__person",
        "session__series__programme",
        "session__lesson",
        "session__room",
        "session__community",
        "shift",
    )
    assignment = get_object_or_404(rows, pk=pk, status=Assignment.Status.ACCEPTED)
    context = {
        "assignment": assignment,
        "opening": opening.Opening(assignment.session, assignment.shift),
        "community": assignment.session.community,
    }
    return render(request, "volunteers/kept.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about whom, why, and for how long."""
    context = {"community": Community.objects.order_by("id").first(), "my_token": device.token_of(request)}
    return render(request, "volunteers/privacy.html", context)


@require_safe
@cache_control(max_age=3600, public=True)
def qr(request: HttpRequest) -> HttpResponse:
    """The code that opens the list."""
    code = segno.make(f"{public_address(request)}{reverse('public:list')}", error="m", micro=False)
    drawing = io.BytesIO()
    code.save(drawing, kind="svg", scale=8, border=4, omitsize=True, xmldecl=False, light="#fff")
    return HttpResponse(drawing.getvalue(), content_type="image/svg+xml")


@require_GET
@staff_required
def poster(request: HttpRequest) -> HttpResponse:
    """A page to print and put up."""
    origin = public_address(request)
    context = {
        "community": community_of(request),
        "address": f"{origin}{reverse('public:list')}",
        "origin": origin,
    }
    return render(request, "volunteers/poster.html", context)


def _number(text: str | None) -> int:
    return min(int(text), opening.FURTHEST_WEEK) if text and text.isdecimal() else 0
