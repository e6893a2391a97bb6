"""What is known about one volunteer, as the rules read it: age, programmes, clearance."""

from collections.abc import Iterable
from datetime import date, timedelta

from classes.models import Programme
from volunteers.models import Clearance, GuardianConsent, Volunteer

ADULT_AT = 18


def turns(volunteer: Volunteer, age: int) -> date | None:
    """The latest day on which the volunteer can reach that age; None when no birth is known.

    Birth is kept as precisely as it was told: a year alone counts as its last day.
    """
    person = volunteer.person
    if person.birth_year is None:
        return None
    year, month, day = person.birth_year + age, person.birth_month, person.birth_day
    if month is None:
        return date(year, 12, 31)
    if day is None:
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    try:
        return date(year, month, day)
    except ValueError:  # born on 29 February
        return date(year, month + 1, 1)


def does(volunteer: Volunteer) -> tuple[str, ...]:
    """The kinds of programme; whoever teaches seniors also answers at the desk."""
    kinds = set(volunteer.programmes)
    if Programme.Kind.SENIOR in kinds:
        kinds.add(Programme.Kind.DESK)
    return tuple(kind for kind in Programme.Kind.values if kind in kinds)


def cleared_until(volunteers: Iterable[int]) -> dict[int, date]:
    """Until when each may be with children: the newest word counts, and "not clear" bars. One query."""
    found: dict[int, date] = {}
    rows = Clearance.objects.filter(volunteer__in=list(volunteers)).exclude(result=Clearance.Result.PENDING)
    for who, result, until in rows.order_by("recorded_at", "id").values_list("volunteer_id", "result", "valid_until"):
        if result == Clearance.Result.CLEAR and until:
            found[who] = max(until, found.get(who, until))
        else:
            found.pop(who, None)
    return found


def unguarded(volunteers: Iterable[int], day: date) -> set[int]:
    """Who of these signed up themselves, is under age on that day, and has no guardian's word. One query."""
    silent = Volunteer.objects.filter(
        pk__in=list(volunteers), source=Volunteer.Source.SIGN_UP, person__birth_year__gte=day.year - ADULT_AT
    ).exclude(guardian_consents__in=GuardianConsent.objects.filter(withdrawn_at=None))
    grown = ((one.pk, turns(one, ADULT_AT)) for one in silent.select_related("person"))
    return {pk for pk, adult_from in grown if adult_from and adult_from > day}
