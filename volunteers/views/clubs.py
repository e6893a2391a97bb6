"""社团: the desk's list of organisations, and one of them: its leader's link, its held places, its people."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people.access import organiser_required
from volunteers.actions import clubs as actions
from volunteers.forms.clubs import ClubForm, LeaderForm
from volunteers.models import Hold, Organisation
from volunteers.queries import clubs as queries


@require_http_methods(["GET", "POST"])
@organiser_required
def clubs(request: HttpRequest) -> HttpResponse:
    """Every organisation, and one more."""
    form = ClubForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_club(name=form.cleaned_data["name"], now=timezone.now(), actor=request.user)
        except actions.KnownClub as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect("desk:club", made.pk)
    context = {"rows": queries.clubs(), "form": form, "cur": "volunteers"}
    return render(request, "volunteers/clubs.html", context, status=422 if form.errors else 200)


@require_GET
@organiser_required
def club(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them."""
    return _page(request, get_object_or_404(Organisation.objects.select_related("leader"), pk=pk))


@require_POST
@organiser_required
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link for the leader; with `close` there is none any more."""
    found = get_object_or_404(Organisation.objects.select_related("leader"), pk=pk)
    if request.POST.get("close"):
        actions.close_link(organisation=found, now=timezone.now(), actor=request.user)
        messages.success(request, "链接收回了，原来的打不开了。")
        return redirect("desk:club", pk)
    form = LeaderForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    try:
        actions.open_link(organisation=found, **form.cleaned_data, now=timezone.now(), actor=request.user)
    except actions.WrongRow as refusal:
        form.add_error("phone", str(refusal))
        return _page(request, found, form=form, status=422)
    messages.success(request, "新链接好了，复制给负责人。原来的打不开了。")
    return redirect("desk:club", pk)


@require_POST
@organiser_required
def release(request: HttpRequest, pk: int, hold: int) -> HttpResponse:
    """Free the places of one hold that have no name."""
    rows = Hold.objects.select_related("organisation", "shift__session")
    found = get_object_or_404(rows, pk=hold, organisation=pk)
    freed = actions.let_go(hold=found, places=found.shift.needed, now=timezone.now(), actor=request.user)
    messages.success(request, f"放掉了 {freed} 个名额。")
    return redirect("desk:club", pk)


def _page(
    request: HttpRequest, club: Organisation, *, form: LeaderForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context = {
        "club": club,
        "holds": queries.holds_of(club=club, now=now),
        "members": queries.members(club=club, now=now),
        "absences": queries.absences_of(club=club, now=now),
        "form": form or LeaderForm(label_suffix="", initial={"name": club.leader.name if club.leader else ""}),
        "base": settings.LINKE_ADDRESS,
        "cur": "volunteers",
    }
    return render(request, "volunteers/club_desk.html", context, status=status)
