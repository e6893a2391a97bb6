"""The most valuable test: what a rule means and what the solver is told are the same thing.

For random small problems and random placements, for every rule: a model with this rule alone
is feasible with these placements fixed if and only if the rule finds nothing broken.
"""

from random import Random

import numpy as np
import pytest

from tests.matching.small import random_placements, rich_problem
from volunteers.matching.greedy import greedy
from volunteers.matching.highs import minimise
from volunteers.matching.model import Model
from volunteers.matching.preferences import PREFERENCES, costs
from volunteers.matching.problem import LEAD, Placement, Problem
from volunteers.matching.rank import joining, obstacle
from volunteers.matching.rules import RULES, Rule, broken
from volunteers.matching.solve import build, solve
from volunteers.matching.standing import Standing

PROBLEMS = 25
PLANS = 8


def model_of(problem: Problem, rule: Rule) -> Model:
    model = Model(problem)
    rule.screen(model)
    model.open()
    rule.post(model)
    return model


def feasible(model: Model, placements: list[Placement]) -> bool:
    """Whether the solver accepts exactly these placements."""
    columns = [model.column(placement) for placement in placements]
    if None in columns:
        return False
    values = np.zeros(len(model.pairs))
    values[columns] = 1
    model.pin(model.pairs, values)
    return not minimise(model, {}, seconds=10, seed=0).infeasible


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_meaning_and_model_of_a_rule_agree(rule):
    verdicts = {True: 0, False: 0}
    for seed in range(PROBLEMS):
        problem, chance = rich_problem(seed), Random(seed)
        for _ in range(PLANS):
            placements = random_placements(chance, problem)

            meaning = not rule.broken(problem, placements)

            assert feasible(model_of(problem, rule), placements) == meaning, (seed, placements)
            verdicts[meaning] += 1
    assert all(verdicts.values()), f"the plans never tried both sides of {rule.code}: {verdicts}"


def test_all_rules_together_agree():
    verdicts = {True: 0, False: 0}
    for seed in range(40):
        problem, chance = rich_problem(seed), Random(seed)
        sound = list(greedy(problem, build(problem)))
        for placements in (random_placements(chance, problem), sound, sound[1:]):
            meaning = not broken(problem, placements)

            assert feasible(build(problem), placements) == meaning, (seed, placements)
            verdicts[meaning] += 1
    assert all(verdicts.values())


@pytest.mark.parametrize("tier", PREFERENCES, ids=lambda tier: tier.code)
def test_meaning_and_price_of_a_tier_agree(tier):
    for seed in range(PROBLEMS):
        problem = rich_problem(seed)
        plan = greedy(problem, build(problem))
        model = build(problem)
        columns, values = model.values_of(plan)
        model.pin(columns, values)

        outcome = minimise(model, {tier.code: 1}, seconds=10, seed=0)

        costs_in_model, constant = model.objective({tier.code: 1})
        assert round(costs_in_model @ outcome.values + constant) == tier.cost(problem, plan)


def test_joining_costs_what_the_plan_costs_more():
    for seed in range(PROBLEMS):
        problem = rich_problem(seed)
        answer = solve(problem, seconds=5)
        for placement in answer.placements:
            rest = [other for other in answer.placements if other != placement]
            if placement.role != LEAD and any(other.session == placement.session for other in rest):
                more = _joining(problem, rest, placement)

                assert more == _difference(problem, rest, answer.placements)


def test_whom_no_rule_stops_breaks_none():
    """The live check: somebody who may join a sound session leaves it sound, and the reverse."""
    verdicts = {True: 0, False: 0}
    for seed in range(40):
        problem = rich_problem(seed)
        plan = greedy(problem, build(problem))
        standing = Standing(problem, plan)
        for meeting in standing.sessions():
            for person in problem.volunteers:
                for role in meeting.roles:
                    free = obstacle(standing, person, meeting, role) is None

                    faults = broken(problem, [*plan, Placement(person.id, meeting.id, role)])

                    assert free == (not faults), (seed, person.id, meeting.id, role, faults)
                    verdicts[free] += 1
    assert all(verdicts.values())


def _joining(problem, rest, placement):
    person, meeting = problem.volunteer[placement.volunteer], problem.session[placement.session]
    return joining(Standing(problem, rest), person, meeting, placement.role)


def _difference(problem, before, after):
    first, then = costs(problem, before), costs(problem, after)
    return {tier: then[tier] - first[tier] for tier in then}
