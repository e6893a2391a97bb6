"""Ways out of a gap: each is applied, judged by every rule and compared with a full solve."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from tests.matching.small import at, problem, random_problem, rich_problem, session, volunteer
from volunteers.matching.applying import PlanHasMoved, apply
from volunteers.matching.asking import bent
from volunteers.matching.explain import gaps
from volunteers.matching.problem import Lock, Placement, Window, load
from volunteers.matching.recruit import lacks
from volunteers.matching.rules import broken
from volunteers.matching.solve import solve
from volunteers.matching.standing import Standing
from volunteers.matching.ways_out import (
    ASK,
    LOWER,
    MERGE,
    MOVE,
    RECRUIT,
    TIME,
    Person,
    added_up,
    soft_limit,
    used_times,
    ways_out,
)

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


class TestAnotherTime:
    def test_the_session_goes_where_the_people_are_free(self):
        desks = [session(0), session(1, starts_at=at(3, 14), wished=1, minimum=1)]
        people = [
            volunteer(0, availability=(Window(at(0, 8), at(0, 18), False),)),
            volunteer(1, availability=(Window(at(3, 8), at(3, 18), False),)),
            volunteer(2, availability=(Window(at(2, 8), at(3, 13), False),)),
        ]
        question = problem(desks, people)
        plan = [Placement(0, 0, "helper"), Placement(1, 1, "helper")]

        assert only(TIME, ways_out(question, plan, 0)) is None, "no room is known"
        assert only(TIME, ways_out(question, plan, 0, times=[(at(2, 9), at(2, 11))])) is None, "one comes, one goes"

        people[0] = volunteer(0)
        way = only(
            TIME, ways_out(problem(desks, people), plan, 0, times=[(at(2, 9), at(2, 11)), (at(4, 9), at(4, 11))])
        )

        assert way.time == (at(2, 9), at(2, 11))
        assert (way.filled, way.left, way.absent) == (1, 0, ())
        assert way.text == "把这一场挪到9 月 9 日周三 09:00-11:00，补上 1 个名额"

    def test_who_was_there_and_cannot_come_then_is_named(self):
        people = [
            volunteer(0, name="周远", availability=(Window(at(0, 8), at(0, 18), False),)),
            *(volunteer(n, availability=(Window(at(1, 8), at(1, 18), False),)) for n in (1, 2)),
        ]
        question = problem([session()], people, locked=(Lock(0, 0, "helper"),))

        way = only(TIME, ways_out(question, [Placement(0, 0, "helper")], 0, times=[(at(1, 9), at(1, 11))]))

        assert way.absent == (0,)
        assert way.text == "把这一场挪到9 月 8 日周二 09:00-11:00，补上 1 个名额，周远那时来不了"
        assert apply(question, [Placement(0, 0, "helper")], way)[0].locked == ()

    def test_another_week_or_another_length_is_not_the_same_session(self):
        times = [(at(7, 9), at(7, 11)), (at(1, 9), at(1, 12))]
        question = problem([session(wished=1)], [volunteer(0, availability=(Window(at(1, 0), at(9, 0), False),))])

        assert only(TIME, ways_out(question, [], 0, times=times)) is None

    def test_times_in_use_are_those_of_the_week_with_the_room_empty(self):
        desks = [
            session(0),
            session(1, starts_at=at(2, 9)),
            session(2, starts_at=at(9, 16)),
            session(3, starts_at=at(4, 19), community=1),
        ]

        assert [start for start, _ in used_times(problem(desks, []), 0)] == [at(0, 9), at(2, 14)]


class TestMerging:
    def desks(self, **changes):
        return [session(0, people=6), session(1, people=8, **{"starts_at": at(2, 14), **changes})]

    def test_two_half_empty_sessions_fill_one(self):
        question = problem(self.desks(), [volunteer(n) for n in range(4)])
        plan = [Placement(0, 0, "helper"), *(Placement(n, 1, "helper") for n in (1, 2))]
        busy = tuple((n, 0) for n in (1, 2, 3))

        way = only(MERGE, ways_out(replace(question, barred=busy), plan, 0, need=added_up))

        assert (way.other, way.need, way.held) == (1, (2, 4, 6), True)
        assert (way.filled, way.left, way.absent) == (1, 0, ())
        assert way.text == (
            "和9 月 9 日周三 14:00-16:00那一场并成一场，共 14 位学员，要 4 位答疑，请0 号、3 号过来，人手就齐了"
        )
        joined, after = apply(replace(question, barred=busy), plan, way)
        assert [s.id for s in joined.sessions] == [1]
        assert broken(joined, after) == []

    @pytest.mark.parametrize(
        "changes", [{"programme": "senior"}, {"lesson": "pay"}, {"starts_at": at(7, 14)}, {"community": 1}]
    )
    def test_only_the_same_lesson_in_the_same_week_close_by(self, changes):
        question = problem(self.desks(**changes), [volunteer(n, reach=(0, 1)) for n in range(4)])

        assert only(MERGE, ways_out(question, [], 0, need=added_up)) is None

    def test_the_caller_says_what_both_need(self):
        question = problem(self.desks(), [volunteer(0), volunteer(1, availability=())])
        plan = [Placement(0, 1, "helper")]

        way = only(MERGE, ways_out(question, plan, 0, need=lambda one, other: (1, 1, 2)))

        assert (way.need, way.left) == ((1, 1, 2), 0)
        assert only(MERGE, ways_out(question, plan, 0)) is None


def test_a_way_out_of_another_plan_is_not_taken():
    desks = [session(0, minimum=1, wished=1), session(1, wished=1)]
    question = problem(desks, [volunteer(0), volunteer(1)])
    plan = [Placement(0, 0, "helper"), Placement(1, 0, "helper")]
    way = only(MOVE, ways_out(question, plan, 1))

    with pytest.raises(PlanHasMoved):
        apply(question, [Placement(9, 0, "helper")], way)


def fewest(question, plan, number, aim):
    """By trying every set of people who may be asked: the least that reaches so many helpers."""
    meeting = question.session[number]
    standing = Standing(question, plan)
    limits = {v.id: soft_limit(standing, v, meeting) for v in question.volunteers}
    askable = [pk for pk, limit in limits.items() if limit]
    for size in range(len(askable) + 1):
        for chosen in combinations(askable, size):
            people = tuple(bent(v, limits[v.id], meeting) if v.id in chosen else v for v in question.volunteers)
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


def alike(seed):
    """The people of a rich problem, and sessions that could be one: a programme, a lesson, a week, a place."""
    question = rich_problem(seed)
    sessions = [
        replace(s, programme="desk", needs_lead=False, two_adults=False, lesson=None) for s in question.sessions
    ]
    early = [s if s.starts_at < at(7, 0) else moved(s, s.starts_at - timedelta(days=5)) for s in sessions]
    return replace(question, sessions=tuple(replace(s, community=0) for s in early))


def moved(meeting, start):
    return replace(meeting, starts_at=start, ends_at=start + (meeting.ends_at - meeting.starts_at))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("made", [random_problem, rich_problem, alike], ids=["plain", "rich", "alike"])
def test_every_way_out_keeps_its_promise_once_it_is_taken(made, seed):
    question = replace(made(seed), locked=())
    plan = solve(question, seconds=10).placements
    agreed = Random(seed).sample(plan, min(2, len(plan)))
    question = replace(question, locked=tuple(Lock(p.volunteer, p.session, p.role) for p in agreed))
    for meeting in question.sessions:
        others = Random(seed).choice((at(2, 14), at(3, 12), at(4, 17)))
        times = [*used_times(question, meeting.id), (others, others + (meeting.ends_at - meeting.starts_at))]
        for way in ways_out(question, plan, meeting.id, times=times, need=added_up):
            taken, after = apply(question, plan, way)

            assert broken(taken, after) == []
            assert sorted(after) == sorted(way.plan)
            place = way.other if way.kind == MERGE else meeting.id
            assert lacks(Standing(taken, after), taken.session[place]) == way.left
            if way.kind in (ASK, MOVE, RECRUIT, TIME):
                assert way.filled == lacks(Standing(question, plan), meeting) - way.left
            assert confirmed(taken, after, place)


def confirmed(taken, after, place):
    """A solve of the whole problem, everybody elsewhere where they are, fills as many places."""
    locked = tuple(dict.fromkeys((*taken.locked, *locks([p for p in after if p.session != place]))))
    elsewhere = {s.id for s in taken.sessions} - {place}
    barred = {(v.id, s) for v in taken.volunteers for s in elsewhere} - {(p.volunteer, p.session) for p in after}
    fixed = replace(taken, locked=locked, barred=tuple(dict.fromkeys((*taken.barred, *sorted(barred)))))
    answer = solve(fixed, seconds=10, tiers=("unheld", "short"))
    left, promised = (lacks(Standing(taken, one), taken.session[place]) for one in (answer.placements, after))
    return broken(fixed, answer.placements) == [] and left <= promised


@pytest.mark.parametrize("seed", range(15))
def test_nobody_is_asked_whom_no_plan_needs(seed):
    question = replace(random_problem(seed), locked=())
    plan = solve(question, seconds=10).placements
    for meeting in question.sessions:
        for way in ways_out(question, plan, meeting.id):
            if way.kind == ASK and way.left == 0:
                helpers = sum(p.session == meeting.id and p.role == "helper" for p in way.plan)
                assert way.numbers["asked"] == fewest(question, plan, meeting.id, helpers)


def test_every_gap_of_a_real_plan_has_a_proven_way():
    question = load(COMMUNITY)
    answer = solve(question, seconds=60)

    for number in {gap.session for gap in gaps(question, answer)}:
        ways = ways_out(question, answer.placements, number)
        assert ways
        assert all(way.proven for way in ways)
        assert any(way.held for way in ways)
