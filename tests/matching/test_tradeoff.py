"""Tolerances and the curve between two tiers: no point is beaten in both."""

from dataclasses import replace

import pytest

from tests.matching.small import at, problem, random_problem, session, volunteer
from volunteers.matching.generate import generate
from volunteers.matching.highs import minimise
from volunteers.matching.preferences import costs
from volunteers.matching.rules import broken
from volunteers.matching.solve import IN_ORDER, build, solve
from volunteers.matching.tradeoff import tradeoff


def two_desks():
    """The known face is tired: each step of fairness buys one known face."""
    desks = [session(n, series=0, wished=1, maximum=1, starts_at=day) for n, day in enumerate(days(3))]
    people = [volunteer(0, recent_load=2), *(volunteer(n) for n in range(1, 4))]
    return problem(desks, people, history=((0, 0),))


def days(count):
    return [at(day, 14) for day in range(count)]


def test_the_curve_of_a_small_problem_is_known():
    points = tradeoff(two_desks(), "uneven", "strange")

    assert [(point.upper, point.lower) for point in points] == [(3, 6), (7, 4), (13, 2), (21, 0)]
    assert [point.text for point in points] == [
        "公平最好",
        "公平让 4，熟悉好 2",
        "公平让 10，熟悉好 4",
        "公平让 18，熟悉好 6",
    ]
    assert all(point.proven for point in points)


@pytest.mark.parametrize(("allowed", "reached"), [(0, (3, 6)), (3, (3, 6)), (4, (7, 4)), (17, (13, 2)), (99, (21, 0))])
def test_a_tolerance_is_used_as_far_as_it_helps_and_no_further(allowed, reached):
    question = two_desks()

    answer = solve(question, tiers=IN_ORDER, tolerances={"uneven": allowed})

    found = costs(question, answer.placements)
    assert (found["uneven"], found["strange"]) == reached
    assert answer.proven


@pytest.mark.parametrize("tolerances", [{"kindness": 1}, {"short": -1}, {"strange": 1}])
def test_a_tolerance_needs_a_tier_that_is_a_step(tolerances):
    with pytest.raises(ValueError, match="tolerance"):
        solve(two_desks(), tiers=("unheld", "short", ("strange", "uneven")), tolerances=tolerances)


@pytest.mark.parametrize("tiers", [("uneven", "wishes"), ("change", "unheld"), ("wishes", "strange")])
def test_only_neighbours_are_traded(tiers):
    with pytest.raises(ValueError):
        tradeoff(two_desks(), *tiers)


def better_exists(question, before, point, upper, lower):
    """Whether any plan at the settled tiers is as good in the upper and better in the lower tier."""
    model = build(question)
    for tier, cost in {**before, upper: point.upper, lower: point.lower - 1}.items():
        model.keep_below({tier: 1}, cost)
    return not minimise(model, {}, seconds=10, seed=0).infeasible


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("place", [1, 2, 3])
def test_no_plan_beats_a_point_in_both_tiers(seed, place):
    question = replace(random_problem(seed), locked=())
    upper, lower = IN_ORDER[place], IN_ORDER[place + 1]
    settled = costs(question, solve(question, tiers=IN_ORDER, seconds=10).placements)

    points = tradeoff(question, upper, lower)

    for point in points:
        before = {tier: settled[tier] for tier in IN_ORDER[:place]}
        assert {tier: point.tiers[tier] for tier in before} == before
        assert broken(question, point.placements) == []
        assert not better_exists(question, before, point, upper, lower)
    assert [p.upper for p in points] == sorted({p.upper for p in points})
    assert [p.lower for p in points] == sorted({p.lower for p in points}, reverse=True)


def test_a_week_of_a_community_has_a_curve():
    points = tradeoff(generate(seed=1, weeks=1, volunteers=40), "short", "uneven", order=("unheld", "short", "uneven"))

    assert [(point.upper, point.lower) for point in points] == [(64, 159), (67, 154), (70, 145), (73, 140)]
