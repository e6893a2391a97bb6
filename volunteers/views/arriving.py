"""签到 /in/<session>/, from the code on the wall: one tap on a phone we know, else the end of one's number."""

import hashlib
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from classes.models import Session
from people import visitors
from people.templatetags.linke import mask_name
from volunteers.actions import attendance
from volunteers.forms.attendance import WallForm
from volunteers.models import Assignment, CheckIn, Volunteer
from volunteers.queries.changes import found_session
from volunteers.rules import wall
from volunteers.views import device, wechat

AN_HOUR = 60 * 60  # seconds
MOST_WRONG = 10
PAGE = "volunteers/arrive.html"
How = CheckIn.How


@require_http_methods(["GET", "POST"])
@wechat.silently
def arrive(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows who would be checked in; only the tap checks in."""
    session, now = get_object_or_404(found_session(pk)), timezone.now()
    code = request.POST.get("code") or request.GET.get("k", "")
    me = None if "other" in request.GET else device.volunteer_of(request)
    if request.method == "GET":
        return _page(request, session, me, code)
    if _wrong(request) >= MOST_WRONG:
        return _page(request, session, me, code, "错得太多了，请过一小时再试，或者找工作人员点一下。", 429)
    if me:
        return _known(request, session, me, code, now)
    form = WallForm(request.POST)
    if not form.is_valid():
        return _page(request, session, None, code, status=422, form=form)
    if not wall.is_right(session, code):
        return _wrong_code(request, session, None, code)
    return _by_tail(request, session, form.cleaned_data["tail"], code, now)


def _known(request: HttpRequest, session: Session, me: Volunteer, code: str, now: datetime) -> HttpResponse:
    if not wall.is_right(session, code):
        return _wrong_code(request, session, me, code)
    return _check_in(request, session, me, How.DEVICE, code, now)


def _by_tail(request: HttpRequest, session: Session, tail: str, code: str, now: datetime) -> HttpResponse:
    """The one person of this session whose number ends so; nobody is told who else is in it."""
    here = Assignment.objects.filter(session=session, status__in=attendance.AGREED, volunteer__mobile__endswith=tail)
    found = list(here.select_related("volunteer__person")[:2])
    if len(found) == 1:
        return _check_in(request, session, found[0].volunteer, How.CODE, code, now)
    if found:
        why = f"尾号 {tail} 的有两位，请找工作人员点一下。"
    else:
        visitors.count(_key(request), seconds=AN_HOUR)
        why = f"这一场的名单里没有尾号 {tail}。来帮忙的话，请找工作人员登记。"
    return _page(request, session, None, code, why, 409)


def _check_in(
    request: HttpRequest, session: Session, volunteer: Volunteer, how: str, code: str, now: datetime
) -> HttpResponse:
    try:
        row = attendance.check_in(volunteer=volunteer, session=session, how=how, now=now)
    except attendance.AlreadyIn as already:
        row = already.checkin
    except attendance.Refused as refusal:
        return _page(request, session, volunteer if how == How.DEVICE else None, code, str(refusal), 409)
    if how == How.CODE:
        name, since = mask_name(str(volunteer)), timezone.localtime(row.arrived_at or now)
        messages.success(request, f"{name}，{since:%H:%M} 签好了。下课自动签退，不用再扫。")
    return redirect(f"{reverse('public:in', args=[session.pk])}?k={code}")


def _wrong_code(request: HttpRequest, session: Session, me: Volunteer | None, code: str) -> HttpResponse:
    visitors.count(_key(request), seconds=AN_HOUR)
    return _page(request, session, me, "", "码不对。请看这间教室门口今天的那张纸。", 422)


def _wrong(request: HttpRequest) -> int:
    return visitors.counted(_key(request))


def _key(request: HttpRequest) -> str:
    """One phone at one address; behind the machine itself stands somebody with a terminal."""
    agent = hashlib.sha256(request.headers.get("User-Agent", "").encode()).hexdigest()[:16]
    return f"wall:{visitors.address_of(request)}:{agent}"


def _page(
    request: HttpRequest,
    session: Session,
    me: Volunteer | None,
    code: str,
    why: str = "",
    status: int = 200,
    form: WallForm | None = None,
) -> HttpResponse:
    context = {
        "session": session,
        "community": session.community,
        "me": me,
        "here": me and CheckIn.objects.filter(volunteer=me, session=session).first(),
        "form": form or WallForm(auto_id="w-%s"),
        "code": code if wall.is_right(session, code) else "",
        "why": why,
        "my_token": device.token_of(request),
    }
    response = render(request, PAGE, context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
