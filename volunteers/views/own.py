"""What volunteers say about themselves on their own page: free time, limits, company. Saved at once, with undo."""

from datetime import date, datetime

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from volunteers.actions import company, freetime
from volunteers.models import Company, Volunteer
from volunteers.queries import own_time
from volunteers.views import device

SALT = "volunteers.undo-free-time"
SAVES_ITSELF = "X-Saves"
"""The header of a form that the script of the page sends at every change."""


@require_POST
@device.theirs
def free_time(request: HttpRequest, token: str) -> HttpResponse:
    """我每周有空: saves all parts of the week at once."""
    volunteer = device.of_token(token)
    now = timezone.now()
    before = freetime.snapshot(volunteer)
    changed = freetime.set_bands(
        volunteer=volunteer, chosen=request.POST.getlist("free"), weeks=request.POST.get("weeks", ""), now=now
    )
    undo = _sealed(volunteer, before) if changed else ""
    if SAVES_ITSELF in request.headers:
        context = {"volunteer": volunteer, "free": own_time.said(volunteer=volunteer, now=now), "undo": undo}
        return render(request, "volunteers/my_week.html#said", context | {"is_saved": True})
    messages.success(request, "空闲时间存好了。")
    return _back(volunteer, undo)


@require_POST
@device.theirs
def change(request: HttpRequest, token: str, what: str) -> HttpResponse:
    """One of the small acts on the own page: ACTS."""
    if what not in ACTS:
        raise Http404
    return ACTS[what](request, device.of_token(token), timezone.now())


def _away(request: HttpRequest, volunteer: Volunteer, now: datetime) -> HttpResponse:
    """这周不行, days or weeks away; or they can after all."""
    before = freetime.snapshot(volunteer)
    try:
        if key := request.POST.get("remove"):
            words = freetime.come_back(volunteer=volunteer, key=key, now=now)
        elif request.POST.get("week"):
            words = freetime.not_this_week(volunteer=volunteer, now=now)
        else:
            first, last = _day(request.POST.get("first")), _day(request.POST.get("last"))
            words = freetime.go_away(
                volunteer=volunteer, first=first, last=last or first, why=request.POST.get("why", ""), now=now
            )
    except freetime.Refused as refusal:
        messages.warning(request, str(refusal))
        return _back(volunteer)
    messages.success(request, words)
    return _back(volunteer, _sealed(volunteer, before))


def _undo(request: HttpRequest, volunteer: Volunteer, now: datetime) -> HttpResponse:
    try:
        before, after = signing.loads(request.POST.get("was", ""), salt=f"{SALT}.{volunteer.pk}")
        freetime.restore(volunteer=volunteer, rows=before, only_from=after, now=now)
        messages.success(request, "好，改回来了。")
    except signing.BadSignature:
        raise Http404 from None
    except freetime.Refused as refusal:
        messages.warning(request, str(refusal))
    return _back(volunteer)


def _limits(request: HttpRequest, volunteer: Volunteer, now: datetime) -> HttpResponse:
    week, month = (_whole(request.POST.get(name)) for name in ("max_per_week", "max_per_month"))
    freetime.set_limits(volunteer=volunteer, per_week=week, per_month=month, now=now)
    if SAVES_ITSELF in request.headers:
        return HttpResponse("存好了。", content_type="text/html; charset=utf-8")
    messages.success(request, "存好了。")
    return redirect("public:me", token=volunteer.token)


def _skills(request: HttpRequest, volunteer: Volunteer, now: datetime) -> HttpResponse:
    freetime.set_skills(volunteer=volunteer, chosen=request.POST.getlist("skill"), now=now)
    if SAVES_ITSELF in request.headers:
        return HttpResponse("存好了。", content_type="text/html; charset=utf-8")
    messages.success(request, "存好了。")
    return redirect(f"/me/{volunteer.token}/#skills")


def _company(request: HttpRequest, volunteer: Volunteer, now: datetime) -> HttpResponse:
    """和谁一起, 不和谁: the answer never says whether somebody of that name is here."""
    try:
        if pk := _whole(request.POST.get("remove")):
            company.forget(volunteer=volunteer, pk=pk, now=now)
            messages.success(request, "好，去掉了。")
        else:
            kind = request.POST.get("kind", Company.Kind.TOGETHER)
            company.wish(volunteer=volunteer, name=request.POST.get("name", ""), kind=kind, now=now)
            messages.success(request, "记下了，排班的时候会照顾。只有社区工作人员看得到。")
    except company.Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect(f"/me/{volunteer.token}/#company")


ACTS = {"away": _away, "undo": _undo, "limits": _limits, "company": _company, "skills": _skills}


def _sealed(volunteer: Volunteer, before: list) -> str:
    """The way back from what has just been saved; it holds while nothing else was saved since."""
    after = freetime.fingerprint(freetime.snapshot(volunteer))
    return signing.dumps([before, after], salt=f"{SALT}.{volunteer.pk}", compress=True)


def _back(volunteer: Volunteer, undo: str = "") -> HttpResponse:
    return redirect(f"/me/{volunteer.token}/{'?undo=' + undo if undo else ''}#free")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 12 and int(text) else None
