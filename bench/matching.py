"""Measures the roster engine: python bench/matching.py [--form sum|steps|order] [--advice] [--output FILE]

Solves the kept problems, each in a process of its own, prints a table on stderr and one JSON
object on stdout, and fails if a value is worse than the best that was ever proven.
"""

import argparse
import json
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from volunteers.matching.bench import advise, measure, table  # noqa: E402
from volunteers.matching.solve import IN_ORDER, TWO_STEPS  # noqa: E402

FORMS = {"sum": None, "steps": TWO_STEPS, "order": IN_ORDER}
PROVEN_BEST = {
    ROOT / "tests" / "matching" / "fixtures" / "community-1.json": 11_442,
    ROOT / "bench" / "rosters" / "street-2.json.gz": 29_840,
    ROOT / "bench" / "rosters" / "street-3-short.json.gz": 58_089,
}


def main() -> int:
    """Measure, print, and return 1 if a value is worse than the proven best."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--form", choices=FORMS, default="sum", help="tiers added up, two steps, or strict order")
    parser.add_argument("--seconds", type=float, default=120.0, help="time limit of each solve (120)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--advice", action="store_true", help="time ways out, recruits and prices instead")
    parser.add_argument("--output", type=Path, help="also write the JSON here")
    options = parser.parse_args()
    if options.advice:
        print(json.dumps([advise(path, seconds=options.seconds) for path in PROVEN_BEST], indent=1))
        return 0
    tiers = FORMS[options.form]
    rows = [measure(path, seconds=options.seconds, seed=options.seed, tiers=tiers) for path in PROVEN_BEST]
    result = {"form": options.form, "python": platform.python_version(), "runs": rows}
    print(table(rows), file=sys.stderr)
    print(json.dumps(result, ensure_ascii=False, indent=1))
    if options.output:
        options.output.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if options.form != "sum":
        return 0
    worse = [row["name"] for row, best in zip(rows, PROVEN_BEST.values(), strict=True) if row["value"] > best]
    for name in worse:
        print(f"{name} is worse than the proven best", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
