"""From the engine back to the models: solve, keep the answer as a proposal with its reasons."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from volunteers.matching import explain
from volunteers.matching.answer import Answer
from volunteers.matching.explain import Gap
from volunteers.matching.problem import Placement as Pair
from volunteers.matching.problem import Problem
from volunteers.matching.solve import OnPlan, Progress, solve
from volunteers.models import Placement, Proposal, Shift
from volunteers.planning import words
from volunteers.planning.advising import Advice
from volunteers.planning.load import Index
from volunteers.planning.locking import without_sessions
from volunteers.planning.remarks import remarks
from volunteers.planning.tiers import Order

FORMAT = "linke-roster-answer/1"
SEED = 1
SECONDS = 30.0
# Rules that a person may bend for themselves when they are asked, in the order to try.
ASKABLE = ("week-limit", "free", "one-place")
NAMED = 4
USUAL = Order()


class ProposalGone(Exception):
    """The proposal was stopped, discarded or taken over while the engine worked on it."""


def find_plan(
    problem: Problem,
    *,
    order: Order = USUAL,
    seconds: float = SECONDS,
    on_progress: Progress | None = None,
    on_plan: OnPlan | None = None,
    start: Iterable[Pair] = (),
) -> Answer:
    """The best plan in this order of tiers; the same question has the same answer.

    `on_plan` is shown each better plan on the way; `start` is one at hand, such as that of a run cut off.

    A session that cannot be held safely has nobody in the engine's plan. People agreed there
    still come, so their time is taken out and the rest is planned once more.
    """
    tiers, tolerances = order.tiers, order.tolerances
    answer = solve(
        problem,
        seconds=seconds,
        seed=SEED,
        tiers=tiers,
        tolerances=tolerances,
        on_progress=on_progress,
        on_plan=on_plan,
        start=start,
    )
    unheld = {conflict.lock.session for conflict in answer.conflicts}
    if not unheld or answer.cancelled:
        return answer
    again = solve(
        without_sessions(problem, unheld),
        seconds=max(1.0, seconds - answer.seconds),
        seed=SEED,
        tiers=tiers,
        tolerances=tolerances,
        on_progress=on_progress,
    )
    return replace(
        again,
        proven=again.proven and answer.proven,
        seconds=answer.seconds + again.seconds,
        conflicts=answer.conflicts,
    )


@transaction.atomic
def save_proposal(
    *,
    proposal: Proposal,
    problem: Problem,
    index: Index,
    answer: Answer,
    now: datetime,
    advice: Advice | None = None,
    gap: float | None = None,
) -> Proposal:
    """Keep the answer: one Placement per new pair, the gaps with their causes, the loads, the advice.

    `gap` is how far from the best an unproven plan is at most, as a share, where that is known.

    Only a proposal that is running is saved, so that a discarded one stays discarded. Raises
    ProposalGone otherwise.
    """
    locked = {(lock.volunteer, lock.session) for lock in problem.locked}
    told = explain.placements(problem, answer)
    whys = [why for why in told if (why.placement.volunteer, why.placement.session) not in locked]
    notes = remarks({why.placement.volunteer for why in whys}, index)
    rows = [_placement(proposal, why, problem, index, notes) for why in whys]
    document = answer_document(problem, index, answer, rows, advice or Advice())
    saved = Proposal.objects.filter(pk=proposal.pk, status=Proposal.Status.RUNNING).update(
        status=Proposal.Status.READY,
        stage="",
        progress=100,
        finished_at=now,
        seconds=answer.seconds,
        proven=answer.proven,
        so_far={},
        answer=document | {"gap": gap},
    )
    if not saved:
        raise ProposalGone
    Placement.objects.filter(proposal=proposal).delete()
    Placement.objects.bulk_create(rows)
    proposal.refresh_from_db()
    return proposal


def answer_document(
    problem: Problem, index: Index, answer: Answer, rows: list[Placement], advice: Advice
) -> dict[str, Any]:
    """The answer as `linke-roster-answer/1` with database ids, plus what the review page shows."""
    placed = Counter(row.shift_id for row in rows)
    unfilled = [
        _unfilled(gap, shift, shift.needed - shift.taken - placed[shift.pk], problem, advice)
        for gap in (words.spelled_out(one, index) for one in explain.gaps(problem, answer))
        if (shift := index.shifts.get((gap.session, gap.role)))
    ]
    reasons = {(row.volunteer_id, row.shift.session_id): row.reasons for row in rows}
    return {
        "format": FORMAT,
        "placements": [{**asdict(p), "reasons": reasons.get((p.volunteer, p.session), [])} for p in answer.placements],
        "value": answer.value,
        "bound": answer.bound,
        "proven": answer.proven,
        "seconds": answer.seconds,
        "tiers": {tier.tier: {"value": tier.value, "bound": tier.bound} for tier in answer.tiers},
        "unfilled": [one for one in unfilled if one["missing"] > 0],
        "gaps_before": sum(shift.needed - shift.taken for shift in index.shifts.values()),
        "kept": sum(shift.filled for shift in index.shifts.values()),
        "volunteers": len(index.active),
        "loads": _loads(problem, rows),
        "recruits": advice.recruits,
        "evenness": advice.evenness,
        "cut_short": answer.cancelled,
    }


def _placement(
    proposal: Proposal,
    why: explain.Why,
    problem: Problem,
    index: Index,
    notes: dict[int, list[str]],
) -> Placement:
    place = why.placement
    reasons = words.reasons_of(
        why.reasons, problem.session[place.session], place.volunteer, index, notes[place.volunteer]
    )
    return Placement(
        proposal=proposal,
        shift=index.shifts[place.session, place.role],
        volunteer=index.volunteers[place.volunteer],
        reasons=reasons,
        alternatives=[{"volunteer": a.volunteer, "text": a.text, "costs": a.costs} for a in why.alternatives],
        bends_a_wish=words.bends_a_wish(reasons),
    )


def _unfilled(gap: Gap, shift: Shift, missing: int, problem: Problem, advice: Advice) -> dict[str, Any]:
    able = words.able_people(gap)
    newcomers = sum(problem.volunteer[person].newcomer for person in able)
    return {
        "session": gap.session,
        "role": gap.role,
        "shift": shift.pk,
        "missing": missing,
        "held": gap.held,
        "text": words.gap_text(gap, shift.role.name, newcomers),
        "too_new": not gap.held and 2 * newcomers > len(able),
        "because": {cause.rule: cause.count for cause in gap.because},
        "funnel": [asdict(cause) for cause in gap.because],
        "ways_out": ways_out(gap, newcomers, advice.ways.get(gap.session)),
    }


def ways_out(gap: Gap, newcomers: int, checked: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """What an organiser can do: the ways that were checked to work, then where else to look.

    Without `checked` (there was no time) people beyond one wish of their own are only counted.
    Clearance and age are never bent; whoever lacks only the check is named so that it can be
    made in time.
    """
    by_rule = {cause.rule: cause for cause in gap.because}
    counted = ("lesson", "clearance", "newcomers") if checked else (*ASKABLE, "lesson", "clearance", "newcomers")
    found = [
        {"kind": rule, "count": by_rule[rule].count, "people": list(by_rule[rule].volunteers[:NAMED])}
        for rule in counted
        if rule in by_rule
    ]
    if newcomers and not gap.held and "newcomers" not in by_rule:
        found.insert(0, {"kind": "newcomers", "count": newcomers, "people": []})
    return [*(checked or ()), *found, {"kind": "recruit", "count": 0, "people": []}]


def _loads(problem: Problem, rows: list[Placement]) -> list[dict[str, int]]:
    """How often the people of the plan come, counted with the last four weeks."""
    locked = Counter(lock.volunteer for lock in problem.locked)
    new = Counter(row.volunteer_id for row in rows)
    found = [
        {"volunteer": pk, "before": problem.volunteer[pk].recent_load + locked[pk], "new": count}
        for pk, count in new.items()
    ]
    return sorted(found, key=lambda load: (-(load["before"] + load["new"]), load["volunteer"]))
