"""Measures a match of four weeks of the sample files: python bench/match_imported.py

From the rows in the database to the saved proposal; works in a folder of its own and leaves
nothing behind. The bar is 5 s for the whole match.
"""

import os
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
FOLDER = tempfile.TemporaryDirectory(prefix="linke-bench-")
sys.path.insert(0, str(ROOT))
os.environ |= {"LINKE_DATA": FOLDER.name, "DJANGO_SETTINGS_MODULE": "config.settings"}
os.environ.pop("DATABASE_URL", None)
django.setup()

from django.core.management import call_command  # noqa: E402

from tests.make import at  # noqa: E402
from volunteers import planning  # noqa: E402
from volunteers.models import Proposal, Shift  # noqa: E402

REPEATS = 5
NOW = at("2026-11-25", "08:00")
DAYS = {"from_on": date(2026, 11, 30), "until_on": date(2026, 12, 27)}
SAMPLES = ROOT / "volunteers" / "samples"


def prepare() -> None:
    """A database with the sample files in it and the sessions of the term."""
    with open(os.devnull, "w", encoding="utf-8") as quiet:
        said = {"stdout": quiet, "stderr": quiet}
        call_command("migrate", verbosity=0, **said)
        call_command("createcachetable", **said)
        call_command("seed_reference", **said)
        samples = sorted(str(path) for path in SAMPLES.iterdir())
        call_command("import_workbook", *samples, community="梧桐社区", term="2026秋", **said)
        call_command("generate_term", "2026秋", **said)


def match() -> Proposal:
    """Load, solve, explain, advise and save, as the worker does."""
    proposal = Proposal.objects.create(status="running", created_at=NOW, **DAYS)
    problem, index = planning.load_problem(community=None, now=NOW, **DAYS)
    answer = planning.find_plan(problem)
    advice = planning.advise(problem=problem, index=index, answer=answer)
    return planning.save_proposal(
        proposal=proposal, problem=problem, index=index, answer=answer, now=NOW, advice=advice
    )


def timed(work) -> float:
    """Median seconds of some runs after a first one that warms up."""
    work()
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    """Import, generate, then time each step of a match and of the candidates of one gap."""
    prepare()
    proposal = match()
    filled, places = proposal.placements.count(), proposal.answer["gaps_before"]
    print(f"{filled} of {places} open places filled, proven best: {proposal.proven}")
    print(f"load_problem                {timed(lambda: planning.load_problem(community=None, now=NOW, **DAYS)):6.3f} s")
    print(f"load, solve, advise, save    {timed(match):6.3f} s")
    shift = Shift.objects.filter(session__on_date__gte=DAYS["from_on"], role__code="helper").first()
    print(f"candidates of one gap       {timed(lambda: planning.candidates(shift=shift, now=NOW)):6.3f} s")


if __name__ == "__main__":
    main()
