"""Kill processes of the running product at random while thousands of effects are under way, and count them.

    python -m bench.chaos                              2,000 notes, 300 places and 300 substitute searches on SQLite
    python -m bench.chaos --database postgresql
    python -m bench.chaos --mails 60 --texts 40 --expiring 20 --answers 5 --searches 10 --seconds 15     a short look

Mails arrive at a real SMTP server, texts at a server that speaks Aliyun's protocol, both in this process.
"""

import argparse
import json
import os
import sys
from importlib import import_module
from pathlib import Path

from bench import fresh


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description="Count effects while processes die.")
    parser.add_argument("--database", choices=fresh.DATABASES, default="sqlite")
    parser.add_argument("--mails", type=int, default=1200)
    parser.add_argument("--texts", type=int, default=800)
    parser.add_argument("--expiring", type=int, default=240, help="invitations that run out without an answer")
    parser.add_argument("--answers", type=int, default=60, help="answers given on the page")
    parser.add_argument("--searches", type=int, default=300, help="places given back, for which substitutes are found")
    parser.add_argument("--seconds", type=float, default=180, help="how long processes are killed")
    parser.add_argument("--pause", type=float, nargs=2, default=(2.0, 8.0), help="seconds between two kills")
    parser.add_argument("--jumps", type=int, default=6, help="how often the clock jumps four hours ahead")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--json", type=Path, help="write the report here, too")
    return parser.parse_args()


def main() -> None:
    asked = parse()
    with fresh.product(asked.database) as folder:
        chaos = import_module("tests.chaos")
        size = chaos.Size(
            asked.mails,
            asked.texts,
            asked.expiring,
            asked.answers,
            searches=asked.searches,
            seconds=asked.seconds,
            pause=tuple(asked.pause),
            jumps=asked.jumps,
        )
        report = chaos.story(
            os.environ["DATABASE_URL"],
            folder,
            size,
            asked.seed,
            say=lambda text: print(text, file=sys.stderr, flush=True),
        )
    report["database"] = asked.database
    show(report)
    if asked.json:
        asked.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")


def line(kind: str, times: dict[int, int]) -> None:
    """How many effects of a kind arrived once, never, more often."""
    more = sum(count for often, count in times.items() if often > 1)
    print(f"{kind:>12}  {times.get(1, 0):>6}  {times.get(0, 0):>6}  {more:>13}")


def show(report: dict) -> None:
    """The table: how many effects arrived how often."""
    print(f"{'effect':>12}  {'once':>6}  {'never':>6}  {'twice or more':>13}")
    for kind in ("mails", "texts", "expired", "answers"):
        line(kind, report[kind])
    found = report["substitutes"]
    for kind in ("searches", "covers", "credited", "closed", "invitations"):
        line(kind, found[kind])
    print(f"invitations dropped in time: {found['dropped_invitations']}, neither: {found['other_invitations']}")
    print(
        f"asked {found['asked']} in {found['waves']} waves: {dict(found['states_of_asks'])}, errors {found['page_errors']}"
    )
    print(f"without a receipt: {sum(report['unsure'].values())}, of which arrived {report['unsure'].get(1, 0)}")
    print(f"arrived while processes were killed: {report['arrived_while_killing']}")
    print(f"killed: {report['kills']}; alive again after {report['recovered']} s, done after {report['settled']} s")


if __name__ == "__main__":
    main()
