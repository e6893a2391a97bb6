"""Times repairs and rankings: python bench/repair.py [FILE ...] [--drops 100] [--seconds N] [-o FILE.json]

Solves each problem in a process of its own, then takes people out of the plan one at a time and thirty
at once, mends it, and asks for ten substitutes; processor milliseconds. Every mended plan is judged by the
rules. "Touched" are people other than the drop-out who are asked or told anything; "left" is what the
empty places cost in the tier of shortage if nobody is asked, and "after" what they cost once mended.
Prints a Markdown table; `-o` writes JSON. Exit status 1: a rule is broken, or a mended plan holds fewer
sessions than the plan with the gap in it.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.matching import PROVEN_BEST  # noqa: E402
from volunteers.matching.bench import named  # noqa: E402
from volunteers.matching.live import Live  # noqa: E402
from volunteers.matching.preferences import Short  # noqa: E402
from volunteers.matching.problem import Placement, Problem, load  # noqa: E402
from volunteers.matching.rank import rank  # noqa: E402
from volunteers.matching.repair import Repair, repair  # noqa: E402
from volunteers.matching.rules import broken  # noqa: E402
from volunteers.matching.screened import screened  # noqa: E402
from volunteers.matching.solve import solve  # noqa: E402

SEED, AT_ONCE, BATCHES = 1, 30, 5
COLUMNS = (
    ("problem", "name"),
    ("repair", "repair"),
    ("p95", "repair_p95"),
    ("3 touched at most", "few"),
    ("asked in", "added"),
    ("moved or spared", "removed"),
    ("left", "left"),
    ("after", "after"),
    ("sessions lost", "lost"),
    ("lost if nobody is asked", "lost_left"),
    ("30 at once", "batch"),
    ("gates", "gates"),
    ("rank", "rank"),
    ("p95 rank", "rank_p95"),
    ("rank anew", "rank_anew"),
)


def measure(path: Path, drops: int, seconds: float) -> dict[str, Any]:
    """The row of one problem."""
    problem = load(path)
    plan = solve(problem, seconds=seconds).placements
    began = time.process_time()
    screened(problem)
    row: dict[str, Any] = {"name": named(path), "drops": drops, "gates": _ms(time.process_time() - began)}
    return row | _singles(problem, plan, drops) | _batches(problem, plan) | _ranks(problem, plan, drops)


def _singles(problem: Problem, plan: tuple[Placement, ...], drops: int) -> dict[str, Any]:
    times, few, wrong = [], 0, 0
    sums = dict.fromkeys(("added", "removed", "left", "after", "lost", "lost_left"), 0)
    short = Short().cost(problem, plan)
    for one in Random(SEED).sample(plan, drops):
        found, used = _timed(problem, plan, [(one.volunteer, one.session)])
        times.append(used)
        left = tuple(placement for placement in plan if placement != one)
        few += len({ask.volunteer for ask in found.asks}) <= 3
        alone = tuple(placement for placement in left if placement.session == one.session)
        gone = not alone or bool(broken(problem, alone))
        wrong += bool(broken(found.problem, found.placements)) or len(found.given_up) > gone
        sums["added"] += len(found.added)
        sums["removed"] += len(found.removed)
        sums["left"] += Short().cost(problem, left) - short
        sums["after"] += Short().cost(problem, found.placements) - short
        sums["lost"] += len(found.given_up)
        sums["lost_left"] += gone
    return {
        "repair": _ms(median(times)),
        "repair_p95": _ms(quantiles(times, n=20)[-1]),
        "few": f"{few / drops:.0%}",
        **sums,
        "wrong": wrong,
    }


def _batches(problem: Problem, plan: tuple[Placement, ...]) -> dict[str, Any]:
    times, wrong = [], 0
    for number in range(BATCHES):
        gone = [(p.volunteer, p.session) for p in Random(f"{SEED} {number}").sample(plan, min(AT_ONCE, len(plan)))]
        found, used = _timed(problem, plan, gone)
        times.append(used)
        wrong += bool(broken(found.problem, found.placements))
    return {"batch": _ms(median(times)), "batch_wrong": wrong}


def _ranks(problem: Problem, plan: tuple[Placement, ...], drops: int) -> dict[str, Any]:
    live, times, anew = Live(problem, plan), [], []
    for one in Random(SEED).sample(plan, drops):
        live.standing.remove(one)
        began = time.process_time()
        live.rank(one.session, one.role)
        times.append(time.process_time() - began)
        left = live.standing.placements()
        began = time.process_time()
        rank(problem, left, one.session, one.role)
        anew.append(time.process_time() - began)
        live.standing.add(one)
    p95 = quantiles(times, n=20)[-1]
    return {"rank": _ms(median(times)), "rank_p95": _ms(p95), "rank_anew": _ms(median(anew))}


def _timed(problem: Problem, plan: tuple[Placement, ...], gone: list[tuple[int, int]]) -> tuple[Repair, float]:
    began = time.process_time()
    found = repair(problem, plan, gone)
    return found, time.process_time() - began


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


def main() -> int:
    """Measure, print, and return 1 if a plan is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="problem files (the three kept ones)")
    parser.add_argument("--drops", type=int, default=100, help="drop-outs one at a time (100)")
    parser.add_argument("--seconds", type=float, default=120.0, help="time limit of the first solve (120)")
    parser.add_argument("-o", "--output", type=Path, help="write the rows as JSON here")
    options = parser.parse_args()
    rows = []
    for path in options.files or list(PROVEN_BEST):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            rows.append(process.submit(measure, path, options.drops, options.seconds).result())
    lines = [[title for title, _ in COLUMNS], ["---"] * len(COLUMNS)]
    lines += [[str(row[key]) for _, key in COLUMNS] for row in rows]
    print("\n".join(f"| {' | '.join(line)} |" for line in lines))
    if options.output:
        data = {"python": platform.python_version(), "rows": rows}
        options.output.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return int(any(row["wrong"] or row["batch_wrong"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
