"""What the engine answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classes.timetabling.parts import Placement


@dataclass(frozen=True, slots=True)
class TierValue:
    """What a timetable costs in one tier; `bound`: no timetable that keeps the tiers before it costs less.

    None where nothing was asked of this tier.
    """

    tier: str
    value: int
    bound: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A timetable and what is known about it.

    `proven`: there is none better, tier by tier. `cancelled`: the caller stopped the solve.
    """

    placements: tuple[Placement, ...]
    tiers: tuple[TierValue, ...]
    proven: bool = False
    seconds: float = 0.0
    cancelled: bool = False

    def cost(self, tier: str) -> int:
        """The cost in one tier."""
        return next(one.value for one in self.tiers if one.tier == tier)

    def of(self, series: int) -> tuple[Placement, ...]:
        """Where one series meets; empty where it is not placed."""
        return tuple(place for place in self.placements if place.series == series)

    @property
    def gaps(self) -> tuple[tuple[str, int], ...]:
        """The tiers that are not proven, and how far the bound is below."""
        return tuple(
            (one.tier, one.value - one.bound) for one in self.tiers if one.bound is not None and one.bound < one.value
        )


def order(placements: Sequence[Placement]) -> tuple[Placement, ...]:
    """Placements as an answer lists them."""
    return tuple(sorted(placements))
