"""What is known about one volunteer, as the rules read it: age, programmes, clearance."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from classes.models import Programme
from volunteers.models import Clearance, GuardianConsent, Volunteer

ADULT_AT = 18
KINDS = tuple(Programme.Kind.values)


def turns(volunteer: Volunteer, age: int) -> date | None:
    """The latest day on which the volunteer can reach that age; None when no birth is known.

    Birth is kept as precisely as it was told: a year alone counts as its last day.
    """
    person = volunteer.person
    if person.birth_year is None:
        return None
    return _reached(person.birth_year + age, person.birth_month, person.birth_day)


@lru_cache(1 << 14)
def _reached(year: int, month: int | None, day: int | None) -> date:
    """The last day of what is known; a plan asks it again and again of the same people."""
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
    return tuple(kind for kind in KINDS if kind in kinds)


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


def unguarded(volunteers: Iterable[Volunteer], day: date) -> set[int]:
    """Who of these signed up themselves, is under age on that day, and has no guardian's word. At most one query."""
    young = {one.pk for one in volunteers if one.source == Volunteer.Source.SIGN_UP and _is_minor(one, day)}
    if not young:
        return set()
    agreed = GuardianConsent.objects.filter(volunteer__in=young, withdrawn_at=None)
    return young - set(agreed.values_list("volunteer_id", flat=True))


def _is_minor(volunteer: Volunteer, day: date) -> bool:
    year = volunteer.person.birth_year
    # Most are old enough by the year alone, and hundreds are asked about at once.
    if year is None or year < day.year - ADULT_AT:
        return False
    adult_from = turns(volunteer, ADULT_AT)
    return adult_from is not None and adult_from > day
