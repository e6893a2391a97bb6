"""The integer programme as numpy arrays: columns, rows and one price list per tier.

One binary column per allowed (volunteer, session, role) and one *held* binary per session.
Rules and preferences add their blocks; nothing here knows what a rule means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from volunteers.matching.problem import HELPER, LEAD, Placement, Problem, Volunteer

type Mask = npt.NDArray[Any]
type Numbers = npt.NDArray[Any]

INFINITE = float("inf")
TIED = 1e-6
"""A pair above its session's share of being held by this much breaks their tie."""


class Model:
    """Built in two steps: gates narrow `allowed`, `open` makes columns, then rows are added.

    After `open`, column j means volunteer number `who[j]` at session number `where[j]` in the
    role `roles[role[j]]`; `leads[j]` and `helps[j]` tell lead and helper. `held[s]` is the column
    of session number s. Numbers are positions in the problem's tuples, not ids.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.volunteers, self.sessions = problem.volunteers, problem.sessions
        self.shape = (len(self.volunteers), len(self.sessions))
        self.row_of = {volunteer.id: row for row, volunteer in enumerate(self.volunteers)}
        self.column_of = {session.id: column for column, session in enumerate(self.sessions)}
        further = dict.fromkeys(post.role for session in self.sessions for post in session.posts)
        self.roles = (HELPER, LEAD, *further)
        self.allowed = {role: np.ones(self.shape, dtype=bool) for role in self.roles}
        self.columns = 0
        self.rows = 0
        self.prices: dict[str, list[tuple[Numbers, Numbers]]] = {}
        self.constants: dict[str, int] = {}
        self.wanted = np.zeros(len(self.sessions), dtype=int)
        self.lacking: list[tuple[Numbers, Numbers]] = []
        self._columns: list[tuple[Numbers, Numbers, Numbers]] = []
        self._rows: list[tuple[Numbers, Numbers]] = []
        self._entries: list[tuple[Numbers, Numbers, Numbers]] = []
        self._implied: list[Numbers] = []
        self._compressed: tuple[int, tuple[Numbers, Numbers, Numbers]] | None = None

    def by_value(self, values: Sequence[Any], holds: Callable[[Volunteer, Any], bool]) -> Mask:
        """A mask from a test on each session's value, asked once per volunteer and value."""
        different = list(dict.fromkeys(values))
        table = np.array(
            [[holds(volunteer, value) for value in different] for volunteer in self.volunteers],
            dtype=bool,
        ).reshape(len(self.volunteers), len(different))
        place = {value: number for number, value in enumerate(different)}
        return np.asarray(table[:, [place[value] for value in values]])

    def in_programme(self, programme: str) -> Mask:
        """Which sessions belong to the programme, as one row."""
        found = [session.programme == programme for session in self.sessions]
        return np.array(found, dtype=bool)[None, :]

    def open(self) -> None:
        """Make the columns of the allowed pairs and of *held*, and tie them together."""
        found = [np.nonzero(self.allowed[role].T) for role in self.roles]
        self.who = np.concatenate([volunteer for _, volunteer in found])
        self.where = np.concatenate([session for session, _ in found])
        self.role = np.repeat(np.arange(len(self.roles)), [len(volunteer) for _, volunteer in found])
        self.helps, self.leads = self.role == 0, self.role == 1
        self.pairs = self.add_columns(np.ones(len(self.who)), whole=True)
        self.held = self.add_columns(np.ones(len(self.sessions)), whole=True)
        self._tie_pairs_to_held()

    def _tie_pairs_to_held(self) -> None:
        """One role per person, and only where the session is held: a row for each pair.

        Where somebody has one possible role, the limits of the session imply the row for
        whole numbers; it only makes the relaxation tighter.
        """
        key, row, roles = np.unique(self.who * self.shape[1] + self.where, return_inverse=True, return_counts=True)
        ties = np.arange(len(key))
        self.add_rows(
            len(key),
            [(row, self.pairs, np.ones(len(row))), (ties, self.held[key % self.shape[1]], -np.ones(len(key)))],
            upper=0,
            implied=roles == 1,
        )
        everybody = [(self.where, self.pairs, -np.ones(len(row)))]
        seats = np.arange(len(self.held))
        self.add_rows(len(self.held), [*everybody, (seats, self.held, np.ones(len(seats)))], upper=0)

    def add_columns(self, upper: Numbers, *, whole: bool = False) -> Numbers:
        """New columns from 0 to `upper`; returns their indices."""
        count = len(upper)
        self._columns.append((np.zeros(count), np.asarray(upper, float), np.full(count, int(whole))))
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
        self.rows += count

    def lack(self, sessions: Numbers, people: Numbers, columns: Numbers) -> None:
        """These sessions, by number, want so many people more, and each column counts who is lacking."""
        np.add.at(self.wanted, sessions, people)
        self.lacking.append((sessions, columns))

    def tie(self, values: Numbers) -> None:
        """Add the rows of single pairs, left out of a relaxation, that these values break."""
        loose = np.nonzero(values[self.pairs] > values[self.held][self.where] + TIED)[0]
        row = np.arange(len(loose))
        ones = np.ones(len(loose))
        if len(loose):
            self.add_rows(
                len(loose), [(row, self.pairs[loose], ones), (row, self.held[self.where[loose]], -ones)], upper=0
            )

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
        prices, _ = self.objective(weights)
        self.pin(np.nonzero(prices)[0], self._cheapest(prices)[prices != 0])

    def keep_below(self, weights: dict[str, int], most: int) -> None:
        """From now on these tiers cost `most` at most: a row, which makes the model harder."""
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

    def column(self, placement: Placement) -> int | None:
        """The column of a placement, None where the pair is not allowed."""
        row, seat = self.row_of[placement.volunteer], self.column_of[placement.session]
        if placement.role not in self.allowed or not self.allowed[placement.role][row, seat]:
            return None
        role = self.roles.index(placement.role)
        found = np.nonzero((self.who == row) & (self.where == seat) & (self.role == role))[0]
        return int(found[0])

    def placements(self, values: Numbers) -> tuple[Placement, ...]:
        """The placements of a solution."""
        chosen = np.nonzero(values[self.pairs] > 0.5)[0]
        found = [
            Placement(
                self.volunteers[self.who[j]].id,
                self.sessions[self.where[j]].id,
                self.roles[self.role[j]],
            )
            for j in chosen
        ]
        return tuple(sorted(found, key=lambda p: (p.session, p.role != LEAD, p.volunteer)))

    def values_of(self, placements: Iterable[Placement]) -> tuple[Numbers, Numbers]:
        """The whole-numbered columns and their values for given placements."""
        values = np.zeros(len(self.pairs) + len(self.held))
        for placement in placements:
            column = self.column(placement)
            if column is None:
                raise ValueError(f"{placement} is not allowed")
            values[column] = 1
            values[self.held[self.column_of[placement.session]]] = 1
        return np.concatenate([self.pairs, self.held]), values
