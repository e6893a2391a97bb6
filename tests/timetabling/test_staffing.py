"""Relaxed staffing by augmenting paths: the most there is, before and after a change."""

from random import Random

from classes.timetabling.generate import generate
from classes.timetabling.greedy import greedy
from classes.timetabling.solve import build
from classes.timetabling.staffing import staff
from tests.timetabling.reading_of_rules import able, filled
from tests.timetabling.small import any_plan, tiny_problem


def test_fills_as_many_places_as_a_maximum_flow():
    for seed in range(400):
        problem = tiny_problem(seed)
        plan = any_plan(seed, problem)

        assert staff(problem, plan).filled == filled(problem, [*plan, *problem.settled]), seed


def test_nobody_is_anywhere_they_could_not_be_or_too_often():
    for seed in range(200):
        problem = tiny_problem(seed)
        found = staff(problem, any_plan(seed, problem))
        people = {one.id: one for one in problem.volunteers}

        for (place, role), who in found.taken.items():
            assert who <= set(able(problem, place, role))
        for person, posts in found.own.items():
            assert len(posts) <= people[person].a_week
            for day in range(7):
                today = [post for post in posts if post[0].weekday == day]
                assert len(today) <= people[person].a_day
                assert len({place for place, _ in today}) == len(today)


def test_taking_a_session_away_leaves_the_most_for_the_others():
    for seed in range(300):
        problem, chance = tiny_problem(seed), Random(seed)
        plan = any_plan(seed, problem)
        if plan:
            gone = chance.choice(plan)
            found = staff(problem, plan)
            copy = found.copy()

            found.remove(gone)

            rest = [place for place in plan if place != gone]
            assert found.filled == filled(problem, [*rest, *problem.settled]), seed
            copy.remove(gone)
            copy.add(problem.one[gone.series], gone)
            assert copy.filled == filled(problem, [*plan, *problem.settled]), seed


def test_a_community_at_once():
    problem = generate(seed=1, communities=3, habit=0.4)
    plan = greedy(build(problem, ()))

    assert staff(problem, plan).filled == filled(problem, plan)
