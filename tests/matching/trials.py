"""One trial of the engine against brute force: a tiny problem, a form of the question, and the verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.matching.brute_force import TIERS, Plans, Tiers, all_plans, steps
from tests.matching.reading_of_rules import CODES, agreed, faults, prices
from tests.matching.tiny import tiny_problem
from volunteers.matching.answer import Answer
from volunteers.matching.check import check
from volunteers.matching.problem import Problem
from volunteers.matching.solve import IN_ORDER, TWO_STEPS, solve

FORMS = ("sum", "order", "steps", "mixed", "tolerance")
RULES_EACH = 3
"""So many rules are left out to see whether they matter, other ones for each seed."""


@dataclass(frozen=True)
class Trial:
    """What came of one seed: `wrong` says what differs, empty where the engine is right."""

    seed: int
    form: str
    wrong: str
    plans: int
    tried: tuple[str, ...] = ()
    """The rules that were left out, one at a time, and the tiers."""
    bites: tuple[str, ...] = ()
    """Those of them without which the optimum would be another."""


def trial(seed: int, form: str, *, bites: bool = True) -> Trial:
    """Solve one tiny problem in one form and compare with every plan there is."""
    problem = tiny_problem(seed)
    plans = all_plans(problem)
    tiers, tolerances = question(seed, form)
    answer = solve(problem, seconds=60, seed=seed, tiers=tiers, tolerances=tolerances)
    wrong = misjudged(problem, answer) or not_best(plans, answer, tiers, tolerances)
    if not bites:
        return Trial(seed, form, wrong, len(plans.costs))
    rules = [CODES[(RULES_EACH * seed + place) % len(CODES)] for place in range(RULES_EACH)]
    without = [code for code in rules if all_plans(problem, without=code).least() < plans.least()]
    return Trial(seed, form, wrong, len(plans.costs), (*rules, *TIERS), (*without, *deciding(plans)))


def question(seed: int, form: str) -> tuple[Tiers | None, dict[str, int]]:
    """The tiers and tolerances of a form; what is free in it is chosen by the seed."""
    chance = Random(f"question {seed}")
    if form == "sum":
        return None, {}
    if form == "steps":
        return TWO_STEPS, {}
    if form == "order":
        return IN_ORDER, {}
    order = chance.sample(TIERS, chance.randint(3, len(TIERS)))
    if form == "mixed":
        cut = chance.randint(1, len(order) - 2)
        return (*order[:cut], tuple(order[cut : cut + 2]), *order[cut + 2 :]), {}
    chosen = chance.sample(order[:-1], chance.randint(1, 2))
    return tuple(order), {tier: chance.randint(1, 6) for tier in chosen}


def misjudged(problem: Problem, answer: Answer) -> str:
    """What is wrong about the plan itself or about what the answer says of it; empty if nothing."""
    placements = list(answer.placements)
    broken, cost = faults(problem, placements), prices(problem, placements)
    stated = {tier.tier: tier.value for tier in answer.tiers}
    total = sum(problem.weight[tier] * cost[tier] for tier in TIERS)
    if broken:
        return f"breaks {', '.join(sorted(broken))}"
    if stated != cost or answer.value != total:
        return f"states {stated} and {answer.value}, but costs {cost} and {total}"
    if not answer.proven:
        return "is not proven"
    if faulty := check(problem, answer):
        return f"is refused by check: {faulty[0].text}"
    kept = {(c.lock.volunteer, c.lock.session, c.lock.role) for c in answer.conflicts if c.rule != "staffed"}
    if kept & {*agreed(problem)}:
        return "reports a lock that can stand"
    return ""


def not_best(plans: Plans, answer: Answer, tiers: Tiers | None, tolerances: dict[str, int]) -> str:
    """How the answer differs from the best of all plans; empty if it does not."""
    problem, cost = plans.problem, {tier.tier: tier.value for tier in answer.tiers}
    reached = tuple(sum(w * cost[tier] for tier, w in step.items()) for step in steps(problem, tiers))
    if tiers is None:
        best = {(each.least(),) for each in plans.with_locked_held()}
        bounds = (answer.bound,)
    else:
        best = {each.in_order(tiers, tolerances) for each in plans.with_locked_held()}
        bounds = reached
    if reached not in best:
        return f"costs {reached}, the best is {sorted(best)}"
    return "" if bounds == reached else f"has the bound {answer.bound}, the value is {reached}"


def deciding(plans: Plans) -> Iterator[str]:
    """The tiers that decide the optimum: every plan best in the others alone costs more."""
    weight = plans.problem.weight
    cost = plans.cost(weight)
    for tier in TIERS:
        others = plans.cost(weight | {tier: 0})
        if cost[others == others.min()].min() > cost.min():
            yield tier
