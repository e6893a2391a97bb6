"""Ways out of a gap: each is applied, judged by every rule and compared with a full solve."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from tests.matching.small import at, problem, random_problem, session, volunteer
from volunteers.matching.explain import gaps
from volunteers.matching.problem import Lock, Placement, Window, load
from volunteers.matching.rules import broken
from volunteers.matching.solve import solve
from volunteers.matching.standing import Standing
from volunteers.matching.ways_out import ASK, LOWER, MOVE, RECRUIT, Person, _bent, soft_limit, ways_out

COMMUNITY = Path(__file__).parent / "fixtures" / "community-1.json"


def only(kind, ways):
    """The one way of this kind; None where there is none."""
    found = [way for way in ways if way.kind == kind]
    assert len(found) <= 1
    return found[0] if found else None


class TestAsking:
    def test_one_more_this_week_is_asked_before_another_hour(self):
        desks = [session(0, wished=1), session(1, starts_at=at(1, 14), wished=1)]
        people = [
            volunteer(0, max_per_week=1),
            volunteer(1, availability=(Window(at(1, 8), at(1, 12), False),)),
        ]
        question = problem(desks, people)

        way = only(ASK, ways_out(question, [Placement(0, 0, "helper")], 1))

        assert way.people == (Person(0, "week-limit"),)
        assert (way.filled, way.left, way.held, way.proven) == (1, 0, True, True)
        assert way.text == "问0 号这一周能不能多来一次，这一场就开得起来"

    def test_no_more_people_are_asked_than_needed(self):
        desk = session(minimum=2, wished=2, maximum=3)
        people = [volunteer(0), *(volunteer(n, availability=(), recent_load=n) for n in range(1, 5))]
        question = problem([desk], people)

        way = only(ASK, ways_out(question, [], 0))

        assert way.numbers["asked"] == 1
        assert way.people == (Person(1, "free"), Person(0))
        assert "问1 号周一 14:00-16:00能不能来，再请0 号来" in way.text

    def test_clearance_age_and_lead_are_never_asked_away(self):
        child = session(programme="child", minimum=2, two_adults=True)
        people = [
            volunteer(0, child_clearance_until=None),
            volunteer(1, child_clearance_until=None, availability=()),
            volunteer(2, adult_from=at(90, 0).date()),
        ]
        assert only(ASK, ways_out(problem([child], people), [], 0)) is None

        senior = session(programme="senior", needs_lead=True, lesson="pay")
        assert only(ASK, ways_out(problem([senior], [volunteer(0), volunteer(1)]), [], 0)) is None

    def test_nobody_is_asked_beyond_two_limits_nor_to_be_in_two_places(self):
        desks = [session(0, wished=1), session(1, wished=1)]
        people = [volunteer(0), volunteer(1, availability=(), max_per_week=0)]
        question = problem(desks, people)
        standing = Standing(question, [Placement(0, 0, "helper")])

        assert [soft_limit(standing, person, desks[1]) for person in people] == [None, None]
        assert only(ASK, ways_out(question, [Placement(0, 0, "helper")], 1)) is None

    def test_what_somebody_has_called_impossible_is_not_asked(self):
        question = problem([session(wished=1)], [volunteer(0, availability=()), volunteer(1, availability=())])

        way = only(ASK, ways_out(question, [], 0, never={(0, 0)}))

        assert [one.volunteer for one in way.people] == [1]
        assert only(ASK, ways_out(question, [], 0, never={(0, 0), (1, 0)})) is None

    def test_newcomers_are_not_asked_where_nobody_accompanies_them(self):
        people = [volunteer(0, availability=(), newcomer=True), volunteer(1, availability=())]
        question = problem([session(wished=2, minimum=1)], people)

        way = only(ASK, ways_out(question, [], 0, never={(1, 0)}))

        assert way is None

    def test_a_full_session_has_no_way_out(self):
        question = problem([session(wished=1)], [volunteer()])

        assert ways_out(question, [Placement(0, 0, "helper")], 0) == []


class TestMoving:
    def test_a_spare_helper_comes_over_at_no_loss(self):
        desks = [session(0, minimum=1, wished=1), session(1, wished=1)]
        question = problem(desks, [volunteer(0), volunteer(1)])
        plan = [Placement(0, 0, "helper"), Placement(1, 0, "helper")]

        way = only(MOVE, ways_out(question, plan, 1))

        assert (way.filled, way.numbers["lost"], way.proven) == (1, 0, True)
        assert way.numbers["remain"] == 1
        assert broken(question, way.plan) == []

    def test_somebody_else_steps_in_behind(self):
        desks = [session(0, wished=2, minimum=1), session(1, programme="senior", wished=1)]
        people = [volunteer(0), volunteer(1), volunteer(2, does=("desk",))]
        question = problem(desks, people)
        plan = [Placement(0, 0, "helper"), Placement(1, 0, "helper")]

        way = ways_out(question, plan, 1)[0]

        assert (way.kind, way.numbers["lost"]) == (MOVE, 0)
        assert Person(2) in way.people
        assert broken(question, way.plan) == []

    def test_the_floor_of_the_other_session_stands(self):
        desks = [session(0, minimum=2, wished=2), session(1, wished=1)]
        question = problem(desks, [volunteer(0), volunteer(1)])

        assert only(MOVE, ways_out(question, [Placement(0, 0, "helper"), Placement(1, 0, "helper")], 1)) is None


class TestLoweringAndRecruiting:
    def test_larger_groups_down_to_the_floor(self):
        senior = session(programme="senior", people=12, minimum=2, wished=4, maximum=5)
        question = problem([senior], [volunteer(0), volunteer(1)])
        plan = [Placement(0, 0, "helper"), Placement(1, 0, "helper")]

        way = only(LOWER, ways_out(question, plan, 0))

        assert way.proven
        assert way.numbers == {"wished": 4, "lowered": 2, "floor": 2, "learners_each": 3, "learners_each_then": 6}
        assert way.text == "少请 2 位助教，按 2 位算就齐了，最少要 2 位；每位从带 3 人变成带 6 人"

    def test_a_session_under_its_floor_is_not_lowered(self):
        child = session(programme="child", minimum=2, wished=3, two_adults=True)

        assert only(LOWER, ways_out(problem([child], [volunteer(0)]), [], 0)) is None

    def test_a_first_timer_is_enough_beside_somebody_with_practice(self):
        child = session(programme="child", minimum=2, wished=2, two_adults=True, starts_at=at(2, 16))

        way = only(RECRUIT, ways_out(problem([child], [volunteer(0)]), [], 0))

        assert way.proven
        assert way.numbers == {"people": 1, "first_timers": 1}
        assert way.text == "再请 1 位周三放学后能来、做过背景查询的成年人，这一场就开得起来"

    def test_of_two_at_least_one_has_practice(self):
        child = session(programme="child", minimum=2, wished=2, two_adults=True)

        way = only(RECRUIT, ways_out(problem([child], []), [], 0))

        assert way.numbers == {"people": 2, "first_timers": 1}

    def test_a_lead_is_recruited_where_only_the_lead_is_missing(self):
        senior = session(programme="senior", needs_lead=True, lesson="pay", wished=2, minimum=1)

        way = only(RECRUIT, ways_out(problem([senior], [volunteer(0), volunteer(1)]), [], 0))

        assert way.numbers["people"] == 1
        assert "能当讲师的成年人" in way.text


def fewest(question, plan, number, aim):
    """By trying every set of people who may be asked: the least that reaches so many helpers."""
    meeting = question.session[number]
    standing = Standing(question, plan)
    limits = {v.id: soft_limit(standing, v, meeting) for v in question.volunteers}
    askable = [pk for pk, limit in limits.items() if limit]
    for size in range(len(askable) + 1):
        for chosen in combinations(askable, size):
            people = tuple(_bent(v, limits[v.id], meeting) if v.id in chosen else v for v in question.volunteers)
            if reaches(replace(question, volunteers=people), plan, number, aim):
                return size
    return None


def reaches(question, plan, number, aim):
    """Whether a full solve with everybody where they are gets so many helpers there."""
    locked = tuple(dict.fromkeys((*question.locked, *locks(plan))))
    others = {s.id for s in question.sessions} - {number}
    barred = {(v.id, s) for v in question.volunteers for s in others} - {(p.volunteer, p.session) for p in plan}
    answer = solve(replace(question, locked=locked, barred=(*question.barred, *sorted(barred))), seconds=10)
    return sum(p.session == number and p.role == "helper" for p in answer.placements) >= aim


def locks(plan):
    return [Lock(p.volunteer, p.session) for p in plan]


@pytest.mark.parametrize("seed", range(25))
def test_the_ways_of_random_problems_hold_in_the_full_problem(seed):
    question = replace(random_problem(seed), locked=())
    plan = solve(question, seconds=10).placements
    for meeting in question.sessions:
        for way in ways_out(question, plan, meeting.id):
            if way.kind == MOVE:
                assert broken(question, way.plan) == []
            if way.kind == ASK:
                limits = {one.volunteer: one.limit for one in way.people if one.limit}
                said_yes = replace(
                    question,
                    volunteers=tuple(
                        _bent(v, limits[v.id], meeting) if v.id in limits else v for v in question.volunteers
                    ),
                )
                assert broken(said_yes, way.plan) == []
                assert set(plan) <= set(way.plan) | {p for p in plan if p.session == meeting.id}
                helpers = sum(p.session == meeting.id and p.role == "helper" for p in way.plan)
                if way.left == 0:
                    assert way.numbers["asked"] == fewest(question, plan, meeting.id, helpers)


def test_every_gap_of_a_real_plan_has_a_proven_way():
    question = load(COMMUNITY)
    answer = solve(question, seconds=60)

    for number in {gap.session for gap in gaps(question, answer)}:
        ways = ways_out(question, answer.placements, number)
        assert ways
        assert all(way.proven for way in ways)
        assert any(way.held for way in ways)
