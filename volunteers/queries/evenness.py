"""How a proposal shares the work, in words a community worker reads."""

from dataclasses import dataclass
from typing import Any

from volunteers.models import Volunteer

SHOWN = 8
NAMED = 6
# Up to which Gini coefficient the words hold.
WORDS = ((0.2, "分得很匀"), (0.35, "分得比较匀"), (0.5, "不太匀"), (1.0, "集中在少数人身上"))


@dataclass(frozen=True, slots=True)
class AgainstLimit:
    """One person's sessions of the range, and the most they have said they would do in it."""

    volunteer: Volunteer
    sessions: int
    limit: int


@dataclass(frozen=True, slots=True)
class Evenness:
    """The measures that the worker has kept, with names."""

    numbers: dict[str, Any]
    loads: list[AgainstLimit]
    could_start: str
    no_place: list[str]

    @property
    def word(self) -> str:
        """What the Gini coefficient says."""
        return next(word for most, word in WORDS if self.numbers["gini"] <= most)

    @property
    def word_with_recent(self) -> str:
        """The same with the last four weeks counted in."""
        return next(word for most, word in WORDS if self.numbers["gini_with_recent"] <= most)

    @property
    def title(self) -> str:
        """What the numbers say: this time alone, and where the last weeks say something else, with them."""
        if self.word == self.word_with_recent:
            return f"活儿{self.word}"
        return f"活儿：单看这次{self.word}，连最近四周{self.word_with_recent}"

    @property
    def evens_out(self) -> bool:
        """Whether this time makes up for the last weeks."""
        return self.word != self.word_with_recent and self.numbers["gini_with_recent"] < self.numbers["gini"]

    @property
    def mean_of_serving(self) -> float:
        """Sessions per person who has any: the mean that the reasons of the rows name."""
        serving = self.numbers.get("serving", 0)
        return round(self.numbers["mean"] * self.numbers["people"] / serving, 1) if serving else 0.0

    @property
    def idle(self) -> int:
        """People who could come and are not wanted this time."""
        return max(0, self.numbers["people"] - self.numbers.get("serving", self.numbers["people"]))

    @property
    def spread(self) -> int:
        """The most minus the least."""
        return self.numbers["most"] - self.numbers["least"]

    @property
    def late(self) -> int:
        """Newcomers whose first session comes later than three weeks."""
        return len(self.numbers["late"])

    @property
    def waiting(self) -> int:
        """Newcomers without any session."""
        return len(self.numbers["waiting"])

    @property
    def at_limit(self) -> int:
        """People at their own limit."""
        return len(self.numbers["at_limit"])

    @property
    def longest(self) -> int:
        """The longest bar."""
        return max([1, *(max(load.sessions, load.limit) for load in self.loads)])


def people_of(numbers: dict[str, Any]) -> set[int]:
    """The ids whose names are shown."""
    named = {pk for pk, *_ in numbers.get("no_place", [])} | set(numbers.get("could_start", []))
    return named | {pk for pk, *_ in _nearest(numbers)}


def evenness(numbers: dict[str, Any], people: dict[int, Volunteer]) -> Evenness | None:
    """The measures with names; None for a proposal that has none."""
    if not numbers.get("people"):
        return None
    by_rule: dict[str, list[str]] = {}
    for pk, _, label in numbers["no_place"]:
        if pk in people:
            by_rule.setdefault(label, []).append(str(people[pk]))
    return Evenness(
        numbers,
        [AgainstLimit(people[pk], sessions, limit) for pk, sessions, limit in _nearest(numbers) if pk in people],
        _names([str(people[pk]) for pk in numbers["could_start"] if pk in people]),
        [f"{_names(names)}：{label}" for label, names in by_rule.items()],
    )


def _nearest(numbers: dict[str, Any]) -> list[list[int]]:
    """Those nearest to their own limit, the fullest first."""
    rows = numbers.get("limits", [])
    return sorted(rows, key=lambda row: (-row[1] / row[2], -row[1], row[0]))[:SHOWN]


def _names(names: list[str]) -> str:
    more = f" 等 {len(names)} 位" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more
