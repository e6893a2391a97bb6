"""CSV files, pastes from Excel and WPS, and sign-up chains pasted from a group."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people import workbooks
from people.workbooks import UnreadableFile, read_text
from tests.workbooks.books import YEAR, windows

LIST = "姓名,联系电话,空闲时间,特长\n张三丰,16000001234,周六上午,拍照\n𠮷田,１６００００01239,周日,\n"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_list_of_volunteers_in_every_encoding(encoding):
    [sheet] = workbooks.read("名单.csv", LIST.encode(encoding), year=YEAR)

    assert sheet.kind == "volunteers"
    assert [(row.fields["name"], row.fields["phone"]) for row in sheet.rows] == [
        ("张三丰", "16000001234"),
        ("𠮷田", "16000001239"),
    ]


@pytest.mark.parametrize("mark", [";", "\t", "|", "   "])
def test_every_separator(mark):
    [sheet] = read_text(LIST.replace(",\n", ",无\n").replace(",", mark), year=YEAR)

    assert [row.fields["name"] for row in sheet.rows] == ["张三丰", "𠮷田"]
    assert windows(sheet.rows[0]) == [(5, "08:00", "12:00")]


def test_a_paste_from_a_spreadsheet_keeps_cells_of_two_lines_together():
    text = '姓名\t手机\t哪天有空\r\n张三丰\t16000001234\t周六上午\r\n李四光\t16000001235\t"周日\n下午"\r\n'

    [sheet] = read_text(text, year=YEAR)

    assert windows(sheet.rows[1]) == [(6, "12:00", "18:30")]


def test_a_stray_quotation_mark_swallows_nothing():
    text = '姓名\t手机\t哪天有空\n张三丰\t16000001234\t"周六上午\n李四光\t16000001235\t周日\n'

    [sheet] = read_text(text, year=YEAR)

    assert [row.fields["name"] for row in sheet.rows] == ["张三丰", "李四光"]


def test_attendance_with_other_headings():
    text = "姓名;到岗时间;离岗时间;活动日期;活动\n张三丰;9:05;11:00;9.12;启蒙\n李四光;11:30;11:00;9月12日;启蒙\n王五一;;;改天;\n"

    [sheet] = read_text(text, year=YEAR)

    assert sheet.kind == "attendance"
    assert [row.fields["on"] for row in sheet.rows] == [date(2026, 9, 12), date(2026, 9, 12), None]
    assert sheet.rows[1].problems == [("left", "签退 11:00 不晚于签到 11:30，请核对。")]
    assert sheet.rows[2].problems == [("on", "日期“改天”看不懂，请写成 2026-09-05。")]


class TestChains:
    def test_two_chains_in_one_paste_are_two_sheets(self):
        text = "#接龙\n9月12日 启蒙\n1. 张三丰\n\n#接龙\n9月13日 提高 志愿者2名\n1. 李四光\n2. 王 五一\n"

        first, second = read_text(text, year=YEAR)

        assert [first.facts["series"], second.facts["series"]] == ["启蒙", "提高"]
        assert [first.facts["on"], second.facts["on"]] == [date(2026, 9, 12), date(2026, 9, 13)]
        assert second.facts["needed"] == 2
        assert [row.fields["name"] for row in second.rows] == ["李四光", "王五一"]

    def test_the_example_line_and_numbers_without_names_are_no_entries(self):
        [sheet] = read_text("#接龙\n9月12日 启蒙\n例 张三\n1. 李四光\n2.\n", year=YEAR)

        assert [row.fields["name"] for row in sheet.rows] == ["李四光"]
        assert sheet.ignored == [(5, "2.", "只有序号，没有名字")]

    def test_a_weekday_that_does_not_fit_the_date_is_noted(self):
        [sheet] = read_text("#接龙\n周日(9月12日) 启蒙\n1. 李四光\n", year=YEAR)

        assert "接龙里写周日，但 9 月 12 日是周六，请核对" in sheet.notes

    def test_numbered_lines_are_a_chain_without_saying_so(self):
        [sheet] = read_text("周六上午教手机\n1、李四光 16000001234\n2、张三丰 带两个人\n", year=YEAR)

        assert sheet.kind == "jielong"
        assert sheet.rows[0].fields["phone"] == "16000001234"
        assert "接龙里没有日期，请选是哪一场" in sheet.notes

    def test_a_short_phone_in_a_chain_is_a_problem(self):
        [sheet] = read_text("#接龙\n9月12日 启蒙\n1. 李四光 1600000\n", year=YEAR)

        assert sheet.rows[0].problems == [("phone", "手机号只有 7 位，手机号要 11 位，请补全。")]


@settings(deadline=None)
@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([*'姓名电话周六\t,;\n"1.、#接龙', "16000001234"]), max_size=60).map("".join)
)
def test_any_paste_is_read_or_refused_with_a_sentence(text):
    try:
        sheets = read_text(text, year=YEAR)
    except UnreadableFile as refusal:
        assert "。" in str(refusal)
    else:
        assert all(row.number >= 1 for sheet in sheets for row in sheet.rows)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused_with_a_sentence(content):
    try:
        workbooks.read("名单.xlsx", content, year=YEAR)
    except UnreadableFile as refusal:
        assert "。" in str(refusal)
