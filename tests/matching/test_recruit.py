"""Whom to recruit: the fewest who fill the empty places, under the rules for everybody."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.matching.small import at, problem, random_problem, rich_problem, session, volunteer
from volunteers.matching.parts import Post
from volunteers.matching.problem import LEAD, Placement, load
from volunteers.matching.recruit import Kind, guest, kind_of, recruit
from volunteers.matching.solve import solve

COMMUNITY = Path(__file__).parent / "fixtures" / "community-1.json"


def weekly(count, **changes):
    """The same child session on so many Wednesdays."""
    given = {"programme": "child", "minimum": 2, "wished": 2, "two_adults": True, **changes}
    return [session(week, series=0, starts_at=at(7 * week + 2, 16, 15), **given) for week in range(count)]


def test_a_regular_fills_the_same_afternoon_of_every_week():
    meetings = weekly(3, wished=3, maximum=3)
    question = problem(meetings, [volunteer(0), volunteer(1)])
    plan = tuple(Placement(v, s.id, "helper") for s in meetings for v in (0, 1))

    found = recruit(question, plan)

    assert [one.text for one in found.wanted] == ["再请 1 位周三放学后能来、做过背景查询的成年人，可以补上 3 个名额"]
    assert found.wanted[0].when == "每周三放学后缺 1 位辅导"
    assert found.text == "缺 3 个名额，请到 1 位就都能补上"
    assert found.wanted[0].kind == Kind(0, "child", 2, "放学后", title="辅导")
    assert (found.people, found.proven) == (1, True)
    assert (found.before, found.after) == ({"unheld": 0, "short": 9}, {"unheld": 0, "short": 0})


def test_how_often_somebody_is_lacking():
    meetings = [*weekly(4, wished=3, maximum=3), session(9, starts_at=at(3, 9), wished=1)]
    elsewhere = ((2, 2), (0, 3), (1, 3), (2, 3), (0, 9), (1, 9))
    people = [volunteer(0), volunteer(1), volunteer(2, does=("child",))]
    question = problem(meetings, people, barred=elsewhere)
    there = {0: (0, 1, 2), 1: (0, 1, 2), 2: (0, 1), 3: ()}
    plan = tuple(Placement(v, number, "helper") for number, people in there.items() for v in people)

    wanted = {one.kind.programme: one for one in recruit(question, plan).wanted}

    assert wanted["child"].when == "4 次周三放学后里有 2 次缺 1 到 3 位辅导"
    assert wanted["desk"].when == "9 月 10 日周四上午缺 1 位答疑"
    assert wanted["desk"].sentence.startswith("9 月 10 日周四上午缺 1 位答疑：再请 1 位周四上午能来")


def test_first_timers_need_somebody_with_practice():
    found = recruit(problem(weekly(1), []), ())

    assert [one.text for one in found.wanted] == [
        "再请 2 位周三放学后能来、做过背景查询的成年人（其中 1 位以前来帮过忙），可以补上 2 个名额，其中 1 场现在开不了"
    ]


def test_a_lead_alone_is_recruited_where_the_helpers_are_there():
    senior = session(programme="senior", needs_lead=True, lesson="pay", starts_at=at(5, 9))
    question = problem([senior], [volunteer(0), volunteer(1)])

    found = recruit(question, ())

    assert [one.text for one in found.wanted] == [
        "再请 1 位周六上午能来、能当讲师的成年人，可以补上 1 个名额，其中 1 场现在开不了"
    ]
    assert found.wanted[0].kind.role == LEAD


def test_a_post_asks_for_somebody_who_can_do_it():
    tutor = Post("tutor", 1, 1, 1, ("maths",), "数学辅导")
    meetings = weekly(2, posts=(tutor,), requires=("first-aid",))
    question = problem(meetings, [volunteer(n, skills=(("first-aid", None),)) for n in range(2)])

    found = recruit(question, ())

    assert [one.sentence for one in found.wanted] == [
        "每周三放学后缺 1 位数学辅导：再请 1 位周三放学后能来、会first-aid、maths、做过背景查询的成年人，"
        "可以补上 2 个名额，其中 2 场现在开不了"
    ]
    assert found.wanted[0].kind.skills == ("first-aid", "maths")
    assert found.after == {"unheld": 0, "short": 0}


def test_one_recruit_serves_two_places_a_week_and_no_more():
    desks = [session(n, starts_at=at(0, 13 + 2 * n), minimum=1, wished=1) for n in range(2)]
    question = problem(desks, [volunteer(0, availability=())])

    two, one = recruit(question, ()), recruit(question, (), per_week=1)

    assert (two.people, one.people) == (1, 2)
    assert [two.wanted[0].practised, one.wanted[0].practised] == [1, 2], "a first-timer is not alone at a desk"


def test_with_few_recruits_the_most_is_filled():
    meetings = [*weekly(2, wished=3, maximum=3), session(9, starts_at=at(3, 9), minimum=1, wished=2)]
    question = problem(meetings, [volunteer(0), volunteer(1, does=("child",))])
    plan = (*(Placement(v, s.id, "helper") for s in meetings[:2] for v in (0, 1)), Placement(0, 9, "helper"))

    found = recruit(question, plan, most=1)

    assert [(one.kind.programme, one.places) for one in found.wanted] == [("child", 2)]
    assert found.after["short"] > 0


def test_a_full_plan_needs_nobody():
    question = problem([session(wished=1)], [volunteer()])

    found = recruit(question, (Placement(0, 0, "helper"),))

    assert (found.wanted, found.people, found.proven) == ((), 0, True)
    assert found.text == "没有空着的名额"


def applied(question, found):
    """The problem with the recruits in it."""
    number, people = max(v.id for v in question.volunteers), []
    for wanted in found.wanted:
        sessions = [s for s in question.sessions if wanted.kind.fits(s)]
        for place in range(wanted.count):
            number += 1
            practised = place < wanted.practised
            people.append(guest(number, replace(wanted.kind, practised=practised), sessions))
    return replace(question, volunteers=(*question.volunteers, *people))


def possible(question):
    """Without the clubs' places at children's sessions, which may leave too few for two people with names."""
    meetings = tuple(replace(s, reserved=()) if s.two_adults else s for s in question.sessions)
    return replace(question, sessions=meetings)


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("made", [random_problem, rich_problem], ids=["plain", "rich"])
def test_a_full_solve_confirms_that_the_recruits_suffice(made, seed):
    question = possible(replace(made(seed), locked=()))
    answer = solve(question, seconds=10, tiers=("unheld", "short"))

    found = recruit(question, answer.placements)

    again = solve(applied(question, found), seconds=10, tiers=("unheld", "short"))
    reached = {tier.tier: tier.value for tier in again.tiers}
    assert found.proven
    assert found.after == {"unheld": 0, "short": 0}
    assert (reached["unheld"], reached["short"]) == (0, 0)


@pytest.mark.parametrize("seed", range(6))
def test_one_recruit_fewer_leaves_something_empty(seed):
    question = replace(random_problem(seed), locked=())
    plan = solve(question, seconds=10, tiers=("unheld", "short")).placements
    found = recruit(question, plan)

    fewer = recruit(question, plan, most=found.people - 1)

    assert found.people > 0
    assert fewer.people < found.people
    assert (
        fewer.text == f"缺 {fewer.empty} 个名额，请到 {fewer.people} 位能补上 {sum(w.places for w in fewer.wanted)} 个"
    )
    assert (fewer.after["unheld"], fewer.after["short"]) > (0, 0)


def test_a_real_community_lacks_one_lead():
    question = load(COMMUNITY)
    plan = solve(question, seconds=60).placements

    found = recruit(question, plan)

    lead = replace(kind_of(question.session[10], LEAD), practised=False)
    assert [(one.kind, one.count, one.practised, one.held) for one in found.wanted] == [(lead, 1, 1, 1)]
    assert found.proven
