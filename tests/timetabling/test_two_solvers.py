"""Two solvers prove the same costs, tier by tier, on problems half as large as a community."""

from dataclasses import replace

import pytest

from classes.timetabling.generate import generate
from classes.timetabling.solve import JOINT, LEARNERS, solve
from tests.timetabling.second_opinion import best_costs


@pytest.mark.parametrize(("seed", "habit", "tiers"), [(0, 0.5, JOINT), (1, 1.0, LEARNERS), (2, 0.35, JOINT)])
def test_two_solvers_prove_the_same(seed, habit, tiers):
    whole = generate(seed=seed, habit=habit)
    problem = replace(whole, series=whole.series[::2], volunteers=whole.volunteers[:40])

    answer = solve(problem, seconds=60, tiers=tiers)

    assert answer.proven
    assert tuple(answer.cost(tier) for tier in tiers) == best_costs(problem, tiers)
