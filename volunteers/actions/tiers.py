"""排班偏好: choose the order of the wishes, take the choice back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from classes.models import Community
from people import audit
from people.models import User
from volunteers.models import TierOrder, TierRank
from volunteers.models.tiers import UNDO_WITHIN
from volunteers.planning.tiers import Order
from volunteers.queries import tiers as queries


class ChangedMeanwhile(Exception):
    """Somebody else has stored another order since this page was opened."""


class TooLateToUndo(Exception):
    """It is not the version in force any more, or more than 24 hours old."""


def rank_tiers(
    *,
    community: Community,
    ranks: Sequence[tuple[str, int]],
    seen: int,
    summary: str,
    now: datetime,
    actor: User | None,
) -> TierOrder:
    """Store the next version of a community's order; `seen` is the number of the version it starts from.

    0 stands for the usual order. Raises WrongOrder for anything but each ranked tier once with a
    tolerance within bounds, ChangedMeanwhile when another version is in force by now.
    """
    order = Order.read(ranks)
    try:
        with transaction.atomic():
            return _stored(community, order, seen, summary, now, actor)
    except IntegrityError as error:
        raise ChangedMeanwhile from error


def _stored(
    community: Community, order: Order, seen: int, summary: str, now: datetime, actor: User | None
) -> TierOrder:
    # One at a time for a community: between looking at the version in force and counting on from the last
    # one, another could come in with the number in between.
    Community.objects.select_for_update().get(pk=community.pk)
    standing = queries.in_force(community)
    if (standing.number if standing else 0) != seen:
        raise ChangedMeanwhile
    last = TierOrder.objects.filter(community=community).aggregate(Max("number"))["number__max"] or 0
    made = TierOrder.objects.create(
        community=community, number=last + 1, summary=summary[:120], made_at=now, made_by=actor
    )
    TierRank.objects.bulk_create(
        TierRank(order=made, tier=tier, place=place, tolerance=tolerance)
        for place, (tier, tolerance) in enumerate(order.ranks, 1)
    )
    audit.write(
        actor=actor,
        verb="改了排班偏好",
        thing=f"community:{community.pk}",
        now=now,
        summary=f"{community} {summary}",
        data={"number": made.number, "ranks": list(order.ranks)},
    )
    return made


@transaction.atomic
def undo_tiers(*, order: TierOrder, now: datetime, actor: User | None) -> None:
    """Take the version in force back within 24 hours; the one before it holds again. Raises TooLateToUndo."""
    latest = queries.in_force(order.community_id)
    fresh = TierOrder.objects.standing().filter(pk=order.pk, made_at__gt=now - UNDO_WITHIN)
    if latest is None or latest.pk != order.pk or not fresh.update(undone_at=now):
        raise TooLateToUndo
    audit.write(
        actor=actor,
        verb="撤销排班偏好",
        thing=f"community:{order.community_id}",
        now=now,
        summary=f"{order.community} {order.summary}",
        data={"number": order.number},
    )
