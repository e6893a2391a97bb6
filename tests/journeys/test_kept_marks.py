"""点名 while the network is away: kept on the machine, sent once in order; two machines that disagree."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from classes.models import Attendance, Enrolment, PickUp
from tests import make
from tests.journeys.measures import complaints
from tests.journeys.running import as_staff
from volunteers.actions import attendance
from volunteers.models import CheckIn, NoShow, RollMark

pytestmark = pytest.mark.journey
TABLET = {"width": 820, "height": 1180}


@pytest.fixture
def session(transactional_db):
    """A children's session that began a minute ago, with two adults and two children."""
    starts = make.began(timezone.now(), 1)
    day = timezone.localdate(starts)
    of = make.series("四点半", kind="child", weekdays=[day.weekday()])
    held = make.session(f"{day}", of=of, starts_at=starts, ends_at=starts + timedelta(minutes=90))
    shift = make.shift(held, "tutor", needed=2)
    for name in ("周远", "何晓琳"):
        who = make.volunteer(name)
        make.cleared(who, until=day + timedelta(days=9))
        make.assignment(shift, who)
    for name in ("一诺", "米粒"):
        child = make.learner(name, kind="child")
        Enrolment.objects.create(learner=child, series=of, status="confirmed", created_at=starts)
        PickUp.objects.create(learner=child, name="张桂兰", relation="奶奶")
    make.user(first_name="陈社工")
    return held


def opened(new_page, live_server, session, username="chen"):
    page = as_staff(new_page(**TABLET), live_server.url, username)
    page.goto(live_server.url + reverse("desk:session-roll", args=[session.pk]))
    return page


def tap(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def adults_are_here(session):
    for one in session.assignments.select_related("volunteer"):
        attendance.check_in(volunteer=one.volunteer, session=session, how="staff", now=timezone.now())


def test_taps_without_network_are_kept_in_order_and_sent_when_it_is_back(live_server, new_page, session, picture):
    page = opened(new_page, live_server, session)
    page.context.set_offline(True)
    began = timezone.now()

    tap(page, "周远没来")
    tap(page, "周远到了")
    tap(page, "何晓琳到了")

    expect(page.get_by_text("没网，先记在这台机器上，3 条待传。")).to_be_visible()
    expect(page.get_by_role("button", name="周远到了")).to_have_attribute("aria-pressed", "true")
    assert complaints(page) == []
    picture(page, "kept-marks-820")
    assert not RollMark.objects.exists()
    ended = timezone.now()

    page.context.set_offline(False)

    expect(page.get_by_text("3 条都传上去了。")).to_be_visible()
    said = RollMark.objects.order_by("said_at")
    assert [mark.said for mark in said] == ["missed", "came", "came"]
    assert [mark.against for mark in said] == ["", "", ""]
    assert NoShow.objects.count() == 0
    slack = timedelta(seconds=1)
    assert all(began - slack <= row.arrived_at <= ended + slack for row in CheckIn.objects.all())


def test_they_outlive_the_page(live_server, new_page, session):
    page = opened(new_page, live_server, session)
    page.context.set_offline(True)
    tap(page, "周远到了")
    expect(page.get_by_text("1 条待传")).to_be_visible()
    page.close()
    page.context.set_offline(False)
    assert not CheckIn.objects.exists()

    # Whoever opens the day again on this machine sends what it kept.
    again = page.context.new_page()
    again.goto(live_server.url + reverse("desk:today"))

    expect(again.get_by_text("1 条都传上去了。")).to_be_visible()
    expect(again.locator(".who .came")).to_have_count(1)
    assert CheckIn.objects.count() == 1


def test_an_answer_that_got_lost_counts_once(live_server, new_page, session):
    page = opened(new_page, live_server, session)
    lost = []

    def lose(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/roll/say/", lose)
    tap(page, "周远到了")
    expect(page.get_by_text("1 条待传")).to_be_visible()
    assert CheckIn.objects.count() == 1

    tap(page, "现在传")

    expect(page.get_by_text("1 条都传上去了。")).to_be_visible()
    assert (RollMark.objects.count(), CheckIn.objects.count()) == (1, 1)


def test_a_call_that_failed_once_can_be_tried_again(live_server, new_page, session):
    """The machine has a network, the server was away for a moment: nobody is kept from ringing."""
    page = as_staff(new_page(**TABLET), live_server.url)
    page.goto(live_server.url + reverse("desk:today"))
    page.route("**/number/", lambda route: route.abort())
    call = page.get_by_role("button", name="打给周远")
    call.click()
    expect(page.get_by_text("没网，下面是断网前的样子。")).to_be_visible()
    page.unroute("**/number/")

    call.click()

    expect(page.locator(".who a[href^=tel]")).to_be_visible()
    expect(page.get_by_text("没网，下面是断网前的样子。")).to_have_count(0)


def test_what_the_rules_cannot_judge_is_not_kept(live_server, new_page, session):
    page = opened(new_page, live_server, session)
    page.context.set_offline(True)
    tap(page, "一诺到了")
    expect(page.get_by_role("alert").get_by_text("没网时不能收孩子")).to_be_visible()
    page.context.set_offline(False)
    adults_are_here(session)
    page.reload()
    tap(page, "一诺到了")
    expect(page.get_by_role("button", name="一诺到了")).to_have_attribute("aria-pressed", "true")
    page.context.set_offline(True)

    tap(page, "米粒到了")
    page.locator("summary", has_text="接走").first.click()
    tap(page, "奶奶张桂兰")

    expect(page.get_by_text("接走孩子要连着网当场记")).to_be_visible()
    expect(page.get_by_text("1 条待传")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("1 条都传上去了。")).to_be_visible()
    assert list(Attendance.objects.values_list("state", "left_at")) == [("present", None)] * 2


def test_a_mark_that_is_refused_stays_until_somebody_decides(live_server, new_page, session):
    adults_are_here(session)
    page = opened(new_page, live_server, session)
    page.context.set_offline(True)
    tap(page, "一诺到了")
    CheckIn.objects.all().delete()
    page.context.set_offline(False)

    expect(page.get_by_text("没有记上：还差 2 位做过背景查询的大人")).to_be_visible()
    adults_are_here(session)
    page.get_by_role("button", name="再传一次").click()

    expect(page.get_by_text("1 条都传上去了。")).to_be_visible()
    assert Attendance.objects.get().state == "present"


def test_whoever_is_gone_holds_up_nobody_else(live_server, new_page, session):
    page = opened(new_page, live_server, session)
    page.context.set_offline(True)
    tap(page, "一诺没来")
    tap(page, "周远到了")
    session.series.enrolments.get(learner__person__name="一诺").learner.delete()

    page.context.set_offline(False)

    expect(page.get_by_text("没有记上：这一场或者这个人已经不在了。")).to_be_visible()
    page.get_by_role("button", name="不要了").click()
    expect(page.get_by_text("1 条都传上去了。")).to_be_visible()
    assert RollMark.objects.get().said == "came"


def test_two_machines_disagree_and_both_are_shown(live_server, new_page, session, picture):
    make.user("zhan", first_name="詹站长")
    tablet = opened(new_page, live_server, session)
    phone = opened(new_page, live_server, session, "zhan")
    tablet.context.set_offline(True)
    tap(tablet, "周远到了")
    expect(tablet.get_by_text("1 条待传")).to_be_visible()
    tap(phone, "周远没来")
    expect(phone.get_by_role("button", name="周远没来")).to_have_attribute("aria-pressed", "true")

    tablet.context.set_offline(False)

    both = tablet.get_by_text("两台机器记得不一样")
    expect(both).to_contain_text("陈社工")
    expect(both).to_contain_text("詹站长")
    expect(both).to_contain_text("按后点的算：没来。")
    assert (NoShow.objects.count(), CheckIn.objects.count()) == (1, 0)
    assert complaints(tablet) == []
    picture(tablet, "clash-820")
    phone.goto(live_server.url + reverse("desk:today"))
    phone.get_by_role("link", name="看两台机器各记了什么").click()
    phone.get_by_role("button", name="知道了：").click()
    expect(phone.get_by_text("两台机器记得不一样")).to_have_count(0)


def test_whoever_is_logged_out_meanwhile_loses_nothing(live_server, new_page, session):
    page = opened(new_page, live_server, session)
    page.context.set_offline(True)
    tap(page, "周远到了")
    page.context.clear_cookies()
    page.context.set_offline(False)

    expect(page.get_by_text("要重新登录才能传，1 条还在这台机器上。")).to_be_visible()
    as_staff(page, live_server.url)
    tap(page, "去登录")

    expect(page.get_by_text("1 条都传上去了。")).to_be_visible()
    assert CheckIn.objects.count() == 1


def test_nobody_sends_what_somebody_else_tapped(live_server, new_page, session):
    make.user("zhan", first_name="詹站长")
    page = opened(new_page, live_server, session)
    page.context.set_offline(True)
    tap(page, "周远到了")
    page.context.clear_cookies()
    as_staff(page, live_server.url, "zhan")
    page.context.set_offline(False)

    page.goto(live_server.url + reverse("desk:today"))

    expect(page.get_by_text("另有 1 条是别的账号在这台机器上点的")).to_be_visible()
    assert not RollMark.objects.exists()


def test_keys_stay_where_they_were(live_server, new_page, session):
    page = opened(new_page, live_server, session)
    button = page.get_by_role("button", name="周远到了")

    button.press("Enter")

    expect(page.locator('[aria-label="周远到了"][aria-pressed=true]')).to_be_focused()
    page.context.set_offline(True)
    page.get_by_role("button", name="何晓琳到了").press("Enter")
    page.context.set_offline(False)
    expect(page.get_by_text("1 条都传上去了。")).to_be_visible()
    expect(page.locator('[aria-label="何晓琳到了"][aria-pressed=true]')).to_be_focused()


def test_without_network_the_page_is_not_left(live_server, new_page, session):
    page = opened(new_page, live_server, session)
    page.emulate_media(color_scheme="dark")
    page.context.set_offline(True)

    page.get_by_role("link", name="看这一场").click()
    expect(page.get_by_text("没网，打不开别的页。留在这一页，可以接着点。")).to_be_visible()
    # The edge that says warning is there in the dark as well.
    assert "inset" in page.locator("#kept .warn").evaluate("box => getComputedStyle(box).boxShadow")


def test_everybody_came_without_network_is_a_tap_for_each(live_server, new_page, session):
    adults_are_here(session)
    page = opened(new_page, live_server, session)
    tap(page, "一诺没来")
    expect(page.get_by_role("button", name="一诺没来")).to_have_attribute("aria-pressed", "true")
    page.context.set_offline(True)

    tap(page, "全到了，记 1 人")

    expect(page.get_by_role("button", name="米粒到了")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="全到了")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.get_by_text("1 条都传上去了。")).to_be_visible()
    marks = {str(row.learner): row.state for row in Attendance.objects.select_related("learner__person")}
    assert marks == {"一诺": "absent", "米粒": "present"}


def test_everybody_came_without_network_lets_no_child_in_below_the_floor(live_server, new_page, session):
    page = opened(new_page, live_server, session)
    page.context.set_offline(True)

    tap(page, "全到了，记 4 人")

    expect(page.get_by_text("2 条待传")).to_be_visible()
    expect(page.get_by_role("alert").get_by_text("没网时不能收孩子")).to_be_visible()
