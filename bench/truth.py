"""The engine against every plan there is: python bench/truth.py [--problems 10000] [--seed 0] [--forms sum,order]

Random problems so small that all their plans can be tried. Each is asked in one form (tiers added up,
strict order, two steps, any order and groups, tolerances), in turn. Prints two Markdown tables: what was
wrong by form, and how many problems each rule and each tier decided, out of those where it was tried.
Exit status 1: an answer was wrong or unproven, or a rule or a tier never decided anything.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.matching.brute_force import TIERS  # noqa: E402
from tests.matching.reading_of_rules import CODES  # noqa: E402
from tests.matching.trials import FORMS, Trial, trial  # noqa: E402

WORST = 20
"""So many wrong answers are printed one by one."""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--problems", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=0, help="the first problem's number")
    arguments.add_argument("--forms", default=",".join(FORMS))
    given = arguments.parse_args()
    forms = given.forms.split(",")
    if given.problems < 1 or not set(forms) <= set(FORMS):
        arguments.error(f"expected one problem or more, and forms among {', '.join(FORMS)}")
    began = time.process_time()
    trials = [trial(given.seed + number, forms[number % len(forms)]) for number in range(given.problems)]
    for one in [one for one in trials if one.wrong][:WORST]:
        print(f"{one.form} {one.seed}: {one.wrong}", file=sys.stderr)
    _table_of_forms(trials, forms)
    decided = Counter(code for one in trials for code in one.bites)
    tried = Counter(code for one in trials for code in one.tried)
    _table_of_decisions(decided, tried)
    print(f"\n{given.problems} problems, {time.process_time() - began:.0f} seconds of processor", file=sys.stderr)
    return int(any(one.wrong for one in trials) or not all(decided[code] for code in (*CODES, *TIERS)))


def _table_of_forms(trials: list[Trial], forms: list[str]) -> None:
    print("| form | problems | sound plans | answers not the best |")
    print("|---|---|---|---|")
    for form in forms:
        own = [one for one in trials if one.form == form]
        wrong = sum(bool(one.wrong) for one in own)
        print(f"| {form} | {len(own):,} | {sum(o.plans for o in own):,} | {wrong} |")


def _table_of_decisions(decided: Counter[str], tried: Counter[str]) -> None:
    print("\n| rule or tier | problems | decides the optimum of |")
    print("|---|---|---|")
    for code in (*CODES, *TIERS):
        print(f"| `{code}` | {tried[code]:,} | {decided[code]:,} |")


if __name__ == "__main__":
    sys.exit(main())
