"""Times the advice about kept problems: python bench/advice.py [FILE ...] [--seconds N] [-o FILE.json]

Solves each problem in a process of its own, then times in processor seconds: the ways out of its
gaps, the price of placing somebody, whom to recruit, the fairness of the plan, and curves of five
points; and solves it again with every newcomer waiting for a first session. Every way out is taken as well and judged by the rules. Prints a Markdown table on stdout;
`-o` writes everything as JSON. Exit status 1: a way out that does not keep its promise.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from volunteers.matching.applying import apply  # noqa: E402
from volunteers.matching.bench import named  # noqa: E402
from volunteers.matching.fairness import FIRST_WITHIN, fairness  # noqa: E402
from volunteers.matching.gates import GATES  # noqa: E402
from volunteers.matching.problem import HELPER, Placement, Problem, load  # noqa: E402
from volunteers.matching.rank import obstacle  # noqa: E402
from volunteers.matching.recruit import lacks, recruit  # noqa: E402
from volunteers.matching.rules import broken  # noqa: E402
from volunteers.matching.solve import TWO_STEPS, solve  # noqa: E402
from volunteers.matching.standing import Standing  # noqa: E402
from volunteers.matching.tradeoff import tradeoff  # noqa: E402
from volunteers.matching.ways_out import WayOut, added_up, used_times, ways_out  # noqa: E402
from volunteers.matching.why_not import why_not  # noqa: E402

FILES = (
    ROOT / "tests" / "matching" / "fixtures" / "community-1.json",
    ROOT / "bench" / "rosters" / "street-2.json.gz",
    ROOT / "bench" / "rosters" / "street-3-short.json.gz",
)
GAPS, PAIRS, SEED = 10, 40, 1
CURVES = (("uneven", "strange"), ("strange", "wishes"))
COLUMNS = (
    ("problem", "name"),
    ("gaps", "gaps"),
    ("ways out", "ways_out"),
    ("kept", "kept"),
    ("why not", "why_not"),
    ("p95", "why_not_p95"),
    ("recruit", "recruit"),
    ("people", "recruits"),
    ("fairness", "fairness"),
    ("newcomers", "newcomers"),
    ("in time", "in_time"),
    ("if they wait", "in_time_if_waiting"),
    ("no place", "no_place"),
    *((f"{upper}/{lower}", f"{upper}/{lower}") for upper, lower in CURVES),
)


def main() -> int:
    """Measure, print, and return 1 if a way out breaks its promise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=list(FILES))
    parser.add_argument("--seconds", type=float, default=60.0, help="time limit of each solve (60)")
    parser.add_argument("-o", "--output", type=Path, help="also write everything as JSON")
    options = parser.parse_args()
    rows = []
    for path in options.files:
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
            rows.append(pool.submit(_measure, path, options.seconds).result())
    print(table(rows))
    if options.output:
        result = {"python": platform.python_version(), "runs": rows}
        options.output.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0 if all(row["kept"] == row["ways"] for row in rows) else 1


def table(rows: list[dict[str, Any]]) -> str:
    """The measurements as a Markdown table."""
    lines = [[title for title, _ in COLUMNS], ["---"] * len(COLUMNS)]
    lines += [[str("–" if row[key] is None else row[key]) for _, key in COLUMNS] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _measure(path: Path, seconds: float) -> dict[str, Any]:
    problem = load(path)
    plan = solve(problem, seconds=seconds).placements
    row: dict[str, Any] = {"name": named(path)}
    row |= _gaps(problem, plan) | _prices(problem, plan)
    found, used = _timed(partial(recruit, problem, plan, seconds=seconds))
    row |= {"recruit": used, "recruits": found.people, "recruit_proven": found.proven, "recruit_text": found.text}
    row |= _newcomers(problem, plan, seconds)
    for upper, lower in CURVES:
        order = ("unheld", "short", "waiting", upper, lower)
        points, used = _timed(partial(tradeoff, problem, upper, lower, order=order, seconds=seconds))
        row[f"{upper}/{lower}"] = used
        row[f"{upper}/{lower} points"] = [[point.upper, point.lower, point.proven, point.text] for point in points]
    return row


def _gaps(problem: Problem, plan: tuple[Placement, ...]) -> dict[str, Any]:
    """Ways out of the first gaps, of all kinds: the time of one gap, and how many kept their promise."""
    standing = Standing(problem, plan)
    short = [session.id for session in problem.sessions if lacks(standing, session)]
    times, kept, kinds = [], 0, []
    for number in short[:GAPS]:
        other = used_times(problem, number)
        ways, used = _timed(partial(ways_out, problem, plan, number, times=other, need=added_up))
        times.append(used)
        kinds += [way.kind for way in ways]
        kept += sum(_keeps(problem, plan, way) for way in ways)
    return {
        "gaps": len(short),
        "ways_out": round(median(times), 3) if times else None,
        "ways": len(kinds),
        "kept": kept,
        "kinds": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
    }


def _keeps(problem: Problem, plan: tuple[Placement, ...], way: WayOut) -> bool:
    """Whether the way, once taken, breaks no rule and leaves no more places empty than it says."""
    taken, after = apply(problem, plan, way)
    session = taken.session[way.session if way.other is None else way.other]
    return not broken(taken, after) and lacks(Standing(taken, after), session) <= way.left


def _prices(problem: Problem, plan: tuple[Placement, ...]) -> dict[str, Any]:
    """The price of a pair, for people whom every gate admits to a session where they are not."""
    chance, standing = Random(SEED), Standing(problem, plan)
    times = []
    while len(times) < PAIRS:
        session, person = chance.choice(problem.sessions), chance.choice(problem.volunteers)
        here = {placement.volunteer for placement in standing.at[session.id]}
        if person.id not in here and not obstacle(standing, person, session, HELPER, GATES):
            times.append(_timed(partial(why_not, problem, plan, person.id, session.id))[1])
    return {"why_not": round(median(times), 3), "why_not_p95": round(quantiles(times, n=20)[-1], 3)}


def _newcomers(problem: Problem, plan: tuple[Placement, ...], seconds: float) -> dict[str, Any]:
    """First sessions within three weeks: as the plan is, and in the best plan in order if newcomers wait for one."""
    found, used = _timed(partial(fairness, problem, plan))
    first_by = (min(session.starts_at for session in problem.sessions) + FIRST_WITHIN - timedelta(days=1)).date()
    people = tuple(replace(v, first_by=first_by) if v.newcomer else v for v in problem.volunteers)
    waiting = replace(problem, volunteers=people)
    then = fairness(waiting, solve(waiting, seconds=seconds, tiers=TWO_STEPS).placements)
    return {
        "fairness": used,
        "newcomers": then.newcomers,
        "in_time": len(found.on_time),
        "in_time_if_waiting": len(then.on_time),
        "no_place": len(then.no_place),
    }


def _timed[T](work: Callable[[], T]) -> tuple[T, float]:
    began = time.process_time()
    found = work()
    return found, round(time.process_time() - began, 3)


if __name__ == "__main__":
    sys.exit(main())
