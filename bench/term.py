"""Measures generating the sessions of a term for 8 communities: python bench/term.py [--json FILE]

60 series, about 3,000 sessions, with rooms, lessons, enrolled learners and the need as Shift rows; on the
database of DATABASE_URL when it is set, else on SQLite in a folder of its own. Nothing is left behind.
The bars: under 3 s and a few dozen queries; generating again changes nothing.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
FOLDER = tempfile.TemporaryDirectory(prefix="linke-bench-")
sys.path.insert(0, str(ROOT))
os.environ |= {"LINKE_DATA": FOLDER.name, "DJANGO_SETTINGS_MODULE": "config.settings"}
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from classes import actions  # noqa: E402
from classes.models import Session, Term  # noqa: E402
from classes.seeds import seed_reference  # noqa: E402
from tests import make  # noqa: E402
from volunteers.models import Shift  # noqa: E402
from volunteers.seeds import seed_roles  # noqa: E402

NOW = make.at("2026-08-30")
REPEATS = 5
COMMUNITIES = 8
CHILDREN, SENIORS = 20, 10


class Undo(Exception):
    """Rolls a measured run back."""


def prepare() -> Term:
    """60 series in 8 communities: 24 on all school days, 36 once a week."""
    call_command("migrate", verbosity=0)
    seed_reference(NOW)
    seed_roles()
    for at in range(COMMUNITIES):
        place = make.community(f"社区{at}")
        rooms = [make.room(f"教室{number}", community=place) for number in range(4)]
        for number in range(8 if at < 4 else 7):
            child = number < 3
            weekdays = range(5) if child else (number % 7,)
            series = make.series(
                f"班{number}",
                "child" if child else "senior",
                weekdays,
                community=place,
                room=rooms[number % 4],
                stages="" if child else "AB"[number % 2],
                starts=make.time(16, 30) if number < 4 else make.time(9, 30),
                ends=make.time(18, 30) if number < 4 else make.time(11, 0),
            )
            for person in range(CHILDREN if child else SENIORS):
                learner = make.learner(f"学员{at}{number}{person}", "child" if child else "senior", community=place)
                actions.enrol(learner=learner, series=series, weekdays=[], now=NOW)
    return make.term()


def measured(work: Callable[[], object]) -> dict[str, float]:
    """Median wall and process seconds of some runs, each rolled back, and the number of queries."""
    walls, spent, queries = [], [], 0
    for _ in range(REPEATS):
        try:
            with transaction.atomic(), CaptureQueriesContext(connection) as captured:
                wall, used = time.perf_counter(), time.process_time()
                work()
                walls.append(time.perf_counter() - wall)
                spent.append(time.process_time() - used)
                queries = len(captured)
                raise Undo
        except Undo:
            continue
    return {"seconds": statistics.median(walls), "process_seconds": statistics.median(spent), "queries": queries}


def main() -> None:
    """One table, and the same as JSON when a file is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    term = prepare()
    first = measured(lambda: actions.generate_term(term=term, now=NOW))
    done = actions.generate_term(term=term, now=NOW)
    before = list(Session.objects.order_by("pk").values())
    again = measured(lambda: actions.generate_term(term=term, now=NOW))
    repeated = actions.generate_term(term=term, now=NOW)
    same = repeated.created == 0 and list(Session.objects.order_by("pk").values()) == before
    found = {
        "database": connection.vendor,
        "series": term.series.count(),
        "sessions": done.created,
        "shifts": Shift.objects.count(),
        "generate": first,
        "generate_again": again,
        "again_changes_nothing": same,
    }
    print(f"{connection.vendor}: {found['series']} series, {done.created} sessions, {found['shifts']} shifts")
    for name, row in (("generate", first), ("again", again)):
        print(f"{name:<9} {row['seconds']:6.2f} s {row['process_seconds']:6.2f} s CPU {row['queries']:4d} queries")
    print(f"again changes nothing: {same}")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
