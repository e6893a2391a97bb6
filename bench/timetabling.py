"""Measures the timetable engine: python bench/timetabling.py [--what sizes,modes] [--seeds 20] [-o FILE]

`sizes`: seconds until the proof, from one community to a street of 96 series, 20 rooms and 640 volunteers.
`modes`: what planning for learners only, with the head count of free volunteers, and jointly with the
staffing comes to: means over the seeds of two communities. *joint* is the product's usual way, in which at most
0.5 % of the learners are given up for helpers (各让一点); *joint, strict* gives up nobody (学员一个也不让).
The bar is 8 points more of the places with *joint* than with *learners* where volunteers are scarce.

Every solve has a process of its own and one thread; compare processor seconds, the machine may be busy.
Prints Markdown tables on stdout; `-o` writes every run as JSON. Exit status 1: a rule is broken.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from pathlib import Path
from statistics import mean
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from classes.timetabling.bench import measure, table  # noqa: E402
from classes.timetabling.generate import generate  # noqa: E402

SIZES = ((1, 1.0), (1, 0.5), (3, 0.5), (8, 1.0), (8, 0.5))
"""Communities, and how often volunteers are free: 1 is usual, 0.5 is scarce."""
HABITS = (0.5, 0.7)
USUAL = 0.005
"""The share of learners that may be given up for helpers unless the organiser says otherwise."""
WAYS = {"learners": ("learners", 0.0), "headcount": ("headcount", 0.0), "joint": ("joint", USUAL)}
WAYS["joint, strict"] = ("joint", 0.0)
"""What is compared, and each one's mode and share of learners that may be given up."""


def run(**question: Any) -> dict[str, Any]:
    """One solve in a process of its own."""
    script = [sys.executable, __file__, "--one", json.dumps(question)]
    done = subprocess.run(script, stdout=subprocess.PIPE, text=True, check=True)
    found = dict(json.loads(done.stdout))
    print(f"{found['problem']} {found['mode']} {found['cpu_seconds']} s", file=sys.stderr, flush=True)
    return found


def one(question: dict[str, Any]) -> dict[str, Any]:
    """The same in this process."""
    made = generate(seed=question["seed"], communities=question["communities"], habit=question["habit"])
    name = f"{len(made.series)} series, {len(made.volunteers)} volunteers, habit {question['habit']}"
    return question | measure(name, made, mode=question["mode"], give=question["give"], seconds=question["seconds"])


def sizes(seeds: int, seconds: float) -> list[dict[str, Any]]:
    """Seconds until the proof."""
    return [
        run(seed=seed, communities=communities, habit=habit, mode="joint", give=0.0, seconds=seconds)
        for communities, habit in SIZES
        for seed in range(seeds)
    ]


def modes(seeds: int, seconds: float) -> list[dict[str, Any]]:
    """What each way of planning comes to."""
    return [
        run(seed=seed, communities=2, habit=habit, way=way, mode=mode, give=give, seconds=seconds)
        for habit in HABITS
        for seed in range(seeds)
        for way, (mode, give) in WAYS.items()
    ]


def means(rows: list[dict[str, Any]]) -> str:
    """Learners reached and places filled by way of planning, as a Markdown table."""
    lines = ["| habit | way | learners reached | places filled | against learners only | proven | of processor |"]
    lines.append("|---|---|---|---|---|---|---|")
    for habit in HABITS:
        here = [row for row in rows if row["habit"] == habit]
        alone = mean(row["filled"] for row in here if row["way"] == "learners")
        for way in WAYS:
            own = [row for row in here if row["way"] == way]
            filled = mean(row["filled"] for row in own)
            cells = (
                habit,
                way,
                f"{mean(row['reached'] for row in own):.1%}",
                f"{filled:.1%}",
                f"{100 * (filled - alone):+.1f}",
                f"{sum(row['proven'] for row in own)} of {len(own)}",
                f"{mean(row['cpu_seconds'] for row in own):.2f}",
            )
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and return 1 if a rule is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", default="sizes,modes")
    parser.add_argument("--seeds", type=int, default=20, help="seeds of each mode (20); sizes take a quarter of them")
    parser.add_argument("--seconds", type=float, default=120.0, help="time limit of each solve (120)")
    parser.add_argument("-o", "--output", type=Path, help="write every run as JSON here")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(json.loads(options.one))))
        return 0
    runs = {}
    if "sizes" in options.what:
        runs["sizes"] = sizes(max(1, options.seeds // 4), options.seconds)
        print(table(runs["sizes"]))
    if "modes" in options.what:
        runs["modes"] = modes(options.seeds, options.seconds)
        print(means(runs["modes"]))
    if options.output:
        data = {"python": platform.python_version(), **runs}
        options.output.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return int(any(row["broken"] for rows in runs.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
