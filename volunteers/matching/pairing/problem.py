"""What the pairing engine is asked: the learners and helpers of one session, and what is known of them.

The file format is `linke-pairing/1`; `docs/matching.md` describes it field by field.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from volunteers.matching.members import fields_of
from volunteers.matching.parts import PROGRAMMES
from volunteers.matching.reading import BadDocument, Node, read_document, read_once

__all__ = ["BadDocument", "Helper", "Learner", "Pair", "Problem", "from_dict", "load", "to_dict"]

FORMAT = "linke-pairing/1"
GENDERS = ("female", "male")
UNSEATED = "unseated"
WEIGHTS = {"needs": 8, "gender": 6, "dialect": 5, "phone": 4, "newcomer": 4, "face": 3, "uneven": 1}
MOST = {"learners": 500, "helpers": 200}
"""One session: a hall full of people has fewer."""
HIGHEST_PRIORITY, HIGHEST_WEIGHT, HIGHEST_RATIO = 9, 1000, 100
LONGEST_LIST = 20


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """A learner who sits with a helper."""

    learner: int
    helper: int


@dataclass(frozen=True, slots=True)
class Learner:
    """Who comes to learn.

    `phone` is the make of their phone, `dialect` says that they follow the local dialect better,
    `needs` are words such as hearing or sight. `familiar` wishes for last time's helper, `keeps` goes on
    with last term's; everybody else gets to know a new one. `priority` is what it costs to leave them without a helper.
    """

    id: int
    name: str = ""
    phone: str | None = None
    dialect: bool = False
    needs: tuple[str, ...] = ()
    gender_wish: str | None = None
    familiar: bool = False
    keeps: bool = False
    priority: int = 1

    @property
    def stays(self) -> bool:
        """Whether the helper of before is better than a new one."""
        return self.familiar or self.keeps


@dataclass(frozen=True, slots=True)
class Helper:
    """Who helps. `capacity` is their own limit below the lesson's ratio; None is the ratio.

    `phones` are the makes they know, `helps_with` the needs they are used to. With children only
    those count who are of age and cleared on the day (`cleared_until`).
    """

    id: int
    name: str = ""
    capacity: int | None = None
    phones: tuple[str, ...] = ()
    dialect: bool = False
    helps_with: tuple[str, ...] = ()
    gender: str | None = None
    newcomer: bool = False
    minor: bool = False
    cleared_until: date | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """The whole question. `ratio` is how many learners one helper takes in this lesson.

    `last` are the pairs of last time, `apart` pairs that must not sit together, `locked` pairs
    that an organiser has settled.
    """

    programme: str
    on: date
    ratio: int
    learners: tuple[Learner, ...]
    helpers: tuple[Helper, ...]
    name: str = ""
    last: tuple[Pair, ...] = ()
    apart: tuple[Pair, ...] = ()
    locked: tuple[Pair, ...] = ()
    weights: tuple[tuple[str, int], ...] = tuple(WEIGHTS.items())
    learner: dict[int, Learner] = field(init=False, compare=False, repr=False)
    helper: dict[int, Helper] = field(init=False, compare=False, repr=False)
    weight: dict[str, int] = field(init=False, compare=False, repr=False)
    met: frozenset[Pair] = field(init=False, compare=False, repr=False)
    refused: frozenset[Pair] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "learner", {one.id: one for one in self.learners})
        keep(self, "helper", {one.id: one for one in self.helpers})
        keep(self, "weight", WEIGHTS | dict(self.weights))
        keep(self, "met", frozenset(self.last))
        keep(self, "refused", frozenset(self.apart))

    def capacity(self, helper: Helper) -> int:
        """How many learners this helper takes at most."""
        return self.ratio if helper.capacity is None else min(self.ratio, helper.capacity)

    @property
    def experienced(self) -> int:
        """How many helpers have helped before; each is a neighbour for two newcomers."""
        return sum(not helper.newcomer for helper in self.helpers)


def load(path: str | Path) -> Problem:
    """Read a problem file, plain or packed; raises BadDocument with the path of the wrong value."""
    return read_document(path, from_dict)


def from_dict(data: Any) -> Problem:
    """The problem in a `linke-pairing/1` document; raises BadDocument."""
    top = Node(data)
    if top.at("format").text() != FORMAT:
        raise top.at("format").expected(repr(FORMAT))
    learners = read_once(top.at("learners"), _learner, most=MOST["learners"])
    helpers = read_once(top.at("helpers"), _helper, most=MOST["helpers"])

    def pairs(key: str) -> tuple[Pair, ...]:
        node = top.maybe(key)
        return tuple(read_pair(item, learners, helpers) for item in node.items()) if node else ()

    name = top.maybe("name")
    return Problem(
        programme=top.at("programme").choice(PROGRAMMES),
        on=top.at("on").day(),
        ratio=_up_to(top.at("ratio"), HIGHEST_RATIO, low=1),
        learners=tuple(learners.values()),
        helpers=tuple(helpers.values()),
        name=name.text() if name else "",
        last=pairs("last"),
        apart=pairs("apart"),
        locked=pairs("locked"),
        weights=_weights(top.maybe("weights")),
    )


def to_dict(problem: Problem) -> dict[str, Any]:
    """The `linke-pairing/1` document of a problem: the inverse of `from_dict`."""
    return {
        "format": FORMAT,
        "name": problem.name,
        "programme": problem.programme,
        "on": problem.on.isoformat(),
        "ratio": problem.ratio,
        "weights": dict(problem.weights),
        "learners": [_said(fields_of(one)) for one in problem.learners],
        "helpers": [_said(fields_of(one)) for one in problem.helpers],
        **{key: [[p.learner, p.helper] for p in getattr(problem, key)] for key in ("last", "apart", "locked")},
    }


def read_pair(node: Node, learners: dict[int, Learner], helpers: dict[int, Helper]) -> Pair:
    """A learner and a helper of this document, as a list of two ids."""
    learner, helper = node.items(2)
    return Pair(learner.known(learners, "learner"), helper.known(helpers, "helper"))


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    """The members that say something; dates as text."""
    kept = {key: value for key, value in fields.items() if value or (value == 0 and value is not False)}
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in kept.items()}


def _learner(node: Node) -> Learner:
    phone, priority = node.maybe("phone"), node.maybe("priority")
    return Learner(
        id=node.at("id").whole(low=None),
        name=_text(node, "name"),
        phone=phone.text() if phone else None,
        dialect=_flag(node, "dialect"),
        needs=_words(node, "needs"),
        gender_wish=_gender(node, "gender_wish"),
        familiar=_flag(node, "familiar"),
        keeps=_flag(node, "keeps"),
        priority=_up_to(priority, HIGHEST_PRIORITY, low=1) if priority else 1,
    )


def _helper(node: Node) -> Helper:
    capacity, until = node.maybe("capacity"), node.maybe("cleared_until")
    return Helper(
        id=node.at("id").whole(low=None),
        name=_text(node, "name"),
        capacity=_up_to(capacity, HIGHEST_RATIO) if capacity else None,
        phones=_words(node, "phones"),
        dialect=_flag(node, "dialect"),
        helps_with=_words(node, "helps_with"),
        gender=_gender(node, "gender"),
        newcomer=_flag(node, "newcomer"),
        minor=_flag(node, "minor"),
        cleared_until=until.day() if until else None,
    )


def _text(node: Node, key: str) -> str:
    found = node.maybe(key)
    return found.text() if found else ""


def _flag(node: Node, key: str) -> bool:
    found = node.maybe(key)
    return found is not None and found.flag()


def _gender(node: Node, key: str) -> str | None:
    found = node.maybe(key)
    return found.choice(GENDERS) if found else None


def _words(node: Node, key: str) -> tuple[str, ...]:
    found = node.maybe(key)
    items = found.items(most=LONGEST_LIST) if found else []
    return tuple(dict.fromkeys(item.text() for item in items))


def _up_to(node: Node, high: int, *, low: int = 0) -> int:
    number = node.whole(low)
    if number > high:
        raise node.expected(f"{high} or less")
    return number


def _weights(node: Node | None) -> tuple[tuple[str, int], ...]:
    if node is None:
        return tuple(WEIGHTS.items())
    for key, value in node.members():
        if key not in WEIGHTS:
            raise value.refuse(f"there is no wish {key!r}; the wishes are {', '.join(WEIGHTS)}")
    return tuple((key, _up_to(value, HIGHEST_WEIGHT)) for key, value in node.members())
