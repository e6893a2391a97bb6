"""What an hour of a traveller is worth: prices that let streets be planned apart.

With a toll on each pair of a traveller and a session, and each traveller's own limits and fairness
kept in a problem of their own, no two streets share anything (Lagrangian decomposition): whatever
the tolls are, the least cost of each street plus tolls, and of each traveller's plan minus tolls,
together bound every plan of the city from below. The best tolls come from the relaxation: what the
rows about a traveller's own plan are worth there.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence, Set

import numpy as np

from volunteers.matching.city.shard import Cut, Finding, Shard
from volunteers.matching.exact import Exact
from volunteers.matching.highs import Relaxed, minimise
from volunteers.matching.limits import LIMITS
from volunteers.matching.model import Model, Numbers
from volunteers.matching.newcomers import Waiting
from volunteers.matching.preferences import TIERS, Uneven
from volunteers.matching.problem import Placement, Problem
from volunteers.matching.rules import RULES
from volunteers.matching.solve import build

TOLL = "toll"
OWN = (*(rule.code for rule in LIMITS), Uneven.code, Waiting.code)
"""Who speaks about one person's own plan; everybody else about one session."""
ROUNDING = 1e-4
ROUNDS, WORTHWHILE = 6, 0.0005
"""Rounds of rows known from the rules, as long as each lifts the bound by such a share."""


def look(shard: Shard) -> Finding:
    """The relaxation of some streets together: tolls, how much travellers are there, and a bound.

    The bound is that of the streets with these tolls, without the travellers' own plans. Guests may
    serve beyond these streets: here they are kept out, except from `home`, and their tolls say what
    they would be worth.
    """
    problem, weights = shard.problem, tiers(shard.problem)
    model = build(problem)
    exact = Exact(model, shard.seed)
    relaxation, until = exact.relaxation, time.perf_counter() + shard.seconds
    closed = _without_guests(model, shard)
    relaxed = relaxation.minimise(weights, shard.seconds, closed)
    if relaxed is None:
        return Finding(shard.name)
    for _ in range(ROUNDS):
        before = relaxed.value
        left = until - time.perf_counter()
        better = relaxation.minimise(weights, left, closed) if left > 0 and exact.tighten(relaxed.values) else None
        relaxed = better or relaxed
        if better is None or better.value - before < WORTHWHILE * abs(before):
            break
    own = _own_prices(model, shard.travellers, relaxation.prices())
    guests = _are(model, shard.guests)[model.who]
    worth = own - relaxation.proof(weights).reduced[model.pairs]
    tolls = np.round(np.where(guests, worth, own)).astype(int)
    found: dict[tuple[int, int], tuple[int, float]] = {}
    for j in np.nonzero(_are(model, shard.travellers)[model.who])[0].tolist():
        key = model.volunteers[model.who[j]].id, model.sessions[model.where[j]].id
        toll, share = found.get(key, (int(tolls[j]), 0.0))
        found[key] = max(toll, int(tolls[j])), share + float(relaxed.values[model.pairs[j]])
    prices = {key: toll for key, (toll, _) in found.items()}
    apart = charge(model, shard.travellers, prices)
    bound = relaxation.proof(weights | {TOLL: 1}, without=apart).value
    return Finding(
        shard.name,
        bound=math.ceil(bound - ROUNDING),
        tolls=tuple((*key, toll) for key, toll in prices.items()),
        shares=tuple((*key, round(share, 6)) for key, (_, share) in found.items() if share > ROUNDING),
    )


def own_plans(shard: Shard) -> Finding:
    """The best plan of each traveller for their own sake when every toll is paid to them, and its bound."""
    model = Model(shard.problem)
    for rule in RULES:
        rule.screen(model)
    model.open()
    for limit in LIMITS:
        limit.post(model)
    Uneven().post(model)
    Waiting().post(model)
    _price(model, {(volunteer, session): -toll for volunteer, session, toll in shard.tolls})
    weights = {tier: shard.problem.weight[tier] for tier in (Uneven.code, Waiting.code)}
    outcome = minimise(model, weights | {TOLL: 1}, seconds=shard.seconds, seed=shard.seed)
    plan = () if outcome.values is None else model.placements(outcome.values)
    bound = None if math.isinf(outcome.bound) else math.ceil(outcome.bound - ROUNDING)
    return Finding(shard.name, placements=plan, bound=bound)


def street_bound(shard: Shard) -> Finding:
    """The least cost of one street with tolls: proven, or as far as time allows.

    `shard.plan` is a plan of the street at hand. `reduced` tells of pairs by how much every plan of
    the street with that pair costs more than `floor`, at least.
    """
    problem, weights = shard.problem, tiers(shard.problem)
    prices = {(volunteer, session): toll for volunteer, session, toll in shard.tolls}
    model = build(problem)
    charge(model, shard.travellers, prices)
    exact, first = Exact(model, shard.seed), model.rows
    outcome = exact.minimise(
        weights | {TOLL: 1},
        known=charged_cost(problem, shard.plan, shard.travellers, prices),
        seconds=shard.seconds,
        watch=lambda best, bound: True,
    )
    if exact.root is None or math.isinf(outcome.bound):
        return Finding(shard.name)
    return Finding(
        shard.name,
        bound=math.ceil(outcome.bound - ROUNDING),
        floor=exact.root.value,
        reduced=tuple(_dear(model, exact.root)),
        cuts=tuple(_cuts(model, first, set(shard.travellers))),
    )


def _cuts(model: Model, first: int, travellers: Set[int]) -> Iterator[Cut]:
    """The rows from the first on whose columns all mean the same in the whole city."""
    names = [
        None if name is not None and name[0] == Uneven.code and name[1] in travellers else name
        for name in model.names()
    ]
    starts, columns, values = model.matrix()
    lower, upper = model.row_bounds()
    for row in range(first, model.rows):
        place = slice(int(starts[row]), int(starts[row + 1]))
        terms = [(names[j], sign) for j, sign in zip(columns[place].tolist(), values[place].tolist(), strict=True)]
        known = tuple((name, sign) for name, sign in terms if name is not None)
        if len(known) == len(terms):
            yield _finite(lower[row]), _finite(upper[row]), known


def _finite(number: float) -> float | None:
    return None if math.isinf(number) else float(number)


def _dear(model: Model, root: Relaxed) -> Iterator[tuple[int, int, float]]:
    """Volunteer, session, and how much more a plan with this pair costs, in whatever role, at least."""
    more = np.where(root.values[model.pairs] < ROUNDING, root.reduced[model.pairs], 0.0)
    key, row = np.unique(model.who * model.shape[1] + model.where, return_inverse=True)
    least = np.full(len(key), np.inf)
    np.minimum.at(least, row, more)
    for place in np.nonzero(least > 1)[0].tolist():
        who, where = divmod(int(key[place]), model.shape[1])
        yield model.volunteers[who].id, model.sessions[where].id, round(float(least[place]), 3)


def tiers(problem: Problem) -> dict[str, int]:
    """All tiers with the weights of the file."""
    return {tier: problem.weight[tier] for tier in TIERS}


def charge(model: Model, travellers: Sequence[int], prices: Mapping[tuple[int, int], int]) -> Numbers:
    """Put tolls on pairs and take away the cost of travellers' own loads; returns the rows about those."""
    _price(model, prices)
    rows, units = _own_rows(model, travellers)
    loads, _ = model.objective({Uneven.code: model.problem.weight[Uneven.code]})
    model.price(TOLL, units, -loads[units])
    return rows


def charged_cost(
    problem: Problem, plan: Sequence[Placement], travellers: Sequence[int], prices: Mapping[tuple[int, int], int]
) -> int:
    """What a plan costs with tolls and without travellers' own loads."""
    weight, apart = problem.weight, set(travellers)
    cost = sum(weight[code] * tier.cost(problem, plan) for code, tier in TIERS.items())
    loads = Uneven().cost(problem, [p for p in plan if p.volunteer in apart])
    return cost - weight[Uneven.code] * loads + sum(prices.get((p.volunteer, p.session), 0) for p in plan)


def _price(model: Model, prices: Mapping[tuple[int, int], int]) -> None:
    ids = zip(model.who.tolist(), model.where.tolist(), strict=True)
    costs = [prices.get((model.volunteers[who].id, model.sessions[where].id), 0) for who, where in ids]
    model.price(TOLL, model.pairs, np.array(costs, dtype=int))


def _are(model: Model, people: Sequence[int]) -> Numbers:
    """Which of the model's volunteers are among these, by number."""
    found = np.zeros(len(model.volunteers), dtype=bool)
    found[[model.row_of[number] for number in people if number in model.row_of]] = True
    return found


def _own_prices(model: Model, travellers: Sequence[int], prices: Numbers) -> Numbers:
    """What the rows about each traveller's own plan charge for each pair."""
    rows, columns, values = _own_entries(model, travellers)
    return -np.bincount(columns, weights=values * prices[rows], minlength=len(model.pairs))


def _own_entries(model: Model, travellers: Sequence[int]) -> tuple[Numbers, Numbers, Numbers]:
    """Row, pair and coefficient wherever a row about a traveller's own plan names a pair."""
    starts, columns, values = model.matrix()
    rows = np.repeat(np.arange(model.rows), np.diff(starts))
    used = np.nonzero(model.said_by(OWN)[rows] & (columns < len(model.pairs)))[0]
    used = used[_are(model, travellers)[model.who[columns[used]]]]
    return rows[used], columns[used], values[used]


def _own_rows(model: Model, travellers: Sequence[int]) -> tuple[Numbers, Numbers]:
    """The rows about travellers' own plans, and the other columns in them: units of their loads."""
    rows = np.unique(_own_entries(model, travellers)[0])
    starts, columns, _ = model.matrix()
    inside = np.isin(np.repeat(np.arange(model.rows), np.diff(starts)), rows)
    return rows, np.unique(columns[inside & (columns >= len(model.pairs))])


def _without_guests(model: Model, shard: Shard) -> tuple[Numbers, Numbers]:
    """Column bounds that keep guests out of everything but `home`, where they stay as everybody else."""
    lower, upper, _ = model.column_bounds()
    own = set(shard.home)
    closed = _are(model, [number for number in shard.guests if number not in own])[model.who]
    upper[model.pairs[closed]] = 0
    return lower, upper
