"""报表: one month in figures, each with the rows behind it (definitions: domain 7.3)."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from classes.models import Attendance, Community, Session
from volunteers.models import CheckIn, ServiceRecord, Shift
from volunteers.queries import roll
from volunteers.rules import hours

CHILD = "child"
GROUPS = ("all", "senior", CHILD)
Present = Attendance.State.PRESENT
# What can be opened, in the order of the table: word, unit, definition.
FIGURES = {
    "sessions": ("场次", "场", "点完名的场次"),
    "learner_times": ("服务人次", "人次", "到场的学员，每到一次算一次"),
    "learners": ("服务人数", "人", "到场过的学员，一个人只算一次"),
    "helper_times": ("志愿者人次", "人次", "签到又签退的志愿者，每来一次算一次"),
    "helpers": ("志愿者人数", "人", "来过的志愿者，一个人只算一次"),
    "minutes": (
        "服务时长",
        "小时",
        "已经入账的时长，只舍不入到 0.1 小时；“全部”先把分钟加起来再舍，可能比两项相加多 0.1",
    ),
    "ratio": ("平均配比", "", "到场学员 ÷ 到场志愿者"),
    "came": ("到课率", "", "到场学员 ÷ 点过名的学员"),
    "filled": ("到岗率", "", "到场志愿者 ÷ 岗位要的人数"),
}


@dataclass(slots=True)
class Sums:
    """What is added up for one community and one group of programmes."""

    sessions: int = 0
    needed: int = 0
    learner_times: int = 0
    marked: int = 0
    helper_times: int = 0
    served: int = 0
    minutes: int = 0
    learner_ids: set[int] = field(default_factory=set)
    helper_ids: set[int] = field(default_factory=set)

    def figure(self, name: str) -> float | int | None:
        """One figure of the table; None where there is nothing to divide by."""
        if name == "learners":
            return len(self.learner_ids)
        if name == "helpers":
            return len(self.helper_ids)
        if name == "ratio":
            return round(self.learner_times / self.served, 1) if self.served else None
        if name == "came":
            return self.learner_times / self.marked if self.marked else None
        if name == "filled":
            return self.served / self.needed if self.needed else None
        return int(getattr(self, name))


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: over all, of 菜鸟学堂 with its desk, of 四点半课堂."""

    name: str
    values: list[float | int | None]

    @property
    def word(self) -> str:
        """What it is called."""
        return FIGURES[self.name][0]

    @property
    def unit(self) -> str:
        """Its unit; empty for shares."""
        return FIGURES[self.name][1]

    @property
    def meaning(self) -> str:
        """How it is counted."""
        return FIGURES[self.name][2]


@dataclass(frozen=True, slots=True)
class Report:
    """The page 报表."""

    month: date
    last: date
    as_of: datetime
    lines: list[Line]
    weeks: list[dict[str, Any]]
    learner_weeks: list[dict[str, Any]]
    communities: list[tuple[Community, Sums]]
    open_sessions: list[Session]
    pending: int
    odd: list[CheckIn]

    @property
    def is_empty(self) -> bool:
        """Whether nothing has happened in this month."""
        return not any(value for line in self.lines for value in line.values[:1])

    @property
    def is_running(self) -> bool:
        """Whether the month is not over."""
        return self.last >= timezone.localdate(self.as_of)


def end_of(month: date) -> date:
    """The last day of the month that begins on this day."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def latest_month(*, community: Community, now: datetime) -> date:
    """This month, or the last one in which something was held when this one has nothing yet."""
    first = timezone.localdate(now).replace(day=1)
    held = Session.objects.filter(community=community, ends_at__lte=now).exclude(status=Session.Status.CANCELLED)
    last = held.aggregate(last=Max("on_date"))["last"]
    return min(first, last.replace(day=1)) if last else first


def report(*, community: Community, month: date, now: datetime) -> Report:
    """One month of a community, with every community beside it. A constant number of queries."""
    last = end_of(month)
    days = (month, last)
    sums = _sums(days)
    mine = [_together(sums, community.pk, group) for group in GROUPS]
    visits = _by_day(_visits(days).filter(series__community=community), "series__programme__kind")
    came = _by_day(_present(days).filter(session__community=community), "session__series__programme__kind")
    waiting = list(waiting_visits(community, days))
    spans = [(row, hours.counted(row)) for row in waiting]
    return Report(
        month=month,
        last=last,
        as_of=now,
        lines=[Line(name, [one.figure(name) for one in mine]) for name in FIGURES],
        weeks=_weeks(visits, month, last),
        learner_weeks=_weeks(came, month, last),
        communities=[(one, _together(sums, one.pk, "all")) for one in Community.objects.order_by("street", "id")],
        open_sessions=roll.open_sessions(community=community, first=month, last=last, now=now),
        pending=sum(span.minutes for _, span in spans if span and span.is_plausible),
        odd=[row for row, span in spans if span and _is_odd(row, span, now)],
    )


def _is_odd(row: CheckIn, span: hours.Counted, now: datetime) -> bool:
    """Whether the ledger did not take it although it was time: too long, or at the same time as another."""
    due = row.changed_at is None or row.changed_at < now - hours.STAYS_OPEN - timedelta(hours=2)
    return not span.is_plausible or due


# --- the rows behind the figures -----------------------------------------------------------------------


def _done(days: tuple[date, date]) -> QuerySet[Session]:
    return Session.objects.filter(on_date__range=days, status=Session.Status.DONE)


def _present(days: tuple[date, date]) -> QuerySet[Attendance]:
    return Attendance.objects.filter(session__on_date__range=days, session__status=Session.Status.DONE, state=Present)


def _visits(days: tuple[date, date]) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(on_date__range=days, arrived_at__isnull=False, left_at__isnull=False)


def waiting_visits(community: Community, days: tuple[date, date]) -> QuerySet[CheckIn]:
    """Whole visits that are not in the ledger yet."""
    rows = _visits(days).filter(series__community=community, records=None)
    return rows.select_related("session", "series", "volunteer__person").order_by("on_date", "pk")


def rows(*, community: Community, month: date, name: str) -> QuerySet[Any]:
    """What stands behind a figure: sessions, learners' attendance, visits, or lines of the ledger."""
    days = (month, end_of(month))
    if name in ("sessions", "filled", "ratio"):
        held = _done(days).filter(community=community).select_related("series__programme", "room")
        return held.annotate(
            present=Count("attendance", filter=Q(attendance__state=Present), distinct=True),
            helpers=Count("checkins", distinct=True),
        ).order_by("starts_at", "id")
    if name in ("learner_times", "learners", "came"):
        marks = Attendance.objects.filter(
            session__on_date__range=days, session__status=Session.Status.DONE, session__community=community
        )
        marks = marks if name == "came" else marks.filter(state=Present)
        order = "learner__person__name_key" if name == "learners" else "session__starts_at"
        return marks.select_related("learner__person", "session__series").order_by(order, "session__starts_at", "id")
    if name == "minutes":
        lines = ServiceRecord.objects.filter(on_date__range=days, community=community)
        return lines.select_related("volunteer__person", "recorded_by").order_by("on_date", "starts_at", "id")
    order = "volunteer__person__name_key" if name == "helpers" else "on_date"
    visits = _visits(days).filter(series__community=community)
    return visits.select_related("volunteer__person", "series", "session").order_by(order, "on_date", "id")


# --- adding up -------------------------------------------------------------------------------------------


def _sums(days: tuple[date, date]) -> dict[tuple[int, str], Sums]:
    """Sums by community and kind of programme. Five queries."""
    sums: dict[tuple[int, str], Sums] = defaultdict(Sums)
    kind = "series__programme__kind"
    for place, of, n in _done(days).values_list("community", kind).annotate(n=Count("pk")).order_by():
        sums[place, of].sessions = n
    needed = Shift.objects.filter(session__in=_done(days)).values_list("session__community", f"session__{kind}")
    for place, of, n in needed.annotate(n=Sum("needed")).order_by():
        sums[place, of].needed = n
    marks = Attendance.objects.filter(session__in=_done(days))
    grouped = marks.values_list("session__community", f"session__{kind}", "learner", "state")
    for place, of, learner, state, n in grouped.annotate(n=Count("pk")).order_by():
        one = sums[place, of]
        one.marked += n
        if state == Present:
            one.learner_times += n
            one.learner_ids.add(learner)
    done = Count("pk", filter=Q(session__status=Session.Status.DONE))
    visits = _visits(days).values_list("series__community", kind, "volunteer").annotate(n=Count("pk"), done=done)
    for place, of, volunteer, n, at_done in visits.order_by():
        one = sums[place, of]
        one.helper_times += n
        one.served += at_done
        one.helper_ids.add(volunteer)
    lines = ServiceRecord.objects.filter(on_date__range=days).values_list("community", "kind")
    for place, of, minutes in lines.annotate(minutes=Sum("minutes")).order_by():
        sums[place, of].minutes = minutes
    return sums


def _together(sums: dict[tuple[int, str], Sums], community: int, group: str) -> Sums:
    """The sums of one community and group; the desk belongs to 菜鸟学堂."""
    total = Sums()
    for (place, kind), one in sums.items():
        if place == community and (group == "all" or (kind == CHILD) == (group == CHILD)):
            for name in ("sessions", "needed", "learner_times", "marked", "helper_times", "served", "minutes"):
                setattr(total, name, getattr(total, name) + getattr(one, name))
            total.learner_ids |= one.learner_ids
            total.helper_ids |= one.helper_ids
    return total


def _by_day(rows: QuerySet[Any], kind: str) -> Counter[tuple[date, bool]]:
    day = "on_date" if rows.model is CheckIn else "session__on_date"
    found: Counter[tuple[date, bool]] = Counter()
    for on_date, of, n in rows.values_list(day, kind).annotate(n=Count("pk")).order_by():
        found[on_date, of == CHILD] += n
    return found


def _weeks(found: Counter[tuple[date, bool]], first: date, last: date) -> list[dict[str, Any]]:
    """Person-times by week of the month, as the picture wants them; a week is named by its first day here."""
    starts = [first, *_mondays(first, last)]
    weeks = []
    for at, start in enumerate(starts):
        end = starts[at + 1] if at + 1 < len(starts) else last + timedelta(days=1)
        counts = Counter(dict.fromkeys((True, False), 0))
        for (day, child), n in found.items():
            if start <= day < end:
                counts[child] += n
        weeks.append({"label": f"{start.day}", "seniors": counts[False], "children": counts[True]})
    return weeks


def _mondays(first: date, last: date) -> Iterable[date]:
    day = first + timedelta(days=7 - first.weekday())
    while day <= last:
        yield day
        day += timedelta(days=7)
