"""Rows cut from a fractional optimum: Gomory's mixed-integer cuts, a few dozen at a time.

A basic column with the fractional value b has the tableau row
$x_k + \\sum_j a_j t_j = b$ over the distances $t_j \\ge 0$ of the nonbasic columns and rows from
their bounds. With $f_0 = frac(b)$ and $f_j = frac(a_j)$ every whole plan keeps

$$ \\sum_{j\\ \\text{whole}} \\min(f_j / f_0, (1 - f_j)/(1 - f_0))\\, t_j
 + \\sum_{j\\ \\text{else}} \\max(a_j / f_0, -a_j/(1 - f_0))\\, t_j \\ge 1 $$

(Gomory 1960). All columns count as whole here: once the pairs are whole, the rest is whole in
some optimum (`Model.add_columns`). The row is worked out from the model's own numbers with the
row of the inverse as multipliers, so a rounded multiplier makes a weaker row, not a wrong one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from volunteers.matching.highs import Vertex
from volunteers.matching.model import Model, Numbers

TRIED, TAKEN = 120, 30
"""Rows worked out in one round, and rows added at most."""
REST = 6
"""For so many rounds others are tried before a column from which no row could be cut."""
FRACTIONAL = 0.04
"""How far from whole a value must be, which keeps the numbers in a row of like size."""
LONG, LONGEST = 30, 400
"""A row with more columns slows every later solve more than it helps."""
ALIKE = 0.7
"""Of two rows with more than this share of columns in common, the weaker is left out."""
NOISE = 1e-9
SAFE = 1e-6
"""Every row is loosened by this much, far more than what rounding can do."""
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12)


@dataclass(slots=True)
class Cut:
    """columns · signs >= least, and how deep it cuts (the distance to the optimum)."""

    columns: Numbers
    signs: Numbers
    least: float
    depth: float

    @property
    def worth(self) -> float:
        """Deep and short is best."""
        return self.depth / (1 + len(self.columns) / LONG)


class Resting:
    """Columns from which no row could be cut lately: a row of the inverse is dear, and little changes in a round."""

    def __init__(self) -> None:
        self._until: dict[int, int] = {}
        self._round = 0

    def next_round(self) -> None:
        """Begin a round."""
        self._round += 1

    def rests(self, column: int) -> bool:
        """Whether this column is tried only if there is time for all."""
        return self._until.get(column, 0) > self._round

    def rest(self, column: int) -> None:
        """Try others before this column for a few rounds."""
        self._until[column] = self._round + REST


def cut(model: Model, vertex: Vertex, resting: Resting) -> int:
    """Add rows that cut this optimum off; returns how many."""
    tableau = _Tableau(model, vertex)
    values = vertex.values[vertex.basic_columns]
    away = np.abs(values - np.round(values))
    order = np.argsort(-away, kind="stable")
    resting.next_round()
    able = [int(place) for place in order if away[place] > FRACTIONAL]
    able.sort(key=lambda place: resting.rests(int(vertex.basic_columns[place])))
    found = []
    for place in able[:TRIED]:
        one = tableau.cut(int(vertex.basic_at[place]))
        if one is None:
            resting.rest(int(vertex.basic_columns[place]))
        else:
            found.append(one)
    taken = _different(sorted(found, key=lambda one: (-one.worth, one.columns.tolist())))
    for one in taken:
        row = np.zeros(len(one.columns), dtype=int)
        model.add_rows(1, [(row, one.columns, one.signs)], lower=one.least)
    return len(taken)


def _different(cuts: list[Cut]) -> list[Cut]:
    """The deepest cuts, none much like another."""
    taken: list[Cut] = []
    seen: list[set[int]] = []
    for one in cuts:
        own = set(one.columns.tolist())
        if all(len(own & other) <= ALIKE * min(len(own), len(other)) for other in seen):
            taken.append(one)
            seen.append(own)
        if len(taken) == TAKEN:
            break
    return taken


class _Tableau:
    """The rows of one optimum, in the model's own columns."""

    def __init__(self, model: Model, vertex: Vertex) -> None:
        self.vertex = vertex
        self.starts, self.columns, self.entries = model.matrix()
        lower, upper, _ = model.column_bounds()
        values = vertex.values
        self.fixed = upper - lower < SAFE
        self.low = values <= lower + SAFE
        self.bound = np.where(self.low, lower, upper)
        self.free = ~vertex.columns_basic & ~self.fixed
        rows_of = np.repeat(np.arange(model.rows), np.diff(self.starts))
        row_lower, row_upper = model.row_bounds()
        activity = np.bincount(rows_of, weights=self.entries * values[self.columns], minlength=model.rows)
        self.row_low = np.abs(activity - row_lower) < SAFE
        self.row_bound = np.where(self.row_low, row_lower, row_upper)
        self.row_fixed = row_lower == row_upper
        odd = np.bincount(rows_of, weights=np.abs(self.entries - np.round(self.entries)) > NOISE, minlength=model.rows)
        self.row_whole = (odd == 0) & (np.mod(np.where(np.isfinite(self.row_bound), self.row_bound, 0.0), 1) == 0)
        self.size = model.columns

    def cut(self, place: int) -> Cut | None:
        """The cut from the basic column at this place of the basis; None where it is of no use."""
        rows, multipliers = self.vertex.inverse_row(place)
        if not np.isfinite(self.row_bound[rows]).all():
            return None
        along = self._combine(rows, multipliers)
        own = np.nonzero(self.free & (np.abs(along) > NOISE))[0]
        settled = np.nonzero(self.fixed & ~self.vertex.columns_basic)[0]
        right = float(multipliers @ self.row_bound[rows])
        right -= float(along[own] @ self.bound[own]) + float(along[settled] @ self.bound[settled])
        share = right - np.floor(right)
        if not FRACTIONAL < share < 1 - FRACTIONAL:
            return None
        step = _lifted(np.where(self.low[own], along[own], -along[own]), share, np.ones(len(own), dtype=bool))
        slack = _lifted(np.where(self.row_low[rows], -multipliers, multipliers), share, self.row_whole[rows])
        slack[self.row_fixed[rows]] = 0.0
        return self._in_columns(own, step, rows, slack)

    def _in_columns(self, own: Numbers, step: Numbers, rows: Numbers, slack: Numbers) -> Cut | None:
        """The cut with every distance written out in columns."""
        toward = np.where(self.row_low[rows], slack, -slack)
        signs = self._combine(rows, toward)
        np.add.at(signs, own, np.where(self.low[own], step, -step))
        least = 1.0 + float(toward @ self.row_bound[rows])
        least += float(np.where(self.low[own], step, -step) @ self.bound[own])
        used = np.nonzero(np.abs(signs) > NOISE)[0]
        if not 0 < len(used) <= LONGEST:
            return None
        kept, least = _whole_numbers(signs[used], least)
        missing = least - float(kept @ self.vertex.values[used])
        depth = missing / float(np.sqrt(kept @ kept))
        size = np.abs(kept)
        if depth < SAFE * 1e3 or size.max() > 1e4 * size.min():
            return None
        return Cut(used, kept, least - SAFE * max(1.0, float(size.max())), depth)

    def _combine(self, rows: Numbers, multipliers: Numbers) -> Numbers:
        """The sum of these rows times these multipliers, as one coefficient a column."""
        first, count = self.starts[rows], self.starts[rows + 1] - self.starts[rows]
        offsets = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        places = np.repeat(first, count) + offsets
        weights = self.entries[places] * np.repeat(multipliers, count)
        return np.bincount(self.columns[places], weights=weights, minlength=self.size)


def _lifted(along: Numbers, share: float, whole: Numbers) -> Numbers:
    """Gomory's coefficients of distances with these tableau entries."""
    part = along - np.floor(along)
    part[(part < NOISE * 100) | (part > 1 - NOISE * 100)] = 0.0
    of_whole = np.minimum(part / share, (1 - part) / (1 - share))
    of_whole[part == 0] = 0.0
    return np.where(whole, of_whole, np.maximum(along / share, -along / (1 - share)))


def _whole_numbers(signs: Numbers, least: float) -> tuple[Numbers, float]:
    """The same row in whole numbers where a small multiple has them.

    Then the row's own distance is whole too, which makes later cuts from it stronger.
    """
    scale = 1 / np.abs(signs).min()
    for number in DENOMINATORS:
        tried = signs * scale * number
        rounded = np.round(tried)
        if np.abs(tried - rounded).max() < SAFE:
            return rounded, float(np.ceil(least * scale * number - SAFE * 10))
    return signs, least
