"""Measures a solve: seconds, memory and what came out, as one row of a table."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from typing import Any

from classes.timetabling.document import figures
from classes.timetabling.preferences import seats
from classes.timetabling.problem import Problem
from classes.timetabling.rules import broken
from classes.timetabling.solve import MODES, solve

COLUMNS = ("problem", "mode", "placed", "learners reached", "places filled", "proven", "seconds", "of processor")


def measure(
    name: str, problem: Problem, *, mode: str = "joint", give: float = 0.0, seconds: float = 60.0, seed: int = 0
) -> dict[str, Any]:
    """Solve once; `give` is the share of learners that may be given for helpers."""
    gives = int(give * seats(problem))
    began, cpu = time.perf_counter(), time.process_time()
    answer = solve(
        problem,
        seconds=seconds,
        seed=seed,
        tiers=MODES[mode],
        tolerances={"unreached": gives} if gives else None,
    )
    assert answer is not None  # there is always a timetable where none has to be different
    took, used = time.perf_counter() - began, time.process_time() - cpu
    numbers = figures(problem, answer)
    return {
        "problem": name,
        "mode": f"{mode}, {give:.1%} given" if give else mode,
        "series": len(problem.open),
        "placed": len({place.series for place in answer.placements}),
        "reached": numbers["reached"] / max(1, numbers["learners"]),
        "filled": numbers["filled"] / max(1, numbers["places"]),
        "tiers": {one.tier: one.value for one in answer.tiers},
        "gaps": dict(answer.gaps),
        "proven": answer.proven,
        "broken": len(broken(problem, answer.placements)),
        "seconds": round(took, 2),
        "cpu_seconds": round(used, 2),
        "peak_mb": peak_mb(),
    }


def peak_mb() -> int:
    """The most memory this process has had."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1_000_000 if sys.platform == "darwin" else 1_000))


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as a Markdown table."""
    lines = [COLUMNS, ("---",) * len(COLUMNS), *(_cells(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["problem"],
        row["mode"],
        f"{row['placed']} of {row['series']}",
        f"{row['reached']:.1%}",
        f"{row['filled']:.1%}",
        "yes" if row["proven"] else f"gaps {row['gaps']}",
        f"{row['seconds']:.2f}",
        f"{row['cpu_seconds']:.2f}",
    )
