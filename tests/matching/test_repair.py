"""Drop-outs: few changes, no rule broken, people who stay are left where they are."""

from pathlib import Path
from random import Random

import pytest

from tests.matching.small import at, problem, session, volunteer
from volunteers.matching.preferences import costs
from volunteers.matching.problem import Lock, Placement, load
from volunteers.matching.repair import repair
from volunteers.matching.rules import broken
from volunteers.matching.solve import solve

COMMUNITY = Path(__file__).parent / "fixtures" / "community-1.json"


@pytest.fixture(scope="module")
def community():
    return load(COMMUNITY)


@pytest.fixture(scope="module")
def plan(community):
    return solve(community, seconds=60).placements


def test_a_free_substitute_comes_and_nobody_else_moves():
    desk = session(wished=2)
    question = problem([desk], [volunteer(n, recent_load=n) for n in range(4)])
    plan = [Placement(0, 0, "helper"), Placement(3, 0, "helper")]

    mended = repair(question, plan, [(0, 0)])

    assert mended.added == (Placement(1, 0, "helper"),)
    assert mended.removed == ()
    assert mended.placements == (Placement(1, 0, "helper"), Placement(3, 0, "helper"))


def test_one_hop_moves_somebody_and_fills_the_place_behind():
    early, late = session(0, wished=1, maximum=1), session(1, wished=1, maximum=1, programme="senior")
    people = [volunteer(0), volunteer(1), volunteer(2, does=("senior",))]
    question = problem([early, late], people)

    mended = repair(question, [Placement(0, 0, "helper"), Placement(1, 1, "helper")], [(0, 0)])

    assert mended.placements == (Placement(1, 0, "helper"), Placement(2, 1, "helper"))
    assert mended.removed == (Placement(1, 1, "helper"),)


def test_an_agreed_person_is_not_moved_for_a_hop():
    desks = [session(0, wished=1, maximum=1), session(1, wished=1, maximum=1, programme="senior")]
    people = [volunteer(0), volunteer(1), volunteer(2, does=("senior",))]
    question = problem(desks, people, locked=(Lock(1, 1),))

    mended = repair(question, [Placement(0, 0, "helper"), Placement(1, 1, "helper")], [(0, 0)])

    assert mended.placements == (Placement(1, 1, "helper"),)
    assert mended.given_up == (0,)


def test_a_helper_who_may_lead_takes_over():
    senior = session(programme="senior", needs_lead=True, lesson="pay", minimum=1, wished=2)
    people = [volunteer(0, leads=("pay",)), volunteer(1, leads=("pay",)), volunteer(2)]
    question = problem([senior], people)
    plan = [Placement(0, 0, "lead"), Placement(1, 0, "helper"), Placement(2, 0, "helper")]

    mended = repair(question, plan, [(0, 0)])

    assert mended.placements == (Placement(1, 0, "lead"), Placement(2, 0, "helper"))


def test_a_session_under_its_floor_is_given_up_in_whole():
    child = session(programme="child", minimum=2, two_adults=True)
    question = problem([child], [volunteer(0), volunteer(1)])

    mended = repair(question, [Placement(0, 0, "helper"), Placement(1, 0, "helper")], [(0, 0)])

    assert (mended.placements, mended.given_up) == ((), (0,))
    assert mended.removed == (Placement(1, 0, "helper"),)


def test_promises_outside_the_slice_count():
    desks = [session(0, wished=1), session(1, wished=1, starts_at=at(1, 14))]
    people = [volunteer(0), volunteer(1, max_per_week=1), volunteer(2, max_total=1, availability=())]
    question = problem(desks, people)

    mended = repair(question, [Placement(0, 0, "helper"), Placement(1, 1, "helper")], [(0, 0)])

    assert broken(question, mended.placements) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_real_plan_is_mended_without_breaking_a_rule(community, plan, seed):
    gone = [(p.volunteer, p.session) for p in Random(seed).sample(plan, 6)]

    mended = repair(community, plan, gone)

    assert broken(community, mended.placements) == []
    assert not {(p.volunteer, p.session) for p in mended.placements} & set(gone)
    before, after = costs(community, plan), costs(community, mended.placements)
    lost = sum(community.session[number].priority for number in mended.given_up)
    assert after["unheld"] == before["unheld"] + lost
    assert len(mended.given_up) <= 1
    assert len(mended.added) <= 2 * len(gone)
