"""The rest of the main acts with scripts switched off: people, the term, a child's day, papers, and the neighbours."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from classes.actions import family
from classes.models import Attendance, Enrolment, Guardian, Learner, Request, Session, VenueClosing
from classes.seeds import seed_reference
from tests import make
from tests.journeys.running import as_staff, as_volunteer
from volunteers.actions import attendance, ledger, substitutes
from volunteers.models import Assignment, Certificate, CheckIn, SubstituteSearch, Volunteer

pytestmark = pytest.mark.journey
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


@pytest.fixture
def desk(live_server, new_page, transactional_db) -> Page:
    """A window of an organiser, without scripts; its addresses begin at the desk."""
    make.user(first_name="陈社工")
    make.community(help_phone="029-80000001")
    return as_staff(new_page(java_script_enabled=False, base_url=live_server.url), live_server.url)


@pytest.fixture
def phone(live_server, new_page) -> Page:
    """A telephone without scripts."""
    return new_page(**PHONE, java_script_enabled=False, base_url=live_server.url)


def said(page: Page, words: str) -> None:
    expect(page.get_by_role("status").get_by_text(words).first).to_be_visible()


def under_way(kind: str = "senior") -> Session:
    """A session that began ten minutes ago."""
    starts = make.began(timezone.now(), 10)
    day = timezone.localdate(starts)
    of = make.series(f"{kind} 今天", kind=kind, weekdays=[day.weekday()])
    return make.session(f"{day}", of=of, starts_at=starts, ends_at=starts + timedelta(minutes=90))


def a_request(name: str, session: Session) -> Request:
    moment = timezone.now()
    return Request.objects.create(
        community=session.community, name=name, phone="16000012346", wish="挂号", asked_at=moment, consent_at=moment
    )


class TestVolunteers:
    def test_somebody_is_entered_paused_and_back(self, desk):
        desk.goto("/desk/volunteers/")
        desk.get_by_role("link", name="加一位").first.click()
        desk.get_by_label("姓名").fill("林淑芬")
        desk.get_by_label("手机号").fill("16000000777")
        desk.get_by_role("button", name="登记这位志愿者").click()
        expect(desk.get_by_role("heading", name="林淑芬", level=1)).to_be_visible()

        desk.get_by_role("button", name="暂停排班").click()
        assert Volunteer.objects.get().status == "paused"
        desk.get_by_role("button", name="恢复排班").click()

        expect(desk.get_by_role("button", name="暂停排班")).to_be_visible()
        assert Volunteer.objects.get().status == "active"

    def test_what_somebody_says_by_telephone_is_written_down(self, desk):
        who = make.volunteer("周远")
        desk.goto(f"/desk/volunteers/{who.pk}/")

        desk.locator("summary", has_text="替周远记").click()
        desk.get_by_label("周三下午").check()
        desk.get_by_role("button", name="记下空闲时间").click()

        said(desk, "周远的空闲时间记下了")
        row = who.availability.get()
        assert (row.weekday, row.told_how) == (2, "本人说的，工作人员记")
        expect(desk.get_by_label("周三下午")).to_be_checked()

    def test_a_link_is_renewed(self, desk):
        who = make.volunteer("周远")
        desk.goto(f"/desk/volunteers/{who.pk}/")

        desk.get_by_role("button", name="换新链接，旧的作废").click()

        said(desk, "换")
        assert Volunteer.objects.get().token != who.token
        expect(desk.get_by_label("个人链接", exact=True)).to_have_value(f"http://localhost:8000/me/{_token()}/")


def _token() -> str:
    return Volunteer.objects.get().token


def test_a_pasted_table_becomes_learners(desk):
    desk.goto("/desk/learners/")
    desk.get_by_role("link", name="从表格").first.click()
    desk.get_by_label("粘贴到这里").fill("姓名\t年龄\t联系电话\t会到什么程度\n王秀英\t72\t16000000021\t零基础")
    desk.get_by_role("button", name="看看读出了什么").click()
    desk.get_by_role("button", name="导入 1 行").click()

    expect(desk.get_by_role("heading", name="导入好了")).to_be_visible()
    assert Learner.objects.get().person.name == "王秀英"


class TestTheTerm:
    def test_is_made_and_generated_again(self, desk):
        seed_reference(timezone.now())
        desk.goto("/desk/term/add/")
        desk.get_by_label("学期").fill("2027春")
        desk.get_by_label("第一天").fill("2027-03-01")
        desk.get_by_label("最后一天").fill("2027-07-02")
        desk.get_by_label("班从哪里来").select_option("usual")
        desk.get_by_role("button", name="排这个学期").click()
        said(desk, "排好了：加了 4 个班")
        made = Session.objects.count()
        assert made

        desk.get_by_role("button", name="生成").first.click()

        assert Session.objects.count() == made

    def test_a_venue_is_shut_and_open_again(self, desk):
        room = make.room()
        session = make.ahead(3).session
        Session.objects.filter(pk=session.pk).update(room=room)
        desk.goto("/desk/rooms/")
        desk.get_by_role("link", name="停用几天").click()
        desk.get_by_label("第一天").fill(f"{session.on_date}")
        desk.get_by_label("最后一天").fill(f"{session.on_date}")
        desk.get_by_label("原因").fill("水管爆了")
        desk.get_by_role("button", name="看看影响到谁").click()
        desk.get_by_role("button", name="停用", exact=True).click()
        session.refresh_from_db()
        assert session.status == "cancelled"

        desk.get_by_role("button", name="不停用了").click()

        expect(desk.get_by_role("button", name="不停用了")).to_have_count(0)
        assert not VenueClosing.objects.filter(last_on__gte=session.on_date).exists()


class TestADay:
    def test_one_volunteer_is_checked_in_and_not_after_all(self, desk):
        placed = make.assignment(make.shift(under_way()), make.volunteer("周远"))
        desk.goto(f"/desk/sessions/{placed.session_id}/roll/")

        desk.get_by_role("button", name="周远到了").click()
        expect(desk.get_by_role("button", name="周远到了")).to_have_attribute("aria-pressed", "true")
        assert CheckIn.objects.get().how == "staff"
        desk.get_by_role("button", name="周远到了").click()

        expect(desk.get_by_role("button", name="周远到了")).to_have_attribute("aria-pressed", "false")
        assert not CheckIn.objects.exists()

    def test_a_child_comes_and_leaves_with_who_was_named(self, desk):
        session = under_way("child")
        child, father = make.learner("李小明", kind="child", consent_on=session.on_date), make.person("李建")
        Guardian.objects.create(learner=child, person=father)
        child.pickups.create(name="李建", relation="爸爸")
        now = timezone.now()
        Enrolment.objects.create(learner=child, series=session.series, status="confirmed", created_at=now)
        tutors = make.shift(session, code="tutor")
        for name in ("周远", "钱薇"):
            who = make.volunteer(name)
            make.cleared(who, until=session.on_date)
            make.assignment(tutors, who)
            attendance.check_in(volunteer=who, session=session, how="staff", now=now)
        named = family.name_delegate(by=father, learner=child, session=session, name="王大爷", now=now)
        desk.goto(f"/desk/sessions/{session.pk}/roll/")

        desk.get_by_role("button", name="李小明到了").click()
        leave(desk, "爸爸李建")
        assert Attendance.objects.get().collected_text == "爸爸李建"
        desk.get_by_role("button", name="李小明还没走").click()
        desk.locator("summary[aria-label=李小明接走]").click()
        desk.get_by_label("王大爷报的四个数").fill(named.code)
        desk.get_by_role("button", name="王大爷（家长今天请的）").click()

        expect(desk.get_by_text("王大爷（家长请的）接走了")).to_be_visible()
        assert Attendance.objects.get().delegate == named


def leave(desk: Page, whom: str) -> None:
    """The child goes with somebody of its list."""
    desk.locator("summary[aria-label=李小明接走]").click()
    desk.get_by_role("button", name=whom).click()
    expect(desk.get_by_text(f"{whom}接走了")).to_be_visible()


def test_the_month_and_a_certificate(desk, phone, live_server):
    session = under_way()
    placed = make.assignment(make.shift(session), make.volunteer("周远"))
    ended = session.ends_at + timedelta(minutes=1)
    attendance.all_came(session=session, now=ended, actor=None)
    ledger.post_hours(now=ended + timedelta(hours=25))

    as_volunteer(phone, live_server.url, placed.volunteer).goto(f"/me/{placed.volunteer.token}/")
    phone.get_by_role("link", name="要服务证明").click()
    phone.get_by_role("button", name="申请 1.5 小时的证明").click()
    expect(phone.get_by_text("已经申请，等社区开")).to_be_visible()

    desk.goto("/desk/report/")
    with desk.expect_download() as saved:
        desk.get_by_role("link", name="下载").click()
    assert "汇总" in openpyxl.load_workbook(io.BytesIO(saved.value.path().read_bytes())).sheetnames
    desk.get_by_role("button", name="给周远开证明").click()

    expect(desk.get_by_role("heading", name="志愿服务证明")).to_be_visible()
    assert Certificate.objects.get().status == "issued"


class TestRequests:
    def test_a_resident_asks(self, desk, phone):
        phone.goto("/ask/")
        phone.get_by_label("您叫什么").fill("王淑芬")
        phone.get_by_label("或者用自己的话说").fill("跟孙子视频")
        phone.get_by_label("周末上午").check()
        phone.get_by_label("电话", exact=False).first.fill("16000012345")
        phone.get_by_label("同意社区用我的姓名和电话").check()
        phone.get_by_role("button", name="点单，等社区电话").click()

        expect(phone.get_by_text("王淑芬")).to_be_visible()
        assert Request.objects.get().channel == "page"

    def test_a_session_is_opened_for_one(self, desk):
        make.room()
        session = make.ahead(3).session
        a_request("李桂兰", session)
        desk.goto("/desk/requests/")

        desk.locator("article", has_text="李桂兰").get_by_role("link", name="新开一场").click()
        desk.get_by_role("button", name="智慧教室").first.click()

        said(desk, "排好了：李桂兰")
        assert Request.objects.get().session != session


class TestNeighbours:
    def test_somebody_steps_in(self, desk, phone, live_server, settings):
        settings.LINKE_QUIET_FROM, settings.LINKE_QUIET_UNTIL = 24, 0
        leaving = make.assignment(make.ahead(2, needed=1), make.volunteer("周远"), now=timezone.now())
        make.free(make.volunteer("高翔"), leaving.session.on_date.weekday())
        as_volunteer(phone, live_server.url, leaving.volunteer).goto(f"/me/{leaving.volunteer.token}/")
        phone.get_by_role("link", name="来不了").click()
        phone.get_by_role("button", name="告诉社区我来不了").click()
        substitutes.run_due(now=timezone.now())
        ask = SubstituteSearch.objects.get().asks.select_related("volunteer").get()

        as_volunteer(phone, live_server.url, ask.volunteer).goto(f"/me/{ask.volunteer.token}/cover/{ask.pk}/")
        phone.get_by_role("button", name="我能来").click()

        expect(phone.get_by_text("这一场是您的")).to_be_visible()
        assert Assignment.objects.get(status="accepted").volunteer == ask.volunteer

    def test_a_place_is_handed_to_a_friend(self, desk, phone, live_server):
        given = make.assignment(make.ahead(3, needed=1), make.volunteer("周远"))
        as_volunteer(phone, live_server.url, given.volunteer).goto(f"/me/{given.volunteer.token}/{given.pk}/no/")
        phone.get_by_label("我找好朋友了").check()
        phone.locator("form button.main").click()
        expect(phone.get_by_role("heading", name="把这个链接转给朋友")).to_be_visible()
        link = phone.url

        as_volunteer(phone, live_server.url, make.volunteer("林淑芬")).goto(link)
        phone.get_by_role("button", name="我来，用林淑芬的名字").click()

        expect(phone.get_by_role("heading", name="名额留好了")).to_be_visible()
        assert Assignment.objects.get(status="accepted").volunteer.person.name == "林淑芬"
