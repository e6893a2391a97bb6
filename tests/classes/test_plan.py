"""课程安排: the order of lessons, what was taught, what was asked for, and what is next."""

import pytest
from django.urls import reverse

from classes import actions
from classes.actions import lessons
from classes.models import Lesson, PlannedLesson, Session
from classes.queries import plan
from classes.seeds import seed_reference
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.at("2026-08-30")


@pytest.fixture
def series():
    """A beginners' class on Saturdays with its sessions."""
    seed_reference(NOW)
    made = make.series(weekdays=(5,), stages="A")
    actions.generate_term(term=made.term, now=NOW)
    return made


def lesson(code: str) -> Lesson:
    return Lesson.objects.get(code=code)


def taught(series, number: int = 5) -> list[str]:
    """What the next sessions teach; a review is a dash."""
    held = series.sessions.filter(status="planned").order_by("on_date").select_related("lesson")
    return [one.lesson.code if one.lesson else "-" for one in held[:number]]


class TestOrder:
    def test_every_fourth_is_a_review(self, series):
        assert taught(series, 9) == ["A01", "A02", "A03", "-", "A04", "A05", "A06", "-", "A07"]

    def test_a_session_that_falls_out_passes_its_lesson_on(self, series):
        second = series.sessions.order_by("on_date")[1]

        actions.cancel_session(session=second, reason="暴雨", now=NOW)

        assert taught(series, 4) == ["A01", "A02", "A03", "-"]

    def test_what_was_taught_is_not_taught_again(self, series):
        first, second = series.sessions.order_by("on_date")[:2]
        Session.objects.filter(pk=first.pk).update(status="done", lesson=lesson("A03"))

        actions.plan_lessons(series)

        assert taught(series, 3) == ["A01", "A02", "-"]
        assert second.pk

    def test_a_lesson_set_by_hand_stays_and_counts(self, series):
        third = series.sessions.order_by("on_date")[2]
        Session.objects.filter(pk=third.pk).update(lesson=lesson("A01"), lesson_by_hand=True)

        actions.plan_lessons(series)

        assert taught(series, 5) == ["A02", "A03", "A01", "-", "A04"]

    def test_a_part_teaches_what_its_whole_does(self, series):
        first = series.sessions.order_by("on_date")[0]
        part = make.session("2026-09-06", of=series, split_from=first, regrouped=True)

        actions.plan_lessons(series)

        part.refresh_from_db()
        assert part.lesson.code == "A01"
        assert taught(series, 1) == ["A01"]


class TestByHand:
    def test_steps_go_earlier_later_out_and_in_again(self, series):
        lessons.move_step(series=series, position=3, by=-1, now=NOW, actor=None)
        assert taught(series, 3) == ["A01", "A03", "A02"]

        lessons.remove_step(series=series, position=1, now=NOW, actor=None)
        assert taught(series, 2) == ["A03", "A02"]

        lessons.add_step(series=series, lesson=lesson("B03"), now=NOW, actor=None)
        assert taught(series, 3) == ["B03", "A03", "A02"]

    def test_a_lesson_may_come_twice(self, series):
        for _ in range(2):
            lessons.add_step(series=series, lesson=lesson("C01"), now=NOW, actor=None)

        assert taught(series, 3) == ["C01", "C01", "A01"]

    def test_prerequisites_warn_and_never_block(self, series):
        lessons.add_step(series=series, lesson=lesson("B01"), now=NOW, actor=None)

        page = plan.plan_page(series=series, now=NOW)

        assert page.steps[0].missing == ["A03", "A05"]
        assert page.steps[1].missing == []

    def test_the_catalogue_comes_back(self, series):
        lessons.move_step(series=series, position=2, by=-1, now=NOW, actor=None)
        lessons.set_plan(series=series, lessons=[], now=NOW, actor=None)

        assert taught(series, 2) == ["A01", "A02"]
        assert not PlannedLesson.objects.exists()

    @pytest.mark.parametrize("position", [0, 99])
    def test_a_step_that_is_not_there(self, series, position):
        with pytest.raises(lessons.NoSuchStep):
            lessons.remove_step(series=series, position=position, now=NOW, actor=None)

    def test_generating_again_keeps_the_order_set_by_hand(self, series):
        lessons.move_step(series=series, position=3, by=-1, now=NOW, actor=None)
        series.sessions.order_by("-on_date").first().delete()

        actions.generate_term(term=series.term, now=NOW)

        assert taught(series, 3) == ["A01", "A03", "A02"]


class TestWishes:
    def test_raise_the_lesson_and_what_it_needs(self, series):
        lessons.wish(lesson=lesson("A07"), learner=make.learner(), now=NOW, actor=None)

        assert taught(series, 5) == ["A01", "A03", "A06", "-", "A07"]

    def test_said_twice_count_once_and_other_communities_stay(self, series):
        elsewhere = make.learner("李桂兰", community=make.community("海棠社区"))
        for _ in range(2):
            lessons.wish(lesson=lesson("A05"), learner=make.learner("王秀英"), now=NOW, actor=None)
        lessons.wish(lesson=lesson("A04"), learner=elsewhere, now=NOW, actor=None)

        assert taught(series, 2) == ["A01", "A05"]
        assert plan.wishes_in([series.community_id])[series.community_id] == {lesson("A05").pk: 2}


class TestPage:
    @pytest.fixture
    def desk(self, client):
        client.force_login(make.user())
        return client

    def test_buttons_change_the_plan(self, desk, series):
        address = reverse("desk:series-plan", args=[series.pk])
        page = desk.get(address).content.decode()
        assert "下一课" in page or "这学期" in page

        desk.post(address, {"do": "later", "position": "1"})
        assert taught(series, 2) == ["A02", "A01"]
        desk.post(address, {"do": "reset"})
        assert taught(series, 2) == ["A01", "A02"]

        learner = make.learner()
        actions.enrol(learner=learner, series=series, weekdays=[], now=NOW)
        page = desk.post(address, {"do": "wish", "lesson": "A05", "learner": learner.pk}, follow=True)
        assert "1 人想学" in page.content.decode()

    def test_a_stale_step_is_said(self, desk, series):
        page = desk.post(reverse("desk:series-plan", args=[series.pk]), {"do": "remove", "position": "99"}, follow=True)

        assert "刚刚变过了" in page.content.decode()

    def test_the_next_lesson_is_known_on_the_class_and_the_term(self, desk, series):
        assert "下一课" in desk.get(reverse("desk:series", args=[series.pk])).content.decode()
        assert "下一课" in desk.get(reverse("desk:term")).content.decode()

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number(self, desk, series, django_assert_num_queries, number):
        for at in range(number):
            learner = make.learner(f"学员{at}")
            actions.enrol(learner=learner, series=series, weekdays=[], now=NOW)
            lessons.wish(lesson=lesson("A05"), learner=learner, now=NOW, actor=None)
        desk.get(reverse("desk:series-plan", args=[series.pk]))

        with django_assert_num_queries(17):
            desk.get(reverse("desk:series-plan", args=[series.pk]))
