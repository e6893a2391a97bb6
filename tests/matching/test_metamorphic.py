"""What must stay true of the optimum when the question changes in a way whose effect is known.

No second solver is needed for this, so it also speaks about problems of real size.
"""

from dataclasses import replace
from random import Random

import pytest

from tests.matching.tiny import tiny_problem
from volunteers.matching.generate import generate
from volunteers.matching.problem import Lock, Placement, Problem
from volunteers.matching.solve import solve

SEEDS = range(9)
UNLIMITED = ("max_per_day", "max_per_week", "max_per_month", "max_total")


def problems():
    """Tiny problems with everything in them, and a community for a week."""
    yield from (replace(tiny_problem(seed), locked=()) for seed in SEEDS)
    yield generate(seed=3, weeks=1, volunteers=30)


@pytest.fixture(scope="module", params=list(problems()), ids=lambda problem: f"{len(problem.sessions)}")
def problem(request):
    return request.param


@pytest.fixture(scope="module")
def best(problem):
    return answer_of(problem)


def answer_of(problem: Problem):
    answer = solve(problem, seconds=60)
    assert answer.proven
    return answer


def with_people(problem: Problem, **changes: object) -> Problem:
    return replace(problem, volunteers=tuple(replace(person, **changes) for person in problem.volunteers))


class TestMoreIsNeverWorse:
    def test_one_more_person(self, problem, best):
        newest = replace(problem.volunteers[0], id=999, first_by=None, newcomer=False)
        more = replace(problem, volunteers=(*problem.volunteers, newest))

        assert answer_of(more).value <= best.value

    @pytest.mark.parametrize("limit", UNLIMITED)
    def test_without_a_limit(self, problem, best, limit):
        assert answer_of(with_people(problem, **{limit: None})).value <= best.value

    def test_without_rest_or_promises(self, problem, best):
        assert answer_of(with_people(problem, rest_minutes=0, busy=())).value <= best.value

    def test_with_nobody_away_apart_or_barred(self, problem, best):
        freer = replace(with_people(problem, away=()), barred=(), apart=(), together=())

        assert answer_of(freer).value <= best.value

    def test_when_everybody_serves_every_community_and_programme(self, problem, best):
        everywhere = tuple(community.id for community in problem.communities)
        freer = with_people(problem, reach=everywhere, does=("senior", "child", "desk"), not_alone=False)

        assert answer_of(freer).value <= best.value


class TestLessIsNeverBetter:
    def test_without_one_person(self, problem, best):
        barred = {*problem.barred, *((problem.volunteers[-1].id, meeting.id) for meeting in problem.sessions)}

        assert answer_of(replace(problem, barred=tuple(barred))).value >= best.value

    def test_with_a_higher_floor(self, problem):
        open_to_all = [replace(meeting, reserved=()) for meeting in problem.sessions]
        stricter = [replace(meeting, minimum=min(meeting.minimum + 1, meeting.wished)) for meeting in open_to_all]
        silent = replace(problem, weights=tuple({**problem.weight, "short": 0}.items()))
        before, after = (replace(silent, sessions=tuple(meetings)) for meetings in (open_to_all, stricter))

        assert answer_of(after).value >= answer_of(before).value


class TestNothingChanges:
    def test_when_everybody_has_another_number_and_another_place_in_the_list(self, problem, best):
        assert answer_of(renumbered(problem, 5)).value == best.value

    @pytest.mark.parametrize("factor", [3, 7])
    def test_but_the_scale_when_all_weights_are_multiplied(self, problem, best, factor):
        heavier = tuple((tier, factor * weight) for tier, weight in problem.weight.items())

        assert answer_of(replace(problem, weights=heavier)).value == factor * best.value

    def test_when_what_is_best_anyhow_is_agreed(self, problem, best):
        locks = tuple(Lock(p.volunteer, p.session, p.role) for p in best.placements)
        some = Random(len(locks)).sample(locks, len(locks) // 2)

        assert answer_of(replace(problem, locked=tuple(some))).value == best.value
        everything = answer_of(replace(problem, locked=locks))
        assert everything.value == best.value
        assert everything.conflicts == ()

    def test_when_pairs_are_barred_that_the_best_plan_does_not_use(self, problem, best):
        used = {(p.volunteer, p.session) for p in best.placements}
        unused = [(v.id, s.id) for v in problem.volunteers for s in problem.sessions if (v.id, s.id) not in used]
        barred = tuple({*problem.barred, *Random(len(unused)).sample(unused, len(unused) // 2)})

        assert answer_of(replace(problem, barred=barred)).value == best.value

    def test_but_the_cost_of_change_when_the_best_plan_is_the_known_one(self, problem, best):
        known = replace(problem, previous=best.placements)
        before = replace(problem, previous=None)

        assert answer_of(replace(before, previous=answer_of(before).placements)).value == answer_of(before).value
        assert answer_of(known).value <= best.value

    def test_when_the_search_begins_at_the_best_plan(self, problem, best):
        again = solve(problem, seconds=60, start=best.placements)

        assert (again.value, again.proven) == (best.value, True)

    @pytest.mark.parametrize("seed", [1, 2])
    def test_with_another_seed(self, problem, best, seed):
        other = solve(problem, seconds=60, seed=seed)

        assert (other.value, other.bound) == (best.value, best.bound)


class TestTwoOfEverything:
    def test_two_problems_side_by_side_cost_what_they_cost_apart(self, problem, best):
        other = renumbered(problem, 8, shift=1_000)
        both = replace(
            problem,
            sessions=(*problem.sessions, *other.sessions),
            volunteers=(*problem.volunteers, *other.volunteers),
            communities=(*problem.communities, *other.communities),
            **{name: (*getattr(problem, name), *getattr(other, name)) for name in PAIRS},
            previous=None if problem.previous is None else (*problem.previous, *other.previous),
        )

        assert answer_of(both).value == 2 * best.value


PAIRS = ("history", "known", "barred", "apart", "together", "liked", "faces")


def renumbered(problem: Problem, seed: int, shift: int = 0) -> Problem:
    """The same problem with other numbers for people, sessions, series and communities, in another order."""
    chance = Random(seed)
    people, meetings = _numbers(chance, problem.volunteers, shift), _numbers(chance, problem.sessions, shift)
    places = _numbers(chance, problem.communities, shift)
    series = {meeting.series: shift + 50 + meeting.series for meeting in problem.sessions}
    series |= {row[1]: shift + 50 + row[1] for row in (*problem.history, *problem.known)}
    clubs = {person.club: None if person.club is None else shift + 7 * person.club for person in problem.volunteers}

    def moved(person):
        return replace(
            person,
            id=people[person.id],
            home=places[person.home],
            reach=tuple(places[place] for place in person.reach),
            busy=tuple(replace(busy, community=places[busy.community]) for busy in person.busy),
            club=clubs[person.club],
        )

    def shuffled(items):
        return tuple(chance.sample(list(items), len(items)))

    return replace(
        problem,
        communities=shuffled([replace(place, id=places[place.id]) for place in problem.communities]),
        volunteers=shuffled([moved(person) for person in problem.volunteers]),
        sessions=shuffled(
            [
                replace(one, id=meetings[one.id], community=places[one.community], series=series[one.series])
                for one in problem.sessions
            ]
        ),
        history=shuffled([(people[v], series[s]) for v, s in problem.history]),
        known=shuffled([(people[v], series[s], n) for v, s, n in problem.known]),
        barred=shuffled([(people[v], meetings[s]) for v, s in problem.barred]),
        previous=None
        if problem.previous is None
        else tuple(Placement(people[p.volunteer], meetings[p.session], p.role) for p in problem.previous),
        faces=shuffled([(series[row[0]], row[1], *(people[v] for v in row[2:])) for row in problem.faces]),
        **{
            name: shuffled([(people[a], people[b]) for a, b in getattr(problem, name)])
            for name in ("apart", "together", "liked")
        },
    )


def _numbers(chance: Random, things, shift: int) -> dict[int, int]:
    """A new number for each thing, in no order."""
    old = [thing.id for thing in things]
    return dict(zip(old, chance.sample(range(shift, shift + 3 * len(old)), len(old)), strict=True))
