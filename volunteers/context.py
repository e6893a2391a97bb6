"""What every desk page knows: the communities, the chosen one, and the numbers on the rail."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from classes.models import Community
from classes.queries import places
from people import channels

SESSION_KEY = "community"


@dataclass(frozen=True, slots=True)
class Desk:
    """The communities with `to_review` (proposed placements), and the one on screen."""

    communities: list[Community]
    community: Community | None


def desk_of(request: HttpRequest) -> Desk:
    """The desk of this request: `?community=ID`, else the one of last time, else the first.

    One query a request, however often it is asked.
    """
    if not hasattr(request, "linke_desk"):
        ready = Q(proposal__status="ready", proposal__placements__status="proposed")
        communities = list(places.communities().annotate(to_review=Count("proposal__placements", filter=ready)))
        asked, remembered = request.GET.get("community"), request.session.get(SESSION_KEY)
        chosen = places.chosen(communities, asked=asked, remembered=remembered)
        if chosen and asked == str(chosen.pk) and remembered != chosen.pk:
            request.session[SESSION_KEY] = chosen.pk
        request.linke_desk = Desk(communities, chosen)
    return request.linke_desk


def community_of(request: HttpRequest) -> Community | None:
    """The community on screen; None while there is none at all."""
    return desk_of(request).community


def rail(request: HttpRequest) -> dict:
    """Context processor of desk pages: `communities`, `community`, `rail_counts`, `sends` (a gateway is set)."""
    # A request that is refused before it is read (a strange host) has no user.
    user = getattr(request, "user", None)
    if not request.path.startswith("/desk/") or user is None or not user.is_authenticated:
        return {}
    desk = desk_of(request)
    to_review = desk.community.to_review if desk.community else 0
    return {
        "communities": desk.communities,
        "community": desk.community,
        "rail_counts": {"match": to_review},
        "sends": SimpleLazyObject(channels.sends),
    }
