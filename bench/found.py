"""What every contender of the comparison hands back, and the clock of what it found when."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, fields

from volunteers.matching.problem import Placement, Problem, Session, Volunteer


class Trace:
    """Each better value with the wall and processor seconds since the trace was made."""

    def __init__(self) -> None:
        self.began, self.used = time.perf_counter(), time.process_time()
        self.seen: list[tuple[float, float, float]] = []

    def saw(self, value: float) -> None:
        """Note a value where it is better than those before."""
        if not self.seen or value < self.seen[-1][2] - 1e-6:
            wall, cpu = self.spent()
            self.seen.append((round(wall, 3), round(cpu, 3), value))

    def spent(self) -> tuple[float, float]:
        """Wall and processor seconds since the beginning."""
        return time.perf_counter() - self.began, time.process_time() - self.used


@dataclass(frozen=True, slots=True)
class Found:
    """A plan, what is proven about it, and the better and better values on the way."""

    placements: tuple[Placement, ...]
    bound: float | None = None
    proven: bool = False
    trace: Trace = field(default_factory=Trace)


class NotCovered(ValueError):
    """The problem uses something that a contender does not model; the text says what."""


PUBLISHED = {
    Problem: "sessions volunteers communities name travel weights history known barred previous",
    Session: "id community series programme starts_at ends_at lesson people minimum wished maximum needs_lead"
    " dialect_wished priority two_adults",
    Volunteer: "id home reach does leads child_clearance_until dialect newcomer max_per_week max_per_month"
    " max_total rest_minutes club not_alone recent_load availability programme_cost weekday_cost adult_from name",
}
"""What a problem of the benchmark is made of. The engine knows more."""


def only_published(problem: Problem) -> None:
    """Raise NotCovered where a problem asks for more than the benchmark's rules and tiers."""
    parts: list[Problem | Session | Volunteer] = [problem, *problem.sessions, *problem.volunteers]
    for part in parts:
        published = PUBLISHED[type(part)].split()
        for one in fields(part):
            if one.init and one.name not in published and getattr(part, one.name) != one.default:
                raise NotCovered(f"{one.name} is not modelled here")
