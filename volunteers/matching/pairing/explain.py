"""Why these two, why this learner has nobody, what would mend it, and where the tables stand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from volunteers.matching.highs import minimise
from volunteers.matching.pairing.problem import UNSEATED, Helper, Learner, Pair, Problem
from volunteers.matching.pairing.rules import IN_THE_WAY, obstacle
from volunteers.matching.pairing.solve import SECONDS, build
from volunteers.matching.pairing.wishes import NEIGHBOURS
from volunteers.matching.reasons import COMPANY, FAIR, FAMILIAR, FITS, MIND, Reason

GENDER_WORDS = {"female": "女", "male": "男"}
HIGHER = 2
"""By how much a ratio is raised at most when a way out is looked for: beyond it nobody learns."""


@dataclass(frozen=True, slots=True)
class Why:
    """One pair with the facts that speak for it and, under 留意, against it."""

    pair: Pair
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A learner without a helper: everybody counted once, at the first rule in the way."""

    learner: int
    because: tuple[tuple[str, str, int], ...]

    @property
    def text(self) -> str:
        """The counts in one sentence."""
        if not self.because:
            return "没有助教在场"
        return "，".join(f"{count} 人{label}" for _, label, count in self.because)


@dataclass(frozen=True, slots=True)
class WayOut:
    """What gives everybody a helper: so many more people, or another ratio."""

    kind: str
    text: str
    numbers: dict[str, Any] = field(default_factory=dict)


def explain(problem: Problem, pairs: Sequence[Pair]) -> list[Why]:
    """The reasons of every pair."""
    return [
        Why(pair, reasons(problem, pairs, problem.learner[pair.learner], problem.helper[pair.helper])) for pair in pairs
    ]


def reasons(problem: Problem, pairs: Sequence[Pair], learner: Learner, helper: Helper) -> tuple[Reason, ...]:
    """Why these two, both for who sits there and for who could."""
    found = [
        *_settled(problem, learner, helper),
        *_needs(learner, helper),
        *_gender(learner, helper),
        *_dialect(learner, helper),
        *_phone(learner, helper),
        *_face(problem, learner, helper),
        *_newcomer(problem, pairs, helper),
        *_load(problem, pairs, learner, helper),
    ]
    return tuple(sorted(found, key=lambda reason: reason.label == MIND))


def left(problem: Problem, pairs: Sequence[Pair]) -> list[Left]:
    """Every learner without a helper, and what kept each helper away."""
    seated = {pair.learner for pair in pairs}
    return [_left(problem, pairs, learner) for learner in problem.learners if learner.id not in seated]


def ways_out(problem: Problem, pairs: Sequence[Pair]) -> list[WayOut]:
    """What would give everybody a helper. The ratio is checked by counting again with it.

    Helpers who may sit with everybody: each takes as many as the ratio says, and no arrangement
    does with fewer of them, since without them no seating has fewer learners alone.
    """
    alone = len(problem.learners) - len({pair.learner for pair in pairs})
    if not alone:
        return []
    more = math.ceil(alone / problem.ratio)
    found = [WayOut("more", f"再来 {more} 位助教，每位带 {problem.ratio} 人", {"people": more, "alone": alone})]
    for ratio in range(problem.ratio + 1, problem.ratio + 1 + HIGHER):
        if most_seated(replace(problem, ratio=ratio)) == len(problem.learners):
            found.append(WayOut("ratio", f"这一课每位带 {ratio} 人，大家就都有人带", {"ratio": ratio}))
            break
    return found


def most_seated(problem: Problem) -> int:
    """How many learners can have a helper at once."""
    alike = replace(problem, learners=tuple(replace(one, priority=1) for one in problem.learners))
    model = build(alike)
    outcome = minimise(model, {UNSEATED: 1}, seconds=SECONDS, seed=0)
    return 0 if outcome.values is None else len(model.chosen(outcome.values))


def tables(problem: Problem, pairs: Sequence[Pair]) -> tuple[int, ...]:
    """The helpers in the order of their tables, newcomers who have learners beside experienced people.

    One newcomer to the right of each, then one to the left, so nobody is alone who need not be.
    """
    busy = {pair.helper for pair in pairs}
    experienced = [one.id for one in problem.helpers if not one.newcomer]
    experienced.sort(key=lambda number: number not in busy)
    new = [one.id for one in problem.helpers if one.newcomer and one.id in busy]
    seats = len(experienced)
    right, before = new[:seats], new[seats : NEIGHBOURS * seats]
    row: list[int] = []
    for place, number in enumerate(experienced):
        row += [*before[place : place + 1], number, *right[place : place + 1]]
    idle = [one.id for one in problem.helpers if one.newcomer and one.id not in busy]
    return (*row, *new[NEIGHBOURS * seats :], *idle)


def accompanied(problem: Problem, pairs: Sequence[Pair]) -> frozenset[int]:
    """The newcomers with learners who have somebody experienced at the next table."""
    row = tables(problem, pairs)
    known = [not problem.helper[number].newcomer for number in row]
    busy = {pair.helper for pair in pairs}
    return frozenset(
        number
        for place, number in enumerate(row)
        if number in busy and not known[place] and any(known[max(0, place - 1) : place + 2])
    )


def _left(problem: Problem, pairs: Sequence[Pair], learner: Learner) -> Left:
    rules = [obstacle(problem, pairs, learner, helper) for helper in problem.helpers]
    counts = Counter(rule.code for rule in rules if rule)
    return Left(learner.id, tuple((r.code, r.label, counts[r.code]) for r in IN_THE_WAY if counts[r.code]))


def _settled(problem: Problem, learner: Learner, helper: Helper) -> Iterator[Reason]:
    if Pair(learner.id, helper.id) in problem.locked:
        yield Reason("locked", FITS, "手工定下的")


def _needs(learner: Learner, helper: Helper) -> Iterator[Reason]:
    for need in learner.needs:
        if need in helper.helps_with:
            yield Reason("need", FITS, f"会照顾{need}的人", {"need": need})
        else:
            yield Reason("need-unmet", MIND, f"{need}，请多留心", {"need": need})


def _gender(learner: Learner, helper: Helper) -> Iterator[Reason]:
    if learner.gender_wish:
        word, met = GENDER_WORDS[learner.gender_wish], learner.gender_wish == helper.gender
        text = f"照本人的意思，{word}的来带" if met else f"想要{word}的来带，这次没有"
        yield Reason("gender" if met else "gender-unmet", FITS if met else MIND, text, {"wish": learner.gender_wish})


def _dialect(learner: Learner, helper: Helper) -> Iterator[Reason]:
    if learner.dialect:
        text = "会说本地话" if helper.dialect else "听惯本地话，这位不会说"
        yield Reason("dialect" if helper.dialect else "dialect-unmet", FITS if helper.dialect else MIND, text)


def _phone(learner: Learner, helper: Helper) -> Iterator[Reason]:
    if learner.phone:
        met = learner.phone in helper.phones
        text = f"会用{learner.phone}手机" if met else f"用{learner.phone}，这位没说熟不熟"
        yield Reason("phone" if met else "phone-unmet", FITS if met else MIND, text, {"phone": learner.phone})


def _face(problem: Problem, learner: Learner, helper: Helper) -> Iterator[Reason]:
    again = Pair(learner.id, helper.id) in problem.met
    before = sum(pair.learner == learner.id for pair in problem.met)
    if learner.familiar:
        text = "想要熟面孔，上次就是这位" if again else "想要熟面孔，上次不是这位"
        yield Reason("face" if again else "face-unmet", FAMILIAR if again else MIND, text, {"before": before})
    elif learner.keeps:
        text = "上学期就是这一对" if again else "上学期不是这位"
        yield Reason("kept" if again else "kept-unmet", FAMILIAR if again else MIND, text, {"before": before})
    elif again:
        yield Reason("same-again", MIND, "上次也是这一对", {"before": before})
    elif before:
        yield Reason("changed", FAIR, "和上次换了人", {"before": before})


def _newcomer(problem: Problem, pairs: Sequence[Pair], helper: Helper) -> Iterator[Reason]:
    if not helper.newcomer:
        return
    if helper.id in accompanied(problem, pairs):
        yield Reason("accompanied", COMPANY, "新志愿者，邻桌是有经验的人")
    else:
        yield Reason("newcomer", MIND, "新志愿者，邻桌没有有经验的人")


def _load(problem: Problem, pairs: Sequence[Pair], learner: Learner, helper: Helper) -> Iterator[Reason]:
    load = len({pair.learner for pair in pairs if pair.helper == helper.id} | {learner.id})
    most = problem.capacity(helper)
    yield Reason("load", FAIR, f"带 {load} 位，最多 {most} 位", {"load": load, "most": most})
