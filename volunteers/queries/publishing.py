"""What publishing would tell whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import QuerySet

from classes.models import Community, Session
from classes.queries import days
from volunteers.models import Assignment, Proposal, Volunteer
from volunteers.queries.board import monday_of


@dataclass(frozen=True, slots=True)
class Told:
    """One volunteer and the places they will be asked about, in the order of time."""

    volunteer: Volunteer
    assignments: list[Assignment]


@dataclass(frozen=True, slots=True)
class Others:
    """Drafts of one community in whole weeks that are not of one proposal, and how many people all drafts tell."""

    community: Community
    from_on: date
    until_on: date
    count: int
    people: int


def drafts(
    *, now: datetime, community: Community | None = None, from_on: date | None = None, until_on: date | None = None
) -> QuerySet[Assignment]:
    """Draft places of sessions that are still to come, ready to be shown and told."""
    found = Assignment.objects.filter(
        status=Assignment.Status.DRAFT, starts_at__gt=now, session__status=Session.Status.PLANNED
    )
    if community:
        found = found.filter(session__community=community)
    if from_on and until_on:
        found = found.filter(session__on_date__range=(from_on, until_on))
    return for_telling(found)


def drafts_of(proposal: Proposal, *, now: datetime) -> QuerySet[Assignment]:
    """The draft places that one proposal made."""
    return drafts(now=now).filter(placement__proposal=proposal).distinct()


def others_than(proposal: Proposal, *, now: datetime) -> list[Others]:
    """What else waits to be sent in the weeks that a proposal touches, by community; those with nothing left out.

    Two queries, whatever the street.
    """
    monday, sunday = monday_of(proposal.from_on), monday_of(proposal.until_on) + timedelta(days=6)
    found = drafts(now=now, community=proposal.community, from_on=monday, until_on=sunday)
    if proposal.street:
        found = found.filter(session__community__street=proposal.street)
    its_own = set(drafts_of(proposal, now=now).order_by().values_list("pk", flat=True))
    waiting: dict[Community, list[Assignment]] = {}
    for row in found:
        waiting.setdefault(row.session.community, []).append(row)
    return [
        Others(community, monday, sunday, count, len({row.volunteer_id for row in rows}))
        for community, rows in sorted(waiting.items(), key=lambda item: item[0].pk)
        if (count := sum(row.pk not in its_own for row in rows))
    ]


def for_telling(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """With everything a note about a place says, one volunteer after the other."""
    return assignments.select_related(
        "volunteer__person",
        "shift__role",
        "session__series__programme",
        "session__room",
        "session__community",
    ).order_by("volunteer__person__name_key", "volunteer_id", "starts_at", "id")


def publish_preview(found: Iterable[Assignment]) -> list[Told]:
    """Who will be told what: exactly what publishing these drafts does. One query, none for drafts already read."""
    return [
        Told(rows[0].volunteer, rows)
        for _, group in groupby(found, key=lambda assignment: assignment.volunteer_id)
        for rows in [list(group)]
    ]


def guessed(assignments: Iterable[Assignment]) -> list[date]:
    """Days of these places whose holidays are only predicted: publishing them needs a tick. Two queries."""
    return days.guessed((row.session.community_id, row.session.on_date) for row in assignments)
