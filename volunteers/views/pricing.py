"""多一张熟面孔要多少: the price of one wish in another for a proposal, and picking a point of it."""

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from people.access import organiser_required, staff_required
from volunteers import planning
from volunteers.actions import runs, tradeoffs
from volunteers.matching.preferences import TIERS
from volunteers.models import Proposal, Tradeoff
from volunteers.planning.tiers import RANKED
from volunteers.tasks import run_proposal, run_tradeoff

PAGE = "volunteers/matching_price.html"
OVER = "这次建议已经采纳或撤掉了，要看代价请再补一次。"


@require_GET
@staff_required
def price(request: HttpRequest, pk: int, upper: str, lower: str) -> HttpResponse:
    """The curve as far as it is: not asked for, under way, or a picture with a sentence for each point."""
    proposal = _proposal(pk, upper, lower)
    found = Tradeoff.objects.filter(proposal=proposal, upper=upper, lower=lower).first()
    is_running = found is not None and found.status in (Tradeoff.Status.WAITING, Tradeoff.Status.RUNNING)
    if request.htmx and not is_running:
        return HttpResponseClientRefresh()
    context = {
        "proposal": proposal,
        "tradeoff": found,
        "upper": TIERS[upper],
        "lower": TIERS[lower],
        "runs": is_running,
        "may_organise": request.user.may_organise,
        "is_open": proposal.status == Proposal.Status.READY,
        "present": _present(found, upper),
    }
    return render(request, PAGE + ("#progress" if request.htmx else ""), context)


@require_POST
@organiser_required
def ask(request: HttpRequest, pk: int, upper: str, lower: str) -> HttpResponse:
    """Start working the curve out, once."""
    proposal = _proposal(pk, upper, lower)
    try:
        with transaction.atomic():
            found = tradeoffs.request_tradeoff(
                proposal=proposal, upper=upper, lower=lower, now=timezone.now(), actor=request.user
            )
            if found.status == Tradeoff.Status.WAITING:
                transaction.on_commit(partial(run_tradeoff.enqueue, found.pk))
    except runs.NotReady:
        messages.error(request, OVER)
        return redirect("desk:proposal", pk)
    except tradeoffs.NotNeighbours:
        messages.error(request, "这两条偏好在这次建议里不挨着，比不了。")
        return redirect("desk:proposal", pk)
    return redirect("desk:proposal-price", pk, upper, lower)


@require_POST
@organiser_required
def pick(request: HttpRequest, pk: int, upper: str, lower: str) -> HttpResponse:
    """照这样排: a new proposal in which the upper wish gives as much as at the chosen point."""
    found = get_object_or_404(
        Tradeoff.objects.select_related("proposal__community"), proposal=pk, upper=upper, lower=lower
    )
    text = request.POST.get("point", "")
    try:
        with transaction.atomic():
            made = tradeoffs.pick_point(
                tradeoff=found,
                point=int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else -1,
                now=timezone.now(),
                actor=request.user,
            )
            transaction.on_commit(partial(run_proposal.enqueue, made.pk))
    except tradeoffs.NoSuchPoint:
        messages.error(request, "没有这个点，请从下面挑一个。")
        return redirect("desk:proposal-price", pk, upper, lower)
    except runs.NotReady:
        messages.error(request, OVER)
        return redirect("desk:proposal", pk)
    return redirect("desk:proposal", made.pk)


def _present(found: Tradeoff | None, upper: str) -> int | None:
    """The point that the proposal stands on: the farthest that its own tolerance lets it go."""
    if found is None or not found.points:
        return None
    gives = dict(planning.Order.read(found.proposal.tiers).ranks).get(upper, 0)
    reached = [at for at, point in enumerate(found.points) if point["gives"] <= gives]
    return reached[-1] if reached else None


def _proposal(pk: int, upper: str, lower: str) -> Proposal:
    if upper not in RANKED or lower not in RANKED:
        raise Http404("没有这样的偏好")
    return get_object_or_404(Proposal.objects.select_related("community"), pk=pk)
