"""Measures 周排班 on a full database.

    python -m bench.board                              SQLite
    python -m bench.board --database postgresql        a real PostgreSQL started for it

8 communities, 3,000 sessions, 700 volunteers. The pages come from real server processes (gunicorn, as the product
starts it), asked by 20 clients at once. The bars: at most 15 queries, 20 KB of HTML gzipped, p95 150 ms with 20 in
flight, and 100 ms for the first panel of candidates. Wall times are only worth reading on a machine that does
nothing else; the CPU seconds of the servers are given beside them.
"""

import argparse
import json
from importlib import import_module
from pathlib import Path

from bench import fresh


def main() -> None:
    """One table, and the same as JSON when a file is named."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.board", description="Queries, bytes and seconds of the board."
    )
    parser.add_argument("--database", choices=fresh.DATABASES, default="sqlite")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--requests", type=int, default=400)
    asked = parser.parse_args()
    with fresh.product(asked.database):
        week = import_module("bench.board_week")
        found = week.measured(asked.requests)
    print(f"{found['database']}: {found['sessions']} sessions, {found['volunteers']} volunteers,", end=" ")
    print(f"{found['assignments']} places taken, {found['week_sessions']} sessions in the week of one community")
    for name in ("board", "panel"):
        row = found[name]
        print(f"{name:<16} {row['queries']:3d} queries {row['kb_gz']:6.1f} KB gz", end=" ")
        print(f"{row['cpu_ms']:7.1f} ms CPU {row['wall_ms']:7.1f} ms")
    for name in ("board_load", "one_board_load"):
        row = found[name]
        print(
            f"{name:<16} {week.IN_FLIGHT} in flight: median {row['median_ms']:6.1f} ms, p95 {row['p95_ms']:6.1f} ms,",
            end=" ",
        )
        print(f"{row['cpu_ms']:5.1f} ms CPU a request, {row['per_second']:5.1f}/s")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
