"""The proof for a small city: in one piece, with what its streets have taught.

Rows that a street's whole plans keep are rows of the whole city too, as long as they do not speak of
a traveller's load, which is another one there. Pairs that cost a street more than the gap of the whole are in
no better plan. What remains is decided by `exact`, beginning with the plan at hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from volunteers.matching.city.shard import Finding
from volunteers.matching.city.streets import City
from volunteers.matching.city.tolls import tiers
from volunteers.matching.exact import Exact
from volunteers.matching.highs import Watch
from volunteers.matching.model import Model
from volunteers.matching.problem import Placement
from volunteers.matching.solve import build

MARGIN = 0.01
ROUNDS = 8
"""The streets have tightened their relaxations already."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A better plan, if there is one, and the bound of all plans that hold the agreed sessions."""

    placements: tuple[Placement, ...] | None
    bound: int


def prove(
    city: City, findings: Iterable[Finding], *, value: int, least: int, seconds: float, seed: int, watch: Watch
) -> Proof:
    """Solve the city in one piece: nothing, or a plan that costs less than `value`.

    `findings` are those of `street_bound` for every street, `least` the bound they make together. The
    plan at hand holds all agreed sessions.
    """
    known = tuple(findings)
    model = build(city.problem)
    add_cuts(model, known)
    close(model, known, value - least)
    agreed = [model.held[model.column_of[session]] for session in dict.fromkeys(lock.session for lock in city.locks)]
    model.pin(np.array(agreed, dtype=int), 1)
    exact = Exact(model, seed, rounds=ROUNDS)
    outcome = exact.minimise(tiers(city.problem), known=value, seconds=seconds, watch=watch)
    plan = None if outcome.values is None else model.placements(outcome.values)
    bound = least if math.isinf(outcome.bound) else max(least, math.ceil(outcome.bound - MARGIN))
    return Proof(plan, bound)


def add_cuts(model: Model, findings: Iterable[Finding]) -> None:
    """Add the rows of streets whose columns are all there."""
    column = {name: number for number, name in enumerate(model.names()) if name is not None}
    cuts = [cut for finding in findings for cut in finding.cuts if all(name in column for name, _ in cut[2])]
    if not cuts:
        return
    entries = [(row, column[name], sign) for row, (_, _, terms) in enumerate(cuts) for name, sign in terms]
    rows, columns, signs = zip(*entries, strict=True)
    model.add_rows(
        len(cuts),
        [(np.array(rows), np.array(columns), np.array(signs))],
        lower=np.array([-math.inf if low is None else low for low, _, _ in cuts]),
        upper=np.array([math.inf if high is None else high for _, high, _ in cuts]),
    )


def close(model: Model, findings: Iterable[Finding], gap: int) -> None:
    """Leave out the pairs of no plan within the gap: with one of them, a street alone costs too much."""
    dear = {
        (volunteer, session)
        for finding in findings
        if finding.bound is not None and finding.floor is not None
        for volunteer, session, more in finding.reduced
        if more > finding.bound + gap - finding.floor + MARGIN
    }
    pairs = zip(model.who.tolist(), model.where.tolist(), strict=True)
    out = [(model.volunteers[who].id, model.sessions[where].id) in dear for who, where in pairs]
    model.pin(model.pairs[np.array(out, dtype=bool)], 0)
