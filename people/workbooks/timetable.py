"""Timetables: a grid of weekdays and times with several facts in one cell, or a plain list."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from . import clocks, people
from .availability import read_weekdays
from .places import read_count
from .sheet import Cells, Reading
from .tables import plain

WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])(?:[\s(].*)?")
STAFF = "讲师|主讲|助教|志愿者|老师|教师|辅导员|助手|导师"
LEADS = {"讲师", "主讲", "导师"}
STAFF_COUNT = re.compile(rf"({STAFF})\s*[::xX×]?\s*(\d{{1,2}})\s*[名位人个]?|(\d{{1,2}})\s*[名位个]?({STAFF})")
CAPACITY = re.compile(r"(?:限|共|招)?\s*(\d{1,3})\s*[人座名]")
ROOM = re.compile(r"室|厅|馆|楼|中心|活动站|礼堂|广场|场|院|书屋")
CHILD = re.compile(r"四点半|4点半|孩子|儿童|小学|托管|作业|亲子|少年")
DESK = re.compile(r"门诊|答疑|咨询|窗口|义诊|服务台")
PARTS = re.compile(r"^(?:上午|下午|晚上|早上|中午)")


@dataclass(frozen=True, slots=True)
class Cell:
    """One filled cell of a grid: where it is, on which day and in which row of times."""

    row: int
    weekday: int
    time: str
    text: str
    heading: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the weekdays of a grid are: in a row (the usual way) or in a column."""

    heading: int
    days: dict[int, int]
    left: int
    turned: bool = False


def layout(rows: Sequence[Sequence[str]]) -> Layout | None:
    """The grid of a timetable, or None when the sheet is none."""
    for index, row in enumerate(rows[:15]):
        days = {column: day for column, cell in enumerate(row) if (day := weekday_of(cell)) is not None}
        if len(set(days.values())) >= 3 and min(days) > 0:
            left = min(days) - 1
            times = [line[left] for line in rows[index + 1 :] if left < len(line)]
            if any(_is_time(cell) for cell in times):
                return Layout(index, days, left)
    return _turned(rows)


def _turned(rows: Sequence[Sequence[str]]) -> Layout | None:
    width = max(map(len, rows), default=0)
    for column in range(min(width, 3)):
        days = {
            i: day for i, row in enumerate(rows) if column < len(row) and (day := weekday_of(row[column])) is not None
        }
        if len(set(days.values())) < 3 or min(days) == 0:
            continue
        heading = min(days) - 1
        if sum(_is_time(cell) for cell in rows[heading][column + 1 :]) >= 2:
            return Layout(heading, days, column, turned=True)
    return None


def cells(rows: Sequence[Sequence[str]], grid: Layout) -> Iterator[Cell]:
    """The filled cells of a grid, several classes in one cell apart."""
    time = ""
    for index in range(grid.heading + 1, len(rows)):
        row = rows[index]
        if grid.turned:
            if index in grid.days:
                yield from _turned_row(rows, index, grid)
            continue
        if remark_of(row, grid) is not None:
            continue
        time = row[grid.left] or time
        for column, day in grid.days.items():
            for text in re.split(r"\n\s*\n", row[column] if column < len(row) else ""):
                if text.strip():
                    yield Cell(index + 1, day, time, text.strip(), rows[grid.heading][column])


def _turned_row(rows: Sequence[Sequence[str]], index: int, grid: Layout) -> Iterator[Cell]:
    for column in range(grid.left + 1, len(rows[index])):
        for text in re.split(r"\n\s*\n", rows[index][column]):
            if text.strip():
                yield Cell(
                    index + 1, grid.days[index], rows[grid.heading][column], text.strip(), rows[index][grid.left]
                )


def remark_of(row: Sequence[str], grid: Layout) -> str | None:
    """The text of a remark line under the grid (备注 | …), or None for a line of classes."""
    written = list(dict.fromkeys(cell for cell in row if cell))
    first = plain(row[grid.left]) if grid.left < len(row) else ""
    if re.match(r"备注|说明|注[::意]|附注", first):
        return "：".join(written)
    if len(written) == 1 and not _is_time(first) and not any(row[grid.left + 1 :]):
        return written[0]
    return None


def weekday_of(text: str) -> int | None:
    """0 for 周一 or 星期一(9月7日), else None."""
    found = WEEKDAY.fullmatch(plain(text))
    return "一二三四五六日".index(found[1].replace("天", "日")) if found else None


def read_class(cell: Cell) -> Reading:
    """Fields of one class in a grid.

    name, weekday, starts, ends, room, capacity, leads, helpers, kind ('senior', 'child', 'desk').
    A time in the cell wins over the time of its row.
    """
    reading = Reading()
    lines = [line.strip() for line in cell.text.split("\n") if line.strip()]
    if len(lines) == 1 and " " in lines[0]:
        lines = lines[0].split()
    said = [plain(line) for line in lines]
    own = next((span for line in said if (span := clocks.read_span(line))), None)
    span = own or clocks.read_span(cell.time)
    said = [_without_time(line) for line in said]
    leads, helpers = _staff(" ".join(said[1:]))
    capacity = next((int(found[1]) for line in said[1:] if (found := CAPACITY.search(STAFF_COUNT.sub("", line)))), None)
    rest = [re.sub(r"^[\s,;:、/]+|[\s,;:、/]+$", "", CAPACITY.sub("", STAFF_COUNT.sub("", line))) for line in said[1:]]
    room = next((text for text in rest if ROOM.search(text)), next((text for text in rest if text), ""))
    for text in rest:
        if text and text != room:
            reading.note(f"课表里写着：{text}")
    reading.fields |= {"name": said[0] if said else "", "weekday": cell.weekday, "room": room}
    reading.fields |= {"capacity": capacity, "leads": leads, "helpers": helpers, "remark": ""}
    _finish(reading, span, cell.time)
    return reading


def read_listed_class(columns: Cells, year: int) -> Reading:
    """Fields of one class in a list with columns 星期, 时间, 课程, 教室, 人数: as read_class.

    `weekday` is the first day; `weekdays` has all of them (周一至周五).
    """
    reading = Reading()
    days, unsure = read_weekdays(columns.get("weekday", ""))
    if unsure and days:
        reading.note(f"星期：{unsure}")
    if not days:
        reading.problem("weekday", f"星期“{plain(columns.get('weekday', ''))}”看不懂，请写成 周六。")
    time = people.text(columns, "time")
    starts, ends = clocks.read_clock(columns.get("starts", "")), clocks.read_clock(columns.get("ends", ""))
    span = (starts, ends) if starts and ends and starts < ends else clocks.read_span(time)
    reading.fields |= {
        "name": people.text(columns, "name"),
        "weekday": days[0] if days else None,
        "weekdays": days,
        "room": people.text(columns, "room"),
        "capacity": read_count(people.text(columns, "capacity"), "人数", reading),
        "leads": _count(people.text(columns, "leads"), "讲师", reading),
        "helpers": _count(people.text(columns, "helpers"), "助教", reading),
        "remark": people.words(columns, "remark"),
    }
    if reading.fields["remark"]:
        reading.note(f"备注：{reading.fields['remark']}")
    _finish(reading, span, time or people.text(columns, "starts"))
    return reading


def _finish(reading: Reading, span: tuple[str, str] | None, said: str) -> None:
    fields: dict[str, Any] = reading.fields
    fields.setdefault("weekdays", [fields["weekday"]])
    fields["starts"], fields["ends"] = span or (None, None)
    name = fields["name"]
    fields["kind"] = "desk" if DESK.search(name) else "child" if CHILD.search(name) else "senior"
    if not name:
        reading.problem("name", "没有课程名称，请补上。")
    if span is None:
        shown = re.sub(r"\s+", " ", said)
        reading.problem(
            "starts", f"上课时间“{shown}”看不懂，请写成 9:30-11:00。" if shown else "没有上课时间，请补上。"
        )


def _staff(text: str) -> tuple[int | None, int | None]:
    """Leads (讲师) and helpers (助教, 老师, 志愿者) that a cell names; None when not named."""
    leads = helpers = None
    for found in STAFF_COUNT.finditer(text):
        word, number = found[1] or found[4], int(found[2] or found[3])
        if word in LEADS:
            leads = (leads or 0) + number
        else:
            helpers = (helpers or 0) + number
    return leads, helpers


def _count(said: str, label: str, reading: Reading) -> int | None:
    if not said:
        return None
    if not re.search(r"\d", said):
        reading.note(f"{label}：{said}")
        return len(people.split_list(said))
    return read_count(said, label, reading)


def _without_time(line: str) -> str:
    line = re.sub(r"\s*[(\[]?\s*\d{1,2}[:点]\d{0,2}\s*[-~—–至到]+\s*\d{1,2}[:点]\d{0,2}\s*[)\]]?", "", line)
    return line.strip()


def _is_time(cell: str) -> bool:
    said = plain(cell)
    return clocks.read_span(said) is not None or PARTS.match(said) is not None or clocks.read_clock(said) is not None
