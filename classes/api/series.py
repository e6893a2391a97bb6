"""Classes: programmes to choose from, a class with its pattern, and editing it."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, FilterSchema, Query, Router, Schema
from ninja.responses import Status

from classes.actions import series as actions
from classes.api.places import community_of
from classes.forms.term import IN_USE, SERIES_TAKEN, SeriesForm, initial_of, times_fixed
from classes.models import Community, Programme, Room, Series, Term
from people.api import ORGANISER, REFUSED, Id, Paging, cut, filled, one_of, refuse_field

router = Router(tags=["班"])


class ProgrammeOut(Schema):
    """A strand of work, and what it does on each type of day."""

    id: int
    name: str
    kind: one_of(Programme.Kind)
    on_workday: str = Field(description="run 开、skip 不开、ask 问")
    on_weekend: str
    on_holiday: str
    on_makeup: str


class Programmes(Schema):
    """A part of the list."""

    count: int
    items: list[ProgrammeOut]


class SeriesOut(Schema):
    """A class: when, where, for how many."""

    id: int
    name: str
    programme: int
    term: int
    community: int
    room: int | None
    room_name: str
    weekdays: list[int] = Field(description="周一是 0")
    starts: str = Field(description="例如 09:30")
    ends: str
    every_weeks: int = Field(description="2 是隔周")
    week_offset: int = Field(description="隔周时从第几个教学周起，0 是第一周")
    month_weeks: str = Field(description="每月第几个星期几，例如 1,3；-1 是最后一个；空着是每周")
    from_on: date | None
    until_on: date | None
    capacity: int
    stages: str = Field(description="教哪几个阶段")
    needs: list[str] = Field(description="要的设备：教室没有就不能排进去")

    @staticmethod
    def resolve_programme(series: Series) -> int:
        return series.programme_id

    @staticmethod
    def resolve_term(series: Series) -> int:
        return series.term_id

    @staticmethod
    def resolve_community(series: Series) -> int:
        return series.community_id

    @staticmethod
    def resolve_room(series: Series) -> int | None:
        return series.room_id

    @staticmethod
    def resolve_room_name(series: Series) -> str:
        return series.room.name if series.room else ""

    @staticmethod
    def resolve_starts(series: Series) -> str:
        return f"{series.starts:%H:%M}"

    @staticmethod
    def resolve_ends(series: Series) -> str:
        return f"{series.ends:%H:%M}"

    @staticmethod
    def resolve_weekdays(series: Series) -> list[int]:
        return sorted(day.weekday for day in series.days.all())


class SeriesList(Schema):
    """A part of the list."""

    count: int
    items: list[SeriesOut]


class SeriesFilter(FilterSchema):
    """Which classes."""

    community_id: Id | None = Field(None, alias="community")
    term_id: Id | None = Field(None, alias="term")
    programme_id: Id | None = Field(None, alias="programme")


class SeriesPatch(Schema):
    """What changes; what is left out stays."""

    name: str | None = None
    weekdays: list[int] | None = Field(None, description="周一是 0；已经生成场次就用 reshape")
    time: str | None = Field(None, description="例如 9:30-11:00；已经生成场次就用 reshape")
    room_name: str | None = Field(None, description="新名字会加一间教室；空着是没定；已经生成场次就用 reshape")
    capacity: int | None = Field(None, description="名额，1 到 200")
    stages: str | None = Field(None, description="教哪几个阶段，只有长者班有")
    needs: list[str] | None = Field(None, description="要的设备，例如 投影、无线网；教室里写了的别的设备也行")
    rhythm: str | None = Field(None, description="哪几周上：空着每周，odd、even 隔周，month1 等是每月第几个")
    from_on: date | None = None
    until_on: date | None = None


class SeriesIn(SeriesPatch):
    """A new class."""

    community: int = Field(description="社区编号")
    term: int = Field(description="学期编号")
    programme: int = Field(description="项目编号")
    name: str
    weekdays: list[int]
    time: str
    capacity: int


@router.get("/programmes", response={200: Programmes, **REFUSED}, summary="项目")
def programmes(request: HttpRequest, paging: Query[Paging]) -> Any:
    """What a class can be of."""
    return cut(Programme.objects.order_by("id"), paging)


@router.get("/series", response={200: SeriesList, **REFUSED}, summary="班")
def series_list(request: HttpRequest, filters: Query[SeriesFilter], paging: Query[Paging]) -> Any:
    """The classes that fit the filters."""
    return cut(filters.filter(found()).order_by("term_id", "community_id", "starts", "id"), paging)


def found() -> Any:
    """Classes with what is told of them. Two queries for any number."""
    return Series.objects.select_related("programme", "room", "term", "community").prefetch_related("days")


@router.get("/series/{pk}", response={200: SeriesOut, **REFUSED}, summary="一个班")
def series(request: HttpRequest, pk: int) -> Any:
    """One class."""
    return get_object_or_404(found(), pk=pk)


def form_of(data: dict[str, Any], programme: Programme, community: Community) -> SeriesForm:
    """The form of the page, filled in."""
    rooms = list(Room.objects.filter(venue__community=community).order_by("id"))
    return filled(SeriesForm(data, programme=programme, rooms=rooms))


@router.post("/series", response={201: SeriesOut, **REFUSED}, auth=ORGANISER, summary="加一个班")
def series_add(request: HttpRequest, body: SeriesIn) -> Any:
    """A new class; its sessions come from generate."""
    term, programme = get_object_or_404(Term, pk=body.term), get_object_or_404(Programme, pk=body.programme)
    community = community_of(body.community)
    form = form_of(body.dict(exclude_none=True), programme, community)
    try:
        made = actions.create_series(
            term=term,
            community=community,
            programme=programme,
            pattern=form.pattern(),
            now=timezone.now(),
            actor=request.user,
        )
    except actions.NameTaken:
        refuse_field("name", SERIES_TAKEN)
    return Status(201, found().get(pk=made.pk))


@router.patch("/series/{pk}", response={200: SeriesOut, **REFUSED}, auth=ORGANISER, summary="改一个班")
def series_edit(request: HttpRequest, pk: int, body: SeriesPatch) -> Any:
    """Change a class; what is left out stays."""
    one = get_object_or_404(found(), pk=pk)
    form = form_of(initial_of(one) | body.dict(exclude_unset=True), one.programme, one.community)
    try:
        actions.change_series(series=one, pattern=form.pattern(), now=timezone.now(), actor=request.user)
    except actions.NameTaken:
        refuse_field("name", SERIES_TAKEN)
    except actions.SeatsInUse:
        refuse_field("capacity", IN_USE)
    except actions.TimesFixed:
        refuse_field("time", times_fixed(one.sessions.count()))
    return found().get(pk=pk)
