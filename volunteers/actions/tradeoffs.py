"""多一张熟面孔要多少: ask for the price of one wish in another, work it out, pick a point."""

from datetime import datetime
from typing import Any

from django.db import transaction

from people import audit
from people.models import User
from volunteers import planning
from volunteers.actions import proposals, runs
from volunteers.models import Proposal, Tradeoff
from volunteers.models.tiers import MOST_TOLERANCE
from volunteers.models.tradeoff import MOST_POINTS

Status = Tradeoff.Status
GAVE_UP = f"试了 {runs.ATTEMPTS} 次都没算完，已经停下。"


class NotNeighbours(Exception):
    """The two wishes do not follow one another in the proposal's order."""


class NoSuchPoint(Exception):
    """The curve has no such point, or is not worked out yet."""


@transaction.atomic
def request_tradeoff(*, proposal: Proposal, upper: str, lower: str, now: datetime, actor: User | None) -> Tradeoff:
    """The curve between two neighbours, waiting unless somebody has asked before; whoever calls starts the task.

    One that has failed waits once more. Raises NotReady, NotNeighbours.
    """
    if proposal.status != Proposal.Status.READY:
        raise runs.NotReady
    order = planning.Order.read(proposal.tiers)
    if (upper, lower) not in [(one.code, other.code) for one, other in order.neighbours]:
        raise NotNeighbours
    found, made = Tradeoff.objects.get_or_create(
        proposal=proposal, upper=upper, lower=lower, defaults={"created_at": now, "requested_by": actor}
    )
    again = Tradeoff.objects.filter(pk=found.pk, status=Status.FAILED)
    if again.update(status=Status.WAITING, attempts=0, created_at=now, requested_by=actor) or made:
        audit.write(
            actor=actor, verb="算偏好的代价", thing=f"proposal:{proposal.pk}", now=now, summary=f"{upper}/{lower}"
        )
        found.refresh_from_db()
    return found


def claim_tradeoff(*, pk: int, now: datetime) -> Tradeoff | None:
    """Take a waiting curve, or one whose worker has fallen silent; None when it is not to be had."""
    return runs.claim(of=Tradeoff, pk=pk, stage="先找两头：前一条最好的和后一条最好的", gave_up=GAVE_UP, now=now)


def report_found(*, tradeoff: Tradeoff, found: int, now: datetime) -> bool:
    """Write how many points there are; False when it was taken over or its proposal is closed."""
    if not Proposal.objects.filter(pk=tradeoff.proposal_id, status=Proposal.Status.READY).exists():
        return False
    progress = 5 + 90 * found // MOST_POINTS
    return runs.report(run=tradeoff, stage=f"找到 {found} 种排法，还在找", progress=progress, now=now)


def finish_tradeoff(*, tradeoff: Tradeoff, points: list[dict[str, Any]], now: datetime) -> bool:
    """Keep the points; False when another worker has taken over."""
    proven = all(point["proven"] for point in points)
    return runs.write_running(
        run=tradeoff,
        status=Status.READY,
        stage="",
        progress=100,
        answer={"points": points},
        proven=proven,
        finished_at=now,
    )


@transaction.atomic
def pick_point(*, tradeoff: Tradeoff, point: int, now: datetime, actor: User | None) -> Proposal:
    """A new proposal for the same days in which the upper wish may give as much as at this point, from 0.

    The one before is thrown away, as when 补齐 is pressed again. Raises NoSuchPoint, NotReady.
    """
    if not 0 <= point < len(tradeoff.points):
        raise NoSuchPoint
    before = tradeoff.proposal
    if before.status != Proposal.Status.READY:
        raise runs.NotReady
    gives = min(MOST_TOLERANCE, tradeoff.points[point]["gives"])
    return proposals.request_proposal(
        community=before.community,
        street=before.street,
        from_on=before.from_on,
        until_on=before.until_on,
        now=now,
        actor=actor,
        order=planning.Order.read(before.tiers).giving(tradeoff.upper, gives),
    )
