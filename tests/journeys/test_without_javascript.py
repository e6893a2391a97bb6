"""Every act of the main line with scripts switched off: plain forms and links."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make
from tests.journeys.running import as_staff, as_volunteer
from tests.volunteers.imports import sample
from volunteers.models import Assignment, ImportBatch, Offer, Shift, Volunteer

pytestmark = pytest.mark.journey

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


@pytest.fixture
def desk(live_server, new_page) -> Page:
    """A window of somebody of the staff, without scripts."""
    make.user()
    make.community()
    return as_staff(new_page(java_script_enabled=False), live_server.url)


@pytest.fixture
def phone(live_server, new_page) -> Page:
    """A telephone without scripts."""
    return new_page(**PHONE, java_script_enabled=False)


@pytest.fixture
def shift(transactional_db) -> Shift:
    """Two helpers wanted in a class next week."""
    return make.ahead()


@pytest.fixture
def asked(shift) -> Assignment:
    """周远 is asked for that class and has not answered."""
    placed = make.assignment(shift, make.volunteer("周远"), status="offered")
    now = timezone.now()
    Offer.objects.create(assignment=placed, made_at=now, expires_at=now + timedelta(days=2))
    return placed


def my_page(placed: Assignment) -> str:
    return f"/me/{placed.volunteer.token}/"


def test_a_gap_is_opened_filled_and_the_step_undone(live_server, desk, shift):
    make.free(make.volunteer("林淑芬"), shift.session.on_date.weekday())
    desk.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}")

    desk.get_by_role("link", name="缺人，补这个空缺").first.click()
    expect(desk.get_by_role("complementary").get_by_role("heading", name="补这个空缺")).to_be_visible()
    desk.get_by_role("button", name="安排林淑芬").click()

    expect(desk.get_by_role("status").filter(has_text="林淑芬")).to_contain_text("已放好")
    assert Assignment.objects.get().status == "draft"

    desk.get_by_role("button", name="撤销").click()

    expect(desk.get_by_role("status").filter(has_text="林淑芬")).to_contain_text("撤销了")
    assert not Assignment.objects.filter(status__in=Assignment.ACTIVE).exists()


def test_a_stranger_signs_up(live_server, phone, shift):
    phone.goto(f"{live_server.url}/?week=1")
    phone.get_by_role("link", name="我来").click()
    phone.get_by_label("您叫什么").fill("程小满")
    phone.get_by_label("手机号", exact=False).first.fill("16000039001")
    phone.get_by_label("同意社区用我的名字").check()
    phone.get_by_role("button", name="报名").click()

    expect(phone.get_by_role("heading", name="名额留好了")).to_be_visible()
    assert Assignment.objects.get(shift=shift).status == "accepted"


def test_a_volunteer_agrees(live_server, phone, asked):
    as_volunteer(phone, live_server.url, asked.volunteer).goto(f"{live_server.url}{my_page(asked)}")
    phone.get_by_role("button", name="我能来").click()

    expect(phone.locator(f"#a-{asked.pk}")).to_contain_text("已答应")
    asked.refresh_from_db()
    assert asked.status == "accepted"


def test_a_volunteer_declines_and_comes_after_all(live_server, phone, asked):
    as_volunteer(phone, live_server.url, asked.volunteer).goto(f"{live_server.url}{my_page(asked)}")
    phone.get_by_role("link", name="来不了").click()
    phone.get_by_role("button", name="告诉社区我来不了").click()

    expect(phone.get_by_role("status").filter(has_text="谢谢早说")).to_be_visible()
    asked.refresh_from_db()
    assert asked.status == "declined"

    phone.get_by_role("button", name="还是能来").click()

    expect(phone.locator(f"#a-{asked.pk}")).to_contain_text("已答应")
    asked.refresh_from_db()
    assert asked.status == "accepted"


def test_a_volunteer_says_when_to_ask(live_server, phone, asked):
    as_volunteer(phone, live_server.url, asked.volunteer).goto(f"{live_server.url}{my_page(asked)}")
    phone.get_by_label("周六上午").check()
    phone.get_by_role("button", name="存好空闲时间").click()

    expect(phone.get_by_role("status").filter(has_text="空闲时间存好了")).to_be_visible()
    expect(phone.get_by_label("周六上午")).to_be_checked()
    assert list(asked.volunteer.availability.values_list("weekday", flat=True)) == [5]


def test_a_table_is_looked_through_put_right_taken_in_and_undone(live_server, desk):
    name, content = sample("志愿者报名表.xlsx")
    desk.goto(f"{live_server.url}/desk/import/")
    desk.get_by_label("选文件").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    desk.get_by_label("学期").fill("2026秋")
    desk.get_by_role("button", name="看看读出了什么").click()

    short = desk.locator("article", has_text="手机号只有 7 位")
    short.get_by_label("手机").fill("16000038000")
    short.get_by_role("button", name="改好这一行").click()
    expect(desk.get_by_text("手机号只有 7 位")).to_have_count(0)
    desk.get_by_role("button", name="合并，是同一人").click()
    desk.get_by_role("button", name="导入 67 行").click()

    expect(desk.get_by_role("heading", name="导入好了")).to_be_visible()
    assert ImportBatch.objects.get().status == "done"
    assert Volunteer.objects.filter(mobile="16000038000").exists()

    desk.get_by_role("link", name="撤销这次导入").click()
    desk.get_by_role("button", name="撤销，拿走这些").click()

    expect(desk.get_by_role("heading", name="这次导入撤销了")).to_be_visible()
    assert not Volunteer.objects.exists()
