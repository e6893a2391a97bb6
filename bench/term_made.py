"""A term for 8 communities, and what generating its sessions takes; the product has to be set up (see bench.term)."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from classes import actions
from classes.models import Session, Term
from classes.seeds import seed_reference
from tests import make
from volunteers.models import Shift
from volunteers.seeds import seed_roles

NOW = make.at("2026-08-30")
REPEATS = 5
COMMUNITIES = 8
CHILDREN, SENIORS = 20, 10


class Undo(Exception):
    """Rolls a measured run back."""


def prepare() -> Term:
    """60 series in 8 communities: 24 on all school days, 36 once a week."""
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


def found() -> dict[str, Any]:
    """The median of some runs that make every session, and of some that find all of them there."""
    term = prepare()
    first = measured(lambda: actions.generate_term(term=term, now=NOW))
    done = actions.generate_term(term=term, now=NOW)
    before = list(Session.objects.order_by("pk").values())
    again = measured(lambda: actions.generate_term(term=term, now=NOW))
    repeated = actions.generate_term(term=term, now=NOW)
    return {
        "database": connection.vendor,
        "series": term.series.count(),
        "sessions": done.created,
        "shifts": Shift.objects.count(),
        "generate": first,
        "generate_again": again,
        "again_changes_nothing": repeated.created == 0 and list(Session.objects.order_by("pk").values()) == before,
    }
