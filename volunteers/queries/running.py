"""A proposal while the engine works on it: what it has so far."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from volunteers.models import Proposal, Shift, Volunteer


@dataclass(frozen=True, slots=True)
class SoFar:
    """The best plan so far of a running proposal, as its page shows it.

    `seconds` are how many the engine works on at most; `gap` is the most by which a better plan could
    beat this one, as a share, None while nothing is known.
    """

    filled: int
    gaps: int
    lines: list[tuple[str, str]]
    rows: list[tuple[Shift, Volunteer]]
    more: int
    plans: int
    gap: float | None
    seconds: int
    is_last: bool
    proven: bool

    @property
    def percent(self) -> float | None:
        """The gap in per cent."""
        return percent(self.gap)


def percent(share: float | None) -> float | None:
    """A share in per cent, rounded up to a tenth so that a gap is never said too small."""
    return None if share is None else ceil(1000 * share - 1e-9) / 10


def so_far(*, proposal: Proposal, now: datetime) -> SoFar | None:
    """What a running proposal has by now; None before there is a plan. Two queries."""
    kept = proposal.so_far
    if not kept:
        return None
    found = Shift.objects.select_related("role", "session__series", "session__community")
    shifts = found.in_bulk([shift for shift, _ in kept["rows"]])
    people = Volunteer.objects.select_related("person").in_bulk([volunteer for _, volunteer in kept["rows"]])
    return SoFar(
        filled=kept["filled"],
        gaps=kept["gaps"],
        lines=[(label, text) for label, text in kept["lines"]],
        rows=[(shifts[s], people[v]) for s, v in kept["rows"] if s in shifts and v in people],
        more=kept["more"],
        plans=kept["plans"],
        gap=kept["gap"],
        seconds=max(0, ceil((datetime.fromisoformat(kept["until"]) - now).total_seconds())),
        is_last=kept.get("is_last", False),
        proven=kept.get("proven", False),
    )
