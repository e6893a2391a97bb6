"""Fifty people say yes to one place within a second, a hundred rounds: one assignment each, and no error.

    python -m bench.yeses                              on SQLite
    python -m bench.yeses --database postgresql
    python -m bench.yeses --rounds 5 --people 20       a short look

Every answer is a POST through the product's own WSGI application, each on a thread of its own.
"""

import argparse
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from threading import Barrier
from typing import Any

from bench import fresh


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.yeses", description="Many yeses to one place.")
    parser.add_argument("--database", choices=fresh.DATABASES, default="sqlite")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--json", type=Path, help="write the report here, too")
    return parser.parse_args()


def main() -> None:
    asked = parse()
    with fresh.product(asked.database):
        report = race(asked.rounds, asked.people)
    report["database"] = asked.database
    print(json.dumps(report, ensure_ascii=False, indent=1))
    if asked.json:
        asked.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")


def race(rounds: int, people: int) -> dict[str, Any]:
    """So many rounds; how often each thing happened, and how long the slowest answer of a round took."""
    models = import_module("volunteers.models")
    asks = prepare(rounds, people)
    start = Barrier(people)
    began = time.process_time()
    with ThreadPoolExecutor(people) as pool:
        found = [list(pool.map(lambda ask: press(ask, start), of_a_round)) for of_a_round in asks]
    spent = time.process_time() - began
    seconds = sorted(max(took for _, took in of_a_round) for of_a_round in found)
    taken = Counter(models.Shift.objects.values_list("taken", flat=True))
    return {
        "rounds": rounds,
        "people": people,
        "places_taken": {str(count): shifts for count, shifts in taken.items()},
        "assignments": models.Assignment.objects.filter(status="accepted").count(),
        "searches": dict(Counter(models.SubstituteSearch.objects.values_list("status", flat=True))),
        "answers": dict(Counter(models.SubstituteAsk.objects.values_list("state", flat=True))),
        "http": {str(code): n for code, n in Counter(code for one in found for code, _ in one).items()},
        "cpu_milliseconds_an_answer": round(1000 * spent / (rounds * people), 1),
        "slowest_answer_of_a_round_seconds": {"median": seconds[len(seconds) // 2], "most": seconds[-1]},
    }


def prepare(rounds: int, people: int) -> list[list[Any]]:
    """A place a day, and everybody asked for every one of them."""
    make, models = import_module("tests.make"), import_module("volunteers.models")
    now = import_module("django.utils.timezone").now()
    crowd = [make.volunteer(f"志愿者{number}") for number in range(people)]
    of = make.series(weekdays=tuple(range(7)))
    made = []
    for turn in range(rounds):
        shift = make.shift(make.session(f"{(now + timedelta(days=turn + 2)).date()}", of=of), needed=1)
        search = models.SubstituteSearch.objects.create(shift=shift, started_at=now, next_wave_at=now)
        made.append(
            [search.asks.create(volunteer=one, wave=1, place=at, asked_at=now) for at, one in enumerate(crowd, 1)]
        )
    return made


def press(ask: Any, start: Barrier) -> tuple[int, float]:
    """我能来, when everybody is ready; the status of the answer and the seconds until it came."""
    client = import_module("django.test").Client(raise_request_exception=False, headers={"Host": "localhost"})
    connections = import_module("django.db").connections
    address = f"/me/{ask.volunteer.token}/cover/{ask.pk}/yes/"
    start.wait()
    began = time.perf_counter()
    try:
        code = client.post(address, {"tail": ask.volunteer.mobile[-4:]}).status_code
    finally:
        connections.close_all()
    return code, round(time.perf_counter() - began, 3)


if __name__ == "__main__":
    main()
