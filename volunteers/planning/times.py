"""From the models to the timetable engine: classes to place, rooms, learners' times, helpers as supply."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q

from classes import demand
from classes.models import (
    Community,
    Enrolment,
    Learner,
    Programme,
    Room,
    Series,
    SeriesDay,
    Session,
    Term,
)
from classes.timetabling.parts import Lead, Need, Placement, Slot, Venue, Window, joined
from classes.timetabling.parts import Learner as Pupil
from classes.timetabling.parts import Room as Space
from classes.timetabling.parts import Series as Group
from classes.timetabling.problem import Problem
from volunteers.models import Assignment
from volunteers.models import Volunteer as Person
from volunteers.planning.supply import LEAD, Supply, helpers, supply
from volunteers.planning.usual import WEEK, Weeks, minutes, stated
from volunteers.rules import windows

STANDING = 3
"""Whoever has led a class so often is its lead."""
OVERLAP = timedelta(days=13)
"""Classes of another term that lies over this one for two weeks are in its way."""
MORNING, AFTERNOON, AFTER_SCHOOL, EVENING = (540, 720), (840, 1020), (960, 1110), (1110, 1230)
WITHOUT_SCHOOL = (510, 720), (840, 1080)
TIMES = {
    Programme.Kind.SENIOR: (MORNING, AFTERNOON),
    Programme.Kind.CHILD: (AFTER_SCHOOL,),
    Programme.Kind.DESK: (MORNING, AFTERNOON, EVENING),
}
"""When classes of each kind may be, in minutes after midnight; a class's present time is possible besides.

Children have other times in a break and at weekends, when there is no school to wait for.
"""


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
    weeks = Weeks.left(term, now)
    classes = _classes(_meanwhile(term, weeks))
    before = _last_term(term)
    places = _enrolments(classes)
    rooms = {room.pk: room for room in Room.objects.select_related("venue").order_by("id")}
    communities = list(Community.objects.prefetch_related("venues").order_by("id"))
    people = list(Person.objects.filter(status=Person.Status.ACTIVE).select_related("person").order_by("id"))
    leads = _standing_leads(classes, before, {person.pk for person in people})
    free = supply(people=people, leads=set(leads.values()), classes=classes, term=term, weeks=weeks)
    groups = [
        _group(one, one.pk in chosen, places[one.pk], leads.get(one.pk), before.get(_name(one)), weeks, free)
        for one in classes
        if one.pk in chosen or _present(one)
    ]
    problem = Problem(
        venues=tuple(_venues(communities, weeks)),
        rooms=(*_spaces(rooms, weeks), *_unknown_rooms(communities, classes)),
        series=tuple(groups),
        learners=tuple(_learners(places, {one.pk for one in classes if weeks.has_no_school(one.programme)})),
        leads=tuple(Lead(pk, free.leads[pk], name) for pk, name in _named(leads, people)),
        volunteers=tuple(free.volunteers(helpers(people, communities, weeks))),
        base_minutes=windows.TRAVEL.base_minutes,
        minutes_per_km=windows.TRAVEL.minutes_per_km,
        name=f"{community.name} {term.name}",
        weeks=len(free.asked),
    )
    return problem, TimeIndex({one.pk: one for one in classes}, rooms)


# --- classes ----------------------------------------------------------------------------------


def _meanwhile(term: Term, weeks: Weeks) -> Q:
    """The classes of the term, and of other terms for as long as they lie over what is left of it."""
    over = Q(term__starts_on__lte=weeks.last - OVERLAP, term__ends_on__gte=weeks.first + OVERLAP)
    return Q(term=term) | over


def _classes(wanted: Q) -> list[Series]:
    days = Prefetch("days", SeriesDay.objects.order_by("weekday"))
    found = Series.objects.filter(wanted).select_related("programme", "room__venue", "community")
    return list(found.prefetch_related(days, "community__venues").order_by("id"))


def _present(series: Series) -> tuple[Slot, ...]:
    return tuple(Slot(day.weekday, minutes(series.starts)) for day in series.days.all())


def _name(series: Series) -> tuple[int, str]:
    return series.community_id, series.name


def _last_term(term: Term) -> dict[tuple[int, str], Series]:
    """The classes of the term before by community and name: a class of the same name goes on with them."""
    earlier = Term.objects.filter(starts_on__lt=term.starts_on).order_by("-starts_on").first()
    return {_name(one): one for one in _classes(Q(term=earlier))} if earlier else {}


def _group(
    series: Series,
    is_open: bool,
    places: list[Enrolment],
    lead: int | None,
    before: Series | None,
    weeks: Weeks,
    free: Supply,
) -> Group:
    present = _present(series)
    room = series.room_id or -series.community_id
    fixed = tuple(Placement(series.pk, slot.weekday, slot.starts, room) for slot in present)
    needs = [need for need in _needs(series, places) if lead is None or need.role != LEAD]
    return Group(
        id=series.pk,
        programme=series.programme.kind,
        venues=tuple(venue.pk for venue in series.community.venues.all()),
        minutes=minutes(series.ends) - minutes(series.starts),
        window=_window(series, present, weeks),
        sessions=max(1, len(present)),
        people=len(places) or series.capacity,
        step_free=any(demand.in_a_wheelchair(place.learner.needs) for place in places),
        equipment=frozenset(series.needs),
        learners=tuple(sorted({place.learner_id for place in places})),
        lead=lead,
        needs=free.needs(series, needs),
        last=(_present(before) if before else ()) or present,
        fixed=() if is_open else fixed,
        name=series.name,
    )


def _window(series: Series, present: tuple[Slot, ...], weeks: Weeks) -> tuple[Window, ...]:
    """The times of the kind on the weekdays on which the programme runs, and the present times."""
    programme, long = series.programme, minutes(series.ends) - minutes(series.starts)
    is_free = weeks.has_no_school(programme)
    usual = [
        Window(day, *part)
        for day in weeks.runs(programme, series.community_id)
        for part in _times(Programme.Kind(programme.kind), is_free or day > 4)
    ]
    return joined([*usual, *(Window(slot.weekday, slot.starts, slot.starts + long) for slot in present)])


def _times(kind: Programme.Kind, is_free: bool) -> tuple[tuple[int, int], ...]:
    return WITHOUT_SCHOOL if is_free and kind == Programme.Kind.CHILD else TIMES[kind]


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


def _standing_leads(classes: list[Series], before: dict[tuple[int, str], Series], active: set[int]) -> dict[int, int]:
    """Who has led each class most often, at least a few times: this term, or the class of that name before."""
    rows = Assignment.objects.filter(
        session__series__in=[*classes, *before.values()], shift__role__is_lead=True, status=Assignment.Status.ACCEPTED
    ).exclude(session__status=Session.Status.CANCELLED)
    led = Counter(rows.order_by().values_list("session__series_id", "volunteer_id"))
    often: dict[int, int] = {}
    for (series, volunteer), count in sorted(led.items(), key=lambda one: (-one[1], one[0])):
        if count >= STANDING and volunteer in active:
            often.setdefault(series, volunteer)
    found = {}
    for one in classes:
        earlier = before.get(_name(one))
        if lead := often.get(one.pk) or (often.get(earlier.pk) if earlier else None):
            found[one.pk] = lead
    return found


def _named(leads: dict[int, int], people: list[Person]) -> Iterable[tuple[int, str]]:
    names = {person.pk: str(person) for person in people}
    return ((pk, names.get(pk, "")) for pk in sorted(set(leads.values())))


# --- places and learners ----------------------------------------------------------------------


def _venues(communities: list[Community], weeks: Weeks) -> Iterable[Venue]:
    """Every venue, and one for each community where a class has no room yet."""
    shut = weeks.shut()
    for community in communities:
        where, closed = (community.x_km, community.y_km), weeks.closed(community.pk)
        yield Venue(-community.pk, *where, closed, name=community.name)
        for venue in community.venues.all():
            yield Venue(venue.pk, *where, closed | shut.get(venue.pk, frozenset()), name=venue.name)


def _unknown_rooms(communities: list[Community], classes: list[Series]) -> Iterable[Space]:
    """Where a class is that has no room yet: whatever it needs may be there."""
    needed = frozenset(thing for one in classes for thing in one.needs)
    return (Space(-one.pk, -one.pk, name="没定教室", equipment=needed) for one in communities)


def _spaces(rooms: dict[int, Room], weeks: Weeks) -> Iterable[Space]:
    taken = weeks.taken()
    for room in rooms.values():
        yield Space(
            id=room.pk,
            venue=room.venue_id,
            seats=room.seats,
            step_free=room.step_free,
            equipment=frozenset(room.has),
            hours=stated(room.open_windows) or (),
            booked=taken.get(room.pk, ()),
            gap=room.gap_minutes,
            name=room.name,
        )


def _enrolments(classes: list[Series]) -> dict[int, list[Enrolment]]:
    found: dict[int, list[Enrolment]] = {one.pk: [] for one in classes}
    rows = Enrolment.objects.filter(series__in=classes, status=Enrolment.Status.CONFIRMED).select_related("learner")
    for row in rows.order_by("id"):
        found[row.series_id].append(row)
    return found


def _learners(places: dict[int, list[Enrolment]], without_school: set[int]) -> Iterable[Pupil]:
    learners = {row.learner_id: row.learner for rows in places.values() for row in rows}
    at_school = {row.learner_id for pk, rows in places.items() if pk not in without_school for row in rows}
    for pk, learner in sorted(learners.items()):
        free = times_of(learner, at_school=pk in at_school)
        yield Pupil(pk, free, once_a_day=learner.kind == Learner.Kind.SENIOR)


def times_of(learner: Learner, *, at_school: bool = True) -> tuple[Window, ...] | None:
    """When a learner can come; None: at any time, because nobody has said. A child not before school is out."""
    if learner.free_windows is not None:
        return stated(learner.free_windows)
    if learner.release_time is None or not at_school:
        return None
    out = minutes(learner.release_time)
    return tuple(Window(day, out if day < 5 else 0, 24 * 60) for day in range(WEEK))
