"""What the pages of 排时间 show: classes to choose, timetables side by side, every other time of a class."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q

from classes.models import Community, Programme, Room, Series, SeriesDay, Term
from classes.timetabling.moving import Option
from classes.timetabling.parts import WEEKDAYS, Placement, clock, spoken
from classes.timetabling.preferences import TIERS, places
from classes.timetabling.problem import Problem
from volunteers.models import TimetableProposal

LEVELS = 4
PEOPLE = {"unplaced", "unreached", "short"}
"""The tiers that count people; the others say which of two timetables is the handier one."""
DAY, HEIGHT, FIRST, LAST = 100, 240, 8 * 60, 21 * 60
"""The picture of a week: pixels a day, pixels in all, from 8:00 to 21:00."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A class that may be placed; `is_new` has no sessions yet, so nobody has been told a time."""

    series: Series
    when: str
    is_new: bool


def choices(*, term: Term, community: Community) -> list[Choice]:
    """The classes of a term in this community, new ones first; two queries."""
    days = Prefetch("days", SeriesDay.objects.order_by("weekday"))
    rows = Series.objects.filter(term=term, community=community).select_related("programme", "room")
    rows = rows.prefetch_related(days).annotate(made=Count("sessions", filter=Q(sessions__status="planned")))
    found = [Choice(one, when_of(one), not one.made) for one in rows.order_by("programme_id", "starts", "id")]
    return sorted(found, key=lambda choice: not choice.is_new)


def when_of(series: Series) -> str:
    """周三、五 09:30，智慧教室"""
    days = "、".join(WEEKDAYS[day.weekday] for day in series.days.all())
    where = f"，{series.room}" if series.room else ""
    return f"周{days} {series.starts:%H:%M}{where}" if days else "没定时间"


@dataclass(frozen=True, slots=True)
class Block:
    """One session in the picture of a week; heat from 0 to 4 for learners and for helpers."""

    x: int
    y: int
    width: int
    height: int
    learners: int
    helpers: int


@dataclass(frozen=True, slots=True)
class Line:
    """One class in a timetable; `is_new` when the time differs from the present one."""

    first: tuple[int, int]
    series: Series
    when: str
    room: str
    reached: int
    learners: int
    filled: int | float
    wanted: int | float
    heat: int
    help: int
    is_new: bool
    change: str
    reasons: list[tuple[str, str]]
    instead: list[str]


@dataclass(slots=True)
class Table:
    """One timetable beside the others; `against` says in words what is different in it from the first."""

    number: int
    figures: dict[str, int | float]
    proven: bool
    lines: list[Line] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    unplaced: list[tuple[Series, str]] = field(default_factory=list)
    changed: int = 0
    against: list[str] = field(default_factory=list)
    is_as_good: bool = False

    @property
    def own(self) -> tuple[int, int]:
        """Learners who can come to the classes that have a time in it, and all of those, once a session."""
        return sum(line.reached for line in self.lines), sum(line.learners for line in self.lines)

    @property
    def others(self) -> tuple[int | float, int | float]:
        """The same of all other classes of the term, which the figures count too."""
        reached, learners = self.own
        return self.figures["reached"] - reached, self.figures["learners"] - learners

    @property
    def changes(self) -> str:
        """1 个班换时间，2 个班换教室"""
        counted = Counter(line.change for line in self.lines if line.change)
        return "，".join(f"{number} 个班{change}" for change, number in sorted(counted.items()))

    @property
    def letter(self) -> str:
        """甲、乙、丙"""
        return "甲乙丙"[self.number]


def compare(proposal: TimetableProposal) -> list[Table]:
    """The timetables of a run; classes that are gone meanwhile are left out. Three queries."""
    days = Prefetch("days", SeriesDay.objects.order_by("weekday"))
    rows = Series.objects.filter(pk__in=proposal.series).select_related("programme", "room").prefetch_related(days)
    series = {one.pk: one for one in rows}
    rooms = dict(Room.objects.filter(venue__community=proposal.community_id).values_list("pk", "name"))
    kept = proposal.answer.get("timetables", [])
    tables = [_table(number, found, series, rooms) for number, found in enumerate(kept)]
    for table in tables[1:]:
        table.against = _against(table, tables[0])
        table.is_as_good = _worth(table) == _worth(tables[0])
    return tables


@dataclass(frozen=True, slots=True)
class Kept:
    """The present timetable, where no other serves more learners or finds more helpers.

    `gains` names what the best one found does better all the same; none: it is as good in everything.
    """

    gains: list[str]


def kept(proposal: TimetableProposal) -> Kept | None:
    """Whether the classes may as well stay where they are; None where another timetable serves more people."""
    found = proposal.answer.get("kept")
    if not found or found["broken"] or PEOPLE & set(found["gains"]):
        return None
    return Kept([TIERS[code].label for code in found["gains"]])


def ratios(tables: list[Table]) -> list[tuple[str, int]]:
    """How many seniors one helper usually takes, by programme: single lessons may ask for more helpers."""
    programmes = {line.series.programme for table in tables for line in table.lines}
    found = {(one.name, one.default_ratio) for one in programmes if one.kind == Programme.Kind.SENIOR}
    return sorted(found)


def _worth(table: Table) -> tuple[int, int | float, int | float]:
    """What timetables are compared by: classes without a time, learners, helpers."""
    return len(table.unplaced), table.figures["reached"], table.figures["filled"]


def _against(table: Table, first: Table) -> list[str]:
    """What the timetable gains and costs, then each class that meets at another time or in another room."""
    learners = table.figures["reached"] - first.figures["reached"]
    helpers = table.figures["filled"] - first.figures["filled"]
    said = []
    if learners or helpers:
        words = [_more("来得了的学员", learners, "人次"), _more("排得上的助教", helpers, "个")]
        said.append("，".join(word for word in words if word))
    before = {line.series.pk: line for line in first.lines}
    for line in table.lines:
        other = before.get(line.series.pk)
        if other and line.when != other.when:
            said.append(f"{line.series}：{other.when} 换成 {line.when}")
        elif other and line.room != other.room:
            said.append(f"{line.series}：{other.room}换成{line.room}")
    return said


def _more(what: str, number: int | float, unit: str) -> str:
    """来得了的学员多 2 人次"""
    return f"{what}{'多' if number > 0 else '少'} {abs(number):g} {unit}" if number else ""


def _table(number: int, found: dict[str, Any], series: dict[int, Series], rooms: dict[int, str]) -> Table:
    table = Table(number, found["figures"], found["proven"])
    sessions = []
    for row in found["series"]:
        if one := series.get(row["series"]):
            table.lines.append(_line(one, row, rooms, table.figures["filled"]))
            sessions += [(place, one, table.lines[-1]) for place in row["places"]]
    table.lines.sort(key=lambda line: (line.first, line.series.pk))
    table.unplaced = [(series[row["series"]], row["text"]) for row in found["unplaced"] if row["series"] in series]
    table.changed = sum(line.is_new for line in table.lines)
    table.blocks = _blocks(sessions)
    return table


def _line(series: Series, row: dict[str, Any], rooms: dict[int, str], filled: int | float) -> Line:
    places = [tuple(place) for place in row["places"]]
    days = "、".join(WEEKDAYS[weekday] for weekday, _, _ in places)
    now = [(day.weekday, 60 * series.starts.hour + series.starts.minute) for day in series.days.all()]
    change = _change([(weekday, starts) for weekday, starts, _ in places] != now, series.room_id != places[0][2])
    return Line(
        first=min(places)[:2],
        series=series,
        when=f"周{days} {clock(places[0][1])}",
        room=rooms.get(places[0][2], ""),
        reached=row["reached"],
        learners=row["learners"],
        filled=row["filled"],
        wanted=row["wanted"],
        heat=level(row["reached"], row["learners"]),
        help=level(row["filled"], row["wanted"]),
        is_new=bool(change),
        change=change,
        reasons=[(label, text) for label, text in row["reasons"]],
        instead=[_instead(option, row["reached"], filled) for option in row["instead"]],
    )


def _change(is_other_time: bool, is_other_room: bool) -> str:
    """What is different from now."""
    if is_other_time:
        return "换时间和教室" if is_other_room else "换时间"
    return "换教室" if is_other_room else ""


def _instead(option: list[Any], reached: int, filled: int | float) -> str:
    """周六 09:30：学员 −2，助教 +1; or what was in the way."""
    weekday, starts, come, staffed, why = option
    when = spoken(weekday, starts)
    return f"{when}：{why or f'学员 {signed(come - reached)}，助教 {signed(staffed - filled)}'}"


def _blocks(sessions: list[tuple[list[int], Series, Line]]) -> list[Block]:
    """The sessions of a day that overlap stand side by side."""
    by_day: dict[int, list[tuple[int, int, Line]]] = defaultdict(list)
    for (weekday, starts, _), one, line in sessions:
        long = 60 * (one.ends.hour - one.starts.hour) + one.ends.minute - one.starts.minute
        by_day[weekday].append((starts, starts + long, line))
    found = []
    for weekday, rows in by_day.items():
        rows.sort(key=lambda row: row[:2])
        lanes: list[int] = []
        placed = []
        for starts, ends, line in rows:
            lane = next((n for n, until in enumerate(lanes) if until <= starts), len(lanes))
            lanes[lane:] = [ends] if lane == len(lanes) else [ends, *lanes[lane + 1 :]]
            placed.append((lane, starts, ends, line))
        width = (DAY - 6) // len(lanes)
        for lane, starts, ends, line in placed:
            y = HEIGHT * (starts - FIRST) // (LAST - FIRST)
            height = max(8, HEIGHT * (ends - starts) // (LAST - FIRST) - 2)
            x = DAY * weekday + 3 + lane * width
            found.append(Block(x, y, (width - 2) // 2, height, line.heat, line.help))
    return found


def level(part: int | float, whole: int | float) -> int:
    """A share as heat: 0 is nobody, 4 is everybody; nothing asked for is fine."""
    return LEVELS if part >= whole else int(LEVELS * part // whole)


def more(problem: Problem, places: int) -> str:
    """So many helpers' places more or fewer a week: +2, −1.5."""
    return signed(problem.per_week(places))


def signed(number: int | float) -> str:
    """+2, −1.5, ±0"""
    return f"+{number:g}" if number > 0 else f"−{-number:g}" if number else "±0"


@dataclass(frozen=True, slots=True)
class Present:
    """One class of the timetable as it is now, and everything else fixed."""

    problem: Problem
    series: int
    places: tuple[Placement, ...]
    reached: int
    filled: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One other time of a class: what it gains and costs against now, or what is in the way."""

    value: str
    when: str
    room: str
    reached: int
    learners: str
    filled: int | float
    helpers: str
    heat: int
    help: int
    now: bool
    why: str
    others: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """Every time of a class by weekday, with its present figures; helpers are an average of odd and even weeks
    where those differ.
    """

    reached: int
    learners: int
    filled: int | float
    places: int | float
    sessions: int
    days: list[tuple[str, list[Cell]]]
    is_average: bool

    @property
    def possible(self) -> int:
        """How many other times nothing forbids."""
        return sum(not cell.why and not cell.now for _, cells in self.days for cell in cells)


def times(present: Present, link: Callable[[Placement], str] | None = None) -> Times:
    """The page 挪到…; no query. `link` leads from a time to the page that says whom it touches."""
    problem = present.problem
    series = problem.one[present.series]
    sessions = max(1, len(present.places))
    learners = len(series.learners) * sessions
    wanted = places(problem)
    cells = [_cell(option, present, learners, wanted, link) for option in present.options]
    by_day: dict[int, list[tuple[int, Cell]]] = defaultdict(list)
    for option, cell in zip(present.options, cells, strict=True):
        by_day[option.slot.weekday].append((option.slot.starts, cell))
    days = [
        (f"周{WEEKDAYS[day]}", [cell for _, cell in sorted(rows, key=lambda row: row[0])])
        for day, rows in sorted(by_day.items())
    ]
    filled = problem.per_week(present.filled)
    is_average = problem.weeks > 1
    return Times(present.reached, learners, filled, problem.per_week(wanted), sessions, days, is_average)


def _cell(
    option: Option, present: Present, learners: int, wanted: int, link: Callable[[Placement], str] | None
) -> Cell:
    problem = present.problem
    place = next(one for one in option.placements if one.slot == option.slot)
    names = {problem.one[other.series].name for other in option.obstacle.others} if option.obstacle else set()
    slot = option.slot
    return Cell(
        value=f"{slot.weekday}-{slot.starts}-{place.room}",
        when=clock(slot.starts),
        room=problem.room[place.room].name,
        reached=option.reached,
        learners=signed(option.reached - present.reached),
        filled=problem.per_week(option.filled),
        helpers=more(problem, option.filled - present.filled),
        heat=level(option.reached, learners),
        help=level(option.filled, wanted),
        now=option.now,
        why=option.obstacle.rule.label if option.obstacle and not option.now else "",
        others="、".join(sorted(names - {problem.one[present.series].name})),
        link=link(place) if link and not option.obstacle and not option.now else "",
    )


def under_way(*, community: Community) -> TimetableProposal | None:
    """The latest run of a community, whatever became of it."""
    return TimetableProposal.objects.filter(community=community).select_related("term", "community").first()


def left_out(proposal: TimetableProposal) -> list[Series]:
    """The classes without a session that a run does not know or was not asked about, in the order of the form.

    Whoever adds a class after the run looks for it here in vain. Two queries.
    """
    found = choices(term=proposal.term, community=proposal.community)
    return [choice.series for choice in found if choice.is_new and choice.series.pk not in proposal.series]


def is_late(proposal: TimetableProposal, now: datetime) -> bool:
    """Whether it has waited so long that nobody may be working."""
    waiting = proposal.status == TimetableProposal.Status.WAITING
    return waiting and (now - proposal.created_at).total_seconds() > 120
