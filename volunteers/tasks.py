"""Work in the background: proposals, reminders, gaps. Every task claims its row first, so it may run twice."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.tasks import Task, task
from django.utils import timezone

from volunteers import planning
from volunteers.actions import (
    answers,
    attendance,
    briefing,
    clubs,
    floors,
    forgetting,
    ledger,
    people,
    proposals,
    reminding,
    runs,
    substitutes,
    timetables,
    tradeoffs,
    waiting,
)
from volunteers.matching.problem import Placement as Pair
from volunteers.matching.problem import Problem
from volunteers.models import Proposal, TimetableProposal, Tradeoff
from volunteers.models.runs import Run

log = logging.getLogger(__name__)

SAY_EVERY = 0.5
"""Seconds between two words about progress."""
SEARCH_FOR = 6.0
"""Seconds of one run of the searches."""
FAILED = "排班时程序出错了，什么都没改动。请再补一次；还不行，请把时间告诉管理员。"
NOT_PRICED = "没算成，什么都没改动。请再算一次；还不行，请把时间告诉管理员。"


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
    return _run_waiting(Proposal, run_proposal)


def _run_waiting(of: type[Run], start: "Task[Any, Any]") -> int:
    """Run what waits, and what a silent worker has left; answers how many."""
    silent_since = timezone.now() - runs.SILENT_FOR
    waiting = of._default_manager.filter(status=Run.Status.WAITING)
    left = of._default_manager.filter(status=Run.Status.RUNNING, claimed_at__lt=silent_since)
    found = list((waiting | left).order_by("id").values_list("pk", flat=True))
    for pk in found:
        start.call(pk)
    return len(found)


def solve_claimed(proposal: Proposal, *, seconds: float = planning.SECONDS, as_of: datetime | None = None) -> Proposal:
    """Load, solve, save. Raises ProposalGone when it was discarded or taken over meanwhile.

    Sessions that have begun are left out; `as_of` is the moment that counts as now for that.
    """
    problem, index = planning.load_problem(
        community=proposal.community,
        street=proposal.street,
        from_on=proposal.from_on,
        until_on=proposal.until_on,
        now=as_of or timezone.now(),
    )
    order = planning.Order.read(proposal.tiers)
    witness = Witness(proposal, problem, index, order, until=timezone.now() + timedelta(seconds=seconds))
    answer = planning.find_plan(
        problem,
        order=order,
        seconds=seconds,
        on_progress=witness.hear,
        on_plan=witness.see,
        start=planning.plan_of(proposal.so_far),
    )
    witness.settle(answer.placements, proven=answer.proven)
    advice = planning.advise(problem=problem, index=index, answer=answer)
    return planning.save_proposal(
        proposal=proposal,
        problem=problem,
        index=index,
        answer=answer,
        now=timezone.now(),
        advice=advice,
        gap=None if answer.proven else witness.gap,
    )


class Witness:
    """Writes to the row what a running engine says and shows, at most twice a second; False stops the engine.

    The first plan is kept at once, a better one as soon as half a second has passed since the last.
    """

    def __init__(
        self,
        proposal: Proposal,
        problem: Problem,
        index: planning.Index,
        order: planning.Order,
        *,
        until: datetime,
    ) -> None:
        self.proposal, self.problem, self.index, self.order, self.until = proposal, problem, index, order, until
        self.best: tuple[Pair, ...] | None = None
        self.plans = 0
        self.gap: float | None = None
        self.said_at = self.kept_at = float("-inf")

    def hear(self, stage: str, share: float, best: float | None, bound: float | None) -> bool:
        """Progress of the engine: what it does, the share done, the best value and bound of this step."""
        if self.order.is_first_look(stage, share):
            stage = planning.FIRST_LOOK
            if best is not None and bound is not None:
                self.gap = max(0.0, best - bound) / max(1.0, abs(best))
        if time.monotonic() - self.said_at < SAY_EVERY:
            return True
        self.said_at = time.monotonic()
        goes_on = proposals.report_progress(
            proposal=self.proposal,
            stage=planning.stage(stage),
            progress=5 + round(90 * min(1.0, share)),
            now=timezone.now(),
        )
        return goes_on and self._keep()

    def see(self, plan: tuple[Pair, ...], value: int) -> bool:
        """A better plan."""
        self.best = plan
        self.plans += 1
        return self._keep()

    def settle(self, plan: tuple[Pair, ...], *, proven: bool) -> None:
        """The answer is there; what follows are its reasons, which take a moment."""
        self.best, self.kept_at = plan, float("-inf")
        self.gap = 0.0 if proven else self.gap
        self._keep(is_last=True, proven=proven)

    def _keep(self, **more: bool) -> bool:
        if self.best is None or time.monotonic() - self.kept_at < SAY_EVERY:
            return True
        found = planning.so_far(self.problem, self.index, self.best)
        found |= {"gap": self.gap, "plans": self.plans, "until": self.until.isoformat()} | more
        self.best, self.kept_at = None, time.monotonic()
        return proposals.keep_so_far(proposal=self.proposal, so_far=found, now=timezone.now())


# --- the price of one wish in another ------------------------------------------------------------


@task()
def run_tradeoff(pk: int) -> str:
    """Work out one curve and keep its points; answers what became of it."""
    tradeoff = tradeoffs.claim_tradeoff(pk=pk, now=timezone.now())
    if tradeoff is None:
        return "nothing to do"
    try:
        kept = price_claimed(tradeoff)
    except Exception:
        log.exception("tradeoff %s", pk)
        runs.fail(run=tradeoff, why=NOT_PRICED, now=timezone.now())
        return "failed"
    return "ready" if kept else "stopped"


@task()
def run_waiting_tradeoffs() -> int:
    """The net below `run_tradeoff`, as for proposals."""
    return _run_waiting(Tradeoff, run_tradeoff)


def price_claimed(tradeoff: Tradeoff, *, as_of: datetime | None = None) -> bool:
    """Load, solve point by point, save; False when it was taken over. `as_of` counts as now for begun sessions."""
    proposal = tradeoff.proposal
    problem, _ = planning.load_problem(
        community=proposal.community,
        street=proposal.street,
        from_on=proposal.from_on,
        until_on=proposal.until_on,
        now=as_of or timezone.now(),
    )
    points = planning.price(
        problem,
        planning.Order.read(proposal.tiers),
        tradeoff.upper,
        tradeoff.lower,
        on_progress=lambda found: tradeoffs.report_found(tradeoff=tradeoff, found=found, now=timezone.now()),
    )
    return tradeoffs.finish_tradeoff(tradeoff=tradeoff, points=points, now=timezone.now())


# --- by the clock -----------------------------------------------------------------------------


@task()
def remind_tomorrow() -> int:
    """Remind everybody who has a place tomorrow, once a place; answers how many places."""
    return reminding.remind(on_date=timezone.localdate() + timedelta(days=1), now=timezone.now())


@task()
def remind_soon() -> int:
    """Remind everybody whose place begins within two hours, once a place; answers how many places."""
    return reminding.remind_soon(now=timezone.now())


@task()
def nudge_unanswered() -> int:
    """Ask again those whose invitations run out tomorrow; answers how many people."""
    return reminding.nudge(now=timezone.now())


@task()
def warn_of_clearances() -> int:
    """Tell those whose background check runs out within 30 days; answers how many."""
    return reminding.warn_of_clearances(now=timezone.now())


@task()
def warn_of_trainings() -> int:
    """Tell those of whose trainings one runs out within 30 days; answers how many trainings."""
    return reminding.warn_of_trainings(now=timezone.now())


@task()
def tell_expiring() -> int:
    """Tell organisers which checks and trainings run out within 30 days, each once; answers how many there are."""
    return briefing.tell_expiring(now=timezone.now())


@task()
def tell_unclosed() -> int:
    """Tell organisers which sessions of yesterday were not closed; answers how many sessions."""
    return briefing.unclosed_yesterday(now=timezone.now())


@task()
def close_visits() -> int:
    """Let everybody who checked in leave at the planned end; answers how many."""
    return attendance.close_visits(now=timezone.now())


@task()
def post_hours() -> int:
    """Write what was counted into the hour ledger; answers how many lines."""
    return ledger.post_hours(now=timezone.now())


@task()
def tell_week() -> int:
    """Send organisers the week in numbers; answers how many of them."""
    return briefing.weekly(now=timezone.now())


@task()
def call_for_help() -> int:
    """Tell work groups where people are missing; answers how many groups."""
    return briefing.call_for_help(now=timezone.now())


@task()
def release_unanswered() -> int:
    """Set free the places whose invitations ran out; answers how many."""
    return answers.expire_offers(now=timezone.now())


@task()
def offer_freed_places() -> int:
    """Ask those who wait for places that came free; answers how many."""
    return waiting.offer_freed_places(now=timezone.now())


@task()
def warn_of_lapses() -> int:
    """Tell clubs' leaders which held places want names by tomorrow; answers how many holds."""
    return clubs.warn_of_lapses(now=timezone.now())


@task()
def lapse_holds() -> int:
    """Free the places that clubs held without a name until now; answers how many holds."""
    return clubs.lapse_holds(now=timezone.now())


@task()
def find_substitutes() -> int:
    """Ask the waves that are due, end the searches that are over; answers how many searches moved.

    What would take longer than a task may is left to the next run, seconds later.
    """
    until = time.monotonic() + SEARCH_FOR
    return substitutes.run_due(now=timezone.now(), go_on=lambda: time.monotonic() < until)


@task()
def watch_floors() -> int:
    """Look at children's sessions that lack cleared adults, and call deputies; answers how many are under their floor."""
    return floors.watch(now=timezone.now())


@task()
def mark_gaps() -> dict[str, int]:
    """The nightly look ahead: which needs of the next 14 days are not met; answers counts."""
    return reminding.mark_gaps(now=timezone.now())


# --- timetables -------------------------------------------------------------------------------


@task()
def run_timetable(pk: int) -> str:
    """Find up to three timetables for one request; answers what became of it."""
    proposal = timetables.claim_timetable(pk=pk, now=timezone.now())
    if proposal is None:
        return "nothing to do"
    try:
        return find_claimed(proposal)
    except Exception:
        log.exception("timetable %s", pk)
        runs.fail(run=proposal, why=FAILED, now=timezone.now())
        return "failed"


@task()
def run_waiting_timetables() -> int:
    """The net below `run_timetable`, as for proposals."""
    return _run_waiting(TimetableProposal, run_timetable)


def find_claimed(proposal: TimetableProposal, *, seconds: float = planning.TIMETABLE_SECONDS) -> str:
    """Load, solve, save."""
    problem, index = planning.load_times(
        term=proposal.term, community=proposal.community, chosen=proposal.series, now=timezone.now()
    )
    answers = planning.find_timetables(problem, gives=proposal.gives, seconds=seconds, on_progress=_speaker(proposal))
    saved = timetables.save_timetables(
        proposal=proposal,
        found=planning.as_document(problem, answers, index.series),
        proven=bool(answers) and all(answer.proven for answer in answers),
        seconds=sum(answer.seconds for answer in answers),
        now=timezone.now(),
    )
    return "ready" if saved else "stopped"


def _speaker(run: TimetableProposal) -> Callable[[str, float, float | None, float | None], bool]:
    """Writes progress to the row, at most twice a second; False stops the engine."""
    said = {"at": float("-inf")}

    def speak(tier: str, share: float, best: float | None, bound: float | None) -> bool:
        if time.monotonic() - said["at"] < SAY_EVERY:
            return True
        said["at"] = time.monotonic()
        progress = 5 + round(90 * min(1.0, share))
        return runs.report(run=run, stage=planning.timetable_stage(tier), progress=progress, now=timezone.now())

    return speak


@task()
def forget_data() -> int:
    """The night: whoever paused until today is planned again, and what is kept no longer goes; how many rows."""
    now = timezone.now()
    people.resume_due(now=now)
    return forgetting.forget(now=now)
