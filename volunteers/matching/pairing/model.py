"""The programme of a seating: one binary column for each learner and helper who may sit together."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from volunteers.matching.arrays import Numbers, Programme
from volunteers.matching.pairing.problem import Pair, Problem


class Model(Programme):
    """Rules delete pairs from `allowed`, `open` makes the columns, then rules and wishes add theirs.

    Column j means learner number `who[j]` with helper number `whom[j]`: positions, not ids.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem
        self.shape = (len(problem.learners), len(problem.helpers))
        self.allowed = np.ones(self.shape, dtype=bool)

    def open(self) -> None:
        """Make the columns of the allowed pairs."""
        self.who, self.whom = np.nonzero(self.allowed)
        self.pairs = self.add_columns(np.ones(len(self.who)), whole=True)
        self.pair_of = [
            Pair(self.problem.learners[who].id, self.problem.helpers[whom].id)
            for who, whom in zip(self.who, self.whom, strict=True)
        ]
        self.column_of = {pair: column for column, pair in enumerate(self.pair_of)}

    def count(self, groups: Numbers, size: int, upper: Numbers) -> None:
        """A row for each group of pairs: no more than `upper` of them."""
        self.add_rows(size, [(groups, self.pairs, np.ones(len(self.pairs)))], upper=upper)

    def chosen(self, values: Numbers) -> tuple[Pair, ...]:
        """The pairs of a solution."""
        return tuple(sorted(self.pair_of[column] for column in np.nonzero(values[self.pairs] > 0.5)[0]))

    def fix(self, pairs: Iterable[Pair]) -> bool:
        """Let exactly these pairs sit together; False where one of them is not allowed."""
        wanted = set(pairs)
        if not wanted <= self.column_of.keys():
            return False
        self.pin(self.pairs, np.array([pair in wanted for pair in self.pair_of], dtype=float))
        return True
