"""Live counters give the same ranking as counting anew, whatever has changed meanwhile."""

from pathlib import Path
from random import Random

from tests.matching.small import rich_problem
from volunteers.matching.live import Live
from volunteers.matching.problem import load
from volunteers.matching.rank import rank
from volunteers.matching.solve import IN_ORDER, solve

COMMUNITY = Path(__file__).parent / "fixtures" / "community-1.json"


def test_after_every_change_the_ranking_is_the_one_made_anew():
    compared = 0
    for seed in range(30):
        question, chance = rich_problem(seed), Random(seed)
        plan = list(solve(question, seconds=5).placements)
        live = Live(question, plan)
        for one in chance.sample(plan, min(4, len(plan))):
            live.standing.remove(one)
            plan.remove(one)
            for session in question.sessions:
                for role in session.roles:
                    assert live.rank(session.id, role) == rank(question, plan, session.id, role), seed
                    compared += 1
    assert compared > 400


def test_a_community_in_the_organisers_order_with_people_coming_back():
    question = load(COMMUNITY)
    plan = solve(question, seconds=60).placements
    live = Live(question, plan)
    for one in plan[::9]:
        live.standing.remove(one)
        left = [placement for placement in plan if placement != one]

        found = live.rank(one.session, one.role, 5, IN_ORDER)

        assert found == rank(question, left, one.session, one.role, 5, IN_ORDER)
        live.standing.add(one)
    assert live.standing.placements() == plan
