"""排班偏好: the order of the wishes that a community has chosen."""

from datetime import datetime

from django.db.models import Subquery

from classes.models import Community
from volunteers.models import TierOrder, TierRank
from volunteers.models.tiers import UNDO_WITHIN


def in_force(community: Community | int) -> TierOrder | None:
    """The version in force; None where the usual order holds."""
    found = TierOrder.objects.standing().filter(community=community)
    return found.select_related("made_by").order_by("-number").first()


def ranks(community: Community | int | None) -> list[tuple[str, int]]:
    """Tier and tolerance, the most important first; nothing for the usual order. One query."""
    if community is None:
        return []
    standing = TierOrder.objects.standing().filter(community=community).order_by("-number")
    rows = TierRank.objects.filter(order=Subquery(standing.values("pk")[:1])).order_by("place")
    return list(rows.values_list("tier", "tolerance"))


def may_undo(order: TierOrder | None, now: datetime) -> bool:
    """Whether the version in force can still be taken back."""
    return order is not None and now < order.made_at + UNDO_WITHIN
