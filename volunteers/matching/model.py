"""The integer programme of a roster problem.

One binary column per allowed (volunteer, session, role) and one *held* binary per session.
Rules and preferences add their blocks; nothing here knows what a rule means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from volunteers.matching.arrays import INFINITE, Mask, Name, Numbers, Programme
from volunteers.matching.problem import HELPER, LEAD, Placement, Problem, Volunteer

__all__ = ["INFINITE", "Mask", "Model", "Numbers"]

TIED = 1e-6
"""A pair above its session's share of being held by this much breaks their tie."""


class Model(Programme):
    """Built in two steps: gates narrow `allowed`, `open` makes columns, then rows are added.

    After `open`, column j means volunteer number `who[j]` at session number `where[j]` in the
    role `roles[role[j]]`; `leads[j]` and `helps[j]` tell lead and helper. `held[s]` is the column
    of session number s. Numbers are positions in the problem's tuples, not ids.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem
        self.volunteers, self.sessions = problem.volunteers, problem.sessions
        self.shape = (len(self.volunteers), len(self.sessions))
        self.row_of = {volunteer.id: row for row, volunteer in enumerate(self.volunteers)}
        self.column_of = {session.id: column for column, session in enumerate(self.sessions)}
        further = dict.fromkeys(post.role for session in self.sessions for post in session.posts)
        self.roles = (HELPER, LEAD, *further)
        self.allowed = {role: np.ones(self.shape, dtype=bool) for role in self.roles}
        self.wanted = np.zeros(len(self.sessions), dtype=int)
        self.lacking: list[tuple[Numbers, Numbers]] = []

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
        self.pairs = self.add_columns(np.ones(len(self.who)), whole=True, names=self._pair_names)
        self.held = self.add_columns(
            np.ones(len(self.sessions)), whole=True, names=lambda: [("held", session.id) for session in self.sessions]
        )
        self._tie_pairs_to_held()

    def _pair_names(self) -> list[Name]:
        ids = zip(self.who.tolist(), self.where.tolist(), self.role.tolist(), strict=True)
        return [(self.roles[role], self.volunteers[who].id, self.sessions[where].id) for who, where, role in ids]

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
