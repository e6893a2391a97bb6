"""The week as the organiser's board shows it: days, session cards, one row per place."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from classes.calendar import Days, teaching_week
from classes.demand import Facts, warnings_of
from classes.models import CalendarDay, Community, Programme, Session, Term
from volunteers.models import Assignment, Offer, Shift, Volunteer
from volunteers.queries import freshness, pictures
from volunteers.queries.alerts import Alert, alerts_of

WEEKDAYS = "一二三四五六日"
Status = Assignment.Status
Kind = Programme.Kind
# What a make-up day takes people to who are otherwise free at the weekend.
BUSY_ON_MAKEUP = {Volunteer.Occupation.WORKING: "要上班", Volunteer.Occupation.STUDENT: "要上课"}
STATES = {Status.DRAFT: "draft", Status.OFFERED: "wait", Status.ACCEPTED: "ok"}


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a shift: somebody, a gap, `held` by a club, or (`gone`) one that stayed empty in the past."""

    shift: Shift
    state: str
    assignment: Assignment | None = None
    clash: str = ""

    @property
    def is_gap(self) -> bool:
        """Whether somebody is still wanted here."""
        return self.state == "gap"


@dataclass(slots=True)
class Card:
    """One session with its places."""

    session: Session
    places: list[Place] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    on_it: list[Assignment] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def programme(self) -> Programme:
        """The programme, which gives colour and glyph."""
        return self.session.series.programme

    @property
    def look(self) -> str:
        """Colour and glyph of the programme: clock for children, bird for everything else."""
        return "clock" if self.programme.kind == Kind.CHILD else "bird"

    @property
    def is_cancelled(self) -> bool:
        """Whether the session is not held."""
        return self.session.status == Session.Status.CANCELLED

    @property
    def has_pairs(self) -> bool:
        """Whether helpers take learners by the hand here: a senior session that is held and has learners."""
        return self.programme.kind == Kind.SENIOR and not self.is_cancelled and self.session.expected > 0

    @property
    def title(self) -> str:
        """What fits in a column: what tells the series from others."""
        return self.session.series.name.rsplit("·", 1)[-1].removesuffix("课堂")

    @property
    def lesson(self) -> str:
        """What is taught; empty where the plan names nothing."""
        if self.session.is_review:
            return "复习"
        return self.session.lesson.short_title if self.session.lesson else ""

    @property
    def audience(self) -> str:
        """For how many of whom."""
        expected = self.session.expected
        if self.programme.kind == Kind.DESK:
            return "随到随问"
        who = "个孩子" if self.programme.kind == Kind.CHILD else "位老人"
        return f"{expected} {who}" if expected else "还没有人报名"

    @property
    def people(self) -> str:
        """The same in the fewest words, for a narrow column."""
        return "随问" if self.programme.kind == Kind.DESK else f"{self.session.expected} 人"

    @property
    def gaps(self) -> int:
        """Places that still want somebody."""
        return sum(place.is_gap for place in self.places)

    @property
    def filled(self) -> int:
        """Places with somebody."""
        return sum(place.assignment is not None for place in self.places)


@dataclass(slots=True)
class Day:
    """One column."""

    date: date
    day_type: str
    name: str
    is_today: bool
    is_guessed: bool = False
    cards: list[Card] = field(default_factory=list)

    @property
    def label(self) -> str:
        """周三"""
        return f"周{self.short}"

    @property
    def short(self) -> str:
        """三"""
        return WEEKDAYS[self.date.weekday()]

    @property
    def is_makeup(self) -> bool:
        """A weekend day on which people work."""
        return self.day_type == CalendarDay.Type.MAKEUP

    @property
    def is_off(self) -> bool:
        """A public holiday or a closed day."""
        return self.day_type in (CalendarDay.Type.HOLIDAY, CalendarDay.Type.CLOSED)

    @property
    def is_weekend(self) -> bool:
        """Saturday or Sunday by the date, whatever the calendar makes of it."""
        return self.date.weekday() >= 5

    @property
    def gaps(self) -> int:
        """Places that still want somebody."""
        return sum(card.gaps for card in self.cards)

    @property
    def filled(self) -> int:
        """People who come."""
        return sum(card.filled for card in self.cards)

    @property
    def is_full(self) -> bool:
        """Whether everybody wanted said yes; somebody who may still say no is not here yet."""
        return all(place.state == "ok" for card in self.cards for place in card.places)

    @property
    def waits(self) -> bool:
        """Whether somebody was asked and has not answered."""
        return any(place.state == "wait" for card in self.cards for place in card.places)


@dataclass(frozen=True, slots=True)
class Tally:
    """How the places of the week stand."""

    ok: int
    wait: int
    draft: int
    gap: int
    held: int = 0

    @property
    def total(self) -> int:
        """All places but those that clubs hold: nobody is missing there, and nobody is there."""
        return self.ok + self.wait + self.draft + self.gap


@dataclass(slots=True)
class Week:
    """Everything the board shows about one week of one community."""

    community: Community
    monday: date
    number: int | None
    term: Term | None
    days: list[Day]
    tally: Tally
    drafts: int
    publish_tells: int
    alerts: list[Alert]
    heat: list[pictures.HeatRow]
    loads: pictures.Loads
    trend: list[pictures.TrendWeek]
    # What the parts of a page may be kept under; empty where nothing is kept.
    version: str = ""

    @property
    def sunday(self) -> date:
        """The last day."""
        return self.monday + timedelta(days=6)

    @property
    def previous(self) -> date:
        """The Monday before."""
        return self.monday - timedelta(weeks=1)

    @property
    def next(self) -> date:
        """The Monday after."""
        return self.monday + timedelta(weeks=1)

    @property
    def cards(self) -> list[Card]:
        """All cards, in time order."""
        return [card for day in self.days for card in day.cards]

    @property
    def stamp(self) -> str:
        """Tells this board from the same board after a change."""
        return freshness.stamp_of(self.cards)

    @property
    def trend_columns(self) -> list[dict[str, Any]]:
        """The picture of the trend, column by column."""
        return [point.column for point in self.trend]


def monday_of(day: date) -> date:
    """The Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def week(*, community: Community, monday: date, now: datetime) -> Week:
    """The board of the week that starts on `monday`. Nine queries, however much there is."""
    sunday = monday + timedelta(days=6)
    today = timezone.localdate(now)
    cards = _cards(Session.objects.filter(community=community, on_date__range=(monday, sunday)), now=now)
    days = _days(community, monday, cards, today)
    told = drafted(cards, now=now)
    term = Term.objects.filter(starts_on__lte=sunday, ends_on__gte=monday).first()
    return Week(
        community=community,
        monday=monday,
        number=teaching_week(term, monday) if term else None,
        term=term,
        days=days,
        tally=tally(cards),
        drafts=sum(map(len, told.values())),
        publish_tells=len(told),
        alerts=alerts_of(community=community, days=days),
        heat=pictures.heat(_cells(cards)),
        loads=pictures.loads(community=community, day=monday + timedelta(days=3)),
        trend=pictures.trend(community=community, monday=monday, today=today),
    )


def card(*, session: Session, now: datetime) -> Card:
    """One card alone, as it stands now."""
    return _cards(Session.objects.filter(pk=session.pk), now=now)[0]


def tally(cards: list[Card]) -> Tally:
    """Places by state; sessions that are cancelled and empty places in the past do not count."""
    states = [place.state for card in cards for place in card.places]
    return Tally(*(states.count(state) for state in ("ok", "wait", "draft", "gap", "held")))


def drafted(cards: list[Card], *, now: datetime) -> dict[Volunteer, list[Assignment]]:
    """Who would be told if the drafts were published now, and about what."""
    told: dict[Volunteer, list[Assignment]] = defaultdict(list)
    for card in cards:
        for place in card.places:
            if place.assignment and place.state == "draft" and card.session.starts_at > now:
                told[place.assignment.volunteer].append(place.assignment)
    return dict(told)


def cards_between(*, community: Community, first: date, last: date, now: datetime) -> list[Card]:
    """The cards of a range of days, both included, in time order. Three queries."""
    return _cards(Session.objects.filter(community=community, on_date__range=(first, last)), now=now)


def _cards(sessions: QuerySet[Session], *, now: datetime) -> list[Card]:
    """Cards with their shifts and people: three queries."""
    found = sessions.select_related("series__programme", "series__term", "room", "lesson", "community")
    cards = {session.pk: Card(session) for session in found.order_by("starts_at", "id")}
    shifts = Shift.objects.filter(session__in=list(cards)).select_related("role")
    people = defaultdict(list)
    active = Assignment.objects.filter(session__in=list(cards), status__in=Assignment.ACTIVE)
    for assignment in active.select_related("volunteer__person", "offer").order_by("id"):
        people[assignment.shift_id].append(assignment)
    for shift in shifts.order_by("-role__is_lead", "role_id", "id"):
        card = cards[shift.session_id]
        shift.session = card.session
        card.shifts.append(shift)
        card.on_it += people[shift.pk]
        if not card.is_cancelled:
            card.places += _places(shift, people[shift.pk], now=now)
    for card in cards.values():
        card.warnings = _warnings(card)
    return list(cards.values())


def _places(shift: Shift, assignments: list[Assignment], *, now: datetime) -> list[Place]:
    """People first, then what is missing."""
    makeup = shift.session.day_type == CalendarDay.Type.MAKEUP
    rows = []
    for assignment in assignments:
        assignment.shift, assignment.session = shift, shift.session
        clash = BUSY_ON_MAKEUP.get(assignment.volunteer.occupation, "") if makeup and not _said_yes(assignment) else ""
        rows.append(Place(shift, STATES[assignment.status], assignment, clash))
    missing = "gap" if shift.session.starts_at > now else "gone"
    rows += [Place(shift, "held")] * shift.held
    return rows + [Place(shift, missing)] * max(0, shift.needed - len(rows))


def _said_yes(assignment: Assignment) -> bool:
    """Whether the person agreed to this very date: signed up for it, or answered an invitation."""
    offer = getattr(assignment, "offer", None)
    return assignment.source == "sign_up" or (offer is not None and offer.answer == Offer.Answer.YES)


def _warnings(card: Card) -> list[str]:
    """Where the room or the timetable is too small for who is enrolled. No query: `expected` is the count.

    What the timetable says is too few only as long as somebody is missing: then it says why more are asked for.
    """
    room, series = card.session.room, card.session.series
    is_short = any(place.is_gap or place.state == "gone" for place in card.places if not place.shift.role.is_lead)
    facts = Facts(
        kind=card.programme.kind,
        learners=card.session.expected,
        stated_helpers=series.stated_helpers if is_short else 0,
        seats=room.seats if room else None,
        room=room.name if room else "",
    )
    return list(warnings_of(facts, sum(shift.needed for shift in card.shifts if not shift.role.is_lead)))


def _days(community: Community, monday: date, cards: list[Card], today: date) -> list[Day]:
    calendar = Days.between(monday, monday + timedelta(days=6), community)
    days = [
        Day(
            date=day,
            day_type=calendar.type_of(day),
            name=calendar.name_of(day),
            is_today=day == today,
            is_guessed=calendar.status_of(day) == CalendarDay.Status.PREDICTED,
        )
        for day in calendar.dates()
    ]
    for on_date, of_day in groupby(cards, key=lambda card: card.session.on_date):
        days[(on_date - monday).days].cards = list(of_day)
    return days


def _cells(cards: list[Card]) -> list[tuple[int, int, pictures.Cell]]:
    """Weekday, hour and places of each session that is held."""
    return [
        (
            card.session.on_date.weekday(),
            timezone.localtime(card.session.starts_at).hour,
            pictures.Cell(card.filled, len(card.places), card.gaps),
        )
        for card in cards
        if card.places
    ]
