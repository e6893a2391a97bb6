"""From the models to the engine: one roster problem with database ids, and the rows behind it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache

from django.db.models import F, Q
from django.utils import timezone

from classes.calendar import teaching_week
from classes.models import Community, Enrolment, Programme, Session, Term
from volunteers.matching.parts import Away
from volunteers.matching.problem import HELPER, LEAD, Busy, Lock, Post, Problem, Window
from volunteers.matching.problem import Community as Place
from volunteers.matching.problem import Session as Meeting
from volunteers.matching.problem import Volunteer as Person
from volunteers.models import Absence, Assignment, Availability, Company, Pairing, Shift, Volunteer
from volunteers.planning.locking import settle_locks
from volunteers.planning.promises import Promise, promises, rest_of_months
from volunteers.planning.served import Served, ever, served
from volunteers.rules import last_said_no, windows
from volunteers.rules.persons import ADULT_AT, cleared_until, does, turns, unguarded
from volunteers.rules.windows import TRAVEL

# A child who comes and finds no adult is worse than a lesson moved, a lesson worse than a quiet desk.
PRIORITY = {Programme.Kind.CHILD: 5, Programme.Kind.SENIOR: 4, Programme.Kind.DESK: 3}
# What a lead may lead when the session has no lesson of the catalogue.
NO_LESSON = "-"
FIRST_WITHIN = timedelta(weeks=3)  # a newcomer's first session, counted from the first day planned, if there is a place
DIALECT_WISHED = 1
CHECKED = "背景查询"
# What a plan and its words ask of a person: reading all that is kept about hundreds of people costs twice as much.
ASKED = (
    *(f"person__{name}" for name in ("name", "birth_year", "birth_month", "birth_day")),
    *("home", "organisation", "occupation", "status", "source", "programmes", "skills", "dialect"),
    *("experienced", "may_lead", "max_per_week", "max_per_month"),
)


@dataclass
class Index:
    """The rows behind a problem, by the ids that the problem uses.

    `shifts` is keyed by session and engine role: lead, helper, or the code of a further role, a post of its own;
    `roles` tells the engine role of each shift. `active` are the volunteers who may be placed; others are there only
    because something is agreed with them. `declined` are (volunteer, session) of who said that they cannot come.
    """

    sessions: dict[int, Session]
    shifts: dict[tuple[int, str], Shift]
    volunteers: dict[int, Volunteer]
    active: set[int]
    availability: dict[int, list[Availability]]
    assignments: list[Promise]
    terms: list[Term]
    roles: dict[int, str] = field(default_factory=dict)
    declined: set[tuple[int, int]] = field(default_factory=set)
    absences: dict[int | None, list[Absence]] = field(default_factory=dict)
    weeks: dict[date, int | None] = field(default_factory=dict)

    def week_number(self, day: date) -> int | None:
        """The teaching week of a date; None outside every term."""
        if day not in self.weeks:
            term = next((t for t in self.terms if t.starts_on <= day <= t.ends_on), None)
            self.weeks[day] = teaching_week(term, day) if term else None
        return self.weeks[day]

    @cached_property
    def further(self) -> dict[int, list[Shift]]:
        """The shifts of each session that are neither the lead's nor the helpers'."""
        found: dict[int, list[Shift]] = defaultdict(list)
        for (session, role), shift in self.shifts.items():
            if role not in (LEAD, HELPER):
                found[session].append(shift)
        return found


def load_problem(
    *,
    community: Community | None,
    from_on: date,
    until_on: date,
    now: datetime,
    street: str = "",
    free_on: Collection[date] | None = None,
) -> tuple[Problem, Index]:
    """The roster problem of the planned sessions from `from_on` to `until_on`, both included.

    Of one community, else of the communities of a street, else of all. Places that clubs hold are not
    in it: nobody is looked for there.

    Sessions that have begun are left out. Agreements inside the range are locked; agreements
    elsewhere that touch the same weeks are busy time. `free_on` are the days for which it matters who is
    free (all of the range without it): whoever looks at one session spares the rest. A constant number of queries.
    """
    wanted = windows.dates(from_on, until_on) if free_on is None else sorted(free_on)
    communities = list(Community.objects.order_by("id"))
    index = _index(community=community, street=street, from_on=from_on, until_on=until_on, now=now, free_on=free_on)
    asked = {session.series_id for session in index.sessions.values()}
    serving = served(asked, from_on)
    company = _company(index)
    problem = Problem(
        name=f"{community.name if community else street or '全部社区'} {from_on}–{until_on}",
        communities=_places(communities),
        travel=TRAVEL,
        sessions=tuple(_meeting(session, index) for session in index.sessions.values()),
        volunteers=tuple(_people(index, communities, from_on, wanted, serving)),
        history=tuple(sorted(pair for pair in serving.history if pair[0] in index.volunteers)),
        locked=tuple(_locks(index)),
        barred=tuple(_barred(index)),
        faces=tuple(_faces(index, from_on)),
        apart=company[Company.Kind.APART],
        together=company[Company.Kind.TOGETHER],
    )
    return settle_locks(problem), index


@lru_cache(1 << 14)
def local(moment: datetime) -> datetime:
    """The local wall-clock minute that the engine works with. Hundreds of promises share a few beginnings and ends."""
    return timezone.localtime(moment).replace(second=0, microsecond=0, tzinfo=None)


# --- reading ----------------------------------------------------------------------------------


def _index(
    *,
    community: Community | None,
    street: str,
    from_on: date,
    until_on: date,
    now: datetime,
    free_on: Collection[date] | None = None,
) -> Index:
    planned = Session.objects.filter(
        status=Session.Status.PLANNED, on_date__range=(from_on, until_on), starts_at__gt=now
    ).exclude(shifts=None)
    if community:
        planned = planned.filter(community=community)
    elif street:
        planned = planned.filter(community__street=street)
    sessions = {
        session.pk: session
        for session in planned.select_related("series__programme", "lesson", "room", "community")
        .distinct()
        .order_by("starts_at", "id")
    }
    shifts: dict[tuple[int, str], Shift] = {}
    rows = Shift.objects.filter(session__in=list(sessions)).select_related("role")
    for shift in rows.order_by("session_id", "-role__is_lead", "role_id", "id"):
        shift.session = sessions[shift.session_id]
        shifts.setdefault((shift.session_id, _engine_role(shift, shifts)), shift)
    known = promises(from_on, until_on)
    assignments = [one for one in known if one.status in Assignment.ACTIVE]
    active = Q(status=Volunteer.Status.ACTIVE)
    promised = {a.volunteer_id for a in assignments if a.session_id in sessions}
    people = Volunteer.objects.filter(active | Q(pk__in=promised)).select_related("person").only(*ASKED)
    volunteers = {volunteer.pk: volunteer for volunteer in people.order_by("id")}
    by_month = [pk for pk, volunteer in volunteers.items() if volunteer.max_per_month]
    assignments += (one for one in rest_of_months(by_month, from_on, until_on) if one.status in Assignment.ACTIVE)
    availability: dict[int, list[Availability]] = defaultdict(list)
    said = Availability.objects.filter(Q(volunteer__status=Volunteer.Status.ACTIVE) | Q(volunteer__in=promised))
    if free_on is not None:
        said = said.filter(Q(on_date__in=free_on) | Q(on_date=None, weekday__in={day.weekday() for day in free_on}))
    for row in said.order_by("id"):
        availability[row.volunteer_id].append(row)
    return Index(
        absences=_absences(from_on, until_on),
        sessions=sessions,
        shifts=shifts,
        volunteers=volunteers,
        active={pk for pk, v in volunteers.items() if v.status == Volunteer.Status.ACTIVE},
        availability=availability,
        assignments=sorted(a for a in assignments if a.volunteer_id in volunteers),
        terms=list(Term.objects.filter(starts_on__lte=until_on, ends_on__gte=from_on)),
        roles={shift.pk: role for (_, role), shift in shifts.items()},
        declined={pair for pair in last_said_no(known) if pair[0] in volunteers and pair[1] in sessions},
    )


def _absences(from_on: date, until_on: date) -> dict[int | None, list[Absence]]:
    """Days of these on which an organisation is away, by its id."""
    found: dict[int | None, list[Absence]] = defaultdict(list)
    for absence in Absence.objects.filter(starts_on__lte=until_on, ends_on__gte=from_on):
        found[absence.organisation_id].append(absence)
    return found


def _engine_role(shift: Shift, known: dict[tuple[int, str], Shift]) -> str:
    """Who leads, who helps, and what else there is at a session beside its first kind of helper."""
    if shift.role.is_lead:
        return LEAD
    return shift.role.code if (shift.session_id, HELPER) in known else HELPER


# --- the parts of the problem -----------------------------------------------------------------


def _places(communities: Iterable[Community]) -> tuple[Place, ...]:
    return tuple(Place(c.pk, c.x_km, c.y_km) for c in communities)


def _meeting(session: Session, index: Index) -> Meeting:
    kind = session.series.programme.kind
    lead, helper = index.shifts.get((session.pk, LEAD)), index.shifts.get((session.pk, HELPER))
    wished = helper.needed - helper.held if helper else 0
    return Meeting(
        id=session.pk,
        community=session.community_id,
        series=session.series_id,
        programme=kind,
        starts_at=local(session.starts_at),
        ends_at=local(session.ends_at),
        lesson=session.lesson.code if session.lesson else NO_LESSON,
        people=session.expected,
        minimum=min(helper.minimum, wished) if helper else 0,
        wished=wished,
        maximum=wished,
        needs_lead=bool(lead and lead.needed - lead.held),
        dialect_wished=DIALECT_WISHED if kind == Programme.Kind.SENIOR and session.expected else 0,
        priority=PRIORITY[kind],
        two_adults=kind == Programme.Kind.CHILD,
        posts=tuple(_posts(session, index)),
    )


def _posts(session: Session, index: Index) -> Iterable[Post]:
    """Every further role of a session, such as somebody at the door beside those at the tables."""
    for shift in index.further.get(session.pk, ()):
        if places := shift.needed - shift.held:
            role = index.roles[shift.pk]
            yield Post(role, min(shift.minimum, places), places, places, tuple(_asked(shift, index)), shift.role.name)


def _asked(shift: Shift, index: Index) -> Iterable[str]:
    """What a further role asks beyond its session: an age, a background check."""
    role, session = shift.role, index.sessions[shift.session_id]
    helper = index.shifts[shift.session_id, HELPER]
    if role.minimum_age > helper.role.minimum_age:
        yield _of_age(role.minimum_age)
    if role.needs_clearance and session.series.programme.kind != Programme.Kind.CHILD:
        yield CHECKED


def _of_age(age: int) -> str:
    return f"满 {age} 岁"


def _skills(
    volunteer: Volunteer, first: date, ages: set[int], checked: date | None
) -> Iterable[tuple[str, date | None]]:
    """What the person can do, and the ages reached before the range begins.

    Words somebody wrote are no proof: none of them counts as a check or as an age.
    """
    proofs = {CHECKED, *map(_of_age, ages)}
    yield from ((str(skill), None) for skill in volunteer.skills if str(skill) not in proofs)
    if checked:
        yield CHECKED, checked
    for age in sorted(ages):
        birthday = turns(volunteer, age)
        if birthday is None or birthday <= first:
            yield _of_age(age), None


def _people(
    index: Index,
    communities: list[Community],
    first: date,
    days: list[date],
    serving: Served,
) -> Iterable[Person]:
    cleared = cleared_until(index.volunteers)
    lessons = tuple(sorted({s.lesson.code for s in index.sessions.values() if s.lesson} | {NO_LESSON}))
    ages = {shift.role.minimum_age for shift in index.shifts.values()}
    experienced = _experienced(index, serving, first)
    agreed: dict[int, list[Promise]] = defaultdict(list)
    for assignment in index.assignments:
        agreed[assignment.volunteer_id].append(assignment)
    reach = {home: _reach(home, communities) for home in (None, *(c.pk for c in communities))}
    for pk, volunteer in index.volunteers.items():
        free: tuple[Window, ...] = ()
        if pk in index.active:
            free = windows.free_windows(index.availability[pk], days, index.week_number)
        inside = [a for a in agreed[pk] if a.session_id in index.sessions]
        outside = [a for a in agreed[pk] if a.session_id not in index.sessions]
        yield Person(
            id=pk,
            home=volunteer.home_id or communities[0].pk,
            reach=reach[volunteer.home_id],
            does=does(volunteer),
            leads=lessons if volunteer.may_lead else (),
            child_clearance_until=cleared.get(pk),
            dialect=volunteer.dialect,
            newcomer=pk not in experienced,
            max_per_week=volunteer.max_per_week,
            max_per_month=volunteer.max_per_month,
            club=volunteer.organisation_id,
            away=tuple(Away(a.starts_on, a.ends_on, a.kind) for a in index.absences.get(volunteer.organisation_id, ())),
            recent_load=serving.recent[pk],
            availability=(*free, *(Window(local(a.starts_at), local(a.ends_at), False) for a in inside)),
            busy=tuple(Busy(a.community_id, local(a.starts_at), local(a.ends_at)) for a in outside),
            adult_from=turns(volunteer, ADULT_AT),
            skills=tuple(_skills(volunteer, first, ages, cleared.get(pk))),
            name=str(volunteer),
            first_by=_first_by(first, outside) if pk in index.active and pk not in experienced else None,
        )


def _experienced(index: Index, serving: Served, first: date) -> set[int]:
    """Whoever has served once is new no longer, whatever the form said."""
    known = {pk for pk, meetings in serving.recent.items() if meetings} | {who for who, _ in serving.history}
    known |= {pk for pk, volunteer in index.volunteers.items() if volunteer.experienced}
    return known | ever(index.volunteers.keys() - known, first)


def _first_by(first: date, promised: Iterable[Promise]) -> date | None:
    """The last day for a newcomer's first session; None for who has promised one elsewhere by then."""
    last = first + FIRST_WITHIN - timedelta(days=1)
    return None if any(local(one.starts_at).date() <= last for one in promised) else last


def _reach(home_id: int | None, communities: list[Community]) -> tuple[int, ...]:
    """The own community and those of the same street; everywhere while no home is known."""
    home = next((c for c in communities if c.pk == home_id), None)
    if home is None:
        return tuple(c.pk for c in communities)
    return tuple(c.pk for c in communities if c == home or (home.street and c.street == home.street))


def _faces(index: Index, from_on: date) -> Iterable[tuple[int, ...]]:
    """Series, learner, and the helpers whom the learner has sat with there before the range; one query."""
    rows = Pairing.objects.filter(
        session__series__in={session.series_id for session in index.sessions.values()},
        session__on_date__lt=from_on,
        learner__enrolments__series=F("session__series"),
        learner__enrolments__status=Enrolment.Status.CONFIRMED,
    )
    known: dict[tuple[int, int], set[int]] = defaultdict(set)
    for series, learner, volunteer in rows.order_by().values_list("session__series", "learner", "volunteer"):
        if volunteer in index.volunteers:
            known[series, learner].add(volunteer)
    yield from ((*pair, *sorted(people)) for pair, people in sorted(known.items()))


def _company(index: Index) -> dict[str, tuple[tuple[int, int], ...]]:
    """By kind, whom volunteers want beside them, or never; between people who may be placed. One query."""
    rows = Company.objects.order_by("volunteer_id", "other_id").values_list("kind", "volunteer_id", "other_id")
    wished = [row for row in rows if index.active.issuperset(row[1:])]
    return {kind: tuple(row[1:] for row in wished if row[0] == kind) for kind in Company.Kind.values}


def _barred(index: Index) -> Iterable[tuple[int, int]]:
    """Pairs that the engine knows only as a bar: declined, or under the role's own age."""
    yield from sorted(index.declined)
    yield from (pair for pair in _too_young(index) if pair not in index.declined)


def _too_young(index: Index) -> Iterable[tuple[int, int]]:
    agreed = {(a.volunteer_id, a.session_id) for a in index.assignments}
    first = min((s.on_date for s in index.sessions.values()), default=None)
    silent = unguarded(index.volunteers.values(), first) if first else set()
    sessions: dict[int, list[Session]] = defaultdict(list)
    for session in index.sessions.values():
        if shift := index.shifts.get((session.pk, HELPER)):
            sessions[min(shift.role.minimum_age, ADULT_AT)].append(session)
    for pk, volunteer in index.volunteers.items():
        for age, asking in sessions.items():
            allowed_from = turns(volunteer, ADULT_AT if pk in silent else age)
            # Sessions are in the order of time: for nearly everybody the first one says that none is too early.
            if allowed_from is None or asking[0].on_date >= allowed_from:
                continue
            early = (s.pk for s in asking if s.on_date < allowed_from)
            yield from ((pk, session_pk) for session_pk in early if (pk, session_pk) not in agreed)


def _locks(index: Index) -> Iterable[Lock]:
    for assignment in index.assignments:
        if assignment.session_id in index.sessions:
            yield Lock(assignment.volunteer_id, assignment.session_id, _agreed_role(assignment, index))


def _agreed_role(assignment: Promise, index: Index) -> str:
    return index.roles.get(assignment.shift_id, LEAD if assignment.leads else HELPER)
