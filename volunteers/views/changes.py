"""One session and what can be changed about it, one day, and the changes that can still be taken back.

Each change is shown before it is made: the page says whom it touches and what they are told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from classes.actions.changing import Done, NeedsTick, Refused
from classes.actions.moving import ONE
from classes.calendar import day_in
from classes.models import Change, Session, Venue
from people import channels
from people.access import organiser_required, staff_required
from volunteers.actions import changing, previewing, taking_back
from volunteers.context import community_of
from volunteers.forms import changes as change_forms
from volunteers.queries import board
from volunteers.queries import changes as queries

PAGE = "volunteers/change.html"
# Stands in the preview where the reason will be, until one has been written.
REASON_TO_COME = "（您写的原因）"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to change a session: words of the page, its form, and the action behind it."""

    title: str
    button: str
    form: Callable[..., forms.Form]
    make: Callable[..., Done]
    # The form asks nothing but the reason: the page shows at once what would happen.
    at_once: bool = False


@require_GET
@staff_required
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """When, where, who comes, who helps, and every way to change it."""
    found = get_object_or_404(queries.found_session(pk))
    page = queries.session_page(session=found, now=timezone.now())
    context = {"page": page, "session": found, "ways": WAYS, "may_organise": request.user.may_organise}
    return render(request, "volunteers/session.html", context)


@require_http_methods(["GET", "POST"])
@organiser_required
def change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Fill in, look whom it touches, make it."""
    if verb not in WAYS:
        raise Http404
    found, now, way = get_object_or_404(queries.found_session(pk)), timezone.now(), WAYS[verb]
    back = reverse("desk:session", args=[pk])
    context = {"session": found, "way": way, "verb": verb, "back": back, "seen": found.sequence}
    if request.method == "POST" and request.POST.get("seen") != str(found.sequence):
        return _page(request, way.form(found, now), context | {"refused": STALE}, 409)

    def make(data: dict[str, Any], releasing: bool) -> Done:
        return way.make(found, data, now=now, actor=request.user, releasing=releasing)

    return _steps(request, way, way.form, (found, now), make, context)


STALE = "这一场刚刚被别人改过，下面是现在的样子，请再看一遍。"


@require_http_methods(["GET", "POST"])
@organiser_required
def day(request: HttpRequest, day: str) -> HttpResponse:
    """One day of the community on screen, and 整天停课 with everybody it touches."""
    community, now = community_of(request), timezone.now()
    if community is None:
        return render(request, "volunteers/no_community.html")
    on_date = day_in(day)
    if on_date is None:
        raise Http404
    page = queries.day_page(community=community, day=on_date, now=now)
    monday = board.monday_of(on_date)
    week = [monday + timedelta(days=number) for number in range(7)]
    context = {
        "page": page,
        "week": week,
        "way": CLOSE_DAY,
        "back": f"{reverse('desk:week')}?w={on_date}&day={on_date}",
    }

    def make(data: dict[str, Any], releasing: bool) -> Done:
        return changing.close_day(community=community, day=on_date, reason=data["reason"], now=now, actor=request.user)

    if request.method == "GET" and not page.open_sessions:
        return _page(request, CLOSE_DAY.form(None, now), context | {"nothing": True})
    return _steps(request, CLOSE_DAY, CLOSE_DAY.form, (None, now), make, context)


@require_http_methods(["GET", "POST"])
@organiser_required
def venue_close(request: HttpRequest, pk: int) -> HttpResponse:
    """场地停用: which days and why, whom it touches, then it is done."""
    venue, now = get_object_or_404(Venue.objects.select_related("community"), pk=pk), timezone.now()
    context = {"venue": venue, "way": CLOSE_VENUE, "back": reverse("desk:rooms")}

    def make(data: dict[str, Any], releasing: bool) -> Done:
        days = {name: data[name] for name in ("first", "last", "reason")}
        return changing.close_venue(venue=venue, **days, now=now, actor=request.user)

    return _steps(request, CLOSE_VENUE, CLOSE_VENUE.form, (None, now), make, context)


@require_GET
@staff_required
def changes(request: HttpRequest) -> HttpResponse:
    """可撤销: what was changed in the last month, and what of it can still be taken back."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    rows = queries.changes(community=community, now=timezone.now())
    return render(request, "volunteers/changes.html", {"rows": rows, "may_organise": request.user.may_organise})


@require_POST
@organiser_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change back, or say what is in the way."""
    found = get_object_or_404(Change, pk=pk)
    try:
        done = taking_back.undo(change=found, now=timezone.now(), actor=request.user)
    except Refused as refusal:
        messages.error(request, f"没有撤销：{refusal}")
    else:
        left = f"{'、'.join(done.left)}已经知道了，没有动。" if done.left else ""
        messages.success(request, f"撤销了：{found.summary}。{left}没发出的通知收回了，发出的会更正。")
    return redirect("desk:changes")


# --- what the pages are made of -----------------------------------------------------------------


def _steps(
    request: HttpRequest,
    way: Way,
    make_form: Callable[..., forms.Form],
    about: tuple,
    make: Callable[[dict[str, Any], bool], Done],
    context: dict[str, Any],
) -> HttpResponse:
    """Empty form, or the preview of what it says, or the change itself.

    While somebody types (`is_live`), the preview does without a reason; the change does not.
    """
    data = request.POST if request.method == "POST" else request.GET
    releasing = data.get("releasing") == "1"
    is_live = request.method == "GET" and bool(request.htmx) and request.htmx.target == "will"
    context |= {"is_live": is_live, "wants_reason": is_live and _wants_reason(make_form(*about), data)}
    if request.method == "GET" and way.at_once:
        data = {"reason": data.get("reason") or REASON_TO_COME}
    elif context["wants_reason"]:
        data = data.copy()
        data["reason"] = REASON_TO_COME
    asked = request.method == "POST" or way.at_once or "look" in request.GET
    form = make_form(*about, data) if asked else make_form(*about)
    if not asked:
        form.initial |= {name: request.GET[name] for name in ("scope",) if name in request.GET}
        return _page(request, form, context)
    if not form.is_valid():
        return _page(request, form, context | _still(way, make, releasing), 422)
    try:
        if request.method == "POST":
            return _made(request, make(form.cleaned_data | {"form": form}, releasing), context["back"])
        found = previewing.preview(lambda: make(form.cleaned_data | {"form": form}, releasing))
    except changing.InTheWay as refusal:
        return _page(request, form, context | {"clashes": refusal.clashes, "refused": str(refusal)}, 409)
    except Refused as refusal:
        needs_tick = isinstance(refusal, NeedsTick)
        return _page(request, form, context | {"refused": str(refusal), "needs_tick": needs_tick}, 409)
    if way.at_once:
        form = make_form(*about)
    return _page(request, form, context | {"preview": found, "releasing": releasing, "sent": _sent(request)})


def _wants_reason(form: forms.Form, data: QueryDict) -> bool:
    """Whether the reason is still to be written."""
    field = form.fields.get("reason")
    return field is not None and field.required and not data.get("reason", "").strip()


def _still(way: Way, make: Callable[[dict[str, Any], bool], Done], releasing: bool) -> dict[str, Any]:
    """Whom a change touches, also beside a reason that is missing: the page loses nothing it showed before."""
    if not way.at_once:
        return {}
    try:
        return {"preview": previewing.preview(lambda: make({"reason": REASON_TO_COME}, releasing))}
    except Refused:
        return {}


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """What was filled in, for the button that makes it so."""
    return [(name, value) for name, values in request.GET.lists() if name != "look" for value in values]


def _made(request: HttpRequest, done: Done, back: str) -> HttpResponse:
    """Say what was done, where it can be taken back, and whether anything leaves by itself."""
    words = "正在通知大家。" if channels.sends() else "要说的话备好在“通知”里，请复制发到微信。"
    link = reverse("desk:changes")
    messages.success(
        request, format_html('改好了：{}。{}<a href="{}">24 小时内可以撤销</a>', done.change.summary, words, link)
    )
    # On the board the toast takes it back at once; the page of a session lists it with its button.
    return redirect(f"{back}&step={done.change.pk}" if "?" in back else back)


def _page(request: HttpRequest, form: forms.Form, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, PAGE, {"form": form, "sends": channels.sends(), **context}, status=status)


# --- the ways -------------------------------------------------------------------------------------


def _reason_form(session: Session | None, now: datetime, data: Any = None) -> forms.Form:
    return change_forms.ReasonForm(data)


def _closing_form(session: Session | None, now: datetime, data: Any = None) -> forms.Form:
    today = timezone.localdate(now)
    return change_forms.ClosingForm(data, initial={"first": today, "last": today})


def _move_form(session: Session, now: datetime, data: Any = None) -> forms.Form:
    return change_forms.MoveForm(data, session=session)


def _split_form(session: Session, now: datetime, data: Any = None) -> forms.Form:
    return change_forms.SplitForm(data, session=session, learners=queries.learners(session))


def _swap_form(session: Session, now: datetime, data: Any = None) -> forms.Form:
    return change_forms.OtherForm(data, others=queries.to_swap_with(session, now))


def _merge_form(session: Session, now: datetime, data: Any = None) -> forms.Form:
    return change_forms.OtherForm(data, others=queries.to_merge_into(session, now))


def _lesson_form(session: Session, now: datetime, data: Any = None) -> forms.Form:
    return change_forms.LessonForm(data, session=session)


def _move(session: Session, data: dict[str, Any], *, now, actor, releasing) -> Done:
    scope, edit = data.get("scope") or ONE, data["form"].edit()
    return changing.move_sessions(
        session=session, scope=scope, edit=edit, reason=data["reason"], now=now, actor=actor, releasing=releasing
    )


def _cancel(session: Session, data: dict[str, Any], *, now, actor, releasing) -> Done:
    return changing.cancel_sessions(sessions=[session], reason=data["reason"], now=now, actor=actor)


def _lesson(session: Session, data: dict[str, Any], *, now, actor, releasing) -> Done:
    return changing.change_lesson(session=session, lesson=data["lesson"], reason=data["reason"], now=now, actor=actor)


def _swap(session: Session, data: dict[str, Any], *, now, actor, releasing) -> Done:
    other = get_object_or_404(queries.found_session(data["other"]))
    return changing.swap_rooms(one=session, other=other, reason=data["reason"], now=now, actor=actor)


def _merge(session: Session, data: dict[str, Any], *, now, actor, releasing) -> Done:
    into = get_object_or_404(queries.found_session(data["other"]))
    return changing.merge_sessions(away=session, into=into, reason=data["reason"], now=now, actor=actor)


def _split(session: Session, data: dict[str, Any], *, now, actor, releasing) -> Done:
    return changing.split_session(
        session=session,
        enrolments=data["enrolments"],
        edit=data["form"].edit(),
        reason=data["reason"],
        now=now,
        actor=actor,
    )


WAYS = {
    "move": Way("改时间地点", "改", _move_form, _move),
    "cancel": Way("停这一场", "停课", _reason_form, _cancel, at_once=True),
    "lesson": Way("换一课", "换", _lesson_form, _lesson),
    "swap": Way("和别的场次换教室", "换", _swap_form, _swap),
    "merge": Way("并到另一场", "并", _merge_form, _merge),
    "split": Way("助教不够，分成两场", "分", _split_form, _split),
}
CLOSE_DAY = Way("整天停课", "停课", _reason_form, changing.close_day, at_once=True)
CLOSE_VENUE = Way("停用场地", "停用", _closing_form, changing.close_venue)
