"""The short way to the cheapest substitutes: what it assumes of the tiers holds, and it misses nobody."""

from random import Random

import pytest

from tests.matching.small import random_placements, rich_problem
from tests.matching.tiny import any_plan, tiny_problem
from volunteers.matching.exchanges import Exchanges
from volunteers.matching.gates import GATES
from volunteers.matching.limits import LIMITS
from volunteers.matching.preferences import PREFERENCES
from volunteers.matching.rank import best_of, obstacle
from volunteers.matching.staffing import STAFFING
from volunteers.matching.standing import Standing


def standings(count):
    """Plans of random problems, with a session, a role and somebody placed there."""
    for seed in range(count):
        problem = tiny_problem(seed) if seed % 2 else rich_problem(seed)
        plan = any_plan(seed, problem) if seed % 2 else random_placements(Random(seed), problem)
        standing = Standing(problem, plan)
        for session in problem.sessions:
            for role in session.roles:
                yield standing, session, role


@pytest.mark.parametrize("tier", PREFERENCES, ids=lambda tier: tier.code)
def test_a_tier_is_no_cheaper_than_its_bound_and_alone_when_it_says_so(tier):
    seen = set()
    for standing, session, role in standings(60):
        problem = standing.problem
        here = list(standing.at[session.id])
        for person in problem.volunteers:
            if person.id in {placement.volunteer for placement in here}:
                continue
            cost = tier.joining(standing, person, session, role)
            assert cost >= tier.least(standing, session, role)
            if tier.alone(problem) and here:
                standing.remove(here[0])
                assert tier.joining(standing, person, session, role) == cost
                standing.add(here[0])
            seen.add(cost)
    assert len(seen) > 1


def test_the_cheapest_are_those_that_pricing_everybody_finds():
    found = 0
    for standing, session, role in standings(80):
        problem = standing.problem
        here = {placement.volunteer for placement in standing.at[session.id]}
        rules = (*GATES, *LIMITS, *STAFFING)
        able = [
            person
            for person in problem.volunteers
            if person.id not in here and obstacle(standing, person, session, role, rules) is None
        ]
        for limit in (1, 2, 6):
            chosen = Exchanges(problem, standing).cheapest(session, role, limit, here)

            assert chosen == best_of(standing, session, role, able, limit)
            found += len(chosen) == limit < len(able)
    assert found > 20
