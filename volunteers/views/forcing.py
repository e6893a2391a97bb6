"""为什么不是我: who was chosen for a place of a proposal and why, and the price of somebody else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from people.access import staff_required
from volunteers import planning
from volunteers.models import Proposal, Shift
from volunteers.queries import people
from volunteers.queries import proposals as queries

PAGE = "volunteers/matching_why.html"
MOST_FOUND = 12


@require_GET
@staff_required
def why(request: HttpRequest, pk: int, shift_pk: int) -> HttpResponse:
    """`?who=ID`: what it would take. `?q=` finds people by name, pinyin or the tail of their number."""
    proposal = get_object_or_404(Proposal.objects.select_related("community"), pk=pk)
    shifts = Shift.objects.select_related("role", "session__series__programme", "session__lesson", "session__community")
    shift = get_object_or_404(shifts, pk=shift_pk)
    text, q = request.GET.get("who", ""), request.GET.get("q", "").strip()
    numbered = text.isascii() and text.isdecimal() and len(text) < 19
    who = get_object_or_404(people.active(), pk=int(text)) if numbered else None
    is_open = proposal.status == Proposal.Status.READY
    now = timezone.now()
    context = {
        "proposal": proposal,
        "shift": shift,
        "who": who,
        "q": q,
        "found": list(people.active(q)[: MOST_FOUND + 1]) if q else [],
        "most_found": MOST_FOUND,
        "chosen": queries.chosen(proposal=proposal, shift=shift),
        "is_open": is_open,
        "forced": who and is_open and planning.force(proposal=proposal, shift=shift, volunteer=who, now=now),
        "may_organise": request.user.may_organise,
    }
    return render(request, PAGE, context)
