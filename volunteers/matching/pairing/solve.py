"""The solve: as many learners as can be have a helper, then the wishes; both proven."""

from __future__ import annotations

import time
from dataclasses import dataclass

from volunteers.matching.highs import Outcome, minimise
from volunteers.matching.pairing.model import Model
from volunteers.matching.pairing.problem import UNSEATED, Pair, Problem
from volunteers.matching.pairing.rules import RULES, Conflict, broken, sort_locks
from volunteers.matching.pairing.wishes import TIERS, WISHES, comfort, costs
from volunteers.matching.solve import SolverDisagrees

SECONDS = 10.0
"""Never reached by what fits into a room; 500 learners and 200 helpers take six."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A seating that breaks no rule.

    `unseated` adds the priorities of the learners without a helper, `value` the wishes with the
    file's weights; `proven` means that `unseated` is the least there is, and `bound`, the least that
    `value` can be with it, is reached. `conflicts` are settled pairs that could not be kept.
    """

    pairs: tuple[Pair, ...]
    unseated: int
    value: int
    bound: int | None = None
    proven: bool = False
    seconds: float = 0.0
    wishes: tuple[tuple[str, int], ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def solve(problem: Problem, *, seconds: float = SECONDS, seed: int = 0) -> Answer:
    """The best seating, or after `seconds` the best found; same question, same answer.

    The wishes are minimised among the seatings that leave the fewest without a helper: `unseated`
    becomes a row. Settled pairs are there from the start, so there is always an answer.
    """
    began = time.perf_counter()
    model = build(problem)
    first = minimise(model, {UNSEATED: 1}, seconds=seconds, seed=seed)
    pairs, proven, bound = sort_locks(problem)[0], False, None
    if first.values is not None:
        pairs = model.chosen(first.values)
        model.keep_below({UNSEATED: 1}, TIERS[UNSEATED].cost(problem, pairs))
        second = _comfort(model, seconds - (time.perf_counter() - began), seed)
        pairs = pairs if second.values is None else model.chosen(second.values)
        proven = first.proven and second.proven
        bound = comfort(problem, pairs) if proven else None
    _look_again(problem, pairs)
    return describe(problem, pairs, bound=bound, proven=proven, seconds=time.perf_counter() - began)


def build(problem: Problem) -> Model:
    """The model of a problem: gates first, then every rule's rows, then every wish's prices."""
    model = Model(problem)
    for rule in RULES:
        rule.screen(model)
    model.open()
    for rule in RULES:
        rule.post(model)
    for wish in TIERS.values():
        wish.post(model)
    return model


def describe(
    problem: Problem, pairs: tuple[Pair, ...], *, bound: int | None = None, proven: bool = False, seconds: float = 0.0
) -> Answer:
    """The answer that a seating is: what it costs, wish by wish."""
    reached = costs(problem, pairs)
    return Answer(
        pairs=pairs,
        unseated=reached.pop(UNSEATED),
        value=comfort(problem, pairs),
        bound=bound,
        proven=proven,
        seconds=round(seconds, 4),
        wishes=tuple(reached.items()),
        conflicts=sort_locks(problem)[1],
    )


def _comfort(model: Model, seconds: float, seed: int) -> Outcome:
    weights = {wish.code: model.problem.weight[wish.code] for wish in WISHES}
    return minimise(model, weights, seconds=max(0.01, seconds), seed=seed)


def _look_again(problem: Problem, pairs: tuple[Pair, ...]) -> None:
    faults = broken(problem, pairs)
    if faults:
        raise SolverDisagrees("; ".join(fault.text for fault in faults))
