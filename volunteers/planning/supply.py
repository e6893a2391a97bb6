"""Helpers as supply for the timetable engine: when they are free in an odd and in an even teaching week.

Where nobody tells the weeks apart one of them stands for all. Otherwise every place is counted once in
each of the two, and so is everybody who could take it: an hour of every second week is worth half.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from classes import demand
from classes.calendar import teaching_week
from classes.models import Community, Programme, Series, Term
from classes.timetabling.parts import Need, Volunteer, Window, joined
from volunteers.models import Absence, Availability
from volunteers.models import Volunteer as Person
from volunteers.planning.usual import WEEK, Weeks, minutes
from volunteers.rules import windows
from volunteers.rules.persons import ADULT_AT, cleared_until, does, turns

LEAD = "lead"
USUAL_A_WEEK = 1
"""How often somebody comes who has not said how often a week."""
ODD, EVEN = 1, 0
"""Teaching weeks by their remainder: 单周 are 1, 3, 5 …"""

type Free = dict[int, tuple[Window, ...]]
"""By volunteer: the free times of a week."""


@dataclass(frozen=True, slots=True)
class Supply:
    """Free times by kind of week; `asked` are the kinds that are counted, one of them where all are alike.

    `leads` are the times at which those who lead a class are free in every week.
    """

    free: dict[int, Free]
    asked: tuple[int, ...]
    leads: Free

    def needs(self, series: Series, needs: Iterable[Need]) -> tuple[Need, ...]:
        """What a class needs, by kind of week; one of every second week needs nobody in the other."""
        if len(self.asked) == 1:
            return tuple(needs)
        return tuple(
            Need(self._role(need.role, week), need.places)
            for need in needs
            for week in self.asked
            if week_of(series) in (None, week)
        )

    def volunteers(self, people: Iterable[Volunteer]) -> Iterable[Volunteer]:
        """People with the free times of every kind of week: in the second one they are somebody else."""
        for one in people:
            for week in self.asked:
                if free := self.free[week].get(one.id):
                    pk = one.id if week == self.asked[0] else -one.id
                    roles = frozenset(self._role(role, week) for role in one.roles)
                    yield Volunteer(pk, roles, one.reach, free, one.a_day, one.a_week)

    def _role(self, role: str, week: int) -> str:
        if len(self.asked) == 1:
            return role
        return f"{role}, {'odd' if week == ODD else 'even'} weeks"


def week_of(series: Series) -> int | None:
    """The kind of week in which a class meets; None: in both, or nobody can say."""
    return None if series.every_weeks % 2 else (series.week_offset + 1) % 2


def supply(*, people: list[Person], leads: set[int], classes: list[Series], term: Term, weeks: Weeks) -> Supply:
    """When people are free in the weeks in the middle of what is left; one query."""
    rows: dict[int, list[Availability]] = {person.pk: [] for person in people}
    for row in Availability.objects.filter(volunteer__in=people, on_date=None).order_by("id"):
        rows[row.volunteer_id].append(row)
    kinds = {teaching_week(term, day) % 2: day for day in (weeks.monday, weeks.monday + timedelta(days=WEEK))}
    free = {kind: {pk: _free(own, monday, term) for pk, own in rows.items()} for kind, monday in kinds.items()}
    leading = {
        kind: {pk: _free(_can_lead(rows[pk]), monday, term) for pk in leads & rows.keys()}
        for kind, monday in kinds.items()
    }
    is_alike = free[ODD] == free[EVEN] and all(week_of(one) is None for one in classes)
    return Supply(
        free=free,
        asked=(ODD,) if is_alike else (ODD, EVEN),
        leads={pk: both(times, leading[EVEN][pk]) for pk, times in leading[ODD].items()},
    )


def both(one: Iterable[Window], other: Iterable[Window]) -> tuple[Window, ...]:
    """The times that are in the one and in the other."""
    return joined(
        Window(a.weekday, max(a.starts, b.starts), min(a.ends, b.ends)) for a in one for b in other if a.meets(b)
    )


def _can_lead(rows: list[Availability]) -> list[Availability]:
    """Who leads a class and has never said when they are free can always come, unless they have said not."""
    if any(row.kind != Availability.Kind.IMPOSSIBLE for row in rows):
        return rows
    return [*rows, *(Availability(weekday=day, starts=time(), ends=windows.END_OF_DAY) for day in range(WEEK))]


def _free(rows: list[Availability], monday: date, term: Term) -> tuple[Window, ...]:
    days = windows.dates(monday, monday + timedelta(days=WEEK - 1))
    found = windows.free_windows(rows, days, lambda day: teaching_week(term, day))
    return joined(
        Window(one.starts_at.weekday(), minutes(one.starts_at.time()), _until(one.starts_at, one.ends_at))
        for one in found
    )


def _until(starts: datetime, ends: datetime) -> int:
    return minutes(ends.time()) if ends.date() == starts.date() else 24 * 60


def helpers(people: list[Person], communities: list[Community], weeks: Weeks) -> Iterable[Volunteer]:
    """Everybody who may be counted, without their free times; nobody whose organisation is mostly away."""
    cleared = cleared_until(person.pk for person in people)
    away = _mostly_away(weeks.first, weeks.last)
    for person in people:
        roles = frozenset(_roles(person, cleared.get(person.pk), weeks.first))
        if roles and person.organisation_id not in away:
            yield Volunteer(
                id=person.pk,
                roles=roles,
                reach=frozenset(_reach(person, communities)),
                free=(),
                a_week=person.max_per_week or USUAL_A_WEEK,
            )


def _mostly_away(first: date, last: date) -> set[int]:
    """Organisations that are away, in exam weeks or holidays, on more than half of the days to come."""
    absent: dict[int, set[date]] = defaultdict(set)
    for one in Absence.objects.filter(starts_on__lte=last, ends_on__gte=first).order_by("id"):
        absent[one.organisation_id].update(windows.dates(max(first, one.starts_on), min(last, one.ends_on)))
    days = max(0, (last - first).days + 1)
    return {pk for pk, dates in absent.items() if 2 * len(dates) > days}


def _roles(person: Person, cleared: date | None, day: date) -> Iterable[str]:
    """What somebody may be counted for; children only with a check that holds and of full age."""
    kinds = does(person)
    grown = turns(person, ADULT_AT)
    is_adult = grown is None or grown <= day
    if Programme.Kind.SENIOR in kinds:
        yield demand.ROLES[Programme.Kind.SENIOR]
        if person.may_lead and is_adult:
            yield LEAD
    if Programme.Kind.DESK in kinds:
        yield demand.ROLES[Programme.Kind.DESK]
    if Programme.Kind.CHILD in kinds and is_adult and cleared and cleared >= day:
        yield demand.ROLES[Programme.Kind.CHILD]


def _reach(person: Person, communities: list[Community]) -> Iterable[int]:
    """The venues of the own community and of the same street; everywhere while no home is known."""
    home = next((one for one in communities if one.pk == person.home_id), None)
    for one in communities:
        if home is None or one == home or (home.street and one.street == home.street):
            yield -one.pk
            yield from (venue.pk for venue in one.venues.all())
