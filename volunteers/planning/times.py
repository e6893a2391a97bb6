"""From the models to the timetable engine: classes to place, rooms, learners' times, helpers as supply."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch
from django.utils import timezone

from classes import demand
from classes.models import (
    Community,
    Enrolment,
    Learner,
    Programme,
    Room,
    RoomBooking,
    Series,
    SeriesDay,
    Session,
    Term,
)
from classes.timetabling.parts import Lead, Need, Placement, Slot, Venue, Volunteer, Window, joined
from classes.timetabling.parts import Learner as Pupil
from classes.timetabling.parts import Room as Space
from classes.timetabling.parts import Series as Group
from classes.timetabling.problem import Problem
from volunteers.models import Absence, Assignment, Availability
from volunteers.models import Volunteer as Person
from volunteers.rules import windows
from volunteers.rules.persons import ADULT_AT, cleared_until, does, turns

LEAD = "lead"
WEEK = 7
USUAL_A_WEEK = 1
"""How often somebody comes who has not said how often a week."""
STANDING = 3
"""Whoever has led a class so often is its lead."""
BOOKED_OFTEN = 2
"""A time booked by others on so many dates of the term is theirs every week."""
MORNING, AFTERNOON, AFTER_SCHOOL, EVENING = (540, 720), (840, 1020), (960, 1110), (1110, 1230)
TIMES = {
    Programme.Kind.SENIOR: (MORNING, AFTERNOON),
    Programme.Kind.CHILD: (AFTER_SCHOOL,),
    Programme.Kind.DESK: (MORNING, AFTERNOON, EVENING),
}
"""When classes of each kind may be, in minutes after midnight; a class's present time is possible besides."""


@dataclass(frozen=True, slots=True)
class TimeIndex:
    """The rows behind a problem, by the ids that the problem uses; rooms below 0 stand for none."""

    series: dict[int, Series]
    rooms: dict[int, Room]


def load_times(
    *, term: Term, community: Community, chosen: Collection[int], now: datetime
) -> tuple[Problem, TimeIndex]:
    """The timetable problem of the chosen classes; every other class of the term is fixed.

    Classes of other communities are there because they take helpers. A constant number of queries.
    """
    classes = _classes(term)
    places = _enrolments(classes)
    rooms = {room.pk: room for room in Room.objects.select_related("venue").order_by("id")}
    communities = list(Community.objects.prefetch_related("venues").order_by("id"))
    leads = _standing_leads(classes)
    people = list(Person.objects.filter(status=Person.Status.ACTIVE).select_related("person").order_by("id"))
    free = _weekly(people, term, now)
    last = _last_times(term)
    groups = [
        _group(one, one.pk in chosen, places[one.pk], leads.get(one.pk), last.get(_name(one)) or _present(one))
        for one in classes
        if one.pk in chosen or _present(one)
    ]
    problem = Problem(
        venues=tuple(_venues(communities)),
        rooms=(*_spaces(rooms, term), *(Space(-c.pk, -c.pk, name="没定教室") for c in communities)),
        series=tuple(groups),
        learners=tuple(_learners(places)),
        leads=tuple(Lead(pk, free.get(pk), name) for pk, name in _named(leads, people)),
        volunteers=tuple(_helpers(people, free, communities, term, now)),
        base_minutes=windows.TRAVEL.base_minutes,
        minutes_per_km=windows.TRAVEL.minutes_per_km,
        name=f"{community.name} {term.name}",
    )
    return problem, TimeIndex({one.pk: one for one in classes}, rooms)


# --- classes ----------------------------------------------------------------------------------


def _classes(term: Term) -> list[Series]:
    days = Prefetch("days", SeriesDay.objects.order_by("weekday"))
    found = Series.objects.filter(term=term).select_related("programme", "room__venue", "community")
    return list(found.prefetch_related(days, "community__venues").order_by("id"))


def _present(series: Series) -> tuple[Slot, ...]:
    return tuple(Slot(day.weekday, minutes(series.starts)) for day in series.days.all())


def _name(series: Series) -> tuple[int, str]:
    return series.community_id, series.name


def _last_times(term: Term) -> dict[tuple[int, str], tuple[Slot, ...]]:
    """When classes of the same name met in the term before."""
    earlier = Term.objects.filter(starts_on__lt=term.starts_on).order_by("-starts_on").first()
    return {_name(one): _present(one) for one in _classes(earlier)} if earlier else {}


def _group(series: Series, is_open: bool, places: list[Enrolment], lead: int | None, last: tuple[Slot, ...]) -> Group:
    present = _present(series)
    room = series.room_id or -series.community_id
    fixed = tuple(Placement(series.pk, slot.weekday, slot.starts, room) for slot in present)
    needs = _needs(series, places)
    return Group(
        id=series.pk,
        programme=series.programme.kind,
        venues=tuple(venue.pk for venue in series.community.venues.all()),
        minutes=minutes(series.ends) - minutes(series.starts),
        window=_window(series, present),
        sessions=max(1, len(present)),
        people=len(places) or series.capacity,
        step_free=any(demand.in_a_wheelchair(place.learner.needs) for place in places),
        learners=tuple(sorted({place.learner_id for place in places})),
        lead=lead,
        needs=tuple(need for need in needs if lead is None or need.role != LEAD),
        last=last,
        fixed=() if is_open else fixed,
        name=series.name,
    )


def _window(series: Series, present: tuple[Slot, ...]) -> tuple[Window, ...]:
    """The times of the kind on the weekdays on which the programme runs, and the present times."""
    programme, long = series.programme, minutes(series.ends) - minutes(series.starts)
    run = Programme.DayRule.RUN
    weekdays = [day for day in range(WEEK) if (programme.on_weekend if day > 4 else programme.on_workday) == run]
    usual = [Window(day, *part) for day in weekdays for part in TIMES[Programme.Kind(programme.kind)]]
    return joined([*usual, *(Window(slot.weekday, slot.starts, slot.starts + long) for slot in present)])


def _needs(series: Series, places: list[Enrolment]) -> list[Need]:
    programme = series.programme
    wanted = demand.demand_of(
        demand.Facts(
            kind=programme.kind,
            learners=len(places),
            ratio=programme.default_ratio,
            young_ratio=programme.young_ratio,
            minimum_adults=programme.minimum_adults,
            stated_leads=series.stated_leads,
            stated_helpers=series.stated_helpers,
        )
    )
    found = [Need(LEAD, wanted.leads), Need(wanted.role, wanted.helpers)]
    return [need for need in found if need.places]


def _standing_leads(classes: list[Series]) -> dict[int, int]:
    """Who has led each class most often, at least a few times."""
    rows = Assignment.objects.filter(
        session__series__in=classes, shift__role__is_lead=True, status=Assignment.Status.ACCEPTED
    ).exclude(session__status=Session.Status.CANCELLED)
    led = Counter(rows.order_by().values_list("session__series_id", "volunteer_id"))
    found: dict[int, int] = {}
    for (series, volunteer), count in sorted(led.items(), key=lambda one: (-one[1], one[0])):
        if count >= STANDING:
            found.setdefault(series, volunteer)
    return found


def _named(leads: dict[int, int], people: list[Person]) -> Iterable[tuple[int, str]]:
    names = {person.pk: str(person) for person in people}
    return ((pk, names.get(pk, "")) for pk in sorted(set(leads.values())))


# --- places and learners ----------------------------------------------------------------------


def _venues(communities: list[Community]) -> Iterable[Venue]:
    """Every venue, and one for each community where a class has no room yet."""
    for community in communities:
        yield Venue(-community.pk, community.x_km, community.y_km, name=community.name)
        for venue in community.venues.all():
            yield Venue(venue.pk, community.x_km, community.y_km, name=venue.name)


def _spaces(rooms: dict[int, Room], term: Term) -> Iterable[Space]:
    booked: dict[int, Counter[Window]] = defaultdict(Counter)
    bookings = RoomBooking.objects.filter(starts_at__date__lte=term.ends_on, ends_at__date__gte=term.starts_on)
    for booking in bookings.order_by("id"):
        starts, ends = timezone.localtime(booking.starts_at), timezone.localtime(booking.ends_at)
        last = minutes(ends.time()) if ends.date() == starts.date() else 24 * 60
        if minutes(starts.time()) < last:
            booked[booking.room_id][Window(starts.weekday(), minutes(starts.time()), last)] += 1
    for room in rooms.values():
        yield Space(
            id=room.pk,
            venue=room.venue_id,
            seats=room.seats,
            step_free=room.step_free,
            hours=stated(room.open_windows) or (),
            booked=tuple(sorted(time for time, count in booked[room.pk].items() if count >= BOOKED_OFTEN)),
            gap=room.gap_minutes,
            name=room.name,
        )


def _enrolments(classes: list[Series]) -> dict[int, list[Enrolment]]:
    found: dict[int, list[Enrolment]] = {one.pk: [] for one in classes}
    rows = Enrolment.objects.filter(series__in=classes, status=Enrolment.Status.CONFIRMED).select_related("learner")
    for row in rows.order_by("id"):
        found[row.series_id].append(row)
    return found


def _learners(places: dict[int, list[Enrolment]]) -> Iterable[Pupil]:
    learners = {row.learner_id: row.learner for rows in places.values() for row in rows}
    for pk, learner in sorted(learners.items()):
        yield Pupil(pk, times_of(learner), once_a_day=learner.kind == Learner.Kind.SENIOR)


def times_of(learner: Learner) -> tuple[Window, ...] | None:
    """When a learner can come; None: at any time, because nobody has said. A child not before school is out."""
    if learner.free_windows is not None:
        return stated(learner.free_windows)
    if learner.release_time is None:
        return None
    out = minutes(learner.release_time)
    return tuple(Window(day, out if day < 5 else 0, 24 * 60) for day in range(WEEK))


# --- helpers ----------------------------------------------------------------------------------


def _weekly(people: list[Person], term: Term, now: datetime) -> dict[int, tuple[Window, ...]]:
    """The free times of a week in which nothing is out of the ordinary: weekly habits only.

    Odd and even weeks do not count: a class needs its helpers every week.
    """
    rows: dict[int, list[Availability]] = defaultdict(list)
    known = Availability.objects.filter(volunteer__in=people, on_date=None)
    for row in known.order_by("id"):
        rows[row.volunteer_id].append(row)
    first = max(term.starts_on, min(timezone.localdate(now), term.ends_on))
    days = windows.dates(first, first + timedelta(days=WEEK - 1))
    return {
        person.pk: joined(
            Window(free.starts_at.weekday(), minutes(free.starts_at.time()), _until(free.starts_at, free.ends_at))
            for free in windows.free_windows(rows[person.pk], days, lambda day: None)
        )
        for person in people
    }


def _until(starts: datetime, ends: datetime) -> int:
    return minutes(ends.time()) if ends.date() == starts.date() else 24 * 60


def _helpers(
    people: list[Person],
    free: dict[int, tuple[Window, ...]],
    communities: list[Community],
    term: Term,
    now: datetime,
) -> Iterable[Volunteer]:
    cleared = cleared_until(person.pk for person in people)
    day = max(term.starts_on, timezone.localdate(now))
    away = _mostly_away(day, term.ends_on)
    for person in people:
        if person.organisation_id in away:
            continue
        roles = frozenset(_roles(person, cleared.get(person.pk), day))
        if roles and free[person.pk]:
            yield Volunteer(
                id=person.pk,
                roles=roles,
                reach=frozenset(_reach(person, communities)),
                free=free[person.pk],
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


def minutes(clock: time) -> int:
    """Minutes after midnight; 23:59 is how a form writes midnight."""
    return 24 * 60 if clock >= windows.END_OF_DAY else 60 * clock.hour + clock.minute


def stated(rows: list[list[str | int]] | None) -> tuple[Window, ...]:
    """[[weekday, "HH:MM", "HH:MM"], …] as windows."""
    return joined(
        Window(int(day), minutes(time.fromisoformat(str(opens))), minutes(time.fromisoformat(str(closes))))
        for day, opens, closes in rows or ()
    )
