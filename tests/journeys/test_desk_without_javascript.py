"""Every main act of the desk with scripts switched off: plain forms and links, each with its way back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from classes.models import Enrolment, Request
from people import outbox
from people.models import Call, Merge, Message, Setting
from tests import make
from tests.journeys.running import as_staff
from volunteers.models import CheckIn, Pairing, Volunteer

pytestmark = pytest.mark.journey


@pytest.fixture
def desk(live_server, new_page, transactional_db) -> Page:
    """A window of the 站长, without scripts; its addresses begin at the desk."""
    make.user("zhan", role="manager")
    make.community()
    return as_staff(new_page(java_script_enabled=False, base_url=live_server.url), live_server.url, "zhan")


def said(page: Page, words: str) -> None:
    expect(page.get_by_role("status").get_by_text(words).first).to_be_visible()


def take_back_last(page: Page) -> None:
    """The first row of the list of what can be undone."""
    page.goto("/desk/changes/")
    page.get_by_role("button", name="撤销").first.click()
    said(page, "撤销了")


def test_drafts_are_published(desk):
    shift = make.ahead(7)
    placed = make.assignment(shift, make.volunteer("周远"), status="draft")
    make.official(shift.session.on_date.year)
    desk.goto(f"/desk/week/?w={shift.session.on_date}")

    desk.get_by_role("link", name="发布，通知 1 人").click()
    desk.get_by_role("button", name="发布，通知 1 人").click()

    said(desk, "已发布")
    placed.refresh_from_db()
    assert placed.status == "offered"


def test_somebody_is_taken_off_and_is_back(desk):
    placed = make.assignment(make.ahead(7), make.volunteer("周远"))
    desk.goto(f"/desk/week/?w={placed.session.on_date}&who={placed.pk}")

    desk.get_by_role("button", name="撤下周远").click()
    said(desk, "周远")
    desk.get_by_role("button", name="撤销").click()

    said(desk, "撤销了")
    placed.refresh_from_db()
    assert placed.status == "accepted"


def test_last_week_is_copied_and_taken_back(desk):
    of = make.series(weekdays=range(7))
    who = make.volunteer("周远")
    for weekday in range(7):
        make.free(who, weekday)
    make.assignment(make.ahead(2, of=of), who)
    after = make.ahead(9, of=of)
    desk.goto(f"/desk/week/?w={after.session.on_date}")

    desk.get_by_role("link", name="照抄上周").click()
    desk.get_by_role("button", name="放进这 1 位").click()
    said(desk, "上周的 1 位放进来了")
    assert after.assignments.get().status == "draft"
    take_back_last(desk)

    assert after.assignments.get().status == "released"


def test_one_more_is_wanted_and_not_after_all(desk):
    shift = make.ahead(7)
    desk.goto(f"/desk/week/?w={shift.session.on_date}&gap={shift.pk}")

    desk.get_by_role("button", name="多要一位").click()
    said(desk, "从 2 位改成 3 位")
    shift.refresh_from_db()
    assert shift.needed == 3
    desk.get_by_role("button", name="撤销").click()

    said(desk, "撤销了")
    shift.refresh_from_db()
    assert shift.fixed is None


def test_a_session_is_called_off_and_held_after_all(desk):
    session = make.assignment(make.ahead(7), make.volunteer("周远")).session
    desk.goto(f"/desk/sessions/{session.pk}/")

    desk.get_by_role("link", name="停这一场").click()
    desk.get_by_label("原因").fill("停电")
    desk.get_by_role("button", name="停课，通知 1 人").click()
    session.refresh_from_db()
    assert (session.status, session.cancel_reason) == ("cancelled", "停电")
    take_back_last(desk)

    session.refresh_from_db()
    assert session.status == "planned"


def test_a_session_is_moved_and_back(desk):
    session = make.ahead(7).session
    to = session.on_date + timedelta(days=1)
    desk.goto(f"/desk/sessions/{session.pk}/")

    desk.get_by_role("link", name="改时间地点").click()
    desk.get_by_label("日期").fill(f"{to}")
    desk.get_by_label("时间", exact=True).fill("14:00-15:30")
    desk.get_by_role("button", name="看看影响到谁").click()
    desk.get_by_role("button", name="改", exact=True).click()
    session.refresh_from_db()
    assert session.on_date == to
    take_back_last(desk)

    session.refresh_from_db()
    assert session.on_date == to - timedelta(days=1)


def test_a_senior_joins_a_class_and_leaves_it(desk):
    series = make.series(term=make.term(ends_on=timezone.localdate() + timedelta(days=60)))
    learner = make.learner("王秀英", phone="16000012345")
    desk.goto(f"/desk/learners/{learner.pk}/")

    desk.get_by_label("哪个班").select_option(f"{series.pk}")
    desk.get_by_role("button", name="加入这个班").click()
    assert Enrolment.objects.get().status == "confirmed"
    desk.get_by_role("button", name="退出这个班").click()

    expect(desk.get_by_text("还没有班")).to_be_visible()
    assert Enrolment.objects.get().status == "withdrawn"


def test_two_entries_become_one_and_two_again(desk):
    for phone in ("16000011111", "16000022222"):
        make.volunteer("周远", phone)
    first, second = Volunteer.objects.order_by("pk")
    desk.goto(f"/desk/merge/volunteer/{first.pk}/{second.pk}/")

    desk.get_by_role("button", name="合并，只留一位").click()
    assert Merge.objects.get().undone_at is None
    desk.get_by_role("button", name="撤销").first.click()

    expect(desk.get_by_role("main")).to_contain_text("周远")
    assert Merge.objects.get().undone_at


def test_a_setting_is_changed_and_taken_back(desk):
    desk.goto("/desk/settings/")

    desk.get_by_label("晚上几点起不发").fill("20")
    desk.get_by_role("button", name="保存安静时间").click()
    expect(desk.get_by_label("晚上几点起不发")).to_have_value("20")
    desk.locator("#changes").get_by_role("button", name="撤销").first.click()

    expect(desk.get_by_label("晚上几点起不发")).to_have_value("21")
    assert not Setting.objects.filter(value__from_hour=20).exists()


def test_everybody_came(desk):
    starts = make.began(timezone.now(), 10)
    day = timezone.localdate(starts)
    of = make.series(weekdays=[day.weekday()])
    session = make.session(f"{day}", of=of, starts_at=starts, ends_at=starts + timedelta(minutes=90))
    make.assignment(make.shift(session), make.volunteer("周远"))
    desk.goto(f"/desk/sessions/{session.pk}/roll/")

    desk.get_by_role("button", name="全到了").click()

    said(desk, "志愿者 1 位")
    assert CheckIn.objects.get().how == "staff"


def test_what_was_not_closed_is_closed_from_the_report(desk):
    ends = timezone.now() - timedelta(minutes=5)
    starts = ends - timedelta(minutes=60)
    day = timezone.localdate(starts)
    of = make.series(weekdays=[day.weekday()])
    make.assignment(make.shift(make.session(f"{day}", of=of, starts_at=starts, ends_at=ends)), make.volunteer("周远"))
    desk.goto(f"/desk/report/?m={day:%Y-%m}")

    desk.get_by_role("button", name="全到了，结清").click()

    assert CheckIn.objects.count() == 1
    expect(desk.get_by_role("button", name="全到了，结清")).to_have_count(0)


def test_a_request_is_placed_and_taken_back(desk):
    session = make.ahead(3).session
    moment = timezone.now()
    Request.objects.create(
        community=session.community, name="李桂兰", phone="16000012346", wish="挂号", asked_at=moment, consent_at=moment
    )
    desk.goto("/desk/requests/")

    desk.locator("article", has_text="李桂兰").get_by_role("button", name=session.series.name).click()
    said(desk, "排好了：李桂兰")
    desk.locator("article", has_text="李桂兰").get_by_role("link", name="看、撤销").click()
    desk.get_by_role("button", name="撤销，重新排").click()

    said(desk, "又在等")
    assert Request.objects.get().session is None


def test_who_sits_with_whom_is_settled_and_forgotten(desk):
    shift = make.ahead(3)
    make.assignment(shift, make.volunteer("周远"))
    learner = make.learner("王秀英")
    Enrolment.objects.create(
        learner=learner, series=shift.session.series, status="confirmed", created_at=timezone.now()
    )
    desk.goto(f"/desk/pairing/{shift.session_id}/")

    desk.get_by_role("button", name="定下这 1 对").click()
    said(desk, "结对定下了")
    assert Pairing.objects.get().learner == learner
    desk.get_by_role("button", name="都不算，重新配").click()

    said(desk, "重新配好了")
    assert not Pairing.objects.exists()


def test_a_call_is_written_down_on_the_list(desk):
    note = {
        "kind": "offer",
        "about": "a:1",
        "subject": "周六的课改了",
        "body": "您好。",
        "link": "/",
        "now": timezone.now(),
    }
    outbox.write(person=make.person("王秀英", reach="call"), **note)
    Message.objects.update(status="call")
    desk.goto("/desk/calls/sheet/")

    desk.get_by_role("button", name="王秀英：没人接").click()

    said(desk, "没人接")
    assert Call.objects.get().result == "no_answer"
