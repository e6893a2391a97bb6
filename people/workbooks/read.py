"""Read a file or a pasted text: find the sheets, what they are, and read every line."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from . import children, columns, dates, jielong, learners, lines, places, tables, timetable, volunteers
from .columns import Found
from .sheet import Ignored, Kind, Reading, Row, RowReader, Sheet, UnreadableFile
from .tables import Grid, plain

READERS: dict[Kind, RowReader] = {
    "volunteers": volunteers.read_volunteer,
    "seniors": learners.read_senior,
    "children": children.read_child,
    "timetable": timetable.read_listed_class,
    "rooms": places.read_room,
    "attendance": places.read_attendance,
}
KINDS = {
    "volunteers": "志愿者",
    "seniors": "长者学员",
    "children": "孩子",
    "timetable": "课表",
    "rooms": "场地",
    "attendance": "出勤",
    "jielong": "接龙",
    "unknown": "看不出来",
}
COMMUNITY = re.compile(r"([\u4e00-\u9fff]{2,8}?社区)")
SEASON = re.compile(r"(20\d{2})\s*(?:年|-20\d{2}学年)?\s*(春|夏|秋|冬|暑|寒)")


def read(filename: str, content: bytes, *, year: int, kind: Kind | None = None) -> list[Sheet]:
    """All sheets of a workbook (.xlsx, .xls, .et, .ods), CSV file or text file.

    `year` belongs to dates without one. `kind` overrules what the content looks like.
    Raises UnreadableFile with a sentence for the organiser.
    """
    if not tables.is_workbook(content):
        return read_text(tables.decode(content), year=year, kind=kind, filename=filename)
    sheets = [read_grid(grid, file=filename, year=year, kind=kind) for grid in tables.grids(content)]
    kept = [sheet for sheet in sheets if sheet is not None]
    if not kept:
        raise UnreadableFile("这个文件里没有内容，请检查后重新选择文件。")
    return kept


def read_text(text: str, *, year: int, kind: Kind | None = None, filename: str = "粘贴的内容") -> list[Sheet]:
    """A paste from Excel, WPS or a chat group, or the text of a CSV file."""
    if not text.strip():
        raise UnreadableFile("没有内容，请先粘贴表格或接龙。")
    grid = Grid("", tables.split_text(text))
    chain = jielong.is_chain(text)
    if kind == "jielong" or (chain and kind is None and not _is_table(grid)):
        return jielong.read_chains(text, file=filename, year=year)
    sheet = read_grid(grid, file=filename, year=year, kind=kind)
    if sheet and sheet.kind == "unknown" and sum(len(line) > 1 for line in grid.rows) < 2:
        raise UnreadableFile("这段文字里没看到表格，也没看到接龙。请连同列名（姓名、电话……）一起复制后再粘贴。")
    return [sheet] if sheet else []


def read_grid(grid: Grid, *, file: str, year: int, kind: Kind | None = None) -> Sheet | None:
    """One sheet, or None when it is empty."""
    if not any(any(row) for row in grid.rows):
        return None
    if kind in (None, "timetable") and (layout := timetable.layout(grid.rows)):
        return _read_timetable(grid, layout, file, year)
    found = columns.find(grid.rows, hint=grid.name, kind=kind)
    return _read_list(grid, found, file, year) if found else _unknown(grid, file)


def reread(row: Row, raw: Mapping[str, str], *, columns: Mapping[str, str], year: int) -> Row:
    """The same row after somebody has changed its text. `columns` is that of its sheet."""
    raw = dict(raw)
    if row.kind == "jielong":
        reading = jielong.read_entry(raw.get("内容", ""), number=int(row.fields.get("number") or 0))
    elif row.kind == "timetable" and "class" in columns:
        heading = next(heading for heading in raw if heading != "时间")
        weekday = timetable.weekday_of(heading)
        cell = timetable.Cell(row.number, weekday or 0, raw.get("时间", ""), raw[heading], heading)
        reading = timetable.read_class(cell)
    else:
        reading = _read_cells(row.kind, raw, columns, year)
    return Row(row.file, row.sheet, row.number, row.kind, reading.fields, raw, reading.problems, reading.notes)


def _is_table(grid: Grid) -> bool:
    return columns.find(grid.rows) is not None


def _read_list(grid: Grid, found: Found, file: str, year: int) -> Sheet:
    headings = {meaning: found.headings[index] for meaning, index in found.columns.items()}
    above = [" ".join(dict.fromkeys(filter(None, row))) for row in grid.rows[: found.heading]]
    sheet = Sheet(file, grid.name, found.kind, found.heading + 1, headings, [], [], list(filter(None, above)))
    forbidden = [heading for heading in found.headings if columns.is_forbidden(heading)]
    if forbidden:
        sheet.notes.append(f"{'、'.join(forbidden)}：这些内容邻课不保存，没有读入")
    for line in lines.lines(grid.rows, found):
        raw = {heading: text for heading, text in line.raw.items() if heading not in forbidden}
        if line.sort == "entry":
            reading = _read_cells(found.kind, raw, headings, year)
            sheet.rows.append(
                Row(file, grid.name, line.number, found.kind, reading.fields, raw, reading.problems, reading.notes)
            )
            continue
        sheet.ignored.append(Ignored(line.number, line.text, line.why))
        if line.sort == "remark":
            sheet.notes.append(line.text)
    sheet.facts.update(_facts([grid.name, *above], year))
    return sheet


def _read_cells(kind: Kind, raw: Mapping[str, str], headings: Mapping[str, str], year: int) -> Reading:
    """Read the columns that have a meaning; the others stay with the row as notes."""
    cells = {meaning: raw.get(heading, "") for meaning, heading in headings.items()}
    known = set(headings.values())
    if kind == "children":
        cells = children.relations_said(headings) | cells
    if kind == "volunteers":
        times = volunteers.times_in_headings({key: raw[key] for key in raw if key not in known}, year)
        cells["availability"] = ";".join(filter(None, [cells.get("availability", ""), *times.values()]))
        known |= set(times)
    reading = READERS[kind](cells, year)
    for heading, text in raw.items():
        if text and heading not in known and not columns.is_ordinal(heading):
            reading.note(f"{heading}：{re.sub(r'\\s+', ' ', text)}")
    return reading


def _read_timetable(grid: Grid, layout: timetable.Layout, file: str, year: int) -> Sheet:
    above = [" ".join(dict.fromkeys(filter(None, row))) for row in grid.rows[: layout.heading]]
    sheet = Sheet(file, grid.name, "timetable", layout.heading + 1, {"time": "时间", "class": "星期"}, [])
    sheet.notes.extend(filter(None, above))
    for cell in timetable.cells(grid.rows, layout):
        reading = timetable.read_class(cell)
        raw = {"时间": cell.time, cell.heading: cell.text}
        sheet.rows.append(
            Row(file, grid.name, cell.row, "timetable", reading.fields, raw, reading.problems, reading.notes)
        )
    for index in range(layout.heading + 1, len(grid.rows)):
        remark = timetable.remark_of(grid.rows[index], layout)
        if remark and index not in (layout.days if layout.turned else ()):
            sheet.notes.append(remark)
            sheet.ignored.append(Ignored(index + 1, remark, "说明文字，已作为备注保留"))
    sheet.facts.update(_facts([grid.name, *above], year))
    return sheet


def _facts(texts: Sequence[str], year: int) -> dict[str, Any]:
    """community, term (2026秋), term_starts and term_ends, as far as the title says them."""
    facts: dict[str, Any] = {}
    for text in map(plain, texts):
        if found := COMMUNITY.search(re.sub(r"登记单位|单位|填报|[::]", " ", text)):
            facts.setdefault("community", found[1])
        if found := SEASON.search(text):
            facts.setdefault("term", found[1] + found[2])
        for piece in re.findall(r"20\d{2}[年./\-]\d[^()]*", text):
            if span := dates.read_span(piece, year=year):
                facts.setdefault("term_starts", span[0])
                facts.setdefault("term_ends", span[1])
    return facts


def _unknown(grid: Grid, file: str) -> Sheet:
    why = "看不出这是什么表：列名里要有能说明的，例如“有空的时间”“手机品牌”“监护人”“课程”"
    ignored = [
        Ignored(index + 1, " ".join(filter(None, row))[:200], why) for index, row in enumerate(grid.rows) if any(row)
    ]
    note = "看不出这张表是志愿者、学员、孩子、课表还是出勤。请选一下这是什么表，或检查有没有写列名。"
    return Sheet(file, grid.name, "unknown", None, {}, [], ignored, [note])
