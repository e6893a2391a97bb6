"""A volunteer's own page: what is next, what comes later, when they are free, what they gave."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from classes.models import Programme, Session, Term
from people import names
from volunteers.models import Assignment, Availability, Offer, Pairing, Volunteer
from volunteers.queries import hours
from volunteers.queries.opening import Opening, Week
from volunteers.rules import travel
from volunteers.rules.persons import cleared_until

Status = Assignment.Status
# The three parts of a day on the page, each with its hours; they touch and do not overlap.
BANDS = {
    "am": ("上午", time(8), time(12)),
    "pm": ("下午", time(12), time(16)),
    "after": ("放学后", time(16), time(20)),
}
# A window that covers this much of a band lights it up.
MOST_OF_A_BAND = timedelta(hours=2)
STAMPS_IN_A_ROW = 6


# How long after a session its helper still sees whom they sat with.
SEEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Helped:
    """What a helper sees of a learner, and nothing more: surname, age, phone, wish (design guide 5.3)."""

    name: str
    age: int | None
    phone: str
    wish: str


@dataclass(frozen=True, slots=True)
class Mine:
    """One place of the volunteer, with what can be said about it and whom they help there."""

    assignment: Assignment
    offer: Offer | None
    opening: Opening
    helped: tuple[Helped, ...] = ()

    @property
    def session(self) -> Session:
        """The session."""
        return self.assignment.session

    @property
    def waits(self) -> bool:
        """Whether an answer is asked for."""
        return self.assignment.status == Status.OFFERED

    @property
    def is_agreed(self) -> bool:
        """Whether the volunteer comes."""
        return self.assignment.status == Status.ACCEPTED

    @property
    def is_declined(self) -> bool:
        """Whether the volunteer cannot come."""
        return self.assignment.status == Status.DECLINED


@dataclass(frozen=True, slots=True)
class Given:
    """What was given this term: whole visits only (arrived and left); `pending` minutes are not in the ledger yet."""

    minutes: int
    kinds: list[str]
    pending: int = 0

    @property
    def empty(self) -> range:
        """Stamps still to earn in the last row."""
        return range(-len(self.kinds) % STAMPS_IN_A_ROW if self.kinds else STAMPS_IN_A_ROW)

    @property
    def sentence(self) -> str:
        """The stamps in words."""
        children = self.kinds.count("child")
        parts = [(len(self.kinds) - children, "菜鸟学堂"), (children, "四点半课堂")]
        words = "，".join(f"{count} 个{word}" for count, word in parts if count)
        return f"{len(self.kinds)} 个章：{words}" if words else "还没有章"


def places(*, volunteer: Volunteer, now: datetime, since: datetime | None = None) -> list[Mine]:
    """Everything ahead (or not over by `since`) that the volunteer knows of, in the order of time. One query."""
    rows = Assignment.objects.filter(
        volunteer=volunteer,
        status__in=(Status.OFFERED, Status.ACCEPTED, Status.DECLINED),
        ends_at__gt=since or now,
        session__status=Session.Status.PLANNED,
    ).select_related(
        "offer",
        "shift__role",
        "session__series__programme",
        "session__lesson",
        "session__room",
        "session__community",
    )
    found = [
        Mine(row, getattr(row, "offer", None), Opening(row.session, row.shift)) for row in rows.order_by("starts_at")
    ]
    held = {one.assignment.session_id for one in found if not one.is_declined}
    return [one for one in found if not one.is_declined or one.assignment.session_id not in held]


def with_helped(places: Iterable[Mine], *, volunteer: Volunteer, now: datetime) -> list[Mine]:
    """The places with whom the volunteer helps there, once they have agreed. One query."""
    rows = Pairing.objects.filter(
        volunteer=volunteer,
        session__assignments__volunteer=volunteer,
        session__assignments__status=Status.ACCEPTED,
        session__ends_at__gt=now - SEEN_AFTER,
    ).select_related("learner__person")
    found: dict[int, tuple[Helped, ...]] = {}
    year = timezone.localdate(now).year
    for row in rows.order_by("session_id", "seat"):
        found[row.session_id] = (*found.get(row.session_id, ()), _helped(row, year))
    return [replace(one, helped=found.get(one.session.pk, ())) for one in places]


def _helped(row: Pairing, year: int) -> Helped:
    learner, person = row.learner, row.learner.person
    title = {"f": "阿姨", "m": "叔叔"}.get(person.gender, "老师傅")
    age = year - person.birth_year if person.birth_year else None
    return Helped(f"{names.surname(person.name)}{title}", age, learner.phone_brand, learner.wishes)


def is_in(*, volunteer: Volunteer, session: Session) -> bool:
    """Whether the volunteer comes to this session, or is asked to. One query."""
    known = (Status.OFFERED, Status.ACCEPTED)
    return Assignment.objects.filter(volunteer=volunteer, session=session, status__in=known).exists()


def bands(rows: Iterable[Availability], today: date) -> set[str]:
    """The parts of the week ("2-after") that the weekly windows light up."""
    lit = set()
    for row in rows:
        if row.weekday is None or row.kind == Availability.Kind.IMPOSSIBLE or (row.until_on and row.until_on < today):
            continue
        for code, (_, starts, ends) in BANDS.items():
            if _span(max(row.starts, starts), min(row.ends, ends)) >= MOST_OF_A_BAND:
                lit.add(f"{row.weekday}-{code}")
    return lit


def _span(starts: time, ends: time) -> timedelta:
    return datetime.combine(date.min, ends) - datetime.combine(date.min, starts)


def given(*, volunteer: Volunteer, now: datetime) -> Given:
    """Hours and visits of this term. Three queries."""
    today = timezone.localdate(now)
    term = Term.objects.filter(starts_on__lte=today, ends_on__gte=today).first()
    found = hours.visits(volunteer, since=term.starts_on if term else None)
    return Given(
        minutes=sum(visit.minutes for visit in found),
        kinds=[visit.checkin.series.programme.kind for visit in found],
        pending=sum(visit.minutes for visit in found if visit.record is None),
    )


def fitting(openings: Iterable[Opening], mine: Iterable[Mine], *, is_cleared: bool) -> list[Opening]:
    """The openings that do not collide with what the volunteer has agreed to or is asked for."""
    held = [one.session for one in mine if not one.is_declined]
    return [
        opening
        for opening in openings
        if (is_cleared or opening.kind != Programme.Kind.CHILD)
        and not any(_collide(opening.session, session) for session in held)
    ]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A week of openings without those that this volunteer cannot take, and how many were left out."""

    week: Week
    hidden: int = 0
    is_cleared: bool = False


def fitted(week: Week, *, volunteer: Volunteer, now: datetime) -> Fitted:
    """The week as this volunteer's phone shows it. Two queries.

    Openings at a time that is taken are left out; children's ones stay, because one may ask for the check.
    """
    held = places(volunteer=volunteer, now=now)
    is_cleared = volunteer.pk in cleared_until([volunteer.pk])
    before = len(week.wanting)
    days = [
        replace(
            day,
            openings=[one for one in day.openings if not one.gaps or fitting([one], held, is_cleared=True)],
        )
        for day in week.days
    ]
    left = replace(week, days=days)
    return Fitted(left, before - len(left.wanting), is_cleared)


def _collide(one: Session, other: Session) -> bool:
    way = travel(one.community, other.community)
    return one.starts_at < other.ends_at + way and other.starts_at < one.ends_at + way
