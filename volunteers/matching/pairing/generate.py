"""Makes fictional sessions with the shape of real ones. The same arguments make the same session."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from volunteers.matching.pairing.problem import GENDERS, Helper, Learner, Pair, Problem

MAKES = (("华为", 0.34), ("荣耀", 0.14), ("小米", 0.16), ("OPPO", 0.14), ("vivo", 0.12), ("苹果", 0.10))
NEEDS = (("听力弱", 0.18), ("视力弱", 0.14))
ON = date(2026, 9, 12)


def generate(
    *, seed: int = 0, learners: int = 24, helpers: int = 10, ratio: int = 3, programme: str = "senior"
) -> Problem:
    """A session with so many people: phones, needs, dialects, last time's pairs."""
    chance = Random(seed)
    people = tuple(_helper(chance, number, programme) for number in range(helpers))
    comers = tuple(_learner(chance, number) for number in range(learners))
    met = [Pair(one.id, chance.randrange(helpers)) for one in comers if helpers and chance.random() < 0.6]
    return Problem(
        programme=programme,
        on=ON,
        ratio=ratio,
        learners=comers,
        helpers=people,
        name=f"{learners} learners, {helpers} helpers, seed {seed}",
        last=tuple(met),
        apart=tuple(Pair(one.id, chance.randrange(helpers)) for one in comers if helpers and chance.random() < 0.04),
    )


def _make(chance: Random) -> str:
    return chance.choices([name for name, _ in MAKES], [share for _, share in MAKES])[0]


def _learner(chance: Random, number: int) -> Learner:
    needs = tuple(word for word, share in NEEDS if chance.random() < share)
    return Learner(
        id=number,
        phone=_make(chance) if chance.random() < 0.9 else None,
        dialect=chance.random() < 0.35,
        needs=needs,
        gender_wish=chance.choice(GENDERS) if chance.random() < 0.1 else None,
        familiar=chance.random() < 0.2,
        priority=1 + len(needs),
    )


def _helper(chance: Random, number: int, programme: str) -> Helper:
    cleared = programme == "child" and chance.random() < 0.8
    return Helper(
        id=number,
        capacity=2 if chance.random() < 0.15 else None,
        phones=tuple(dict.fromkeys(_make(chance) for _ in range(chance.randint(1, 3)))),
        dialect=chance.random() < 0.5,
        helps_with=tuple(word for word, _ in NEEDS if chance.random() < 0.4),
        gender=chance.choice(GENDERS),
        newcomer=chance.random() < 0.35,
        minor=chance.random() < 0.05,
        cleared_until=ON + timedelta(days=chance.randint(-20, 300)) if cleared else None,
    )
