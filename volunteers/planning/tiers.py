"""The order of the tiers: what always comes first, and what an organiser may rank."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from classes.models import Community
from volunteers.matching.preference import Preference
from volunteers.matching.preferences import PREFERENCES, TIERS
from volunteers.models.tiers import FIXED_TIERS, MOST_TOLERANCE
from volunteers.queries import tiers as queries

RANKED = ("faces", "uneven", "strange", "wishes")
"""The soft tiers that the product's data speak about, in the usual order."""
UNRANKED = tuple(tier.code for tier in PREFERENCES if tier.code not in (*FIXED_TIERS, *RANKED))
"""Tiers that cost nothing while nobody states them (`balance`, `change`): after the others."""
ONE_POINT = {
    "faces": "1 分：一位学员在一场里没有认得的人",
    "uneven": "2 分：一次班，换给来得一样多的另一个人；换给多来 1 次的人是 4 分",
    "strange": "2 分：一张熟面孔换成第一次来这个班的人",
    "wishes": "1 分：一次离家远一点，或不是本人最喜欢的项目和日子",
}


class WrongOrder(ValueError):
    """Not every ranked tier exactly once, or a tolerance out of bounds; the message is for the screen."""


@dataclass(frozen=True, slots=True)
class Order:
    """The ranked tiers with their tolerances, the most important first."""

    ranks: tuple[tuple[str, int], ...] = tuple((tier, 0) for tier in RANKED)

    @classmethod
    def read(cls, ranks: Iterable[Sequence]) -> "Order":
        """An order out of rows of tier and tolerance; none at all is the usual order. Raises WrongOrder."""
        rows = tuple((str(tier), int(tolerance)) for tier, tolerance in ranks)
        if not rows:
            return cls()
        if sorted(tier for tier, _ in rows) != sorted(RANKED):
            raise WrongOrder("每一条偏好要排一次，也只排一次。")
        if not all(0 <= tolerance <= MOST_TOLERANCE for _, tolerance in rows):
            raise WrongOrder(f"可以让的分数要在 0 到 {MOST_TOLERANCE} 之间。")
        return cls(rows)

    @property
    def soft(self) -> tuple[str, ...]:
        """The codes of the ranked tiers in order."""
        return tuple(tier for tier, _ in self.ranks)

    @property
    def tiers(self) -> tuple[str, ...]:
        """All tiers of the engine in order."""
        return (*FIXED_TIERS, *self.soft, *UNRANKED)

    @property
    def tolerances(self) -> dict[str, int]:
        """By how much a tier may get worse than its best for the sake of later ones, where it may at all.

        After the last ranked tier there is nothing to give way to.
        """
        return {tier: tolerance for tier, tolerance in self.ranks[:-1] if tolerance}

    def is_first_look(self, stage: str, share: float) -> bool:
        """Whether the engine looks at all tiers together, as it does before it settles one after the other.

        Only then its value and bound speak about everything that is asked for. It names the last step:
        what was tolerated is improved once more at the end.
        """
        last = [*self.tiers, *(tier for tier in self.tiers if tier in self.tolerances)][-1]
        return share == 0 and stage == last

    @property
    def neighbours(self) -> list[tuple[Preference, Preference]]:
        """Each ranked tier with the one after it."""
        return [(TIERS[upper], TIERS[lower]) for upper, lower in pairwise(self.soft)]

    def moved(self, tier: str, by: int) -> "Order":
        """The order with one tier one place up (-1) or down (1); as it is at either end or for no such tier."""
        at = self.soft.index(tier) if tier in self.soft else 0
        to = at + by
        if tier not in self.soft or not 0 <= to < len(self.ranks):
            return self
        rows = list(self.ranks)
        rows[at], rows[to] = rows[to], rows[at]
        return Order(tuple(rows))

    def giving(self, tier: str, tolerance: int) -> "Order":
        """The order in which this tier alone has another tolerance."""
        return Order(tuple((one, tolerance if one == tier else kept) for one, kept in self.ranks))


def order_of(community: Community | int | None) -> Order:
    """The order that a community has chosen, else the usual one. One query."""
    rows = dict(queries.ranks(community))
    known = [(tier, rows[tier]) for tier in rows if tier in RANKED]
    # A tier that was added to the product since the choice comes last, where it takes nothing from others.
    return Order.read([*known, *((tier, 0) for tier in RANKED if tier not in rows)])
