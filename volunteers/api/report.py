"""报表: the figures of a month, read only. No names."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from classes.api.places import community_of
from people.api import REFUSED, STAFF, Id
from volunteers.queries import report as queries

router = Router(tags=["报表"])


class MonthIn(Schema):
    """Which month of which community."""

    community: Id
    year: int = Field(ge=2000, le=2100)
    month: int = Field(ge=1, le=12)


class FigureOut(Schema):
    """One figure: over all, of 菜鸟学堂, of 四点半课堂; null where there is nothing to divide by."""

    name: str = Field(
        description="sessions、learner_times、learners、helper_times、helpers、minutes、ratio、came、filled"
    )
    word: str
    meaning: str
    all: float | None
    senior: float | None
    child: float | None


class MonthOut(Schema):
    """The month, as of a moment."""

    first: date
    last: date
    as_of: datetime
    figures: list[FigureOut]
    pending_minutes: int = Field(description="签退了、还没入账的分钟，没算进 minutes")
    open_sessions: list[int] = Field(description="没点完名的场次编号，没算进来")


@router.get("/report", response={200: MonthOut, **REFUSED}, auth=STAFF, summary="一个月的报表")
def month(request: HttpRequest, asked: Query[MonthIn]) -> Any:
    """The figures of the page 报表."""
    found = queries.report(
        community=community_of(asked.community), month=date(asked.year, asked.month, 1), now=timezone.now()
    )
    groups = ("all", "senior", "child")
    return {
        "first": found.month,
        "last": found.last,
        "as_of": found.as_of,
        "figures": [
            {
                "name": line.name,
                "word": line.word,
                "meaning": line.meaning,
                **dict(zip(groups, line.values, strict=True)),
            }
            for line in found.lines
        ],
        "pending_minutes": found.pending,
        "open_sessions": [one.pk for one in found.open_sessions],
    }
