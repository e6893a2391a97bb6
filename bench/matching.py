"""Measures the roster engine against others: python bench/matching.py [FILE ...] [--with ours,baseline]

Every run has a process of its own; the contenders take turns, so what else the machine does hits
all of them alike: compare within one run of this script, and processor seconds rather than wall
seconds. Prints a Markdown table on stdout; `-o` writes everything as JSON. Exit status 1: a rule is
broken, two proofs differ, or a value is worse than the best that was ever proven.

`--advice` times ways out, recruits and prices instead.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.contenders import CONTENDERS  # noqa: E402
from volunteers.matching.bench import advise, named  # noqa: E402

PROVEN_BEST = {
    ROOT / "tests" / "matching" / "fixtures" / "community-1.json": 11_442,
    ROOT / "bench" / "rosters" / "street-2.json.gz": 29_840,
    ROOT / "bench" / "rosters" / "street-3-short.json.gz": 58_089,
}
OTHER_QUESTION = ("steps", "order")
"""They settle one tier after the other, so their value need not be the least sum."""
FIRST = 1.01
"""A first answer is one within 1 % of the best value that anybody found."""
COLUMNS = (
    "problem",
    "by",
    "value",
    "bound",
    "gap",
    "held",
    "places",
    "within 1 %",
    "seconds",
    "of processor",
    "of baseline",
    "peak MB",
)


def run(name: str, file: Path, *, seconds: float, seed: int) -> dict[str, Any]:
    """One run of one contender in a process of its own."""
    script = [sys.executable, str(ROOT / "bench" / "contenders.py"), name, str(file)]
    options = ["--seconds", str(seconds), "--seed", str(seed)]
    done = subprocess.run([*script, *options], stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def first_answer(one: dict[str, Any], best: float, clock: int) -> float:
    """Seconds until a value within 1 % of the best: of wall (0) or processor (1); inf if never."""
    if one["value"] > FIRST * best:
        return float("inf")
    took = [one["seconds"], one["cpu_seconds"]][clock]
    return min([seen[clock] for seen in one["trace"] if seen[2] <= FIRST * best] + [took])


def summary(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per file and contender: medians over its runs."""
    rows = []
    for file in dict.fromkeys(one["file"] for one in runs):
        here = [one for one in runs if one["file"] == file]
        best = min(one["value"] for one in here)
        cpu = {n: median(one["cpu_seconds"] for one in here if one["by"] == n) for n in {one["by"] for one in here}}
        for name in dict.fromkeys(one["by"] for one in here):
            own = [one for one in here if one["by"] == name]
            middle = sorted(own, key=lambda one: one["value"])[len(own) // 2]
            rows.append(
                {key: middle[key] for key in ("file", "by", "value", "bound", "held", "sessions", "places")}
                | {
                    "proven": sum(one["proven"] for one in own),
                    "runs": len(own),
                    "above_best": middle["value"] / best - 1 if best else 0.0,
                    "first_seconds": median(first_answer(one, best, 0) for one in own),
                    "first_cpu_seconds": median(first_answer(one, best, 1) for one in own),
                    "seconds": median(one["seconds"] for one in own),
                    "cpu_seconds": cpu[name],
                    "of_baseline": cpu[name] / cpu["baseline"] if "baseline" in cpu else None,
                    "peak_mb": max(one["peak_mb"] for one in own),
                }
            )
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as a Markdown table; first answers in processor seconds."""
    lines = [COLUMNS, ("---",) * len(COLUMNS)]
    lines += [_cells(row) for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    bound, share, first = row["bound"], row["of_baseline"], row["first_cpu_seconds"]
    gap = None if bound is None else (row["value"] - bound) / max(1, abs(row["value"]))
    return (
        row["file"],
        row["by"],
        f"{row['value']:,}",
        "–" if bound is None else f"{bound:,.0f}",
        "–" if gap is None else "proven" if row["proven"] == row["runs"] else f"{gap:.2%}",
        f"{row['held']} of {row['sessions']}",
        f"{row['places']:.1%}",
        "–" if first == float("inf") else f"{first:.2f}",
        f"{row['seconds']:.2f}",
        f"{row['cpu_seconds']:.2f}",
        "–" if share is None else f"{share:.2f}",
        str(row["peak_mb"]),
    )


def complaints(runs: list[dict[str, Any]]) -> list[str]:
    """What must not be: broken rules, proofs that differ, a proven value worse than a known one."""
    runs = [one for one in runs if one["by"] not in OTHER_QUESTION or one["broken"]]
    known = {named(path): best for path, best in PROVEN_BEST.items()}
    found = [f"{one['file']}: {one['by']} breaks a rule: {one['broken'][0]}" for one in runs if one["broken"]]
    for file in dict.fromkeys(one["file"] for one in runs):
        proofs = {(one["by"], one["value"]) for one in runs if one["file"] == file and one["proven"]}
        if len({value for _, value in proofs}) > 1:
            found.append(f"{file}: the proofs differ: {sorted(proofs)}")
        if any(value != known.get(file, value) for _, value in proofs):
            found.append(f"{file}: the known best is {known[file]}, proven here: {sorted(proofs)}")
    for one in runs:
        if one["by"] == "ours" and one["value"] > known.get(one["file"], one["value"]):
            found.append(f"{one['file']}: {one['value']} is worse than the known best {known[one['file']]}")
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="problem files (the three kept ones)")
    names = ",".join(CONTENDERS)
    parser.add_argument("--with", dest="names", default="ours,baseline", help=f"some of {names} (ours,baseline)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each (5); seeds 0, 1, 2 ...")
    parser.add_argument("--seconds", type=float, default=120.0, help="time limit of each run (120)")
    parser.add_argument("--advice", action="store_true", help="time ways out, recruits and prices instead")
    parser.add_argument("-o", "--output", type=Path, help="write every run as JSON here")
    return parser


def main() -> int:
    """Measure, print, and return 1 if anything is not as it must be."""
    parser = _parser()
    options = parser.parse_args()
    files, names = options.files or list(PROVEN_BEST), options.names.split(",")
    if unknown := [name for name in names if name not in CONTENDERS]:
        parser.error(f"there is no contender {unknown[0]!r}")
    if options.advice:
        print(json.dumps([advise(path, seconds=options.seconds) for path in files], indent=1))
        return 0
    runs = []
    for file in files:
        for number in range(options.runs):
            for name in names:
                one = run(name, file, seconds=options.seconds, seed=number)
                if reason := one.get("not_covered"):
                    print(f"{one['file']} {name}: {reason}", file=sys.stderr, flush=True)
                    continue
                runs.append(one)
                print(f"{one['file']} {name} {one['value']} {one['cpu_seconds']:.2f} s", file=sys.stderr, flush=True)
    rows = summary(runs)
    print(table(rows))
    if options.output:
        data = {"python": platform.python_version(), "rows": rows, "runs": runs}
        options.output.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    found = complaints(runs)
    for complaint in found:
        print(complaint, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
