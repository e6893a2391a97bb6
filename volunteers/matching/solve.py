"""The solve: screen, build, and minimise the tiers in order or added up.

A plan made by hand (`greedy`) is always there first, so whatever the time limit does, the
answer is a plan and never "hold nothing".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from volunteers.matching.answer import Answer, TierValue
from volunteers.matching.greedy import greedy
from volunteers.matching.ladder import Ladder, Plan, Step
from volunteers.matching.locks import Conflict, sort_locks
from volunteers.matching.model import Model
from volunteers.matching.preferences import PREFERENCES, TIERS, costs, value
from volunteers.matching.problem import LEAD, Placement, Problem
from volunteers.matching.rules import RULES, broken

type Progress = Callable[[str, float, float | None, float | None], bool | None]
type OnPlan = Callable[[tuple[Placement, ...], int], bool | None]
type Tiers = Sequence[str | Sequence[str]]

IN_ORDER: Tiers = ("unheld", "short", "waiting", "faces", "balance", "uneven", "strange", "wishes", "change")
TWO_STEPS: Tiers = ("unheld", "short", "waiting", ("faces", "balance", "uneven", "strange", "wishes", "change"))
"""First who is there at all and who waits, then the comfort, weighed by the file: the faster way."""


class SolverDisagrees(Exception):
    """The solver's plan breaks a rule by its meaning: a defect of the engine, never shown."""


def solve(
    problem: Problem,
    *,
    seconds: float = 20.0,
    seed: int = 0,
    tiers: Tiers | None = None,
    tolerances: Mapping[str, int] | None = None,
    on_progress: Progress | None = None,
    on_plan: OnPlan | None = None,
    start: Iterable[Placement] | None = None,
) -> Answer:
    """The best plan found within the time, with its bound.

    `tiers=None` adds all tiers up with the file's weights. Otherwise they are solved one
    after the other in this order, each settled before the next; a group such as
    `("strange", "wishes")` is one step, added up with the weights. Tiers left out are not
    looked at. `tolerances` says by how much later tiers may make one worse than its best (not
    inside a group); at the end such a tier is improved once more as far as the others allow.
    A tolerance costs a row and with it speed. `on_progress(step, share done, best, bound)` is called between steps and
    about five times a second; returning False stops, and the best so far is the answer.
    `on_plan(placements, value)` is called with the plan the search begins with and with each better
    one as soon as there is one; False stops as well. `start` is a plan at hand, such as the published one: where it breaks no rule
    and is better than the plan made by hand, the search begins there.

    Raises ValueError for an unknown tier, and for a tolerance of a tier that is no step.
    """
    began = time.perf_counter()
    steps = _steps(problem, tiers)
    again = _tolerate(steps, tolerances or {})
    model = build(problem)
    first = _first(problem, model, start, steps)
    show = _checked(problem, on_plan) if on_plan else None
    ladder = Ladder(problem, model, first, seed, began + seconds, on_progress or _silent, show)
    if ladder.show() and ladder.tell("greedy", None, None):
        _hold_locked_sessions(ladder)
        ladder.climb([*steps, *again])
    _look_again(problem, ladder.best)
    return _answer(ladder, steps, again, time.perf_counter() - began)


def build(problem: Problem) -> Model:
    """The model of a problem: gates first, then every rule's rows, then every tier's prices."""
    model = Model(problem)
    for rule in RULES:
        rule.screen(model)
    model.open()
    for rule in RULES:
        model.speaker = rule.code
        rule.post(model)
    for preference in PREFERENCES:
        model.speaker = preference.code
        preference.post(model)
    return model


def _first(problem: Problem, model: Model, start: Iterable[Placement] | None, steps: list[Step]) -> Plan:
    """The better of the plan made by hand and the plan at hand, if that one is sound."""
    by_hand = greedy(problem, model)
    at_hand = tuple(sorted(start or (), key=lambda p: (p.session, p.role != LEAD, p.volunteer)))
    known = all(p.session in problem.session and p.volunteer in problem.volunteer for p in at_hand)
    if not at_hand or not known or broken(problem, at_hand):
        return by_hand
    return min(by_hand, at_hand, key=lambda plan: [step.cost(problem, plan) for step in steps])


def _checked(problem: Problem, on_plan: OnPlan) -> Callable[[Plan], bool | None]:
    """Show a plan on the way only after the last look that the answer gets too."""

    def show(plan: Plan) -> bool | None:
        _look_again(problem, plan)
        return on_plan(plan, value(problem, plan))

    return show


def _look_again(problem: Problem, plan: Plan) -> None:
    faults = broken(problem, plan)
    if faults:
        raise SolverDisagrees("; ".join(fault.text for fault in faults))


def _silent(step: str, share: float, best: float | None, bound: float | None) -> None:
    """Progress that nobody watches."""


def _steps(problem: Problem, tiers: Tiers | None) -> list[Step]:
    if tiers is None:
        return [Step({tier: problem.weight[tier] for tier in TIERS})]
    groups = [(tier,) if isinstance(tier, str) else tuple(tier) for tier in tiers]
    named = [tier for group in groups for tier in group]
    for tier in named:
        if tier not in TIERS or named.count(tier) > 1:
            raise ValueError(f"expected each of {', '.join(TIERS)} once at most, found {tier!r}")
    return [Step({tier: problem.weight[tier] if len(group) > 1 else 1 for tier in group}) for group in groups]


def _tolerate(steps: list[Step], tolerances: Mapping[str, int]) -> list[Step]:
    """Tell the steps their tolerance; returns the steps to be taken once more at the end."""
    by_name = {step.name: step for step in steps}
    for tier, most in tolerances.items():
        if tier not in by_name or most < 0:
            raise ValueError(f"expected a tolerance of 0 or more for a tier that is a step, found {tier!r}: {most}")
        by_name[tier].tolerance = most
    return [Step(dict(step.weights)) for step in steps if step.tolerance]


def _hold_locked_sessions(ladder: Ladder) -> None:
    """Hold every session with an agreed person, where that can be done at all.

    Who has agreed is not sent home to please somebody else; a session that cannot be
    staffed safely whatever is done is given up and reported.
    """
    locked = dict.fromkeys(lock.session for lock in sort_locks(ladder.problem)[0])
    if not ladder.held().issuperset(locked):
        ladder.keep(locked)
    kept = [ladder.model.column_of[session] for session in locked if session in ladder.held()]
    ladder.model.pin(ladder.model.held[np.array(kept, dtype=int)], 1)


def _answer(ladder: Ladder, steps: list[Step], again: list[Step], seconds: float) -> Answer:
    problem, plan = ladder.problem, ladder.best
    reached = costs(problem, plan)
    solved = [step for step in steps if step.reached is not None]
    bounds = {tier: bound for step in solved for tier, bound in step.bounds()}
    known = {tier for step in solved for tier in step.weights} == set(TIERS)
    return Answer(
        placements=plan,
        value=sum(problem.weight[tier] * cost for tier, cost in reached.items()),
        bound=sum(step.weighted_bound(problem) for step in steps) if known else None,
        proven=not ladder.cancelled and all(step.proven for step in (*steps, *again)),
        seconds=round(seconds, 3),
        tiers=tuple(TierValue(tier, cost, bounds.get(tier)) for tier, cost in reached.items()),
        conflicts=(*sort_locks(problem)[1], *_unheld_locks(problem, plan)),
        cancelled=ladder.cancelled,
    )


def _unheld_locks(problem: Problem, plan: tuple[Placement, ...]) -> list[Conflict]:
    held = {placement.session for placement in plan}
    text = "这一场凑不够安全的人数，开不了，已定的人也就不排。"
    return [
        Conflict(lock, "staffed", "这一场开不了", text) for lock in sort_locks(problem)[0] if lock.session not in held
    ]
