"""The gate: may this volunteer take this place, and if not, why."""

from volunteers.rules.gate import (
    DECLINED,
    ONE_PLACE,
    WISHES,
    Refusal,
    declines,
    gate,
    hard,
    last_said_no,
    refusals,
    travel,
)

__all__ = [
    "DECLINED",
    "ONE_PLACE",
    "WISHES",
    "Refusal",
    "declines",
    "gate",
    "hard",
    "last_said_no",
    "refusals",
    "travel",
]
