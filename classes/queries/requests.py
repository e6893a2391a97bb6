"""点单 as the desk sees it: three columns, and where each open request could go."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import ExtractIsoWeekDay

from classes import wordings
from classes.calendar import Days
from classes.models import CalendarDay, Community, Lesson, Programme, Request, Room, Series, SeriesDay, Session, Term
from classes.models.requests import TIMES
from classes.queries.rooms import is_open, uses
from people import texts
from people.wordings import filled

SHANGHAI = ZoneInfo("Asia/Shanghai")
AHEAD = timedelta(days=14)
SOON = timedelta(days=7)
SUGGESTED = 3
SHOWN_DONE = 30
OFF: tuple[str, ...] = (CalendarDay.Type.CLOSED, CalendarDay.Type.HOLIDAY)
CLOCKS = (time(9, 30), time(14, 30), time(16, 0))
LENGTH = timedelta(minutes=90)
SEATS = 6
# Words of everyday speech to lessons of the catalogue; everybody learns something about the telephone.
TELLING = {
    "骗": "C01",
    "视频": "B03",
    "挂号": "E02",
    "公交": "F01",
    "地铁": "F01",
    "打车": "F02",
    "字调大": "A02",
    "字大": "A02",
    "红包": "D04",
    "买菜": "D02",
    "缴费": "D03",
    "拍照": "G03",
    "网购": "G01",
}
SAYS_NOTHING = {"手机", "用手", "机上", "微信", "一点"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A session with a free seat, how well it fits (0 is best), and why."""

    session: Session
    rank: int
    why: str
    seats: int | None

    @property
    def order(self) -> tuple[int, datetime, int]:
        """The best fit first, then the earliest."""
        return self.rank, self.session.starts_at, self.session.pk


@dataclass(frozen=True, slots=True)
class Slot:
    """A free room at a time that suits: where a session of its own could be held."""

    room: Room
    starts_at: datetime
    ends_at: datetime

    @property
    def key(self) -> str:
        """Names it in a form."""
        return f"{self.room.pk}@{self.starts_at:%Y%m%d%H%M}"


@dataclass(slots=True)
class Row:
    """One request on the board."""

    request: Request
    days_old: int
    suggestions: list[Suggestion] = field(default_factory=list)
    soon: bool = False
    reply: str = ""

    @property
    def is_gap(self) -> bool:
        """Nothing that suits in the next seven days: the one thing that may be red."""
        return self.request.is_open and not self.soon


@dataclass(slots=True)
class Board:
    """新, 已排, 已办."""

    fresh: list[Row]
    placed: list[Row]
    done: list[Row]


def requests_of(community: Community) -> QuerySet[Request]:
    """The requests of a community with what the board says of each."""
    return Request.objects.filter(community=community).select_related(
        "lesson", "session__series", "session__room", "community"
    )


def board(*, community: Community, now: datetime) -> Board:
    """The three columns. A constant number of queries."""
    every = requests_of(community)
    fresh = rows_of(every.filter(status__in=Request.OPEN), community, now, now + AHEAD)
    # Ones where nothing suits stand first, then the oldest.
    fresh.sort(key=lambda row: (not row.is_gap, row.request.asked_at, row.request.pk))
    placed = every.filter(status__in=Request.PLACED).order_by("session__starts_at", "pk")
    done = every.exclude(status__in=(*Request.OPEN, *Request.PLACED)).order_by("-closed_at", "-pk")[:SHOWN_DONE]
    found = Board(fresh, [row(one, now) for one in placed], [row(one, now) for one in done])
    own = texts.own_texts()
    for one in (*found.fresh, *found.placed):
        one.reply = reply_to(one.request, own)
    return found


def reply_to(asked: Request, own: dict[str, str]) -> str:
    """What to say, ready to be copied; `own` are the words of the place by kind of text."""
    values = {"称呼": asked.name, "想学": asked.wish, "方便的时间": asked.times_text}
    if asked.session:
        starts = asked.session.starts_at.astimezone(SHANGHAI)
        where = f"，{asked.session.room}" if asked.session.room else ""
        day = f"{starts.month}月{starts.day}日 周{'一二三四五六日'[starts.weekday()]} {starts:%H:%M}"
        values["场次"] = f"{day}{where}"
    wording = wordings.REQUEST_PLACED if asked.session else wordings.REQUEST_WAITS
    return filled(own.get(wording.kind) or wording.text, values)


def open_requests(community: Community, week: date, *, now: datetime) -> list[Row]:
    """The tray of the week board: requests that wait for a place, with what suits in that week (its Monday)."""
    starts = datetime.combine(week, time(), SHANGHAI)
    rows = rows_of(
        requests_of(community).filter(status__in=Request.OPEN),
        community,
        max(now, starts),
        starts + SOON,
    )
    for one in rows:
        one.days_old = (now - one.request.asked_at).days
    return rows


def row(request: Request, now: datetime) -> Row:
    """A request that needs no suggestion."""
    return Row(request, max(0, (now - request.asked_at).days), soon=True)


def rows_of(found: Iterable[Request], community: Community, since: datetime, until: datetime) -> list[Row]:
    """Open requests with up to three sessions each; one query for all of them besides their own."""
    every = list(found)
    sessions = with_free_seats(community, since, until) if every else []
    rows = []
    for request in every:
        fits = sorted(suggestions(request, sessions), key=lambda one: one.order)[:SUGGESTED]
        soon = any(one.session.starts_at < since + SOON for one in fits)
        rows.append(Row(request, max(0, (since - request.asked_at).days), fits, soon))
    return rows


def with_free_seats(community: Community, since: datetime, until: datetime) -> list[tuple[Session, int | None]]:
    """Sessions for seniors to which one more can come, with the seats left (None where nobody counts). One query."""
    of_the_day = SeriesDay.objects.filter(
        series=OuterRef("series"), weekday=ExtractIsoWeekDay(OuterRef("on_date")) - 1
    ).order_by()
    sessions = (
        Session.objects.filter(
            community=community,
            status=Session.Status.PLANNED,
            starts_at__gte=since,
            starts_at__lt=until,
            split_from=None,
            regrouped=False,
        )
        .exclude(series__programme__kind=Programme.Kind.CHILD)
        .select_related("series__programme", "lesson", "room")
        .annotate(left=Subquery(of_the_day.values(left=F("seats") - F("taken"))))
    )
    found: list[tuple[Session, int | None]] = []
    for session in sessions:
        if session.series.programme.kind == Programme.Kind.DESK:
            found.append((session, None))
            continue
        if session.left and session.left > 0:
            found.append((session, session.left))
    return found


def suggestions(request: Request, sessions: Iterable[tuple[Session, int | None]]) -> Iterable[Suggestion]:
    """Those that are held when the resident has time."""
    for session, seats in sessions:
        if suits(request, session.starts_at, session.ends_at):
            rank, why = fit(request, session)
            yield Suggestion(session, rank, why, seats)


def suits(request: Request, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the period lies in a time that was named; nobody who named none is busy."""
    starts, ends = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    codes = [TIMES[code] for code in request.times if code in TIMES]
    return not codes or any(
        starts.weekday() in days and first <= starts.time() and ends.time() <= last for _, days, first, last in codes
    )


def fit(request: Request, session: Session) -> tuple[int, str]:
    """How well what is taught there answers what was asked, with the reason in words."""
    wanted, taught = request.lesson, session.lesson
    if wanted and taught and wanted.pk == taught.pk:
        return 0, "正好讲这一课"
    if session.series.programme.kind == Programme.Kind.DESK:
        return 1, "随到随问，一对一"
    if wanted and wanted.code[0] in session.series.stages:
        return 2, "这个班会讲到"
    return 3, f"这场讲{taught.short_title}" if taught else "先坐进去，边学边问"


def guess(wish: str, lessons: Iterable[Lesson]) -> Lesson | None:
    """The lesson that a telling word names, else the one whose title shares most pairs of characters; or None."""
    lessons = list(lessons)
    told = next((code for word, code in TELLING.items() if word in wish), None)
    if found := next((lesson for lesson in lessons if lesson.code == told), None):
        return found
    pairs = {a + b for a, b in pairwise(wish)} - SAYS_NOTHING
    scored = [(sum(pair in lesson.title for pair in pairs), lesson) for lesson in lessons]
    best = max((score for score, _ in scored), default=0)
    return next((lesson for score, lesson in scored if best and score == best), None)


def free_slots(request: Request, *, now: datetime) -> list[Slot]:
    """Up to three free rooms in the next seven days, one a day, at usual hours that suit."""
    today = now.astimezone(SHANGHAI).date()
    term = Term.objects.filter(starts_on__lte=today + SOON, ends_on__gt=today).order_by("starts_on").first()
    if term is None:
        return []
    rooms = list(Room.objects.filter(Q(seats=None) | Q(seats__gte=2), venue__community=request.community))
    first, last = today + timedelta(days=1), min(today + SOON, term.ends_on)
    if first > last:
        return []
    calendar = Days.everywhere(first, last)[request.community_id]
    found: list[Slot] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if calendar.type_of(day) not in OFF:
            found += islice(slots_on(request, day, rooms), 1)
    return found[:SUGGESTED]


def slots_on(request: Request, day: date, rooms: Iterable[Room]) -> Iterable[Slot]:
    """The free rooms of a day at the hours that suit."""
    for clock in CLOCKS:
        starts = datetime.combine(day, clock, SHANGHAI)
        if not suits(request, starts, starts + LENGTH):
            continue
        for room in rooms:
            gap = timedelta(minutes=room.gap_minutes)
            opened = is_open(room, day.weekday(), clock, (starts + LENGTH).time())
            if opened and not uses(room.pk, starts - gap, starts + LENGTH + gap):
                yield Slot(room, starts, starts + LENGTH)


def programme_for(request: Request) -> Programme | None:
    """The programme of seniors under which a session of its own is held: the one with most classes here."""
    used = Series.objects.filter(community=request.community, programme__kind=Programme.Kind.SENIOR)
    series = used.select_related("programme").order_by("-term__starts_on", "pk").first()
    return series.programme if series else Programme.objects.filter(kind=Programme.Kind.SENIOR).first()
