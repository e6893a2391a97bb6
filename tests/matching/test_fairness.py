"""Fairness in numbers that can be worked out by hand."""

from dataclasses import replace
from random import Random

import pytest

from tests.matching.small import at, problem, random_problem, rich_problem, session, volunteer
from volunteers.matching.fairness import _gini, fairness
from volunteers.matching.highs import minimise
from volunteers.matching.newcomers import Waiting
from volunteers.matching.preferences import costs
from volunteers.matching.problem import Placement
from volunteers.matching.solve import IN_ORDER, TWO_STEPS, build, solve


@pytest.mark.parametrize(
    ("loads", "gini"), [([], 0), ([0, 0], 0), ([2, 2, 2], 0), ([0, 4], 0.5), ([1, 3], 0.25), ([0, 0, 0, 8], 0.75)]
)
def test_gini(loads, gini):
    assert _gini(loads) == pytest.approx(gini)


def test_loads_against_the_own_limit():
    meetings = [session(week, starts_at=at(7 * week, 14)) for week in range(2)]
    people = [
        volunteer(0, max_per_week=1, recent_load=1),
        volunteer(1, max_total=5, max_per_week=2),
        volunteer(2),
        volunteer(3, availability=()),
    ]
    plan = [Placement(0, 0, "helper"), Placement(0, 1, "helper"), Placement(1, 1, "helper")]

    found = fairness(problem(meetings, people), plan)

    assert [(load.volunteer, load.sessions, load.limit) for load in found.loads] == [(0, 2, 2), (1, 1, 4), (2, 0, None)]
    assert [load.share for load in found.loads] == [1.0, 0.25, None]
    assert (found.total, found.mean, found.least, found.most, found.spread) == (3, 1.0, 0, 2, 2)
    assert found.gini == pytest.approx(4 / 9)
    assert found.gini_with_recent == pytest.approx(0.5)
    assert found.at_limit == (0,)


def test_newcomers_and_their_first_session():
    meetings = [session(week, starts_at=at(7 * week, 14), wished=2, maximum=2) for week in range(5)]
    people = [volunteer(0), *(volunteer(n, newcomer=True) for n in (1, 2, 3)), volunteer(4, newcomer=True, max_total=0)]
    plan = [Placement(0, week, "helper") for week in range(5)]
    plan += [Placement(1, 2, "helper"), Placement(2, 3, "helper")]

    found = fairness(problem(meetings, people), plan)

    assert (found.newcomers, found.on_time, found.late, found.waiting) == (4, (1,), (2,), (3, 4))
    assert found.could_start == (2, 3)
    assert [(one.volunteer, one.rule) for one in found.no_place] == [(4, "total-limit")]
    assert found.text.endswith("4 位新人里 1 位三周内有第一次，2 位还在等，1 位三周内没有合规的位置")


def test_a_first_session_by_the_own_day():
    meetings = [session(week, starts_at=at(7 * week, 14)) for week in range(2)]
    people = [volunteer(0), *(volunteer(n, newcomer=True, first_by=at(n, 0).date()) for n in (1, 8))]

    found = fairness(problem(meetings, people), [Placement(0, 1, "helper"), Placement(1, 1, "helper")])

    assert (found.on_time, found.late, found.waiting) == ((), (1,), (8,))
    assert found.could_start == ()
    assert found.no_place == (), "both could have been at one of the two with somebody experienced"


def test_newcomers_among_themselves_have_no_place():
    people = [volunteer(n, newcomer=True, name="钱薇") for n in range(2)]

    found = fairness(problem([session()], people), [])

    assert [(one.volunteer, one.rule) for one in found.no_place] == [(0, "staffed"), (1, "staffed")]
    assert found.no_place[0].text == "钱薇：这一场凑不够安全的人数"


def waits(question, chance):
    """The problem with half of its newcomers waiting for a first session."""
    last = at(chance.choice((0, 2, 8)), 0).date()
    return replace(
        question,
        volunteers=tuple(
            replace(v, first_by=last if v.newcomer and chance.random() < 0.7 else None) for v in question.volunteers
        ),
    )


def takes_in_more(question, plan):
    """Whether some plan with as much held and as few places empty has fewer people waiting."""
    model = build(question)
    reached = costs(question, plan)
    for tier in ("unheld", "short"):
        model.keep_below({tier: 1}, reached[tier])
    model.keep_below({"waiting": 1}, reached["waiting"] - 1)
    return not minimise(model, {}, seconds=10, seed=0).infeasible


@pytest.mark.parametrize("tiers", [IN_ORDER, TWO_STEPS], ids=["in order", "two steps"])
def test_nobody_waits_whom_a_place_would_take_in_without_emptying_another(tiers):
    left_out = 0
    for seed in range(60):
        made = rich_problem if seed % 2 else random_problem
        question = replace(waits(made(seed), Random(seed)), locked=())
        plan = solve(question, seconds=10, tiers=tiers).placements
        found = fairness(question, plan)
        waiting = {*found.late, *found.waiting} & {v.id for v in question.volunteers if v.first_by}
        left_out += len(waiting)
        assert not waiting & set(found.could_start)
        assert not waiting or not takes_in_more(question, plan)
    assert left_out, "everybody was always taken in: nothing was tried"


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("made", [random_problem, rich_problem], ids=["plain", "rich"])
def test_no_place_means_that_no_plan_has_one(made, seed):
    question = replace(waits(made(seed), Random(seed)), locked=())
    found = fairness(question, [])
    without = {one.volunteer for one in found.no_place}
    for person in question.volunteers:
        if person.first_by:
            only = tuple(v if v.id == person.id else replace(v, first_by=None) for v in question.volunteers)
            answer = solve(replace(question, volunteers=only), seconds=10, tiers=("waiting",))
            assert (Waiting().cost(replace(question, volunteers=only), answer.placements) == 1) == (
                person.id in without
            )


def test_an_empty_plan_is_even():
    found = fairness(problem([session()], []), [])

    assert (found.total, found.gini, found.loads) == (0, 0, ())
