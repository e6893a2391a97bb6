"""Tolerances and the curve between two tiers: no point is beaten in both."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.matching.small import at, problem, random_problem, rich_problem, session, volunteer
from volunteers.matching.generate import generate
from volunteers.matching.highs import minimise
from volunteers.matching.preferences import costs
from volunteers.matching.problem import load
from volunteers.matching.rules import broken
from volunteers.matching.solve import IN_ORDER, build, solve
from volunteers.matching.tradeoff import _Curve, tradeoff
from volunteers.matching.worth import familiar

COMMUNITY = Path(__file__).parent / "fixtures" / "community-1.json"


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
        "多 1 张熟面孔，来得多的人多排 1 次（公平让 4，熟悉好 2）",
        "多 2 张熟面孔，来得多的人多排 2 次（公平让 10，熟悉好 4）",
        "多 3 张熟面孔，来得多的人多排 3 次（公平让 18，熟悉好 6）",
    ]
    assert [(point.gains, point.pays) for point in points] == [(0, 0), (1, 1), (1, 1), (1, 1)]
    assert points[3].step == "多 1 张熟面孔，来得多的人多排 1 次（公平让 8，熟悉好 2）"
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


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("place", range(1, len(IN_ORDER) - 2), ids=lambda place: IN_ORDER[place])
def test_no_plan_beats_a_point_in_both_tiers(seed, place):
    question = replace((rich_problem if seed % 2 else random_problem)(seed), locked=())
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


def test_tiers_without_a_say_are_passed_over():
    order = ("unheld", "uneven", "waiting", "change", "strange")

    assert [point.upper for point in tradeoff(two_desks(), "uneven", "strange", order=order)] == [3, 7, 13, 21]

    newcomer = volunteer(9, newcomer=True, first_by=at(1, 0).date())
    somebody_waits = replace(two_desks(), volunteers=(*two_desks().volunteers, newcomer))
    with pytest.raises(ValueError, match="does not follow"):
        tradeoff(somebody_waits, "uneven", "strange", order=order)


def test_a_curve_can_be_stopped_and_keeps_the_points_so_far():
    told = []

    points = tradeoff(two_desks(), "uneven", "strange", on_progress=lambda *news: told.append(news) or len(told) < 2)

    assert told == [(2, 5), (3, 5), (3, 5)]
    assert [point.upper for point in points] in ([3, 7, 21], [3, 13, 21])


def test_a_point_between_two_sums_is_found_with_a_row():
    curve = _Curve(two_desks(), ("unheld", "short"), "uneven", "strange", 10, 0)
    curve.ends()
    curve.level.add((3, 21))

    assert curve.split()
    assert sorted(curve.found) == [3, 7, 21]


def test_five_proven_points_of_a_community():
    points = tradeoff(load(COMMUNITY), "uneven", "strange")

    assert [point.proven for point in points] == [True] * 5
    assert (points[0].upper, points[-1].lower) == (1180, -28)
    assert sum(point.gains for point in points) == familiar_more(points)


def familiar_more(points):
    question = load(COMMUNITY)
    return familiar(question, points[-1].placements) - familiar(question, points[0].placements)


def test_a_week_of_a_community_has_a_curve():
    question, order = generate(seed=1, weeks=1, volunteers=40), ("unheld", "short", "uneven")

    points = tradeoff(question, "short", "uneven", order=order)

    best = [costs(question, solve(question, tiers=("unheld", tier)).placements) for tier in ("short", "uneven")]
    assert (points[0].upper, points[-1].lower) == (best[0]["short"], best[1]["uneven"])
    assert len(points) == 5
    assert all(point.proven for point in points)
