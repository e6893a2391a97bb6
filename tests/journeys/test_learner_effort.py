"""Jobs 8, 9 and 15 of the guide, counted: seniors from a table, who sits with whom, what residents ask for."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from classes.models import Enrolment, Learner, Lesson, Request, Series, Session
from tests import make
from tests.journeys.counting import Effort, Goal
from tests.journeys.running import as_staff
from tests.workbooks.books import xlsx
from volunteers.models import Pairing

pytestmark = [pytest.mark.journey, pytest.mark.effort]

# A table as one is kept: a title above, own words for the columns, ages in words, one number too short.
HEADINGS = ("序号", "学员姓名", "性别", "年纪", "联系方式", "手机牌子", "水平", "想学的")
TOO_SHORT, WHOLE = "1600003", "16000030020"


def twenty_seniors() -> bytes:
    """An .xlsx of twenty seniors; the last one's number has four digits too few."""
    rows = [
        (n, f"王秀{chr(0x82B1 + n)}", "女", f"{66 + n % 20}岁", f"1600003{n:04d}", "华为", "零基础", "微信视频")
        for n in range(1, 20)
    ]
    last = (20, "赵建国", "男", "71", TOO_SHORT, "苹果", "会打电话", "挂号")
    return xlsx([("2026年秋季菜鸟学堂报名",), HEADINGS, *rows, last])


@pytest.fixture
def desk(live_server, new_page, transactional_db) -> Page:
    """A window of somebody of the staff."""
    make.user()
    make.community()
    return as_staff(new_page(), live_server.url)


@pytest.fixture
def series(desk) -> Series:
    """A class of this term that has begun and has 24 seats."""
    today = timezone.localdate()
    term = make.term(f"{today.year}秋", today - timedelta(days=30), today + timedelta(days=90))
    return make.series(term=term, weekdays=[(today + timedelta(days=3)).weekday()], capacity=24, stages="A")


def test_twenty_seniors_from_a_table_are_enrolled(live_server, desk, series):
    desk.goto(f"{live_server.url}/desk/learners/")
    effort, mending = Effort(job=8), Effort(job=8, name="bad-row")

    effort.tap(desk.get_by_role("link", name="从表格").first)
    table = {"name": "秋季名单.xlsx", "mimeType": "application/octet-stream", "buffer": twenty_seniors()}
    with desk.expect_file_chooser() as chooser:
        effort.tap(desk.get_by_label("选文件"))
    chooser.value.set_files(table)
    effort.tap(desk.get_by_role("button", name="看看读出了什么"))
    expect(desk.get_by_text("19 行可以导入，1 行先留着")).to_be_visible()

    short = desk.locator("article", has_text="手机号只有 7 位")
    mending.fill(short.get_by_label("联系方式"), WHOLE)
    mending.tap(short.get_by_role("button", name="改好这一行"))
    effort.tap(desk.get_by_role("button", name="导入 20 行"))

    expect(desk.get_by_role("heading", name="导入好了")).to_be_visible()
    assert Enrolment.objects.filter(series=series, status="confirmed").count() == 20
    effort.meets(Goal("enrol 20 seniors from any xlsx", taps=4))
    mending.meets(Goal("a bad row is put right in place", taps=1, fields=1))

    undoing = Effort(job=8, name="undo")
    undoing.tap(desk.get_by_role("link", name="撤销这次导入"))
    undoing.tap(desk.get_by_role("button", name="撤销，拿走这些"))
    expect(desk.get_by_role("heading", name="这次导入撤销了")).to_be_visible()
    assert not Learner.objects.exists()
    undoing.meets(Goal("the whole import is taken back", taps=2))


def test_good_rows_go_in_without_the_bad_one(live_server, desk, series):
    desk.goto(f"{live_server.url}/desk/learners/")
    pasted = "姓名\t年龄\t联系电话\t会到什么程度\n王秀英\t72\t16000000021\t零基础\n李桂兰\t70\t1600000\t零基础"
    effort = Effort(job=8, name="paste")

    effort.tap(desk.get_by_role("link", name="从表格").first)
    effort.fill(desk.get_by_label("粘贴到这里"), pasted)
    effort.tap(desk.get_by_role("button", name="看看读出了什么"))
    effort.tap(desk.get_by_role("button", name="导入 1 行"))

    expect(desk.get_by_role("link", name="1 行没导入")).to_be_visible()
    assert Learner.objects.get().person.name == "王秀英"
    effort.meets(Goal("good rows of a pasted table go in", taps=4, fields=1))


def test_six_seniors_have_six_helpers_and_last_terms_pair_stays(live_server, desk, series):
    lesson = Lesson.objects.create(code="A01", stage="A", title="认识我的手机:开关机", learners_per_helper=1)
    day = timezone.localdate() + timedelta(days=3)
    session = make.session(f"{day}", of=series, lesson=lesson)
    shift = make.shift(session, needed=6)
    helpers = [make.volunteer(name) for name in ("周远", "钱薇", "高翔", "林淑芬", "何晓琳", "宋雨桐")]
    seniors = [make.learner(name) for name in ("王秀英", "李桂兰", "张玉兰", "赵建国", "孙福来", "吴美珍")]
    for who in helpers:
        make.assignment(shift, who)
    for one in seniors:
        Enrolment.objects.create(learner=one, series=series, status="confirmed", created_at=timezone.now())
    spring = make.term("去年", day - timedelta(days=200), day - timedelta(days=100))
    before = make.session(f"{day - timedelta(days=110)}", of=make.series("菜鸟学堂·春", term=spring))
    for seat, pair in enumerate(zip(seniors[:2], helpers[4:], strict=True), 1):
        Pairing.objects.create(
            session=before, learner=pair[0], volunteer=pair[1], seat=seat, made_at=before.ends_at - timedelta(hours=1)
        )
    desk.goto(f"{live_server.url}/desk/pairing/{session.pk}/")
    effort = Effort(job=9)

    expect(desk.get_by_text("上学期就是这一对")).to_have_count(2)
    effort.tap(desk.get_by_role("button", name="定下这 6 对"))

    expect(desk.get_by_role("status").filter(has_text="结对定下了")).to_be_visible()
    effort.meets(Goal("pair 6 seniors with 6 helpers", taps=1))
    settled = set(
        Pairing.objects.filter(session=session).values_list("learner__person__name", "volunteer__person__name")
    )
    assert len(settled) == 6
    assert {("王秀英", "何晓琳"), ("李桂兰", "宋雨桐")} <= settled


def test_a_resident_asks_for_a_lesson(live_server, new_page, desk):
    Lesson.objects.create(code="B03", title="微信视频聊天:打给家里人", stage="B", learners_per_helper=2)
    phone = new_page(390, 844, has_touch=True, is_mobile=True)
    phone.goto(f"{live_server.url}/ask/")
    effort = Effort(job=15, name="ask")

    effort.fill(phone.get_by_label("您叫什么"), "王淑芬")
    effort.fill(phone.get_by_label("或者用自己的话说"), "跟孙子视频")
    effort.tap(phone.get_by_label("周末上午"))
    effort.fill(phone.get_by_label("电话", exact=False).first, "16000012345")
    effort.tap(phone.get_by_label("同意社区用我的姓名和电话"))
    effort.tap(phone.get_by_role("button", name="点单，等社区电话"))

    expect(phone.get_by_text("王淑芬")).to_be_visible()
    assert Request.objects.get().channel == "page"
    effort.meets(Goal("a resident asks: 谁、什么、何时、电话", taps=3, fields=3))


def test_staff_types_it_places_it_and_opens_a_session(live_server, desk, series):
    make.room()
    day = timezone.localdate() + timedelta(days=3)
    make.session(f"{day}", of=series)
    desk.goto(f"{live_server.url}/desk/requests/")
    typing = Effort(job=15, name="type")

    typing.fill(desk.get_by_label("您叫什么"), "王淑芬")
    typing.fill(desk.get_by_label("电话", exact=True), "16000012345")
    typing.fill(desk.get_by_label("想学什么"), "跟孙子视频")
    typing.tap(desk.get_by_label("念了一遍，本人同意记下姓名和电话"))
    typing.tap(desk.get_by_role("button", name="记下", exact=True))
    expect(desk.get_by_text("记下了：王淑芬")).to_be_visible()
    typing.meets(Goal("staff types while on the telephone", taps=2, fields=4))

    placing = Effort(job=15, name="place")
    asked = desk.locator("article", has_text="王淑芬")
    placing.tap(asked.get_by_role("button", name=series.name))
    expect(desk.get_by_text("排好了：王淑芬")).to_be_visible()
    placing.meets(Goal("into a session that is there", taps=1))

    sessions = Session.objects.count()
    said = {"asked_at": timezone.now(), "consent_at": timezone.now()}
    Request.objects.create(community=series.community, name="李桂兰", phone="16000012346", wish="挂号", **said)
    desk.goto(f"{live_server.url}/desk/requests/")
    opening = Effort(job=15, name="open")
    opening.tap(desk.locator("article", has_text="李桂兰").get_by_role("link", name="新开一场"))
    opening.tap(desk.get_by_role("button", name="智慧教室").first)
    expect(desk.get_by_text("排好了：李桂兰")).to_be_visible()
    assert Session.objects.count() == sessions + 1
    opening.meets(Goal("into a new session", taps=2))
