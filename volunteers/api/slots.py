"""挑一个空档: where a session could go in a week, with who or what is in the way. Moving it is with the changes."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema

from people.api import ORGANISER, REFUSED
from volunteers.actions import slots as actions
from volunteers.queries import changes as queries
from volunteers.views.slots import week_of

router = Router(tags=["改动"])


class SlotOut(Schema):
    """One place and time; send `on_date`, `time` and `room` to move."""

    on_date: date
    time: str = Field(description="例如 14:00-15:30")
    starts_at: datetime
    ends_at: datetime
    room: int
    room_name: str
    learners: int = Field(description="应到的学员里来得了的")
    learners_asked: int
    helpers: int = Field(description="已排的志愿者里来得了的，没说过哪天有空的不算")
    helpers_asked: int
    stops: list[str] = Field(description="为什么去不了；空着是可以")
    notes: list[str] = Field(description="去之前要知道的")

    @staticmethod
    def resolve_on_date(slot: actions.Slot) -> date:
        return slot.target.on_date

    @staticmethod
    def resolve_time(slot: actions.Slot) -> str:
        return slot.clocks

    @staticmethod
    def resolve_room(slot: actions.Slot) -> int:
        return slot.target.room.pk

    @staticmethod
    def resolve_room_name(slot: actions.Slot) -> str:
        return slot.target.room.name


class DayOut(Schema):
    """A day of the week; `taken` says who has the rooms that are not free long enough."""

    date: date
    slots: list[SlotOut]
    taken: list[str]

    @staticmethod
    def resolve_date(day: actions.SlotDay) -> date:
        return day.row.date


class WeekOut(Schema):
    """Monday to Sunday; no days where the session can no longer be moved."""

    monday: date
    days: list[DayOut]


@router.get("/sessions/{pk}/slots", response={200: WeekOut, **REFUSED}, auth=ORGANISER, summary="挑一个空档")
def slots(request: HttpRequest, pk: int, week: date | None = None) -> Any:
    """The free slots of a week, by any day of it; left out, the week of the session."""
    session, now = get_object_or_404(queries.found_session(pk)), timezone.now()
    page, days = week_of(session, week.isoformat() if week else None, now)
    return {"monday": page.monday, "days": days}
