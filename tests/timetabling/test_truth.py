"""The engine against every timetable there is: thousands of tiny problems, brute force, a second reading."""

import os

import pytest

from classes.timetabling.solve import HEAD_COUNT, JOINT, LEARNERS, solve
from tests.timetabling.brute_force import best
from tests.timetabling.reading_of_rules import faults
from tests.timetabling.small import tiny_problem

PROBLEMS = int(os.environ.get("LINKE_TRUTH", "300"))
"""How many problems are solved for each order of tiers; thousands by hand: LINKE_TRUTH=3000."""
HELPERS_FIRST = ("unplaced", "short", "rooms", "unreached", "wishes", "moved")
ORDERS = {"learners": LEARNERS, "headcount": HEAD_COUNT, "joint": JOINT, "helpers first": HELPERS_FIRST}


@pytest.mark.parametrize("order", ORDERS)
def test_the_answer_is_the_best_of_all_timetables(order):
    tiers = ORDERS[order]
    first = 10_000 * list(ORDERS).index(order)
    for seed in range(first, first + PROBLEMS):
        problem = tiny_problem(seed)

        answer = solve(problem, seconds=30, tiers=tiers)

        assert faults(problem, answer.placements) == set(), seed
        assert tuple(answer.cost(tier) for tier in tiers) == best(problem, tiers), seed
        assert answer.proven, seed
        assert [one.bound for one in answer.tiers if one.tier in tiers] == [
            one.value for one in answer.tiers if one.tier in tiers
        ]


def test_what_is_given_away_is_given_for_something():
    for seed in range(50_000, 50_000 + PROBLEMS // 2):
        problem = tiny_problem(seed)

        answer = solve(problem, seconds=30, tolerances={"unreached": 1})

        assert tuple(answer.cost(tier) for tier in JOINT) == best(problem, JOINT, {"unreached": 1}), seed
