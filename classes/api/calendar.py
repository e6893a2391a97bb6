"""The calendar: days of a year, the yearly notice, closures, the school year."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Path, Router, Schema
from ninja.responses import Status

from classes import notices
from classes.actions import days as actions
from classes.actions.notices import standing, undo_import
from classes.api.places import community_of
from classes.forms.days import MEANWHILE, OVERLAP, YEARS, DayForm, FollowsForm, NoticeForm, SchoolTermForm
from classes.models import CalendarDay, NoticeImport, SchoolLevel, SchoolTerm
from classes.queries import days as queries
from people.api import ORGANISER, REFUSED, Conflict, Invalid, filled, one_of, refuse_field

router = Router(tags=["日历"])


class DayOut(Schema):
    """A day that is not an ordinary one; without `community` it holds everywhere."""

    id: int
    date: date
    day_type: one_of(CalendarDay.Type)
    name: str
    follows_weekday: int | None = Field(description="调休上班日学校按周几上课，周一是 0")
    status: one_of(CalendarDay.Status)
    source: str
    community: int | None

    @staticmethod
    def resolve_community(day: CalendarDay) -> int | None:
        return day.community_id


class PartOut(Schema):
    """Weeks of term or of a break in the schools of one level."""

    id: int
    level: one_of(SchoolLevel)
    kind: one_of(SchoolTerm.Kind)
    starts_on: date
    ends_on: date
    status: one_of(CalendarDay.Status)
    source: str


class ImportOut(Schema):
    """A notice that was brought in and can still be taken back."""

    id: int
    year: int
    source: str
    made_at: datetime
    undo_until: datetime


class YearOut(Schema):
    """One year as a community sees it."""

    year: int
    official: bool = Field(description="这一年的放假通知导入了没有；没有就都是预测")
    days: list[DayOut]
    school_terms: list[PartOut]
    caught: int = Field(description="日子变了、还没处理的场次数")
    imported: ImportOut | None = Field(description="最近一次导入，还能撤销的话")


class DayIn(Schema):
    """One day by hand."""

    community: int = Field(description="社区编号")
    date: date
    day_type: one_of(CalendarDay.Type) = Field(description="closed 是停课")
    where: Literal["here", "all"] = Field("here", description="here 只有本社区，all 所有社区")
    name: str = Field("", description="原因或名称")


class FollowsIn(Schema):
    """Whose timetable schools run on a make-up day."""

    follows: int | None = Field(description="0 到 4 是周一到周五，null 是还不知道")


class PartIn(Schema):
    """Weeks of term or of a break."""

    level: one_of(SchoolLevel)
    kind: one_of(SchoolTerm.Kind)
    starts_on: date
    ends_on: date
    official: bool = Field(description="教育局公布的是 true，先估计的是 false")


class NoticeIn(Schema):
    """A notice as it was published."""

    text: str = Field(description="国务院办公厅的通知全文，或者 JSON")
    year: int | None = Field(None, description="通知里写了年份就不用")


class ChangeOut(Schema):
    """One day before and after."""

    date: date
    verdict: Literal["new", "same", "other", "gone"]
    before: str | None
    after: str | None
    name: str


class NoticeOut(Schema):
    """What bringing it in does."""

    year: int
    warnings: list[str]
    changes: list[ChangeOut]
    sessions: int = Field(description="有几场还没上的课，日子的类型会变")


class Imported(Schema):
    """What was brought in."""

    year: int
    days: int


@router.get("/calendar/years/{year}", response={200: YearOut, **REFUSED}, summary="一年的日历")
def year(request: HttpRequest, community: int, year: int = Path(..., ge=YEARS[0], le=YEARS[1])) -> Any:
    """Days of a year for everybody and for one community, and the school year around it."""
    page = queries.year_page(year=year, community=community_of(community), now=timezone.now())
    general = [day for stretch in page.stretches for day in stretch.days]
    return {
        "year": year,
        "official": page.official,
        "days": sorted([*general, *page.own], key=lambda day: (day.date, day.pk)),
        "school_terms": page.parts,
        "caught": page.caught,
        "imported": standing(year=year, now=timezone.now()),
    }


def read(body: NoticeIn) -> notices.Notice:
    """The notice, when every line of it was understood. Raises Invalid with the lines that were not."""
    form = filled(NoticeForm(body.dict()))
    found = notices.read(form.said(), form.cleaned_data["year"])
    if found.faults:
        lines = [f"第 {fault.line} 行：{fault.why}" if fault.line else fault.why for fault in found.faults]
        raise Invalid({"text": lines})
    return found


@router.post("/calendar/notice/preview", response={200: NoticeOut, **REFUSED}, auth=ORGANISER, summary="先看放假通知")
def notice_preview(request: HttpRequest, body: NoticeIn) -> Any:
    """What bringing in a notice would do; nothing is kept."""
    preview = actions.preview_year(notice=read(body), now=timezone.now())
    changes = [
        {
            "date": one.date,
            "verdict": one.verdict,
            "before": one.before.day_type if one.before else None,
            "after": one.after.day_type if one.after else None,
            "name": (one.after or one.before).name,
        }
        for one in preview.changes
    ]
    notice = preview.notice
    return {"year": notice.year, "warnings": notice.warnings, "changes": changes, "sessions": preview.sessions}


@router.post("/calendar/notice", response={200: Imported, **REFUSED}, auth=ORGANISER, summary="导入放假通知")
def notice(request: HttpRequest, body: NoticeIn) -> Any:
    """Put a notice in place of the year's guesses."""
    found = read(body)
    try:
        number = actions.import_year(
            notice=found, source=f"{found.year} 年放假通知", now=timezone.now(), actor=request.user
        )
    except actions.NotReadable:
        refuse_field("text", "通知里没有看到放假的日子。")
    except actions.ImportedMeanwhile as error:
        raise Conflict(MEANWHILE.format(found.year)) from error
    return {"year": found.year, "days": number}


@router.post("/calendar/notice/{pk}/undo", response={200: Imported, **REFUSED}, auth=ORGANISER, summary="撤销导入")
def notice_undo(request: HttpRequest, pk: int) -> Any:
    """Within 24 hours the days are again what they were; a day changed by hand since stays."""
    record = get_object_or_404(NoticeImport, pk=pk)
    return {"year": record.year, "days": undo_import(record=record, now=timezone.now(), actor=request.user)}


@router.post("/calendar/days", response={201: DayOut, **REFUSED}, auth=ORGANISER, summary="写一天：停课、放假、调休")
def day_add(request: HttpRequest, body: DayIn) -> Any:
    """Write one day by hand; what was said about it there before is replaced."""
    community = community_of(body.community)
    form = filled(DayForm(body.dict()))
    day = actions.set_day(said=form.said(community), now=timezone.now(), actor=request.user)
    return Status(201, day)


@router.delete("/calendar/days/{pk}", response={204: None, **REFUSED}, auth=ORGANISER, summary="收回一天")
def day_remove(request: HttpRequest, pk: int) -> Any:
    """It is an ordinary day again, or what holds everywhere."""
    day = get_object_or_404(CalendarDay.objects.select_related("community"), pk=pk)
    actions.remove_day(day=day, now=timezone.now(), actor=request.user)
    return Status(204, None)


@router.put("/calendar/days/{pk}/follows", response={200: DayOut, **REFUSED}, auth=ORGANISER, summary="调休日按周几")
def day_follows(request: HttpRequest, pk: int, body: FollowsIn) -> Any:
    """Say whose timetable schools run on a make-up day."""
    day = get_object_or_404(CalendarDay.objects.select_related("community"), pk=pk, day_type=CalendarDay.Type.MAKEUP)
    weekday = filled(FollowsForm(body.dict())).cleaned_data["follows"]
    actions.set_followed(day=day, weekday=weekday, now=timezone.now(), actor=request.user)
    return day


@router.post("/calendar/school-terms", response={201: PartOut, **REFUSED}, auth=ORGANISER, summary="写学校上学或放假")
def part_add(request: HttpRequest, body: PartIn) -> Any:
    """Add weeks of term or of a break."""
    form = filled(SchoolTermForm(body.dict() | {"official": "1" if body.official else "0"}))
    try:
        made = actions.set_school_term(**form.cleaned_data, now=timezone.now(), actor=request.user)
    except actions.PartsOverlap:
        refuse_field("starts_on", OVERLAP)
    return Status(201, made)


@router.post(
    "/calendar/years/{year}/school-terms",
    response={200: list[PartOut], **REFUSED},
    auth=ORGANISER,
    summary="按西安市的校历填上",
)
def school_year(request: HttpRequest, year: int = Path(..., ge=YEARS[0], le=YEARS[1])) -> Any:
    """What is known or estimated of the school year, where nothing else is said; answers what was added."""
    return actions.take_school_year(year=year, now=timezone.now(), actor=request.user)


@router.delete("/calendar/school-terms/{pk}", response={204: None, **REFUSED}, auth=ORGANISER, summary="删掉一段")
def part_remove(request: HttpRequest, pk: int) -> Any:
    """Take a part of the school year back."""
    part = get_object_or_404(SchoolTerm, pk=pk)
    actions.remove_school_term(part=part, now=timezone.now(), actor=request.user)
    return Status(204, None)
