"""The page of exam weeks and holidays: whose, when, and what is agreed on those days already."""

from dataclasses import dataclass
from datetime import date

from volunteers.models import Absence, Assignment, Volunteer


@dataclass(frozen=True, slots=True)
class Row:
    """One absence; `members` are in service, `places` are agreed or planned on its days."""

    absence: Absence
    members: int
    places: int


def rows(*, since: date) -> list[Row]:
    """Absences that are not over, with who and what they concern. Three queries for any number."""
    found = list(Absence.objects.filter(ends_on__gte=since).select_related("organisation"))
    if not found:
        return []
    members: dict[int, int] = {}
    for organisation_id in _active_members(found):
        members[organisation_id] = members.get(organisation_id, 0) + 1
    placed = list(
        Assignment.objects.filter(
            status__in=Assignment.ACTIVE,
            volunteer__organisation__in={one.organisation_id for one in found},
            session__on_date__range=(since, max(one.ends_on for one in found)),
        )
        .order_by()
        .values_list("volunteer__organisation_id", "session__on_date")
    )
    return [
        Row(
            absence=one,
            members=members.get(one.organisation_id, 0),
            places=sum(club == one.organisation_id and one.starts_on <= day <= one.ends_on for club, day in placed),
        )
        for one in found
    ]


def _active_members(found: list[Absence]) -> list[int]:
    people = Volunteer.objects.filter(
        status=Volunteer.Status.ACTIVE, organisation__in={one.organisation_id for one in found}
    )
    return list(people.order_by().values_list("organisation_id", flat=True))
