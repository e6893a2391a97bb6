"""为什么不是我: what it would take to have one person at one place of a proposal."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from volunteers.matching.locks import sort_locks
from volunteers.matching.preferences import TIERS
from volunteers.matching.problem import Placement as Pair
from volunteers.matching.problem import Problem
from volunteers.matching.why_not import HERE, Price, why_not
from volunteers.models import Placement, Proposal, Shift, Volunteer
from volunteers.planning import words
from volunteers.planning.load import Index, load_problem
from volunteers.planning.tiers import Order

SECONDS = 2.0
SEED = 1
CHANGE = "change"
"""What changes is listed with names, not priced."""


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody who would come to a session, or would not any more."""

    volunteer: Volunteer
    session: Any
    comes: bool


@dataclass(frozen=True, slots=True)
class Forced:
    """The price in words. `rule` is the sentence of the rule in the way, and then there is nothing else.

    `costs` are rows of tier, points (positive is worse) and the same in things one can count, in the
    proposal's order; `replaced` is the placement this person would take over where nobody else moves.
    """

    rule: str = ""
    is_there: bool = False
    costs: list[tuple[Any, int, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    given_up: list[Any] = field(default_factory=list)
    replaced: Placement | None = None
    proven: bool = True

    @property
    def worse(self) -> tuple[Any, int, str] | None:
        """The most important wish that gets worse: the reason why it was planned otherwise."""
        first = next(iter(self.costs), None)
        return first if first and first[1] > 0 else None


def force(*, proposal: Proposal, shift: Shift, volunteer: Volunteer, now: datetime) -> Forced:
    """The price of this person at this place, as things stand now. A constant number of queries, one small solve."""
    problem, index = load_problem(
        community=proposal.community,
        street=proposal.street,
        from_on=proposal.from_on,
        until_on=proposal.until_on,
        now=now,
    )
    role = index.roles.get(shift.pk)
    if role is None:
        return Forced("这一场已经开始或停课了。")
    if volunteer.pk not in problem.volunteer or volunteer.pk not in index.active:
        return Forced(f"{volunteer}暂停或离开了。")
    rows = list(
        proposal.placements.filter(status=Placement.Status.PROPOSED, shift__in=list(index.roles)).select_related(
            "shift"
        )
    )
    plan = _plan(problem, index, rows)
    # The plan as it is counts as known, so that nobody moves for nothing.
    found = why_not(
        replace(problem, previous=tuple(plan)),
        plan,
        volunteer.pk,
        shift.session_id,
        role,
        tiers=Order.read(proposal.tiers).tiers,
        seconds=SECONDS,
        seed=SEED,
    )
    return _told(found, proposal, rows, index)


def _plan(problem: Problem, index: Index, rows: list[Placement]) -> list[Pair]:
    """What is agreed, and what the proposal puts beside it as far as it still can."""
    agreed = {(pair.volunteer, pair.session): pair for pair in sort_locks(problem)[0].values()}
    for row in rows:
        pair = Pair(row.volunteer_id, row.shift.session_id, index.roles[row.shift_id])
        key = pair.volunteer, pair.session
        if pair.volunteer in problem.volunteer and key not in problem.refused:
            agreed.setdefault(key, pair)
    return sorted(agreed.values())


def _told(found: Price, proposal: Proposal, rows: list[Placement], index: Index) -> Forced:
    if found.rule == HERE:
        return Forced(is_there=True)
    if found.rule:
        name, _, said = found.text.partition("：")
        if found.rule == words.BARRED:
            _, said, _ = next(words.told_apart(found.rule, said, [found.volunteer], found.session, index))
        return Forced(f"{name}：{said}" if said else name, proven=found.proven)
    order = [tier for tier in Order.read(proposal.tiers).tiers if tier != CHANGE]
    removed = [pair for pair in found.removed if pair.volunteer != found.volunteer]
    changes = [(pair, True) for pair in found.added] + [(pair, False) for pair in found.removed]
    changes.sort(key=lambda one: (index.sessions[one[0].session].starts_at, one[0].session, one[1]))
    alone = len(changes) == 1 and len(removed) == 1 and removed[0].session == found.session
    return Forced(
        costs=[
            (TIERS[tier], found.costs[tier], found.counted.get(tier, "")) for tier in order if found.costs.get(tier)
        ],
        changes=[Change(index.volunteers[p.volunteer], index.sessions[p.session], comes) for p, comes in changes],
        given_up=[index.sessions[pk] for pk in found.given_up],
        replaced=_row_of(removed[0], rows) if alone else None,
        proven=found.proven,
    )


def _row_of(pair: Pair, rows: list[Placement]) -> Placement | None:
    return next((r for r in rows if (r.volunteer_id, r.shift.session_id) == (pair.volunteer, pair.session)), None)
