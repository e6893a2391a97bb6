"""Boards that were worked out a moment ago, kept in this process so that many readers of one week cost little.

A board is used again only while its version is the same: places, people, sessions and the last act of the staff are
in it. What else there is (a clock that moves a session into the past) may be as old as LINKE_BOARD_KEPT seconds.
"""

import time
from collections import OrderedDict
from datetime import date, datetime
from threading import Lock

from django.conf import settings

from classes.models import Community
from volunteers.queries import board, freshness

MOST = 32
Key = tuple[int, date, str]
_kept: OrderedDict[Key, tuple[float, board.Week]] = OrderedDict()
_lock = Lock()


def week(*, community: Community, monday: date, now: datetime) -> board.Week:
    """The board of a week: kept, or worked out. One query when it is kept."""
    seconds = settings.LINKE_BOARD_KEPT
    if not seconds:
        return board.week(community=community, monday=monday, now=now)
    key = community.pk, monday, freshness.version(community=community, monday=monday)
    moment = time.monotonic()
    with _lock:
        made_at, found = _kept.get(key, (0.0, None))
    if found is not None and moment - made_at < seconds:
        return found
    found = board.week(community=community, monday=monday, now=now)
    found.version = key[2]
    with _lock:
        _kept[key] = moment, found
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return found
