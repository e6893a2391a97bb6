"""What the engine answers: placements, and how good they are, tier by tier."""

from __future__ import annotations

from dataclasses import dataclass

from volunteers.matching.locks import Conflict
from volunteers.matching.problem import Placement


@dataclass(frozen=True, slots=True)
class TierValue:
    """What the plan costs in one tier.

    `bound` is the least it could cost once the tiers before it are settled; None where the
    tier was solved in one sum with others.
    """

    tier: str
    value: int
    bound: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan that breaks no rule.

    `value` adds the tiers with the file's weights. `bound` is a lower bound of that sum; in
    ordered form it adds the tiers' bounds instead and speaks about the order asked for. None
    means nothing was proven. `proven` means value and bound meet. `conflicts` are locks that
    could not be kept. `cancelled` means the caller stopped the solve.
    """

    placements: tuple[Placement, ...]
    value: int
    bound: int | None = None
    proven: bool = False
    seconds: float = 0.0
    tiers: tuple[TierValue, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    cancelled: bool = False

    @property
    def gap(self) -> float | None:
        """(value − bound) ÷ value; None without a bound, 0 for a proof."""
        if self.bound is None:
            return None
        return max(0, self.value - self.bound) / max(1, abs(self.value))
