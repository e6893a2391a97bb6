"""Stopped early or not: no answer breaks a rule, none claims more than is so, and chance has no say."""

import subprocess
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

import pytest

from tests.matching.brute_force import all_plans
from tests.matching.reading_of_rules import faults, prices
from tests.matching.small import rich_problem
from tests.matching.tiny import tiny_problem
from tests.matching.trials import FORMS, not_best, question
from volunteers.matching.problem import load
from volunteers.matching.recruit import recruit
from volunteers.matching.repair import repair
from volunteers.matching.solve import IN_ORDER, TWO_STEPS, solve
from volunteers.matching.tradeoff import tradeoff

ROOT = Path(__file__).parent.parent.parent
COMMUNITY = Path(__file__).parent / "fixtures" / "community-1.json"
PROVEN_BEST = 11_442
LIMITS = (0, 0.003, 0.02, 0.1)


@pytest.fixture(scope="module")
def community():
    return load(COMMUNITY)


@pytest.fixture(scope="module")
def by_hand(community):
    """The plan that is there before the solver starts."""
    return solve(community, seconds=0, on_progress=lambda *news: False).placements


def value(problem, placements):
    cost = prices(problem, list(placements))
    return sum(problem.weight[tier] * cost[tier] for tier in cost)


def judge(problem, answer):
    """What holds for every answer, finished or not."""
    assert faults(problem, list(answer.placements)) == set()
    assert answer.value == value(problem, answer.placements)
    assert {tier.tier: tier.value for tier in answer.tiers} == prices(problem, list(answer.placements))


def stop_at(call):
    """A caller that says stop when it is told something for the so-manieth time."""
    calls = count(1)
    return lambda *news: False if next(calls) >= call else None


class TestTimeLimits:
    @pytest.mark.parametrize("form", FORMS)
    def test_whatever_the_time_a_tiny_answer_is_sound_and_proven_only_if_best(self, form):
        for seed in range(20):
            problem, chance = tiny_problem(seed), Random(seed)
            tiers, tolerances = question(seed, form)

            answer = solve(problem, seconds=chance.choice(LIMITS), tiers=tiers, tolerances=tolerances)

            judge(problem, answer)
            if answer.proven:
                assert not_best(all_plans(problem), answer, tiers, tolerances) == "", (form, seed)

    @pytest.mark.parametrize("seconds", LIMITS)
    @pytest.mark.parametrize("tiers", [None, TWO_STEPS, IN_ORDER], ids=["sum", "steps", "order"])
    def test_whatever_the_time_a_community_has_a_sound_plan(self, community, by_hand, tiers, seconds):
        answer = solve(community, seconds=seconds, tiers=tiers)

        judge(community, answer)
        if tiers is None:
            assert answer.value <= value(community, by_hand)
            assert answer.bound is None or answer.bound <= PROVEN_BEST <= answer.value
            assert answer.proven == (answer.value == answer.bound)
        elif answer.proven and tiers == TWO_STEPS:
            assert answer.value == PROVEN_BEST


class TestCancelling:
    @pytest.mark.parametrize("form", FORMS)
    def test_cancelled_at_any_moment_a_tiny_answer_is_sound(self, form):
        for seed in range(20):
            problem = tiny_problem(seed)
            tiers, tolerances = question(seed, form)
            call = Random(seed).randint(1, 20)

            answer = solve(problem, tiers=tiers, tolerances=tolerances, on_progress=stop_at(call))

            judge(problem, answer)
            assert not (answer.cancelled and answer.proven)
            if answer.proven:
                assert not_best(all_plans(problem), answer, tiers, tolerances) == "", (form, seed)

    @pytest.mark.parametrize("call", [1, 2, 4, 9])
    @pytest.mark.parametrize("tiers", [None, TWO_STEPS, IN_ORDER], ids=["sum", "steps", "order"])
    def test_cancelled_at_any_moment_a_community_has_a_sound_plan(self, community, by_hand, tiers, call):
        answer = solve(community, seconds=60, tiers=tiers, on_progress=stop_at(call))

        judge(community, answer)
        if tiers is None:
            assert answer.value <= value(community, by_hand)
            assert answer.bound is None or answer.bound <= PROVEN_BEST

    @pytest.mark.parametrize("plans", [1, 2, 3])
    def test_cancelled_at_a_plan_that_plan_or_a_better_one_is_the_answer(self, community, plans):
        shown = []

        def show(placements, cost):
            shown.append((placements, cost))
            return len(shown) < plans

        answer = solve(community, seconds=60, on_plan=show)

        judge(community, answer)
        assert all(faults(community, list(plan)) == set() for plan, _ in shown)
        assert [cost for _, cost in shown] == [value(community, plan) for plan, _ in shown]
        assert answer.value <= min(cost for _, cost in shown)


class TestRepair:
    def test_a_mended_plan_is_sound_whatever_the_time_and_nobody_gone_is_there(self):
        for seed in range(25):
            problem, chance = replace(rich_problem(seed), locked=()), Random(seed)
            plan = solve(problem, seconds=5).placements
            gone = chance.sample([(p.volunteer, p.session) for p in plan], min(len(plan), chance.randint(1, 3)))

            mended = repair(problem, plan, gone, seconds=chance.choice((0, 0.01, 5)))

            assert faults(problem, list(mended.placements)) == set(), seed
            assert not {(p.volunteer, p.session) for p in mended.placements} & set(gone)
            assert {*mended.placements} == {*_without(plan, gone)} - {*mended.removed} | {*mended.added}

    @pytest.mark.parametrize("seconds", [0, 0.01, 0.1])
    def test_a_mended_community_is_sound_whatever_the_time(self, community, by_hand, seconds):
        chance = Random(1)
        for _ in range(5):
            gone = [(p.volunteer, p.session) for p in chance.sample(by_hand, 3)]

            mended = repair(community, by_hand, gone, seconds=seconds)

            assert faults(community, list(mended.placements)) == set()
            assert not {(p.volunteer, p.session) for p in mended.placements} & set(gone)


def _without(plan, gone):
    return [p for p in plan if (p.volunteer, p.session) not in gone]


class TestAdvice:
    @pytest.mark.parametrize("seconds", [0, 0.02])
    def test_every_point_of_a_curve_is_a_sound_plan_whatever_the_time(self, seconds):
        for seed in range(12):
            problem = rich_problem(seed)
            for point in tradeoff(problem, "uneven", "strange", seconds=seconds):
                assert faults(problem, list(point.placements)) == set(), seed
                cost = prices(problem, list(point.placements))
                assert (point.upper, point.lower) == (cost["uneven"], cost["strange"])

    def test_a_curve_stopped_by_the_caller_keeps_its_sound_points(self, community):
        points = tradeoff(community, "uneven", "strange", seconds=0.5, on_progress=lambda found, wanted: False)

        assert points
        assert all(faults(community, list(point.placements)) == set() for point in points)

    @pytest.mark.parametrize("seconds", [0, 0.02, 5])
    def test_recruits_never_make_a_plan_worse_whatever_the_time(self, seconds):
        for seed in range(10):
            problem = replace(rich_problem(seed), locked=())
            plan = solve(problem, seconds=5).placements

            asked = recruit(problem, plan, seconds=seconds)

            assert (asked.after["unheld"], asked.after["short"]) <= (asked.before["unheld"], asked.before["short"])


class TestSameSeedSameAnswer:
    def test_twice_in_one_process(self, community):
        for seed in range(20):
            tiers, tolerances = question(seed, FORMS[seed % len(FORMS)])
            first, second = (
                solve(tiny_problem(seed), seed=7, tiers=tiers, tolerances=tolerances).placements for _ in range(2)
            )
            assert first == second

    def test_in_two_processes_that_order_their_sets_differently(self):
        here, there = (_answers_in_a_process_of_its_own(number) for number in ("1", "2"))

        assert here == there
        assert here.count("Placement") > 100


SCRIPT = """
from tests.matching.tiny import tiny_problem
from tests.matching.trials import FORMS, question
from volunteers.matching.problem import load
from volunteers.matching.repair import repair
from volunteers.matching.solve import solve

for seed in range(25):
    tiers, tolerances = question(seed, FORMS[seed % len(FORMS)])
    print(seed, solve(tiny_problem(seed), seed=3, tiers=tiers, tolerances=tolerances).placements)
community = load("tests/matching/fixtures/community-1.json")
answer = solve(community, seconds=60, seed=3)
print(answer.placements, answer.bound)
gone = [(p.volunteer, p.session) for p in answer.placements[::20]]
print(repair(community, answer.placements, gone))
"""


def _answers_in_a_process_of_its_own(hash_seed):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={"PYTHONHASHSEED": hash_seed, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
