"""Whether a board that somebody looks at is still as it was, and who has changed it since.

A stamp sums up what the board shows of sessions, places and people. It is worked out from the rows that a
page has loaded anyway, or by three small queries: both give the same.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from classes.models import Change, Community, Session
from people.models import User
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


def stamp(*, community: Community, monday: date) -> str:
    """The stamp of a week as it is now. Three queries, whatever there is."""
    days = (monday, monday + timedelta(days=6))
    sessions = Session.objects.filter(community=community, on_date__range=days).aggregate(
        count=Count("pk"),
        sequence=Sum("sequence"),
        expected=Sum("expected"),
        planned=Count("pk", filter=Q(status=Session.Status.PLANNED)),
    )
    shifts = Shift.objects.filter(session__community=community, session__on_date__range=days)
    needs = shifts.aggregate(needed=Sum("needed"), taken=Sum("taken"))
    active = Assignment.objects.filter(
        session__community=community, session__on_date__range=days, status__in=Assignment.ACTIVE
    ).aggregate(count=Count("pk"), last=Max("changed_at"))
    return _digest(
        sessions["count"],
        sessions["sequence"] or 0,
        sessions["expected"] or 0,
        sessions["planned"],
        needs["needed"] or 0,
        needs["taken"] or 0,
        active["count"],
        active["last"],
    )


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
