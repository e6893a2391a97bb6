"""What the staff says for a volunteer: whom a wish means, and that a guardian has signed on paper."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from people.access import organiser_required
from volunteers.actions import company, freetime, minors
from volunteers.models import Company, GuardianConsent, Volunteer
from volunteers.queries import people as queries
from volunteers.views.people import profile


@require_POST
@organiser_required
def settle(request: HttpRequest, pk: int, wish_pk: int) -> HttpResponse:
    """Say whom a name means; only somebody of that name, or nobody yet."""
    wish = get_object_or_404(Company, pk=wish_pk, volunteer=pk)
    (offered,) = (one.choices for one in queries.wishes(wish.volunteer) if one.row == wish)
    chosen = next((one for one in offered if str(one.pk) == request.POST.get("other")), None)
    company.settle(wish=wish, other=chosen, now=timezone.now(), actor=request.user)
    messages.success(
        request, f"记下了：{wish.name}是{chosen}。" if chosen else f"记下了：还不知道{wish.name}是哪一位。"
    )
    return redirect("desk:volunteer", pk)


@require_POST
@organiser_required
def free_time(request: HttpRequest, pk: int) -> HttpResponse:
    """When somebody is free who has told the desk: by telephone, or without a smartphone."""
    found = get_object_or_404(Volunteer.objects.select_related("person"), pk=pk)
    chosen = request.POST.getlist("free")
    changed = freetime.set_bands(volunteer=found, chosen=chosen, now=timezone.now(), actor=request.user)
    messages.success(request, f"{found}的空闲时间记下了。" if changed else "空闲时间没有变。")
    return redirect(f"{reverse('desk:volunteer', args=[pk])}#free")


@require_POST
@organiser_required
def guardian(request: HttpRequest, pk: int) -> HttpResponse:
    """A guardian's signature on paper: who, and how they belong together. 400 with what is missing."""
    found = get_object_or_404(Volunteer.objects.select_related("person", "organisation", "home"), pk=pk)
    said = {name: request.POST.get(name, "").strip() for name in ("name", "relation", "phone")}
    try:
        minors.agree(
            volunteer=found,
            how=GuardianConsent.How.PAPER,
            recorded_by=str(request.user),
            now=timezone.now(),
            **said,
        )
    except minors.GuardianUnclear as refusal:
        return profile(request, found, status=400, guardian=said, guardian_error=str(refusal))
    messages.success(request, f"已登记：{said['relation']}{said['name']}签字同意。")
    return redirect("desk:volunteer", pk)
