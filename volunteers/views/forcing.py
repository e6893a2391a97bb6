"""为什么不是我: the price of one person at one place of a proposal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from people.access import staff_required
from volunteers import planning
from volunteers.models import Proposal, Shift, Volunteer

PAGE = "volunteers/matching_why.html"


@require_GET
@staff_required
def why(request: HttpRequest, pk: int, shift_pk: int) -> HttpResponse:
    """`?who=ID`: what it would take. Without anybody, the page asks about whom."""
    proposal = get_object_or_404(Proposal.objects.select_related("community"), pk=pk)
    if proposal.status != Proposal.Status.READY:
        return redirect("desk:proposal", pk)
    shifts = Shift.objects.select_related("role", "session__series__programme", "session__lesson", "session__community")
    shift = get_object_or_404(shifts, pk=shift_pk)
    text = request.GET.get("who", "")
    people = Volunteer.objects.select_related("person").filter(status=Volunteer.Status.ACTIVE).order_by("person__name")
    who = get_object_or_404(people, pk=int(text)) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    context = {
        "proposal": proposal,
        "shift": shift,
        "who": who,
        "people": people,
        "forced": who and planning.force(proposal=proposal, shift=shift, volunteer=who, now=timezone.now()),
        "may_organise": request.user.may_organise,
    }
    return render(request, PAGE, context)
