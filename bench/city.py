"""Measures a city street by street: python bench/city.py [COMMUNITIES ...] [--seconds 180] [--workers 2]

Makes a fictional city of each size (streets of eight communities) and plans it; where it is small enough
for one piece, the plain MIP and the engine in one piece take their turn on the same file. Compare within
one run and by processor seconds: whoever shares the machine makes wall seconds longer. Prints a Markdown
table on stdout; `-o` writes everything as JSON. Exit status 1: a rule is broken, a bound is above
a value, or two proofs differ.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.matching import run  # noqa: E402
from volunteers.matching.bench import peak_mb  # noqa: E402
from volunteers.matching.city.crew import Crew, work  # noqa: E402
from volunteers.matching.city.shard import Finding, Shard  # noqa: E402
from volunteers.matching.city.whole import PROVABLE, solve_city  # noqa: E402
from volunteers.matching.generate import generate  # noqa: E402
from volunteers.matching.problem import HELPER, Problem, to_dict  # noqa: E402
from volunteers.matching.rules import broken  # noqa: E402

A_STREET = 8
CLOSE = 0.002
COLUMNS = {
    "communities": "communities",
    "by": "by",
    "value": "value",
    "bound": "bound",
    "gap": "gap",
    "to_close": "to 0.2 %",
    "seconds": "seconds",
    "cpu_seconds": "of processor",
    "peak_mb": "peak MB",
    "worker_mb": "of a worker",
    "held": "held",
    "places": "places",
    "travellers": "travellers",
    "clashes": "clashes",
    "broken": "broken rules",
}


def noted(folder: str, shard: Shard) -> Finding:
    """Do a task and note what it took, in a file of this process."""
    began = time.process_time()
    finding = work(shard)
    with open(Path(folder) / str(os.getpid()), "a", encoding="ascii") as file:
        file.write(f"{shard.task} {time.process_time() - began:.3f} {peak_mb()}\n")
    return finding


def notes(folder: str) -> list[tuple[str, float, int]]:
    """Task, processor seconds and peak memory of its process, for all tasks done so far."""
    lines = [line.split() for path in Path(folder).iterdir() for line in path.read_text("ascii").splitlines()]
    return [(task, float(seconds), int(peak)) for task, seconds, peak in lines]


def by_streets(problem: Problem, *, seconds: float, seed: int, workers: int) -> dict[str, Any]:
    """Plan the city here and in workers; what it gave and what it took."""
    began, cpu, trace = time.perf_counter(), time.process_time(), list[tuple[float, float, Any, Any]]()
    with tempfile.TemporaryDirectory(prefix="linke-city-") as folder:

        def spent() -> float:
            return time.process_time() - cpu + sum(took for _, took, _ in notes(folder)) * (workers > 1)

        def note(step: str, share: float, best: float | None, bound: float | None) -> None:
            if not trace or trace[-1][2:] != (best, bound):
                trace.append((time.perf_counter() - began, spent(), best, bound))

        crew = partial(Crew, do=partial(noted, folder))
        found = solve_city(problem, seconds=seconds, seed=seed, workers=workers, on_progress=note, crew=crew)
        wall, used, tasks = time.perf_counter() - began, spent(), notes(folder)
    answer = found.answer
    trace.append((wall, used, answer.value, answer.bound))
    close = next((seen for seen in trace if _gap(*seen[2:]) <= CLOSE), None)
    helpers = dict.fromkeys(problem.session, 0)
    for placement in answer.placements:
        helpers[placement.session] += placement.role == HELPER
    return {
        "by": f"city, {workers} workers",
        "value": answer.value,
        "bound": answer.bound,
        "proven": answer.proven,
        "to_close": close and [round(close[0], 1), round(close[1], 1)],
        "seconds": round(wall, 1),
        "cpu_seconds": round(used, 1),
        "cpu_by_task": {name: round(sum(t for task, t, _ in tasks if task == name), 1) for name, _, _ in tasks},
        "peak_mb": peak_mb(),
        "worker_mb": max(peak for _, _, peak in tasks),
        "held": len({placement.session for placement in answer.placements}),
        "sessions": len(problem.sessions),
        "places": sum(min(s.wished, helpers[s.id]) for s in problem.sessions) / sum(s.wished for s in problem.sessions),
        "regions": found.regions,
        "travellers": found.travellers,
        "clashes": found.clashes,
        "broken": len(broken(problem, answer.placements)),
        "trace": trace,
    }


def _gap(value: float | None, bound: float | None) -> float:
    return float("inf") if value is None or bound is None else (value - bound) / max(1, abs(value))


def measure(communities: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    """The city of one size, by streets and, where that can be done, in one piece."""
    problem = generate(seed=options.seed, communities=communities, streets=max(1, communities // A_STREET))
    size = {"communities": communities, "volunteers": len(problem.volunteers)}
    rows = [by_streets(problem, seconds=options.seconds, seed=options.seed, workers=options.workers) | size]
    if len(problem.sessions) <= PROVABLE:
        with tempfile.TemporaryDirectory(prefix="linke-city-") as folder:
            file = Path(folder) / f"city-{communities}.json"
            file.write_text(json.dumps(to_dict(problem)), encoding="utf-8")
            for name in ("ours", "baseline"):
                one = run(name, file, seconds=options.seconds, seed=options.seed)
                rows.append(one | size | {"broken": len(one["broken"])})
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as a Markdown table."""
    lines = [tuple(COLUMNS.values()), ("---",) * len(COLUMNS)]
    lines += [tuple(_cell(row, name) for name in COLUMNS) for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(row: dict[str, Any], name: str) -> str:
    if name == "gap":
        return "proven" if row["proven"] else f"{_gap(row['value'], row['bound']):.2%}"
    value = row.get(name)
    if value is None:
        return "–"
    if name == "to_close":
        return "{} ({})".format(*value)
    if name == "places":
        return f"{value:.1%}"
    return (
        f"{value:,.1f}" if isinstance(value, float) and name != "bound" else f"{value:,.0f}" if name != "by" else value
    )


def complaints(rows: list[dict[str, Any]]) -> list[str]:
    """What must not be."""
    found = [f"{row['communities']}: {row['by']} breaks rules" for row in rows if row["broken"]]
    found += [f"{row['communities']}: {row['by']} has a bound above its value" for row in rows if _wrong(row)]
    for size in {row["communities"] for row in rows}:
        proofs = {row["value"] for row in rows if row["communities"] == size and row["proven"]}
        if len(proofs) > 1:
            found.append(f"{size}: the proofs differ: {sorted(proofs)}")
    return found


def _wrong(row: dict[str, Any]) -> bool:
    return row["bound"] is not None and row["bound"] > row["value"]


def main() -> int:
    """Measure, print, and return 1 if anything is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("communities", type=int, nargs="*", default=[24], help="sizes (24); 800 takes minutes")
    parser.add_argument("--seconds", type=float, default=180.0, help="time limit of each run (180)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, help="write every run as JSON here")
    options = parser.parse_args()
    rows = [row for size in options.communities for row in measure(size, options)]
    print(table(rows))
    if options.output:
        options.output.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    found = complaints(rows)
    for complaint in found:
        print(complaint, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
