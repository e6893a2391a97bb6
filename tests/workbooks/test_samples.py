"""The five files and the chain an organiser keeps, as they are."""

from collections import Counter
from datetime import date, datetime

import pytest

from people.workbooks import Contact, PartialDate, Window
from tests.workbooks.books import row, sample, windows

VOLUNTEERS = "志愿者报名表.xlsx"
SENIORS = "菜鸟学堂学员名单.xlsx"
CHILDREN = "四点半课堂报名表.xlsx"
TIMETABLE = "课表与场地.xlsx"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (VOLUNTEERS, [("volunteers", 67, 1, 1)]),
        (SENIORS, [("seniors", 72, 0, 1)]),
        (CHILDREN, [("children", 46, 0, 0)]),
        (TIMETABLE, [("timetable", 11, 0, 1), ("rooms", 4, 0, 0)]),
        ("出勤登记.csv", [("attendance", 9, 0, 0)]),
        ("接龙.txt", [("jielong", 10, 3, 0)]),
    ],
)
def test_every_line_of_every_file_is_accounted_for(name, expected):
    found = [
        (sheet.kind, len(sheet.rows), sum(bool(row.problems) for row in sheet.rows), len(sheet.ignored))
        for sheet in sample(name)
    ]

    assert found == expected


class TestVolunteers:
    def test_the_first_line(self):
        [sheet] = sample(VOLUNTEERS)

        fields = row(sheet, 2).fields
        assert fields == {
            "name": "龙子轩",
            "gender": "m",
            "birth": PartialDate(2004, 11, 7),
            "phone": "16000007548",
            "phone_kind": "mobile",
            "phone_whose": "",
            "organisation": "海棠大学向阳支教队",
            "occupation": "student",
            "availability": [Window(5, "08:00", "12:00")],
            "skills": ["围棋"],
            "programmes": ["child"],
            "max_per_week": 1,
            "max_unlimited": False,
            "experienced": True,
            "newcomer": False,
            "clearance": "",
            "clearance_until": None,
            "submitted_at": datetime(2026, 8, 20),
            "remark": "住得近",
        }
        assert row(sheet, 2).raw["姓名"] == "龙子轩"
        assert row(sheet, 2).raw["手机号"] == "16000007548"

    def test_all_phones_but_one_are_mobiles(self):
        [sheet] = sample(VOLUNTEERS)

        assert Counter(row.fields["phone_kind"] for row in sheet.rows) == {"mobile": 66, "none": 1}

    def test_the_short_phone_is_the_problem_of_the_line_called_test(self):
        [sheet] = sample(VOLUNTEERS)

        [line] = [row for row in sheet.rows if row.problems]
        assert (line.number, line.fields["name"]) == (68, "测试")
        assert line.problems == [("phone", "手机号只有 7 位，手机号要 11 位，请补全。")]

    def test_the_total_is_not_a_person(self):
        [sheet] = sample(VOLUNTEERS)

        assert sheet.ignored == [(69, "合计 64", "合计行，不是一个人或一项")]

    def test_all_births_are_read_as_exactly_as_written(self):
        [sheet] = sample(VOLUNTEERS)

        births = [row.fields["birth"] for row in sheet.rows]
        assert all(births)
        exact = Counter((birth.month is not None, birth.day is not None) for birth in births)
        assert exact == {(True, True): 27, (True, False): 28, (False, False): 12}

    def test_all_times_are_understood_but_the_vague_and_the_empty(self):
        [sheet] = sample(VOLUNTEERS)

        without = Counter(row.raw["哪些时间有空"] for row in sheet.rows if not row.fields["availability"])
        assert without == {"看情况": 4, "": 2}
        assert windows(row(sheet, 10)) == [(1, "16:00", "21:00"), (3, "16:00", "21:00")]
        assert row(sheet, 8).fields["availability"] == [Window(3, "08:00", "21:00", from_on=date(2026, 11, 1))]
        assert row(sheet, 16).fields["availability"] == [Window(5, "08:00", "12:00", weeks="even")]

    def test_what_is_no_data_stays_as_a_note(self):
        [sheet] = sample(VOLUNTEERS)

        assert row(sheet, 9).notes == ["备注：10月有考试"]
        assert row(sheet, 20).notes == ["已查,2027.9 只写到月，按 9 月 1 日算", "备注：住得近"]
        assert row(sheet, 27).notes == ["空闲时间“看情况”没说定是哪天几点，请问清楚再补上"]

    def test_clearance(self):
        [sheet] = sample(VOLUNTEERS)

        assert row(sheet, 3).fields["clearance_until"] == date(2026, 12, 15)
        assert row(sheet, 20).fields["clearance_until"] == date(2027, 9, 1)
        assert (row(sheet, 11).fields["clearance"], row(sheet, 11).fields["clearance_until"]) == ("not_checked", None)
        assert row(sheet, 2).fields["clearance"] == ""

    def test_weekly_limits(self):
        [sheet] = sample(VOLUNTEERS)

        limits = Counter((row.fields["max_per_week"], row.fields["max_unlimited"]) for row in sheet.rows)
        assert limits[(None, True)] == 4
        assert row(sheet, 7).fields["max_per_week"] == 2
        assert (row(sheet, 10).fields["max_per_week"], row(sheet, 10).fields["max_unlimited"]) == (None, False)

    def test_programmes_and_skills(self):
        [sheet] = sample(VOLUNTEERS)

        assert row(sheet, 14).fields["programmes"] == ["senior", "child"]
        assert row(sheet, 11).fields["programmes"] == ["senior", "child"]
        assert row(sheet, 12).fields["skills"] == ["华为", "微信"]
        assert row(sheet, 17).fields["skills"] == ["护理(退休护士)"]
        assert row(sheet, 34).fields["skills"] == ["语文", "英语作业"]
        assert Counter(row.fields["occupation"] for row in sheet.rows) == {"student": 27, "working": 26, "retired": 14}


class TestSeniors:
    def test_the_title_says_where_and_when(self):
        [sheet] = sample(SENIORS)

        assert sheet.heading_row == 3
        assert sheet.facts == {"community": "梧桐社区", "term": "2026秋"}
        assert sheet.notes == [
            "梧桐社区“菜鸟学堂”2026年秋季学员登记表",
            "登记单位:梧桐社区 日期:2026.8.28",
            "以下为8月补录",
        ]

    def test_the_first_line(self):
        [sheet] = sample(SENIORS)

        assert row(sheet, 4).fields == {
            "name": "蔡秀兰",
            "gender": "f",
            "age": 61,
            "birth": PartialDate(1965),
            "birth_estimated": True,
            "address": "15号楼2单元",
            "grid": "07网格",
            "phone": "16000003445",
            "phone_kind": "mobile",
            "phone_whose": "儿子",
            "phone_brand": "没有智能机",
            "phone_model": "",
            "family": Contact(),
            "level_text": "零基础",
            "level": 0,
            "needs": ["视力弱"],
            "wishes": ["防诈骗"],
            "enrolled_by": "儿子",
            "series": "",
            "remark": "",
        }
        assert row(sheet, 4).notes == []

    def test_landlines_and_people_without_a_phone(self):
        [sheet] = sample(SENIORS)

        assert Counter(row.fields["phone_kind"] for row in sheet.rows) == {"mobile": 57, "landline": 11, "none": 4}
        assert row(sheet, 8).fields["phone"] == "029-80000083"
        assert row(sheet, 9).fields["phone"] == "029-80000063"
        assert row(sheet, 10).notes == ["没有电话，有事请找登记人或网格员转告"]

    def test_brands_have_one_name_each(self):
        [sheet] = sample(SENIORS)

        brands = {row.raw["手机品牌"]: row.fields["phone_brand"] for row in sheet.rows}
        assert brands == {
            "没有智能机": "没有智能机",
            "老人机": "没有智能机",
            "vivo": "vivo",
            "OPPO": "OPPO",
            "红米": "小米",
            "小米": "小米",
            "苹果": "苹果",
            "荣耀": "荣耀",
            "华为": "华为",
            "不知道": "",
        }

    def test_levels_and_needs(self):
        [sheet] = sample(SENIORS)

        levels = {row.raw["会到什么程度"]: row.fields["level"] for row in sheet.rows}
        assert levels == {"零基础": 0, "会打电话": 1, "会一点": 1, "会微信语音": 2, "能看视频": 2, "基本会用": 3}
        needs = {row.raw["身体情况"]: row.fields["needs"] for row in sheet.rows}
        assert needs == {
            "": [],
            "眼睛花": ["视力弱"],
            "听力不好": ["听力弱"],
            "坐轮椅": ["轮椅"],
            "腿脚不便": ["行动不便"],
            "独居,要打电话提醒": ["独居要电话"],
            "只听得懂陕西话": ["关中话"],
        }

    def test_namesakes_and_long_names_stay_as_they_are(self):
        [sheet] = sample(SENIORS)

        names = [row.fields["name"] for row in sheet.rows]
        assert names.count("王秀英") == 3
        assert "马尔合巴·阿依努尔" in names


class TestChildren:
    def test_guardians_keep_their_own_phones(self):
        [sheet] = sample(CHILDREN)

        assert row(sheet, 3).fields["guardians"] == [
            Contact("邹静怡", "妈妈", "16000004494"),
            Contact("田浩然", "爸爸", "16000004116"),
        ]
        assert row(sheet, 2).fields["guardians"] == [Contact("上官宇航", "妈妈", "16000007703")]

    def test_who_fetches_is_matched_with_the_guardians(self):
        [sheet] = sample(CHILDREN)

        pickups = {number: row(sheet, number).fields["pickups"] for number in (2, 3, 4, 5, 14, 25)}
        assert pickups == {
            2: [Contact("郑玉成", "爷爷")],
            3: [Contact("邹静怡", "妈妈", "16000004494"), Contact("秦秀英", "奶奶")],
            4: [Contact("", "小饭桌老师")],
            5: [Contact("吴爱华", "外婆", "16000005662")],
            14: [Contact("", "爸爸"), Contact("谭天佑", "妈妈", "16000004047")],
            25: [Contact("陆思远", "爸爸", "16000006122"), Contact("戴浩然", "妈妈", "16000004488")],
        }
        assert "来接的“小饭桌老师”没写姓名，请问清楚" in row(sheet, 4).notes

    def test_grades_and_classes(self):
        [sheet] = sample(CHILDREN)

        found = {
            number: (row(sheet, number).fields["grade"], row(sheet, number).fields["class_no"]) for number in (2, 3)
        }
        assert found == {2: (4, 3), 3: (4, 2)}
        assert all(row.fields["grade"] and row.fields["class_no"] for row in sheet.rows)

    def test_days(self):
        [sheet] = sample(CHILDREN)

        days = {row.raw["哪几天来"]: row.fields["days"] for row in sheet.rows}
        assert days == {
            "一三五": [0, 2, 4],
            "看情况提前说": [],
            "周一至周五": [0, 1, 2, 3, 4],
            "二四": [1, 3],
            "每天": [0, 1, 2, 3, 4],
            "一二三四五": [0, 1, 2, 3, 4],
            "周一、周三": [0, 2],
        }
        assert "哪几天来：看情况提前说" in row(sheet, 3).notes

    def test_nobody_under_twelve_leaves_alone(self):
        [sheet] = sample(CHILDREN)

        assert [row.number for row in sheet.rows if row.fields["may_leave_alone"]] == [32]
        assert row(sheet, 32).fields["birth"] == PartialDate(2014, 4, 1)
        assert "不满 12 岁，不能自己回家（表里写着“是”）" in row(sheet, 3).notes
        assert "可否自己回家：5年级以后可以" in row(sheet, 15).notes

    def test_consent(self):
        [sheet] = sample(CHILDREN)

        photos = {row.raw["照片同意"]: row.fields["photo_consent"] for row in sheet.rows}
        assert photos == {"": "", "不同意": "none", "仅内部": "internal", "同意": "publish"}
        signed = {row.raw["监护人签字日期"]: row.fields["consent_on"] for row in sheet.rows}
        assert signed == {
            "": None,
            "8月26日": date(2026, 8, 26),
            "2026-08-25": date(2026, 8, 25),
            "2026/8/30": date(2026, 8, 30),
        }
        assert "还没有监护人签字日期，请补签" in row(sheet, 4).notes

    def test_hardship_is_a_note_and_never_a_field(self):
        [sheet] = sample(CHILDREN)

        assert "孩子的困难：父母双职工" in row(sheet, 5).notes
        assert "hardship" not in row(sheet, 5).fields


class TestTimetableAndRooms:
    def test_the_title_gives_the_term(self):
        timetable, _rooms = sample(TIMETABLE)

        assert timetable.facts == {
            "community": "梧桐社区",
            "term": "2026秋",
            "term_starts": date(2026, 9, 1),
            "term_ends": date(2027, 1, 22),
        }
        assert timetable.notes[1].startswith("备注：国庆、元旦停课")

    def test_every_cell_is_a_class(self):
        timetable, _rooms = sample(TIMETABLE)

        keys = ("name", "weekday", "starts", "ends", "room", "capacity", "leads", "helpers", "kind")
        classes = [tuple(row.fields[key] for key in keys) for row in timetable.rows]
        assert classes[:6] == [
            ("长者基础班", 2, "09:30", "11:00", "多功能厅", 20, 1, 7, "senior"),
            ("反诈与兴趣", 3, "09:30", "11:00", "阅览室", 14, 1, 3, "senior"),
            ("菜鸟学堂·启蒙", 5, "09:30", "11:00", "智慧教室", 12, 1, 6, "senior"),
            ("菜鸟学堂·提高", 6, "09:30", "11:00", "智慧教室", 12, 1, 6, "senior"),
            ("菜鸟学堂·基础", 5, "14:30", "16:00", "智慧教室", 16, 1, 6, "senior"),
            ("手机门诊", 6, "14:30", "16:30", "智慧教室", None, None, 4, "desk"),
        ]
        assert classes[6:] == [
            ("四点半课堂", day, "16:30", "18:30", "四点半教室", 24, None, 3, "child") for day in range(5)
        ]

    def test_rooms(self):
        _timetable, rooms = sample(TIMETABLE)

        keys = ("name", "floor", "seats", "has_lift", "equipment", "open_text")
        assert [tuple(row.fields[key] for key in keys) for row in rooms.rows] == [
            ("智慧教室", 1, 24, None, "投影 WiFi", "全天"),
            ("多功能厅", 2, 50, True, "音响", "周三、周六上午"),
            ("四点半教室", 1, 30, None, "同层厕所", "14:00-19:00"),
            ("阅览室", 1, 16, None, "书架", "周一至周五"),
        ]
        assert windows(rooms.rows[1], "windows") == [(2, "08:00", "12:00"), (5, "08:00", "12:00")]
        assert windows(rooms.rows[2], "windows") == [(day, "14:00", "19:00") for day in range(7)]


def test_attendance():
    [sheet] = sample("出勤登记.csv")

    assert sheet.rows[0].fields == {
        "on": date(2026, 9, 5),
        "series": "菜鸟学堂·启蒙",
        "person": "张若曦",
        "arrived": None,
        "left": None,
        "note": "补签",
    }
    assert (sheet.rows[1].fields["arrived"], sheet.rows[1].fields["left"]) == ("09:11", "11:05")


class TestChain:
    def test_the_header_says_which_session(self):
        [sheet] = sample("接龙.txt")

        assert sheet.facts == {
            "header": "本周六(9月12日)上午9:30 菜鸟学堂·启蒙 助教报名\n地点:智慧教室,缺6人",
            "on": date(2026, 9, 12),
            "starts": "09:30",
            "series": "菜鸟学堂·启蒙",
            "needed": 6,
            "place": "智慧教室",
        }

    def test_entries(self):
        [sheet] = sample("接龙.txt")

        names = [row.fields["name"] for row in sheet.rows]
        assert names[:5] == ["张若曦", "秦欣妍", "贾振华", "许同学", "雷俊杰"]
        assert sheet.rows[4].fields["phone"] == "16000008291"
        assert [row.fields["number"] for row in sheet.rows if row.fields["plus_one"]] == [3, 6]
        assert [row.fields["number"] for row in sheet.rows if row.fields["moved"]] == [7]
        assert [row.fields["number"] for row in sheet.rows if row.fields["cancelled"]] == [9]
        assert [row.fields["name"] for row in sheet.rows if row.fields["nickname"]] == ["许同学", "小太阳🌞"]

    def test_a_nickname_wants_to_be_told_who_it_is(self):
        [sheet] = sample("接龙.txt")

        assert sheet.rows[3].problems == [("name", "“许同学”不是全名，请选是哪一位，或写上全名。")]
        assert sheet.rows[3].notes == ["接龙里写着：晚到10分钟"]
