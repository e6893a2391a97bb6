"""Whatever stands in a cell, a row is read: it never breaks the import of the others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people.workbooks.columns import simple
from people.workbooks.headings import SCHEMAS
from people.workbooks.jielong import read_entry
from people.workbooks.read import READERS
from people.workbooks.timetable import Cell, read_class
from tests.workbooks.books import YEAR

pieces = st.sampled_from(
    [
        "王秀英",
        "妈妈",
        "爸爸",
        "老师",
        "16000001234",
        "1380000",
        "(",
        ")",
        "、",
        ",",
        ";",
        ":",
        "/",
        "周六",
        "上午",
        "16:30",
        "-",
        "2026",
        ".",
        "年",
        "月",
        "四",
        "班",
        "级",
        "第一次",
        "不限",
        "次",
        "同意",
        "否",
        "是",
        "人",
        "座",
        "讲师",
        "助教",
        "1",
        "24",
        "楼",
        "负",
        "无",
        "智慧教室",
        "+",
        "改周日",
        "取消",
        "\n",
        "🌞",
        "·",
        "٣",
        "²",
    ]
)
cells = st.text(max_size=20) | st.lists(pieces, max_size=8).map("".join)


@settings(deadline=None, max_examples=40)
@pytest.mark.parametrize("kind", READERS)
@given(st.data())
def test_any_row_is_read(kind, data):
    keys = [
        key
        for meaning in SCHEMAS[kind].meanings
        for key in ([meaning.key + "1", meaning.key + "2"] if meaning.many else [meaning.key])
    ]
    row = {key: data.draw(cells, label=key) for key in keys}

    reading = READERS[kind](row, YEAR)

    assert all(reason.endswith("。") for _field, reason in reading.problems)
    assert all(reading.notes)


@settings(deadline=None)
@given(cells, cells)
def test_any_cell_of_a_timetable_is_read(text, time):
    reading = read_class(Cell(3, 5, time, text, "周六"))

    assert reading.problems or (reading.fields["name"] and reading.fields["starts"] < reading.fields["ends"])


@settings(deadline=None)
@given(cells)
def test_any_entry_of_a_chain_is_read(text):
    reading = read_entry(text, number=1)

    assert reading.fields["name"] or reading.problems


@settings(deadline=None)
@given(cells)
def test_any_heading_is_simplified(text):
    assert " " not in simple(text)
