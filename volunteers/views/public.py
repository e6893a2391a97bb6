"""Pages for everybody: what is open, signing up, what we keep and why, the code to scan."""

import io

import segno
from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from classes.models import Community, Session
from people.access import organiser_required, staff_required
from people.addresses import public_address
from volunteers.actions import minors, signup
from volunteers.actions.people import new_poster_code, set_poster_code
from volunteers.context import community_of
from volunteers.forms.signup import SessionForm
from volunteers.models import Assignment, GuardianConsent, Volunteer
from volunteers.queries import instead, mine, opening
from volunteers.rules.persons import ADULT_AT, cleared_until
from volunteers.views import device, elsewhere, wechat

SIGNER = Signer(salt="volunteers.kept")
GUARDIAN = Signer(salt="volunteers.guardian")
POSTER = "poster"
"""The cookie with the code of a poster that was scanned: nobody types what they have scanned."""


@require_safe
@wechat.silently
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
    response = render(
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
    if scanned := _poster_code(request):
        response.set_cookie(POSTER, scanned, max_age=90 * 24 * 60 * 60, samesite="Lax", httponly=True)
    return response


def _poster_code(request: HttpRequest) -> str:
    code = request.GET.get("k", "")
    return code if len(code) <= 4 and code.isalnum() else ""


@require_http_methods(["GET", "HEAD", "POST"])
@wechat.silently
def sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """报名: a form for strangers, one button for a phone we know. The status tells the truth."""
    session, found = opening.opening_of(pk)
    if session is None:
        raise Http404
    now = timezone.now()
    if session.status != Session.Status.PLANNED or session.starts_at <= now:
        return elsewhere.over(request, session)
    me = None if request.GET.get("new") else device.volunteer_of(request)
    if request.method == "POST":
        return _known_signs_up(request, session, found, me) if me else _stranger_signs_up(request, session, found)
    if me and mine.is_in(volunteer=me, session=session):
        return _form(request, session, found, _blank(), me=me, is_in=True)
    if found is None or not found.gaps:
        return elsewhere.full(request, session)
    why = instead.in_the_way(volunteer=me, session=session, role=found.shift.role, now=now) if me else None
    return elsewhere.barred(request, session, me, why) if why else _form(request, session, found, _blank(), me=me)


def _stranger_signs_up(request: HttpRequest, session: Session, found) -> HttpResponse:
    if device.has_tried_too_often(request):
        return _form(
            request,
            session,
            found,
            _typed(request, session),
            status=429,
            why="试得太勤了，请过一小时再来，或者打社区电话。",
        )
    form = _typed(request, session)
    if not form.is_valid():
        return _form(request, session, found, form, status=400)
    code = form.cleaned_data["poster_code"] or request.COOKIES.get(POSTER, "")
    try:
        if form.birth and minors.age_on(session.on_date, **form.birth) < ADULT_AT:
            return _asks_guardian(request, session, form)
        done = signup.sign_up(session=session, now=timezone.now(), poster_code=code, **form.basics)
    except signup.SessionFull:
        return elsewhere.full(request, session)
    except signup.NotHeld:
        return elsewhere.over(request, session)
    except signup.AlreadyPlaced:
        return _form(request, session, found, form, status=409, why=_lost_link(session))
    except signup.Refused as refusal:
        if _lacks_only_the_check(refusal):
            return _stranger_wishes(request, session, form)
        return _form(request, session, found, form, status=409, why=str(refusal))
    if done.is_known and device.token_of(request) != done.volunteer.token:
        # Name and number are no secret among neighbours: they hold a place, they open no page.
        return redirect("public:kept", signed=SIGNER.sign(done.assignment.pk))
    return device.remember(request, _to_me(done.volunteer, done.assignment), done.volunteer.token)


def _asks_guardian(request: HttpRequest, session: Session, form: SessionForm) -> HttpResponse:
    """Under 18: kept without a place, with the link for whoever answers for them."""
    volunteer = minors.ask_guardian(session=session, now=timezone.now(), **form.basics, **(form.birth or {}))
    signed = GUARDIAN.sign(f"{volunteer.pk}-{session.pk}")
    address = f"{public_address(request)}{reverse('public:guardian', args=[signed])}"
    context = {"session": session, "volunteer": volunteer, "community": session.community, "address": address}
    return render(request, "volunteers/guardian_asked.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def guardian(request: HttpRequest, signed: str) -> HttpResponse:
    """监护人同意: who agrees to a young volunteer, and for which session they are waiting. POST says it."""
    try:
        volunteer_pk, session_pk = GUARDIAN.unsign(signed).split("-")
    except BadSignature as error:
        raise Http404 from error
    staying = Volunteer.objects.select_related("person").exclude(status=Volunteer.Status.LEFT)
    volunteer = get_object_or_404(staying, pk=volunteer_pk)
    session, found = opening.opening_of(int(session_pk))
    context = {"volunteer": volunteer, "session": session, "opening": found, "typed": request.POST}
    context["relations"] = ("妈妈", "爸爸", "其他监护人")
    context["community"] = session.community if session else volunteer.home
    context["agreed"] = volunteer.guardian_consents.filter(withdrawn_at=None).first()
    status = 200
    if request.method == "POST":
        status = _guardian_agrees(request, volunteer, session, context)
    return render(request, "volunteers/guardian.html", context, status=status)


def _guardian_agrees(request: HttpRequest, volunteer: Volunteer, session: Session | None, context: dict) -> int:
    """Keep the word, and the place when it is still there; answers the status."""
    said = {name: request.POST.get(name, "") for name in ("name", "relation", "phone")}
    now = timezone.now()
    try:
        if not request.POST.get("consent"):
            raise minors.GuardianUnclear("请勾选同意。")
        context["agreed"] = minors.agree(volunteer=volunteer, how=GuardianConsent.How.PAGE, now=now, **said)
        if session:
            context["placed"] = signup.join(volunteer=volunteer, session=session, now=now)
    except minors.GuardianUnclear as refusal:
        context["why"] = str(refusal)
        return 400
    except signup.Refused as refusal:
        context["no_place"] = str(refusal)
    return 200


def _known_signs_up(request: HttpRequest, session: Session, found, me: Volunteer) -> HttpResponse:
    try:
        assignment = signup.join(volunteer=me, session=session, now=timezone.now())
    except signup.SessionFull:
        return elsewhere.full(request, session)
    except signup.AlreadyPlaced as refusal:
        return _form(request, session, found, _blank(), me=me, is_in=True, status=409, why=str(refusal))
    except signup.Refused as refusal:
        if _lacks_only_the_check(refusal):
            signup.wish_of(volunteer=me, session=session, now=timezone.now())
            return _wished(request, session, me)
        why = instead.in_the_way(volunteer=me, session=session, role=found.shift.role, now=timezone.now())
        if why:
            return elsewhere.barred(request, session, me, why)
        return _form(request, session, found, _blank(), me=me, status=409, why=str(refusal))
    return _to_me(me, assignment)


def _lacks_only_the_check(refusal: signup.Refused) -> bool:
    return isinstance(refusal, signup.RuleBroken) and signup.lacks_only_the_check(refusal)


def _stranger_wishes(request: HttpRequest, session: Session, form: SessionForm) -> HttpResponse:
    """我想来: kept until the check is recorded; a known number opens nobody's page."""
    volunteer, is_known = signup.wish(session=session, now=timezone.now(), **form.basics)
    response = _wished(request, session, volunteer)
    return response if is_known else device.remember(request, response, volunteer.token)


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


def _blank() -> SessionForm:
    return SessionForm(label_suffix="", auto_id="s-%s")


def _typed(request: HttpRequest, session: Session) -> SessionForm:
    asks_adult = session.series.programme.needs_clearance
    return SessionForm(request.POST, asks_adult=asks_adult, label_suffix="", auto_id="s-%s")


def _form(
    request: HttpRequest,
    session: Session,
    found,
    form: SessionForm,
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
        "asks_poster": session.community.poster_code and session.community.poster_code != request.COOKIES.get(POSTER),
        "is_in": is_in,
        "session": session,
        "opening": found,
        "form": form,
        "me": me,
        "why": why,
        "community": session.community,
        "my_token": device.token_of(request),
    }
    if context["wants_check"] and not is_in:
        context["openings"] = instead.instead_of(session, volunteer=me, now=timezone.now(), limit=2)
    return render(request, "volunteers/sign_up.html", context, status=status)


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
    scanned = _poster_code(request)
    address = f"{public_address(request)}{reverse('public:list')}{f'?k={scanned}' if scanned else ''}"
    code = segno.make(address, error="m", micro=False)
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


@require_POST
@organiser_required
def poster_code(request: HttpRequest) -> HttpResponse:
    """Set, or take away, the code that whoever is new gives; an empty one asks for none."""
    community = community_of(request)
    code = new_poster_code() if "new" in request.POST else request.POST.get("code", "").strip().upper()
    if community is None or not (code == "" or (len(code) == 4 and code.isascii() and code.isalnum())):
        messages.warning(request, f"“{code[:12]}”不行：海报上的码要 4 个字母或数字，不要就空着。")
    elif code == community.poster_code:
        messages.success(request, "海报上的码没有变。")
    else:
        set_poster_code(community=community, code=code, now=timezone.now(), actor=request.user)
        messages.success(request, f"海报上的码是 {code}，请重新打印海报。" if code else "报名不再要海报上的码。")
    if request.POST.get("back") == "settings" and request.user.may_set_up:
        return redirect(f"{reverse('desk:settings')}#poster")
    return redirect("desk:poster")


def _number(text: str | None) -> int:
    return min(int(text), opening.FURTHEST_WEEK) if text and text.isdecimal() else 0
