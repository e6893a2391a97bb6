"""Searches for substitutes in the made-up term: those of the past are over, one is under way."""

from datetime import datetime

from volunteers.actions import covering, floors, substitutes
from volunteers.models import SubstituteSearch

FIRST_ASKED = 4


def look(now: datetime) -> None:
    """The first search is under way: some were asked, one of them cannot come; at whatever hour this runs."""
    floors.watch(now=now)
    substitutes.run_due(now=now)
    search = SubstituteSearch.objects.open().for_telling().order_by("shift__session__starts_at", "pk").first()
    if search is None:
        return
    if not search.asks.exists():
        substitutes.ask_next(search=search, count=FIRST_ASKED, now=now, actor=None)
    first = search.asks.select_related("volunteer__person").order_by("place")[0]
    covering.say_no(ask=first, now=now)
