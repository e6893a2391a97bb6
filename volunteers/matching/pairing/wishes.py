"""What makes a seating pleasant: one class a wish, each with a cost in whole numbers.

`cost` is the meaning, `post` says the same to the solver. First as many learners as can be have a
helper (`Unseated`, a step of its own); then the wishes are added up with the weights of the file.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from volunteers.matching.pairing.model import Model
from volunteers.matching.pairing.problem import UNSEATED, Helper, Learner, Pair, Problem

NEIGHBOURS = 2
"""Newcomers whom one experienced helper has beside them: one on either side."""


class Wish(ABC):
    """One wish. `label` names it on screen, `sentence` says what it asks for."""

    code: ClassVar[str]
    label: ClassVar[str]
    sentence: ClassVar[str]

    @abstractmethod
    def cost(self, problem: Problem, pairs: Sequence[Pair]) -> int:
        """What the seating costs: the meaning."""

    @abstractmethod
    def post(self, model: Model) -> None:
        """Add columns, rows and prices to the model."""


class PairWish(Wish):
    """A wish about two people, whoever sits elsewhere."""

    @abstractmethod
    def of(self, problem: Problem, learner: Learner, helper: Helper) -> int:
        """What these two cost."""

    def cost(self, problem: Problem, pairs: Sequence[Pair]) -> int:
        return sum(self.of(problem, problem.learner[p.learner], problem.helper[p.helper]) for p in pairs)

    def post(self, model: Model) -> None:
        problem = model.problem
        costs = [self.of(problem, problem.learner[p.learner], problem.helper[p.helper]) for p in model.pair_of]
        model.price(self.code, model.pairs, np.array(costs, dtype=float))


class Unseated(Wish):
    """As many learners as can be have a helper, those with priority first."""

    code = UNSEATED
    label = "有人带"
    sentence = "尽量每位学员都有人带。"

    def cost(self, problem: Problem, pairs: Sequence[Pair]) -> int:
        seated = {pair.learner for pair in pairs}
        return sum(learner.priority for learner in problem.learners if learner.id not in seated)

    def post(self, model: Model) -> None:
        priority = np.array([learner.priority for learner in model.problem.learners], dtype=int)
        model.price(self.code, model.pairs, -priority[model.who])
        model.add_constant(self.code, int(priority.sum()))


class Needs(PairWish):
    """Who hears or sees badly sits with somebody used to it: one for each need not met."""

    code = "needs"
    label = "需要"
    sentence = "听力弱、视力弱的学员，交给有经验照顾的人。"

    def of(self, problem: Problem, learner: Learner, helper: Helper) -> int:
        return len(set(learner.needs) - set(helper.helps_with))


class Gender(PairWish):
    """Who wishes for a woman or a man gets one."""

    code = "gender"
    label = "男女"
    sentence = "学员想要女的或男的来带，尽量照办。"

    def of(self, problem: Problem, learner: Learner, helper: Helper) -> int:
        return int(learner.gender_wish is not None and learner.gender_wish != helper.gender)


class Dialect(PairWish):
    """Who follows the dialect better sits with somebody who speaks it."""

    code = "dialect"
    label = "本地话"
    sentence = "听惯本地话的学员，交给会说的人。"

    def of(self, problem: Problem, learner: Learner, helper: Helper) -> int:
        return int(learner.dialect and not helper.dialect)


class SamePhone(PairWish):
    """The helper knows the make of the learner's phone."""

    code = "phone"
    label = "手机"
    sentence = "尽量由熟悉同一牌子手机的人来教。"

    def of(self, problem: Problem, learner: Learner, helper: Helper) -> int:
        return int(learner.phone is not None and learner.phone not in helper.phones)


class Face(PairWish):
    """Not last time's pair again, unless the learner wishes for a familiar face or a new term begins."""

    code = "face"
    label = "换人"
    sentence = "想要熟面孔的还是上次的人，新学期先跟上学期的人，其他人每次换一个。"

    def of(self, problem: Problem, learner: Learner, helper: Helper) -> int:
        return int((Pair(learner.id, helper.id) in problem.met) != learner.stays)


class Accompanied(Wish):
    """A newcomer with learners has somebody experienced at the next table.

    Tables stand in a row, so everybody experienced in the room is a neighbour for two newcomers.
    """

    code = "newcomer"
    label = "新手"
    sentence = "新志愿者带人时，邻桌有一位有经验的人。"

    def cost(self, problem: Problem, pairs: Sequence[Pair]) -> int:
        busy = {pair.helper for pair in pairs if problem.helper[pair.helper].newcomer}
        return max(0, len(busy) - NEIGHBOURS * problem.experienced)

    def post(self, model: Model) -> None:
        new = np.array([number for number, one in enumerate(model.problem.helpers) if one.newcomer], dtype=int)
        enough = NEIGHBOURS * model.problem.experienced
        if len(new) <= enough:
            return
        busy = model.add_columns(np.ones(len(new)), whole=True)
        alone = model.add_columns(np.array([len(new) - enough], dtype=float))
        model.price(self.code, alone, np.ones(1))
        theirs = np.nonzero(np.isin(model.whom, new))[0]
        rows, ones = np.arange(len(theirs)), np.ones(len(theirs))
        at = np.searchsorted(new, model.whom[theirs])
        model.add_rows(len(theirs), [(rows, model.pairs[theirs], ones), (rows, busy[at], -ones)], upper=0)
        first = np.zeros(len(new), dtype=int)
        model.add_rows(
            1, [(first, busy, np.ones(len(new))), (np.zeros(1, dtype=int), alone, -np.ones(1))], upper=enough
        )


class Uneven(Wish):
    """The learners are shared among the helpers: squares of how many each takes."""

    code = "uneven"
    label = "均匀"
    sentence = "每个人带的人数差不多。"

    def cost(self, problem: Problem, pairs: Sequence[Pair]) -> int:
        return sum(load * load for load in Counter(pair.helper for pair in pairs).values())

    def post(self, model: Model) -> None:
        most = np.minimum(
            [model.problem.capacity(helper) for helper in model.problem.helpers],
            np.bincount(model.whom, minlength=model.shape[1]),
        ).astype(int)
        helper = np.repeat(np.arange(model.shape[1]), most)
        step = np.arange(len(helper)) - np.repeat(np.cumsum(most) - most, most)
        units = model.add_columns(np.ones(len(helper)))
        model.price(self.code, units, 2 * step + 1)
        pairs = (model.whom, model.pairs, np.ones(len(model.pairs)))
        model.add_rows(model.shape[1], [pairs, (helper, units, -np.ones(len(helper)))], lower=0, upper=0)


WISHES: tuple[Wish, ...] = (Needs(), Gender(), Dialect(), SamePhone(), Accompanied(), Face(), Uneven())
TIERS: dict[str, Wish] = {wish.code: wish for wish in (Unseated(), *WISHES)}


def costs(problem: Problem, pairs: Sequence[Pair]) -> dict[str, int]:
    """What a seating costs, learners without a helper first, then wish by wish."""
    return {code: wish.cost(problem, pairs) for code, wish in TIERS.items()}


def comfort(problem: Problem, pairs: Sequence[Pair]) -> int:
    """The wishes added up with the weights of the problem file."""
    return sum(problem.weight[wish.code] * wish.cost(problem, pairs) for wish in WISHES)
