"""The places of a proposal that somebody does not have: where one may ask 为什么不是我."""

from django.db.models import Q

from volunteers.models import Assignment, Placement, Proposal, Shift, Volunteer

SHOWN = 12


def proposal_for(volunteer: Volunteer) -> Proposal | None:
    """The latest proposal for review about the person's own community or its street."""
    if volunteer.status != Volunteer.Status.ACTIVE or volunteer.home is None:
        return None
    about = Q(community=volunteer.home)
    if volunteer.home.street:
        about |= Q(street=volunteer.home.street)
    return Proposal.objects.filter(about, status=Proposal.Status.READY).order_by("-id").first()


def elsewhere(*, volunteer: Volunteer, proposal: Proposal | None) -> list[Shift]:
    """The places of the proposal, in the programmes that the person does, where others are proposed instead."""
    if proposal is None:
        return []
    rows = Placement.objects.filter(proposal=proposal, status=Placement.Status.PROPOSED)
    mine = rows.filter(volunteer=volunteer).values("shift__session")
    agreed = Assignment.objects.filter(volunteer=volunteer, status__in=Assignment.ACTIVE).values("session")
    found = Shift.objects.filter(
        pk__in=rows.values("shift"), session__series__programme__kind__in=volunteer.programmes
    ).exclude(Q(session__in=mine) | Q(session__in=agreed))
    shown = found.select_related("role", "session__series__programme")
    return list(shown.order_by("session__starts_at", "-role__is_lead", "id")[:SHOWN])
