"""Which gap of a week is looked at next, after one was filled."""

from volunteers.models import Shift
from volunteers.queries.board import Card


def next_gap(cards: list[Card], *, after: Shift) -> int | None:
    """The id of the shift whose gap is next: of the same role, of the same session, then of the sessions that
    follow in time, the earlier ones last. None when nobody is missing."""
    at = next((number for number, card in enumerate(cards) if card.session.pk == after.session_id), 0)
    gaps = [place.shift.pk for card in [*cards[at:], *cards[:at]] for place in card.places if place.is_gap]
    return after.pk if after.pk in gaps else next(iter(gaps), None)
