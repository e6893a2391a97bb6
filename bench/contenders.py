"""One run of one contender on one problem file, in this process: python bench/contenders.py NAME FILE

The last line on stdout is the measurement as JSON. The plan is judged by the engine's rules and
priced by its tiers, whoever made it; `bench/matching.py` calls this once for every run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import baseline  # noqa: E402
from bench.found import Found, NotCovered, Trace  # noqa: E402
from bench.places import as_places  # noqa: E402
from volunteers.matching.bench import named, peak_mb  # noqa: E402
from volunteers.matching.greedy import greedy  # noqa: E402
from volunteers.matching.preferences import value  # noqa: E402
from volunteers.matching.problem import HELPER, Placement, Problem, load  # noqa: E402
from volunteers.matching.rules import broken  # noqa: E402
from volunteers.matching.solve import IN_ORDER, TWO_STEPS, Tiers, build, solve  # noqa: E402

OTHER_PYTHON = "LINKE_TIMEFOLD_PYTHON"
"""Names the interpreter of an environment with `timefold` in it."""


def ours(problem: Problem, *, seconds: float, seed: int, tiers: Tiers | None = None) -> Found:
    """The engine: tiers added up, as the others do, or one after the other."""
    trace = Trace()

    def note(_step: str, _share: float, best: float | None, _bound: float | None) -> None:
        if best is not None and tiers is None:
            trace.saw(best)

    answer = solve(problem, seconds=seconds, seed=seed, tiers=tiers, on_progress=note)
    return Found(answer.placements, answer.bound, answer.proven, trace)


def by_hand(problem: Problem, *, seconds: float, seed: int) -> Found:
    """Session by session, known faces first, then whoever has done least."""
    trace = Trace()
    return Found(greedy(problem, build(problem)), trace=trace)


def cpsat(problem: Problem, *, seconds: float, seed: int, tuned: bool = False) -> Found:
    """CP-SAT with person booleans."""
    from bench import cpsat  # noqa: PLC0415  (slow to import, not always asked for)

    return cpsat.solve(problem, seconds=seconds, seed=seed, tuned=tuned)


def timefold(problem: Problem, *, seconds: float, seed: int) -> Found:
    """Timefold in an environment of its own; only its last plan is known."""
    python = os.environ.get(OTHER_PYTHON)
    if not python:
        raise SystemExit(f"set {OTHER_PYTHON} to a Python with timefold in it (see bench/timefold_roster.py)")
    script = [python, str(ROOT / "bench" / "timefold_roster.py"), str(seconds), str(seed)]
    question = json.dumps(as_places(problem))
    done = subprocess.run(script, input=question, stdout=subprocess.PIPE, text=True, check=True)
    rows = json.loads(done.stdout.splitlines()[-1])["plan"]
    return Found(tuple(Placement(*row) for row in rows))


CONTENDERS: dict[str, Callable[..., Found]] = {
    "ours": ours,
    "steps": partial(ours, tiers=TWO_STEPS),
    "order": partial(ours, tiers=IN_ORDER),
    "baseline": baseline.solve,
    "greedy": by_hand,
    "cpsat": cpsat,
    "cpsat-tuned": partial(cpsat, tuned=True),
    "timefold": timefold,
}


def measure(name: str, file: Path, *, seconds: float, seed: int) -> dict[str, Any]:
    """Run one contender here and say what it gave and what it took."""
    problem = load(file)
    clock = Trace()
    found = CONTENDERS[name](problem, seconds=seconds, seed=seed)
    wall, cpu = clock.spent()
    plan = found.placements
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    helpers = {session.id: 0 for session in problem.sessions}
    for placement in plan:
        helpers[placement.session] += placement.role == HELPER
    filled = sum(min(session.wished, helpers[session.id]) for session in problem.sessions)
    return {
        "file": named(file),
        "by": name,
        "value": value(problem, plan),
        "bound": found.bound,
        "proven": found.proven,
        "broken": [fault.text for fault in broken(problem, plan)],
        "held": len({placement.session for placement in plan}),
        "sessions": len(problem.sessions),
        "volunteers": len(problem.volunteers),
        "places": filled / max(1, sum(session.wished for session in problem.sessions)),
        "seconds": round(wall, 3),
        "cpu_seconds": round(cpu + children.ru_utime + children.ru_stime, 3),
        "peak_mb": max(peak_mb(), children.ru_maxrss // 1024 if name == "timefold" else 0),
        "trace": found.trace.seen,
    }


def main() -> int:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=CONTENDERS)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        found = measure(options.name, options.file, seconds=options.seconds, seed=options.seed)
    except NotCovered as reason:
        found = {"file": named(options.file), "by": options.name, "not_covered": str(reason)}
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
