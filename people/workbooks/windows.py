"""Weekly windows, made of the groups of days and times that a text about time names."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from . import clocks

Weeks = Literal["every", "even", "odd"]
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Window:
    """A weekly period, half-open. Monday is weekday 0; `weeks` counts teaching weeks."""

    weekday: int
    starts: str
    ends: str
    weeks: Weeks = "every"
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Availability:
    """What a text about time says: windows, and notes for what it does not say clearly."""

    windows: tuple[Window, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Group:
    """Days and times that belong together."""

    days: set[int] = field(default_factory=set)
    times: list[tuple[int, int]] = field(default_factory=list)
    weeks: Weeks = "every"
    from_on: date | None = None
    until_on: date | None = None
    negative: bool = False
    closed: bool = False
    time_first: bool = False
    part_last: bool = False
    clause_days: set[int] = field(default_factory=set)

    @property
    def only_dates(self) -> bool:
        dated = self.from_on or self.until_on or self.weeks != "every"
        return bool(dated and not self.days and not self.times)


def windows_of(everything: list[Group], notes: list[str]) -> tuple[Window, ...]:
    """The windows that groups of days and times make; what had to be assumed goes to `notes`."""
    groups = [group for group in everything if group.days or group.times]
    for dates in (group for group in everything if group.only_dates):
        for group in groups:
            group.from_on, group.until_on = group.from_on or dates.from_on, group.until_on or dates.until_on
            group.weeks = group.weeks if group.weeks != "every" else dates.weeks
    wanted = [group for group in groups if not group.negative]
    refused = [group for group in groups if group.negative]
    if refused and not wanted:
        wanted = [Group(set(EVERY_DAY))]
        notes.append("只写了不行的时间，其余时间先按可以算")
    if any(not group.days for group in wanted):
        notes.append("没写星期几，按每天算")
    windows = {window for group in wanted for window in _expand(group)}
    for group in refused:
        windows = {left for window in windows for left in _without(window, group)}
    return tuple(sorted(_merged(windows), key=_order))


def _expand(group: Group) -> list[Window]:
    return [
        Window(day, clocks.clock(start), clocks.clock(end), group.weeks, group.from_on, group.until_on)
        for day in group.days or EVERY_DAY
        for start, end in group.times or [clocks.PARTS["全天"]]
    ]


def _without(window: Window, refused: Group) -> list[Window]:
    """What is left of a window; a refusal for some weeks or dates only is treated as always."""
    if refused.days and window.weekday not in refused.days:
        return [window]
    pieces = [window]
    for start, end in refused.times or [(0, 1440)]:
        starts, ends = clocks.clock(start), clocks.clock(end)
        pieces = [
            replace(piece, starts=left, ends=right)
            for piece in pieces
            for left, right in ((piece.starts, min(piece.ends, starts)), (max(piece.starts, ends), piece.ends))
            if left < right
        ]
    return pieces


def _merged(windows: set[Window]) -> list[Window]:
    """Join windows of the same days that touch or overlap."""
    merged: list[Window] = []
    for window in sorted(windows, key=_order):
        last = merged[-1] if merged else None
        if last and _order(last)[:4] == _order(window)[:4] and window.starts <= last.ends:
            merged[-1] = replace(last, ends=max(last.ends, window.ends))
        else:
            merged.append(window)
    return merged


def _order(window: Window) -> tuple[int, str, str, str, str, str]:
    return (
        window.weekday,
        window.weeks,
        str(window.from_on or ""),
        str(window.until_on or ""),
        window.starts,
        window.ends,
    )
