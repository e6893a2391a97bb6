"""What a rule means and what the solver is told are the same thing; so for every tier."""

from random import Random

import numpy as np
import pytest

from classes.timetabling.greedy import greedy
from classes.timetabling.model import Model
from classes.timetabling.preferences import PREFERENCES, TIERS, costs
from classes.timetabling.rules import RULES, broken
from classes.timetabling.solve import build
from engines.highs import minimise
from tests.timetabling.reading_of_rules import CODES, faults, prices
from tests.timetabling.small import any_plan, tiny_problem

PROBLEMS = 120


def model_of(problem, rule):
    model = Model(problem)
    rule.screen(model)
    model.open()
    rule.post(model)
    return model


def feasible(model, plan):
    """Whether the solver accepts exactly these placements."""
    columns = [model.column.get(place) for place in plan]
    if None in columns:
        return False
    values = np.zeros(len(model.placements))
    values[columns] = 1
    model.pin(np.arange(len(values)), values)
    return not minimise(model, {}, seconds=10, seed=0).infeasible


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_meaning_and_model_of_a_rule_agree(rule):
    verdicts = {True: 0, False: 0}
    for seed in range(PROBLEMS):
        problem = tiny_problem(seed)
        for number in range(3):
            plan = any_plan(100 * seed + number, problem)

            meaning = not rule.broken(problem, plan)

            assert feasible(model_of(problem, rule), plan) == meaning, (seed, plan)
            verdicts[meaning] += 1
    # Times outside the window and fixed series have no column at all: see below.
    assert verdicts[True] and (verdicts[False] or rule.code in ("window", "fixed")), verdicts


def test_what_the_window_forbids_has_no_column():
    for seed in range(PROBLEMS):
        problem, chance = tiny_problem(seed), Random(seed)
        model = build(problem)
        for place in model.placements:
            moved = type(place)(place.series, chance.randrange(7), chance.randrange(0, 1380, 15), place.room)
            if {"window"} & faults(problem, [moved]):
                assert moved not in model.column


def test_all_rules_together_agree():
    verdicts = {True: 0, False: 0}
    for seed in range(PROBLEMS):
        problem = tiny_problem(seed)
        sound = list(greedy(build(problem)))
        for plan in (any_plan(seed, problem), sound, sound[1:]):
            meaning = not broken(problem, plan)

            assert feasible(build(problem), plan) == meaning, (seed, plan)
            verdicts[meaning] += 1
    assert all(verdicts.values())


@pytest.mark.parametrize("tier", PREFERENCES, ids=lambda tier: tier.code)
def test_meaning_and_price_of_a_tier_agree(tier):
    seen = set()
    for seed in range(PROBLEMS):
        problem = tiny_problem(seed)
        plan = greedy(build(problem))
        model = build(problem)
        values = np.zeros(len(model.placements))
        values[[model.column[place] for place in plan]] = 1
        model.pin(np.arange(len(values)), values)

        outcome = minimise(model, {tier.code: 1}, seconds=10, seed=0)

        prices_now, constant = model.objective({tier.code: 1})
        least = round(prices_now @ outcome.values + constant)
        assert least == tier.cost(problem, plan), seed
        seen.add(least)
    assert len(seen) > 2


def test_two_readings_judge_every_timetable_alike():
    said = {code: {True: 0, False: 0} for code in CODES}
    for seed in range(1_500):
        problem = tiny_problem(seed)
        plan = any_plan(seed, problem)
        judged = faults(problem, plan)

        assert {fault.rule for fault in broken(problem, plan)} == judged, (seed, plan)
        for code in CODES:
            said[code][code in judged] += 1
    assert all(min(said[code].values()) >= 10 for code in CODES if code not in ("window", "fixed")), said


def test_two_readings_price_every_timetable_alike():
    for seed in range(700):
        problem = tiny_problem(seed)
        plan = [place for place in greedy(build(problem)) if (seed + place.starts) % 3]

        assert prices(problem, plan) == costs(problem, plan), (seed, plan)


def test_the_second_reading_knows_every_rule_and_every_tier():
    assert [rule.code for rule in RULES] == list(CODES)
    assert list(prices(tiny_problem(0), [])) == list(TIERS)
