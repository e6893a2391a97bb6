"""A made-up street of several communities, to try 补齐 on as much as it is meant for.

Sessions, people and times come from the engine's own generator, so that what is measured in the product
can be compared with `bench/`. Everybody is invented; the same seed makes the same street.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import count

from django.db.models import Max
from django.utils import timezone

from classes.models import Community, Programme, Series, SeriesDay, Session, Term
from people.actions import create_person
from volunteers.matching.generate import generate
from volunteers.matching.problem import Problem
from volunteers.matching.problem import Session as Meeting
from volunteers.matching.problem import Volunteer as Helper
from volunteers.models import Availability, CheckIn, Clearance, Organisation, Role, Shift, Volunteer

STREET = "春晓街道"
NAMES = ("梧桐", "海棠", "银杏", "玉兰", "石榴", "紫藤", "丁香", "合欢", "腊梅", "榆树", "桂花", "槐荫")
HELPERS = {"senior": "helper", "child": "tutor", "desk": "desk"}
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "春兰秀英建国志强丽华文彬海燕玉梅国庆淑芬永康晓雨子轩欣妍德福桂芳"
COMMUNITIES, WEEKS, SEED = 8, 4, 2


def live(*, now: datetime, communities: int = COMMUNITIES, weeks: int = WEEKS, seed: int = SEED) -> Problem:
    """Fill the database with a street whose sessions begin next Monday; answers the problem behind it."""
    today = timezone.localdate(now)
    monday = today + timedelta(days=7 - today.weekday())
    problem = generate(seed=seed, communities=communities, weeks=weeks, starts_on=monday)
    places = _communities(problem)
    series = _series(problem, places, _term(monday, weeks))
    _sessions(problem, places, series)
    _people(problem, places, series, now)
    return problem


def _communities(problem: Problem) -> dict[int, Community]:
    names = [*NAMES, *(f"第{number}" for number in range(len(NAMES) + 1, len(problem.communities) + 1))]
    made = [
        Community(name=f"{name}社区", street=STREET, x_km=place.x_km, y_km=place.y_km)
        for name, place in zip(names, problem.communities, strict=False)
    ]
    Community.objects.bulk_create(made)
    return dict(zip([place.id for place in problem.communities], made, strict=True))


def _term(monday: date, weeks: int) -> Term:
    until = monday + timedelta(weeks=weeks, days=-1)
    return Term.objects.create(name=f"{monday:%Y-%m} 街道", starts_on=monday, ends_on=until)


def _series(problem: Problem, places: dict[int, Community], term: Term) -> dict[int, Series]:
    programmes = {programme.kind: programme for programme in Programme.objects.order_by("-id")}
    first = {session.series: session for session in reversed(problem.sessions)}
    names = _names(first.values(), programmes)
    made = {
        number: Series(
            programme=programmes[one.programme],
            term=term,
            community=places[one.community],
            name=names[number],
            starts=one.starts_at.time(),
            ends=one.ends_at.time(),
            capacity=max(24, one.people),
            stated_leads=int(one.needs_lead),
            stated_helpers=one.wished,
        )
        for number, one in sorted(first.items())
    }
    Series.objects.bulk_create(made.values())
    days = [
        SeriesDay(series=made[number], weekday=one.starts_at.weekday(), seats=made[number].capacity)
        for number, one in sorted(first.items())
    ]
    SeriesDay.objects.bulk_create(days)
    return made


def _names(meetings: Iterable[Meeting], programmes: dict[str, Programme]) -> dict[int, str]:
    """What each series is called: programme and time, numbered where a community has two of them."""
    names: dict[int, str] = {}
    known: Counter[tuple[int, str]] = Counter()
    for one in sorted(meetings, key=lambda one: one.series):
        name = f"{programmes[one.programme]}·周{'一二三四五六日'[one.starts_at.weekday()]}{one.starts_at:%-H:%M}"
        known[one.community, name] += 1
        group = known[one.community, name]
        names[one.series] = name if group == 1 else f"{name} {'一二三四五六七八'[group - 1]}组"
    return names


def _sessions(problem: Problem, places: dict[int, Community], series: dict[int, Series]) -> None:
    made = [
        Session(
            series=series[one.series],
            community=places[one.community],
            on_date=one.starts_at.date(),
            starts_at=timezone.make_aware(one.starts_at),
            ends_at=timezone.make_aware(one.ends_at),
            expected=one.people,
        )
        for one in problem.sessions
    ]
    Session.objects.bulk_create(made)
    roles = {role.code: role for role in Role.objects.all()}
    shifts = [
        shift for one, session in zip(problem.sessions, made, strict=True) for shift in _shifts(one, session, roles)
    ]
    Shift.objects.bulk_create(shifts)


def _shifts(one: Meeting, session: Session, roles: dict[str, Role]) -> list[Shift]:
    found = [Shift(session=session, role=roles["lead"], needed=1, minimum=1)] if one.needs_lead else []
    return [
        *found,
        Shift(session=session, role=roles[HELPERS[one.programme]], needed=one.wished, minimum=one.minimum),
    ]


def _people(problem: Problem, places: dict[int, Community], series: dict[int, Series], now: datetime) -> None:
    today = timezone.localdate(now)
    clubs = {
        number: Organisation(name=f"志愿队{number}")
        for number in sorted({v.club for v in problem.volunteers if v.club is not None})
    }
    Organisation.objects.bulk_create(clubs.values())
    phones = count(16000300000 + (Volunteer.objects.aggregate(last=Max("pk"))["last"] or 0))
    made = {one.id: _volunteer(one, places, clubs, str(next(phones)), now) for one in problem.volunteers}
    Volunteer.objects.bulk_create(made.values())
    Availability.objects.bulk_create(
        Availability(
            volunteer=made[one.id],
            on_date=window.starts_at.date(),
            starts=window.starts_at.time(),
            ends=window.ends_at.time(),
            kind=Availability.Kind.PREFERRED if window.preferred else Availability.Kind.POSSIBLE,
            told_on=today - timedelta(days=10),
        )
        for one in problem.volunteers
        for window in one.availability
    )
    Clearance.objects.bulk_create(
        Clearance(volunteer=made[one.id], result=Clearance.Result.CLEAR, valid_until=one.child_clearance_until)
        for one in problem.volunteers
        if one.child_clearance_until
    )
    CheckIn.objects.bulk_create(
        CheckIn(volunteer=made[number], series=series[of], on_date=today - timedelta(days=30 + of % 5))
        for number, of in problem.history
    )


def _volunteer(
    one: Helper, places: dict[int, Community], clubs: dict[int, Organisation], phone: str, now: datetime
) -> Volunteer:
    name = SURNAMES[one.id % len(SURNAMES)] + GIVEN[one.id * 7 % (len(GIVEN) - 1) :][:2]
    person = create_person(name=name, phone=phone, birth_year=2010 if one.adult_from else 1970)
    return Volunteer(
        person=person,
        mobile=phone,
        home=places[one.home],
        organisation=clubs.get(one.club) if one.club is not None else None,
        programmes=list(one.does),
        dialect=one.dialect,
        experienced=not one.newcomer,
        may_lead=bool(one.leads),
        max_per_week=one.max_per_week,
        seen_at=now,
    )
