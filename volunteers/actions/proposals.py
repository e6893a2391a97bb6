"""Asking for a proposal, stopping it, changing one pair in it, throwing it away."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from classes.models import Community
from people import audit
from people.models import User
from volunteers import planning
from volunteers.actions import runs
from volunteers.actions.runs import ATTEMPTS, OPEN, SILENT_FOR, NotReady
from volunteers.models import Placement, Proposal, Volunteer

__all__ = [
    "ATTEMPTS",
    "OPEN",
    "SILENT_FOR",
    "CannotSwap",
    "NotReady",
    "RangeTooLong",
    "claim_proposal",
    "discard_proposal",
    "fail_proposal",
    "report_progress",
    "request_proposal",
    "stop_proposal",
    "swap_placement",
]

Status = Proposal.Status
LONGEST = timedelta(days=62)
GAVE_UP = f"试了 {ATTEMPTS} 次都没排完，已经停下。请缩短日期再补一次。"


class RangeTooLong(Exception):
    """More days than one run is meant for, or none at all."""


class CannotSwap(Exception):
    """A rule is in the way of the other person; the message says which."""


@transaction.atomic
def request_proposal(
    *,
    community: Community | None,
    from_on: date,
    until_on: date,
    now: datetime,
    actor: User | None,
    street: str = "",
    order: planning.Order | None = None,
) -> Proposal:
    """A waiting proposal for the range, both days included. Whoever calls also starts the task.

    It is about one community, about a `street`, or with neither about all. One community or street has
    one proposal under way: an earlier one for review is thrown away. `order` ranks the wishes for this one
    alone; without it the community's own order counts. Raises RangeTooLong.
    """
    if not from_on <= until_on <= from_on + LONGEST:
        raise RangeTooLong
    for earlier in Proposal.objects.filter(community=community, street=street, status__in=OPEN):
        _close(earlier, now)
    proposal = Proposal.objects.create(
        community=community,
        street=street,
        from_on=from_on,
        until_on=until_on,
        requested_by=actor,
        created_at=now,
        stage="马上开始",
        tiers=list((order or planning.order_of(community)).ranks),
    )
    audit.write(
        actor=actor,
        verb="补齐",
        thing=f"proposal:{proposal.pk}",
        now=now,
        summary=f"{community or street or '全部社区'} {from_on}–{until_on}",
    )
    return proposal


def claim_proposal(*, pk: int, now: datetime) -> Proposal | None:
    """Take a waiting proposal, or one whose worker has fallen silent; None when it is not to be had."""
    return runs.claim(of=Proposal, pk=pk, stage="读取课表和空闲时间", gave_up=GAVE_UP, now=now)


def report_progress(*, proposal: Proposal, stage: str, progress: int, now: datetime) -> bool:
    """Write how far the claimed run is; False when it was stopped, discarded or taken over."""
    return runs.write_running(run=proposal, stage=stage, progress=progress, claimed_at=now)


def keep_so_far(*, proposal: Proposal, so_far: dict[str, Any], now: datetime) -> bool:
    """Keep the best plan so far of the claimed run; False when it was stopped, discarded or taken over."""
    return runs.write_running(run=proposal, so_far=so_far, claimed_at=now)


def fail_proposal(*, proposal: Proposal, why: str, now: datetime) -> None:
    """Say on the page that this run came to nothing."""
    runs.fail(run=proposal, why=why, now=now)


def stop_proposal(*, proposal: Proposal) -> None:
    """Ask the running engine to hand in the best plan it has. Raises NotReady."""
    runs.stop(run=proposal)


@transaction.atomic
def discard_proposal(*, proposal: Proposal, now: datetime, actor: User | None) -> None:
    """Throw away what is still open of a proposal; a running engine stops. Raises NotReady.

    What has been accepted stays as it is.
    """
    if not _close(proposal, now):
        raise NotReady
    proposal.refresh_from_db(fields=["status"])
    audit.write(actor=actor, verb="不要这次建议", thing=f"proposal:{proposal.pk}", now=now)


def _close(proposal: Proposal, now: datetime) -> int:
    kept = proposal.placements.filter(status=Placement.Status.ACCEPTED).exists()
    ended = Status.ACCEPTED if kept else Status.DISCARDED
    closed = Proposal.objects.filter(pk=proposal.pk, status__in=OPEN).update(status=ended, finished_at=now)
    if closed:
        proposal.placements.filter(status=Placement.Status.PROPOSED).update(status=Placement.Status.REFUSED)
    return closed


@transaction.atomic
def swap_placement(*, placement: Placement, volunteer: Volunteer, now: datetime, actor: User | None) -> Placement:
    """Propose another person for the place; the one before becomes an alternative.

    Raises CannotSwap with the rule in the way, NotReady when the row is not open any more.
    """
    if placement.status != Placement.Status.PROPOSED or placement.proposal.status != Status.READY:
        raise NotReady
    found = planning.consider_swap(placement=placement, volunteer=volunteer, now=now)
    if found.obstacle:
        raise CannotSwap(found.obstacle)
    before = placement.volunteer_id
    others = [row for row in placement.alternatives if row["volunteer"] != volunteer.pk]
    Placement.objects.filter(pk=placement.pk, status=Placement.Status.PROPOSED).update(
        volunteer=volunteer,
        reasons=list(found.reasons),
        alternatives=[*others, {"volunteer": before, "text": "原来建议的人", "costs": {}}],
        bends_a_wish=planning.bends_a_wish(found.reasons),
    )
    audit.write(
        actor=actor,
        verb="换人",
        thing=f"placement:{placement.pk}",
        now=now,
        summary=f"换成 {volunteer}",
        data={"from": before, "to": volunteer.pk},
    )
    placement.refresh_from_db()
    return placement
