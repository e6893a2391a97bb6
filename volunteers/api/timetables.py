"""Timetables that the engine proposes: ask, watch, compare, take one; and 挪到… for one class."""

from datetime import datetime
from functools import partial
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from classes.api.places import community_of
from classes.models import Series, Term
from people.api import ORGANISER, REFUSED, Conflict, Paging, cut, one_of, refuse_field
from volunteers import planning
from volunteers.actions import runs
from volunteers.actions import timetables as actions
from volunteers.models import TimetableProposal
from volunteers.queries import timetables as queries
from volunteers.tasks import run_timetable
from volunteers.views.timetables import GIVES

router = Router(tags=["排时间"])
TAKEN = "这次的时间已经采纳或撤掉了。"
NOT_RUNNING = "还没开始，或者刚好排完了。"


class StartIn(Schema):
    """Which classes get a time."""

    community: int = Field(description="社区编号")
    term: int = Field(description="学期编号")
    series: list[int] = Field(description=f"班的编号，最多 {actions.MOST_CLASSES} 个")
    first: Literal["learners", "balanced", "helpers"] = Field(
        "balanced", description="先顾学员、两边都顾（最多少来 0.5%）、先顾助教（最多少来 3%）"
    )


class AcceptIn(Schema):
    """Which of the timetables."""

    number: int = Field(description="第几个，从 0 数")


class RunOut(Schema):
    """How far a run is."""

    id: int
    term: int
    community: int
    series: list[int]
    status: one_of(TimetableProposal.Status)
    stage: str
    progress: int = Field(description="百分之几")
    proven: bool
    seconds: float | None
    error: str
    chosen: int | None = Field(description="采纳了第几个，从 0 数")
    created_at: datetime
    finished_at: datetime | None

    @staticmethod
    def resolve_term(run: TimetableProposal) -> int:
        return run.term_id

    @staticmethod
    def resolve_community(run: TimetableProposal) -> int:
        return run.community_id


class Runs(Schema):
    """A part of the list."""

    count: int
    items: list[RunOut]


class LineOut(Schema):
    """One class in a timetable."""

    series: int
    name: str
    when: str
    room: str
    reached: int = Field(description="来得了的学员人次")
    learners: int
    filled: int | float = Field(description="预计排得上的助教；有人单周或双周来时是每周平均")
    wanted: int | float
    is_new: bool = Field(description="和现在的时间不一样")
    reasons: list[list[str]] = Field(description="为什么是这个时间")
    instead: list[str] = Field(description="换成别的时间会怎样")

    @staticmethod
    def resolve_series(line: queries.Line) -> int:
        return line.series.pk

    @staticmethod
    def resolve_name(line: queries.Line) -> str:
        return line.series.name

    @staticmethod
    def resolve_reasons(line: queries.Line) -> list[list[str]]:
        return [list(reason) for reason in line.reasons]


class UnplacedOut(Schema):
    """A class without a time, and why."""

    series: int
    why: str


class TableOut(Schema):
    """One timetable beside the others."""

    number: int
    figures: dict[str, Any]
    proven: bool
    lines: list[LineOut]
    unplaced: list[UnplacedOut]

    @staticmethod
    def resolve_unplaced(table: queries.Table) -> list[dict[str, Any]]:
        return [{"series": series.pk, "why": why} for series, why in table.unplaced]


class ResultOut(Schema):
    """Up to three timetables; `now` are the figures of the present one."""

    run: RunOut
    now: dict[str, Any] | None
    timetables: list[TableOut]


class RefusedOut(Schema):
    """A class that stayed where it was."""

    series: int
    why: str


class TakenOut(Schema):
    """What became of the classes."""

    moved: list[int]
    same: list[int]
    refused: list[RefusedOut]


class CellOut(Schema):
    """One other time: what it gains and costs against now, or what is in the way."""

    to: str = Field(description="原样放进 move-to 的 to")
    when: str
    room: str
    reached: int
    learners: str = Field(description="比现在多或少几位学员")
    filled: int | float
    helpers: str = Field(description="比现在多或少几位助教")
    is_now: bool
    why: str = Field(description="挪不过去的原因；空着是可以")
    others: str = Field(description="和哪些班撞")

    @staticmethod
    def resolve_to(cell: queries.Cell) -> str:
        return cell.value

    @staticmethod
    def resolve_is_now(cell: queries.Cell) -> bool:
        return cell.now


class WeekdayOut(Schema):
    """The times of one weekday."""

    weekday: str
    times: list[CellOut]


class TimesOut(Schema):
    """Every time of a class, with its present figures."""

    reached: int
    learners: int
    filled: int | float
    places: int | float
    days: list[WeekdayOut]

    @staticmethod
    def resolve_days(times: queries.Times) -> list[dict[str, Any]]:
        return [{"weekday": name, "times": cells} for name, cells in times.days]


class MoveToIn(Schema):
    """One of the times."""

    to: str = Field(description="times 里的 to")


def run_of(pk: int) -> TimetableProposal:
    """The run. Raises Http404."""
    return get_object_or_404(TimetableProposal.objects.select_related("community", "term"), pk=pk)


def series_of(pk: int) -> Series:
    """The class. Raises Http404."""
    return get_object_or_404(Series.objects.select_related("term", "community", "programme", "room"), pk=pk)


@router.get("/timetables", response={200: Runs, **REFUSED}, summary="一个社区排过的时间")
def timetables(request: HttpRequest, community: int, paging: Query[Paging]) -> Any:
    """Runs, the latest first."""
    return cut(TimetableProposal.objects.filter(community=community_of(community)).order_by("-id"), paging)


@router.post("/timetables", response={202: RunOut, **REFUSED}, auth=ORGANISER, summary="排时间")
def start(request: HttpRequest, body: StartIn) -> Any:
    """Write the waiting run and start its task once it is committed."""
    community, term = community_of(body.community), get_object_or_404(Term, pk=body.term)
    try:
        with transaction.atomic():
            made = actions.request_timetable(
                term=term,
                community=community,
                series=body.series,
                gives=GIVES[body.first],
                now=timezone.now(),
                actor=request.user,
            )
            transaction.on_commit(partial(run_timetable.enqueue, made.pk))
    except actions.NothingChosen:
        refuse_field("series", f"请至少选一个班，最多 {actions.MOST_CLASSES} 个。")
    return Status(202, made)


@router.get("/timetables/{pk}", response={200: RunOut, **REFUSED}, summary="排到哪里了")
def run(request: HttpRequest, pk: int) -> Any:
    """How far it is; ask again every second or two while it is waiting or running."""
    return run_of(pk)


@router.get("/timetables/{pk}/result", response={200: ResultOut, **REFUSED}, summary="排出来的时间")
def result(request: HttpRequest, pk: int) -> Any:
    """Up to three timetables with figures and reasons."""
    found = run_of(pk)
    if found.status in (TimetableProposal.Status.WAITING, TimetableProposal.Status.RUNNING):
        raise Conflict("还没排完。")
    return {"run": found, "now": found.answer.get("now"), "timetables": queries.compare(found)}


@router.post("/timetables/{pk}/stop", response={200: RunOut, **REFUSED}, auth=ORGANISER, summary="到此为止，看最好的")
def stop(request: HttpRequest, pk: int) -> Any:
    """The engine hands in the best it has."""
    found = run_of(pk)
    try:
        runs.stop(run=found)
    except runs.NotReady as error:
        raise Conflict(NOT_RUNNING) from error
    return found


@router.post("/timetables/{pk}/discard", response={200: RunOut, **REFUSED}, auth=ORGANISER, summary="都不要了")
def discard(request: HttpRequest, pk: int) -> Any:
    """Throw the run away; the timetable stays as it is."""
    found = run_of(pk)
    try:
        actions.discard_timetable(proposal=found, now=timezone.now(), actor=request.user)
    except runs.NotReady as error:
        raise Conflict(TAKEN) from error
    return run_of(pk)


@router.post("/timetables/{pk}/accept", response={200: TakenOut, **REFUSED}, auth=ORGANISER, summary="采纳一个")
def accept(request: HttpRequest, pk: int, body: AcceptIn) -> Any:
    """Give the classes the days, times and rooms of one timetable; what is refused stays and is named."""
    try:
        taken = actions.accept_timetable(
            proposal=run_of(pk), number=body.number, now=timezone.now(), actor=request.user
        )
    except runs.NotReady as error:
        raise Conflict(TAKEN) from error
    return {
        "moved": [series.pk for series in taken.moved],
        "same": [series.pk for series in taken.same],
        "refused": [{"series": series.pk, "why": why} for series, why in taken.refused],
    }


@router.get("/series/{pk}/times", response={200: TimesOut, **REFUSED}, summary="把这个班挪到……")
def times(request: HttpRequest, pk: int) -> Any:
    """Every other time of a class: learners reached and helpers expected."""
    series = series_of(pk)
    present = planning.other_times(series=series, term=series.term, community=series.community, now=timezone.now())
    return queries.times(present)


@router.post("/series/{pk}/move-to", response={200: TimesOut, **REFUSED}, auth=ORGANISER, summary="挪过去")
def move_to(request: HttpRequest, pk: int, body: MoveToIn) -> Any:
    """Take one of the times; answers the times as they are then."""
    series, now = series_of(pk), timezone.now()
    present = planning.other_times(series=series, term=series.term, community=series.community, now=now)
    if body.to not in {cell.value for _, cells in queries.times(present).days for cell in cells}:
        refuse_field("to", "请先选一个时间。")
    weekday, starts, room = map(int, body.to.split("-"))
    days = list(series.days.order_by("weekday").values_list("weekday", flat=True))
    actions.move_series(
        series=series,
        weekday=days[0] if days else weekday,
        to=(weekday, starts, room),
        now=now,
        actor=request.user,
    )
    return times(request, pk)
