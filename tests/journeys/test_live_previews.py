"""What will happen stands beside the form while somebody types, and nothing is done before it is agreed to."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from classes.models import Learner, VenueClosing
from tests import make
from tests.journeys.running import as_staff
from volunteers.models import Volunteer

pytestmark = pytest.mark.journey


@pytest.fixture
def desk(live_server, new_page, transactional_db) -> Page:
    """A window of somebody of the staff."""
    make.user()
    make.community()
    return as_staff(new_page(base_url=live_server.url), live_server.url)


def test_shutting_a_venue_says_whom_it_touches_while_the_days_are_chosen(desk):
    day = timezone.localdate() + timedelta(days=9)
    session = make.session(f"{day}", of=make.series(room=make.room(), weekdays=[day.weekday()]))
    make.assignment(make.shift(session), make.volunteer("周远"))
    desk.goto(f"/desk/venues/{session.room.venue_id}/close/")
    expect(desk.get_by_text("填好以后，这里写出")).to_be_visible()

    desk.get_by_label("最后一天").fill(f"{day}")
    expect(desk.get_by_role("heading", name="影响 1 场，其中 1 场已有人答应")).to_be_visible()
    expect(desk.get_by_role("button", name="先写原因，再停用")).to_be_disabled()
    expect(desk.locator("#heard")).to_have_text("影响 1 场，通知 1 人")
    desk.get_by_label("原因").press_sequentially("装修")
    expect(desk.get_by_label("原因")).to_be_focused()
    box, form = desk.locator("#will").bounding_box(), desk.get_by_label("原因").bounding_box()
    assert box["x"] > form["x"] + form["width"], "beside the form on a desk"
    assert not VenueClosing.objects.exists()
    desk.get_by_role("button", name="停用，通知 1 人").click()

    expect(desk.get_by_text("改好了")).to_be_visible()
    assert VenueClosing.objects.get().reason == "装修"


def test_the_words_of_a_day_without_classes_hold_the_reason_that_is_typed(desk):
    day = timezone.localdate() + timedelta(days=9)
    make.assignment(
        make.shift(make.session(f"{day}", of=make.series(weekdays=[day.weekday()]))), make.volunteer("周远")
    )
    desk.goto(f"/desk/day/{day}/")

    desk.get_by_label("原因").press_sequentially("暴雨红色预警")
    desk.get_by_role("group").filter(has_text="周远").locator("summary").click()

    expect(desk.locator("#will .preview").first).to_contain_text("暴雨红色预警")
    expect(desk.locator("#will")).not_to_contain_text("您写的原因")


@pytest.mark.parametrize("kind", ["volunteers", "learners"])
def test_whoever_is_in_the_list_already_is_named_while_it_is_typed(desk, kind):
    make.volunteer("欧阳思远", "16000010001")
    make.learner("欧阳思远", phone="16000010001")
    desk.goto({"volunteers": "/desk/volunteers/add/", "learners": "/desk/learners/add/senior/"}[kind])

    desk.get_by_label("姓名").press_sequentially("诸葛")
    expect(desk.get_by_text("没有同名、同号的")).to_be_visible()
    desk.get_by_label({"volunteers": "手机号", "learners": "电话"}[kind]).first.press_sequentially("160 0001 0001")

    expect(desk.locator("#alike").get_by_role("link", name="欧阳思远")).to_be_visible()
    assert (Volunteer.objects.count(), Learner.objects.count()) == (1, 1)
