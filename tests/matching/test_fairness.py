"""Fairness in numbers that can be worked out by hand."""

import pytest

from tests.matching.small import at, problem, session, volunteer
from volunteers.matching.fairness import _gini, fairness
from volunteers.matching.problem import Placement


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
    assert found.could_start == (3,)
    assert found.text.endswith("4 位新人里 1 位三周内有第一次，2 位还在等")


def test_an_empty_plan_is_even():
    found = fairness(problem([session()], []), [])

    assert (found.total, found.gini, found.loads) == (0, 0, ())
