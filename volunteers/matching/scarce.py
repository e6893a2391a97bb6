"""How many sessions must stay empty, worked out from the few whose people are scarce.

Where people are short the relaxation half-holds a session, and deciding that one only moves the half to the
next. What is lost in all is a whole number, and few sessions decide it: those with a price on their
people when nothing but held sessions counts. Leaving all others out asks less of everybody, so what these
few lose at least, the whole loses at least; and that small question is answered in whole numbers at once.
"""

from __future__ import annotations

import numpy as np

from volunteers.matching.highs import TOLERANCE, Bounds, Relaxation, minimise
from volunteers.matching.model import Model, Numbers

TIER = "unheld"
PRICED = 1e-7
HALF = 0.01
SECONDS = 3.0
"""The small question may take so long; without an answer nothing is lost but the time."""


def half_held(model: Model, values: Numbers) -> Numbers:
    """The sessions, by number, that these values hold in part, the most undecided first."""
    away = np.abs(values[model.held] - np.round(values[model.held]))
    order = np.argsort(-away, kind="stable")
    return np.asarray(order[away[order] > HALF])


def count_unheld(relaxation: Relaxation[Model], seconds: float, seed: int) -> bool:
    """Add the row that says what must be lost of held sessions at least; tells whether there is one.

    Only right while no settled tier has narrowed the model (`Model.narrowed`): leaving sessions out must
    ask less, not break a promise made about them.
    """
    model = relaxation.model
    prices = model.prices.get(TIER)
    if not prices or model.narrowed or relaxation.minimise({TIER: 1}, seconds) is None:
        return False
    scarce = _scarce(relaxation)
    if not len(scarce):
        return False
    costs, _ = model.objective({TIER: 1})
    outcome = minimise(model, {TIER: 1}, seconds=min(SECONDS, seconds), seed=seed, bounds=_these_alone(model, scarce))
    if outcome.infeasible or not np.isfinite(outcome.bound):
        return False
    others = np.setdiff1d(np.arange(len(model.held)), scarce)
    lost_elsewhere = -float(costs[model.held[others]].sum())
    least = np.ceil(outcome.bound - lost_elsewhere - TOLERANCE * 100)
    columns = model.held[scarce]
    whole = -float(costs[columns].sum())
    model.add_rows(1, [(np.zeros(len(columns), dtype=int), columns, costs[columns])], lower=least - whole)
    return True


def _scarce(relaxation: Relaxation[Model]) -> Numbers:
    """The sessions, by number, in whose rows a person more would be worth something, and those held anyhow."""
    model = relaxation.model
    _, duals, kept = relaxation.last
    prices = np.zeros(model.rows)
    prices[kept] = np.abs(duals)
    starts, columns, _ = model.matrix()
    row_of = np.repeat(np.arange(model.rows), np.diff(starts))
    seat_of = np.full(model.columns, -1)
    seat_of[model.held] = np.arange(len(model.held))
    priced = (prices[row_of] > PRICED) & (seat_of[columns] >= 0)
    pinned = np.nonzero(model.column_bounds()[0][model.held] > 0)[0]
    return np.asarray(np.union1d(seat_of[columns[priced]], pinned))


def _these_alone(model: Model, seats: Numbers) -> Bounds:
    """Column bounds with nobody at any other session."""
    lower, upper, _ = model.column_bounds()
    there = np.zeros(len(model.held), dtype=bool)
    there[seats] = True
    upper = upper.copy()
    upper[model.held[~there]] = 0
    upper[model.pairs[~there[model.where]]] = 0
    return lower, upper
