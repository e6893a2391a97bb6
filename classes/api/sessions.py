"""Sessions to read; changing them is with those who help (volunteers.api.changes)."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, FilterSchema, Query, Router, Schema

from classes.models import CalendarDay, Session
from people.api import REFUSED, Id, Paging, cut, one_of

router = Router(tags=["场次"])


class SessionOut(Schema):
    """One dated meeting of a class: `[starts_at, ends_at)`."""

    id: int
    series: int
    series_name: str
    community: int
    room: int | None
    room_name: str
    on_date: date
    planned_on: date | None = Field(description="课表上的日期，挪过就和 on_date 不同")
    starts_at: datetime
    ends_at: datetime
    day_type: one_of(CalendarDay.Type)
    status: one_of(Session.Status)
    cancel_reason: str
    lesson: str | None = Field(description="课的编码")
    lesson_title: str
    is_review: bool
    expected: int = Field(description="应到几人")
    sequence: int = Field(description="第几次改；改的时候原样放进 seen")
    ticked: bool = Field(description="停课、放假的日子照开，有人确认过")
    split_from: int | None
    merged_into: int | None

    @staticmethod
    def resolve_series(session: Session) -> int:
        return session.series_id

    @staticmethod
    def resolve_series_name(session: Session) -> str:
        return session.series.name

    @staticmethod
    def resolve_community(session: Session) -> int:
        return session.community_id

    @staticmethod
    def resolve_room(session: Session) -> int | None:
        return session.room_id

    @staticmethod
    def resolve_room_name(session: Session) -> str:
        return session.room.name if session.room else ""

    @staticmethod
    def resolve_lesson(session: Session) -> str | None:
        return session.lesson.code if session.lesson else None

    @staticmethod
    def resolve_lesson_title(session: Session) -> str:
        return session.lesson.title if session.lesson else ""

    @staticmethod
    def resolve_ticked(session: Session) -> bool:
        return session.ticked_at is not None

    @staticmethod
    def resolve_split_from(session: Session) -> int | None:
        return session.split_from_id

    @staticmethod
    def resolve_merged_into(session: Session) -> int | None:
        return session.merged_into_id


class Sessions(Schema):
    """A part of the list."""

    count: int
    items: list[SessionOut]


class SessionFilter(FilterSchema):
    """Which sessions; both days belong to it."""

    community_id: Id | None = Field(None, alias="community")
    series_id: Id | None = Field(None, alias="series")
    series__term_id: Id | None = Field(None, alias="term")
    series__programme_id: Id | None = Field(None, alias="programme")
    room_id: Id | None = Field(None, alias="room")
    status: one_of(Session.Status) | None = None
    on_date__gte: date | None = Field(None, alias="from")
    on_date__lte: date | None = Field(None, alias="until")


@router.get("/sessions", response={200: Sessions, **REFUSED}, summary="场次")
def sessions(request: HttpRequest, filters: Query[SessionFilter], paging: Query[Paging]) -> Any:
    """The sessions that fit the filters, in order of time."""
    return cut(filters.filter(found()).order_by("starts_at", "id"), paging)


def found() -> Any:
    """Sessions with what is told of them. One query for any number."""
    return Session.objects.select_related("series", "room", "lesson")


@router.get("/sessions/{pk}", response={200: SessionOut, **REFUSED}, summary="一场")
def session(request: HttpRequest, pk: int) -> Any:
    """One session."""
    return get_object_or_404(found(), pk=pk)
