from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people.workbooks import Window, read_availability
from people.workbooks.availability import read_weekdays
from people.workbooks.tables import plain

MORNING, AFTERNOON, EVENING, ALL_DAY = ("08:00", "12:00"), ("12:00", "18:30"), ("18:00", "21:00"), ("08:00", "21:00")


def windows(said):
    return [(w.weekday, w.starts, w.ends) for w in read_availability(said, year=2026).windows]


def on(days, time):
    return [(day, *time) for day in days]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("周六上午", on([5], MORNING)),
        ("周六全天", on([5], ALL_DAY)),
        ("周日全天", on([6], ALL_DAY)),
        ("周三下午", on([2], AFTERNOON)),
        ("周六、周日上午", on([5, 6], MORNING)),
        ("周六上午,周日下午", on([5], MORNING) + on([6], AFTERNOON)),
        ("周三上午、周六下午", on([2], MORNING) + on([5], AFTERNOON)),
        ("周二、四 16:00以后", on([1, 3], ("16:00", "21:00"))),
        ("周一到周五16:30-18:30", on(range(5), ("16:30", "18:30"))),
        ("每周一三五下午", on([0, 2, 4], AFTERNOON)),
        ("工作日上午", on(range(5), MORNING)),
        ("工作日下午4点后", on(range(5), ("16:00", "18:30"))),
        ("周末都可以", on([5, 6], ALL_DAY)),
        ("周日14:00-17:00", on([6], ("14:00", "17:00"))),
        ("星期天下午2点到4点半", on([6], ("14:00", "16:30"))),
        ("礼拜六 四点半以后", on([5], ("16:30", "21:00"))),
        ("周1-5晚上", on(range(5), EVENING)),
        ("周五至周日", on([4, 5, 6], ALL_DAY)),
        ("周六日上午", on([5, 6], MORNING)),
        ("周六１４：００－１６：００", on([5], ("14:00", "16:00"))),
        ("上午:周一、周三;下午:周五", on([0, 2], MORNING) + on([4], AFTERNOON)),
        ("周六上午(9:00-11:00)", on([5], ("09:00", "11:00"))),
        ("周六上午、下午", on([5], ("08:00", "18:30"))),
        ("周1到周5 9点到11点", on(range(5), ("09:00", "11:00"))),
        ("上午 9 点到 11 点", on(range(7), ("09:00", "11:00"))),
        ("都可以", on(range(7), ALL_DAY)),
        ("周一 三 五 上午", on([0, 2, 4], MORNING)),
    ],
)
def test_what_people_write_becomes_weekly_windows(said, expected):
    assert windows(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("周二除外", on([0, 2, 3, 4, 5, 6], ALL_DAY)),
        ("除周二外都可以", on([0, 2, 3, 4, 5, 6], ALL_DAY)),
        ("除了周末都行", on(range(5), ALL_DAY)),
        ("工作日下午,周二不行", on([0, 2, 3, 4], AFTERNOON)),
        ("周末,周三下午不行", on([5, 6], ALL_DAY)),
        ("周六全天,周六下午没空", [(5, "08:00", "12:00"), (5, "18:30", "21:00")]),
    ],
)
def test_refused_times_are_taken_away(said, expected):
    assert windows(said) == expected


def test_even_and_odd_weeks():
    assert read_availability("双周周六上午", year=2026).windows == (Window(5, *MORNING, weeks="even"),)
    assert read_availability("双周六上午", year=2026).windows == (Window(5, *MORNING, weeks="even"),)
    assert read_availability("单周周日下午", year=2026).windows == (Window(6, *AFTERNOON, weeks="odd"),)
    assert read_availability("周六上午(双周)", year=2026).windows == (Window(5, *MORNING, weeks="even"),)


def test_every_other_week_does_not_say_which():
    read = read_availability("隔周周六上午", year=2026)

    assert [window.weeks for window in read.windows] == ["even"]
    assert read.notes == ("“隔周”没写单周还是双周，先按双周算，请核对",)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("周四全天(11月以后)", date(2026, 11, 1), None),
        ("11月以后周四全天", date(2026, 11, 1), None),
        ("周四全天,11月起", date(2026, 11, 1), None),
        ("周四全天(10月15日以后)", date(2026, 10, 15), None),
        ("周四全天,12月以前", None, date(2026, 11, 30)),
        ("周四全天(12月底前)", None, date(2026, 12, 31)),
        ("9-12月周四全天", date(2026, 9, 1), date(2026, 12, 31)),
        ("10月1日-11月15日周四全天", date(2026, 10, 1), date(2026, 11, 15)),
    ],
)
def test_windows_may_be_limited_by_dates(said, first, last):
    assert read_availability(said, year=2026).windows == (Window(3, *ALL_DAY, from_on=first, until_on=last),)


def test_a_date_belongs_to_its_own_clause():
    read = read_availability("周二上午,11月以后周四全天", year=2026)

    assert read.windows == (Window(1, *MORNING), Window(3, *ALL_DAY, from_on=date(2026, 11, 1)))


def test_a_date_in_front_holds_for_all():
    read = read_availability("10月以后,周六上午、周日下午", year=2026)

    assert {window.from_on for window in read.windows} == {date(2026, 10, 1)}


@pytest.mark.parametrize("said", ["看情况", "不固定", "再说", "abc"])
def test_what_says_no_time_is_kept_as_a_note(said):
    read = read_availability(said, year=2026)

    assert read.windows == ()
    assert read.notes == (f"空闲时间“{said}”没说定是哪天几点，请问清楚再补上",)


def test_the_part_that_is_not_understood_is_kept_too():
    read = read_availability("周六上午,10月有考试", year=2026)

    assert [window.weekday for window in read.windows] == [5]
    assert read.notes == ("空闲时间“周六上午,10月有考试”里这些没能排进时间：10月有考试",)


def test_an_empty_text_says_nothing():
    assert read_availability("  ", year=2026).notes == ()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("一三五", [0, 2, 4]),
        ("二四", [1, 3]),
        ("一二三四五", [0, 1, 2, 3, 4]),
        ("周一至周五", [0, 1, 2, 3, 4]),
        ("周一、周三", [0, 2]),
        ("一、三", [0, 2]),
        ("1、3、5", [0, 2, 4]),
        ("三", [2]),
        ("周五除外", [0, 1, 2, 3]),
    ],
)
def test_days_of_a_child(said, expected):
    assert read_weekdays(said) == (expected, "")


def test_days_that_are_not_fixed():
    assert read_weekdays("看情况提前说") == ([], "看情况提前说")


words = st.lists(
    st.sampled_from(
        [
            *"周一二四六日双单至到、,;()0139:点月",
            "上午",
            "下午",
            "全天",
            "以后",
            "前",
            "除",
            "不行",
            "都可以",
            "16:30",
            "-",
            "每",
            "第",
        ]
    ),
    max_size=14,
)


@settings(deadline=None)
@given(st.text(max_size=30) | words.map("".join))
def test_no_text_breaks_the_reader_and_nothing_is_dropped_silently(said):
    read = read_availability(said, year=2026)

    assert all(0 <= window.weekday <= 6 and window.starts < window.ends for window in read.windows)
    assert read.windows or read.notes or not plain(said)
    read_weekdays(said)
