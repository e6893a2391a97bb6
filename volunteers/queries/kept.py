"""Boards that were worked out a moment ago, kept in this process so that many readers of one week cost little.

A board is used again only while its version is the same: places, people, sessions, the last act of the staff, the
requests that wait and the sessions that have begun are in it. What else there is (a limit that somebody changed on
the own page) may be as old as LINKE_BOARD_KEPT seconds.
"""

from datetime import date, datetime

from django.conf import settings

from classes.models import Community
from people.moments import Moments
from volunteers.queries import board, freshness

boards: Moments[tuple[int, date, str], board.Week] = Moments(32)


def version(*, community: Community, monday: date, now: datetime) -> str:
    """What a board and its page may be kept under; empty where nothing is kept. One query."""
    return freshness.version(community=community, monday=monday, now=now) if settings.LINKE_BOARD_KEPT else ""


def week(*, community: Community, monday: date, now: datetime, version: str) -> board.Week:
    """The board of a week in a version: kept, or worked out. No query when it is kept."""

    def work_out() -> board.Week:
        found = board.week(community=community, monday=monday, now=now)
        found.version = version
        return found

    return boards.get((community.pk, monday, version), settings.LINKE_BOARD_KEPT, work_out)
