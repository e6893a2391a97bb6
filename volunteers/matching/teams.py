"""Rows that every whole plan keeps and a fractional one may break: what a full team cannot be.

A held session s wants $W_s$ people, the lead included; $T_s$ come, and with the shortage columns
$s_s$ the model says $T_s + s_s \\ge W_s h_s$. Hence, for whole numbers:

- **Experience.** With newcomers $n \\le e$ experienced: $2 e \\ge T \\ge W - s$, so
  $e + s \\ge \\lceil W/2 \\rceil h$ (a Chvátal-Gomory cut).
- **Company.** Let v need company and let I be v and W - 1 others, none of v's club. If nobody
  outside I comes and nothing is short, exactly I comes, and v is alone:
  $\\sum_{w \\notin I} x_w + s \\ge h$.
- **Experienced company.** If v is a newcomer too, only newcomers for company make four people at
  least: $x_v \\le \\sum_{w\\ \\text{experienced, same club}} x_w + (T - W h + s)$ for $W \\le 3$.

On a street these few hundred rows close most of the distance between relaxation and optimum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from volunteers.matching.model import Model, Numbers

BROKEN = 0.02
"""A row is worth adding when the values break it by this much."""
SMALL_TEAM = 3
"""The largest team of which a newcomer cannot be half with another newcomer for company."""

type Row = tuple[list[int], list[float]]


def tighten_experience(model: Model, values: Numbers) -> None:
    """Add the broken rows about experience."""
    newcomer = np.array([volunteer.newcomer for volunteer in model.volunteers], dtype=bool)
    tried = np.nonzero(~newcomer[model.who])[0]
    count = len(model.sessions)
    there = np.bincount(model.where[tried], weights=values[model.pairs[tried]], minlength=count)
    half = np.ceil(wanted(model) / 2)
    broken = np.nonzero(there + short(model, values) < half * values[model.held] - BROKEN)[0]
    if not len(broken):
        return
    number = np.full(count, -1)
    number[broken] = np.arange(len(broken))
    used = tried[number[model.where[tried]] >= 0]
    lacking = [
        (number[seats[inside]], columns[inside], np.ones(int(inside.sum())))
        for seats, columns in model.lacking
        if (inside := number[seats] >= 0).any()
    ]
    model.add_rows(
        len(broken),
        [
            (number[model.where[used]], model.pairs[used], np.ones(len(used))),
            *lacking,
            (np.arange(len(broken)), model.held[broken], -half[broken]),
        ],
        lower=0,
    )


def tighten_company(model: Model, values: Numbers) -> None:
    """Add the broken rows about company."""
    pairs = values[model.pairs]
    fractional = (pairs > BROKEN / 2) & (pairs < 1 - BROKEN / 2)
    timid = np.array([v.not_alone and v.club is not None for v in model.volunteers], dtype=bool)
    seats = np.unique(model.where[fractional & timid[model.who]])
    rows = [row for seat in seats for row in Team(model, int(seat), values).company()]
    if not rows:
        return
    entries = np.repeat(np.arange(len(rows)), [len(columns) for columns, _ in rows])
    columns = np.array([column for columns, _ in rows for column in columns])
    signs = np.array([sign for _, signs in rows for sign in signs])
    model.add_rows(len(rows), [(entries, columns, signs)], lower=0)


def wanted(model: Model) -> Numbers:
    """How many people a held session wants, the lead included."""
    leads = np.array([session.needs_lead for session in model.sessions], dtype=int)
    return np.asarray(model.wanted + leads)


def short(model: Model, values: Numbers) -> Numbers:
    """How many places are short at each session."""
    found = np.zeros(len(model.sessions))
    for seats, columns in model.lacking:
        np.add.at(found, seats, values[columns])
    return found


class Team:
    """The people who could be at one session, with a fractional optimum."""

    def __init__(self, model: Model, seat: int, values: Numbers) -> None:
        self.model, self.values = model, values
        columns = np.nonzero(model.where == seat)[0]
        self.columns_of: dict[int, list[int]] = {}
        for column in columns.tolist():
            self.columns_of.setdefault(int(model.who[column]), []).append(int(model.pairs[column]))
        self.share = {who: float(values[own].sum()) for who, own in self.columns_of.items()}
        self.wanted = int(wanted(model)[seat])
        self.lacking = [int(c) for seats, columns in model.lacking for c in columns[seats == seat]]
        self.short = float(values[self.lacking].sum())
        self.held = int(model.held[seat])
        self.total = sum(self.share.values())

    def company(self) -> Iterator[Row]:
        """The broken rows about company."""
        for who, share in self.share.items():
            person = self.model.volunteers[who]
            if share < BROKEN / 2 or not person.not_alone or person.club is None:
                continue
            mates = {other for other in self.share if self.model.volunteers[other].club == person.club}
            yield from self._somebody_else(who, mates)
            if person.newcomer and self.wanted <= SMALL_TEAM:
                yield from self._experienced(who, mates - {who})

    def _somebody_else(self, who: int, mates: set[int]) -> Iterator[Row]:
        """The row that forbids the likeliest full team in which this person is alone."""
        strangers = sorted(self.share.keys() - mates, key=lambda other: (-self.share[other], other))
        team = {who, *strangers[: self.wanted - 1]}
        rest = self.total - sum(self.share[other] for other in team)
        if len(team) == self.wanted and rest + self.short < self.values[self.held] - BROKEN:
            outside = self._columns(self.share.keys() - team)
            yield self._row(dict.fromkeys(outside, 1.0), 1.0)

    def _experienced(self, who: int, mates: set[int]) -> Iterator[Row]:
        """The row that wants an experienced mate, or more people than the team needs."""
        seasoned = {other for other in mates if not self.model.volunteers[other].newcomer}
        spare = self.total + self.short - self.wanted * self.values[self.held]
        if self.share[who] > sum(self.share[other] for other in seasoned) + spare + BROKEN:
            signs = dict.fromkeys(self._columns(self.share.keys()), 1.0)
            signs |= dict.fromkeys(self._columns(seasoned), 2.0)
            for column in self.columns_of[who]:
                del signs[column]
            yield self._row(signs, float(self.wanted))

    def _columns(self, people: Iterable[int]) -> list[int]:
        return [column for who in sorted(people) for column in self.columns_of[who]]

    def _row(self, signs: dict[int, float], held: float) -> Row:
        """signs + shortage - held * h >= 0."""
        columns = [*signs, *self.lacking, self.held]
        return columns, [*signs.values(), *[1.0] * len(self.lacking), -held]
