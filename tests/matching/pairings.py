"""Tiny seatings, and a second reading of their rules and wishes: every seating is tried, no solver and no rule class."""

from collections import Counter
from datetime import date, timedelta
from itertools import product
from random import Random

from volunteers.matching.pairing.problem import Helper, Learner, Pair, Problem

DAY = date(2026, 9, 12)
MAKES = ("华为", "小米", None)
WISHES = ("needs", "gender", "dialect", "phone", "newcomer", "face", "uneven")
RULES = ("adult", "clearance", "two-adults", "apart", "capacity", "once", "locked")


def learner(number=0, **changes):
    """A senior with a Huawei phone and no wishes."""
    return Learner(**({"id": number, "phone": "华为"} | changes))


def helper(number=0, **changes):
    """An experienced adult who knows Huawei phones, cleared for a year."""
    given = {"id": number, "phones": ("华为",), "cleared_until": DAY + timedelta(days=365)}
    return Helper(**(given | changes))


def problem(learners, helpers, **changes):
    """A senior class in which each helper takes two."""
    given = {"programme": "senior", "on": DAY, "ratio": 2, "learners": tuple(learners), "helpers": tuple(helpers)}
    return Problem(**(given | changes))


def tiny(seed):
    """Up to four learners and three helpers, with every rule and every wish in it now and then."""
    chance, kept = Random(seed), Random(seed + 10_000)
    some = lambda *values: chance.choice(values)  # noqa: E731
    comers = [
        learner(
            10 + n,
            phone=some(*MAKES),
            dialect=some(True, False),
            needs=some((), (), ("听力弱",), ("听力弱", "视力弱")),
            gender_wish=some(None, None, "female", "male"),
            familiar=some(True, False, False),
            keeps=kept.choice((True, False, False)),
            priority=some(1, 1, 2, 3),
        )
        for n in range(chance.randint(0, 4))
    ]
    people = [
        helper(
            20 + n,
            capacity=some(None, None, 0, 1, 5),
            phones=some((), ("华为",), ("华为", "小米")),
            dialect=some(True, False),
            helps_with=some((), ("听力弱",), ("视力弱", "听力弱")),
            gender=some(None, "female", "male"),
            newcomer=chance.random() < 0.6,
            minor=chance.random() < 0.2,
            cleared_until=some(None, DAY - timedelta(days=1), DAY, DAY + timedelta(days=9), DAY + timedelta(days=90)),
        )
        for n in range(chance.randint(0, 3))
    ]
    every = [Pair(one.id, other.id) for one in comers for other in people]
    few = lambda share: tuple(pair for pair in every if chance.random() < share)  # noqa: E731
    weights = tuple((wish, some(0, 1, 2, 5, 9)) for wish in WISHES)
    return problem(
        comers,
        people,
        programme=some("senior", "senior", "child", "desk"),
        ratio=some(1, 2, 2, 3),
        last=few(0.3),
        apart=few(0.15),
        locked=few(0.1),
        weights=weights,
    )


def faults(question, pairs):
    """The codes of the rules that a seating breaks, read from the words of the documentation."""
    found = set()
    for pair in pairs:
        found |= forbidden(question, pair)
    if any(count > 1 for count in Counter(pair.learner for pair in pairs).values()):
        found.add("once")
    for one in question.helpers:
        load = sum(pair.helper == one.id for pair in pairs)
        if load > question.ratio or (one.capacity is not None and load > one.capacity):
            found.add("capacity")
    if not set(settled(question)) <= set(pairs):
        found.add("locked")
    return found


def forbidden(question, pair):
    """The rules against these two, whoever sits elsewhere."""
    one = question.helper[pair.helper]
    found = {"apart"} if pair in question.apart else set()
    if question.programme == "child":
        valid = [h for h in question.helpers if h.cleared_until and h.cleared_until >= DAY]
        if one.minor:
            found.add("adult")
        if one not in valid:
            found.add("clearance")
        if sum(not h.minor for h in valid) < 2:
            found.add("two-adults")
    return found


def settled(question):
    """The settled pairs that can be kept, the earlier one first."""
    kept = []
    for pair in question.locked:
        alone = not forbidden(question, pair) and pair.learner not in {other.learner for other in kept}
        one = question.helper[pair.helper]
        room = question.ratio if one.capacity is None else min(one.capacity, question.ratio)
        if alone and pair not in kept and sum(other.helper == pair.helper for other in kept) < room:
            kept.append(pair)
    return kept


def prices(question, pairs):
    """What a seating costs in each wish, and by whom it leaves alone."""
    seats = [(question.learner[p.learner], question.helper[p.helper], p in question.last) for p in pairs]
    there = {one.id for one, _, _ in seats}
    busy_new = {other.id for _, other, _ in seats if other.newcomer}
    old = [other for other in question.helpers if not other.newcomer]
    return {
        "unseated": sum(one.priority for one in question.learners if one.id not in there),
        "needs": sum(need not in other.helps_with for one, other, _ in seats for need in one.needs),
        "gender": sum(one.gender_wish not in (None, other.gender) for one, other, _ in seats),
        "dialect": sum(one.dialect and not other.dialect for one, other, _ in seats),
        "phone": sum(one.phone not in (None, *other.phones) for one, other, _ in seats),
        "newcomer": max(0, len(busy_new) - 2 * len(old)),
        "face": sum(not again if one.familiar or one.keeps else again for one, _, again in seats),
        "uneven": sum(load**2 for load in Counter(other.id for _, other, _ in seats).values()),
    }


def everything(question):
    """Every seating in which each learner has one helper or none."""
    choices = [(None, *(other.id for other in question.helpers)) for _ in question.learners]
    for chosen in product(*choices):
        yield tuple(
            Pair(one.id, number) for one, number in zip(question.learners, chosen, strict=True) if number is not None
        )


def best(question):
    """The least (unseated, comfort) of all sound seatings."""
    weight = dict(question.weights)
    found = []
    for pairs in everything(question):
        if not faults(question, pairs):
            costs = prices(question, pairs)
            found.append((costs.pop("unseated"), sum(weight[wish] * cost for wish, cost in costs.items())))
    return min(found)
