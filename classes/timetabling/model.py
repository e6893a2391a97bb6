"""The integer programme of a timetable problem.

One binary column for each placement that every gate admits, one *placed* binary per series and one
*opened* binary per room and weekday. Rules and preferences add their rows; nothing here knows what
they mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from classes.timetabling.parts import Placement, Room, Series, Slot, Window
from classes.timetabling.problem import Problem
from engines.arrays import Numbers, Programme

__all__ = ["Model", "Numbers"]


class Model(Programme):
    """Built in two steps: rules narrow what is allowed, `open` makes columns, then rows are added.

    After `open`, column j is `placements[j]`; the dictionaries tell where to find columns.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem
        self.series = problem.open
        self.slots = {series.id: problem.slots[series.id] for series in self.series}
        self.rooms = {series.id: problem.rooms for series in self.series}
        self.placements: list[Placement] = []
        self._admitted: list[Callable[[Series, Slot, Room], bool]] = []

    def keep_slots(self, admits: Callable[[Series, Slot], bool]) -> None:
        """Only these times are possible, whatever the room."""
        for series in self.series:
            self.slots[series.id] = tuple(slot for slot in self.slots[series.id] if admits(series, slot))

    def keep_rooms(self, admits: Callable[[Series, Room], bool]) -> None:
        """Only these rooms are possible, whatever the time."""
        for series in self.series:
            self.rooms[series.id] = tuple(room for room in self.rooms[series.id] if admits(series, room))

    def keep(self, admits: Callable[[Series, Slot, Room], bool]) -> None:
        """Only these placements are possible; asked when the columns are made."""
        self._admitted.append(admits)

    def open(self) -> None:
        """Make the columns of what is possible."""
        for series in self.series:
            for slot in self.slots[series.id]:
                for room in self.rooms[series.id]:
                    if all(admits(series, slot, room) for admits in self._admitted):
                        self.placements.append(Placement(series.id, slot.weekday, slot.starts, room.id))
        self.add_columns(np.ones(len(self.placements)), whole=True)
        self.column = {place: column for column, place in enumerate(self.placements)}
        self._index()
        placed = self.add_columns(np.ones(len(self.series)), whole=True)
        self.placed = {series.id: int(column) for series, column in zip(self.series, placed, strict=True)}
        settled = {(place.room, place.weekday) for place in self.problem.settled}
        days = sorted(set(self.in_room) | settled)
        opened = self.add_columns(np.ones(len(days)), whole=True)
        self.room_days = {day: int(column) for day, column in zip(days, opened, strict=True) if day in self.in_room}
        self.pin(opened[[day in settled for day in days]], 1)
        self.opened = opened

    def _index(self) -> None:
        self.of: dict[int, list[int]] = {series.id: [] for series in self.series}
        self.on_day: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.in_room: dict[tuple[int, int], list[int]] = defaultdict(list)
        for column, place in enumerate(self.placements):
            self.of[place.series].append(column)
            self.on_day[place.series, place.weekday].append(column)
            self.in_room[place.room, place.weekday].append(column)

    def time(self, column: int) -> Window:
        """When the placement of a column takes place."""
        return self.problem.time(self.placements[column])

    def at_most_one(self, rows: Iterable[Sequence[int]], gate: int | None = None) -> None:
        """Of each row's columns at most one is used, and none unless the gate's column is."""
        lists = [row for row in rows if gate is not None or len(row) > 1]
        count = len(lists)
        if not count:
            return
        blocks = [self.listed(lists)]
        if gate is not None:
            blocks.append((np.arange(count), np.full(count, gate), -np.ones(count)))
        self.add_rows(count, blocks, upper=1 if gate is None else 0)

    def listed(self, rows: Sequence[Sequence[int]], sign: float = 1.0) -> tuple[Numbers, Numbers, Numbers]:
        """The block of some rows with these columns, each with the same coefficient."""
        row = np.repeat(np.arange(len(rows)), [len(one) for one in rows])
        columns = np.array([column for one in rows for column in one], dtype=int)
        return row, columns, np.full(len(columns), sign)

    def most(self, tier: str) -> int:
        """No timetable costs more in this tier: each series has its dearest placement so often as it meets."""
        prices, constant = self.objective({tier: 1})
        own = prices[: len(self.placements)]
        found = float(constant)
        for series in self.series:
            if self.of[series.id]:
                found += series.sessions * max(0.0, float(own[self.of[series.id]].max()))
        rest = prices[len(self.placements) :]
        return round(found + float(np.maximum(rest, 0.0).sum()))

    def chosen(self, values: Numbers) -> tuple[Placement, ...]:
        """The placements of a solution."""
        return tuple(sorted(self.placements[j] for j in np.nonzero(values[: len(self.placements)] > 0.5)[0]))
