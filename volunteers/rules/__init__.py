"""The gate: may this volunteer take this place, and if not, why."""

from volunteers.rules.gate import ONE_PLACE, WISHES, Refusal, gate, refusals, travel

__all__ = ["ONE_PLACE", "WISHES", "Refusal", "gate", "refusals", "travel"]
