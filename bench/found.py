"""What every contender of the comparison hands back, and the clock of what it found when."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from volunteers.matching.problem import Placement, Problem


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


def only_published(problem: Problem) -> None:
    """Raise NotCovered where a problem asks for more than the published files do."""
    if problem.locked:
        raise NotCovered("locks are not modelled here")
    for person in problem.volunteers:
        if person.busy:
            raise NotCovered(f"volunteer {person.id} has promises elsewhere, which are not modelled here")
        if person.first_by is not None:
            raise NotCovered(f"volunteer {person.id} waits for a first session, which is not modelled here")
