"""Advice against every plan there is: who may join, what a pair costs, and what one tier costs in the next."""

from dataclasses import replace
from itertools import pairwise

from tests.matching.brute_force import TIERS, all_plans
from tests.matching.reading_of_rules import CODES, agreed, faults, places, prices
from tests.matching.tiny import tiny_problem
from volunteers.matching.problem import Lock, Placement
from volunteers.matching.rank import rank
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
