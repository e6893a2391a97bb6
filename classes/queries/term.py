"""The page 课表: the classes of a term, its days, what has to be decided, what is wrong."""

import calendar
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from classes import demand
from classes.calendar import Days, Status, Type
from classes.models import (
    Community,
    DayQuestion,
    Enrolment,
    Programme,
    SchoolLevel,
    SchoolTerm,
    Series,
    SeriesDay,
    Session,
    Term,
)
from classes.queries import rooms
from classes.recurrence import in_words
from classes.seasons import term_after

Kind = Programme.Kind
WEEKDAYS = "一二三四五六日"
DAY_LOOKS = {Type.MAKEUP: "makeup", Type.HOLIDAY: "holiday", Type.CLOSED: "closed"}
DAY_WORDS = {Type.MAKEUP: "补班日", Type.HOLIDAY: "放假", Type.CLOSED: "停课", Type.HALF: "半天放假"}
# Thirds of the fullest day of the term.
LEVELS = 3


@dataclass(frozen=True, slots=True)
class Warned:
    """A sentence about sessions to come: how many it concerns (0 = the class itself), and the first day."""

    text: str
    number: int = 0
    first: date | None = None


@dataclass(slots=True)
class SeriesRow:
    """One class with its numbers. `warnings` say which sessions they concern.

    `why` and `due` are the next session's: how many helpers, and how many learners come that day.
    """

    series: Series
    days: list[SeriesDay]
    sessions: int
    cancelled: int
    confirmed: int
    waiting: int
    requested: int
    free: int
    warnings: list[Warned] = field(default_factory=list)
    why: str = ""
    due: int = 0
    following: Session | None = None
    soonest: Session | None = None

    @property
    def weekdays(self) -> list[int]:
        """When it meets, Monday is 0."""
        return [day.weekday for day in self.days]

    @property
    def is_drop_in(self) -> bool:
        """A desk: people come as they like, nobody is enrolled."""
        return self.series.programme.kind == Kind.DESK

    @property
    def days_text(self) -> str:
        """周一至周五 · 周二、四 · 双周周三 · 每月第一个周六"""
        return in_words(self.series, self.weekdays)


@dataclass(slots=True)
class Square:
    """One day of the picture of the term; `number` is how many sessions it has, `most` the fullest day."""

    date: date
    inside: bool
    day_type: str
    name: str
    number: int
    question: bool
    today: bool
    most: int = 0
    predicted: bool = False

    @property
    def level(self) -> int:
        """How full, in thirds of the fullest day, rounded up; 0 without a session."""
        return -(-self.number * LEVELS // self.most) if self.most else 0

    @property
    def mark(self) -> str:
        """The word inside a square that is not simply a day: 休, 停, 班."""
        return {"holiday": "休", "closed": "停", "makeup": "班"}.get(DAY_LOOKS.get(self.day_type, ""), "")

    @property
    def looks(self) -> str:
        """The classes of the square: what it says without words."""
        if not self.inside:
            return "out"
        look = "q" if self.question else DAY_LOOKS.get(self.day_type, "on" if self.number else "")
        more = [
            f"f{self.level}" if self.level else "",
            "guess" if self.predicted else "",
            "today" if self.today else "",
        ]
        return " ".join(part for part in [look, *more] if part)

    @property
    def sentence(self) -> str:
        """What the square says in words."""
        parts = [f"{self.date.month}月{self.date.day}日周{WEEKDAYS[self.date.weekday()]}", self.name]
        word = DAY_WORDS.get(self.day_type, "")
        parts.append("" if word == self.name else word)
        parts.append("这是预测" if self.predicted else "")
        parts.append(f"{self.number} 场" if self.number else "没有课")
        parts.append("有课等您定" if self.question else "")
        return "，".join(part for part in parts if part)


@dataclass(slots=True)
class Month:
    """A month as rows of seven squares; None where a row has days of other months."""

    first: date
    weeks: list[list[Square | None]]


@dataclass(slots=True)
class TermPage:
    """All the page shows."""

    term: Term
    rows: list[SeriesRow]
    months: list[Month]
    questions: list[DayQuestion]
    past_questions: list[DayQuestion]
    predicted: list[int]
    sessions: int
    totals: list[tuple[str, str, int]]

    @property
    def is_made(self) -> bool:
        """Whether every class has its sessions: nothing is left to be done first."""
        return all(row.sessions for row in self.rows)


def term_chosen(asked: str | None, today: date) -> tuple[list[Term], Term | None]:
    """All terms, and the one on screen: the one asked for, else the running or the latest one."""
    terms = list(Term.objects.order_by("-starts_on", "-id"))
    by_id = next((term for term in terms if str(term.pk) == str(asked)), None)
    running = next((term for term in terms if term.starts_on <= today <= term.ends_on), None)
    return terms, by_id or running or next(iter(terms), None)


def terms_to_copy(community: Community) -> list[tuple[Term, int]]:
    """Terms in which the community has classes, with how many, the latest first. One query."""
    here = Count("series", filter=Q(series__community=community))
    found = Term.objects.annotate(classes=here).filter(classes__gt=0).order_by("-starts_on", "-id")
    return [(term, term.classes) for term in found]


def term_to_plan(today: date) -> dict[str, Any]:
    """Name and days of the term that comes next, to begin a form with. At most two queries.

    Where the primary schools' days are known they are taken, else what the season is used to.
    """
    last = Term.objects.aggregate(last=Max("ends_on"))["last"]
    name, starts, ends = term_after(last, today=today)
    at_school = SchoolTerm.objects.filter(
        level=SchoolLevel.PRIMARY, kind=SchoolTerm.Kind.TERM, starts_on__lte=ends, ends_on__gte=starts
    )
    # Of two that touch the season's days, the one that has most of them.
    part = max(at_school, key=lambda one: min(one.ends_on, ends) - max(one.starts_on, starts), default=None)
    if part:
        starts, ends = max(part.starts_on, today), part.ends_on
    return {"name": name, "starts_on": starts, "ends_on": ends}


def series_with_numbers(term: Term, community: Community) -> QuerySet[Series]:
    """The classes of a term in one community with how many learners each has."""
    status = Enrolment.Status
    return (
        Series.objects.filter(term=term, community=community)
        .select_related("programme", "room", "term")
        .prefetch_related("days")
        .annotate(
            confirmed=Count("enrolments", filter=Q(enrolments__status=status.CONFIRMED)),
            waiting=Count("enrolments", filter=Q(enrolments__status=status.WAITING)),
            requested=Count("enrolments", filter=Q(enrolments__status=status.REQUESTED)),
        )
        .order_by("starts", "id")
    )


def term_page(*, term: Term, community: Community, now: datetime) -> TermPage:
    """Everything on the page, with the same number of queries for any number of classes."""
    today = timezone.localdate(now)
    sessions = list(
        Session.objects.filter(series__term=term, community=community)
        .select_related("series__programme", "lesson", "room")
        .order_by("starts_at", "id")
    )
    questions = list(
        DayQuestion.objects.filter(series__term=term, series__community=community, answer="")
        .select_related("series__programme")
        .order_by("on_date", "series__starts", "id")
    )
    days = Days.of(term, community)
    running = [s for s in sessions if s.status != Session.Status.CANCELLED]
    return TermPage(
        term=term,
        rows=series_rows(series_with_numbers(term, community), sessions, today),
        months=months_of(term, days, running, [q for q in questions if q.on_date >= today], today),
        questions=[question for question in questions if question.on_date >= today],
        past_questions=[question for question in questions if question.on_date < today],
        predicted=days.predicted_years(),
        sessions=len(running),
        totals=totals_of(running),
    )


def totals_of(sessions: Iterable[Session]) -> list[tuple[str, str, int]]:
    """Sessions by programme: name, kind, number."""
    counted = Counter((s.series.programme.name, s.series.programme.kind) for s in sessions)
    return [(name, kind, number) for (name, kind), number in counted.most_common()]


def series_rows(found: Iterable[Series], sessions: list[Session], today: date) -> list[SeriesRow]:
    """The classes in the order of their week."""
    of_series: dict[int, list[Session]] = defaultdict(list)
    for session in sessions:
        of_series[session.series_id].append(session)
    coming = [s for s in sessions if s.on_date >= today and s.status == Session.Status.PLANNED]
    needs = demand.demands_of(coming)
    rows = [row_of(series, of_series[series.pk], needs) for series in found]
    return sorted(rows, key=lambda row: (row.weekdays[:1], row.series.starts, row.series.pk))


def row_of(series: Any, sessions: list[Session], needs: dict[int, demand.Demand]) -> SeriesRow:
    """One class (with the numbers of series_with_numbers) from its loaded parts."""
    own = [needs[session.pk] for session in sessions if session.pk in needs]
    days = list(series.days.all())
    cancelled = sum(session.status == Session.Status.CANCELLED for session in sessions)
    concerned: dict[str, list[date]] = defaultdict(list)
    for session in sessions:
        for text in needs[session.pk].warnings if session.pk in needs else ():
            concerned[text].append(session.on_date)
    most = sorted(concerned.items(), key=lambda item: -len(item[1]))[:2]
    of_room = room_warnings(series, [day.weekday for day in days])
    return SeriesRow(
        series=series,
        days=days,
        sessions=len(sessions) - cancelled,
        cancelled=cancelled,
        confirmed=series.confirmed,
        waiting=series.waiting,
        requested=series.requested,
        free=max((day.seats - day.taken for day in days), default=0),
        warnings=[*map(Warned, of_room), *(Warned(text, len(dates), min(dates)) for text, dates in most)],
        why=own[0].why if own else "",
        due=own[0].learners if own else 0,
        soonest=next((one for one in sessions if one.pk in needs), None),
        following=next((one for one in sessions if one.pk in needs and (one.lesson_id or one.is_review)), None),
    )


def room_warnings(series: Series, weekdays: list[int]) -> Iterable[str]:
    """What does not fit between a class and its room."""
    room = series.room
    if room is None:
        yield "还没定教室"
        return
    if room.seats and series.capacity > room.seats:
        yield f"名额 {series.capacity} 个，{room.name}只有 {room.seats} 个座位"
    closed = [day for day in weekdays if not rooms.is_open(room, day, series.starts, series.ends)]
    if closed:
        names = "、".join(WEEKDAYS[day] for day in closed)
        yield f"{room.name}周{names}这个时间不开门（能用的时间：{room.open_text}）"


def months_of(
    term: Term, days: Days, sessions: list[Session], questions: list[DayQuestion], today: date
) -> list[Month]:
    """The term as months of squares, Monday first."""
    numbers = Counter(session.on_date for session in sessions)
    asked = {question.on_date for question in questions}
    most = max(numbers.values(), default=0)

    def square(day: date) -> Square:
        return Square(
            date=day,
            inside=term.starts_on <= day <= term.ends_on,
            day_type=days.type_of(day),
            name=days.name_of(day),
            number=numbers[day],
            question=day in asked,
            today=day == today,
            most=most,
            predicted=days.type_of(day) in DAY_WORDS and days.status_of(day) == Status.PREDICTED,
        )

    found, first = [], term.starts_on.replace(day=1)
    while first <= term.ends_on:
        rows = calendar.Calendar().monthdatescalendar(first.year, first.month)
        weeks = [[square(day) if day.month == first.month else None for day in row] for row in rows]
        found.append(Month(first, weeks))
        first = (first + timedelta(days=31)).replace(day=1)
    return found


def may_move_up(enrolment: Enrolment) -> bool:
    """Whether somebody waits for a seat, and not for the guardian to name the days."""
    return enrolment.status == Enrolment.Status.WAITING and Enrolment.DAYS_UNSAID not in enrolment.why


@dataclass(slots=True)
class SeriesPage:
    """One class: who has a place, who waits, and its coming sessions."""

    series: Series
    row: SeriesRow
    groups: list[tuple[str, list[Enrolment]]]
    sessions: list[Session]
    may_promote: bool


def series_page(*, series: Series, now: datetime) -> SeriesPage:
    """The page of one class."""
    today = timezone.localdate(now)
    numbered = series_with_numbers(series.term, series.community).get(pk=series.pk)
    sessions = list(series.sessions.select_related("series__programme", "lesson", "room").order_by("starts_at", "id"))
    status = Enrolment.Status
    enrolments = list(
        series.enrolments.exclude(status=status.WITHDRAWN)
        .select_related("learner__person")
        .order_by("created_at", "id")
    )
    row = series_rows([numbered], sessions, today)[0]
    groups: list[tuple[str, Any]] = [
        (label, [e for e in enrolments if e.status == value])
        for value, label in ((status.CONFIRMED, "已入班"), (status.WAITING, "候补"), (status.REQUESTED, "待补材料"))
    ]
    return SeriesPage(
        series=numbered,
        row=row,
        groups=[(label, found) for label, found in groups if found],
        sessions=[s for s in sessions if s.on_date >= today][:12],
        may_promote=bool(row.free) and any(may_move_up(enrolment) for enrolment in enrolments),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One session of a printed list: the how-manieth it is, none when it is called off."""

    number: int | None
    session: Session


def printed_list(series: Series) -> list[tuple[date, list[Line]]]:
    """Every session of a class by month, in order of time; what was merged away or never held is left out. One query."""
    found = series.sessions.select_related("series__programme", "lesson", "room").order_by("starts_at", "id")
    numbers, months = count(1), defaultdict(list)
    for one in found.filter(merged_into=None):
        is_off = one.status == Session.Status.CANCELLED
        if is_off and (one.split_from_id or one.planned_on is None):
            continue
        first = one.on_date.replace(day=1)
        months[first].append(Line(None if is_off else next(numbers), one))
    return list(months.items())
