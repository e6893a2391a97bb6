"""The hard rules of a seating, one class each, and the one ordered list of them.

A rule is said three times and tested to agree: in words, as meaning (`broken`) and to the
solver (`screen`, `post`). The order is the order of explanations.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from volunteers.matching.pairing.model import Model
from volunteers.matching.pairing.problem import Helper, Learner, Pair, Problem

CHILD = "child"
TWO = 2


@dataclass(frozen=True, slots=True)
class Broken:
    """One place where a seating breaks a rule."""

    rule: str
    text: str
    learner: int | None = None
    helper: int | None = None


class Rule(ABC):
    """What must hold. `label` is the short reason shown where the rule keeps two people apart."""

    code: ClassVar[str]
    label: ClassVar[str]
    sentence: ClassVar[str]

    @abstractmethod
    def broken(self, problem: Problem, pairs: Sequence[Pair]) -> list[Broken]:
        """Every place where the seating breaks this rule: the meaning."""

    def screen(self, model: Model) -> None:  # noqa: B027  (some rules delete no pairs)
        """Delete the pairs that this rule alone forbids."""

    def post(self, model: Model) -> None:  # noqa: B027  (gates have no rows)
        """Add this rule's rows to the model."""

    def stops(self, problem: Problem, pairs: Sequence[Pair], learner: Learner, helper: Helper) -> bool:
        """Whether this rule keeps the two from sitting together as things stand."""
        return False

    def report(self, learner: int | None = None, helper: int | None = None) -> Broken:
        """A broken rule in words."""
        who = [f"learner {learner}" if learner is not None else "", f"helper {helper}" if helper is not None else ""]
        return Broken(self.code, f"{', '.join(filter(None, who))}: {self.sentence}", learner, helper)


class Gate(Rule):
    """A rule about one pair: `admits` is its meaning."""

    @abstractmethod
    def admits(self, problem: Problem, learner: Learner, helper: Helper) -> bool:
        """Whether the two may sit together."""

    def broken(self, problem: Problem, pairs: Sequence[Pair]) -> list[Broken]:
        return [
            self.report(pair.learner, pair.helper)
            for pair in pairs
            if not self.admits(problem, problem.learner[pair.learner], problem.helper[pair.helper])
        ]

    def screen(self, model: Model) -> None:
        people = model.problem
        found = [[self.admits(people, one, other) for other in people.helpers] for one in people.learners]
        model.allowed &= np.array(found, dtype=bool).reshape(model.shape)

    def stops(self, problem: Problem, pairs: Sequence[Pair], learner: Learner, helper: Helper) -> bool:
        return not self.admits(problem, learner, helper)


class OfAge(Gate):
    """A minor is never answerable for a child."""

    code = "adult"
    label = "未成年"
    sentence = "未成年人不单独带孩子。"

    def admits(self, problem: Problem, learner: Learner, helper: Helper) -> bool:
        return problem.programme != CHILD or not helper.minor


class Cleared(Gate):
    """A child sits only with somebody whose clearance is valid on the day."""

    code = "clearance"
    label = "背景查询不在有效期"
    sentence = "孩子只交给当天背景查询有效的人。"

    def admits(self, problem: Problem, learner: Learner, helper: Helper) -> bool:
        if problem.programme != CHILD:
            return True
        return helper.cleared_until is not None and helper.cleared_until >= problem.on


class TwoAdults(Gate):
    """Without two cleared adults in the room nobody is given a child."""

    code = "two-adults"
    label = "在场的合格成年人不到两位"
    sentence = "孩子的场次要有两位背景查询有效的成年人在场。"

    def admits(self, problem: Problem, learner: Learner, helper: Helper) -> bool:
        if problem.programme != CHILD:
            return True
        fit = [one for one in problem.helpers if not OfAge().stops(problem, (), learner, one)]
        return sum(Cleared().admits(problem, learner, one) for one in fit) >= TWO


class KeptApart(Gate):
    """Two people who must not sit together do not."""

    code = "apart"
    label = "不能坐在一起"
    sentence = "说过不能坐在一起的两个人不坐在一起。"

    def admits(self, problem: Problem, learner: Learner, helper: Helper) -> bool:
        return Pair(learner.id, helper.id) not in problem.refused


class OneHelper(Rule):
    """A learner sits with one helper."""

    code = "once"
    label = "已经有人带"
    sentence = "每位学员只由一个人带。"

    def broken(self, problem: Problem, pairs: Sequence[Pair]) -> list[Broken]:
        times = Counter(pair.learner for pair in pairs)
        return [self.report(learner) for learner, count in times.items() if count > 1]

    def post(self, model: Model) -> None:
        model.count(model.who, model.shape[0], np.ones(model.shape[0]))

    def stops(self, problem: Problem, pairs: Sequence[Pair], learner: Learner, helper: Helper) -> bool:
        return any(pair.learner == learner.id for pair in pairs)


class WithinRatio(Rule):
    """A helper takes no more learners than the lesson's ratio, or than they can."""

    code = "capacity"
    label = "已经带满"
    sentence = "每个人带的学员不超过这一课的比例，也不超过本人能带的人数。"

    def broken(self, problem: Problem, pairs: Sequence[Pair]) -> list[Broken]:
        loads = Counter(pair.helper for pair in pairs)
        return [self.report(None, h) for h, load in loads.items() if load > problem.capacity(problem.helper[h])]

    def post(self, model: Model) -> None:
        limits = [model.problem.capacity(helper) for helper in model.problem.helpers]
        model.count(model.whom, model.shape[1], np.array(limits, dtype=float))

    def stops(self, problem: Problem, pairs: Sequence[Pair], learner: Learner, helper: Helper) -> bool:
        return sum(pair.helper == helper.id for pair in pairs) >= problem.capacity(helper)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A settled pair that cannot stand, and the rule in its way."""

    pair: Pair
    rule: str
    text: str


class LocksHold(Rule):
    """A settled pair stays, unless it breaks a rule by itself or with an earlier one."""

    code = "locked"
    label = "已经定给别人"
    sentence = "手工定下的结对不动。"

    def broken(self, problem: Problem, pairs: Sequence[Pair]) -> list[Broken]:
        return [self.report(p.learner, p.helper) for p in sort_locks(problem)[0] if p not in set(pairs)]

    def post(self, model: Model) -> None:
        columns = [model.column_of.get(pair) for pair in sort_locks(model.problem)[0]]
        found = np.array([column for column in columns if column is not None], dtype=int)
        model.add_rows(len(found), [(np.arange(len(found)), model.pairs[found], np.ones(len(found)))], lower=1)


GATES: tuple[Gate, ...] = (OfAge(), Cleared(), TwoAdults(), KeptApart())
IN_THE_WAY: tuple[Rule, ...] = (*GATES, WithinRatio(), OneHelper())
"""What can keep two people apart, first to last."""
RULES: tuple[Rule, ...] = (*IN_THE_WAY, LocksHold())


def broken(problem: Problem, pairs: Sequence[Pair]) -> list[Broken]:
    """Every broken rule of a seating, in the order of the rules."""
    return [found for rule in RULES for found in rule.broken(problem, pairs)]


def obstacle(problem: Problem, pairs: Sequence[Pair], learner: Learner, helper: Helper) -> Rule | None:
    """The first rule that keeps the two from sitting together as things stand."""
    return next((rule for rule in IN_THE_WAY if rule.stops(problem, pairs, learner, helper)), None)


def sort_locks(problem: Problem) -> tuple[tuple[Pair, ...], tuple[Conflict, ...]]:
    """The settled pairs that can stand together, taken in the file's order; the others."""
    kept: list[Pair] = []
    found: list[Conflict] = []
    for pair in dict.fromkeys(problem.locked):
        rule = obstacle(problem, kept, problem.learner[pair.learner], problem.helper[pair.helper])
        if rule:
            found.append(Conflict(pair, rule.code, rule.sentence))
        else:
            kept.append(pair)
    return tuple(kept), tuple(found)
