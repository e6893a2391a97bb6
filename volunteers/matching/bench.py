"""Measures solves: each problem file in a process of its own, so memory is its own too."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from volunteers.matching.check import check
from volunteers.matching.fairness import fairness
from volunteers.matching.gates import GATES
from volunteers.matching.greedy import greedy
from volunteers.matching.preferences import value
from volunteers.matching.problem import HELPER, load
from volunteers.matching.rank import obstacle
from volunteers.matching.recruit import lacks, recruit
from volunteers.matching.solve import Tiers, build, solve
from volunteers.matching.standing import Standing
from volunteers.matching.ways_out import ways_out
from volunteers.matching.why_not import why_not

COLUMNS = (
    ("problem", "name"),
    ("sessions", "sessions"),
    ("volunteers", "volunteers"),
    ("pairs", "pairs"),
    ("by hand", "greedy"),
    ("value", "value"),
    ("bound", "bound"),
    ("proven", "proven"),
    ("held", "held"),
    ("places", "places"),
    ("seconds", "seconds"),
    ("of processor", "cpu_seconds"),
    ("within 1 %", "first_cpu_seconds"),
    ("peak MB", "peak_mb"),
)


def measure(path: Path, *, seconds: float = 60.0, seed: int = 0, tiers: Tiers | None = None) -> dict[str, Any]:
    """Solve one problem file in a fresh process and return what it took and gave."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measure, path, seconds, seed, tiers).result()


def table(rows: list[dict[str, Any]]) -> str:
    """The measurements as a Markdown table."""
    lines = [[title for title, _ in COLUMNS], ["---"] * len(COLUMNS)]
    lines += [[str(row[key]) for _, key in COLUMNS] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _measure(path: Path, seconds: float, seed: int, tiers: Tiers | None) -> dict[str, Any]:
    problem = load(path)
    began = time.perf_counter()
    model = build(problem)
    building = time.perf_counter() - began
    by_hand = value(problem, greedy(problem, model))
    began_cpu, trace = time.process_time(), list[tuple[float, float]]()

    def note(_step: str, _share: float, best: float | None, _bound: float | None) -> None:
        if best is not None:
            trace.append((round(time.process_time() - began_cpu, 2), best))

    answer = solve(problem, seconds=seconds, seed=seed, tiers=tiers, on_progress=note)
    used = time.process_time() - began_cpu
    trace.append((round(used, 2), answer.value))
    standing = Standing(problem, answer.placements)
    filled = sum(min(s.wished, standing.helpers(s.id)) for s in problem.sessions)
    faults = check(problem, answer)
    if faults:
        raise AssertionError(json.dumps([fault.text for fault in faults], ensure_ascii=False))
    return {
        "name": named(path),
        "sessions": len(problem.sessions),
        "volunteers": len(problem.volunteers),
        "pairs": int((~model.leads).sum()),
        "columns": model.columns,
        "rows": model.rows,
        "build_seconds": round(building, 2),
        "greedy": by_hand,
        "value": answer.value,
        "bound": answer.bound,
        "proven": answer.proven,
        "held": len({placement.session for placement in answer.placements}),
        "places": f"{filled / max(1, sum(s.wished for s in problem.sessions)):.1%}",
        "tiers": {tier.tier: tier.value for tier in answer.tiers},
        "seconds": round(answer.seconds, 2),
        "cpu_seconds": round(used, 2),
        "first_cpu_seconds": _first_within(trace, answer.value),
        "peak_mb": peak_mb(),
    }


def advise(path: Path, *, seconds: float = 60.0, gaps: int = 5) -> dict[str, Any]:
    """Time the advice about one problem file, in a fresh process: seconds of processor each.

    `ways_out` and `why_not` are medians over the first few sessions with an empty place, and
    over somebody not placed at each of them.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_advise, path, seconds, gaps).result()


def _advise(path: Path, seconds: float, gaps: int) -> dict[str, Any]:
    problem = load(path)
    plan = solve(problem, seconds=seconds).placements
    standing = Standing(problem, plan)
    short = [session.id for session in problem.sessions if lacks(standing, session)]
    outside = {number: _could_lend_a_hand(standing, number) for number in short[:gaps]}
    ways = [_timed(partial(ways_out, problem, plan, number)) for number in short[:gaps]]
    prices = [
        _timed(partial(why_not, problem, plan, person, number))
        for number, people in outside.items()
        for person in people[:2]
    ]
    return {
        "name": named(path),
        "sessions_short": len(short),
        "ways_out": median(ways) if ways else None,
        "why_not": median(prices) if prices else None,
        "recruit": _timed(lambda: recruit(problem, plan, seconds=seconds)),
        "recruits": recruit(problem, plan, seconds=seconds).people,
        "fairness": _timed(lambda: fairness(problem, plan)),
    }


def _could_lend_a_hand(standing: Standing, number: int) -> list[int]:
    """People not at the session whom every gate admits."""
    session = standing.problem.session[number]
    here = {placement.volunteer for placement in standing.at[number]}
    return [
        v.id
        for v in standing.problem.volunteers
        if v.id not in here and not obstacle(standing, v, session, HELPER, GATES)
    ]


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return round(time.process_time() - began, 3)


def _first_within(trace: list[tuple[float, float]], value: int) -> float | None:
    """When the first plan within 1 % of the final value was there, in seconds of processor."""
    return next((at for at, best in trace if best <= value + 0.01 * abs(value)), None)


def named(path: Path) -> str:
    """What a problem file is called in a table: `street-2` for street-2.json.gz."""
    return path.name.removesuffix(".gz").removesuffix(".json")


def peak_mb() -> int:
    """The most memory this process has held; `ru_maxrss` alone counts the parent's before the start."""
    status = Path("/proc/self/status")
    if not status.exists():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return int(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024
