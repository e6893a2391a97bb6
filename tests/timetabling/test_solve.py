"""The solve: never empty-handed, never breaking a rule, the same answer for the same seed."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from classes.timetabling.generate import generate
from classes.timetabling.parts import Need, Placement, Room
from classes.timetabling.problem import to_dict
from classes.timetabling.rules import broken
from classes.timetabling.solve import JOINT, LEARNERS, MODES, solve
from classes.timetabling.variants import SAME, variants
from tests.timetabling.reading_of_rules import faults
from tests.timetabling.small import problem, series, tiny_problem, volunteer, window

ROOT = Path(__file__).parent.parent.parent


def test_the_same_question_has_the_same_answer():
    question = generate(seed=4, habit=0.5)

    first, second = (solve(question, seconds=60, seed=7) for _ in range(2))

    assert first.proven
    assert first.placements == second.placements


def test_the_same_arguments_make_the_same_problem():
    assert to_dict(generate(seed=5, communities=2)) == to_dict(generate(seed=5, communities=2))
    assert to_dict(generate(seed=5)) != to_dict(generate(seed=6))


@pytest.mark.parametrize("seconds", [0.001, 0.05, 0.3])
def test_a_time_limit_leaves_a_timetable_that_breaks_no_rule(seconds):
    for seed in range(2):
        question = generate(seed=seed, communities=2, habit=0.5)

        answer = solve(question, seconds=seconds)

        assert answer.placements
        assert faults(question, answer.placements) == set()
        for tier in answer.tiers:
            assert tier.bound is None or tier.bound <= tier.value


@pytest.mark.parametrize("calls", [1, 2, 3])
def test_a_cancelled_solve_answers_with_the_best_so_far(calls):
    question = generate(seed=1, communities=2, habit=0.5)
    seen = itertools.count(1)

    answer = solve(question, on_progress=lambda *_: next(seen) < calls)

    assert answer.cancelled
    assert not answer.proven
    assert broken(question, answer.placements) == []


def test_progress_names_the_tiers_in_order_and_comfort_as_one():
    seen = []
    solve(generate(seed=2), on_progress=lambda tier, *_: seen.append(tier))

    assert list(dict.fromkeys(seen)) == ["unplaced", "unreached", "short", "moved"]


def test_joint_fills_at_least_as_many_places_as_any_other_mode():
    for seed in range(3):
        question = generate(seed=seed, habit=0.4)

        short = {mode: solve(question, seconds=60, tiers=tiers).cost("short") for mode, tiers in MODES.items()}

        assert short["joint"] <= min(short.values())


@pytest.mark.parametrize("tiers", [("unplaced", "beauty"), ("unplaced", "unplaced")])
def test_an_unknown_or_repeated_tier_is_refused(tiers):
    with pytest.raises(ValueError, match="once at most"):
        solve(problem([series()]), tiers=tiers)


def test_a_tolerance_of_a_tier_nobody_asks_for_is_refused():
    with pytest.raises(ValueError, match="'short'"):
        solve(problem([series()]), tiers=LEARNERS, tolerances={"short": 1})


def test_helpers_decide_between_times_alike_for_learners():
    question = problem(
        [series(needs=(Need("helper", 1),), window=(window(0), window(3)))],
        volunteers=(volunteer(free=(window(3),)),),
    )

    (place,) = solve(question).placements

    assert place.weekday == 3


def test_a_series_that_fits_nowhere_is_left_out_and_the_others_are_placed():
    question = problem([series(0, people=40), series(1)], rooms=(Room(0, 0, seats=20),))

    answer = solve(question)

    assert {place.series for place in answer.placements} == {1}
    assert answer.proven


def test_what_is_fixed_keeps_others_away():
    fixed = series(0, fixed=(Placement(0, 0, 9 * 60, 0),))
    question = problem([fixed, series(1)])

    (place,) = solve(question).placements

    assert (place.series, place.starts) == (1, 10 * 60 + 30)


class TestVariants:
    def test_three_good_timetables_differ(self):
        question = generate(seed=3, habit=0.5)

        found = variants(question, seconds=60)

        assert len(found) == 3
        for one, other in itertools.combinations(found, 2):
            same = {(p.series, p.slot) for p in one.placements} & {(p.series, p.slot) for p in other.placements}
            assert len(same) <= SAME * len(one.placements)
        assert len({answer.cost("unplaced") for answer in found}) == 1
        assert all(broken(question, answer.placements) == [] for answer in found)

    def test_the_first_is_the_best_of_all(self):
        question = generate(seed=3, habit=0.5)

        first = variants(question, seconds=60)[0]

        assert [first.cost(tier) for tier in JOINT] == [solve(question, seconds=60).cost(tier) for tier in JOINT]

    def test_where_nothing_else_is_possible_there_is_one(self):
        only = problem([series(window=(window(0, 9, 10.5),))])

        assert len(variants(only)) == 1

    def test_tiny_problems(self):
        counts = set()
        for seed in range(60):
            question = tiny_problem(seed)
            found = variants(question, seconds=20)
            counts.add(len(found))
            assert all(faults(question, answer.placements) == set() for answer in found)
        assert counts == {1, 2, 3}


def test_the_solver_is_not_loaded_before_it_solves():
    script = (
        "import sys, classes.timetabling.solve, classes.timetabling.explain, classes.timetabling.document\n"
        "assert 'highspy' not in sys.modules and 'django' not in sys.modules"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
