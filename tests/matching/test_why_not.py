"""为什么不是我: the price of one pair, or the rule in its way."""

from dataclasses import replace

import pytest

from tests.matching.small import problem, random_problem, rich_problem, session, volunteer
from volunteers.matching.preferences import costs
from volunteers.matching.problem import Lock, Placement
from volunteers.matching.rules import broken
from volunteers.matching.solve import IN_ORDER, solve
from volunteers.matching.why_not import why_not

PLACED = Placement(0, 0, "helper")


def test_the_price_is_what_the_plan_costs_more():
    question = problem(
        [session(wished=1, maximum=1)],
        [volunteer(0, name="周远"), volunteer(1, name="钱薇", recent_load=3)],
        history=((1, 0),),
    )

    price = why_not(question, [PLACED], 1, 0)

    assert {tier: cost for tier, cost in price.costs.items() if cost} == {"strange": -2, "uneven": 6}
    assert price.removed == (PLACED,)
    assert price.text == "要请钱薇来当答疑，换下周远，公平差 6（来得多的人多排 1 次）、熟悉好 2（多 1 张熟面孔）"
    assert (price.rule, price.proven, price.whole) == ("", True, True)


def test_the_hard_rule_in_the_way_is_named():
    child = session(programme="child", minimum=2, wished=2, two_adults=True)
    people = [volunteer(0), volunteer(1), volunteer(2, child_clearance_until=None), volunteer(3, availability=())]
    plan = [PLACED, Placement(1, 0, "helper")]
    question = problem([child], people)

    assert why_not(question, plan, 2, 0).rule == "clearance"
    assert why_not(question, plan, 3, 0).rule == "free"
    assert why_not(question, plan, 0, 0).rule == "here"
    assert why_not(question, plan, 2, 0).plan is None


def test_an_agreement_at_the_same_time_is_in_the_way():
    question = problem([session(0), session(1)], [volunteer(0), volunteer(1)], locked=(Lock(1, 1, "helper"),))

    assert why_not(question, [PLACED, Placement(1, 1, "helper")], 1, 0).rule == "one-place"


def test_two_people_change_places_where_that_costs_least():
    desks = [session(0, wished=1), session(1, wished=1)]
    question = problem(desks, [volunteer(0), volunteer(1)])

    price = why_not(question, [PLACED, Placement(1, 1, "helper")], 1, 0)

    assert set(price.plan) == {Placement(1, 0, "helper"), Placement(0, 1, "helper")}
    assert price.text == "要请1 号来当答疑，换下0 号，另有 1 场跟着变，一样好"


def test_a_session_lost_by_it_is_said_so():
    desks = [session(0, minimum=1, wished=1, maximum=2), session(1, wished=1)]
    question = problem(desks, [volunteer(0, does=("desk",)), volunteer(1)], barred=((0, 1),))

    price = why_not(question, [PLACED, Placement(1, 1, "helper")], 1, 0)

    assert (price.given_up, price.costs["unheld"]) == ((1,), 3)
    assert "1 场开不了" in price.text


def test_a_session_that_cannot_be_safe_is_said_so():
    child = session(programme="child", minimum=2, two_adults=True)

    price = why_not(problem([child], [volunteer(0)]), [], 0, 0)

    assert (price.rule, price.plan) == ("staffed", None)


def in_order(difference):
    return [difference[tier] for tier in IN_ORDER]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("made", [random_problem, rich_problem], ids=["plain", "rich"])
def test_the_price_agrees_with_a_full_solve(made, seed):
    question = replace(made(seed), locked=())
    plan = solve(question, seconds=10, tiers=IN_ORDER).placements
    first = costs(question, plan)
    for person in question.volunteers[:3]:
        for meeting in question.sessions:
            part = why_not(question, plan, person.id, meeting.id)
            exact = why_not(question, plan, person.id, meeting.id, whole=True)
            forced = replace(question, locked=(Lock(person.id, meeting.id, "helper"),))
            answer = solve(forced, seconds=10, tiers=IN_ORDER)
            if Placement(person.id, meeting.id, "helper") in plan:
                assert exact.rule == "here"
                continue
            if Placement(person.id, meeting.id, "helper") not in answer.placements:
                assert exact.rule and part.rule
                continue
            then = costs(question, answer.placements)
            if exact.rule == "here":
                continue
            assert exact.costs == {tier: then[tier] - first[tier] for tier in then}
            assert in_order(exact.costs) >= [0] * len(IN_ORDER)
            if not part.rule:
                assert broken(question, part.plan) == []
                then = costs(question, part.plan)
                assert part.costs == {tier: then[tier] - first[tier] for tier in then}
                assert in_order(part.costs) >= in_order(exact.costs)
