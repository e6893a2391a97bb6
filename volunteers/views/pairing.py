"""结对: who sits with whom at a senior session; settle it, change one pair, start afresh."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from classes.models import Learner, Programme, Session
from people.access import organiser_required, staff_required
from volunteers import planning
from volunteers.actions import pairing as actions
from volunteers.models import Volunteer

PAGE = "volunteers/pairing.html"
CHANGE = "volunteers/pairing_change.html"


@require_GET
@staff_required
def pairing(request: HttpRequest, pk: int) -> HttpResponse:
    """Tables with their learners and the reasons; printed it is the sign-in sheet."""
    return _page(request, _session(pk))


@require_POST
@organiser_required
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """定下: keep the proposed pairs. `again=1` forgets them all instead."""
    session, now = _session(pk), timezone.now()
    try:
        if request.POST.get("again"):
            actions.clear_pairs(session=session, now=now, actor=request.user)
            messages.success(request, "重新配好了，还没有定下。")
        else:
            actions.settle_pairs(session=session, now=now, actor=request.user)
            messages.success(request, "结对定下了，以后有人来不了，只动相关的几位。")
    except actions.CannotPair as refusal:
        return _page(request, session, refused=str(refusal))
    return redirect("desk:pairing", pk)


@require_http_methods(["GET", "POST"])
@organiser_required
def change(request: HttpRequest, pk: int, learner_pk: int) -> HttpResponse:
    """换人: the helpers who could take one learner; `to` is a helper, or a helper and who changes places."""
    session = _session(pk)
    learner = get_object_or_404(Learner.objects.select_related("person"), pk=learner_pk)
    if request.method == "POST":
        refused = _moved(request, session, learner)
        if not refused:
            return redirect("desk:pairing", pk)
        return _change_page(request, session, learner, refused)
    return _change_page(request, session, learner)


# --- what the pages are made of -----------------------------------------------------------------


def _moved(request: HttpRequest, session: Session, learner: Learner) -> str:
    """Do what the form says; answers the sentence of a refusal, or nothing."""
    volunteer_pk, _, other_pk = request.POST.get("to", "").partition("-")
    now = timezone.now()
    if not volunteer_pk:
        return "请先选一位。"
    try:
        if volunteer_pk == "auto":
            actions.release_pair(session=session, learner=learner, now=now, actor=request.user)
            messages.success(request, f"{learner}交给程序来配了。")
            return ""
        volunteer = get_object_or_404(Volunteer.objects.select_related("person"), pk=_number(volunteer_pk))
        exchange = (
            get_object_or_404(Learner.objects.select_related("person"), pk=_number(other_pk)) if other_pk else None
        )
        actions.pair_by_hand(
            session=session, learner=learner, volunteer=volunteer, exchange=exchange, now=now, actor=request.user
        )
    except actions.CannotPair as refusal:
        return str(refusal)
    messages.success(request, f"{learner}由{volunteer}来带。")
    return ""


def _page(request: HttpRequest, session: Session, refused: str = "") -> HttpResponse:
    context = _context(request, session) | {"refused": refused}
    return render(request, PAGE, context, status=409 if refused else 200)


def _change_page(request: HttpRequest, session: Session, learner: Learner, refused: str = "") -> HttpResponse:
    context = _context(request, session)
    now_with = next((t for t in context["seating"].tables if any(r.learner.pk == learner.pk for r in t.rows)), None)
    found = planning.moves(context["seating"], learner) if learner.pk in context["seating"].learners else []
    context |= {
        "learner": learner,
        "now_with": now_with,
        "moves": found,
        "stored": next((row for row in context["seating"].kept if row.learner_id == learner.pk), None),
        "refused": refused,
    }
    return render(request, CHANGE, context, status=409 if refused else 200)


def _context(request: HttpRequest, session: Session) -> dict:
    is_open = session.status == Session.Status.PLANNED and session.ends_at > timezone.now()
    return {
        "session": session,
        "seating": planning.seat(session),
        "is_senior": session.series.programme.kind == Programme.Kind.SENIOR,
        "may_change": request.user.may_organise and is_open,
    }


def _session(pk: int) -> Session:
    return get_object_or_404(
        Session.objects.select_related("series__programme", "series__term", "lesson", "room", "community"), pk=pk
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
