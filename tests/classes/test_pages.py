"""课表 and 学员: what the pages show, who may do what, and what looking leaves behind."""

from datetime import date, time

import pytest
from django.urls import reverse

from classes import actions
from classes.models import Guardian, Learner, Programme, Series, Term
from classes.queries.learners import Filters, learners
from classes.queries.term import term_page
from classes.seeds import seed_reference
from people.models import AuditEntry
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-01", "08:00")


@pytest.fixture
def desk(client):
    """A browser in which an organiser is signed in."""
    client.force_login(make.user())
    return client


@pytest.fixture
def viewer(client):
    """A browser in which somebody is signed in who may only look."""
    client.force_login(make.user("wang", role="viewer"))
    return client


def text(response) -> str:
    """The page as text."""
    return response.content.decode()


def child(name: str = "李一诺", phone: str = "16000000011", **fields) -> Learner:
    """A child with a guardian."""
    made = make.learner(name, "child", **{"consent_on": date(2026, 8, 26), **fields})
    made.guardians.create(person=make.learner("李建", phone=phone).person, relation="爸爸")
    return made


class TestTermPage:
    def test_without_a_community_it_leads_to_the_import(self, desk):
        assert "还没有社区" in text(desk.get(reverse("desk:term")))

    def test_without_a_term_it_asks_for_one(self, desk):
        make.community()

        assert "先建一个学期" in text(desk.get(reverse("desk:term")))

    def test_a_term_is_made_with_the_programmes_it_needs(self, desk):
        make.community()

        desk.post(reverse("desk:term-add"), {"name": "2027春", "starts_on": "2027-03-01", "ends_on": "2027-07-10"})

        assert Term.objects.get().name == "2027春"
        assert Programme.objects.count() == 5

    def test_a_term_that_ends_before_it_starts_is_refused(self, desk):
        make.community()

        page = desk.post(
            reverse("desk:term-add"), {"name": "2027春", "starts_on": "2027-03-01", "ends_on": "2027-02-10"}
        )

        assert page.status_code == 422
        assert "最后一天要在第一天之后。" in text(page)

    def test_the_button_makes_the_sessions(self, desk):
        seed_reference(NOW)
        series = make.series("四点半课堂", "child", range(5))

        page = desk.post(reverse("desk:term-generate", args=[series.term_id]), follow=True)

        assert "新生成 99 场" in text(page)
        assert "2027 年放假安排还没有公布" in text(page)

    def test_a_question_is_answered_with_one_press(self, desk):
        seed_reference(NOW)
        series = make.series(weekdays=(5,))
        actions.generate_term(term=series.term, now=NOW)
        question = series.questions.get(on_date=date(2026, 10, 10))

        page = desk.post(reverse("desk:question", args=[question.pk]), {"answer": "run"}, follow=True)

        assert "10月10日菜鸟学堂·启蒙：开课，场次已加上。" in text(page)
        assert series.sessions.filter(on_date=date(2026, 10, 10)).exists()

    def test_whoever_may_only_look_changes_nothing(self, viewer):
        series = make.series()

        assert viewer.get(reverse("desk:term")).status_code == 200
        assert viewer.post(reverse("desk:term-generate", args=[series.term_id])).status_code == 403
        assert not series.sessions.exists()

    def test_open_questions_come_first_and_past_ones_are_put_aside(self):
        seed_reference(NOW)
        series = make.series(weekdays=(5,))
        actions.generate_term(term=series.term, now=NOW)

        page = term_page(term=series.term, community=series.community, now=make.at("2026-10-04"))

        assert [q.on_date for q in page.questions] == [date(2026, 10, 10)]
        assert [q.on_date for q in page.past_questions] == [date(2026, 9, 26), date(2026, 10, 3)]

    def test_what_does_not_fit_the_room_is_said(self):
        room = make.room("多功能厅", 10, open_text="周三上午", open_windows=[[2, "08:00", "12:00"]])
        series = make.series(weekdays=(2, 5), room=room)

        page = term_page(term=series.term, community=series.community, now=NOW)

        assert [warning.text for warning in page.rows[0].warnings] == [
            "名额 12 个，多功能厅只有 10 个座位",
            "多功能厅周六这个时间不开门（能用的时间：周三上午）",
        ]

    def test_a_session_that_wants_more_helpers_is_named_with_its_day(self, desk):
        series = make.series(weekdays=(5,), stated_helpers=1)
        for at in range(6):
            actions.enrol(learner=make.learner(f"学员{at}"), series=series, weekdays=[], now=NOW)
        actions.generate_term(term=series.term, now=NOW)
        *others, last = series.sessions.order_by("on_date")
        for session in others:
            session.status = "cancelled"
            session.save()

        (row,) = term_page(term=series.term, community=series.community, now=NOW).rows
        text = desk.get(reverse("desk:term")).content.decode()

        assert (row.warnings[-1].number, row.warnings[-1].first) == (1, last.on_date)
        assert f"?w={last.on_date}&amp;day={last.on_date}" in text
        assert "这一场" in text

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number_of_classes(self, desk, django_assert_num_queries, number):
        seed_reference(NOW)
        for at in range(number):
            series = make.series(f"启蒙{at}", weekdays=(at,))
            actions.enrol(learner=make.learner(f"学员{at}"), series=series, weekdays=[], now=NOW)
        actions.generate_term(term=series.term, now=NOW)
        desk.get(reverse("desk:term"))

        with django_assert_num_queries(16):
            desk.get(reverse("desk:term"))


class TestSeries:
    FORM = {"name": "书法", "weekdays": ["2"], "time": "9:30-11:00", "room_name": "新教室", "capacity": "12"}

    def test_a_class_is_made_from_six_fields(self, desk):
        programme, term = make.programme(), make.term()
        make.community()

        desk.post(reverse("desk:series-add", args=[term.pk, programme.pk]), {**self.FORM, "stages": "A"})

        made = Series.objects.get()
        assert (f"{made.starts:%H:%M}", made.room.name, made.stated_leads, made.stated_helpers) == (
            "09:30",
            "新教室",
            1,
            4,
        )
        assert [(day.weekday, day.seats) for day in made.days.all()] == [(2, 12)]

    def test_a_time_nobody_can_read_is_refused_with_an_example(self, desk):
        programme, term = make.programme(), make.term()
        make.community()

        page = desk.post(reverse("desk:series-add", args=[term.pk, programme.pk]), {**self.FORM, "time": "上午"})

        assert page.status_code == 422
        assert "写成 9:30-11:00 这样" in text(page)

    def test_promote_from_the_page(self, desk):
        series = make.series(capacity=1)
        leaving = actions.enrol(learner=make.learner("王秀英"), series=series, weekdays=[], now=NOW)
        actions.enrol(learner=make.learner("李桂兰"), series=series, weekdays=[], now=NOW)
        actions.withdraw(enrolment=leaving, now=NOW)

        assert "从候补转入 1 位" in text(desk.get(reverse("desk:series", args=[series.pk])))
        page = desk.post(reverse("desk:series-promote", args=[series.pk]), follow=True)
        assert "李桂兰已转入菜鸟学堂·启蒙。" in text(page)


class TestAlike:
    """While somebody is entered: who is in the list already; nothing is written."""

    @pytest.mark.parametrize(
        ("typed", "named"),
        [({"name": "李 沐辰"}, 1), ({"name": "李沐", "guardian_phone": "160 0000 0011"}, 1), ({"name": "李"}, 0)],
        ids=["the name", "the number of the mother", "neither"],
    )
    def test_a_child_by_its_name_or_by_its_guardians_number(self, desk, typed, named):
        child = make.learner("李沐辰", kind="child")
        Guardian.objects.create(learner=child, person=make.person("李建", "16000000011"), relation="妈妈")
        make.learner("李沐辰")

        said = desk.post(
            reverse("desk:learner-add", args=["child"]), typed, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="alike"
        ).content.decode()

        assert said.count(reverse("desk:learner", args=[child.pk])) == named == said.count("<a ")
        assert "<form" not in said and "李沐辰" not in said
        assert Learner.objects.count() == 2


class TestPrintedList:
    def test_every_session_stands_on_it_and_what_was_called_off_says_why(self, desk):
        series = make.series(room=make.room(), stages="")
        held = make.session("2026-09-12", of=series, planned_on=date(2026, 9, 12))
        off = {"status": "cancelled", "cancel_reason": "装修"}
        make.session("2026-09-19", of=series, planned_on=date(2026, 9, 19), room=make.room(), **off)
        make.session("2026-10-10", of=series, room=make.room("阅览室"))
        # An extra session that was taken back was never told to anybody.
        make.session("2026-10-17", of=series, **off)

        page = desk.get(reverse("desk:series-list", args=[series.pk])).content.decode()

        assert page.count('<td class="n">') == 3 and "9月12日 周六" in page and "2026年10月" in page
        assert "停课：装修" in page and "在阅览室" in page and "10月17日" not in page
        assert (
            reverse("desk:series-list", args=[held.series_id])
            in desk.get(reverse("desk:series", args=[series.pk])).content.decode()
        )

    def test_without_sessions_it_says_what_to_do(self, desk):
        page = desk.get(reverse("desk:series-list", args=[make.series().pk])).content.decode()

        assert "还没有场次" in page

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number(self, desk, django_assert_num_queries, number):
        series = make.series(room=make.room())
        for at in range(number):
            make.session(f"2026-09-{12 + at}", of=series, room=series.room)
        desk.get(reverse("desk:series-list", args=[series.pk]))

        with django_assert_num_queries(7):
            desk.get(reverse("desk:series-list", args=[series.pk]))


class TestSearch:
    @pytest.mark.parametrize("q", ["单桂兰", "桂兰", "shan", "shanguilan", "sgl", "0007"])
    def test_seniors_are_found_by_characters_pinyin_initials_and_phone_tail(self, q):
        make.learner("王秀英", phone="16000000021")
        make.learner("单桂兰", phone="16000000007")

        found = learners(community=make.community(), filters=Filters(q=q))

        assert [str(one) for one in found] == ["单桂兰"]

    def test_a_child_is_found_by_the_guardian(self):
        child("李一诺")
        child("张可可", phone="16000000012")

        found = learners(community=make.community(), filters=Filters(kind="child", q="0012"))

        assert [str(one) for one in found] == ["张可可"]

    def test_level_need_class_and_state(self):
        series = make.series()
        one = make.learner("王秀英", level=0, needs=["听力弱"])
        make.learner("李桂兰", level=2)
        actions.enrol(learner=one, series=series, weekdays=[], now=NOW)

        for filters in (
            Filters(level="0"),
            Filters(need="听力弱"),
            Filters(series=str(series.pk)),
            Filters(state="confirmed"),
        ):
            assert list(learners(community=make.community(), filters=filters)) == [one]
        assert [str(left) for left in learners(community=make.community(), filters=Filters(state="none"))] == ["李桂兰"]


class TestLists:
    def test_an_empty_list_shows_what_to_bring(self, desk):
        make.community()

        assert "像下面这样的三行就能读" in text(desk.get(reverse("desk:learners")))

    def test_phones_are_masked(self, desk):
        make.learner(phone="16000000021")

        page = text(desk.get(reverse("desk:learners")))

        assert "160****0021" in page
        assert "16000000021" not in page

    def test_childrens_names_are_masked_and_missing_signatures_said(self, desk):
        child("李一诺", consent_on=None)

        page = text(desk.get(reverse("desk:learners"), {"kind": "child"}))

        assert "李一诺" not in page
        assert "李**" in page
        assert "缺签字" in page

    @pytest.mark.parametrize("number", [1, 3])
    @pytest.mark.parametrize("kind", ["senior", "child"])
    def test_the_same_queries_for_any_number(self, desk, django_assert_num_queries, kind, number):
        series = make.series("四点半课堂", "child", range(5)) if kind == "child" else make.series()
        for at in range(number):
            learner = child(f"孩子{at}") if kind == "child" else make.learner(f"学员{at}")
            actions.enrol(learner=learner, series=series, weekdays=[], now=NOW)
        desk.get(reverse("desk:learners"))

        with django_assert_num_queries(13):
            desk.get(reverse("desk:learners"), {"kind": kind})


class TestLearnerPage:
    def test_opening_a_child_is_written_down(self, desk):
        learner = child()

        page = text(desk.get(reverse("desk:learner", args=[learner.pk])))

        entry = AuditEntry.objects.get()
        assert (entry.verb, entry.thing) == ("打开了孩子的资料", f"learner:{learner.pk}")
        assert "李一诺" in page
        assert "160****0011" in page

    def test_opening_a_senior_is_not(self, desk):
        desk.get(reverse("desk:learner", args=[make.learner().pk]))

        assert not AuditEntry.objects.exists()

    def test_a_whole_number_is_shown_once_and_written_down(self, desk):
        learner = make.learner(phone="16000000021")

        page = text(desk.post(reverse("desk:learner-reveal", args=[learner.pk, learner.person_id])))

        assert "16000000021" in page
        assert AuditEntry.objects.get().verb == "看了完整号码"

    def test_only_numbers_of_this_learner(self, desk):
        learner, other = child(), make.learner("王秀英", phone="16000000021")

        page = desk.post(reverse("desk:learner-reveal", args=[learner.pk, other.person_id]))

        assert page.status_code == 404
        assert not AuditEntry.objects.exists()

    def test_whoever_may_only_look_sees_no_whole_number(self, viewer):
        learner = make.learner(phone="16000000021")

        page = viewer.post(reverse("desk:learner-reveal", args=[learner.pk, learner.person_id]))

        assert page.status_code == 403

    def test_the_signature_opens_the_class(self, desk):
        series = make.series("四点半课堂", "child", range(5))
        learner = child(consent_on=None)
        actions.enrol(learner=learner, series=series, weekdays=[0], now=NOW)

        assert "缺监护人签字，签了才能入班" in text(desk.get(reverse("desk:learner", args=[learner.pk])))
        page = desk.post(reverse("desk:learner-consent", args=[learner.pk]), {"signed_on": "2026-09-01"}, follow=True)
        assert "四点半课堂：已入班。" in text(page)

    def test_a_signature_of_tomorrow_is_refused(self, desk):
        learner = child(consent_on=None)

        page = desk.post(reverse("desk:learner-consent", args=[learner.pk]), {"signed_on": "2099-01-01"})

        assert page.status_code == 422
        assert "签字日期不能晚于今天。" in text(page)

    def test_enrol_and_withdraw(self, desk):
        series, learner = make.series(), make.learner()

        page = desk.post(reverse("desk:learner-enrol", args=[learner.pk]), {"series": series.pk}, follow=True)
        assert "菜鸟学堂·启蒙：已入班。" in text(page)
        place = learner.enrolments.get()
        page = desk.post(reverse("desk:learner-withdraw", args=[place.pk]), follow=True)
        assert "王秀英已退出菜鸟学堂·启蒙。" in text(page)

    def test_a_child_without_days_waits_and_is_confirmed_with_days(self, desk):
        series, learner = make.series("四点半课堂", "child", range(5)), child()

        desk.post(reverse("desk:learner-enrol", args=[learner.pk]), {"series": series.pk})
        place = learner.enrolments.get()
        assert place.why == "没说哪几天来"
        page = desk.post(reverse("desk:learner-confirm", args=[place.pk]), {"weekdays": ["1", "3"]}, follow=True)
        assert "四点半课堂：已入班。" in text(page)

    def test_a_wrong_day_is_refused_on_the_page(self, desk):
        series, learner = make.series("儿童服务站", "child", (1, 3)), child()

        page = desk.post(reverse("desk:learner-enrol", args=[learner.pk]), {"series": series.pk, "weekdays": ["0"]})

        assert page.status_code == 422
        assert "儿童服务站只在周二、四上课，请重新选日子。" in text(page)


class TestAdd:
    def test_a_senior_needs_only_a_name(self, desk):
        make.community()

        desk.post(reverse("desk:learner-add", args=["senior"]), {"name": "王秀英", "level": "1"})

        made = Learner.objects.get()
        assert (str(made), made.level, made.enrolled_by) == ("王秀英", 1, "chen")
        assert made.level_text == "会打电话、会一点"

    def test_a_senior_gets_a_class_and_a_grid_at_once(self, desk):
        series = make.series(capacity=1)
        make.series("四点半", kind="child")
        grid = make.community().grids.create(name="第二网格")
        address = reverse("desk:learner-add", args=["senior"])

        form = desk.get(address).context["form"]
        assert [label for _, label in form.fields["series"].choices] == ["先不选", "菜鸟学堂·启蒙，周六 09:30"]
        page = desk.post(address, {"name": "王秀英", "series": series.pk, "grid": grid.pk}, follow=True)

        made = Learner.objects.get()
        assert (made.grid, made.enrolments.get().status) == (grid, "confirmed")
        assert "已登记王秀英。菜鸟学堂·启蒙：已入班。" in text(page)
        page = desk.post(address, {"name": "李桂兰", "series": series.pk}, follow=True)
        assert "菜鸟学堂·启蒙：在候补（名额已满）。" in text(page)

    def test_it_is_the_class_that_was_chosen(self, desk):
        make.series("早班", starts=time(8, 30))
        chosen = make.series("晚班", starts=time(19), ends=time(20))

        desk.post(reverse("desk:learner-add", args=["senior"]), {"name": "王秀英", "series": chosen.pk})

        assert Learner.objects.get().enrolments.get().series == chosen

    def test_a_class_or_grid_of_others_is_refused(self, desk):
        make.series()
        make.community().grids.create(name="第二网格")
        other = make.series("别处的班", community=make.community("槐树社区"))

        said = {"name": "王秀英", "series": other.pk, "grid": 999}
        page = desk.post(reverse("desk:learner-add", args=["senior"]), said)

        assert page.status_code == 422
        assert "没有这个班，请重新选。" in text(page) and "没有这个网格，请重新选。" in text(page)
        assert not Learner.objects.exists()

    def test_a_child_is_put_on_a_class_on_the_days_it_comes(self, desk):
        series = make.series("四点半", kind="child", weekdays=(0, 2, 4))
        said = {"name": "李一诺", "guardian_name": "李建", "guardian_phone": "16000000011"}

        page = desk.post(
            reverse("desk:learner-add", args=["child"]),
            {**said, "series": series.pk, "days_wanted": ["0", "2"], "consent_on": "2026-08-26"},
            follow=True,
        )

        place = Learner.objects.get().enrolments.get()
        assert (place.status, place.weekdays) == ("confirmed", [0, 2])
        assert "四点半：已入班。" in text(page)

    def test_a_phone_that_is_none_is_refused(self, desk):
        make.community()

        page = desk.post(reverse("desk:learner-add", args=["senior"]), {"name": "王秀英", "phone": "1600000"})

        assert page.status_code == 422
        assert not Learner.objects.exists()

    def test_a_child_comes_with_a_guardian(self, desk):
        make.community()
        said = {"name": "李一诺", "guardian_name": "李建", "guardian_phone": "160 0000 0011", "days_wanted": ["0", "2"]}

        desk.post(reverse("desk:learner-add", args=["child"]), said)

        made = Learner.objects.get()
        assert (made.days_wanted, made.guardians.get().person.phone) == ([0, 2], "16000000011")

    def test_everybody_without_a_class_is_placed_with_one_press(self, desk):
        make.series(stages="A")
        make.learner("王秀英", level=0)
        make.learner("李桂兰", level=None)

        page = desk.post(reverse("desk:learners-place"), follow=True)

        assert "分好了：入班 1 人，候补 0 人，待补材料 0 人。" in text(page)
        assert "没有分的：李桂兰（没填会到什么程度）。" in text(page)


class TestWhenALearnerCanCome:
    @pytest.fixture
    def desk(self, client):
        client.force_login(make.user())
        return client

    def test_ticks_become_times_and_come_back(self, desk):
        learner = make.learner()
        address = reverse("desk:learner", args=[learner.pk])

        desk.post(reverse("desk:learner-times", args=[learner.pk]), {"free": ["5-0", "2-1"]})

        learner.refresh_from_db()
        assert learner.free_windows == [[2, "12:00", "17:30"], [5, "08:00", "12:00"]]
        page = desk.get(address).content.decode()
        assert page.count(" checked") == 2

    def test_nothing_ticked_means_nobody_has_said(self, desk):
        learner = make.learner(free_windows=[[2, "12:00", "17:30"]])

        desk.post(reverse("desk:learner-times", args=[learner.pk]), {})

        learner.refresh_from_db()
        assert learner.free_windows is None

    def test_what_is_no_time_is_refused_and_changes_nothing(self, desk):
        learner = make.learner(free_windows=[[2, "12:00", "17:30"]])

        answer = desk.post(reverse("desk:learner-times", args=[learner.pk]), {"free": ["9-9"]})

        learner.refresh_from_db()
        assert answer.status_code == 422
        assert learner.free_windows == [[2, "12:00", "17:30"]]
