"""Builders with defaults: plain functions, the same few people in every test."""

from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from django.test import Client
from django.utils import timezone

from classes.models import CalendarDay, Community, Learner, Programme, Room, Series, SeriesDay, Session, Term, Venue
from people.actions import create_person
from people.models import Person, User
from volunteers.models import Assignment, Availability, Clearance, Role, Shift, Volunteer

SHANGHAI = ZoneInfo("Asia/Shanghai")
numbers = count(1)


def at(day: str, clock: str = "09:30") -> datetime:
    """An aware moment in Shanghai: at("2026-09-12", "09:30")."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


def began(now: datetime, minutes: int) -> datetime:
    """So many minutes before now, but not yesterday: a test that runs at midnight means the same day."""
    return max(
        now - timedelta(minutes=minutes), now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    )


def user(username: str = "chen", role: str = "organiser", password: str = "lin-ke-2026", **fields) -> User:
    """A member of staff."""
    return User.objects.create_user(username=username, password=password, role=role, **fields)


def community(name: str = "梧桐社区", **fields) -> Community:
    """A community, the same one for the same name."""
    return Community.objects.get_or_create(name=name, defaults=fields)[0]


def room(name: str = "智慧教室", seats: int = 24, **fields) -> Room:
    """A room in the only venue of the community."""
    place = fields.pop("community", None) or community()
    venue, _ = Venue.objects.get_or_create(community=place, name=place.name)
    return Room.objects.get_or_create(venue=venue, name=name, defaults={"seats": seats, **fields})[0]


def term(name: str = "2026秋", starts_on: date = date(2026, 9, 1), ends_on: date = date(2027, 1, 22)) -> Term:
    """The autumn term."""
    return Term.objects.get_or_create(name=name, defaults={"starts_on": starts_on, "ends_on": ends_on})[0]


def official(year: int = 2026) -> CalendarDay:
    """A year whose notice is in: publishing needs no tick."""
    row = {"day_type": "holiday", "name": "国庆节", "status": "official"}
    return CalendarDay.objects.get_or_create(date=date(year, 10, 1), community=None, defaults=row)[0]


def programme(kind: str = "senior", **fields) -> Programme:
    """A programme with the rule pack of its kind."""
    names = {"senior": "菜鸟学堂", "child": "四点半课堂", "desk": "手机门诊"}
    packs = {
        "senior": {"on_workday": "run", "on_weekend": "run", "on_holiday": "ask", "on_makeup": "ask"},
        "child": {
            "on_workday": "run",
            "on_weekend": "skip",
            "on_holiday": "skip",
            "on_makeup": "run",
            "needs_clearance": True,
            "minimum_adults": 2,
            "default_ratio": 8,
        },
        "desk": {"on_holiday": "ask", "on_makeup": "ask"},
    }
    name = fields.pop("name", names[kind])
    fields.setdefault("risk_note", "不碰钱和密码。")
    return Programme.objects.get_or_create(name=name, defaults={"kind": kind, **packs[kind], **fields})[0]


def series(name: str = "菜鸟学堂·启蒙", kind: str = "senior", weekdays=(5,), **fields) -> Series:
    """A series that meets on those weekdays (Monday is 0)."""
    defaults = {
        "programme": fields.pop("programme", None) or programme(kind),
        "term": fields.pop("term", None) or term(),
        "community": fields.pop("community", None) or community(),
        "starts": time(16, 30) if kind == "child" else time(9, 30),
        "ends": time(18, 30) if kind == "child" else time(11, 0),
        "capacity": 24 if kind == "child" else 12,
        "stated_leads": 1 if kind == "senior" else 0,
        "stated_helpers": {"senior": 6, "child": 3, "desk": 4}[kind],
    }
    made = Series.objects.create(name=name, **{**defaults, **fields})
    for weekday in weekdays:
        SeriesDay.objects.create(series=made, weekday=weekday, seats=made.capacity)
    return made


def session(day: str = "2026-09-12", of: Series | None = None, **fields) -> Session:
    """One dated meeting of a series, at the series' own times."""
    of = of or Series.objects.first() or series()
    clock_from, clock_to = f"{of.starts:%H:%M}", f"{of.ends:%H:%M}"
    defaults = {
        "series": of,
        "community": of.community,
        "room": of.room,
        "on_date": date.fromisoformat(day),
        "starts_at": at(day, clock_from),
        "ends_at": at(day, clock_to),
    }
    return Session.objects.create(**{**defaults, **fields})


def ahead(days: int = 7, of: Series | None = None, code: str = "helper", needed: int = 2) -> Shift:
    """The need for one role at a session so many days from now, by the real clock."""
    day = timezone.localdate() + timedelta(days=days)
    return shift(session(f"{day}", of or series(weekdays=[day.weekday()])), code, needed)


def role(code: str = "helper") -> Role:
    """A role by its code: lead, helper, tutor or desk."""
    rows = {
        "lead": {"name": "讲师", "is_lead": True, "minimum_age": 18},
        "helper": {"name": "助教", "minimum_age": 14},
        "tutor": {"name": "辅导", "needs_clearance": True, "minimum_age": 18},
        "desk": {"name": "答疑", "minimum_age": 14},
    }
    return Role.objects.get_or_create(code=code, defaults=rows[code])[0]


def shift(of: Session | None = None, code: str = "helper", needed: int = 2, **fields) -> Shift:
    """The need for one role at one session."""
    return Shift.objects.create(
        session=of or session(), role=role(code), needed=needed, minimum=min(1, needed), **fields
    )


def person(name: str = "周远", phone: str = "", **fields) -> Person:
    """Somebody with a number of their own."""
    return create_person(name=name, phone=phone or f"1600001{next(numbers):04d}", **fields)


def volunteer(name: str = "周远", phone: str = "", **fields) -> Volunteer:
    """An adult volunteer, free on no day until told otherwise."""
    phone = phone or f"1600001{next(numbers):04d}"
    born = fields.pop("born", (1990, 5, 1))
    person = create_person(name=name, phone=phone, birth_year=born[0], birth_month=born[1], birth_day=born[2])
    defaults = {
        "home": fields.pop("home", None) or community(),
        "programmes": ["senior", "child", "desk"],
        "experienced": True,
    }
    return Volunteer.objects.create(person=person, mobile=phone, **{**defaults, **fields})


def free(who: Volunteer, weekday: int, starts: str = "08:00", ends: str = "21:00", **fields) -> Availability:
    """A weekly window in which the volunteer is free."""
    return Availability.objects.create(
        volunteer=who,
        weekday=weekday,
        starts=time.fromisoformat(starts),
        ends=time.fromisoformat(ends),
        **fields,
    )


def cleared(who: Volunteer, until: date = date(2027, 6, 30)) -> Clearance:
    """A clear background check."""
    return Clearance.objects.create(volunteer=who, result="clear", valid_until=until)


def assignment(on: Shift, who: Volunteer, status: str = "accepted", **fields) -> Assignment:
    """A row as the actions would leave it: counter included."""
    now = fields.pop("now", on.session.starts_at - timedelta(days=3))
    if status in Assignment.ACTIVE:
        Shift.objects.filter(pk=on.pk).update(taken=on.taken + 1)
        on.refresh_from_db()
    return Assignment.objects.create(
        shift=on,
        session=on.session,
        volunteer=who,
        status=status,
        starts_at=on.session.starts_at,
        ends_at=on.session.ends_at,
        created_at=now,
        changed_at=now,
        **fields,
    )


def learner(name: str = "王秀英", kind: str = "senior", phone: str = "", **fields) -> Learner:
    """A senior or a child of the community."""
    born = fields.pop("birth_year", 1954 if kind == "senior" else 2018)
    person = create_person(name=name, phone=phone, birth_year=born)
    place = fields.pop("community", None) or community()
    return Learner.objects.create(person=person, kind=kind, community=place, **fields)


def known_phone(client: Client, who: Volunteer) -> Volunteer:
    """Let a test client be the volunteer's own phone: their link, and the last four digits said once."""
    client.post(f"/me/{who.token}/mine/", {"tail": who.mobile[-4:]})
    return who
