"""Jobs 10, 13 and 14 of the design guide, counted: checking in, the month's report, a certificate."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from classes.models import Community
from tests import make
from tests.journeys.counting import Effort, Goal
from tests.journeys.running import as_staff, as_volunteer
from volunteers.actions import attendance, ledger
from volunteers.models import Certificate, CheckIn
from volunteers.rules import wall

pytestmark = [pytest.mark.journey, pytest.mark.effort]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def placed(transactional_db):
    """周远 has a place at a session that began a minute ago."""
    starts = make.began(timezone.now(), 1)
    day = timezone.localdate(starts)
    of = make.series(weekdays=[day.weekday()])
    session = make.session(f"{day}", of=of, starts_at=starts, ends_at=starts + timedelta(minutes=90))
    return make.assignment(make.shift(session), make.volunteer("周远", "16000014821"))


def scanned(live_server, session):
    return f"{live_server.url}{reverse('public:in', args=[session.pk])}?k={wall.code_of(session)}"


def test_a_known_phone_scans_and_taps_once(live_server, new_page, placed):
    phone = as_volunteer(new_page(**PHONE), live_server.url, placed.volunteer)
    effort = Effort(job=10, name="phone")

    phone.goto(scanned(live_server, placed.session))
    effort.tap(phone.get_by_role("button", name="周远到了"))

    expect(phone.get_by_role("heading", name="签好了，周远")).to_be_visible()
    assert CheckIn.objects.get().how == "device"
    effort.meets(Goal("scan the wall, check in", taps=1))


def test_another_phone_needs_four_digits(live_server, new_page, placed):
    phone = new_page(**PHONE, java_script_enabled=False)
    effort = Effort(job=10, name="digits")

    phone.goto(scanned(live_server, placed.session))
    effort.fill(phone.get_by_label("手机号后四位"), "4821")
    effort.tap(phone.get_by_role("button", name="我到了"))

    expect(phone.get_by_text("签好了")).to_be_visible()
    effort.meets(Goal("check in with four digits", taps=1, fields=1))


def test_staff_clicks_once_and_the_end_closes_it(live_server, new_page, placed):
    make.user()
    desk = as_staff(new_page(), live_server.url)
    effort = Effort(job=10, name="staff")

    desk.goto(f"{live_server.url}{reverse('desk:session-roll', args=[placed.session_id])}")
    effort.tap(desk.get_by_role("button", name="周远到了"))

    expect(desk.get_by_role("button", name="周远到了")).to_have_attribute("aria-pressed", "true")
    effort.meets(Goal("staff checks somebody in", taps=1))
    attendance.close_visits(now=placed.ends_at)
    assert CheckIn.objects.get().left_at == placed.ends_at


def test_the_month_is_downloaded_in_two_clicks(live_server, new_page, placed):
    make.user()
    ended = placed.session.ends_at + timedelta(minutes=1)
    attendance.all_came(session=placed.session, now=ended, actor=None)
    ledger.post_hours(now=ended + timedelta(hours=25))
    desk = as_staff(new_page(), live_server.url)
    effort = Effort(job=13)

    desk.goto(f"{live_server.url}{reverse('desk:today')}")
    effort.tap(desk.get_by_role("link", name="报表"))
    with desk.expect_download() as saved:
        effort.tap(desk.get_by_role("link", name="下载"))

    effort.meets(Goal("month report as xlsx", taps=2))
    sheet = openpyxl.load_workbook(io.BytesIO(saved.value.path().read_bytes()))["汇总"]
    assert {row[0].value: row[1].value for row in sheet.iter_rows()}["服务时长"] == 1.5
    desk.get_by_role("link", name="志愿者人次").click()
    expect(desk.get_by_role("link", name="周远")).to_be_visible()


def test_a_certificate_is_two_taps_and_one_click(live_server, new_page, placed):
    make.user(first_name="陈社工")
    Community.objects.update(help_phone="029-80000001")
    ended = placed.session.ends_at + timedelta(minutes=1)
    attendance.all_came(session=placed.session, now=ended, actor=None)
    ledger.post_hours(now=ended + timedelta(hours=25))
    phone = as_volunteer(new_page(**PHONE), live_server.url, placed.volunteer)
    desk = as_staff(new_page(), live_server.url)
    asks, issues = Effort(job=14, name="ask"), Effort(job=14, name="issue")

    phone.goto(f"{live_server.url}{reverse('public:me', args=[placed.volunteer.token])}")
    asks.tap(phone.get_by_role("link", name="要服务证明"))
    asks.tap(phone.get_by_role("button", name="申请 1.5 小时的证明"))
    expect(phone.get_by_text("已经申请，等社区开")).to_be_visible()
    asks.meets(Goal("volunteer asks for a certificate", taps=2))

    desk.goto(f"{live_server.url}{reverse('desk:report')}")
    issues.tap(desk.get_by_role("button", name="给周远开证明"))
    expect(desk.get_by_role("heading", name="志愿服务证明")).to_be_visible()
    issues.meets(Goal("staff issues and numbers it", taps=1))

    paper = Certificate.objects.get()
    stranger = new_page(**PHONE)
    stranger.goto(f"{live_server.url}{reverse('public:certificate-check', args=[paper.number])}?k={paper.code}")
    expect(stranger.get_by_text("周*")).to_be_visible()
