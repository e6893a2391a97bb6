"""Whether a board that somebody looks at is still as it was, and who has changed it since.

A stamp sums up what the board shows of sessions, places and people. It is worked out from the rows that a
page has loaded anyway, or by one query: both give the same.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from classes.models import Change, Community, Request, Session
from people.models import AuditEntry, User
from volunteers.models import Assignment, Shift

if TYPE_CHECKING:
    from volunteers.queries.board import Card

LATELY = timedelta(minutes=5)


def stamp_of(cards: "Iterable[Card]") -> str:
    """The stamp of cards that are loaded. No query."""
    cards = list(cards)
    sessions = [card.session for card in cards]
    shifts = [shift for card in cards for shift in card.shifts]
    people = [one for card in cards for one in card.on_it]
    return _digest(
        len(sessions),
        sum(session.sequence for session in sessions),
        sum(session.expected for session in sessions),
        sum(session.status == Session.Status.PLANNED for session in sessions),
        sum(shift.needed for shift in shifts),
        sum(shift.taken for shift in shifts),
        len(people),
        max((one.changed_at for one in people), default=None),
    )


def stamp(*, community: Community, monday: date, now: datetime) -> str:
    """The stamp of a week as it is now. One query, whatever there is."""
    return _read(community, monday, now)[0]


def version(*, community: Community, monday: date, now: datetime) -> str:
    """The stamp, and with it all else that a board changes by. One query.

    The last act of anybody of the staff (names, rooms, days and lessons go by that), how many sessions are still to
    come, and the requests that wait.
    """
    return "-".join(map(str, _read(community, monday, now)))


# Every open board asks this every few seconds. Put together from sub-queries each time, it took half of the
# processor that a kept board costs in all.
FACTS = f"""
WITH week AS (
    SELECT id, sequence, expected, status, starts_at FROM {Session._meta.db_table}
    WHERE community_id = %s AND on_date BETWEEN %s AND %s
)
SELECT held.*, places.*, people.*, (SELECT MAX(id) FROM {AuditEntry._meta.db_table}),
    (SELECT COUNT(*) FROM week WHERE starts_at > %s), requests.*
FROM (
    SELECT COUNT(*), SUM(sequence), SUM(expected), SUM(CASE WHEN status = %s THEN 1 ELSE 0 END) FROM week
) held
CROSS JOIN (
    SELECT SUM(shift.needed), SUM(shift.taken)
    FROM {Shift._meta.db_table} shift JOIN week ON shift.session_id = week.id
) places
CROSS JOIN (
    SELECT COUNT(*), MAX(one.changed_at)
    FROM {Assignment._meta.db_table} one JOIN week ON one.session_id = week.id
    WHERE one.status IN ({", ".join(["%s"] * len(Assignment.ACTIVE))})
) people
CROSS JOIN (
    SELECT COUNT(*), MAX(id) FROM {Request._meta.db_table}
    WHERE community_id = %s AND status IN ({", ".join(["%s"] * len(Request.OPEN))})
) requests
"""


def _read(community: Community, monday: date, now: datetime) -> tuple[str, int, int, int, int]:
    """The stamp; the last act; sessions to come; requests that wait, and the newest of them."""
    week = (community.pk, monday, monday + timedelta(days=6))
    moment = connection.ops.adapt_datetimefield_value(now)
    waiting = (community.pk, *Request.OPEN)
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [*week, moment, Session.Status.PLANNED, *Assignment.ACTIVE, *waiting])
        *counts, last, act, ahead, requests, newest = cursor.fetchone()
    if isinstance(last, str):  # SQLite keeps moments as text, in UTC
        last = datetime.fromisoformat(last)
    return _digest(*(count or 0 for count in counts), last), act or 0, ahead, requests, newest or 0


def _digest(*facts: int | datetime | None) -> str:
    text = " ".join(f"{fact:%Y%m%d%H%M%S%f}" if isinstance(fact, datetime) else str(fact) for fact in facts)
    return blake2b(text.encode(), digest_size=6).hexdigest()


def news(*, community: Community, reader: User, now: datetime) -> str:
    """What somebody else of the staff did last, in the last minutes: a sentence, or nothing. One query."""
    lately = Change.objects.filter(community=community, made_at__gt=now - LATELY).exclude(made_by=reader)
    found = lately.select_related("made_by", "undone_by").order_by("-pk").first()
    return said(found) if found else ""


def touched(session: Session) -> str:
    """Who last changed a session or its people: a sentence, or nothing. One query."""
    mine = Change.objects.filter(Q(sessions__session=session) | Q(assignments__assignment__session=session))
    found = mine.select_related("made_by", "undone_by").order_by("-pk").first()
    return said(found) if found else ""


def said(change: Change) -> str:
    """10:31 陈燕：林淑芬 → 周三 9月16日 16:30 四点半课堂"""
    at, who = (change.undone_at, change.undone_by) if change.undone_at else (change.made_at, change.made_by)
    name = (who.get_full_name() or who.username) if who else "系统"
    verb = "撤销了 " if change.undone_at else ""
    return f"{timezone.localtime(at):%H:%M} {name}：{verb}{change.summary}"
