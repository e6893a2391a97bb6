"""今天: the day, the next one, and what wants a decision."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes.models import Attendance, DayQuestion, Enrolment, Guardian, Learner, Request, Session
from people import outbox
from people.actions import create_person
from people.models import AuditEntry, Heartbeat, Message
from tests import make
from volunteers.models import CheckIn, FloorAlarm, ImportBatch, ImportRow, NoShow, Offer, SubstituteSearch
from volunteers.queries import today

pytestmark = pytest.mark.django_db
NOW = make.at("2026-11-24", "10:00")


@pytest.fixture(autouse=True)
def worker_runs():
    """The background worker has just shown a sign of life."""
    return Heartbeat.objects.create(name="worker", beat_at=NOW)


def page() -> today.Today:
    """The page of the usual community."""
    return today.today(community=make.community(), now=NOW)


def todos() -> list[str]:
    """What the page asks for."""
    return [todo.text for todo in page().todos]


def shift_on(day: str, needed: int = 2):
    """A children's session with places for tutors."""
    return make.shift(make.session(day, make.series(f"四点半 {day}", kind="child")), "tutor", needed=needed)


class TestTheDay:
    def test_shows_who_comes(self):
        make.assignment(shift_on("2026-11-24"), make.volunteer())

        shown = page()

        assert (len(shown.cards), shown.helpers, shown.tally.gap) == (1, 1, 1)
        assert shown.next_card is None

    def test_without_a_class_the_next_one_is_named(self):
        shift = shift_on("2026-11-26")

        shown = page()

        assert shown.cards == []
        assert shown.next_card.session == shift.session

    def test_an_empty_calendar_is_no_error(self):
        assert page().next_card is None


class TestTodos:
    def test_nothing_to_do(self):
        assert todos() == []

    def test_gaps_within_48_hours(self):
        shift_on("2026-11-25", needed=2)
        shift_on("2026-11-26", needed=3)

        (todo,) = page().todos

        assert todo.text == "48 小时内缺 2 人"
        assert todo.is_gap
        assert (todo.button, "gap=" in todo.query) == ("看 2 个空缺", False)

    def test_one_gap_is_opened_at_once(self):
        shift = shift_on("2026-11-25", needed=1)

        (todo,) = page().todos

        assert (todo.button, todo.query) == ("补空缺", f"?w=2026-11-23&gap={shift.pk}#side")

    def test_whoever_may_only_look_is_promised_nothing(self):
        shift_on("2026-11-25", needed=2)
        batch = ImportBatch.objects.create(community=make.community(), term=make.term(), created_at=NOW)
        ImportRow.objects.create(batch=batch, file="名单.xlsx", number=2, kind="volunteer", verdict="attention")
        assert len(page().todos) == 2

        shown = today.today(community=make.community(), now=NOW, may_organise=False)

        assert [(todo.button, todo.page) for todo in shown.todos] == [("看看", "desk:week")]

    def test_a_draft_nobody_was_told_of_is_said_while_it_is_near(self):
        make.assignment(shift_on("2026-11-25", needed=1), make.volunteer(), status="draft")
        make.assignment(shift_on("2026-12-01", needed=1), make.volunteer("远的"), status="draft")

        (todo,) = page().todos

        assert todo.text == "48 小时内有 1 人排上了，还没通知"
        assert todo.address == f"{reverse('desk:publish')}?w=2026-11-23"

    def test_who_said_no_while_the_place_is_open(self):
        shift = shift_on("2026-12-03", needed=1)
        make.assignment(shift, make.volunteer("李明"), "declined", now=NOW - timedelta(hours=2))

        (todo,) = page().todos

        assert todo.text == "李明说来不了，还缺 1 人"
        assert todo.query == f"?w=2026-11-30&gap={shift.pk}#side"

    def test_a_no_of_long_ago_or_made_up_for_is_not_said(self):
        made_up = shift_on("2026-12-03", needed=1)
        make.assignment(made_up, make.volunteer("李明"), "declined", now=NOW - timedelta(hours=2))
        make.assignment(made_up, make.volunteer("周远"))
        make.assignment(shift_on("2026-12-04"), make.volunteer("高翔"), "declined", now=NOW - timedelta(days=4))

        assert todos() == []

    def test_a_gap_is_said_once_by_the_search_that_is_about_it(self):
        for day in ("2026-11-25", "2026-12-03"):
            shift = shift_on(day, needed=1)
            make.assignment(shift, make.volunteer("李明"), "declined", now=NOW - timedelta(hours=2))
            SubstituteSearch.objects.create(shift=shift, started_at=NOW, next_wave_at=NOW)

        assert todos() == ["周三 16:30 四点半 2026-11-25 辅导：正在找人：马上开始问"]

    def test_a_gap_is_said_once_by_the_alarm_of_its_session(self):
        shift = shift_on("2026-11-25", needed=2)
        FloorAlarm.objects.create(session=shift.session, raised_at=NOW, deputy_at=NOW)
        SubstituteSearch.objects.create(shift=shift, started_at=NOW, next_wave_at=NOW)

        (said,) = todos()

        assert said.endswith("缺 2 位查过的大人，不能开")

    def test_several_who_said_no_are_one_thing_to_do(self):
        for number, name in enumerate(["李明", "周远", "高翔", "钱薇"]):
            shift = shift_on(f"2026-12-0{number + 1}", needed=1)
            make.assignment(shift, make.volunteer(name), "declined", now=NOW - timedelta(hours=number + 1))

        assert todos() == ["李明、周远、高翔 等 4 人说来不了，还缺 4 人"]

    def test_offers_without_an_answer_count_people(self):
        who = make.volunteer()
        for day in ("2026-11-27", "2026-11-28"):
            asked = make.assignment(shift_on(day, needed=1), who, "offered")
            Offer.objects.create(assignment=asked, made_at=NOW, expires_at=NOW + timedelta(days=1))

        assert todos() == ["1 人还没回复"]

    def test_open_questions_of_days_to_come(self):
        DayQuestion.objects.create(series=make.series(), on_date="2026-12-05", why="调休")
        DayQuestion.objects.create(series=make.series("提高"), on_date="2026-11-05", why="调休")

        assert todos() == ["1 场课开不开还没定"]

    def test_people_who_signed_up_and_were_never_seen(self):
        make.volunteer("单雄信", source="sign_up")
        make.volunteer("解珍", source="sign_up", seen_at=NOW)
        make.volunteer("曾国荃", source="import")

        assert todos() == ["1 位新志愿者还没见过面"]

    def test_clearances_that_end_within_30_days(self):
        make.cleared(make.volunteer(), until=(NOW + timedelta(days=10)).date())
        make.cleared(make.volunteer(), until=(NOW + timedelta(days=100)).date())

        assert todos() == ["1 人的背景查询 30 天内到期"]

    def test_a_worker_that_is_late_comes_first(self, worker_runs):
        worker_runs.beat_at = NOW - timedelta(minutes=10)
        worker_runs.save()
        shift_on("2026-11-25")

        assert todos() == ["后台没有动静，通知发不出去", "48 小时内缺 2 人"]


def running_now(name: str = "四点半") -> Session:
    """A children's session of today that began half an hour ago."""
    now = timezone.now()
    starts = make.began(now, 30)
    of = make.series(name, kind="child")
    return make.session(f"{timezone.localdate(now)}", of, starts_at=starts, ends_at=starts + timedelta(hours=2))


@pytest.mark.parametrize("n", [1, 3, 30])
def test_the_page_costs_the_same_however_much_there_is(client, n, django_assert_num_queries):
    client.force_login(make.user())
    for number in range(n):
        session = running_now(f"班{number}")
        make.assignment(make.shift(session, "tutor"), make.volunteer("周远"))
        late, here = (make.learner(name, kind="child") for name in ("吴昊", "何苗"))
        for child in (late, here):
            Enrolment.objects.create(learner=child, series=session.series, status="confirmed", created_at=NOW)
        Guardian.objects.create(learner=late, person=make.person("刘敏"), relation="妈妈")
        came = session.starts_at
        Attendance.objects.create(session=session, learner=here, state="present", arrived_at=came, marked_at=came)
    client.get(reverse("desk:today"))

    with django_assert_num_queries(27):
        shown = client.get(reverse("desk:today")).content.decode()

    assert (shown.count('aria-label="打给周远'), shown.count("打给妈妈")) == (n, n)


def test_who_is_to_be_called_is_said():
    message = outbox.write(
        person=make.person(), kind="offer", about="1", subject="", body="", link="/", now=NOW, useless_after=None
    )
    Message.objects.filter(pk=message.pk).update(status="unsure")

    (todo,) = page().todos

    assert (todo.text, todo.address) == ("1 件事要打电话说", "/desk/calls/")


class TestWhoIsThere:
    """What the roll says shows on the line; nobody is late before it is time."""

    @pytest.fixture
    def session(self):
        return make.session("2026-11-24", make.series("四点半", kind="child"))

    @pytest.fixture
    def shift(self, session):
        return make.shift(session, "tutor", needed=3)

    @pytest.fixture
    def children(self, session):
        """Three of them: one with a father without telephone and a mother, school is out long before or at 16:50."""
        rows = [make.learner(name, kind="child") for name in ("吴昊", "何苗", "蒋思齐")]
        for one in rows:
            Enrolment.objects.create(learner=one, series=session.series, status="confirmed", created_at=NOW)
        Guardian.objects.create(learner=rows[0], person=create_person(name="吴建", phone=""), relation="爸爸")
        Guardian.objects.create(learner=rows[0], person=make.person("刘敏"), relation="妈妈")
        for one, clock in ((rows[0], "15:30"), (rows[2], "16:50")):
            Learner.objects.filter(pk=one.pk).update(release_time=clock)
        return rows

    def at(self, clock: str):
        return today.today(community=make.community(), now=make.at("2026-11-24", clock)).presence

    def visit(self, session, who, clock: str):
        moment = make.at("2026-11-24", clock)
        return CheckIn.objects.create(
            volunteer=who, series=session.series, session=session, on_date=session.on_date, arrived_at=moment
        )

    def mark(self, session, child, **fields):
        moment = make.at("2026-11-24", "16:31")
        return Attendance.objects.create(session=session, learner=child, state="present", marked_at=moment, **fields)

    def test_volunteers_who_came_in_time_late_not_yet_and_not_at_all(self, session, shift):
        placed = [make.assignment(shift, make.volunteer(name)) for name in ("周远", "高翔", "钱薇")]
        self.visit(session, placed[0].volunteer, "16:20")
        self.visit(session, placed[1].volunteer, "16:45")

        seen = self.at("16:50").seen

        assert [(seen[one.pk].state, seen[one.pk].late) for one in placed] == [
            ("came", 0),
            ("came", 15),
            ("awaited", 20),
        ]
        NoShow.objects.create(assignment=placed[2], said_at=NOW)
        assert self.at("16:50").seen[placed[2].pk].state == "missed"

    @pytest.mark.parametrize("clock", ["12:00", "16:00", "16:40", "18:30"])
    def test_nobody_is_awaited_before_ten_minutes_or_after_the_end(self, shift, children, clock):
        make.assignment(shift, make.volunteer())

        assert (self.at(clock).seen, self.at(clock).late) == ({}, 0)

    @pytest.mark.parametrize("status", ["offered", "draft"])
    def test_whoever_has_not_said_yes_is_not_awaited(self, shift, status):
        make.assignment(shift, make.volunteer(), status)

        assert (self.at("16:50").seen, self.at("16:50").late) == ({}, 0)

    def test_children_there_gone_and_late(self, session, shift, children):
        came = make.at("2026-11-24", "16:31")
        self.mark(session, children[1], arrived_at=came, left_at=came + timedelta(minutes=20), collected_text="妈妈")

        heads = self.at("17:00").heads[session.pk]

        assert (heads.here, heads.gone, heads.unsaid, heads.not_yet) == (0, 1, 2, 1)
        assert [(one.learner, one.minutes, str(one.guardian)) for one in heads.late] == [(children[0], 30, "刘敏 妈妈")]
        assert self.at("17:10").late == 2

    def test_a_roll_nobody_has_called_is_said_instead_of_every_child(self, client, session, shift, children):
        heads = self.at("17:00").heads[session.pk]

        assert (heads.late, heads.is_called, heads.is_due) == ([], False, True)


def test_of_many_late_children_the_first_are_named_and_the_rest_counted(client):
    client.force_login(make.user())
    session = running_now()
    for number in range(7):
        child = make.learner(f"孩子{number}", kind="child")
        Enrolment.objects.create(learner=child, series=session.series, status="confirmed", created_at=NOW)
    Attendance.objects.create(session=session, learner=child, state="absent", marked_at=session.starts_at)

    said = client.get("/desk/").content.decode()

    assert said.count("没请假") == 4 and "还有 2 个，在点名页" in said


class TestCalling:
    """A number is shown to whoever calls, and written down."""

    @pytest.fixture
    def placed(self, client):
        client.force_login(make.user())
        return make.assignment(make.shift(running_now(), "tutor"), make.volunteer(phone="16000010009"))

    def test_one_tap_shows_the_number(self, client, placed):
        page = client.get("/desk/").content.decode()
        assert "16000010009" not in page

        said = client.post("/desk/number/", {"volunteer": placed.volunteer_id}, headers={"HX-Request": "true"})

        assert 'href="tel:16000010009"' in said.content.decode()
        assert AuditEntry.objects.filter(summary="看了电话", thing=f"volunteer:{placed.volunteer_id}").count() == 1

    def test_without_script_the_page_comes_back_whole(self, client, placed):
        said = client.post("/desk/number/", {"volunteer": placed.volunteer_id}).content.decode()

        assert "今天的课" in said and 'href="tel:16000010009"' in said

    def test_a_guardian_of_a_child_that_comes(self, client, placed):
        child = make.learner("吴昊", kind="child")
        mother = Guardian.objects.create(learner=child, person=make.person("刘敏", "16000010008"), relation="妈妈")
        assert client.post("/desk/number/", {"guardian": mother.pk}).status_code == 404

        Enrolment.objects.create(learner=child, series=placed.session.series, status="confirmed", created_at=NOW)
        said = client.post("/desk/number/", {"guardian": mother.pk}, headers={"HX-Request": "true"})

        assert 'href="tel:16000010008"' in said.content.decode()

    @pytest.mark.parametrize(
        "asked", [{}, {"volunteer": "x"}, {"volunteer": "²"}, {"volunteer": "0"}, {"guardian": "9999"}]
    )
    def test_nobody_else(self, client, placed, asked):
        assert client.post("/desk/number/", asked).status_code == 404

    def test_whoever_may_only_look_calls_nobody(self, client, placed):
        assert "打给" in client.get("/desk/").content.decode()
        client.force_login(make.user("kan", role="viewer"))

        assert "打给" not in client.get("/desk/").content.decode()
        assert client.post("/desk/number/", {"volunteer": placed.volunteer_id}).status_code == 403


def test_new_requests_are_said():
    asked = {"community": make.community(), "name": "王秀英", "phone": "16000010001", "consent_at": NOW}
    Request.objects.create(**asked, wish="视频通话", channel="page", asked_at=NOW - timedelta(days=2))

    (todo,) = page().todos

    assert (todo.text, todo.detail, todo.page) == ("1 个新点单", "最早的等了 2 天：视频通话", "desk:requests")


@pytest.mark.parametrize(
    ("days", "monday"),
    [
        (("2026-11-28", "2026-12-05"), "2026-11-30"),
        (("2026-11-28", "2026-12-12"), "2026-11-23"),
        (("2026-12-12",), "2026-12-07"),
        (("2026-11-21",), None),
    ],
    ids=["next week", "this week, the next is empty", "the first with a class", "nothing to come"],
)
def test_the_sheet_of_a_day_without_a_class_is_of_a_week_with_one(days, monday):
    of = make.series("四点半", kind="child")
    for day in days:
        make.session(day, of)

    printed = today.week_to_print(community=make.community(), now=NOW)

    assert printed == (date.fromisoformat(monday) if monday else None)


@pytest.mark.parametrize(("ahead", "words"), [(7, "打印下周表"), (21, "那一周的表")])
def test_an_empty_day_says_the_next_and_offers_the_print(client, ahead, words):
    client.force_login(make.user())
    day = timezone.localdate() + timedelta(days=ahead)
    make.shift(make.session(f"{day}", make.series("四点半", kind="child")), "tutor")

    said = client.get("/desk/").content.decode()

    assert "今天没有课" in said and "下一场：" in said
    assert words in said
    assert f"?w={day - timedelta(days=day.weekday())}&amp;paper=a4#print" in said


def test_what_does_not_fit_is_kept_behind_one_button(client):
    for number in range(9):
        make.volunteer(f"新人{number}", source="sign_up")
    make.cleared(make.volunteer(), until=(NOW + timedelta(days=10)).date())
    DayQuestion.objects.create(series=make.series(), on_date="2026-12-05", why="调休")
    shift_on("2026-11-25")
    shift = shift_on("2026-12-03", needed=1)
    make.assignment(shift, make.volunteer("李明"), "declined", now=NOW - timedelta(hours=2))
    asked = {"community": make.community(), "name": "王秀英", "phone": "16000010001", "consent_at": NOW}
    Request.objects.create(**asked, wish="视频通话", channel="page", asked_at=NOW)

    shown = page()

    assert [len(shown.todos), len(shown.later), shown.wanted] == [5, 1, 6]
