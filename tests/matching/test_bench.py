"""The comparison: contenders agree with the engine, and the script sees what is wrong."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bench import baseline, cpsat
from bench.found import NotCovered
from bench.matching import complaints, first_answer, summary, table
from bench.places import as_places
from tests.matching.small import problem, session, volunteer
from volunteers.matching.generate import generate
from volunteers.matching.preferences import value
from volunteers.matching.problem import Lock, load
from volunteers.matching.rules import broken
from volunteers.matching.solve import build, solve

ROOT = Path(__file__).parent.parent.parent
COMMUNITY = Path(__file__).parent / "fixtures" / "community-1.json"


@pytest.mark.parametrize("seed", range(6))
def test_three_solvers_prove_the_same_value(seed):
    per_place = (0.2, 0.3, 0.4, 0.6)[seed % 4]
    question = generate(seed=seed, communities=1 + seed % 2, weeks=1, per_place=per_place)

    answer = solve(question, seconds=60)

    assert answer.proven
    for other in (baseline.solve(question, seconds=60), cpsat.solve(question, seconds=60, tuned=True)):
        assert other.proven
        assert broken(question, other.placements) == []
        assert value(question, other.placements) == round(other.bound) == answer.value


def test_the_plan_people_know_counts_in_all_of_them():
    question = generate(seed=9, weeks=1)
    known = baseline.solve(question, seconds=60).placements
    changed = replace(question, previous=known[: len(known) // 2])

    values = {value(changed, solver(changed, seconds=60).placements) for solver in (baseline.solve, cpsat.solve, solve)}

    assert len(values) == 1


def test_the_yardstick_admits_the_same_pairs():
    question = load(COMMUNITY)
    model = build(question)
    who, where, lead = baseline.eligible(question)

    ours = set(zip(model.who.tolist(), model.where.tolist(), model.leads.tolist(), strict=True))
    assert set(zip(who.tolist(), where.tolist(), lead.tolist(), strict=True)) == ours
    assert sum(len(people) for people in as_places(question)["able"].values()) == len(ours)


@pytest.mark.parametrize(
    "question",
    [
        problem([session()], [volunteer()], locked=(Lock(0, 0),)),
        problem([session()], [volunteer(first_by=date(2026, 9, 27))]),
    ],
    ids=["locked", "waiting"],
)
def test_what_a_contender_does_not_model_it_refuses(question):
    with pytest.raises(NotCovered):
        baseline.solve(question, seconds=1)


def run(by, amount, **changes):
    given = {
        "file": "street-2",
        "by": by,
        "value": amount,
        "bound": amount,
        "proven": True,
        "broken": [],
        "held": 384,
        "sessions": 384,
        "places": 1.0,
        "seconds": 4.0,
        "cpu_seconds": 3.0,
        "peak_mb": 200,
        "trace": [],
    }
    return given | changes


class TestComparison:
    def test_proofs_of_the_known_value_are_fine(self):
        assert complaints([run("ours", 29_840), run("baseline", 29_840)]) == []

    @pytest.mark.parametrize(
        ("runs", "complaint"),
        [
            ([run("ours", 29_840), run("baseline", 29_839)], "the proofs differ"),
            ([run("ours", 29_841, proven=False)], "worse than the known best 29840"),
            ([run("ours", 29_841)], "the known best is 29840"),
            ([run("timefold", 31_000, proven=False, broken=["two places"])], "timefold breaks a rule: two places"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_must_not_be_is_named(self, runs, complaint):
        assert complaint in complaints(runs)[0]

    def test_a_first_answer_is_within_one_per_cent_of_the_best_of_all(self):
        trace = [[0.5, 0.4, 99_000], [0.9, 0.8, 30_100], [2.0, 1.9, 29_840]]

        assert first_answer(run("ours", 29_840, trace=trace), 29_840, 0) == 0.9
        assert first_answer(run("ours", 29_840, trace=trace), 29_840, 1) == 0.8
        assert first_answer(run("ours", 29_840, trace=trace[:1]), 29_840, 0) == 4.0
        assert first_answer(run("cpsat", 31_000, trace=trace[:1]), 29_840, 0) == float("inf")

    def test_a_row_is_the_median_and_the_share_of_the_baseline(self):
        ours = [run("ours", 29_840, cpu_seconds=seconds) for seconds in (1.0, 9.0, 2.0)]
        rows = summary([*ours, run("baseline", 29_840, cpu_seconds=4.0)])

        assert [(row["by"], row["cpu_seconds"], row["of_baseline"]) for row in rows] == [
            ("ours", 2.0, 0.5),
            ("baseline", 4.0, 1.0),
        ]
        assert (
            "| street-2 | ours | 29,840 | 29,840 | proven | 384 of 384 | 100.0% | 2.00 | 4.00 | 2.00 | 0.50 | 200 |"
            in table(rows)
        )

    def test_a_run_has_a_process_of_its_own(self):
        script = [sys.executable, "bench/matching.py", str(COMMUNITY), "--runs", "1", "--with", "ours,greedy"]
        done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stderr
        assert "| community-1 | ours | 11,442 | 11,442 | proven | 47 of 48 | 96.0% |" in done.stdout
        assert "| community-1 | greedy |" in done.stdout
