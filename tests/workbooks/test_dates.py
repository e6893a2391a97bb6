from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people.workbooks import PartialDate, clocks, dates

YEAR = 2026


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2004-11-07", PartialDate(2004, 11, 7)),
        ("2005/9/22", PartialDate(2005, 9, 22)),
        ("2005年9月22日", PartialDate(2005, 9, 22)),
        ("1961.12", PartialDate(1961, 12)),
        ("1986年2月", PartialDate(1986, 2)),
        ("1995", PartialDate(1995)),
        ("1995年", PartialDate(1995)),
        ("1995年生", PartialDate(1995)),
        ("38298", PartialDate(2004, 11, 7)),
        ("20050922", PartialDate(2005, 9, 22)),
        ("200509", PartialDate(2005, 9)),
        ("05.9.22", PartialDate(2005, 9, 22)),
        ("88年", PartialDate(1988)),
        ("２００５．９", PartialDate(2005, 9)),
        ("一九八六年2月", PartialDate(1986, 2)),
        ("已查,2027.9", PartialDate(2027, 9)),
    ],
)
def test_a_date_is_as_exact_as_it_was_written(said, expected):
    assert dates.read_partial(said, year=YEAR) == expected


@pytest.mark.parametrize("said", ["", "未查", "2026-02-30", "2026年13月", "春天", "16000001234"])
def test_what_is_no_date_is_none(said):
    assert dates.read_partial(said, year=YEAR) is None


@pytest.mark.parametrize("said", ["8月26日", "8.26", "8/26", "8月26号", "2026-08-26", "2026/8/26"])
def test_a_day_without_its_year_belongs_to_the_year_of_the_term(said):
    assert dates.read_day(said, year=YEAR) == PartialDate(2026, 8, 26)


def test_moments():
    assert dates.read_moment("2026-08-20 07:13", year=YEAR) == datetime(2026, 8, 20, 7, 13)
    assert dates.read_moment("2026/8/20 7:13:59", year=YEAR) == datetime(2026, 8, 20, 7, 13)
    assert dates.read_moment("46254.5", year=YEAR) == datetime(2026, 8, 20, 12, 0)
    assert dates.read_moment("昨天", year=YEAR) is None


@pytest.mark.parametrize(
    "said", ["2026.9.1—2027.1.22", "2026.9.1-2027.1.22", "2026年9月1日至2027年1月22日", "2026/9/1~2027/1/22"]
)
def test_the_range_of_a_term(said):
    assert dates.read_span(said, year=YEAR) == (date(2026, 9, 1), date(2027, 1, 22))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("16:30", "16:30"),
        ("9:11", "09:11"),
        ("16：30", "16:30"),
        ("下午4点半", "16:30"),
        ("四点半", "16:30"),
        ("4:30", "16:30"),
        ("上午9点", "09:00"),
        ("0.6875", "16:30"),
        ("16点10分", "16:10"),
        ("不知道", None),
        ("25:00", None),
    ],
)
def test_times_of_day(said, expected):
    assert clocks.read_clock(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("9:30-11:00", ("09:30", "11:00")),
        ("9:30—11:00", ("09:30", "11:00")),
        ("9:30~11:00", ("09:30", "11:00")),
        ("上午 9 点到 11 点", ("09:00", "11:00")),
        ("下午2点到4点半", ("14:00", "16:30")),
        ("上午9:00至下午3:00", ("09:00", "15:00")),
        ("16.30-18.30", ("16:30", "18:30")),
        ("下午", None),
    ],
)
def test_pairs_of_times(said, expected):
    assert clocks.read_span(said) == expected


@settings(deadline=None)
@given(st.text(max_size=30) | st.text("0123456789年月日.-/: 上下午点半", max_size=20))
def test_no_text_breaks_the_readers(said):
    partial = dates.read_partial(said, year=YEAR)
    day = dates.read_day(said, year=YEAR)
    dates.read_moment(said, year=YEAR)
    dates.read_span(said, year=YEAR)
    span = clocks.read_span(said)
    clocks.read_clock(said)

    for found in filter(None, (partial, day)):
        assert isinstance(found.first_day(), date)
    assert span is None or span[0] < span[1]


@settings(deadline=None)
@given(st.dates(date(1930, 1, 1), date(2026, 12, 31)))
def test_every_style_names_the_same_day(day):
    styles = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]

    assert {dates.read_partial(day.strftime(style), year=YEAR) for style in styles} == {
        PartialDate(day.year, day.month, day.day)
    }


def test_the_day_somebody_turns_twelve_is_the_latest_it_can_be():
    assert PartialDate(2014, 4, 1).last_day_of_turning(12) == date(2026, 4, 1)
    assert PartialDate(2014, 4).last_day_of_turning(12) == date(2026, 4, 30)
    assert PartialDate(2014).last_day_of_turning(12) == date(2026, 12, 31)
