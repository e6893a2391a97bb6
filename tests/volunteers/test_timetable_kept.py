"""排时间, when nothing better than the present timetable was found: it says so, and keeping it comes first."""

from datetime import date

import pytest
from django.urls import reverse

from classes.models import Enrolment
from tests import make
from volunteers import tasks
from volunteers.actions import timetables as actions
from volunteers.queries import timetables as queries

pytestmark = pytest.mark.django_db
NOW = make.at("2026-08-20", "10:00")


@pytest.fixture
def desk(client):
    client.force_login(make.user())
    return client


def klass(name: str = "启蒙", *, weekday: int = 4, **fields):
    """A class in the morning with learners who can come on Fridays only."""
    made = make.series(
        name, room=fields.pop("room", None) or make.room(), weekdays=(weekday,), stated_leads=0, **fields
    )
    for number in range(2):
        one = make.learner(f"{name}学员{number}", free_windows=[[4, "08:00", "12:00"]])
        Enrolment.objects.create(learner=one, series=made, status="confirmed", created_at=NOW)
    return made


def found(*series):
    proposal = actions.request_timetable(
        term=make.term(),
        community=make.community(),
        series=[one.pk for one in series],
        gives=0,
        now=NOW,
        actor=None,
    )
    assert tasks.run_timetable.call(proposal.pk) == "ready"
    proposal.refresh_from_db()
    return proposal


def shown(desk, proposal) -> str:
    return desk.get(reverse("desk:timetable-run", args=[proposal.pk])).content.decode()


@pytest.fixture
def helpers():
    for number in range(3):
        make.free(make.volunteer(f"助教{number}"), 4, "08:00", "12:00")


class TestKept:
    def test_the_best_timetable_stays_and_that_is_the_main_thing(self, desk, helpers):
        proposal = found(klass())

        page = shown(desk, proposal)

        assert queries.kept(proposal) == queries.Kept([])
        assert "现在的课表已经最好，不用改" in page
        assert '<button class="btn main big">不改，就用现在的课表</button>' in page
        assert '<button class="btn wide"' in page and '<button class="btn main wide"' not in page
        answer = desk.post(reverse("desk:timetable-stop", args=[proposal.pk]), follow=True)
        assert "课表一点没动" in answer.content.decode()

    def test_one_that_more_learners_can_come_to_is_offered_first(self, desk, helpers):
        proposal = found(klass(weekday=1))

        page = shown(desk, proposal)

        assert "unreached" in proposal.answer["kept"]["gains"]
        assert queries.kept(proposal) is None
        assert "不用改" not in page
        assert '<button class="btn main wide" name="number" value="0">采纳课表甲，1 个班换时间</button>' in page

    def test_what_is_only_tidier_is_named_and_keeping_stays_first(self, desk, helpers):
        proposal = found(klass())
        proposal.answer["kept"]["gains"] = ["rooms"]
        proposal.save()

        page = shown(desk, proposal)

        assert "学员、助教的数，现在的课表已经最好" in page
        assert "只是“教室集中”好一些" in page

    def test_classes_that_sit_in_one_room_at_one_time_do_not_stay(self, desk, helpers):
        proposal = found(klass(), klass("基础"))

        page = shown(desk, proposal)

        assert proposal.answer["kept"]["broken"] > 0
        assert queries.kept(proposal) is None
        assert "照现在的排不成" in page

    def test_another_room_is_called_that(self, desk, helpers):
        series = klass()
        proposal = found(series)
        other = make.room("多功能厅", seats=40)
        (row,) = proposal.answer["timetables"][0]["series"]
        row["places"] = [[4, 570, other.pk]]
        proposal.save()

        page = shown(desk, proposal)

        assert '<span class="tag act">换教室</span>' in page
        assert "采纳课表甲，1 个班换教室" in page

    def test_why_the_helpers_are_fewer_than_for_the_next_lesson_is_said(self, desk, helpers):
        page = shown(desk, found(klass()))

        assert "助教的名额按平常一位带几人算（菜鸟学堂 3 人）" in page

    def test_a_class_nobody_is_on_yet_is_not_one_without_enrolment(self, desk, helpers):
        page = shown(desk, found(make.series("摄影", room=make.room(), weekdays=(4,))))

        assert "还没有人报名" in page and "不用报名" not in page

    def test_a_run_of_before_says_nothing_about_keeping(self, desk, helpers):
        proposal = found(klass())
        del proposal.answer["kept"]
        proposal.save()

        assert "不用改</h2>" not in shown(desk, proposal)


class TestTermPage:
    def test_how_many_come_to_the_next_session_stands_before_the_sum(self, desk):
        series = make.series("四点半", kind="child", weekdays=(0, 2))
        make.session("2099-09-07", series)
        for number, days in enumerate(([0], [0], [2])):
            one = make.learner(f"孩子{number}", "child", consent_on=date(2026, 8, 1))
            Enrolment.objects.create(learner=one, series=series, weekdays=days, status="confirmed", created_at=NOW)

        page = desk.get(reverse("desk:term"), {"term": series.term_id}).content.decode()

        assert "3 人入班" in page and "下一场来 2 人：2 个孩子，任何时候至少 2 位成年人" in page
