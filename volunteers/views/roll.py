"""点名: who of one session came, by one click each or all at once; the posters for the wall."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from classes.actions import attending, family
from classes.calendar import day_in
from classes.models import Delegate, Learner, PickUp, Session
from people import audit
from people.access import organiser_required
from people.addresses import public_address
from volunteers.actions import attendance, saying
from volunteers.context import community_of
from volunteers.forms.attendance import TimesForm
from volunteers.models import CheckIn, RollMark, Volunteer
from volunteers.queries import roll as queries
from volunteers.queries.changes import found_session
from volunteers.rules import wall
from volunteers.views.codes import drawn

PAGE = "volunteers/roll.html"
# Refusals of the actions of this page, each with its sentence.
REFUSALS = (attendance.Refused, attending.Refused)
# Whom a click may be about, and what may be said of them.
WHO: dict[str, tuple[QuerySet, frozenset]] = {
    "volunteer": (Volunteer.objects.all(), saying.OF_VOLUNTEERS),
    "learner": (Learner.objects.all(), saying.OF_LEARNERS),
}
LOOKED = "looked"
KEPT = "X-Kept"
MOST_AGO = 10**12  # milliseconds


@require_GET
@organiser_required
def roll(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole list. Opening the one of a children's session leaves a line in the trail."""
    session, now = get_object_or_404(found_session(pk)), timezone.now()
    if session.series.programme.needs_clearance:
        audit.write(actor=request.user, verb="打开孩子的点名表", thing=f"session:{pk}", now=now)
    return _page(request, session, now)


@require_POST
@organiser_required
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: who (`volunteer:12` or `learner:5`) and what (`came`, `missed`, `clear`, …).

    A machine that had no network names the account that tapped (`X-Kept`), the mark's own `key` and how many
    milliseconds `ago` that was; it is answered in a sentence instead of a page.
    """
    session, now = get_object_or_404(found_session(pk)), timezone.now()
    kind, _, of = request.POST.get("who", "").partition(":")
    if kind not in WHO or not of.isdecimal():
        raise Http404
    rows, words = WHO[kind]
    who, said = get_object_or_404(rows.select_related("person"), pk=of), request.POST.get("say", "")
    if said == LOOKED:
        return _done(request, session, now, lambda: saying.look(session=session, who=who, now=now))
    if said not in words:
        raise Http404

    def make() -> RollMark:
        return saying.say(
            session=session,
            who=who,
            said=said,
            key=_key(request.POST.get("key", "")),
            said_at=now - _span(request.POST.get("ago", "")),
            now=now,
            actor=request.user,
            seen=request.POST.get("seen"),
            pickup=_who_fetches(who, request.POST, now) if isinstance(who, Learner) and said == "left" else None,
        )

    return _kept(request, make) if KEPT in request.headers else _done(request, session, now, make)


def _kept(request: HttpRequest, make: Callable[[], RollMark]) -> HttpResponse:
    if request.headers[KEPT] != str(request.user.pk):
        return JsonResponse({"sentence": "这一条是别的账号点的，要那位登录后才传。"}, status=403)
    try:
        mark = make()
    except REFUSALS as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=409)
    return JsonResponse({"outcome": mark.outcome})


def _key(text: str) -> UUID:
    """The name of a mark; one of its own where the page has no script to give it one."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _span(text: str) -> timedelta:
    """Milliseconds as a span; so long that it is too late when they are beyond reason."""
    return timedelta(milliseconds=min(int(text), MOST_AGO)) if text.isascii() and text.isdecimal() else timedelta()


def _who_fetches(learner: Learner, said: QueryDict, now: datetime) -> PickUp | Delegate | None:
    """Somebody of the child's list, or whom the guardian has named and who says the four digits; None is alone."""
    by = said.get("by", "")
    if by == "delegate":
        named = get_object_or_404(Delegate, pk=_number(said.get("delegate")), learner=learner)
        family.try_code(delegate=named, code=said.get("code", ""), now=now)
        return named
    return get_object_or_404(PickUp, pk=by, learner=learner) if by.isdecimal() else None


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


@require_POST
@organiser_required
def everybody(request: HttpRequest, pk: int) -> HttpResponse:
    """全到了, and its 撤销 (`at`). `back` names the page to return to."""
    session, now = get_object_or_404(found_session(pk)), timezone.now()
    if moment := _moment(request.POST.get("at", "")):
        return _done(request, session, now, lambda: attendance.undo_all_came(session=session, at=moment, now=now))
    toast: dict[str, object] = {}

    def make() -> None:
        came = attendance.all_came(session=session, now=now, actor=request.user)
        toast.update(
            text=f"记下了：志愿者 {came.volunteers} 位，学员 {came.learners} 位到了。没来的点一下改。",
            undo_url=request.path,
            undo_fields=[("at", came.at.isoformat())],
        )

    return _done(request, session, now, make, toast)


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@organiser_required
def times(request: HttpRequest, pk: int) -> HttpResponse:
    """Came late or left early: the exception, with a reason."""
    found = CheckIn.objects.select_related("session__series__programme", "volunteer__person")
    checkin = get_object_or_404(found, pk=pk, session__isnull=False)
    start = {
        "arrived": timezone.localtime(checkin.arrived_at or checkin.session.starts_at).time(),
        "left": timezone.localtime(checkin.left_at or checkin.session.ends_at).time(),
        "reason": checkin.note,
    }
    form = TimesForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            attendance.set_times(
                checkin=checkin,
                **form.moments(checkin),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
                actor=request.user,
            )
        except attendance.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"改好了：{checkin.volunteer}的时间。")
            return redirect("desk:session-roll", pk=checkin.session_id)
    context = {"form": form, "checkin": checkin, "session": checkin.session, "cur": "session"}
    return render(request, "volunteers/roll_times.html", context, status=422 if form.errors else 200)


# --- the wall -------------------------------------------------------------------------------------------


@require_GET
@organiser_required
def posters(request: HttpRequest) -> HttpResponse:
    """One sheet of A4 for each session of a day (`?day=`), or for one session (`?session=`)."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    day = day_in(request.GET.get("day")) or timezone.localdate()
    chosen = Session.objects.filter(community=community, on_date=day).exclude(status=Session.Status.CANCELLED)
    if request.GET.get("session", "").isdecimal():
        chosen = Session.objects.filter(pk=request.GET["session"])
    origin = public_address(request)
    rows = chosen.select_related("series__programme", "room", "community").order_by("starts_at", "id")
    context = {"posters": [_poster(one, origin) for one in rows], "day": day, "origin": origin, "cur": "session"}
    return render(request, "volunteers/wall.html", context)


@require_GET
@organiser_required
def sheets(request: HttpRequest) -> HttpResponse:
    """Sheets to sign with large names: of one session, of a day, or of the week of a day."""
    community, now = community_of(request), timezone.now()
    if community is None:
        return render(request, "volunteers/no_community.html")
    day = day_in(request.GET.get("week")) or day_in(request.GET.get("day")) or timezone.localdate(now)
    is_week = "week" in request.GET
    monday = day - timedelta(days=day.weekday())
    days = (monday, monday + timedelta(days=6)) if is_week else (day, day)
    rows = Session.objects.filter(community=community, on_date__range=days)
    if request.GET.get("session", "").isdecimal():
        rows = Session.objects.filter(pk=request.GET["session"])
    held = rows.exclude(status=Session.Status.CANCELLED).select_related("series__programme", "room", "community")
    held = held.order_by("starts_at", "id")
    if "session" in request.GET and held:
        day = held[0].on_date
    rolls = [queries.roll(session=one, now=now) for one in held]
    if any(one.has_children for one in rolls):
        audit.write(actor=request.user, verb="打开孩子的签到表", thing=f"day:{day}", now=now)
    context = {"rolls": rolls, "day": day, "is_week": is_week, "cur": "session"}
    return render(request, "volunteers/sheets.html", context)


def _poster(session: Session, origin: str) -> dict[str, object]:
    code = wall.code_of(session)
    address = f"{origin}{reverse('public:in', args=[session.pk])}?k={code}"
    return {"session": session, "code": code, "qr": drawn(address)}


# --- what the pages are made of ---------------------------------------------------------------------------


def _done(
    request: HttpRequest, session: Session, now: datetime, make: Callable[[], object], toast: dict | None = None
) -> HttpResponse:
    """Do it, and show the list as it is then; a refusal is a sentence on the same page."""
    try:
        make()
    except REFUSALS as refusal:
        return _page(request, session, now, {"refused": str(refusal)}, 409)
    session.refresh_from_db(fields=["status"])
    if not request.htmx and request.POST.get("back") == "today":
        messages.success(request, (toast or {}).get("text", "记下了。"))
        return redirect("desk:today")
    if not request.htmx and not toast:
        return redirect(f"{reverse('desk:session-roll', args=[session.pk])}#roll")
    return _page(request, session, now, toast)


def _page(
    request: HttpRequest, session: Session, now: datetime, more: dict | None = None, status: int = 200
) -> HttpResponse:
    q = request.GET.get("q", "")
    volunteers, learners = queries.found(q, session)
    context = {
        "roll": queries.roll(session=session, now=now),
        "session": session,
        "q": q,
        "found_volunteers": volunteers,
        "found_learners": learners,
        "cur": "session",
        **(more or {}),
    }
    part = "#roll" if request.htmx and request.htmx.target == "roll" else ""
    return render(request, f"{PAGE}{part}", context, status=status)
