"""Relaxed staffing as the solver hears it: columns for who could come, and rows for days and weeks.

People who come once a day at most are alike for all posts of a day at which the same people could come:
they have one column for the lot of them. Times of a series at which the same people could come have
one column for how many of its places are filled. Others have a column for each session.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from classes.timetabling.model import Model, Numbers
from classes.timetabling.staffing import Supply


@dataclass(slots=True)
class _Post:
    """Places of one role of a series, at times alike in who could come; `choosing` picks one of the times.

    What is fixed is chosen anyhow: nothing chooses it. `meetings` are the times at one venue each, told
    apart only where somebody may come more than once a day.
    """

    places: int
    able: frozenset[int]
    day: int
    meeting: tuple[int, ...] | None
    choosing: list[int] = field(default_factory=list)


def post_supply(model: Model, supply: Supply) -> Numbers:
    """Add the staffing; returns the columns that count filled places."""
    often = frozenset(person.id for person in model.problem.volunteers if min(person.a_day, person.a_week) > 1)
    posts = list(_posts(model, supply, often))
    filled = _fill(model, posts)
    _People(model, posts, filled, often).add()
    return filled


def _posts(model: Model, supply: Supply, often: frozenset[int]) -> Iterator[_Post]:
    """Every post for which somebody could come."""
    problem = model.problem
    found: dict[tuple[object, ...], _Post] = {}
    settled = [(place, None) for place in problem.settled]
    for place, column in (*zip(model.placements, range(len(model.placements)), strict=True), *settled):
        series = problem.one[place.series]
        where = place.series, place.weekday, place.starts, problem.room[place.room].venue
        for need in series.needs:
            able = supply.of(series, need, place)
            if not need.places or not able:
                continue
            meeting = where if column is None or able & often else None
            key = place.series, need.role, place.weekday, able, meeting
            if key not in found:
                found[key] = _Post(min(need.places, len(able)), able, place.weekday, meeting)
            if column is not None:
                found[key].choosing.append(column)
    yield from found.values()


def _fill(model: Model, posts: list[_Post]) -> Numbers:
    """A column for each post: how many of its places are filled, none unless one of its times is chosen."""
    filled = model.add_columns(np.array([post.places for post in posts], dtype=float))
    chosen = [(column, post) for column, post in zip(filled.tolist(), posts, strict=True) if post.choosing]
    row, columns, _ = model.listed([post.choosing for _, post in chosen])
    value = np.array([-float(post.places) for _, post in chosen for _ in post.choosing])
    own = model.listed([[column] for column, _ in chosen])
    model.add_rows(len(chosen), [own, (row, columns, value)], upper=0)
    return filled


class _People:
    """The people's columns and every row they are in."""

    def __init__(self, model: Model, posts: list[_Post], filled: Numbers, often: frozenset[int]) -> None:
        self.model, self.posts, self.filled, self.often = model, posts, filled.tolist(), often
        self.days: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.at: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
        self.gives: dict[int, list[int]] = defaultdict(list)

    def add(self) -> None:
        """Columns for the people of each group of posts, and for each seat of those who come more often."""
        groups: dict[tuple[int, frozenset[int]], list[int]] = defaultdict(list)
        for number, post in enumerate(self.posts):
            groups[post.day, post.able - self.often].append(number)
            self._seat(number, sorted(post.able & self.often))
        givers = [self._group(day, sorted(able)) for day, able in groups]
        self._balance(list(groups.values()), givers)
        self._once_a_meeting()
        self._limits()

    def _group(self, day: int, people: list[int]) -> list[int]:
        columns = self.model.add_columns(np.ones(len(people))).tolist()
        for person, column in zip(people, columns, strict=True):
            self.days[person, day].append(column)
        return list(columns)

    def _seat(self, number: int, people: list[int]) -> None:
        """Somebody who may come twice a day has a column for each place they could take."""
        post = self.posts[number]
        for person, column in zip(people, self._group(post.day, people), strict=True):
            self.at[person, post.meeting or ()].append(column)
            self.gives[number].append(column)

    def _balance(self, groups: list[list[int]], givers: list[list[int]]) -> None:
        """What a group of posts has filled comes from its people, and from those with seats of their own."""
        model = self.model
        everybody = model.listed(givers, -1.0)
        if not self.gives:
            own = model.listed([[self.filled[number] for number in group] for group in groups])
            model.add_rows(len(groups), [own, everybody], upper=0)
            return
        part = model.add_columns(np.array([post.places for post in self.posts], dtype=float)).tolist()
        own = model.listed([[part[number] for number in group] for group in groups])
        model.add_rows(len(groups), [own, everybody], upper=0)
        sources = [[part[number], *self.gives[number]] for number in range(len(self.posts))]
        count = model.listed([[column] for column in self.filled])
        model.add_rows(len(self.posts), [count, model.listed(sources, -1.0)], upper=0)

    def _once_a_meeting(self) -> None:
        """Somebody is at a meeting once, in one role, and only if it is chosen."""
        choosing = {post.meeting: post.choosing for post in self.posts if post.meeting}
        rows = [(columns, choosing[meeting]) for (_, meeting), columns in self.at.items()]
        free = np.array([0.0 if chosen else 1.0 for _, chosen in rows])
        own = self.model.listed([columns for columns, _ in rows])
        gate = self.model.listed([chosen for _, chosen in rows], -1.0)
        self.model.add_rows(len(rows), [own, gate], upper=free)

    def _limits(self) -> None:
        """So often a day and so often a week."""
        people = {person.id: person for person in self.model.problem.volunteers}
        weeks: dict[int, list[int]] = defaultdict(list)
        for (person, _), columns in self.days.items():
            weeks[person] += columns
        days = [(columns, people[person].a_day) for (person, _), columns in self.days.items()]
        weekly = [(columns, people[person].a_week) for person, columns in weeks.items()]
        binding = [(columns, most) for columns, most in (*days, *weekly) if len(columns) > most]
        most = np.array([most for _, most in binding], dtype=float)
        self.model.add_rows(len(binding), [self.model.listed([columns for columns, _ in binding])], upper=most)
