"""Builds odd workbooks, and finds the samples."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

import xlsxwriter

from people import workbooks
from people.workbooks import Row, Sheet

SAMPLES = Path(__file__).resolve().parents[2] / "volunteers" / "samples"
YEAR = 2026


def xlsx(rows: Sequence[Sequence[object]], merged: Sequence[tuple[str, object]] = (), sheet: str = "Sheet1") -> bytes:
    """A workbook of one sheet; `merged` is range and value, such as ("A1:D1", "title")."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, (date, datetime)):
                page.write_datetime(number, column, value, day)
            elif value is not None:
                page.write(number, column, value)
    for where, value in merged:
        page.merge_range(where, value)
    book.close()
    return target.getvalue()


@cache
def sample(name: str) -> list[Sheet]:
    return workbooks.read(name, (SAMPLES / name).read_bytes(), year=YEAR)


def read(rows: Sequence[Sequence[object]], merged: Sequence[tuple[str, object]] = ()) -> Sheet:
    """The one sheet of a workbook with these rows."""
    [sheet] = workbooks.read("名单.xlsx", xlsx(rows, merged), year=YEAR)
    return sheet


def row(sheet: Sheet, number: int) -> Row:
    [found] = [row for row in sheet.rows if row.number == number]
    return found


def windows(row: Row, key: str = "availability") -> list[tuple[int, str, str]]:
    return [(window.weekday, window.starts, window.ends) for window in row.fields[key]]
