"""An integer programme as numpy arrays: columns, rows and one price list per tier.

Nothing here knows what a row or a column means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

type Mask = npt.NDArray[Any]
type Numbers = npt.NDArray[Any]

INFINITE = float("inf")

type Name = tuple[str | int, ...]


class Programme:
    """Columns with bounds, rows over them, and prices by tier, added block by block."""

    def __init__(self) -> None:
        self.columns = 0
        self.rows = 0
        self.narrowed = False
        self.prices: dict[str, list[tuple[Numbers, Numbers]]] = {}
        self.constants: dict[str, int] = {}
        # Each begins with an empty block, so that a programme without columns or rows is one too.
        none, nowhere = np.zeros(0), np.zeros(0, dtype=int)
        self._columns: list[tuple[Numbers, Numbers, Numbers]] = [(none, none, nowhere)]
        self._rows: list[tuple[Numbers, Numbers]] = [(none, none)]
        self._entries: list[tuple[Numbers, Numbers, Numbers]] = [(nowhere, nowhere, none)]
        self._implied: list[Numbers] = [np.zeros(0, dtype=bool)]
        self._names: list[tuple[int, Callable[[], Sequence[Name]] | None]] = []
        self.speaker = ""
        self._speakers: list[tuple[str, int]] = []
        self._compressed: tuple[int, tuple[Numbers, Numbers, Numbers]] | None = None

    def add_columns(
        self, upper: Numbers, *, whole: bool = False, names: Callable[[], Sequence[Name]] | None = None
    ) -> Numbers:
        """New columns from 0 to `upper`; returns their indices.

        `names` says what each of them is called, the same in every programme where it means the same.
        """
        count = len(upper)
        self._columns.append((np.zeros(count), np.asarray(upper, float), np.full(count, int(whole))))
        self._names.append((count, names))
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def add_rows(
        self,
        count: int,
        blocks: Iterable[tuple[Numbers, Numbers, Numbers]],
        *,
        lower: Numbers | float = -INFINITE,
        upper: Numbers | float = INFINITE,
        implied: Numbers | bool = False,
    ) -> None:
        """New rows; blocks are (row from 0, column, coefficient) arrays.

        `implied` marks rows that whole numbers keep anyhow: a relaxation may leave them out.
        """
        for row, column, value in blocks:
            self._entries.append((np.asarray(row) + self.rows, column, np.asarray(value, float)))
        self._rows.append((np.full(count, lower, float), np.full(count, upper, float)))
        self._implied.append(np.full(count, implied, dtype=bool))
        self._speakers.append((self.speaker, count))
        self.rows += count

    def price(self, tier: str, columns: Numbers, costs: Numbers) -> None:
        """Add costs to a tier's objective."""
        self.prices.setdefault(tier, []).append((columns, np.asarray(costs, float)))

    def add_constant(self, tier: str, amount: int) -> None:
        """Add a cost that no decision changes."""
        self.constants[tier] = self.constants.get(tier, 0) + amount

    def objective(self, weights: dict[str, int]) -> tuple[Numbers, int]:
        """The cost of every column and the constant, for these tiers times these weights."""
        costs = np.zeros(self.columns)
        for tier, weight in weights.items():
            for columns, amounts in self.prices.get(tier, ()):
                np.add.at(costs, columns, weight * amounts)
        return costs, sum(weight * self.constants.get(tier, 0) for tier, weight in weights.items())

    def least(self, weights: dict[str, int]) -> int:
        """A bound without a solve: what the tiers cost with every column at its cheaper bound."""
        prices, constant = self.objective(weights)
        return round(constant + float(prices @ self._cheapest(prices)))

    def keep_at_least(self, weights: dict[str, int]) -> None:
        """From now on these tiers cost their `least`: every priced column stays there."""
        self.narrowed = True
        prices, _ = self.objective(weights)
        self.pin(np.nonzero(prices)[0], self._cheapest(prices)[prices != 0])

    def keep_below(self, weights: dict[str, int], most: int) -> None:
        """From now on these tiers cost `most` at most: a row, which makes the model harder."""
        self.narrowed = True
        prices, constant = self.objective(weights)
        columns = np.nonzero(prices)[0]
        self.add_rows(1, [(np.zeros(len(columns), dtype=int), columns, prices[columns])], upper=most - constant)

    def _cheapest(self, prices: Numbers) -> Numbers:
        lower, upper, _ = self.column_bounds()
        return np.where(prices < 0, upper, lower)

    def pin(self, columns: Numbers, values: Numbers | float) -> None:
        """From now on these columns have these values."""
        lower, upper, whole = self.column_bounds()
        lower[columns] = upper[columns] = values
        self._columns = [(lower, upper, whole)]

    def matrix(self) -> tuple[Numbers, Numbers, Numbers]:
        """The rows in compressed form: starts, columns, values."""
        if self._compressed is not None and self._compressed[0] == self.rows:
            return self._compressed[1]
        rows, columns, values = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        order = np.argsort(rows, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=self.rows))])
        self._compressed = self.rows, (starts, columns[order], values[order])
        return self._compressed[1]

    def names(self) -> list[Name | None]:
        """What each column is called; None for those without a name."""
        return [name for count, names in self._names for name in (names() if names else [None] * count)]

    def said_by(self, codes: Collection[str]) -> Numbers:
        """Which rows come from these speakers; `speaker` is whoever adds rows now."""
        spoken = [speaker in codes for speaker, _ in self._speakers]
        return np.repeat(np.array(spoken, dtype=bool), [count for _, count in self._speakers])

    def implied(self) -> Numbers:
        """Which rows a relaxation may leave out."""
        return np.concatenate(self._implied)

    def column_bounds(self) -> tuple[Numbers, Numbers, Numbers]:
        """Lower bound, upper bound and integrality of each column."""
        lower, upper, whole = (np.concatenate(part) for part in zip(*self._columns, strict=True))
        return lower, upper, whole

    def row_bounds(self) -> tuple[Numbers, Numbers]:
        """Lower and upper bound of each row."""
        lower, upper = (np.concatenate(part) for part in zip(*self._rows, strict=True))
        return lower, upper
