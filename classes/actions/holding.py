"""Locks that last until the transaction ends, on PostgreSQL; SQLite lets one writer in at a time anyway.

They are taken in this order by whoever takes several: community, volunteers, series, rooms,
sessions, shifts. So two changes never wait for each other in a circle: whoever waits for a community
holds nothing that comes after it, and whoever changes many classes one after the other holds their
community first (tests/volunteers/test_lock_order.py).
"""

from collections.abc import Iterable

from classes.models import Community, Series


def hold_community(*community_ids: int) -> None:
    """One change at a time in a community; its days stay what they are meanwhile."""
    rows = Community.objects.select_for_update(no_key=True).filter(pk__in=community_ids)
    list(rows.order_by("pk").values("pk"))


def hold_series(series_ids: Iterable[int]) -> None:
    """Let nobody else write many sessions of these series."""
    rows = Series.objects.select_for_update(no_key=True).filter(pk__in=set(series_ids))
    list(rows.order_by("pk").values("pk"))
