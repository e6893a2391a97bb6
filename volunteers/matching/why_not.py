"""为什么不是我: the price of placing somebody, tier by tier, or the rule that forbids it.

The pair is agreed beforehand (a lock) and a slice of the plan is solved again: the session and
every session of that person. What the plan costs more then is the price.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from volunteers.matching.gap import name_of
from volunteers.matching.locks import sort_locks
from volunteers.matching.preferences import TIERS, costs
from volunteers.matching.problem import HELPER, Lock, Placement, Problem
from volunteers.matching.slices import cut
from volunteers.matching.solve import IN_ORDER, Tiers, solve
from volunteers.matching.words import role_name
from volunteers.matching.worth import difference as in_numbers

HERE, STAFFED = "here", "staffed"


@dataclass(frozen=True, slots=True)
class Price:
    """What it would take to place one volunteer at one session.

    `rule` is the hard rule in the way ("" where there is none); then there is no plan.
    `costs` is the plan with the pair minus the plan as it is, by tier: positive is worse. They
    are an upper bound where the slice was not `whole`: moving others elsewhere may be cheaper.
    `counted` says them in faces, places and visits, for the tiers where these change.
    """

    volunteer: int
    session: int
    role: str
    rule: str
    text: str
    costs: dict[str, int] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)
    added: tuple[Placement, ...] = ()
    removed: tuple[Placement, ...] = ()
    given_up: tuple[int, ...] = ()
    plan: tuple[Placement, ...] | None = None
    whole: bool = False
    proven: bool = False


def why_not(
    problem: Problem,
    placements: Collection[Placement],
    volunteer: int,
    session: int,
    role: str = HELPER,
    *,
    tiers: Tiers | None = IN_ORDER,
    whole: bool = False,
    seconds: float = 5.0,
    seed: int = 0,
) -> Price:
    """The price of having this volunteer in this role at this session, in the order of `tiers`.

    The placements break no rule. `whole` lets every session change instead of the slice.
    """
    plan = tuple(placements)
    if any((p.volunteer, p.session) == (volunteer, session) for p in plan):
        return Price(volunteer, session, role, HERE, f"{name_of(problem, volunteer)}已经在这一场")
    forced = Lock(volunteer, session, role)
    asked = replace(problem, locked=(*problem.locked, forced))
    for conflict in sort_locks(asked)[1]:
        if conflict.lock == forced:
            text = f"{name_of(problem, volunteer)}：{conflict.label}。{conflict.text}"
            return Price(volunteer, session, role, conflict.rule, text)
    inside = {session} | {p.session for p in plan if p.volunteer == volunteer}
    inside = set(problem.session) if whole else inside
    known = problem.previous
    previous = None if known is None else tuple(p for p in known if p.session in inside)
    part = cut(asked, plan, inside, previous=previous)
    answer = solve(part, seconds=seconds, seed=seed, tiers=tiers)
    if Placement(volunteer, session, role) not in answer.placements:
        text = f"{name_of(problem, volunteer)}来了，这一场还是凑不够安全的人数"
        return Price(volunteer, session, role, STAFFED, text, whole=whole, proven=answer.proven)
    whole = len(inside) == len(problem.sessions)
    price = Price(volunteer, session, role, "", "", whole=whole, proven=answer.proven)
    return _told(part, plan, answer.placements, price)


def _told(part: Problem, plan: tuple[Placement, ...], after: tuple[Placement, ...], price: Price) -> Price:
    """The price with its numbers: what changes inside the slice, for nothing else does."""
    before = tuple(placement for placement in plan if placement.session in part.session)
    outside = tuple(placement for placement in plan if placement.session not in part.session)
    first, then = costs(part, before), costs(part, after)
    difference = {tier: then[tier] - first[tier] for tier in then}
    own = Placement(price.volunteer, price.session, price.role)
    given_up = tuple(sorted({p.session for p in before} - {p.session for p in after}))
    removed = tuple(sorted(set(before) - set(after)))
    counted = {tier: said for tier in then if (said := in_numbers(part, tier, before, after))}
    changed = replace(
        price,
        costs=difference,
        counted=counted,
        added=tuple(sorted(set(after) - set(before) - {own})),
        removed=removed,
        given_up=given_up,
        plan=(*outside, *after),
    )
    return replace(changed, text=_text(part, changed))


def _text(problem: Problem, price: Price) -> str:
    name = name_of(problem, price.volunteer)
    role = role_name(problem.session[price.session].programme, price.role)
    parts = [f"要请{name}来当{role}"]
    here = [p.volunteer for p in price.removed if p.session == price.session and p.volunteer != price.volunteer]
    if here:
        parts.append(f"换下{'、'.join(name_of(problem, one) for one in here)}")
    others = {p.session for p in (*price.added, *price.removed)} - {price.session}
    if others:
        parts.append(f"另有 {len(others)} 场跟着变")
    if price.given_up:
        parts.append(f"{len(price.given_up)} 场开不了")
    more = {tier: f"（{said}）" for tier, said in price.counted.items()}
    worse = [f"{TIERS[t].label}差 {cost}{more.get(t, '')}" for t, cost in price.costs.items() if cost > 0]
    better = [f"{TIERS[t].label}好 {-cost}{more.get(t, '')}" for t, cost in price.costs.items() if cost < 0]
    return "，".join([*parts, "、".join([*worse, *better]) or "一样好"])
