"""The row about sessions that must be lost: never more than what really must, and worth its while."""

import numpy as np
import pytest

from tests.matching.small import random_problem, rich_problem
from volunteers.matching.exact import Exact
from volunteers.matching.generate import generate
from volunteers.matching.highs import minimise
from volunteers.matching.scarce import TIER, count_unheld
from volunteers.matching.solve import IN_ORDER, build, solve

UNHELD = {TIER: 1}


def counted(problem):
    """The relaxed loss before and after the row, and the true one; None where there is no row."""
    model = build(problem)
    relaxation = Exact(model, 0).relaxation
    before = relaxation.minimise(UNHELD, 10)
    if not count_unheld(relaxation, 10, 0):
        return None
    after = relaxation.minimise(UNHELD, 10)
    truth = minimise(build(problem), UNHELD, seconds=60, seed=0)
    assert truth.proven
    return before.value, after.value, round(truth.bound)


@pytest.mark.parametrize("seed", range(6))
def test_a_short_community_loses_no_more_by_the_row_than_it_must(seed):
    before, after, truth = counted(generate(seed=seed, communities=2, weeks=2, per_place=0.14))

    assert before - 1e-6 <= after <= truth + 1e-6


def test_the_row_often_says_all_that_must_be_lost():
    found = [counted(generate(seed=seed, communities=2, weeks=2, per_place=0.14)) for seed in range(6)]

    lifted = [after - before for before, after, truth in found if truth - before > 0.01]
    assert lifted
    assert sum(lifted) > 0


def test_small_problems_of_every_kind_keep_every_plan_that_loses_least():
    rows = 0
    for make in (random_problem, rich_problem):
        for seed in range(60):
            found = counted(make(seed))
            if found is not None:
                rows += 1
                assert found[1] <= found[2] + 1e-6, (make.__name__, seed)
    assert rows > 20


def test_a_settled_tier_forbids_the_question():
    model = build(generate(seed=0, communities=1, weeks=2, per_place=0.14))
    model.keep_below({"short": 1}, 10_000)

    assert not count_unheld(Exact(model, 0).relaxation, 10, 0)


def test_the_same_best_plan_in_every_form():
    problem = generate(seed=3, communities=2, weeks=2, per_place=0.14)

    answers = [solve(problem, seconds=60), solve(problem, seconds=60, tiers=IN_ORDER)]

    assert all(answer.proven for answer in answers)
    least = round(minimise(build(problem), UNHELD, seconds=60, seed=0).bound)
    assert {tier.value for tier in answers[1].tiers if tier.tier == TIER} == {least}
    weights = {tier: problem.weight[tier] for tier in IN_ORDER}
    plain = minimise(build(problem), weights, seconds=60, seed=0)
    assert answers[0].value == round(plain.bound)
    assert np.isfinite(plain.bound)
