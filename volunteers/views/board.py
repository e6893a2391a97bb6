"""周排班: the week, the side panel of a gap or of a person, placing, releasing, publishing."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import replace_url

from classes.calendar import day_in
from classes.models import Change, Community
from classes.queries import requests
from people import context, pages
from people.access import organiser_required, staff_required
from people.models import Message
from volunteers import planning
from volunteers.actions import counting, previewing, roster
from volunteers.actions.counting import words_of
from volunteers.actions.shifts import worked_out
from volunteers.context import community_of, desk_of
from volunteers.models import Assignment, Shift, Volunteer
from volunteers.queries import board, following, freshness, kept, publishing, recruiting, substitutes
from volunteers.views import notes
from volunteers.views.notes import number

PAGE = "volunteers/week.html"


@require_GET
@staff_required
def week(request: HttpRequest) -> HttpResponse:
    """The board. `?gap=SHIFT` or `?who=ASSIGNMENT` opens the side panel, `?paper=a4` or `a3` shows the sheet alone."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    now = timezone.now()
    side = _side(request, now)
    if request.htmx and request.htmx.target == "side" and len(side) > 2:
        return render(request, "volunteers/week_side.html", side)
    monday = _monday(request, side, now)
    if settings.LINKE_BOARD_KEPT and not OWN & request.GET.keys() and not get_messages(request):
        return _kept_page(request, monday, side, now)
    page = page_of(request, community, monday, now)
    sheet = {"paper": request.GET.get("paper") if request.GET.get("paper") in PAPERS else ""}
    return render(request, PAGE, page | side | _clashes(request, page["week"]) | _toast(request) | sheet)


PAPERS = ("a4", "a3")
# What opens something on the board for one reader, or puts it on paper.
OWN = {"gap", "who", "clash", "step", "paper"}


def _kept_page(request: HttpRequest, monday: date, side: dict, now: datetime) -> HttpResponse:
    """The board with nothing open, the same for all who may do as much here and have the same numbers on the rail."""
    desk, user = desk_of(request), request.user
    version = kept.version(community=desk.community, monday=monday, now=now)
    rail = len(desk.communities), desk.community.to_review, user.role, user.is_superuser, *user.keys_off
    shown = timezone.localdate(now), date_of(request, "day"), context.size_of(request)

    def make(token: dict) -> HttpResponse:
        return render(request, PAGE, page_of(request, desk.community, monday, now, version) | side | token)

    return pages.kept(request, (desk.community.pk, monday, version, rail, shown), settings.LINKE_BOARD_KEPT, make)


@require_POST
@organiser_required
def place(request: HttpRequest) -> HttpResponse:
    """Put somebody on a shift; a place taken meanwhile gives the card back with who and when."""
    shift = get_object_or_404(shifts(), pk=number(request.POST.get("shift")))
    volunteer = get_object_or_404(Volunteer.objects.select_related("person"), pk=number(request.POST.get("volunteer")))
    now = timezone.now()
    try:
        placed = roster.place(
            shift=shift,
            volunteer=volunteer,
            now=now,
            actor=request.user,
            reasons=_reasons(shift, volunteer, now),
            source="staff",
            seen=number(request.POST.get("seen")) if request.POST.get("seen") else None,
        )
    except roster.Refused as refusal:
        return refused(request, shift, _why(shift, refusal), now)
    return changed(request, shift, now, placed.changes.select_related("change").latest("pk").change, on_to_next=True)


@require_POST
@organiser_required
def release(request: HttpRequest) -> HttpResponse:
    """Take somebody off: 撤下 in the panel, 撤销 in the toast."""
    found = Assignment.objects.select_related("volunteer__person")
    assignment = get_object_or_404(found, pk=number(request.POST.get("assignment")))
    shift = get_object_or_404(shifts(), pk=assignment.shift_id)
    now = timezone.now()
    try:
        step = roster.release(
            assignment=assignment,
            now=now,
            actor=request.user,
            seen=_moment(request.POST.get("seen")),
            find=bool(request.POST.get("find")),
        )
    except roster.Refused as refusal:
        return refused(request, shift, _why(shift, refusal), now)
    looking = substitutes.latest_for(shift) if request.POST.get("find") else None
    if looking and looking.search.is_open:
        return redirect("desk:search", looking.search.pk)
    return changed(request, shift, now, step)


@require_POST
@organiser_required
def count(request: HttpRequest) -> HttpResponse:
    """改人数: one more or one fewer of a role, or (`again`) as many as are worked out, from the panel."""
    shift = get_object_or_404(shifts(), pk=number(request.POST.get("shift")))
    now = timezone.now()
    said = {"seen": number(request.POST.get("seen")), "now": now, "actor": request.user}
    try:
        if "again" in request.POST:
            step = counting.work_out_again(shift=shift, **said)
        else:
            step = counting.set_places(shift=shift, needed=number(request.POST.get("needed")), **said)
    except roster.Refused as refusal:
        return refused(request, shift, _why(shift, refusal), now)
    return changed(request, shift, now, step)


@require_http_methods(["GET", "POST"])
@organiser_required
def publish(request: HttpRequest) -> HttpResponse:
    """Show exactly who is told what; POST tells them. `?w=DAY` is one week, `&to=DAY` the weeks until that day."""
    community = community_of(request)
    now = timezone.now()
    monday, sunday = _weeks(request, now)
    back = f"{reverse('desk:week')}?w={monday}"
    page = {"monday": monday, "sunday": sunday, "weeks": ((sunday - monday).days + 1) // 7, "back": back}
    days = {"community": community, "from_on": monday, "until_on": sunday, "now": now}
    if request.method == "POST":
        try:
            told = roster.publish(
                **days,
                actor=request.user,
                guess_seen="guess_seen" in request.POST,
                seen=_numbers(request.POST.get("seen")),
            )
        except roster.Refused as refusal:
            page["refused"] = str(refusal)
        else:
            messages.success(request, notes.published(len({a.volunteer_id for a in told})))
            return redirect(back)
    page["told"] = publishing.publish_preview(publishing.drafts(**days))
    page["seen"] = ",".join(str(row.pk) for one in page["told"] for row in one.assignments)
    texts = _texts(days)
    page["rows"] = [(one, texts.get(one.volunteer.pk)) for one in page["told"]]
    page["guessed"] = publishing.guessed(row for one in page["told"] for row in one.assignments)
    return render(request, "volunteers/publish.html", page, status=409 if "refused" in page else 200)


def _weeks(request: HttpRequest, now: datetime) -> tuple[date, date]:
    """The Monday and the Sunday of what is published: one week, or several with `to`."""
    monday = board.monday_of(date_of(request, "w") or timezone.localdate(now))
    last = board.monday_of(max(date_of(request, "to") or monday, monday))
    return monday, last + timedelta(days=6)


def _texts(days: dict) -> dict[int, Message]:
    """The words of each invitation by volunteer; none while something forbids to publish."""
    try:
        return previewing.publish_texts(lambda: roster.publish(**days, actor=None, guess_seen=True))
    except roster.Refused:
        return {}


# --- what the page is made of -----------------------------------------------------------------


def page_of(request: HttpRequest, community: Community, monday: date, now: datetime, version: str = "") -> dict:
    version = version or kept.version(community=community, monday=monday, now=now)
    week = kept.week(community=community, monday=monday, now=now, version=version)
    chosen = date_of(request, "day")
    today = timezone.localdate(now)
    days = [day.date for day in week.days]
    return {
        "week": week,
        "kept_for": settings.LINKE_BOARD_KEPT if week.version else 0,
        "chosen_day": chosen if chosen in days else today if today in days else monday,
        "tray": requests.open_requests(community, monday, now=now) if week.sunday >= today else [],
        "recruit_week": recruiting.for_week(week.cards, community=community.name, address=settings.LINKE_ADDRESS),
    }


def _toast(request: HttpRequest) -> dict:
    """The step that was just done, after a redirect: the page says it and offers to undo it."""
    pk = number(request.GET.get("step"))
    return {"step": Change.objects.filter(pk=pk).first()} if pk else {}


def _side(request: HttpRequest, now: datetime) -> dict:
    """The panel: candidates of a gap, or the person of a filled place, or nothing."""
    may = {"may_organise": request.user.may_organise, "now": now}
    if shift_id := number(request.GET.get("gap")):
        return may | _gap(get_object_or_404(shifts(), pk=shift_id), now)
    if assignment_id := number(request.GET.get("who")):
        found = Assignment.objects.select_related(
            "volunteer__person", "volunteer__organisation", "offer", "shift__role", *SESSION
        )
        assignment = get_object_or_404(found, pk=assignment_id, status__in=Assignment.ACTIVE)
        assignment.shift.session = assignment.session
        return may | {"who": assignment, "shift": assignment.shift} | _by_hand(assignment.shift)
    return may


def _by_hand(shift: Shift) -> dict:
    """Where the number was said by hand: what it would be, worked out again, and what it is worked out from."""
    need = worked_out(shift) if shift.fixed is not None else None
    if need is None:
        return {}
    return {"again": max(need.needed, need.minimum, shift.taken), "asked_for": need.needed, "by": words_of(shift)}


def _clashes(request: HttpRequest, week: board.Week) -> dict:
    """`?clash=DAY`: the people whom a make-up day keeps away, to be asked or taken off one by one."""
    asked = date_of(request, "clash")
    day = next((day for day in week.days if day.date == asked), None)
    found = [place for card in day.cards for place in card.places if place.clash] if day else []
    return {"clashes": found, "clash_day": asked}


SESSION = ("session__series__programme", "session__room", "session__lesson", "session__community")


def shifts():
    return Shift.objects.select_related("role", *SESSION)


def _gap(shift: Shift, now: datetime) -> dict:
    gaps = max(0, shift.needed - shift.taken)
    found = planning.candidates(shift=shift, now=now)
    counts = [row["count"] for row in found.excluded]
    return _by_hand(shift) | {
        "shift": shift,
        "gaps": gaps,
        "found": found,
        "search_progress": substitutes.latest_for(shift),
        "rest": found.possible - len(found.candidates),
        "excluded_total": sum(counts),
        "people_root": reverse("desk:volunteers"),
        "excluded_most": max(counts, default=1),
        "recruit_text": recruiting.for_shift(shift, gaps=max(1, gaps), address=settings.LINKE_ADDRESS),
    }


def _reasons(shift: Shift, volunteer: Volunteer, now: datetime) -> list:
    """Why this person: kept with the assignment, so that it can be asked later."""
    found = planning.candidates(shift=shift, now=now)
    return next((c.reasons for c in found.candidates if c.volunteer.pk == volunteer.pk), [])


def _why(shift: Shift, refusal: Exception) -> str:
    """What happened; a place that filled up meanwhile is told with who and when."""
    last = (
        Assignment.objects.filter(shift=shift, status__in=Assignment.ACTIVE)
        .select_related("volunteer__person")
        .order_by("-changed_at")
        .first()
    )
    if isinstance(refusal, roster.ShiftFull) and last:
        return f"{timezone.localtime(last.changed_at):%H:%M} 已经由{last.volunteer}补上了，这里不再缺人。"
    if isinstance(refusal, roster.ChangedMeanwhile | roster.NotPlaced) and (said := freshness.touched(shift.session)):
        return f"{said}。没有照您的改，现在的样子在下面。"
    return str(refusal)


def changed(
    request: HttpRequest, shift: Shift, now: datetime, step: Change, *, on_to_next: bool = False
) -> HttpResponse:
    """After a step: the card, summary and toast for htmx, else the week with the toast.

    The panel stays open where the shift still wants somebody (not after somebody was taken off), with
    `on_to_next` at the next gap of the week.
    """
    page = _page_with(request, shift, now)
    gap = following.next_gap(page["week"].cards, after=shift)
    if not on_to_next and (gap != shift.pk or step.kind == Change.Kind.RELEASE):
        gap = None
    address = _week_address(shift) + (f"&gap={gap}" if gap else "")
    if not request.htmx:
        return redirect(f"{address}&step={step.pk}#{'side' if gap else f'ses-{shift.session_id}'}")
    answer = _card(request, page | _opened(gap, now) | {"step": step})
    return replace_url(answer, address)


def refused(request: HttpRequest, shift: Shift, why: str, now: datetime) -> HttpResponse:
    """The card again with what is in the way; the panel stays open where somebody is still wanted."""
    if not request.htmx:
        messages.error(request, why)
        week = page_of(request, shift.session.community, board.monday_of(shift.session.on_date), now)
        return render(request, PAGE, week | {"may_organise": True, "now": now}, status=409)
    page = _page_with(request, shift, now)
    gap = following.next_gap(page["week"].cards, after=shift)
    return _card(request, page | _opened(gap if gap == shift.pk else None, now) | {"refused": why}, status=409)


def _page_with(request: HttpRequest, shift: Shift, now: datetime) -> dict:
    """The week of a shift, with its day and its card."""
    page = page_of(request, shift.session.community, board.monday_of(shift.session.on_date), now)
    day = next(day for day in page["week"].days if day.date == shift.session.on_date)
    card = next(card for card in day.cards if card.session.pk == shift.session_id)
    return page | {"day": day, "card": card, "may_organise": True, "now": now}


def _opened(gap: int | None, now: datetime) -> dict:
    """What the panel shows of a gap; nothing for none."""
    return _gap(get_object_or_404(shifts(), pk=gap), now) if gap else {}


def _card(request: HttpRequest, page: dict, status: int = 200) -> HttpResponse:
    return render(request, f"{PAGE}#changed", page | {"is_fragment": True}, status=status)


def _week_address(shift: Shift) -> str:
    return f"{reverse('desk:week')}?w={board.monday_of(shift.session.on_date)}"


def _monday(request: HttpRequest, side: dict, now: datetime) -> date:
    """The week asked for, else the week of the gap that is open, else this week."""
    asked = date_of(request, "w")
    if asked is None and "shift" in side:
        asked = side["shift"].session.on_date
    return board.monday_of(asked or timezone.localdate(now))


def date_of(request: HttpRequest, name: str) -> date | None:
    return day_in(request.GET.get(name) or request.POST.get(name))


def _moment(text: str | None) -> datetime | None:
    """A moment out of a hidden field; None where the form had none, or something else."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else None


def _numbers(text: str | None) -> list[int] | None:
    """Ids out of a hidden field; None where the form had none."""
    return None if text is None else [int(part) for part in text.split(",") if part.isdecimal()]
