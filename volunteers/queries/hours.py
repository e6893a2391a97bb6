"""The hours of one volunteer: in the ledger, still open, and the certificates about them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q, Sum

from classes.models import Community
from volunteers.models import Certificate, CheckIn, ServiceRecord, Volunteer
from volunteers.rules import hours

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Visit:
    """One whole visit and what it counts; not yet in the ledger while `record` is None."""

    checkin: CheckIn
    minutes: int
    record: ServiceRecord | None

    @property
    def is_corrected(self) -> bool:
        """Whether it counts otherwise than it was written down."""
        return self.record is not None and self.record.minutes != self.minutes


@dataclass(frozen=True, slots=True)
class Certifiable:
    """What one community can certify."""

    community: Community
    minutes: int
    times: int
    first: date
    last: date


def visits(volunteer: Volunteer, *, since: date | None = None) -> list[Visit]:
    """Whole visits in the order of time, with what they count. Two queries."""
    rows = volunteer.checkins.filter(arrived_at__isnull=False, left_at__isnull=False)
    if since:
        rows = rows.filter(on_date__gte=since)
    found = rows.select_related("session", "series__programme").prefetch_related("records").order_by("on_date", "id")
    return [_visit(row) for row in found]


def _visit(row: CheckIn) -> Visit:
    lines = list(row.records.all())
    first = next((line for line in lines if line.corrects_id is None), None)
    if first:
        return Visit(row, sum(line.minutes for line in lines), first)
    span = hours.counted(row)
    return Visit(row, span.minutes if span and span.is_plausible else 0, None)


def certifiable(volunteer: Volunteer) -> list[Certifiable]:
    """By community, most hours first. Two queries."""
    lines = ServiceRecord.objects.filter(volunteer=volunteer).values("community")
    sums = lines.annotate(
        minutes=Sum("minutes"), times=Count("pk", filter=Q(corrects=None)), first=Min("on_date"), last=Max("on_date")
    )
    wanted = {row["community"]: row for row in sums.order_by() if row["minutes"] > 0}
    places = Community.objects.in_bulk(list(wanted))
    found = [
        Certifiable(places[pk], row["minutes"], row["times"], row["first"], row["last"]) for pk, row in wanted.items()
    ]
    return sorted(found, key=lambda one: (-one.minutes, one.community.pk))


def certificates_of(volunteer: Volunteer) -> list[Certificate]:
    """Everything ever asked for, the newest first. One query."""
    return list(volunteer.certificates.select_related("community").order_by("-requested_at", "-id")[:SHOWN])


@dataclass(frozen=True, slots=True)
class Service:
    """What the page of a volunteer says about hours."""

    visits: list[Visit]
    papers: list[Certificate]

    @property
    def minutes(self) -> int:
        """Everything that counts, in the ledger or not yet."""
        return sum(visit.minutes for visit in self.visits)

    @property
    def pending(self) -> int:
        """Minutes that are not in the ledger yet."""
        return sum(visit.minutes for visit in self.visits if visit.record is None)

    @property
    def shown(self) -> list[Visit]:
        """The newest visits first."""
        return self.visits[: -SHOWN - 1 : -1]


def service(volunteer: Volunteer) -> Service:
    """Hours and certificates of one volunteer. Three queries."""
    return Service(visits(volunteer), certificates_of(volunteer))
