"""The month as a workbook: the figures, every session, hours by volunteer. Text is written as text, never as a formula."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.utils import timezone

from classes.models import Community
from people.templatetags.linke import hours as in_hours
from people.templatetags.linke import period
from volunteers.queries import report as queries

WIDTH = 14
HEADS = ("指标", "合计", "菜鸟学堂", "四点半课堂", "单位", "怎么算")
SESSION_HEADS = ("日期", "时间", "班", "教室", "到场学员", "到场志愿者")
PEOPLE_HEADS = ("志愿者", "次数", "小时")


def book(*, report: queries.Report, community: Community, with_names: bool) -> bytes:
    """The .xlsx file. Names of volunteers only where they may be seen; never any of learners."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = workbook.add_format({"bold": True})
    until = f"截至 {timezone.localtime(report.as_of):%Y-%m-%d %H:%M}"
    title = f"{community.street}{community.name} {report.month:%Y年%-m月} 志愿服务月报（{until}）"
    lines = [(line.word, *map(said, [line] * 3, line.values), line.unit, line.meaning) for line in report.lines]
    notes = [[f"另有 {in_hours(report.pending)} 小时还没入账，{len(report.open_sessions)} 场没点完名，都没算进来。"]]
    _sheet(workbook, "汇总", [[title], HEADS, *lines, [], *notes], bold, wide=5)
    held = queries.rows(community=community, month=report.month, name="sessions")
    sessions = [
        (f"{one.on_date}", period(one), one.series.name, str(one.room or ""), one.present, one.helpers) for one in held
    ]
    _sheet(workbook, "场次", [SESSION_HEADS, *sessions], bold)
    places = [
        (f"{one}", sums.sessions, sums.learner_times, sums.helper_times, float(in_hours(sums.minutes)))
        for one, sums in report.communities
    ]
    _sheet(workbook, "各社区", [("社区", "场次", "服务人次", "志愿者人次", "小时"), *places], bold)
    if with_names:
        _sheet(workbook, "志愿者时长", [PEOPLE_HEADS, *_people(community, report)], bold)
    workbook.close()
    return out.getvalue()


def said(line: queries.Line, value: float | int | None) -> float | int | str:
    """A figure as a cell: hours rounded down to one decimal, shares as per cent, nothing to divide by as a dash."""
    if value is None:
        return "—"
    if line.name == "minutes":
        return float(in_hours(int(value)))
    return f"{value:.0%}" if line.name in ("came", "filled") else value


def _people(community: Community, report: queries.Report) -> Iterable[tuple[str, int, float]]:
    sums: dict[int, list[Any]] = {}
    for line in queries.rows(community=community, month=report.month, name="minutes"):
        row = sums.setdefault(line.volunteer_id, [str(line.volunteer), 0, 0])
        row[1] += line.corrects_id is None
        row[2] += line.minutes
    ordered = sorted(sums.values(), key=lambda row: (-row[2], row[0]))
    return [(name, times, float(in_hours(minutes))) for name, times, minutes in ordered]


def _sheet(workbook: xlsxwriter.Workbook, name: str, rows: Iterable[Sequence[Any]], bold: Any, wide: int = 2) -> None:
    """One sheet; the row of headings is bold, wherever it is."""
    sheet = workbook.add_worksheet(name)
    sheet.set_column(0, 12, WIDTH)
    sheet.set_column(wide, wide, WIDTH * 2)
    sheet.set_paper(9)
    for at, row in enumerate(rows):
        heading = row in (HEADS, SESSION_HEADS, PEOPLE_HEADS) or at == 0
        for column, cell in enumerate(row):
            write = sheet.write_string if isinstance(cell, str) else sheet.write_number
            write(at, column, cell, bold if heading else None)
