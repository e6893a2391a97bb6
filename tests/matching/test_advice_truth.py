"""Advice against every plan there is: who may join, what a pair costs, and what one tier costs in the next."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np

from tests.matching.brute_force import TIERS, all_plans
from tests.matching.reading_of_rules import CODES, agreed, faults, places, prices
from tests.matching.tiny import tiny_problem
from volunteers.matching import explain
from volunteers.matching.problem import Lock, Placement
from volunteers.matching.rank import rank
from volunteers.matching.slices import cut
from volunteers.matching.solve import IN_ORDER, solve
from volunteers.matching.tradeoff import tradeoff
from volunteers.matching.why_not import why_not


def solved(seeds, **changes):
    """Tiny problems with their best plan in order."""
    for seed in seeds:
        problem = replace(tiny_problem(seed), **changes)
        yield seed, problem, list(solve(problem, seconds=60, tiers=IN_ORDER).placements)


def test_rank_names_exactly_those_who_could_join_and_for_the_others_the_first_rule_they_would_break():
    could, could_not = 0, set()
    for seed, problem, plan in solved(range(120), locked=()):
        for meeting in problem.sessions:
            here = {p.volunteer for p in plan if p.session == meeting.id}
            for role in places(meeting) if here else ():
                ranking = rank(problem, plan, meeting.id, role, limit=100)
                joining = {one.volunteer: one.costs for one in ranking.candidates}
                stopped = {pk: group.rule for group in ranking.excluded for pk in group.volunteers}
                for person in {v.id for v in problem.volunteers} - here:
                    then = [*plan, Placement(person, meeting.id, role)]
                    broken = faults(problem, then)

                    assert (person in joining) == (not broken), (seed, person, meeting.id, role)
                    if broken:
                        assert stopped[person] == min(broken, key=CODES.index)
                        could_not |= broken
                    else:
                        before, after = prices(problem, plan), prices(problem, then)
                        assert joining[person] == {tier: after[tier] - before[tier] for tier in TIERS}
                        could += 1
    assert could > 30
    assert could_not == set(CODES) - {"two-adults", "locked"}


def test_the_price_of_a_pair_is_the_best_plan_with_it_less_the_best_plan():
    priced, forbidden, unsafe = 0, 0, 0
    for seed, problem, plan in solved(range(80), locked=(), previous=None):
        pair = problem.volunteers[seed % len(problem.volunteers)].id, problem.sessions[seed % len(problem.sessions)].id
        for role in places(problem.session[pair[1]]):
            if any((p.volunteer, p.session) == pair for p in plan):
                continue
            forced = replace(problem, locked=(Lock(*pair, role),))
            price = why_not(problem, plan, *pair, role, whole=True, seconds=60)
            (with_it,) = list(all_plans(forced).with_locked_held()) if agreed(forced) else [None]

            if with_it is None:
                assert price.rule not in ("", "staffed", "here") or _full(problem, pair, role)
                forbidden += 1
            elif not with_it.held[0, with_it.locked[0]]:
                assert price.rule == "staffed", seed
                unsafe += 1
            else:
                before = prices(problem, plan)
                best = dict(zip(IN_ORDER, with_it.in_order(IN_ORDER), strict=True))
                assert price.proven
                assert price.costs == {tier: best[tier] - before[tier] for tier in TIERS}, seed
                priced += 1
    assert min(priced, forbidden, unsafe) >= 10


def _full(problem, pair, role):
    return places(problem.session[pair[1]])[role][2] == 0


def test_the_points_of_a_curve_are_the_ends_and_no_plan_beats_one():
    curves = 0
    for seed in range(40):
        problem = replace(tiny_problem(seed), locked=())
        plans = all_plans(problem)
        for tier in ("unheld", "short", "waiting", "faces", "balance"):
            plans = plans.only(plans.cost({tier: 1}) == plans.cost({tier: 1}).min())
        upper, lower = plans.cost({"uneven": 1}), plans.cost({"strange": 1})

        points = tradeoff(problem, "uneven", "strange", seconds=60)

        assert points[0].upper == upper.min()
        assert points[-1].lower == lower.min()
        assert points[0].lower == lower[upper == upper.min()].min()
        assert points[-1].upper == upper[lower == lower.min()].min()
        assert all(one.upper < two.upper and one.lower > two.lower for one, two in pairwise(points))
        for point in points:
            assert point.proven
            assert not ((upper <= point.upper) & (lower < point.lower)).any(), (seed, point)
            assert not ((upper < point.upper) & (lower <= point.lower)).any(), (seed, point)
        curves += len(points) > 1
    assert curves >= 3


def test_alternatives_are_the_two_cheapest_exchanges_there_are_at_their_true_price():
    told = 0
    for seed in range(100):
        problem = replace(tiny_problem(seed), locked=())
        answer = solve(problem, seconds=60)
        for why in explain.placements(problem, answer):
            exchanges = _exchanges(problem, list(answer.placements), why.placement)

            for one in why.alternatives:
                assert one.costs == exchanges[one.volunteer], (seed, why.placement)
            cheapest = sorted(_weighed(problem, cost) for cost in exchanges.values())[:2]
            assert [_weighed(problem, one.costs) for one in why.alternatives] == cheapest
            told += len(cheapest)
    assert told > 80


def _exchanges(problem, plan, placement):
    """Everybody who could take somebody's place, and what the plan would cost more."""
    before, found = prices(problem, plan), {}
    rest = [other for other in plan if other != placement]
    here = {p.volunteer for p in plan if p.session == placement.session}
    for person in {volunteer.id for volunteer in problem.volunteers} - here:
        then = [*rest, Placement(person, placement.session, placement.role)]
        if not faults(problem, then):
            after = prices(problem, then)
            found[person] = {tier: after[tier] - before[tier] for tier in TIERS}
    return found


def _weighed(problem, cost):
    return sum(problem.weight[tier] * amount for tier, amount in cost.items())


def test_a_funnel_counts_everybody_once_at_the_first_rule_in_the_way():
    stopped = 0
    for seed in range(150):
        problem = replace(tiny_problem(seed), locked=())
        answer = solve(problem, seconds=60)
        for gap in explain.gaps(problem, answer):
            told = [person for cause in gap.because for person in cause.volunteers]
            assert sorted(told) == sorted(volunteer.id for volunteer in problem.volunteers), seed
            for cause in gap.because if gap.held else ():
                for person in cause.volunteers if cause.rule != "here" else ():
                    broken = faults(problem, [*answer.placements, Placement(person, gap.session, gap.role)])
                    assert cause.rule == min(broken, key=CODES.index, default="spare"), (seed, gap.session)
                    stopped += 1
    assert stopped > 80


def test_a_slice_has_exactly_the_plans_that_leave_the_rest_as_it_is():
    for seed in range(100):
        problem = replace(tiny_problem(seed), locked=())
        plan = solve(problem, seconds=60).placements
        inside = {meeting.id for meeting in problem.sessions if Random(seed + meeting.id).random() < 0.5}
        known = problem.previous and tuple(p for p in problem.previous if p.session in inside)

        part = all_plans(cut(problem, plan, inside, previous=known))

        rest = _with_the_others_as_in(plan, all_plans(problem), inside)
        assert _beyond_the_least(part) == _beyond_the_least(rest), seed


def _with_the_others_as_in(plan, plans, inside):
    problem = plans.problem
    bits = {person.id: 1 << bit for bit, person in enumerate(problem.volunteers)}
    teams = np.array([sum(bits[p.volunteer] for p in plan if p.session == one.id) for one in problem.sessions])
    others = [place for place, meeting in enumerate(problem.sessions) if meeting.id not in inside]
    return plans.only((plans.teams[:, others] == teams[others]).all(axis=1))


def _beyond_the_least(plans):
    """What every plan costs more in each tier than the best in that tier, in no order of plans."""
    return sorted(map(tuple, (plans.costs - plans.costs.min(axis=0)).tolist()))
