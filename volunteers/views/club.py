"""/club/<token>/: what a club's leader does behind the secret link. Opening it changes nothing; every act is a POST."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from volunteers.actions import absences
from volunteers.actions import clubs as actions
from volunteers.forms.absences import ALREADY_SAID, CalendarForm
from volunteers.forms.clubs import HoldForm, NamesForm
from volunteers.models import Absence, Assignment, Organisation, Shift
from volunteers.queries import clubs as queries
from volunteers.queries import opening

WEEKS = 8


@require_safe
def club(request: HttpRequest, token: str) -> HttpResponse:
    """Places held and to hold, the club's people, its calendar."""
    return _page(request, _club(token))


@require_POST
def hold(request: HttpRequest, token: str) -> HttpResponse:
    """留名额: so many of one session."""
    found = _club(token)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _page(request, found, why=form.first_error, status=400)
    rows = Shift.objects.select_related("role", "session__series__programme", "session__community")
    shift = get_object_or_404(rows.filter(role__is_lead=False), pk=form.cleaned_data["shift"])
    try:
        made = actions.hold_places(
            organisation=found, shift=shift, places=form.cleaned_data["places"], now=timezone.now()
        )
    except actions.Refused as refusal:
        return _page(request, found, why=str(refusal), status=409)
    messages.success(request, f"留好了，一共 {made.places} 个还没填名字。")
    return redirect("public:club-hold", token, made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def names(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """One hold: who is on it, and more names. Lines that cannot be used stay in the box with their reasons."""
    found = _club(token)
    held = _held(found, pk)
    if request.method != "POST":
        return _hold_page(request, found, held, NamesForm(label_suffix=""))
    form = NamesForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _hold_page(request, found, held, form, status=400)
    try:
        done = actions.name_people(hold=held.hold, text=form.cleaned_data["names"], now=timezone.now())
    except actions.Refused as refusal:
        return _hold_page(request, found, held, form, why=str(refusal), status=409)
    if done.placed:
        messages.success(request, f"填好了 {len(done.placed)} 位，已经给本人写了通知，等本人点“我能来”。")
    if not done.wrong:
        return redirect("public:club-hold", token, pk)
    left = NamesForm(initial={"names": "\n".join(row for row, _ in done.wrong), "consent": True}, label_suffix="")
    return _hold_page(request, found, _held(found, pk), left, wrong=done.wrong, status=422)


@require_POST
def let_go(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Give back places without a name."""
    found = _club(token)
    held = _held(found, pk)
    text = request.POST.get("places", "")
    places = int(text) if text.isdecimal() and len(text) < 4 else 0
    freed = actions.let_go(hold=held.hold, places=places, now=timezone.now())
    messages.success(request, f"放掉了 {freed} 个名额，别人可以报名了。" if freed else "没有放掉名额。")
    return redirect("public:club-hold", token, pk)


@require_POST
def take_off(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Somebody else instead: the place is the club's again."""
    found = _club(token)
    rows = Assignment.objects.select_related("volunteer__person", "held_as__hold__organisation")
    placed = get_object_or_404(rows, pk=pk, held_as__hold__organisation=found, starts_at__gt=timezone.now())
    try:
        actions.take_off(assignment=placed, now=timezone.now())
        messages.success(request, f"换下了{placed.volunteer}，已经写了通知。")
    except actions.Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("public:club-hold", token, placed.held_as.hold_id)


@require_POST
def absence(request: HttpRequest, token: str) -> HttpResponse:
    """The club's own exam weeks and holidays: one more."""
    found = _club(token)
    form = CalendarForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, found, form=form, status=400)
    try:
        made = absences.set_absence(
            organisation=found, **form.cleaned_data, now=timezone.now(), actor=None, label=f"{found}负责人"
        )
    except absences.AlreadySaid:
        form.add_error("starts_on", ALREADY_SAID)
        return _page(request, found, form=form, status=409)
    messages.success(request, f"记下了：{made.get_kind_display()}。这几天不再排你们的人。")
    return redirect("public:club", token)


@require_POST
def absence_remove(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """They can come after all."""
    found = _club(token)
    row = get_object_or_404(Absence.objects.select_related("organisation"), pk=pk, organisation=found)
    absences.remove_absence(absence=row, now=timezone.now(), actor=None, label=f"{found}负责人")
    messages.success(request, "删掉了。")
    return redirect("public:club", token)


def _club(token: str) -> Organisation:
    return get_object_or_404(Organisation.objects.select_related("leader"), token=token)


def _held(club: Organisation, pk: int) -> queries.Held:
    found = queries.holds_of(club=club, now=timezone.now(), pk=pk)
    return found[0] if found else get_object_or_404(club.holds.none())


def _page(
    request: HttpRequest, club: Organisation, *, form: CalendarForm | None = None, why: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    text = request.GET.get("week", "")
    number = min(int(text), WEEKS) if text.isdecimal() and len(text) < 4 else 0
    first = opening.first_day(number, now)
    context = {
        "club": club,
        "holds": queries.holds_of(club=club, now=now),
        "openings": queries.to_hold(club=club, first=first, days=opening.DAYS, now=now),
        "first": first,
        "number": number,
        "last": WEEKS,
        "members": queries.members(club=club, now=now),
        "absences": queries.absences_of(club=club, now=now),
        "form": form or CalendarForm(label_suffix=""),
        "why": why,
    }
    return _secret(render(request, "volunteers/club.html", context, status=status))


def _hold_page(
    request: HttpRequest,
    club: Organisation,
    held: queries.Held,
    form: NamesForm,
    *,
    why: str = "",
    wrong=(),
    status=200,
) -> HttpResponse:
    context = {"club": club, "held": held, "form": form, "why": why, "wrong": wrong}
    return _secret(render(request, "volunteers/club_hold.html", context, status=status))


def _secret(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
