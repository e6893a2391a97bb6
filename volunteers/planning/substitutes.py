"""Whom to ask for a place, in which order and why: the same ranking as for a gap, and who was asked lately."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from volunteers.models import Shift, SubstituteAsk, Volunteer
from volunteers.planning.candidates import Candidate, candidates

EVERYBODY = 10_000
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody to ask; `reasons` are rows of code, label and text."""

    volunteer: Volunteer
    reasons: list[dict[str, Any]] = field(default_factory=list)


def to_ask(
    *, shift: Shift, now: datetime, besides: Collection[int] = (), asks_a_week: int = 3, limit: int = 4
) -> list[Choice]:
    """The next people to ask for one place of the shift. `besides` are volunteers who are not to be asked.

    The engine's order (fairness, familiarity, distance) with those last who were asked often this week;
    of two who are equal the one not asked lately comes first.
    """
    found = candidates(shift=shift, now=now, limit=EVERYBODY).candidates
    fresh = [one for one in found if one.volunteer.pk not in besides]
    asked = _asked_lately([one.volunteer.pk for one in fresh], now)

    def key(one: Candidate) -> tuple[bool, tuple[int, ...], int, int]:
        often = asked[one.volunteer.pk]
        return often >= asks_a_week, one.costs, often, one.volunteer.pk

    return [
        Choice(one.volunteer, [*one.reasons, *_asked_reason(asked[one.volunteer.pk])])
        for one in sorted(fresh, key=key)[:limit]
    ]


def _asked_lately(volunteers: list[int], now: datetime) -> Counter[int]:
    """How often each was asked by any search within a week. One query."""
    rows = SubstituteAsk.objects.filter(volunteer__in=volunteers, asked_at__gt=now - A_WEEK)
    return Counter(rows.exclude(state__in=SubstituteAsk.UNASKED).values_list("volunteer_id", flat=True))


def _asked_reason(often: int) -> list[dict[str, Any]]:
    """What the engine does not know."""
    return [{"code": "asked", "label": "问过", "text": f"最近 7 天问过 {often} 次"}] if often else []
