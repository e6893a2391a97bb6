"""How many people a session needs, why, and what is wrong with it."""

from datetime import date

import pytest

from classes import demand
from classes.actions import enrol
from classes.demand import Facts, Place, demand_of, latest_birth
from classes.models import CalendarDay, Lesson
from tests import make

NOW = make.at("2026-08-30")


def seniors(learners: int, **fields) -> Facts:
    """A senior class of the timetable: one lead and six helpers."""
    return Facts(
        **{"kind": "senior", "learners": learners, "ratio": 2, "stated_leads": 1, "stated_helpers": 6, **fields}
    )


def children(learners: int, young: int = 0, **fields) -> Facts:
    """An after-school class."""
    defaults = {"kind": "child", "learners": learners, "young": young, "ratio": 8, "minimum_adults": 2}
    return Facts(**{**defaults, "stated_helpers": 3, **fields})


class TestSeniorClasses:
    @pytest.mark.parametrize(("learners", "ratio", "helpers"), [(12, 2, 6), (13, 2, 7), (20, 3, 7), (1, 6, 1)])
    def test_helpers_follow_the_lessons_ratio(self, learners, ratio, helpers):
        assert demand_of(seniors(learners, ratio=ratio)).helpers == helpers

    def test_the_sum_is_said(self):
        need = demand_of(seniors(12))

        assert (need.role, need.leads, need.why) == ("helper", 1, "12 人 ÷ 每位带 2 人 = 6 位助教")

    def test_half_of_the_helpers_is_the_floor_and_one_lead(self):
        need = demand_of(seniors(13))

        assert (need.helpers, need.minimum, need.lead_minimum) == (7, 4, 1)

    def test_nobody_enrolled_means_what_the_timetable_says(self):
        need = demand_of(seniors(0))

        assert (need.helpers, need.why) == (6, "还没有学员入班，先按课表写的 6 位助教")
        assert need.warnings == ()


class TestChildClasses:
    @pytest.mark.parametrize(
        ("learners", "young", "helpers"),
        [(1, 0, 2), (16, 0, 2), (17, 0, 3), (12, 12, 2), (13, 13, 3), (24, 10, 4), (24, 24, 4)],
    )
    def test_ratio_by_age_and_never_under_two_adults(self, learners, young, helpers):
        assert demand_of(children(learners, young)).helpers == helpers

    def test_the_sum_is_said(self):
        assert demand_of(children(18, 10)).why == "8 岁及以下 10 人 ÷ 6 + 9 岁起 8 人 ÷ 8 = 3 位辅导"
        assert demand_of(children(3)).why == "3 个孩子，任何时候至少 2 位成年人"

    @pytest.mark.parametrize(("learners", "floor"), [(0, 2), (8, 2), (20, 2), (21, 3)])
    def test_under_one_adult_for_ten_children_it_is_not_held(self, learners, floor):
        assert demand_of(children(learners, learners)).minimum == floor

    def test_two_adults_even_when_the_timetable_says_one(self):
        assert demand_of(children(0, stated_helpers=1)).helpers == 2


class TestDesk:
    def test_the_timetable_says_how_many(self):
        need = demand_of(Facts(kind="desk", learners=0, stated_helpers=4))

        assert (need.role, need.leads, need.helpers, need.minimum) == ("desk", 0, 4, 1)


class TestWarnings:
    def test_more_learners_than_seats(self):
        need = demand_of(seniors(26, ratio=6, seats=24, room="智慧教室"))

        assert need.warnings == ("26 人入班，智慧教室只有 24 个座位",)

    def test_fewer_helpers_in_the_timetable_than_needed(self):
        need = demand_of(seniors(20, stated_helpers=7))

        assert need.warnings == ("课表写 7 位助教，按人数要 10 位：加 3 位，或者少收人、分两组",)

    def test_more_than_ten_children_for_an_adult(self):
        need = demand_of(children(21, stated_helpers=2))

        assert need.warnings[-1] == "课表写的 2 位成年人看 21 个孩子，超过一位看 10 个的底线，这样不能开课"


class TestAge:
    @pytest.mark.parametrize(
        ("born", "young"),
        [
            ((2018, 9, 11), True),
            ((2017, 9, 12), False),
            ((2017, 9, 13), True),
            ((2017, None, None), True),
            ((2016, None, None), False),
        ],
    )
    def test_eight_years_on_the_day_of_the_session(self, born, young):
        place = Place(frozenset(), latest_birth(*born), None)

        assert place.is_young(date(2026, 9, 12)) is young

    @pytest.mark.parametrize(("grade", "young"), [(None, True), (2, True), (3, False)])
    def test_an_unknown_age_is_read_from_the_grade_or_counts_as_young(self, grade, young):
        assert Place(frozenset(), None, grade).is_young(date(2026, 9, 12)) is young


@pytest.mark.django_db
class TestSessions:
    def child(self, series, weekdays, **fields):
        made = make.learner("李一诺", "child", consent_on=date(2026, 8, 26), **fields)
        made.guardians.create(person=make.learner("李建", phone="16000000011").person)
        enrol(learner=made, series=series, weekdays=weekdays, now=NOW)

    def test_only_the_children_of_that_weekday_count(self):
        series = make.series("四点半课堂", "child", range(5))
        for weekdays in ([0], [0, 2], [2], []):
            self.child(series, weekdays)
        monday, tuesday = make.session("2026-09-07", series), make.session("2026-09-08", series)

        needs = demand.demands([monday, tuesday])

        assert (needs[monday.pk].learners, needs[tuesday.pk].learners) == (3, 1)

    @pytest.mark.parametrize(("follows", "expected"), [(0, 1), (2, 2), (None, 2)])
    def test_a_make_up_day_takes_the_timetable_it_follows_or_the_fullest(self, follows, expected):
        series = make.series("四点半课堂", "child", range(5))
        for weekdays in ([0], [2], [2]):
            self.child(series, weekdays)
        CalendarDay.objects.create(
            date=date(2026, 10, 10), day_type="makeup_workday", follows_weekday=follows, status="official"
        )
        session = make.session("2026-10-10", series, day_type="makeup_workday")

        assert demand.demands([session])[session.pk].learners == expected

    def test_the_lesson_says_the_ratio(self):
        series = make.series()
        for name in ("王秀英", "李桂兰", "张淑芬"):
            enrol(learner=make.learner(name), series=series, weekdays=[], now=NOW)
        lesson = Lesson.objects.create(code="A01", stage="A", title="认识手机", learners_per_helper=2)
        with_lesson, review = make.session("2026-09-12", series, lesson=lesson), make.session("2026-09-19", series)

        needs = demand.demands([with_lesson, review])

        assert (needs[with_lesson.pk].helpers, needs[review.pk].helpers) == (2, 1)

    @pytest.mark.parametrize("number", [1, 3])
    def test_three_queries_for_any_number(self, django_assert_num_queries, number):
        series = make.series("四点半课堂", "child", range(5))
        self.child(series, [])
        sessions = [make.session(f"2026-10-1{day}", series, day_type="makeup_workday") for day in range(number)]

        with django_assert_num_queries(3):
            demand.demands(sessions)
