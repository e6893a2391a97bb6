"""Work in the background: proposals, reminders, gaps. Every task claims its row first, so it may run twice."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.tasks import task
from django.utils import timezone

from volunteers import planning
from volunteers.actions import answers, proposals, reminding
from volunteers.models import Proposal

log = logging.getLogger(__name__)

SAY_EVERY = 0.5
"""Seconds between two words about progress."""
FAILED = "排班时程序出错了，什么都没改动。请再补一次；还不行，请把时间告诉管理员。"


@task()
def run_proposal(pk: int) -> str:
    """Solve one proposal and keep the answer; answers what became of it."""
    proposal = proposals.claim_proposal(pk=pk, now=timezone.now())
    if proposal is None:
        return "nothing to do"
    try:
        solve_claimed(proposal)
    except planning.ProposalGone:
        return "stopped"
    except Exception:
        log.exception("proposal %s", pk)
        proposals.fail_proposal(proposal=proposal, why=FAILED, now=timezone.now())
        return "failed"
    return "ready"


@task()
def run_waiting_proposals() -> int:
    """The net below `run_proposal`: what nobody started, and what a killed worker left behind."""
    silent_since = timezone.now() - proposals.SILENT_FOR
    waiting = Proposal.objects.filter(status=Proposal.Status.WAITING)
    left = Proposal.objects.filter(status=Proposal.Status.RUNNING, claimed_at__lt=silent_since)
    found = list((waiting | left).order_by("id").values_list("pk", flat=True))
    for pk in found:
        run_proposal.call(pk)
    return len(found)


def solve_claimed(proposal: Proposal, *, seconds: float = planning.SECONDS, as_of: datetime | None = None) -> Proposal:
    """Load, solve, save. Raises ProposalGone when it was discarded or taken over meanwhile.

    Sessions that have begun are left out; `as_of` is the moment that counts as now for that.
    """
    problem, index = planning.load_problem(
        community=proposal.community,
        from_on=proposal.from_on,
        until_on=proposal.until_on,
        now=as_of or timezone.now(),
    )
    order = planning.Order.read(proposal.tiers)
    answer = planning.find_plan(problem, order=order, seconds=seconds, on_progress=_speaker(proposal))
    advice = planning.advise(problem=problem, index=index, answer=answer)
    return planning.save_proposal(
        proposal=proposal, problem=problem, index=index, answer=answer, now=timezone.now(), advice=advice
    )


def _speaker(proposal: Proposal) -> Callable[[str, float, float | None, float | None], bool]:
    """Writes progress to the row, at most twice a second; False stops the engine."""
    said = {"at": float("-inf")}

    def speak(stage: str, share: float, best: float | None, bound: float | None) -> bool:
        if time.monotonic() - said["at"] < SAY_EVERY:
            return True
        said["at"] = time.monotonic()
        return proposals.report_progress(
            proposal=proposal,
            stage=planning.stage(stage),
            progress=5 + round(90 * min(1.0, share)),
            now=timezone.now(),
        )

    return speak


# --- by the clock -----------------------------------------------------------------------------


@task()
def remind_tomorrow() -> int:
    """Remind everybody who has a place tomorrow, once a place; answers how many places."""
    return reminding.remind(on_date=timezone.localdate() + timedelta(days=1), now=timezone.now())


@task()
def release_unanswered() -> int:
    """Set free the places whose invitations ran out; answers how many."""
    return answers.expire_offers(now=timezone.now())


@task()
def mark_gaps() -> dict[str, int]:
    """The nightly look ahead: which needs of the next 14 days are not met; answers counts."""
    return reminding.mark_gaps(now=timezone.now())
