"""A part of a city as a task: everything it needs goes in, everything it finds comes out.

Both are plain data that can be written as JSON. The same shard has the same finding, unless its time
runs out, so a worker may take one up twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from volunteers.matching import problem as problems
from volunteers.matching.arrays import Name
from volunteers.matching.problem import Placement, Problem

type Cut = tuple[float | None, float | None, tuple[tuple[Name, float], ...]]
"""A row that every whole plan keeps: least, most, and the columns by name with their coefficients."""
type Toll = tuple[int, int, int]
"""Volunteer, session, and what it costs the street to take them there; their own plan earns it."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One task about a part of a city; `task` is its kind, `name` tells it from others of that kind.

    `travellers` may serve in several streets. `guests` are those of them who may serve beyond this
    shard, `home` the guests who are taken as being at home here. `plan` is a plan at hand.
    """

    task: str
    name: str
    problem: Problem
    seconds: float
    seed: int = 0
    travellers: tuple[int, ...] = ()
    guests: tuple[int, ...] = ()
    home: tuple[int, ...] = ()
    tolls: tuple[Toll, ...] = ()
    plan: tuple[Placement, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a shard; None and nothing where there was no time for it.

    `bound` is below the cost of every plan of the shard, as the task counts cost. `shares` are
    (volunteer, session, how much of the place), `reduced` (volunteer, session, how much more than
    `floor` every plan with this pair costs at least).
    """

    name: str
    placements: tuple[Placement, ...] = ()
    bound: int | None = None
    floor: float | None = None
    tolls: tuple[Toll, ...] = ()
    shares: tuple[tuple[int, int, float], ...] = ()
    reduced: tuple[tuple[int, int, float], ...] = ()
    cuts: tuple[Cut, ...] = ()


def shard_dict(shard: Shard) -> dict[str, Any]:
    """A shard as plain data for JSON."""
    plain = {name: getattr(shard, name) for name in ("task", "name", "seconds", "seed")}
    lists = {name: list(getattr(shard, name)) for name in ("travellers", "guests", "home")}
    rows = {"tolls": [list(toll) for toll in shard.tolls], "plan": _rows(shard.plan)}
    return plain | lists | rows | {"problem": problems.to_dict(shard.problem)}


def shard_from(data: dict[str, Any]) -> Shard:
    """The shard in plain data that `shard_dict` made."""
    plain: dict[str, Any] = {name: data[name] for name in ("task", "name", "seconds", "seed")}
    lists: dict[str, Any] = {name: tuple(data[name]) for name in ("travellers", "guests", "home")}
    return Shard(
        **plain,
        **lists,
        problem=problems.from_dict(data["problem"]),
        tolls=tuple((volunteer, session, toll) for volunteer, session, toll in data["tolls"]),
        plan=tuple(Placement(*row) for row in data["plan"]),
    )


def finding_dict(finding: Finding) -> dict[str, Any]:
    """A finding as plain data for JSON."""
    plain = {name: getattr(finding, name) for name in ("name", "bound", "floor")}
    rows = {name: [list(row) for row in getattr(finding, name)] for name in ("tolls", "shares", "reduced")}
    cuts = [[low, high, [[list(name), sign] for name, sign in terms]] for low, high, terms in finding.cuts]
    return plain | rows | {"placements": _rows(finding.placements), "cuts": cuts}


def finding_from(data: dict[str, Any]) -> Finding:
    """The finding in plain data that `finding_dict` made."""
    plain: dict[str, Any] = {name: data[name] for name in ("name", "bound", "floor")}
    rows: dict[str, Any] = {name: tuple(map(tuple, data[name])) for name in ("tolls", "shares", "reduced")}
    return Finding(
        **plain,
        **rows,
        placements=tuple(Placement(*row) for row in data["placements"]),
        cuts=tuple(
            (low, high, tuple((tuple(name), sign) for name, sign in terms)) for low, high, terms in data["cuts"]
        ),
    )


def _rows(placements: tuple[Placement, ...]) -> list[list[Any]]:
    return [[p.volunteer, p.session, p.role] for p in placements]
