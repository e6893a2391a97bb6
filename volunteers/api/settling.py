"""日子变了的课: sessions whose day has changed, each kept, called off or moved, all in one call."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from classes.api.places import community_of
from classes.models import CalendarDay
from people.api import ORGANISER, REFUSED, Paging, cut, one_of
from volunteers.actions import settling as actions
from volunteers.queries import settling as queries
from volunteers.views.settling import choices_of, in_words

router = Router(tags=["改动"])


class CaughtOut(Schema):
    """One session: what its day was and is, and what its programme does on such a day."""

    session: int
    series_name: str
    on_date: date
    was: one_of(CalendarDay.Type)
    day_type: one_of(CalendarDay.Type)
    why: str
    rule: str = Field(description="run 开、skip 不开、ask 问")
    reason: str = Field(description="停了的话，通知里写的原因")
    known: int = Field(description="几位志愿者已问过")

    @staticmethod
    def resolve_session(row: queries.Row) -> int:
        return row.caught.session.pk

    @staticmethod
    def resolve_series_name(row: queries.Row) -> str:
        return row.caught.session.series.name

    @staticmethod
    def resolve_on_date(row: queries.Row) -> date:
        return row.caught.session.on_date

    @staticmethod
    def resolve_was(row: queries.Row) -> str:
        return row.caught.session.day_type

    @staticmethod
    def resolve_day_type(row: queries.Row) -> str:
        return row.caught.day_type

    @staticmethod
    def resolve_why(row: queries.Row) -> str:
        return row.caught.why

    @staticmethod
    def resolve_rule(row: queries.Row) -> str:
        return row.caught.rule

    @staticmethod
    def resolve_reason(row: queries.Row) -> str:
        return row.caught.reason


class CaughtList(Schema):
    """A part of the list."""

    count: int
    items: list[CaughtOut]


class ChoiceIn(Schema):
    """What becomes of one session."""

    session: int = Field(description="场次编号")
    what: Literal["keep", "cancel", "move"] = Field(description="keep 照开，cancel 停，move 挪到 to")
    to: date | None = Field(None, description="挪到哪天，时间和教室不变")


class SettleIn(Schema):
    """All that is decided now; what is left out stays on the list."""

    community: int = Field(description="社区编号")
    choices: list[ChoiceIn] = Field(max_length=500)


class SettledOut(Schema):
    """What was done; each of `changes` can be undone for 24 hours."""

    kept: int
    cancelled: int
    moved: int
    people: int = Field(description="几位志愿者会收到通知")
    changes: list[int] = Field(description="改动的编号")
    text: str


@router.get("/calendar/caught", response={200: CaughtList, **REFUSED}, auth=ORGANISER, summary="日子变了的课")
def caught(request: HttpRequest, community: int, paging: Query[Paging]) -> Any:
    """Sessions to come whose day is no longer what it was when they were made."""
    days = queries.page(community=community_of(community), now=timezone.now())
    return cut([row for day in days for row in day.rows], paging)


@router.post("/calendar/caught", response={200: SettledOut, **REFUSED}, auth=ORGANISER, summary="照开、停、挪，一次定")
def settle(request: HttpRequest, body: SettleIn) -> Any:
    """Carry out every choice or none; who was asked is told."""
    community, now = community_of(body.community), timezone.now()
    said = {one.session: (one.what, one.to.isoformat() if one.to else "") for one in body.choices}
    days = queries.page(community=community, now=now, said=said)
    done = actions.settle_days(choices=choices_of(days, said), now=now, actor=request.user)
    return {
        "kept": done.kept,
        "cancelled": done.cancelled,
        "moved": done.moved,
        "people": done.people,
        "changes": [change.pk for change in done.changes],
        "text": in_words(done),
    }
