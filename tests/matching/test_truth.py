"""The engine against every plan there is: tiny problems, brute force, and a second reading of the rules.

A few hundred problems here; `python bench/truth.py --problems 10000` tries as many as one likes.
"""

import os
from collections import Counter
from random import Random

import pytest

from tests.matching.brute_force import TIERS, all_plans
from tests.matching.reading_of_rules import CODES, agreed, faults, prices
from tests.matching.small import at, random_placements, rich_problem, session, volunteer
from tests.matching.tiny import any_plan, tiny_problem
from tests.matching.trials import FORMS, deciding, trial
from volunteers.matching.greedy import greedy
from volunteers.matching.preferences import TIERS as ENGINE_TIERS
from volunteers.matching.preferences import costs
from volunteers.matching.problem import Placement, Window
from volunteers.matching.rules import RULES, broken, conflicts
from volunteers.matching.solve import build

PROBLEMS = int(os.environ.get("LINKE_TRUTH", "400"))
"""How many problems are solved in all, the forms taken together."""


@pytest.mark.parametrize("form", FORMS)
def test_the_answer_is_the_best_of_all_plans(form):
    first = 100_000 * FORMS.index(form)
    for seed in range(first, first + PROBLEMS // len(FORMS)):
        assert trial(seed, form, bites=False).wrong == "", f"{form} {seed}"


def test_the_second_reading_knows_every_rule_and_every_tier():
    assert [rule.code for rule in RULES] == list(CODES)
    assert set(ENGINE_TIERS) == set(TIERS)


@pytest.mark.parametrize("code", CODES)
def test_every_rule_is_the_one_that_decides_now_and_then(code):
    decided = (
        seed for seed in range(600) if all_plans(tiny_problem(seed), without=code).least() < _least(tiny_problem(seed))
    )

    assert next(decided, None) is not None


def test_every_tier_decides_now_and_then():
    decided = Counter(tier for seed in range(250) for tier in deciding(all_plans(tiny_problem(seed))))

    assert set(decided) == set(TIERS)


def _least(problem):
    return all_plans(problem).least()


def test_two_readings_judge_every_plan_alike():
    said = {code: Counter() for code in CODES}
    for seed in range(500):
        problem = tiny_problem(seed)
        for plan in (any_plan(seed, problem), *_around_the_best(problem, seed)):
            judged = faults(problem, plan)

            assert {fault.rule for fault in broken(problem, plan)} == judged, (seed, plan)
            for code in CODES:
                said[code][code in judged] += 1
    assert all(min(said[code][True], said[code][False]) >= 10 for code in CODES), said


def _around_the_best(problem, seed):
    """A sound plan by hand, and the same with one person less and one in another role."""
    plan = list(_by_hand(problem))
    yield plan
    if plan:
        place = seed % len(plan)
        yield plan[:place] + plan[place + 1 :]
        yield [*plan[:place], Placement(plan[place].volunteer, plan[place].session, "lead"), *plan[place + 1 :]]


def _by_hand(problem):
    return greedy(problem, build(problem))


def test_two_readings_price_every_plan_alike():
    for seed in range(500):
        problem = tiny_problem(seed)
        plan = any_plan(seed, problem)

        assert prices(problem, plan) == costs(problem, plan), (seed, plan)


def test_two_readings_leave_out_the_same_locks():
    for seed in range(700):
        problem = tiny_problem(seed)
        left_out = {(c.lock.volunteer, c.lock.session, c.lock.role) for c in conflicts(problem)}

        assert left_out == {(x.volunteer, x.session, x.role) for x in problem.locked} - {*agreed(problem)}, seed


def test_two_readings_agree_on_the_problems_of_the_other_tests():
    for seed in range(150):
        problem, chance = rich_problem(seed), Random(seed)
        plan = list(dict.fromkeys(random_placements(chance, problem)))

        assert {fault.rule for fault in broken(problem, plan)} == faults(problem, plan), seed
        assert prices(problem, plan) == costs(problem, plan), seed


def test_a_time_is_preferred_where_preferred_times_hold_it_all():
    desk = session()
    first, second = Window(at(0, 13), at(0, 15), True), Window(at(0, 15), at(0, 17), True)
    possible = Window(at(0, 12), at(0, 18), False)

    assert volunteer(availability=(possible, second, first)).window(desk).preferred
    assert not volunteer(availability=(possible, first)).window(desk).preferred
    assert volunteer(availability=(first,)).window(desk) is None
