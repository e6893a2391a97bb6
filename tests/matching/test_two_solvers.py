"""HiGHS inside the engine and CP-SAT, which is told the rules in its own words, prove the same values."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.matching.reading_of_rules import faults, prices
from tests.matching.second_opinion import best_value
from tests.matching.small import rich_problem
from tests.matching.tiny import tiny_problem
from volunteers.matching.generate import generate
from volunteers.matching.problem import Away, Post, Problem
from volunteers.matching.solve import solve


def agree(problem: Problem) -> None:
    """Both prove one value, and the plan is sound and costs it by the second reading too."""
    answer = solve(problem, seconds=60)

    assert answer.proven
    assert answer.bound == answer.value == best_value(problem)
    assert faults(problem, list(answer.placements)) == set()
    cost = prices(problem, list(answer.placements))
    assert answer.value == sum(problem.weight[tier] * cost[tier] for tier in cost)


@pytest.mark.parametrize("first", range(0, 100, 25))
def test_on_tiny_problems(first):
    for seed in range(first, first + 25):
        agree(replace(tiny_problem(seed), locked=(), previous=None))


@pytest.mark.parametrize("seed", range(20, 32))
def test_on_small_problems_where_everything_matters(seed):
    agree(replace(rich_problem(seed), locked=()))


@pytest.mark.parametrize("weeks", [1, 2, 4])
@pytest.mark.parametrize("per_place", [0.15, 0.25, 0.38, 0.6])
def test_on_a_community_however_scarce_people_are(weeks, per_place):
    agree(generate(seed=weeks, weeks=weeks, per_place=per_place))


@pytest.mark.parametrize("communities", [2, 3])
def test_on_neighbours_that_lend_each_other_people(communities):
    agree(generate(seed=5, weeks=1, communities=communities, per_place=0.25, mobile=0.8))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("per_place", [0.25, 0.38])
def test_on_a_community_with_everything_a_file_may_say(seed, per_place):
    agree(_told_everything(generate(seed=seed, weeks=1, per_place=per_place), seed))


def _told_everything(plain: Problem, seed: int) -> Problem:
    """A generated community with posts, skills, company, absences, held places and learners' faces."""
    chance = Random(seed)
    people = [person.id for person in plain.volunteers]

    def couples(count):
        return tuple(tuple(chance.sample(people, 2)) for _ in range(count))

    return replace(
        plain,
        sessions=tuple(_told(chance, meeting) for meeting in plain.sessions),
        volunteers=tuple(
            replace(
                person,
                skills=(("maths", None),) if chance.random() < 0.4 else (),
                max_per_day=chance.choice((None, 1)),
                away=_away(chance, plain) if chance.random() < 0.1 else (),
                first_by=plain.sessions[0].starts_at.date() + timedelta(3) if person.newcomer else None,
                club=chance.choice((None, 1, 2)),
                not_alone=chance.random() < 0.1,
            )
            for person in plain.volunteers
        ),
        apart=couples(15),
        together=couples(5),
        liked=couples(15),
        faces=tuple(
            (series, learner, *sorted(chance.sample(people, 4)))
            for series in sorted({meeting.series for meeting in plain.sessions})
            for learner in range(4)
        ),
        possible_cost=2,
    )


def _told(chance, meeting):
    tutor = Post("tutor", 0, 1, chance.randint(1, 2), ("maths",))
    return replace(
        meeting,
        posts=(tutor,) if chance.random() < 0.4 else (),
        reserved=((1, 1),) if chance.random() < 0.2 else (),
        experienced_wished=chance.randint(0, 3),
    )


def _away(chance, plain):
    day = chance.choice(plain.sessions).starts_at.date()
    return (Away(day, day + timedelta(1), "exam"),)
