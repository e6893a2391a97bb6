"""Whether a board that somebody looks at is still as it was, and who has changed it since.

A stamp sums up what the board shows of sessions, places and people. It is worked out from the rows that a
page has loaded anyway, or by one query: both give the same.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.db.models import Aggregate, Count, Max, Q, QuerySet, Subquery, Sum, Value
from django.utils import timezone

from classes.models import Change, Community, Session
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


def stamp(*, community: Community, monday: date) -> str:
    """The stamp of a week as it is now. One query, whatever there is."""
    return _read(community, monday)[0]


def version(*, community: Community, monday: date) -> str:
    """The stamp, and with it the last act of anybody of the staff: names, rooms, days and lessons go by that. One query."""
    return "-".join(map(str, _read(community, monday)))


def _read(community: Community, monday: date) -> tuple[str, int]:
    days = (monday, monday + timedelta(days=6))
    sessions = Session.objects.filter(community=community, on_date__range=days)
    shifts = Shift.objects.filter(session__community=community, session__on_date__range=days)
    active = Assignment.objects.filter(
        session__community=community, session__on_date__range=days, status__in=Assignment.ACTIVE
    )
    facts = {
        "count": _one(sessions, Count("pk")),
        "sequence": _one(sessions, Sum("sequence")),
        "expected": _one(sessions, Sum("expected")),
        "planned": _one(sessions.filter(status=Session.Status.PLANNED), Count("pk")),
        "needed": _one(shifts, Sum("needed")),
        "taken": _one(shifts, Sum("taken")),
        "people": _one(active, Count("pk")),
        "last": _one(active, Max("changed_at")),
        "act": _one(AuditEntry.objects.all(), Max("pk")),
    }
    row = Community.objects.filter(pk=community.pk).order_by().annotate(**facts).values(*facts).get()
    last, act = row.pop("last"), row.pop("act")
    return _digest(*(value or 0 for value in row.values()), last), act or 0


def _one(rows: QuerySet[Any], what: Aggregate) -> Subquery:
    """An aggregate over all rows as a column of one row."""
    every = rows.order_by().annotate(every=Value(1)).values("every")
    return Subquery(every.annotate(found=what).values("found"))


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
