"""Up to three good timetables that differ, so that there is something to choose from."""

from __future__ import annotations

import time
from collections.abc import Sequence

from classes.timetabling.answer import Answer
from classes.timetabling.problem import Problem
from classes.timetabling.solve import JOINT, Apart, Progress, solve

SAME = 0.6
"""At most this share of the sessions is at the same time in two timetables."""


def variants(
    problem: Problem,
    *,
    count: int = 3,
    seconds: float = 20.0,
    seed: int = 0,
    tiers: Sequence[str] = JOINT,
    tolerances: dict[str, int] | None = None,
    share: float = SAME,
    on_progress: Progress | None = None,
) -> list[Answer]:
    """The best timetable, and the best ones that share few times with those before; fewer if there are none.

    The seconds are for all of them together: each may use an equal part of what is left.
    """
    found: list[Answer] = []
    until = time.perf_counter() + seconds
    for number in range(count):
        left = until - time.perf_counter()
        if number and left <= 0:
            break
        apart = Apart(tuple(one.placements for one in found), share)
        answer = solve(
            problem,
            seconds=left / (count - number),
            seed=seed,
            tiers=tiers,
            tolerances=tolerances,
            apart=apart,
            on_progress=on_progress,
        )
        if answer is None or (found and _worse(answer, found[0])):
            break
        found.append(answer)
        if answer.cancelled or not answer.placements:
            break
    return found


def _worse(answer: Answer, first: Answer) -> bool:
    """A timetable that leaves out more series is no choice."""
    return answer.cost("unplaced") > first.cost("unplaced")
