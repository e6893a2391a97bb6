"""Files of other communities: other headings, another order, other habits."""

from datetime import date, datetime

import pytest

from people import workbooks
from people.workbooks import Contact, PartialDate, UnreadableFile, reread
from tests.workbooks.books import YEAR, read, row, windows, xlsx


def test_volunteers_with_other_headings_in_another_order():
    sheet = read(
        [
            [
                "所属团队",
                "有空的时间",
                "姓 名",
                "联系方式",
                "出生",
                "能教什么",
                "想参加哪个",
                "一周最多来几次",
                "无犯罪记录证明有效期",
                "微信昵称",
            ],
            ["青帆社", "周六上午", "张三丰", 16000002222, 38298, "拍照", "两个都行", "不限", "2027.9", "小张"],
            ["同上", "周二除外", "李 四光", "16000003333", "2005.1", "", "四点半", "1-2次", "未查", ""],
        ]
    )

    assert sheet.kind == "volunteers"
    assert sheet.columns == {
        "organisation": "所属团队",
        "availability": "有空的时间",
        "name": "姓 名",
        "phone": "联系方式",
        "birth": "出生",
        "skills": "能教什么",
        "programmes": "想参加哪个",
        "max_per_week": "一周最多来几次",
        "clearance": "无犯罪记录证明有效期",
    }
    first, second = (row.fields for row in sheet.rows)
    assert (first["birth"], first["max_unlimited"], first["clearance_until"]) == (
        PartialDate(2004, 11, 7),
        True,
        date(2027, 9, 1),
    )
    assert sheet.rows[0].notes == ["2027.9 只写到月，按 9 月 1 日算", "微信昵称：小张"]
    assert (second["name"], second["organisation"], second["max_per_week"]) == ("李四光", "青帆社", 2)


def test_seniors_with_other_headings_in_another_order():
    sheet = read(
        [
            ["春晓社区老人登记"],
            ["手机型号", "家住哪里", "老人姓名", "联系方式", "岁数", "用得怎么样", "想学的内容", "男/女"],
            ["华为Mate30", "3号楼", "王 秀英", 16000001111, 71, "会一点", "微信、支付", "女"],
            ["小计", 1],
            ["苹果", "", "李建国", "无", 1950, "零基础", "", "男"],
        ]
    )

    assert (sheet.kind, sheet.heading_row, sheet.facts) == ("seniors", 2, {"community": "春晓社区"})
    first, second = (row.fields for row in sheet.rows)
    assert (first["name"], first["phone"], first["phone_brand"], first["level"]) == ("王秀英", "16000001111", "华为", 1)
    assert (first["gender"], first["age"], first["address"], first["wishes"]) == ("f", 71, "3号楼", ["微信", "支付"])
    assert (first["phone_model"], sheet.rows[0].notes) == ("华为Mate30", [])
    assert (second["birth"], second["birth_estimated"], second["level"]) == (PartialDate(1950), False, 0)
    assert sheet.ignored == [(4, "小计 1", "合计行，不是一个人或一项")]


def test_children_with_a_heading_of_two_rows_and_merged_cells():
    sheet = read(
        [
            [""] * 9,
            [""] * 9,
            ["姓名", "出生日期", "年级", "姓名", "关系", "电话", "姓名", "关系", "电话"],
            ["张小宝", datetime(2017, 3, 4), "三年级2班", "张大宝", "父亲", 16000003333, "李梅", "母亲", "16000004444"],
        ],
        merged=[("A1:I1", "四点半课堂报名"), ("A2:C2", "孩子"), ("D2:F2", "监护人1"), ("G2:I2", "监护人2")],
    )

    assert (sheet.kind, sheet.heading_row, sheet.notes) == ("children", 2, ["四点半课堂报名"])
    assert row(sheet, 4).fields["guardians"] == [
        Contact("张大宝", "爸爸", "16000003333"),
        Contact("李梅", "妈妈", "16000004444"),
    ]
    assert (row(sheet, 4).fields["grade"], row(sheet, 4).fields["birth"]) == (3, PartialDate(2017, 3, 4))


def test_children_whose_parents_stand_in_the_headings():
    sheet = read(
        [
            ["班级", "学生姓名", "爸爸姓名", "爸爸电话", "妈妈姓名", "妈妈电话", "接送人", "周几来"],
            [
                "四(2)班",
                "张小宝",
                "张大宝",
                16000003333,
                "李梅",
                "16000004444",
                "爸爸、姥姥王桂兰16000005555;小姨",
                "周一,周三",
            ],
        ]
    )

    fields = sheet.rows[0].fields
    assert fields["guardians"] == [Contact("张大宝", "爸爸", "16000003333"), Contact("李梅", "妈妈", "16000004444")]
    assert fields["pickups"] == [
        Contact("张大宝", "爸爸", "16000003333"),
        Contact("王桂兰", "外婆", "16000005555"),
        Contact("", "小姨", ""),
    ]
    assert (fields["grade"], fields["class_no"], fields["days"]) == (4, 2, [0, 2])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("4.3", (4, 3)),
        (4.3, (4, 3)),
        ("四年级(2)班", (4, 2)),
        ("四2班", (4, 2)),
        ("3年级6班", (3, 6)),
        ("小学三年级", (3, None)),
        ("初一(4)班", (7, 4)),
        ("6-2", (6, 2)),
        (datetime(2026, 4, 3), (4, 3)),
    ],
)
def test_grades_and_classes_in_every_style(said, expected):
    sheet = read([["孩子姓名", "年级", "家长", "家长电话"], ["张小宝", said, "李梅", "16000004444"]])

    fields = sheet.rows[0].fields
    assert (fields["grade"], fields["class_no"]) == expected


def test_a_child_nobody_answers_for_is_a_problem():
    sheet = read([["孩子姓名", "年级", "家长", "家长电话"], ["张小宝", "4.3", "李梅", ""]])

    assert sheet.rows[0].problems == [("guardian1_phone", "没有监护人的电话，孩子有事找不到人，请补上。")]


def test_a_timetable_as_a_list():
    sheet = read(
        [
            ["课程", "星期", "上课时间", "教室", "名额", "讲师", "助教"],
            ["手机入门", "周六", "9:30-11:00", "智慧教室", 12, 1, 4],
            ["四点半课堂", "周一至周五", "16:30—18:30", "四点半教室", "24人", "", 3],
            ["书法", "星期日", "下午", "", "", "王老师", ""],
        ]
    )

    assert sheet.kind == "timetable"
    keys = ("name", "weekdays", "starts", "ends", "room", "capacity", "leads", "helpers", "kind")
    assert [tuple(row.fields[key] for key in keys) for row in sheet.rows] == [
        ("手机入门", [5], "09:30", "11:00", "智慧教室", 12, 1, 4, "senior"),
        ("四点半课堂", [0, 1, 2, 3, 4], "16:30", "18:30", "四点半教室", 24, None, 3, "child"),
        ("书法", [6], None, None, "", None, 1, None, "senior"),
    ]
    assert sheet.rows[2].problems == [("starts", "上课时间“下午”看不懂，请写成 9:30-11:00。")]
    assert sheet.rows[2].notes == ["讲师：王老师"]


def test_a_timetable_with_the_days_down_the_side():
    sheet = read(
        [
            ["", "9:00-10:30", "14:00-15:30"],
            ["周一", "手机课\n一楼教室", ""],
            ["周二", "", "书法 二楼活动室 20人 讲师1"],
            ["周三", "唱歌", ""],
        ]
    )

    keys = ("name", "weekday", "starts", "room", "capacity")
    assert [tuple(row.fields[key] for key in keys) for row in sheet.rows] == [
        ("手机课", 0, "09:00", "一楼教室", None),
        ("书法", 1, "14:00", "二楼活动室", 20),
        ("唱歌", 2, "09:00", "", None),
    ]


def test_a_class_merged_over_several_days_is_held_on_each():
    sheet = read(
        [["时间", "周一", "周二", "周三", "周四", "周五", "周六"], ["16:30-18:30"], ["备注:国庆停课"]],
        merged=[("B2:F2", "四点半课堂\n24人 老师3")],
    )

    assert [row.fields["weekday"] for row in sheet.rows] == [0, 1, 2, 3, 4]
    assert sheet.ignored == [(3, "备注:国庆停课", "说明文字，已作为备注保留")]


def test_columns_that_are_times_themselves():
    sheet = read(
        [
            ["姓名", "手机号", "擅长", "周六", "周日"],
            ["张三丰", "16000002222", "拍照", "上午", ""],
            ["李四光", "16000003333", "书法", "", "√"],
        ]
    )

    assert windows(sheet.rows[0]) == [(5, "08:00", "12:00")]
    assert windows(sheet.rows[1]) == [(6, "08:00", "21:00")]


def test_an_unnamed_column_of_phones_is_found_by_its_values():
    sheet = read(
        [["姓名", "", "擅长"], ["张三丰", "16000002222", "拍照"], ["李四光", "16000003333", "书法"]],
    )

    assert sheet.columns["phone"] == "B列"
    assert [row.fields["phone"] for row in sheet.rows] == ["16000002222", "16000003333"]


def test_merged_cells_speak_for_every_row_they_cover():
    sheet = read(
        [
            ["单位", "姓名", "手机号", "擅长"],
            ["", "张三丰", "16000002222", "拍照"],
            ["", "李四光", "16000003333", "书法"],
        ],
        merged=[("A2:A3", "青帆社")],
    )

    assert [row.fields["organisation"] for row in sheet.rows] == ["青帆社", "青帆社"]


def test_repeated_headings_examples_and_numbered_blanks_are_no_people():
    sheet = read(
        [
            ["序号", "姓名", "手机号", "擅长"],
            ["示例", "王小明", "16000000000", "唱歌"],
            [1, "张三丰", "16000002222", "拍照"],
            ["序号", "姓名", "手机号", "擅长"],
            [2, "李四光", "16000003333", "书法"],
            [3],
            [4],
            ["总计", "2人"],
            ["填表人:小李 日期:2026.9.1"],
        ]
    )

    assert [row.fields["name"] for row in sheet.rows] == ["张三丰", "李四光"]
    assert [(line.number, line.why) for line in sheet.ignored] == [
        (2, "填写示例，不是真的登记"),
        (4, "重复的标题行"),
        (8, "合计行，不是一个人或一项"),
        (9, "说明文字，已作为备注保留"),
    ]
    assert sheet.notes == ["填表人:小李 日期:2026.9.1"]


def test_identity_numbers_and_labels_on_people_are_not_even_read():
    sheet = read(
        [
            ["姓名", "电话", "手机品牌", "身份证号", "是否低保"],
            ["王秀英", "16000001111", "华为", "610000195001010000", "是"],
        ]
    )

    assert set(sheet.rows[0].raw) == {"姓名", "电话", "手机品牌"}
    assert sheet.rows[0].notes == []
    assert sheet.notes == ["身份证号、是否低保：这些内容邻课不保存，没有读入"]


def test_a_sheet_that_could_be_anything_asks():
    sheet = read([["姓名", "电话"], ["张三丰", "16000002222"]])

    assert (sheet.kind, sheet.rows, len(sheet.ignored)) == ("unknown", [], 2)
    [told] = workbooks.read("名单.xlsx", xlsx([["姓名", "电话"], ["张三丰", "16000002222"]]), year=YEAR, kind="seniors")
    assert [row.fields["name"] for row in told.rows] == ["张三丰"]


def test_a_title_settles_what_the_columns_leave_open():
    sheet = read([["志愿者名单"], ["姓名", "电话"], ["张三丰", "16000002222"]])

    assert sheet.kind == "volunteers"


def test_a_row_is_read_again_after_it_was_put_right():
    sheet = read([["志愿者名单"], ["姓名", "电话"], ["张三丰", "160000"]])
    wrong = sheet.rows[0]

    right = reread(wrong, wrong.raw | {"电话": "16000002222"}, columns=sheet.columns, year=YEAR)

    assert [problem.field for problem in wrong.problems] == ["phone"]
    assert (right.problems, right.fields["phone"], right.number) == ([], "16000002222", 3)


def test_a_class_of_a_grid_is_read_again_after_it_was_put_right():
    sheet = read([["时间", "周一", "周二", "周三"], ["下午", "", "唱歌", ""]])
    wrong = sheet.rows[0]

    right = reread(wrong, wrong.raw | {"时间": "14:00-15:30"}, columns=sheet.columns, year=YEAR)

    assert [problem.field for problem in wrong.problems] == ["starts"]
    assert (right.fields["weekday"], right.fields["starts"], right.problems) == (1, "14:00", [])


def test_a_large_workbook():
    rows = [["姓名", "手机号", "哪些时间有空", "出生年月", "愿意参加"]]
    times = ["周六上午", "周二、四 16:00以后", "双周周日", "看情况", "工作日下午"]
    births = ["1961.12", 1995, "1986年2月", "2005/9/22", datetime(2004, 11, 7)]
    for number in range(300):
        rows.append(
            [
                "赵钱孙李周"[number % 5] + "一二三四五六七八九十"[number // 5 % 10] + "甲乙丙丁戊己"[number // 50],
                16000000000 + number,
                times[number % 5],
                births[number % 5],
                "都可以",
            ]
        )

    sheet = read(rows)

    assert len(sheet.rows) == 300
    assert [row for row in sheet.rows if row.problems] == []
    assert sum(bool(row.fields["availability"]) for row in sheet.rows) == 240
    assert [row.fields["phone"] for row in sheet.rows] == [str(16000000000 + number) for number in range(300)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "这个文件是空的"),
        (b"\x89PNG\r\n\x1a\n123", "这是图片，不是表格"),
        (b"%PDF-1.7 ...", "这是PDF 文件，不是表格"),
        (b"PK\x03\x04 not really a workbook", "可能是 Word 文档或已经损坏"),
        (bytes(range(256)) * 4, "这个文件不是表格，读不出文字"),
        ("亲爱的大家,周末愉快".encode(), "没看到表格，也没看到接龙"),
    ],
)
def test_a_file_that_is_no_table_says_so(content, words):
    with pytest.raises(UnreadableFile, match=words):
        workbooks.read("名单.xlsx", content, year=YEAR)


def test_the_family_of_a_senior_in_one_cell_or_in_two():
    sheet = read(
        [
            ["姓名", "年龄", "手机型号", "家属", "家属电话"],
            ["王秀英", 72, "华为畅享60", "女儿：王敏 16000000031", ""],
            ["李建国", 70, "小米", "儿子 李强", "029-80000022"],
            ["赵桂兰", 75, "", "", ""],
        ]
    )

    assert sheet.kind == "seniors"
    assert [row.fields["family"] for row in sheet.rows] == [
        Contact("王敏", "女儿", "16000000031"),
        Contact("李强", "儿子", "029-80000022"),
        Contact(),
    ]
    assert [(row.fields["phone_brand"], row.fields["phone_model"]) for row in sheet.rows] == [
        ("华为", "华为畅享60"),
        ("小米", ""),
        ("", ""),
    ]
    assert [row.fields["phone"] for row in sheet.rows] == ["", "", ""]


@pytest.mark.parametrize(
    ("said", "alone", "at"),
    [("17:40自己走", True, "17:40"), ("是，下午5点40", True, "17:40"), ("是", True, None), ("否", False, None)],
)
def test_when_a_child_goes_home_alone(said, alone, at):
    sheet = read(
        [
            ["孩子姓名", "出生年月", "监护人1", "监护人1电话", "可否自己回家"],
            ["李沐辰", "2012-03", "李建", "16000000011", said],
        ]
    )

    fields = sheet.rows[0].fields
    assert (fields["may_leave_alone"], fields["leave_alone_at"]) == (alone, at)


def test_a_time_to_go_alone_means_nothing_for_the_young():
    sheet = read(
        [
            ["孩子姓名", "出生年月", "监护人1", "监护人1电话", "可否自己回家"],
            ["李沐辰", "2018-03", "李建", "16000000011", "17:40自己走"],
        ]
    )

    fields = sheet.rows[0].fields
    assert (fields["may_leave_alone"], fields["leave_alone_at"]) == (False, None)
