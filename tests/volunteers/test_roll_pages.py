"""点名 on the desk, 签到 on a phone, posters and sheets: what the pages say and do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes.models import Attendance, Enrolment, PickUp, Session
from people.models import AuditEntry
from tests import make
from volunteers.models import CheckIn, NoShow
from volunteers.rules import wall
from volunteers.views import device

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now().replace(second=0, microsecond=0)


def held(now, kind="senior", minutes=0):
    """A session that began so many minutes ago, today or whenever that is."""
    starts = now - timedelta(minutes=minutes)
    day = timezone.localdate(starts)
    of = make.series(f"班{kind}", kind=kind, weekdays=(day.weekday(),))
    return make.session(f"{day}", of=of, starts_at=starts, ends_at=starts + timedelta(minutes=90))


@pytest.fixture
def placed(now):
    shift = make.shift(held(now), needed=3)
    return [make.assignment(shift, make.volunteer(name, phone)) for name, phone in PEOPLE]


PEOPLE = (("周远", "16000014821"), ("何晓琳", "16000017733"))


@pytest.fixture
def desk(client):
    client.force_login(make.user())
    return client


def say(client, session, who, what, **more):
    return client.post(reverse("desk:session-say", args=[session.pk]), {"who": who, "say": what, **more})


class TestTheRoll:
    def test_one_click_and_again_takes_it_back(self, desk, placed):
        who = f"volunteer:{placed[0].volunteer_id}"

        assert say(desk, placed[0].session, who, "came").status_code == 302
        assert CheckIn.objects.get().how == "staff"
        say(desk, placed[0].session, who, "clear")
        say(desk, placed[0].session, who, "missed")

        assert (CheckIn.objects.count(), NoShow.objects.count()) == (0, 1)

    def test_everybody_then_undo(self, desk, placed):
        address = reverse("desk:session-everybody", args=[placed[0].session_id])

        page = desk.post(address).content.decode()

        assert "志愿者 2 位，学员 0 位到了" in page
        at = CheckIn.objects.first().changed_at
        desk.post(address, {"at": at.isoformat()})
        assert not CheckIn.objects.exists()

    def test_from_today_it_goes_back_to_today(self, desk, placed):
        done = desk.post(reverse("desk:session-everybody", args=[placed[0].session_id]), {"back": "today"})

        assert done.url == reverse("desk:today")
        assert CheckIn.objects.count() == 2

    def test_a_child_is_let_in_only_above_the_floor_and_fetched_from_its_list(self, desk, now):
        session = held(now, "child")
        child = make.learner("一诺", kind="child")
        Enrolment.objects.create(learner=child, series=session.series, status="confirmed", created_at=now)
        grandma = PickUp.objects.create(learner=child, name="张桂兰", relation="奶奶")
        refused = say(desk, session, f"learner:{child.pk}", "present")
        assert refused.status_code == 409
        assert "还差 2 位做过背景查询的大人" in refused.content.decode()
        shift = make.shift(session, "tutor")
        for name in ("周远", "何晓琳"):
            who = make.volunteer(name)
            make.cleared(who, until=timezone.localdate(now) + timedelta(days=9))
            say(desk, session, f"volunteer:{make.assignment(shift, who).volunteer_id}", "came")

        say(desk, session, f"learner:{child.pk}", "present")
        assert "奶奶张桂兰" in desk.get(reverse("desk:session-roll", args=[session.pk])).content.decode()
        say(desk, session, f"learner:{child.pk}", "left", by=grandma.pk)

        assert Attendance.objects.get().collected_by == grandma
        assert AuditEntry.objects.filter(verb="打开孩子的点名表").count() == 1

    def test_who_is_not_on_the_list_is_found_and_added(self, desk, placed):
        make.volunteer("许晓雨")
        make.learner("王秀英")
        page = reverse("desk:session-roll", args=[placed[0].session_id])

        assert "许晓雨来帮忙了" in desk.get(f"{page}?q=许").content.decode()
        assert "王秀英来听课了" in desk.get(f"{page}?q=wxy").content.decode()
        assert "没找到“没这个人”" in desk.get(f"{page}?q=没这个人").content.decode()

    def test_other_times_want_a_reason(self, desk, placed):
        say(desk, placed[0].session, f"volunteer:{placed[0].volunteer_id}", "came")
        row = CheckIn.objects.get()
        page = reverse("desk:checkin-times", args=[row.pk])
        local = timezone.localtime(row.session.starts_at)
        times = {"arrived": f"{local:%H:%M}", "left": f"{local + timedelta(minutes=20):%H:%M}"}

        assert desk.post(page, times | {"reason": ""}).status_code == 422
        assert desk.post(page, times | {"reason": "孩子病了先走"}).status_code == 302

        row.refresh_from_db()
        assert (row.left_how, row.note) == ("said", "孩子病了先走")

    def test_whoever_may_only_look_does_not_mark(self, client, placed):
        client.force_login(make.user("kan", role="viewer"))

        assert client.get(reverse("desk:session-roll", args=[placed[0].session_id])).status_code == 403
        assert say(client, placed[0].session, f"volunteer:{placed[0].volunteer_id}", "came").status_code == 403

    def test_nonsense_is_no_page(self, desk, placed):
        for who, what in (("x:1", "came"), ("volunteer:x", "came"), (f"volunteer:{placed[0].volunteer_id}", "dance")):
            assert say(desk, placed[0].session, who, what).status_code == 404

    @pytest.mark.parametrize("many", [1, 3])
    def test_the_list_asks_as_often_for_many(self, desk, now, many, django_assert_num_queries):
        session = held(now)
        shift = make.shift(session, needed=many)
        for number in range(many):
            make.assignment(shift, make.volunteer(f"志愿者{number}"))
            learner = make.learner(f"学员{number}")
            Enrolment.objects.create(learner=learner, series=session.series, status="confirmed", created_at=now)
            Attendance.objects.create(session=session, learner=learner, state="present", arrived_at=now, marked_at=now)

        with django_assert_num_queries(QUERIES):
            desk.get(reverse("desk:session-roll", args=[session.pk]))


QUERIES = 11


class TestOnTheWall:
    def test_posters_of_the_day_carry_the_code(self, desk, placed):
        page = desk.get(f"{reverse('desk:wall')}?day={placed[0].session.on_date}").content.decode()

        assert wall.code_of(placed[0].session) in page
        assert "<svg" in page

    def test_another_session_has_another_code(self, placed):
        codes = {wall.code_of(Session(pk=number, on_date=placed[0].session.on_date)) for number in range(40)}

        assert len(codes) > 35

    def test_sheets_have_everybody_of_the_day_and_of_the_week(self, desk, placed):
        for query in (f"day={placed[0].session.on_date}", f"week={placed[0].session.on_date}"):
            page = desk.get(f"{reverse('desk:sheets')}?{query}").content.decode()
            assert "周远" in page and "何晓琳" in page


class TestOnAPhone:
    def address(self, session, code=None):
        return f"{reverse('public:in', args=[session.pk])}?k={code or wall.code_of(session)}"

    def mine(self, client, volunteer):
        """A phone that knows whose it is."""
        make.known_phone(client, volunteer)
        return client

    def test_opening_the_page_checks_nobody_in(self, client, placed):
        assert (
            "周远到了" in self.mine(client, placed[0].volunteer).get(self.address(placed[0].session)).content.decode()
        )
        assert not CheckIn.objects.exists()

    def test_a_known_phone_needs_one_tap(self, client, placed):
        phone = self.mine(client, placed[0].volunteer)

        page = phone.post(self.address(placed[0].session), {"code": wall.code_of(placed[0].session)}, follow=True)

        assert "签好了，周远" in page.content.decode()
        assert CheckIn.objects.get().how == "device"

    def test_any_other_phone_needs_the_end_of_the_number(self, client, placed):
        said = {"tail": "4821", "code": wall.code_of(placed[0].session)}

        page = client.post(self.address(placed[0].session), said, follow=True).content.decode()

        assert "周*，" in page and "签好了" in page and "周远" not in page
        assert CheckIn.objects.get().how == "code"
        assert device.COOKIE not in client.cookies

    def test_the_code_of_another_session_does_not_hold(self, client, placed, now):
        other = make.session(f"{timezone.localdate(now) - timedelta(days=7)}", of=placed[0].session.series)

        page = client.post(self.address(placed[0].session), {"tail": "4821", "code": wall.code_of(other)})

        assert page.status_code == 422
        assert not CheckIn.objects.exists()

    def test_ten_wrong_codes_close_the_door_for_an_hour(self, client, placed):
        right = wall.code_of(placed[0].session)
        wrong = "0000" if right != "0000" else "1111"
        for _ in range(10):
            client.post(self.address(placed[0].session), {"tail": "4821", "code": wrong}, REMOTE_ADDR="192.0.2.9")

        page = client.post(self.address(placed[0].session), {"tail": "4821", "code": right}, REMOTE_ADDR="192.0.2.9")

        assert page.status_code == 429
        assert not CheckIn.objects.exists()

    def test_two_with_one_end_are_sent_to_staff(self, client, placed):
        make.assignment(placed[0].shift, make.volunteer("许晓雨", "16000024821"))

        page = client.post(self.address(placed[0].session), {"tail": "4821", "code": wall.code_of(placed[0].session)})

        assert page.status_code == 409
        assert "有两位" in page.content.decode()

    def test_a_stranger_is_sent_to_staff(self, client, placed):
        page = client.post(self.address(placed[0].session), {"tail": "9999", "code": wall.code_of(placed[0].session)})

        assert (page.status_code, CheckIn.objects.count()) == (409, 0)

    def test_letters_are_named(self, client, placed):
        page = client.post(self.address(placed[0].session), {"tail": "ab", "code": wall.code_of(placed[0].session)})

        assert page.status_code == 422
        assert "要四位数字" in page.content.decode()

    def test_too_late_says_whom_to_ask(self, client, now):
        session = held(now, minutes=30)
        who = make.assignment(make.shift(session), make.volunteer("周远")).volunteer

        page = self.mine(client, who).post(self.address(session), {"code": wall.code_of(session)})

        assert page.status_code == 409
        assert "请找工作人员点一下" in page.content.decode()
