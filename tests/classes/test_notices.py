"""The yearly notice about days off: text and JSON, and what is wrong with them."""

import json
from datetime import date

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classes import notices

# The arrangement of 2026, in the form that the State Council gives such notices.
OF_2026 = """关于2026年部分节假日安排的通知

各省、自治区、直辖市人民政府：现将2026年放假调休日期的具体安排通知如下。

一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。

节假日期间，各地区、各部门要妥善安排好值班和安全等工作。
"""


def official(year: int) -> dict[date, str]:
    """The days of a year as an independent package has them."""
    days = {day: "holiday" for day in chinese_calendar.constants.holidays if day.year == year}
    return days | {day: "makeup_workday" for day in chinese_calendar.constants.workdays if day.year == year}


def why(text: str, year: int | None = 2027) -> list[str]:
    return [fault.why for fault in notices.read(text, year).faults]


class TestText:
    @pytest.mark.parametrize("text", [OF_2026, OF_2026.replace("\n", ""), OF_2026.replace("周", "星期")])
    def test_a_whole_notice(self, text):
        found = notices.read(text)

        assert (found.year, found.faults, found.warnings) == (2026, [], [])
        assert {day.date: day.day_type for day in found.days} == official(2026)

    def test_names_are_those_of_the_notice(self):
        names = {day.date: day.name for day in notices.read(OF_2026).days}

        assert (names[date(2026, 10, 7)], names[date(2026, 9, 20)]) == ("国庆节", "国庆节调休上班")

    @pytest.mark.parametrize(
        ("line", "days"),
        [
            ("一、元旦：1月1日放假，与周末连休。", ["2027-01-01"]),
            ("一、元旦：2026年12月31日至2027年1月2日放假调休，共3天。", ["2026-12-31", "2027-01-01", "2027-01-02"]),
            ("一、元旦：1月1日(周五)放假1天，不调休。", ["2027-01-01"]),
            ("七、国庆节、中秋节：10月1日、2日放假，共2天。", ["2027-10-01", "2027-10-02"]),
            ("五、端午节: 6月9日到11日放假", ["2027-06-09", "2027-06-10", "2027-06-11"]),
            ("二、春节：1月31日至2月2日放假，共3天。", ["2027-01-31", "2027-02-01", "2027-02-02"]),
        ],
    )
    def test_forms_of_a_line(self, line, days):
        found = notices.read(line, 2027)

        assert found.faults == []
        assert [day.date.isoformat() for day in found.days] == days

    def test_whose_timetable_schools_run(self):
        found = notices.read("二、春节：2月27日（星期六）上课，当日执行星期二的课表。", 2027)

        assert [(day.date, day.follows) for day in found.days] == [(date(2027, 2, 27), 1)]

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("一、元旦：1月1日（周四）放假。", "写的是周四，2027年1月1日是周五，请核对。"),
            ("一、元旦：1月1日至3日放假，共4天。", "写的是4天，从日期数是3天，请核对。"),
            ("一、元旦：1月1日放假。1月4日上班。", "1月4日是周一，本来就是工作日，不用写上班，请核对日期。"),
            ("三、清明节：4月31日放假。", "没有4月31日这一天。"),
            ("三、清明节：31日放假。", "“31日”前面没写是几月。"),
            ("二、春节：2月15日至1月3日放假。", "2月15日到1月3日不像一段假期，请核对日期。"),
            ("三、清明节：放假三天。", "没看懂“清明节”放哪几天。写成“1月1日至3日放假，共3天”这样。"),
            ("1月1日放假。", "前面没有节日的名字，写成“一、元旦：……”这样。"),
            ("大家好", "没有读到放假或上班的日子。请把通知里“一、元旦：1月1日……”那几行贴进来。"),
            ("  ", "什么都没有贴，请贴上放假通知。"),
            ("一、元旦：1月2日放假。1月2日上班。", "1月2日又放假又上班，请核对。"),
            ("一、元旦：2031年1月1日放假。", None),
        ],
    )
    def test_what_is_wrong_is_said(self, line, said):
        assert why(line) == ([said] if said else [])

    def test_the_line_is_named(self):
        text = OF_2026.replace("1月4日（周日）", "1月4日（周一）")

        (fault,) = notices.read(text).faults

        assert (fault.line, fault.why) == (5, "写的是周一，2026年1月4日是周日，请核对。")

    def test_without_a_year_it_asks(self):
        assert why("一、元旦：1月1日放假。", None) == ["没看出是哪一年的安排，请在下面写上年份。"]

    def test_a_part_of_a_notice_wants_a_look(self):
        (warning,) = notices.read(OF_2026[: OF_2026.index("五、")]).warnings

        assert warning == "没有读到端午、中秋、国庆，通知贴全了吗？"

    @given(st.text(alphabet="一二、:：。0123456789年月日周至放假上班共天（）() \n", max_size=60))
    def test_any_text_is_read_or_refused_in_words(self, text):
        found = notices.read(text, 2027)

        assert found.days or found.faults
        assert all(fault.why for fault in found.faults)


class TestJson:
    def test_the_shape_of_the_collection(self):
        days = [
            {"date": day.isoformat(), "name": "节日", "isOffDay": kind == "holiday"}
            for day, kind in official(2026).items()
        ]

        found = notices.read(json.dumps({"year": 2026, "papers": [], "days": days}))

        assert (found.year, found.faults) == (2026, [])
        assert {day.date: day.day_type for day in found.days} == official(2026)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('{"year": 2027, "days": []}', "里面一天都没有：这一年的安排可能还没公布。"),
            ('{"year": 2027, "days": [', "JSON 没写完整，这一行附近有错。"),
            ("[1]", "不是一天：要有 date、name 和 isOffDay。"),
            ('[{"date": "2027-13-01", "name": "元旦", "isOffDay": true}]', "date 不是日期，写成 2027-01-01 这样。"),
            ('[{"date": "2027-01-01", "name": "", "isOffDay": true}]', "name 要是节日的名字。"),
            (
                '[{"date": "2027-01-01", "name": "元旦", "isOffDay": 1}]',
                "isOffDay 要是 true（放假）或 false（上班）。",
            ),
            (
                '[{"date": "2027-01-04", "name": "元旦", "isOffDay": false}]',
                "1月4日是周一，本来就是工作日，不用写上班。",
            ),
            (
                '{"year": 2028, "days": [{"date": "2027-01-01", "name": "元旦", "isOffDay": true}]}',
                "里面没有 2028 年的日子，请核对年份。",
            ),
        ],
    )
    def test_what_is_wrong_is_said(self, text, said):
        assert why(text) == [said]
