"""Measures generating the sessions of a term for 8 communities.

    python -m bench.term                              SQLite
    python -m bench.term --database postgresql        a real PostgreSQL started for it

60 series, about 3,000 sessions, with rooms, lessons, enrolled learners and the need as Shift rows. Nothing is left
behind. The bars: under 3 s and a few dozen queries; generating again changes nothing.
"""

import argparse
import json
from importlib import import_module
from pathlib import Path

from bench import fresh


def main() -> None:
    """One table, and the same as JSON when a file is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.term", description="Seconds and queries of a term.")
    parser.add_argument("--database", choices=fresh.DATABASES, default="sqlite")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with fresh.product(asked.database):
        found = import_module("bench.term_made").found()
    print(f"{found['database']}: {found['series']} series, {found['sessions']} sessions, {found['shifts']} shifts")
    for name, row in (("generate", found["generate"]), ("again", found["generate_again"])):
        print(f"{name:<9} {row['seconds']:6.2f} s {row['process_seconds']:6.2f} s CPU {row['queries']:4d} queries")
    print(f"again changes nothing: {found['again_changes_nothing']}")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
