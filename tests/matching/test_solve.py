"""The solve: as good as was ever proven, tiers in order, locks kept, and never empty-handed."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.matching.second_opinion import best_value
from tests.matching.small import at, problem, rich_problem, session, volunteer
from volunteers.matching.check import check
from volunteers.matching.generate import generate
from volunteers.matching.preferences import costs, value
from volunteers.matching.problem import Busy, Lock, Placement, load
from volunteers.matching.rules import conflicts
from volunteers.matching.solve import IN_ORDER, TWO_STEPS, solve

COMMUNITY = Path(__file__).parent / "fixtures" / "community-1.json"
PROVEN_BEST = 11_442


@pytest.fixture(scope="module")
def community():
    return load(COMMUNITY)


def test_community_is_no_worse_than_the_proven_best(community):
    answer = solve(community, seconds=60)

    assert check(community, answer) == []
    assert answer.value <= PROVEN_BEST
    assert (answer.proven, answer.bound) == (True, answer.value)


def test_two_steps_fill_first_and_weigh_the_comfort_after(community):
    answer = solve(community, seconds=60, tiers=TWO_STEPS)

    assert check(community, answer) == []
    assert answer.proven
    tiers = {tier.tier: (tier.value, tier.bound) for tier in answer.tiers}
    assert (tiers["unheld"], tiers["short"]) == ((6, 6), (27, 27))
    assert answer.value == PROVEN_BEST


def test_strict_order_never_pays_an_earlier_tier_for_a_later_one(community):
    in_order = solve(community, seconds=60, tiers=IN_ORDER)
    other_way = solve(community, seconds=60, tiers=("unheld", "short", "strange", "uneven", "wishes", "change"))

    assert in_order.proven and other_way.proven
    fair, familiar = costs(community, in_order.placements), costs(community, other_way.placements)
    assert (fair["unheld"], fair["short"]) == (familiar["unheld"], familiar["short"])
    assert fair["uneven"] < familiar["uneven"]
    assert familiar["strange"] < fair["strange"]
    assert all(tier.value == tier.bound for tier in in_order.tiers)


@pytest.mark.parametrize("seed", range(8))
def test_second_opinion_on_crowded_little_problems(seed):
    question = replace(rich_problem(seed), locked=())

    answer = solve(question, seconds=20)

    assert answer.proven
    assert answer.value == best_value(question)


@pytest.mark.parametrize("seed", range(3))
def test_second_opinion_on_a_community_for_a_week(seed):
    question = generate(seed=seed, weeks=1, volunteers=40)

    answer = solve(question, seconds=20)

    assert answer.proven
    assert answer.value == best_value(question)


def test_strict_order_is_the_best_of_all_plans_in_that_order():
    for seed in range(8):
        question = replace(rich_problem(seed), locked=())
        answer = solve(question, seconds=20, tiers=IN_ORDER)

        weights = {"unheld": 10**10, "short": 10**8, "waiting": 10**7, "faces": 10**5, "balance": 10**4, "uneven": 100}
        weights |= {"strange": 1, "wishes": 0, "change": 0}
        heavy = replace(question, weights=tuple(weights.items()))
        assert value(heavy, answer.placements) == best_value(heavy)


def test_same_seed_same_answer(community):
    first, second = (solve(community, seconds=60, seed=3) for _ in range(2))

    assert first.placements == second.placements


def test_no_time_still_gives_a_plan_that_holds_sessions(community):
    answer = solve(community, seconds=0)

    assert check(community, answer) == []
    assert len({placement.session for placement in answer.placements}) >= 40
    assert answer.bound is None or answer.bound <= answer.value


def test_cancelling_keeps_the_best_so_far(community):
    told = []

    def stop_at_once(stage, share, best, bound):
        told.append(stage)
        return False

    answer = solve(community, on_progress=stop_at_once)

    assert told == ["greedy"]
    assert answer.cancelled and not answer.proven
    assert answer.placements
    assert check(community, answer) == []


def test_progress_tells_every_step_and_ends_at_one(community):
    told = []

    solve(community, seconds=60, tiers=TWO_STEPS, on_progress=lambda *news: told.append(news))

    finished = [(stage, share) for stage, share, best, bound in told if best is not None and best == bound]
    assert ("unheld", 1 / 4) in finished
    assert told[-1][:2] == ("faces+balance+uneven+strange+wishes+change", 1.0)


def test_unknown_tier_is_refused(community):
    with pytest.raises(ValueError, match="expected each of unheld"):
        solve(community, tiers=("unheld", "beauty"))


def test_a_tier_named_twice_is_refused(community):
    with pytest.raises(ValueError, match="'short'"):
        solve(community, tiers=("unheld", "short", ("short", "wishes")))


class TestSafety:
    def test_one_adult_alone_with_children_is_impossible(self):
        alone = session(programme="child", minimum=1, wished=2, maximum=3, two_adults=True)

        answer = solve(problem([alone], [volunteer()]))

        assert answer.placements == ()

    def test_clearance_counts_on_the_session_date(self):
        meetings = [
            session(n, programme="child", minimum=2, two_adults=True, starts_at=at(7 * n, 16)) for n in range(2)
        ]
        people = [volunteer(n, child_clearance_until=at(3, 0).date()) for n in range(2)]

        answer = solve(problem(meetings, people))

        assert {placement.session for placement in answer.placements} == {0}

    def test_a_minor_helps_seniors_but_neither_leads_nor_meets_children(self):
        senior = session(0, programme="senior", needs_lead=True, lesson="pay")
        child = session(1, programme="child", minimum=2, two_adults=True, starts_at=at(1, 16))
        minor = volunteer(0, adult_from=at(300, 0).date(), leads=("pay",))
        adult = volunteer(1, leads=("pay",))

        answer = solve(problem([senior, child], [minor, adult]))

        assert set(answer.placements) == {Placement(0, 0, "helper"), Placement(1, 0, "lead")}

    def test_without_a_lead_nobody_is_sent(self):
        senior = session(programme="senior", needs_lead=True, lesson="pay")

        answer = solve(problem([senior], [volunteer(n) for n in range(5)]))

        assert answer.placements == ()


class TestLocks:
    def test_an_agreed_person_stays(self):
        desk = session(wished=1, maximum=1)
        stranger, friend = volunteer(0), volunteer(1)
        question = problem([desk], [stranger, friend], history=((1, 0),))

        assert solve(question).placements == (Placement(1, 0, "helper"),)
        locked = replace(question, locked=(Lock(0, 0, "helper"),))
        assert solve(locked).placements == (Placement(0, 0, "helper"),)

    def test_an_agreed_session_is_held_before_a_more_important_one(self):
        desk = session(0, priority=1, minimum=1, wished=1)
        other = session(1, priority=8, minimum=2, wished=2)
        people = [volunteer(0), volunteer(1)]

        question = problem([desk, other], people, locked=(Lock(0, 0),))

        assert Placement(0, 0, "helper") in solve(question).placements

    def test_a_lock_against_a_gate_is_reported_and_left_out(self):
        child = session(programme="child", minimum=2, two_adults=True)
        people = [volunteer(0, child_clearance_until=None), volunteer(1), volunteer(2)]
        question = problem([child], people, locked=(Lock(0, 0, "helper"), Lock(1, 0, "helper")))

        answer = solve(question)

        assert [(c.lock.volunteer, c.rule) for c in answer.conflicts] == [(0, "clearance")]
        assert {placement.volunteer for placement in answer.placements} == {1, 2}
        assert check(question, answer) == []

    def test_of_two_locks_that_clash_the_later_is_reported(self):
        meetings = [session(0), session(1)]
        question = problem(meetings, [volunteer()], locked=(Lock(0, 0), Lock(0, 1)))

        assert [(c.lock.session, c.rule) for c in conflicts(question)] == [(1, "one-place")]

    def test_a_locked_session_that_cannot_be_staffed_is_given_up_and_reported(self):
        big = session(minimum=3, wished=3)
        question = problem([big], [volunteer()], locked=(Lock(0, 0),))

        answer = solve(question)

        assert answer.placements == ()
        assert [(c.lock.volunteer, c.rule) for c in answer.conflicts] == [(0, "staffed")]
        assert check(question, answer) == []

    def test_a_barred_pair_is_never_placed(self):
        question = problem([session(wished=1)], [volunteer()], barred=((0, 0),))

        assert solve(question).placements == ()


def test_promises_elsewhere_take_time_and_allowance():
    desks = [session(0), session(1, starts_at=at(2, 14))]
    person = volunteer(max_per_week=2, busy=(Busy(0, at(0, 15), at(0, 16)),))

    answer = solve(problem(desks, [person]))

    assert answer.placements == (Placement(0, 1, "helper"),)
    assert solve(problem(desks, [replace(person, max_per_week=1)])).placements == ()


def test_a_month_has_its_own_limit():
    desks = [session(n, starts_at=at(7 * n, 14)) for n in range(4)]
    answer = solve(problem(desks, [volunteer(max_per_month=2)]))

    september = [p for p in answer.placements if desks[p.session].starts_at.month == 9]
    assert len(september) == 2


def test_the_known_plan_stays_where_nothing_is_gained_by_change():
    desk = session(wished=1, maximum=1)
    people = [volunteer(0), volunteer(1)]
    known = problem([desk], people, previous=(Placement(1, 0, "helper"),))

    assert solve(known).placements == (Placement(1, 0, "helper"),)
    assert costs(known, solve(known).placements)["change"] == 0
    assert costs(known, ())["change"] == 1


def test_nothing_to_plan_is_no_problem():
    assert solve(problem([], [])).proven
    assert solve(problem([session()], [])).placements == ()
    assert solve(problem([], [volunteer()])).placements == ()


@pytest.mark.parametrize(
    ("sessions", "people", "places"),
    [([], [], ()), ([], [volunteer()], None), ([session()], [], None)],
    ids=["nothing at all", "no session", "nobody"],
)
def test_a_question_without_content_has_an_empty_plan(sessions, people, places):
    question = problem(sessions, people)
    if places is not None:
        question = replace(question, communities=places)

    answer = solve(question, seconds=5, tiers=IN_ORDER)

    assert answer.placements == ()
    assert check(question, answer) == []
