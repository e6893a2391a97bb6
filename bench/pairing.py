"""Who sits with whom, timed: python bench/pairing.py [--runs 7] [--problems 10000] [-o FILE.json]

Sessions made by the generator, from a phone desk to a hall. "By hand" goes from learner to learner and
gives each the helper with room who costs least. With --problems as many tiny sessions are asked as well,
and every seating of each is tried. Prints a Markdown table; exit status 1 if an answer is not the best.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.matching.pairings import best, tiny  # noqa: E402
from volunteers.matching.pairing.generate import generate  # noqa: E402
from volunteers.matching.pairing.problem import Pair, Problem  # noqa: E402
from volunteers.matching.pairing.rules import obstacle  # noqa: E402
from volunteers.matching.pairing.solve import describe, solve  # noqa: E402
from volunteers.matching.pairing.wishes import comfort  # noqa: E402

SIZES = ((10, 4), (24, 10), (24, 6), (40, 15), (60, 24), (120, 45))


@dataclass(frozen=True)
class Row:
    """One size: medians over the seeds, of milliseconds of processor, and sums of costs."""

    learners: int
    helpers: int
    milliseconds: float
    slowest: float
    alone: int
    value: int
    alone_by_hand: int
    value_by_hand: int
    proven: bool


def by_hand(problem: Problem) -> tuple[Pair, ...]:
    """Each learner in turn takes the helper with room who costs least now."""
    pairs: list[Pair] = []
    for learner in problem.learners:
        free = [helper for helper in problem.helpers if not obstacle(problem, pairs, learner, helper)]
        if free:
            chosen = min(free, key=lambda one: (comfort(problem, [*pairs, Pair(learner.id, one.id)]), one.id))
            pairs.append(Pair(learner.id, chosen.id))
    return tuple(pairs)


def measure(learners: int, helpers: int, runs: int) -> Row:
    """Solve one size with seeds 0, 1, 2 ..."""
    times, answers, hands = [], [], []
    for seed in range(runs):
        problem = generate(seed=seed, learners=learners, helpers=helpers)
        began = time.process_time()
        answers.append(solve(problem))
        times.append(1000 * (time.process_time() - began))
        hands.append(describe(problem, by_hand(problem)))
    return Row(
        learners,
        helpers,
        round(median(times), 1),
        round(max(times), 1),
        sum(one.unseated for one in answers),
        sum(one.value for one in answers),
        sum(one.unseated for one in hands),
        sum(one.value for one in hands),
        all(one.proven for one in answers),
    )


def wrong(problems: int) -> list[int]:
    """The numbers of the tiny sessions whose answer is not the best of all seatings."""
    found = []
    for number in range(problems):
        question = tiny(number)
        answer = solve(question)
        if not answer.proven or (answer.unseated, answer.value) != best(question):
            found.append(number)
    return found


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=7)
    arguments.add_argument("--problems", type=int, default=0, help="tiny sessions to try every seating of (0)")
    arguments.add_argument("-o", "--output", type=Path, help="write the rows as JSON here")
    given = arguments.parse_args()
    solve(generate(seed=0))  # the solver's library is read once a process
    rows = [measure(learners, helpers, given.runs) for learners, helpers in SIZES]
    print("| learners | helpers | ms of processor | slowest | alone | value | by hand: alone | value | proven |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(str(cell) for cell in asdict(row).values())} |")
    bad = wrong(given.problems)
    if given.problems:
        print(f"\n{given.problems:,} tiny sessions, {len(bad)} answers not the best", file=sys.stderr)
    if given.output:
        data = {"python": platform.python_version(), "rows": [asdict(row) for row in rows], "wrong": bad}
        given.output.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    return int(bool(bad) or not all(row.proven for row in rows))


if __name__ == "__main__":
    sys.exit(main())
