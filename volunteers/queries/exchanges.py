"""Exchanges of places: with whom one may swap, what one has offered, what the desk sees."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from classes.models import Community, Session
from volunteers import rules
from volunteers.models import Assignment, Exchange, ExchangeRule
from volunteers.queries.opening import Opening

SWAP_WITHIN = timedelta(days=21)
MOST_PARTNERS = 8
MOST_ASKED = 80
"""Places that are looked at; the first MOST_PARTNERS of those that go both ways are shown."""
DESK_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Partner:
    """A place of somebody else that may be asked for in return."""

    assignment: Assignment
    opening: Opening


def partners(*, assignment: Assignment, now: datetime) -> list[Partner]:
    """Places of others that both sides qualify for, the soonest first. Four queries."""
    others = list(
        placed(now)
        .filter(session__community=assignment.session.community, starts_at__lte=now + SWAP_WITHIN, held_as=None)
        .exclude(volunteer=assignment.volunteer_id)
        .exclude(session=assignment.session_id)
        .order_by("starts_at", "id")[:MOST_ASKED]
    )
    theirs = [(other.volunteer, assignment.session, assignment.shift.role) for other in others]
    mine = [(assignment.volunteer, other.session, other.shift.role) for other in others]
    judged = rules.hard(theirs + mine)
    both_ways = zip(others, judged[: len(others)], judged[len(others) :], strict=True)
    able = [other for other, for_them, for_me in both_ways if not for_them and not for_me]
    return [Partner(other, Opening(other.session, other.shift)) for other in able][:MOST_PARTNERS]


def placed(now: datetime) -> QuerySet[Assignment]:
    """Places to come that somebody has said yes to, ready for a page about them."""
    found = Assignment.objects.filter(
        status=Assignment.Status.ACCEPTED, starts_at__gt=now, session__status=Session.Status.PLANNED
    )
    return found.select_related(
        "volunteer__person",
        "shift__role",
        "session__series__programme",
        "session__lesson",
        "session__room",
        "session__community",
    )


def loaded() -> QuerySet[Exchange]:
    """Exchanges with everything that is said about them."""
    rows = Exchange.objects.select_related("taker__person", "took__volunteer__person", "gave__volunteer__person")
    for place in ("given", "wanted"):
        rows = rows.select_related(
            f"{place}__volunteer__person",
            f"{place}__volunteer__home",
            f"{place}__shift__role",
            f"{place}__held_as",
            f"{place}__session__series__programme",
            f"{place}__session__lesson",
            f"{place}__session__room",
            f"{place}__session__community",
        )
    return rows


def of_volunteer(*, volunteer_id: int, now: datetime) -> list[Exchange]:
    """What a volunteer has offered, and what is asked of them, while nothing is settled. One query."""
    mine = Q(given__volunteer=volunteer_id) | Q(wanted__volunteer=volunteer_id, status=Exchange.Status.OPEN)
    rows = loaded().filter(mine, status__in=Exchange.RUNNING, given__starts_at__gt=now)
    return list(rows.order_by("given__starts_at", "id"))


@dataclass(frozen=True, slots=True)
class Row:
    """One exchange on the desk; `may_undo` while it can be taken back."""

    exchange: Exchange
    may_undo: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for approval, what happened lately, and whether approval is asked for."""

    waiting: list[Exchange]
    rows: list[Row]
    asks: bool


def desk(*, community: Community, now: datetime) -> Desk:
    """The desk's page of exchanges. Two queries."""
    recent = loaded().filter(given__session__community=community, made_at__gt=now - DESK_BACK)
    found = list(recent.exclude(status=Exchange.Status.CLOSED).order_by("-made_at", "-id"))
    waits = [one for one in found if one.status == Exchange.Status.ASKED and one.given.starts_at > now]
    rows = [Row(one, may_undo(one, now)) for one in found if one not in waits]
    return Desk(waits, rows, ExchangeRule.objects.filter(community=community).exists())


def may_undo(exchange: Exchange, now: datetime) -> bool:
    """Whether it can still be taken back."""
    is_fresh = exchange.settled_at is not None and exchange.settled_at + Exchange.UNDO_WITHIN > now
    return exchange.status == Exchange.Status.DONE and is_fresh and exchange.given.starts_at > now


def waiting_count(*, community: Community, now: datetime) -> int:
    """How many wait for an organiser. One query."""
    rows = Exchange.objects.filter(status=Exchange.Status.ASKED, given__session__community=community)
    return rows.filter(given__starts_at__gt=now).count()
